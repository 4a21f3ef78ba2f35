//! Where two sets in canonical form differ, by the paths of their fields; and where only what was written differs.

use serde_json::{Map, Value, json};

use super::schema::{Field, Kind, Shape, Struct, set::STATEFUL_SET};

mod align;

use align::Aligned;
pub(crate) use align::patch_merge_key;

/// One side of a comparison: a value in canonical form, and what was written for it; null where there is nothing.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub value: &'a Value,
    pub written: &'a Value,
}

/// A place at which two sides differ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// The path as the API server writes it; items by their index in the new list, removed ones in the old.
    pub path: String,
    pub what: What,
    /// Null: there is nothing.
    pub old: Value,
    pub new: Value,
}

/// How two sides differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// Both have it, with other values.
    Changed,
    /// The items of a list stand in another order; old and new are their keys.
    Reordered,
    /// It means the same, and one side leaves out what the other writes.
    Defaulted,
    /// It means the same, and is written in two ways.
    Written,
    /// It means the same, because the API server drops what is written.
    Dropped,
}

/// What a server fills in, or only a server may write.
const METADATA_OF_SERVER: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Where `kubectl apply` keeps the manifest: it repeats what stands elsewhere.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

static NULL: Value = Value::Null;

/// Compares two sets of Kubernetes 1.`minor`: metadata that people write, and the spec. Two that are the same there in
/// canonical form have no difference that is `Added`, `Removed`, `Changed` or `Reordered`.
pub(crate) fn compare(old: Side<'_>, new: Side<'_>, minor: u8) -> Vec<Difference> {
    let mut walk = Walk {
        minor,
        path: String::new(),
        found: Vec::new(),
    };
    walk.structure(&STATEFUL_SET, old, new);
    walk.found
}

struct Walk {
    minor: u8,
    path: String,
    found: Vec<Difference>,
}

impl Walk {
    fn structure(&mut self, of: &'static Struct, old: Side<'_>, new: Side<'_>) {
        let minor = self.minor;
        for field in of.fields.iter().filter(|field| field.is_in(minor)) {
            if self.is_compared(field.name, old, new) {
                let (old, new) = (old.get(field.name), new.get(field.name));
                self.at_field(field.name, |walk| walk.field(field, old, new));
            }
        }
        let is_known = |name: &str| {
            of.fields
                .iter()
                .any(|field| field.is_in(minor) && field.name == name)
        };
        for name in keys(old.written, new.written) {
            let (old, new) = (old.get(name).written, new.get(name).written);
            if !is_known(name) && old != new {
                self.at_field(name, |walk| walk.push(What::Dropped, old, new));
            }
        }
    }

    /// What is left to a server is not, and neither is a namespace that only one side names.
    fn is_compared(&self, name: &str, old: Side<'_>, new: Side<'_>) -> bool {
        match self.path.as_str() {
            "" => matches!(name, "metadata" | "spec"),
            "metadata" if name == "namespace" => {
                !old.get(name).value.is_null() && !new.get(name).value.is_null()
            }
            "metadata" => !METADATA_OF_SERVER.contains(&name),
            _ => true,
        }
    }

    fn field(&mut self, field: &'static Field, old: Side<'_>, new: Side<'_>) {
        let is_same = old.value == new.value;
        if is_same && old.written == new.written {
            return;
        }
        let is_missing = |side: Side<'_>| side.written.is_null();
        if is_same && (is_missing(old) || is_missing(new)) {
            return self.alike(old, new);
        }
        let is_empty = items(old.value).is_empty() && items(new.value).is_empty();
        // Items of what was written are those of the canonical form, unless a disabled feature took some out.
        let is_readable = [old, new]
            .iter()
            .all(|side| items(side.written).len() == items(side.value).len());
        match field.shape {
            Shape::One(Kind::Struct(of)) if is_same || !(old.value.is_null() || new.value.is_null()) => {
                self.structure(of, old, new);
            }
            Shape::List(kind) if is_same && is_readable => {
                let aligned = Aligned::by_place(items(old.value).len());
                self.list(kind, aligned, old, new);
            }
            Shape::List(kind @ Kind::Struct(_)) if !is_same && !is_empty => {
                let aligned = Aligned::of(field.name, items(old.value), items(new.value));
                if is_readable {
                    self.list(kind, aligned, old, new);
                } else {
                    self.list(kind, aligned, old.unwritten(), new.unwritten());
                }
            }
            Shape::Map(kind) if !keys(old.value, new.value).is_empty() => self.map(kind, old, new),
            _ => self.single(old, new),
        }
    }

    fn list(&mut self, kind: Kind, aligned: Aligned, old: Side<'_>, new: Side<'_>) {
        for (before, after) in &aligned.pairs {
            let at = after.or(*before).unwrap_or_default();
            let (old, new) = (old.item(*before), new.item(*after));
            self.at(&format!("[{at}]"), |walk| walk.item(kind, old, new));
        }
        if let Some((was, is)) = &aligned.reordered {
            self.push(What::Reordered, was, is);
        }
    }

    fn item(&mut self, kind: Kind, old: Side<'_>, new: Side<'_>) {
        if old.value == new.value && old.written == new.written {
            return;
        }
        match kind {
            Kind::Struct(of) if !old.value.is_null() && !new.value.is_null() => self.structure(of, old, new),
            _ => self.single(old, new),
        }
    }

    fn map(&mut self, kind: Kind, old: Side<'_>, new: Side<'_>) {
        let is_annotations = self.path == "metadata.annotations";
        let of_values = keys(old.value, new.value);
        let mut names = keys(old.written, new.written);
        names.extend(of_values);
        names.sort_unstable();
        names.dedup();
        for name in names {
            if !(is_annotations && name == LAST_APPLIED) {
                let (old, new) = (old.get(name), new.get(name));
                self.at(&format!("[{name}]"), |walk| walk.item(kind, old, new));
            }
        }
    }

    /// A value that is told as a whole.
    fn single(&mut self, old: Side<'_>, new: Side<'_>) {
        match (old.value.is_null(), new.value.is_null()) {
            _ if old.value == new.value => self.alike(old, new),
            (true, _) => self.push(What::Added, old.value, new.value),
            (_, true) => self.push(What::Removed, old.value, new.value),
            _ => self.push(What::Changed, old.value, new.value),
        }
    }

    /// The sides mean the same, and are written differently.
    fn alike(&mut self, old: Side<'_>, new: Side<'_>) {
        if old.written == new.written {
            return;
        }
        let is_dropped = |side: Side<'_>| side.value.is_null() && !is_empty(side.written);
        let what = if is_dropped(old) || is_dropped(new) {
            What::Dropped
        } else if old.written.is_null() || new.written.is_null() {
            What::Defaulted
        } else {
            What::Written
        };
        self.push(what, old.written, new.written);
    }

    fn push(&mut self, what: What, old: &Value, new: &Value) {
        self.found.push(Difference {
            path: self.path.clone(),
            what,
            old: old.clone(),
            new: new.clone(),
        });
    }

    fn at_field(&mut self, name: &str, visit: impl FnOnce(&mut Self)) {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.at(&format!("{dot}{name}"), visit);
    }

    fn at(&mut self, step: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        visit(self);
        self.path.truncate(length);
    }
}

impl<'a> Side<'a> {
    /// The item at a place, if it has one.
    fn item(self, at: Option<usize>) -> Self {
        let of = |list: &'a Value| at.and_then(|at| items(list).get(at)).unwrap_or(&NULL);
        Self {
            value: of(self.value),
            written: of(self.written),
        }
    }

    /// The same, of which nobody knows how it was written.
    const fn unwritten(self) -> Self {
        Self {
            written: &NULL,
            ..self
        }
    }

    fn get(self, name: &str) -> Self {
        Self {
            value: self.value.get(name).unwrap_or(&NULL),
            written: self.written.get(name).unwrap_or(&NULL),
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The keys of two mappings, each once, in order.
fn keys<'a>(one: &'a Value, other: &'a Value) -> Vec<&'a str> {
    let of = |value: &'a Value| value.as_object().into_iter().flat_map(Map::keys);
    let mut keys: Vec<&str> = of(one).chain(of(other)).map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether Go's typed form has no trace of the value: to write it is to leave it out.
fn is_empty(value: &Value) -> bool {
    *value == json!(0) || matches!(value, Value::Null | Value::Bool(false)) || {
        let is_empty_text = value.as_str().is_some_and(str::is_empty);
        let is_empty_list = value.as_array().is_some_and(Vec::is_empty);
        is_empty_text
            || is_empty_list
            || value
                .as_object()
                .is_some_and(|fields| fields.values().all(is_empty))
    }
}
