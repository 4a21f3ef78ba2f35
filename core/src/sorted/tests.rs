use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// xorshift: 64 bits of chance from a seed.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Every operation gives what `BTreeMap` gives, and leaves what it leaves.
#[test]
fn a_sorted_map_is_a_btree_map() {
    for seed in 1..40u64 {
        let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Few keys collide often; many keys fill several lists.
        let keys = [3, 40, 200, 2000][seed as usize % 4];
        let (mut ours, mut theirs) = (SortedMap::new(), BTreeMap::new());
        for step in 0..3000u64 {
            let (what, key) = (next(&mut chance) % 16, next(&mut chance) % keys);
            match what {
                0..8 => assert_eq!(ours.insert(key, step), theirs.insert(key, step)),
                8..11 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                11 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                12 => {
                    ours.change(key, |value| *value += step);
                    *theirs.entry(key).or_default() += step;
                }
                13 => {
                    assert!(ours.iter_from(&key).eq(theirs.range(key..)));
                    let sum: u64 = ours.values().map(|value| value + 1).sum();
                    assert_eq!(sum, theirs.values().map(|value| value + 1).sum::<u64>());
                }
                14 => assert_eq!(ours.get_key_value(&key), theirs.get_key_value(&key)),
                _ if step % 50 == 0 => {
                    ours.retain(|key, value| (*key + *value) % 3 != 0);
                    theirs.retain(|key, value| (*key + *value) % 3 != 0);
                }
                _ => assert_eq!(ours.get_mut(&key), theirs.get_mut(&key)),
            }
            assert_eq!(
                (ours.len(), ours.first_key_value()),
                (theirs.len(), theirs.first_key_value())
            );
        }
        assert!(
            ours.iter().eq(&theirs) && ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values())
        );
        ours.iter_mut().for_each(|(key, value)| *value += key);
        ours.values_mut().for_each(|value| *value += 1);
        theirs.iter_mut().for_each(|(key, value)| *value += key + 1);
        assert!(
            ours.keys
                .lists
                .iter()
                .all(|list| (1..=MOST).contains(&list.len()))
        );
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        let again: SortedMap<u64, u64> = theirs.iter().rev().map(|(key, value)| (*key, *value)).collect();
        assert_eq!(again, ours, "however the lists are cut");
        assert!(ours.into_iter().eq(theirs));
    }
}

#[test]
fn a_sorted_set_is_a_btree_set() {
    for seed in 1..40u64 {
        let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let keys = [3, 200, 2000][seed as usize % 3];
        let (mut ours, mut theirs) = (SortedSet::new(), BTreeSet::new());
        for _ in 0..3000 {
            let (what, key) = (next(&mut chance) % 8, next(&mut chance) % keys);
            match what {
                0..4 => assert_eq!(ours.insert(key), theirs.insert(key)),
                4 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                5 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                _ => assert_eq!(ours.contains(&key), theirs.contains(&key)),
            }
            assert_eq!((ours.len(), ours.first()), (theirs.len(), theirs.first()));
        }
        assert!(ours.iter().eq(&theirs));
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        let again: SortedSet<u64> = theirs.iter().copied().collect();
        assert_eq!(again, ours);
        ours.clear();
        assert!(ours.is_empty() && ours.into_iter().next().is_none());
    }
}
