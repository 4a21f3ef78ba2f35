//! A map and a set in order of keys, for hosts and for the core itself: little code where `BTreeMap` is much.
//!
//! Every pair of types makes an instance of `BTreeMap`'s code of its own, 10 to 25 kB of WebAssembly each, and this
//! workspace has forty pairs. Here the items lie in lists of at most 64, and the lists in a list: whoever puts
//! one in moves no more than a few of its neighbours. Values lie apart from their keys, in lists of the same lengths,
//! so that the search depends on the type of the keys alone.

use std::borrow::Borrow;
use std::fmt;
use std::iter::Zip;

/// How many items a list holds before it is cut in two.
const MOST: usize = 64;

/// A map in order of keys.
///
/// ```
/// use steadfast_core::sorted::SortedMap;
/// let mut ages: SortedMap<&str, u32> = [("b", 2), ("a", 1)].into_iter().collect();
/// assert_eq!(ages.insert("b", 3), Some(2));
/// ages.change("c", |age| *age += 1);
/// assert_eq!(ages.remove("a"), Some(1));
/// assert!(ages.iter().eq([(&"b", &3), (&"c", &1)]));
/// ```
#[derive(Clone)]
pub struct SortedMap<K, V> {
    keys: SortedSet<K>,
    values: Vec<Vec<V>>,
}

/// A set in order of its items.
///
/// ```
/// use steadfast_core::sorted::SortedSet;
/// let mut names: SortedSet<&str> = ["b", "a", "b"].into_iter().collect();
/// assert!(!names.insert("a"));
/// assert!(names.iter().eq(&["a", "b"]));
/// ```
#[derive(Clone)]
pub struct SortedSet<K> {
    lists: Vec<Vec<K>>,
    len: usize,
}

/// Where an item is, or where it would be: which list, and where in it.
#[derive(Clone, Copy)]
struct Spot {
    list: usize,
    at: usize,
}

impl<K, V> SortedMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self {
            keys: SortedSet::new(),
            values: Vec::new(),
        }
    }

    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.keys.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.keys.len == 0
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The entries, in order of keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.keys.iter().zip(Items::of(&self.values))
    }

    /// The keys, in order.
    pub fn keys(&self) -> Items<'_, K> {
        self.keys.iter()
    }

    /// The values, in order of keys.
    pub fn values(&self) -> Items<'_, V> {
        Items::of(&self.values)
    }

    /// The values, in order of keys, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut().flatten()
    }

    /// The entries, in order of keys, with values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.keys.iter().zip(self.values.iter_mut().flatten())
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let spot = self.keys.spot(key).ok()?;
        self.values.get(spot.list)?.get(spot.at)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let spot = self.keys.spot(key).ok()?;
        self.values.get_mut(spot.list)?.get_mut(spot.at)
    }

    /// The key as it is kept, and its value.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let spot = self.keys.spot(key).ok()?;
        let value = self.values.get(spot.list)?.get(spot.at)?;
        Some((self.keys.lists.get(spot.list)?.get(spot.at)?, value))
    }

    /// Whether there is such a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.keys.contains(key)
    }

    /// The entry with the least key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        Some((self.keys.first()?, self.values.first()?.first()?))
    }

    /// The entries from `first` on, in order of keys.
    pub fn iter_from<Q: Ord + ?Sized>(&self, first: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let (Ok(spot) | Err(spot)) = self.keys.spot(first);
        Items::from(&self.keys.lists, spot).zip(Items::from(&self.values, spot))
    }

    /// The entries from `first` on, in order of keys, with values to be changed.
    pub fn iter_mut_from<Q: Ord + ?Sized>(&mut self, first: &Q) -> impl Iterator<Item = (&K, &mut V)>
    where
        K: Borrow<Q>,
    {
        let (Ok(spot) | Err(spot)) = self.keys.spot(first);
        let lists = self.values.iter_mut().skip(spot.list).flatten();
        Items::from(&self.keys.lists, spot).zip(lists.skip(spot.at))
    }

    /// Puts a value in; gives the one whose place it takes. The key that is there already stays.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.keys.spot(&key) {
            Ok(spot) => {
                let place = self.values.get_mut(spot.list)?.get_mut(spot.at)?;
                Some(std::mem::replace(place, value))
            }
            Err(spot) => {
                self.keys.put(spot, key);
                put(&mut self.values, spot, value);
                None
            }
        }
    }

    /// Takes a value out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let spot = self.keys.spot(key).ok()?;
        self.keys.take(spot)?;
        take(&mut self.values, spot)
    }

    /// Takes the entry with the least key out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let first = Spot { list: 0, at: 0 };
        Some((self.keys.take(first)?, take(&mut self.values, first)?))
    }

    /// Changes the value of a key, which begins as the default one where there is none; gives what `change` gives.
    pub fn change<R>(&mut self, key: K, change: impl FnOnce(&mut V) -> R) -> R
    where
        V: Default,
    {
        if let Some(value) = self.get_mut::<K>(&key) {
            return change(value);
        }
        let mut value = V::default();
        let result = change(&mut value);
        self.insert(key, value);
        result
    }

    /// Keeps the entries of which `is_kept` is true.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&K, &mut V) -> bool) {
        for (key, mut value) in std::mem::take(self) {
            if is_kept(&key, &mut value) {
                self.insert(key, value);
            }
        }
    }
}

impl<K> SortedSet<K> {
    /// An empty set.
    pub const fn new() -> Self {
        Self {
            lists: Vec::new(),
            len: 0,
        }
    }

    /// How many items there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes all items out.
    pub fn clear(&mut self) {
        self.lists.truncate(1);
        self.lists.iter_mut().for_each(Vec::clear);
        self.len = 0;
    }

    /// The items, in order.
    pub fn iter(&self) -> Items<'_, K> {
        Items::of(&self.lists)
    }

    /// The least item.
    pub fn first(&self) -> Option<&K> {
        self.lists.first()?.first()
    }

    /// Takes the least item out.
    pub fn pop_first(&mut self) -> Option<K> {
        self.take(Spot { list: 0, at: 0 })
    }

    fn put(&mut self, spot: Spot, item: K) {
        self.len += 1;
        put(&mut self.lists, spot, item);
    }

    fn take(&mut self, spot: Spot) -> Option<K> {
        let item = take(&mut self.lists, spot)?;
        self.len -= 1;
        Some(item)
    }
}

impl<K: Ord> SortedSet<K> {
    /// Whether the item is in.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.spot(item).is_ok()
    }

    /// Puts an item in; true where it was not there.
    pub fn insert(&mut self, item: K) -> bool {
        let spot = self.spot(&item);
        if let Err(spot) = spot {
            self.put(spot, item);
        }
        spot.is_err()
    }

    /// Takes an item out; true where it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.spot(item).is_ok_and(|spot| self.take(spot).is_some())
    }

    /// Keeps the items of which `is_kept` is true.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&K) -> bool) {
        *self = std::mem::take(self)
            .into_iter()
            .filter(|item| is_kept(item))
            .collect();
    }

    fn spot<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Spot, Spot>
    where
        K: Borrow<Q>,
    {
        // What stands in none of the others stands in the last list: where there is one alone, it is not asked for.
        let is_before = |list: &Vec<K>| list.last().is_some_and(|last| last.borrow() < key);
        let (last, others) = self.lists.split_last().ok_or(Spot { list: 0, at: 0 })?;
        let list = others.partition_point(is_before);
        let items = others.get(list).unwrap_or(last);
        match items.binary_search_by(|item| item.borrow().cmp(key)) {
            Ok(at) => Ok(Spot { list, at }),
            Err(at) => Err(Spot { list, at }),
        }
    }
}

/// Puts an item in its place. Lists of the same lengths are cut at the same places, so that the values of a map stay
/// beside its keys.
fn put<T>(lists: &mut Vec<Vec<T>>, spot: Spot, item: T) {
    let Some(list) = lists.get_mut(spot.list) else {
        lists.push(vec![item]);
        return;
    };
    list.insert(spot.at, item);
    if list.len() > MOST {
        // What comes in order fills its lists.
        let cut = if spot.at == MOST { MOST } else { MOST / 2 };
        let rest = list.split_off(cut);
        lists.insert(spot.list + 1, rest);
    }
}

/// Takes an item out. No list is left empty but the only one: what comes and goes one at a time asks for no memory each time.
fn take<T>(lists: &mut Vec<Vec<T>>, spot: Spot) -> Option<T> {
    let list = lists.get_mut(spot.list)?;
    let item = (spot.at < list.len()).then(|| list.remove(spot.at));
    if list.is_empty() && lists.len() > 1 {
        lists.remove(spot.list);
    }
    item
}

/// The entries of a [`SortedMap`], in order of keys.
pub type Iter<'a, K, V> = Zip<Items<'a, K>, Items<'a, V>>;

/// The items of a [`SortedSet`], or the keys or values of a [`SortedMap`], in order of keys.
#[derive(Debug)]
pub struct Items<'a, T> {
    list: std::slice::Iter<'a, T>,
    rest: std::slice::Iter<'a, Vec<T>>,
}

impl<'a, T> Items<'a, T> {
    fn of(lists: &'a [Vec<T>]) -> Self {
        Self {
            list: [].iter(),
            rest: lists.iter(),
        }
    }

    fn from(lists: &'a [Vec<T>], first: Spot) -> Self {
        let mut rest = lists.get(first.list..).unwrap_or_default().iter();
        let list = rest.next().and_then(|list| list.get(first.at..));
        Self {
            list: list.unwrap_or_default().iter(),
            rest,
        }
    }
}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        Self {
            list: self.list.clone(),
            rest: self.rest.clone(),
        }
    }
}

impl<'a, T> Iterator for Items<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        loop {
            match self.list.next() {
                Some(item) => return Some(item),
                None => self.list = self.rest.next()?.iter(),
            }
        }
    }

    // List by list: a module that is built for size would make a call of each step to the next item.
    fn fold<R, F: FnMut(R, &'a T) -> R>(self, first: R, mut step: F) -> R {
        let Self { mut list, mut rest } = self;
        let mut result = first;
        loop {
            for item in list {
                result = step(result, item);
            }
            match rest.next() {
                Some(next) => list = next.iter(),
                None => return result,
            }
        }
    }
}

/// The entries of a [`SortedMap`] that is used up, in order of keys.
pub type IntoIter<K, V> = Zip<IntoItems<K>, IntoItems<V>>;

/// The items of a [`SortedSet`] that is used up, in order.
pub type IntoItems<T> = std::iter::Flatten<std::vec::IntoIter<Vec<T>>>;

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.into_iter().zip(self.values.into_iter().flatten())
    }
}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K> IntoIterator for SortedSet<K> {
    type Item = K;
    type IntoIter = IntoItems<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.lists.into_iter().flatten()
    }
}

impl<'a, K> IntoIterator for &'a SortedSet<K> {
    type Item = &'a K;
    type IntoIter = Items<'a, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord> Extend<K> for SortedSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, items: I) {
        for item in items {
            self.insert(item);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord> FromIterator<K> for SortedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(items: I) -> Self {
        let mut set = Self::new();
        set.extend(items);
        set
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Default for SortedSet<K> {
    fn default() -> Self {
        Self::new()
    }
}

// Where the lists are cut is nobody's business.
impl<K: PartialEq, V: PartialEq> PartialEq for SortedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl<K: Eq, V: Eq> Eq for SortedMap<K, V> {}

impl<K: PartialEq> PartialEq for SortedSet<K> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl<K: Eq> Eq for SortedSet<K> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SortedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: fmt::Debug> fmt::Debug for SortedSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

#[cfg(test)]
mod tests;
