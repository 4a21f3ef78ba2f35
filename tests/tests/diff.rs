//! What holds of every difference, on mutated manifests of the generator of admission.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs
)]

use std::sync::LazyLock;

use serde_json::{Value, json};
use steadfast_core::canonical::canonical;
use steadfast_core::diff::{Advice, Change, ChangeKind, Diff, applied, diff, runbook};
use steadfast_core::validation::{Verdict, create, update};
use steadfast_core::{CauseType, Profile};
use steadfast_tests::admission::{Bases, Question, mutate};
use steadfast_tests::worlds::Draw;

/// For each version.
const PAIRS: u64 = 150;

const IMMUTABLE: [&str; 4] = [
    "podManagementPolicy",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
];

/// A manifest and another one, with what is to be said of them.
struct Pair {
    old: Value,
    new: Value,
    diff: Diff,
    verdict: Verdict,
    profile: Profile,
}

static ALL: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let mut pairs = Vec::new();
    for (place, version) in (0..).zip(Profile::VERSIONS) {
        let profile: Profile = version.parse().unwrap();
        let bases = Bases::of(&profile);
        for seed in (place * PAIRS)..(place + 1) * PAIRS {
            let (old, new) = pair(seed, &bases);
            let (Ok(_), Ok(_)) = (canonical(&old, &profile), canonical(&new, &profile)) else {
                assert!(diff(&old, &new, &profile).is_err(), "{version}, seed {seed}");
                continue;
            };
            pairs.push(Pair {
                verdict: update(&new, &stored(&old, &profile), &profile).unwrap(),
                diff: diff(&old, &new, &profile).unwrap(),
                profile: profile.clone(),
                old,
                new,
            });
        }
    }
    assert!(
        pairs.len() as u64 > PAIRS * 3,
        "only {} can be decoded",
        pairs.len()
    );
    pairs
});

/// A manifest, and the same with up to three more mutations.
fn pair(seed: u64, bases: &Bases) -> (Value, Value) {
    let mut old = Question::create(seed, bases).new;
    // With a UID it would be what a server has stored, and may hold what an update drops.
    if let Some(metadata) = old["metadata"].as_object_mut() {
        metadata.remove("uid");
    }
    let mut new = old.clone();
    let mut draw = Draw::of(seed ^ 0xd1ff);
    for _ in 0..draw.between(0, 3) {
        mutate(&mut new, bases, &mut draw);
    }
    if draw.one_in(5) {
        let mut lists = Vec::new();
        lists_of(&new, String::new(), &mut lists);
        if let Some(at) = draw.index(lists.len()) {
            new.pointer_mut(&lists[at])
                .unwrap()
                .as_array_mut()
                .unwrap()
                .reverse();
        }
    }
    (old, new)
}

/// The pointers of the lists that have an order.
fn lists_of(value: &Value, pointer: String, lists: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, item)| lists_of(item, format!("{pointer}/{at}"), lists));
            if value.as_array().is_some_and(|items| items.len() > 1) {
                lists.push(pointer);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields.iter().filter(|(name, _)| !name.contains(['/', '~'])) {
                lists_of(field, format!("{pointer}/{name}"), lists);
            }
        }
        _ => {}
    }
}

/// Visits pairs that every version can decode.
fn for_pairs(mut visit: impl FnMut(&Value, &Value, &Diff, &Verdict, &Profile)) {
    for pair in ALL.iter() {
        visit(&pair.old, &pair.new, &pair.diff, &pair.verdict, &pair.profile);
    }
}

/// What is compared of a set in canonical form.
fn compared(set: &Value, other: &Value) -> Value {
    let mut metadata = set["metadata"].clone();
    let fields = metadata.as_object_mut().unwrap();
    for name in [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
    ] {
        fields.remove(name);
    }
    if other["metadata"].get("namespace").is_none() {
        fields.remove("namespace");
    }
    json!({"metadata": metadata, "spec": set["spec"]})
}

#[test]
fn nothing_differs_from_itself() {
    for_pairs(|old, new, _, _, profile| {
        for set in [old, new] {
            let same = diff(set, set, profile).unwrap();
            assert_eq!((same.changes, same.equal), (vec![], vec![]), "{set}");
            assert!(
                !same.makes_revision && same.old_revision == same.new_revision,
                "{set}"
            );
        }
    });
}

#[test]
fn there_are_changes_exactly_where_the_stored_forms_differ() {
    let mut unchanged = 0;
    for_pairs(|old, new, found, verdict, profile| {
        let stored = stored(old, profile);
        let is_same = compared(&stored, &verdict.object) == compared(&verdict.object, &stored);
        assert_eq!(
            found.changes.is_empty(),
            is_same,
            "{old}\n{new}\n{:?}",
            found.changes
        );
        unchanged += u64::from(is_same);
    });
    assert!(unchanged > 50, "only {unchanged} pairs were the same");
}

#[test]
fn every_change_stands_at_its_path_with_its_values() {
    let mut seen = 0;
    for_pairs(|old, new, found, verdict, profile| {
        let stored = stored(old, profile);
        for change in found
            .changes
            .iter()
            .filter(|change| change.kind != ChangeKind::Reordered)
        {
            let none = Value::Null;
            if change.kind != ChangeKind::Removed {
                let value = at(&verdict.object, &change.field);
                assert_eq!(
                    value,
                    change.new.as_ref().unwrap_or(&none),
                    "{}: {old}\n{new}",
                    change.field
                );
            } else if found.changes.len() == 1 {
                // Items around it have their new places, which are the old ones where nothing else has changed.
                assert_eq!(
                    at(&stored, &change.field),
                    change.old.as_ref().unwrap(),
                    "{old}\n{new}"
                );
            }
            assert_ne!(change.old, change.new, "{}", change.field);
            seen += 1;
        }
    });
    assert!(seen > 300, "only {seen} changes");
}

#[test]
fn changes_are_refused_exactly_where_the_api_server_refuses_to_change_the_field() {
    let mut refused = 0;
    for_pairs(|old, new, found, verdict, profile| {
        assert_eq!(found.allowed, verdict.errors.is_empty());
        assert_eq!(found.errors, verdict.errors);
        let of = |name: &str| -> Vec<&Change> {
            let path = format!("spec.{name}");
            found
                .changes
                .iter()
                .filter(|change| is_in(&change.field, &path))
                .collect()
        };
        if profile.kubernetes() == "1.37" {
            for name in IMMUTABLE {
                let path = format!("spec.{name}");
                let is_refused = verdict
                    .errors
                    .iter()
                    .any(|e| e.field == path && e.detail == "field is immutable");
                let changes = of(name);
                if is_refused {
                    assert!(
                        !changes.is_empty() && changes.iter().all(|c| !c.allowed),
                        "{old}\n{new}"
                    );
                    refused += 1;
                }
            }
        } else {
            let is_refused = verdict
                .errors
                .iter()
                .any(|e| e.field == "spec" && e.kind == CauseType::FieldValueForbidden);
            let is_marked = IMMUTABLE
                .iter()
                .any(|name| of(name).iter().any(|change| !change.allowed));
            assert!(!is_refused || is_marked, "{old}\n{new}");
            refused += u64::from(is_refused);
        }
        // What is marked has a reason: an error that stands there, or one for all that cannot be changed.
        for change in found.changes.iter().filter(|change| !change.allowed) {
            let is_told = verdict.errors.iter().any(|error| {
                let is_for_all = error.field == "spec"
                    && IMMUTABLE
                        .iter()
                        .any(|n| is_in(&change.field, &format!("spec.{n}")));
                is_for_all || is_in(&change.field, &error.field) || is_in(&error.field, &change.field)
            });
            assert!(is_told, "{}: {:?}", change.field, verdict.errors);
        }
    });
    assert!(refused > 30, "only {refused} refusals");
}

#[test]
fn a_revision_is_made_exactly_where_its_name_is_another() {
    let mut made = 0;
    for_pairs(|_, _, found, _, _| {
        let is_marked = found.changes.iter().any(|change| change.revision);
        assert_eq!(found.makes_revision, is_marked);
        if let (Some(old), Some(new)) = (&found.old_revision, &found.new_revision)
            && !found.changes.iter().any(|change| change.field == "metadata.name")
        {
            assert_eq!(old != new, found.makes_revision, "{:?}", found.changes);
            made += u64::from(found.makes_revision);
        }
    });
    assert!(made > 150, "only {made} revisions");
}

#[test]
fn a_runbook_is_there_where_a_field_cannot_be_changed_and_never_deletes_what_cannot_be_made_again() {
    let mut seen = [0; 3];
    for_pairs(|old, new, found, _, profile| {
        let Some(found_runbook) = runbook(old, new, "new.yaml", profile).unwrap() else {
            let is_renamed = found.changes.iter().any(|change| change.field == "metadata.name");
            let is_immutable = found.errors.iter().any(|e| {
                (e.field == "spec" && e.kind == CauseType::FieldValueForbidden)
                    || IMMUTABLE
                        .iter()
                        .any(|n| e.field == format!("spec.{n}") && e.detail == "field is immutable")
            });
            assert!(is_renamed || !is_immutable, "{old}\n{new}");
            return;
        };
        let can_be_made = create(new, profile).unwrap().is_accepted();
        match found_runbook.advice {
            Advice::Harmful => assert!(found_runbook.steps.is_empty() && !found_runbook.risks.is_empty()),
            _ => assert!(can_be_made && found_runbook.avoid.is_empty(), "{old}\n{new}"),
        }
        seen[found_runbook.advice as usize] += 1;
    });
    assert!(seen.iter().all(|count| *count > 2), "{seen:?}");
}

#[test]
fn a_manifest_that_is_applied_again_changes_nothing() {
    let mut seen = 0;
    for_pairs(|old, new, _, _, profile| {
        let mut live = stored(old, profile);
        live["metadata"]["uid"] = json!("u");
        live["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
            json!(old.to_string());
        let again = diff(&live, &applied(old, &live), profile).unwrap();
        // Before 1.34 hardly anything of a Pod is validated: volumes without a name cannot be told apart.
        if create(old, &Profile::default()).is_ok_and(|verdict| verdict.is_accepted()) {
            assert_eq!(again.changes, [], "{old}");
            seen += 1;
        }
        // Whatever is applied over it, there is an answer.
        diff(&live, &applied(new, &live), profile).unwrap();
    });
    assert!(seen > 60, "only {seen} manifests are valid");
}

/// The old set as a server keeps it.
fn stored(old: &Value, profile: &Profile) -> Value {
    let mut object = create(old, profile).unwrap().object;
    if canonical(old, profile).unwrap()["metadata"].get("name").is_none() {
        object["metadata"].as_object_mut().unwrap().remove("name");
    }
    object
}

fn is_in(path: &str, room: &str) -> bool {
    path.strip_prefix(room)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What stands at a path.
fn at<'a>(object: &'a Value, path: &str) -> &'a Value {
    let (mut value, mut rest) = (object, path);
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            // A key may hold dots and brackets: the longest that is there.
            let ends = inside.match_indices(']').map(|(end, _)| end);
            let end = match value {
                Value::Array(_) => ends.clone().next(),
                _ => ends.rev().find(|end| value.get(&inside[..*end]).is_some()),
            };
            let Some(end) = end else { return &Value::Null };
            let key = &inside[..end];
            value = match value {
                Value::Array(items) => items.get(key.parse::<usize>().unwrap()).unwrap_or(&Value::Null),
                other => &other[key],
            };
            rest = &inside[end + 1..];
        } else {
            let inside = rest.strip_prefix('.').unwrap_or(rest);
            let end = inside.find(['.', '[']).unwrap_or(inside.len());
            value = &value[&inside[..end]];
            rest = &inside[end..];
        }
    }
    value
}
