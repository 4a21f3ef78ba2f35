//! What may be meant by a field that the version does not know.

use super::schema::{self, Kind, Shape, Struct};
use crate::Profile;

/// A guess at what somebody meant, the surest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// The field is of later versions of Kubernetes: from 1.`minor` on.
    Since(u8),
    /// Kubernetes had the field up to 1.`minor`.
    Until(u8),
    /// A field at this place that is nearly written so.
    Name(&'static str),
    /// A field of exactly this name elsewhere, by its path; `[]` stands for any item of a list.
    Place(String),
}

/// How many levels further inside a misplaced field is looked for: `spec.image` is in the containers, three further in.
const LEVELS: usize = 3;

/// What is meant by the unknown field of a set at this path; `None` where nothing is near.
pub(crate) fn meant(path: &str, profile: &Profile) -> Option<Meant> {
    let minor = profile.minor();
    let (around, name) = path.rsplit_once('.').unwrap_or(("", path));
    let rooms = rooms(around, minor)?;
    let (here, prefix) = rooms.last()?;
    if let Some(field) = here.fields.iter().find(|field| field.name == name) {
        return Some(match field.later_than(minor) {
            Some(since) => Meant::Since(since),
            None => Meant::Until(field.last()),
        });
    }
    let known = here.fields.iter().filter(|field| field.is_in(minor));
    if let Some(name) = nearest(name, known.map(|field| field.name)) {
        return Some(Meant::Name(name));
    }
    let further_in = inside(here, prefix, name, minor);
    let place = further_in.or_else(|| {
        let mut around = rooms.iter().rev().skip(1);
        around.find_map(|(room, prefix)| inside(room, prefix, name, minor))
    });
    place.map(Meant::Place)
}

/// Of some words the one that is most nearly `word`, where one is near: at most one letter in three differs.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let lower = word.to_ascii_lowercase();
    let distances = known.map(|known| (distance(&lower, &known.to_ascii_lowercase()), known));
    let (distance, known) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance * 3 <= known.len().max(word.len()).max(3)).then_some(known)
}

/// The structs on the way to a place, each with its path.
fn rooms(path: &str, minor: u8) -> Option<Vec<(&'static Struct, String)>> {
    let mut rooms: Vec<(&'static Struct, String)> = vec![(&schema::set::STATEFUL_SET, String::new())];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let name = step.split('[').next().unwrap_or(step);
        let (here, prefix) = rooms.last()?;
        let field = here.fields.iter().find(|f| f.name == name && f.is_in(minor))?;
        let next = (field.shape.of_struct()?, joined(prefix, step));
        rooms.push(next);
    }
    Some(rooms)
}

/// The nearest field of this name in what a struct consists of, itself included.
fn inside(room: &'static Struct, prefix: &str, name: &str, minor: u8) -> Option<String> {
    let mut level = vec![(room, prefix.to_owned())];
    for _ in 0..=LEVELS {
        let mut next = Vec::new();
        for (room, prefix) in level {
            for field in room.fields.iter().filter(|field| field.is_in(minor)) {
                let path = joined(&prefix, field.name);
                if field.name == name {
                    return Some(path);
                }
                if let Some(of) = field.shape.of_struct() {
                    let items = if matches!(field.shape, Shape::List(_)) {
                        "[]"
                    } else {
                        ""
                    };
                    next.push((of, path + items));
                }
            }
        }
        level = next;
    }
    None
}

fn joined(prefix: &str, step: &str) -> String {
    let dot = if prefix.is_empty() { "" } else { "." };
    format!("{prefix}{dot}{step}")
}

/// How many letters must be put in, left out, changed, or swapped with their neighbour to make one word the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = '\0';
    for (row, letter) in one.chars().enumerate() {
        let mut now = vec![row + 1];
        for (column, against) in other.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&last, column) + usize::from(letter != *against);
            let mut best = changed.min(at(&last, column + 1) + 1).min(at(&now, column) + 1);
            let is_swap = column > 0 && previous == *against && other.get(column - 1) == Some(&letter);
            if is_swap && row > 0 {
                best = best.min(at(&before, column - 1) + 1);
            }
            now.push(best);
        }
        previous = letter;
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().unwrap_or_default()
}

impl Shape {
    fn of_struct(self) -> Option<&'static Struct> {
        match self {
            Self::One(Kind::Struct(of)) | Self::List(Kind::Struct(of)) | Self::Map(Kind::Struct(of)) => {
                Some(of)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant_in(path: &str, version: &str) -> Option<Meant> {
        meant(path, &version.parse().unwrap())
    }

    #[test]
    fn a_misspelt_field_is_the_one_that_is_nearly_written_so() {
        let meant = |path| meant_in(path, "1.37");
        assert_eq!(meant("spec.serviceNme"), Some(Meant::Name("serviceName")));
        assert_eq!(meant("spec.servicename"), Some(Meant::Name("serviceName")));
        assert_eq!(
            meant("spec.template.spec.containers[0].imgae"),
            Some(Meant::Name("image"))
        );
        assert_eq!(meant("spec.colour"), None);
    }

    #[test]
    fn a_misplaced_field_is_found_further_in_or_around() {
        let place = |path: &str| Some(Meant::Place(path.to_owned()));
        let meant = |path| meant_in(path, "1.37");
        assert_eq!(meant("spec.containers"), place("spec.template.spec.containers"));
        assert_eq!(
            meant("spec.image"),
            place("spec.template.spec.containers[].image")
        );
        assert_eq!(
            meant("spec.template.spec.containers[0].volumes"),
            place("spec.template.spec.volumes")
        );
        assert_eq!(
            meant("spec.template.spec.volumeClaimTemplates"),
            place("spec.volumeClaimTemplates")
        );
        assert_eq!(meant("replicas"), place("spec.replicas"));
    }

    #[test]
    fn a_field_of_another_version_is_known_as_one() {
        let fields = schema::set::STATEFUL_SET.fields;
        assert!(
            fields.iter().all(|field| field.is_in(33)),
            "the set itself has them all"
        );
        let pod = schema::pod::POD_SPEC.fields;
        let newer = pod
            .iter()
            .find(|field| !field.is_in(33) && field.is_in(37))
            .unwrap();
        let path = format!("spec.template.spec.{}", newer.name);
        assert!(
            matches!(meant_in(&path, "1.33"), Some(Meant::Since(34..=37))),
            "{path}"
        );
    }

    #[test]
    fn letters_are_counted_with_swaps_as_one() {
        assert_eq!(distance("image", "imgae"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
