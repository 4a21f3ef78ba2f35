//! What a StatefulSet is made of: upstream's Go types as tables, one line for each field, with the versions that have it
//! and the default that it gets.
//!
//! The rooms below are made from what the harness prints with `--schema` for every version:
//! `cargo run -p steadfast-tests --bin canonical -- tables OUT DUMP...`, then `cargo fmt`. A test compares them again.

use super::rules::Rule;

pub(super) mod claim;
pub(super) mod container;
pub(super) mod metadata;
pub(super) mod pod;
pub(super) mod set;
pub(super) mod volume;

/// A Go struct: its fields in order of name (by bytes), embedded ones dissolved.
pub(super) struct Struct {
    pub fields: &'static [Field],
    /// What defaulting does that no single field can say.
    pub rule: Option<Rule>,
}

/// Upstream's name of a struct. The names stand apart, so that a program which asks for none has none: a kB of compressed
/// WebAssembly.
pub(super) fn name_of(of: &'static Struct) -> &'static str {
    let rooms = [
        set::NAMES,
        metadata::NAMES,
        claim::NAMES,
        pod::NAMES,
        container::NAMES,
        volume::NAMES,
    ];
    let mut named = rooms.into_iter().flatten();
    let found = named.find(|(named, _)| std::ptr::eq(*named, of));
    found.map_or("", |(_, name)| name)
}

/// A field of a Go struct.
pub(super) struct Field {
    pub name: &'static str,
    pub shape: Shape,
    /// What the field gets where it is empty (a pointer: nil), if anything.
    pub default: Option<&'static Default>,
    /// Nil and zero are told apart.
    pub is_pointer: bool,
    /// Written even when empty.
    pub is_always: bool,
    /// The first and the last minor version that have the field so.
    since: u8,
    until: u8,
}

/// How many values there are at a place.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    One(Kind),
    List(Kind),
    Map(Kind),
}

/// What one value is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Bool,
    Int32,
    Int64,
    Quantity,
    IntOrText,
    Time,
    /// JSON that is kept as it is.
    Raw,
    Struct(&'static Struct),
}

/// The values of defaults.
pub(super) enum Default {
    Text(&'static str),
    Int(i32),
    False,
    /// An empty struct, whose own fields then get their defaults.
    Struct,
}

pub(super) const fn field(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        default: None,
        is_pointer: false,
        is_always: false,
        since: 0,
        until: u8::MAX,
    }
}

impl Field {
    const fn pointer(mut self) -> Self {
        self.is_pointer = true;
        self
    }

    const fn always(mut self) -> Self {
        self.is_always = true;
        self
    }

    const fn since(mut self, minor: u8) -> Self {
        self.since = minor;
        self
    }

    const fn until(mut self, minor: u8) -> Self {
        self.until = minor;
        self
    }

    const fn or(mut self, default: &'static Default) -> Self {
        self.default = Some(default);
        self
    }

    /// Whether Kubernetes 1.`minor` has the field so.
    pub const fn is_in(&self, minor: u8) -> bool {
        self.since <= minor && minor <= self.until
    }

    /// Whether something may be written where the field is absent.
    pub const fn is_written_absent(&self) -> bool {
        self.is_always || self.default.is_some()
    }

    /// The first minor version that has it, where that is later than 1.`minor`.
    #[cfg(all(feature = "manifest", feature = "validation"))]
    pub fn later_than(&self, minor: u8) -> Option<u8> {
        (self.since > minor).then_some(self.since)
    }

    /// The last minor version that has it.
    #[cfg(all(feature = "manifest", feature = "validation"))]
    pub const fn last(&self) -> u8 {
        self.until
    }
}

impl Kind {
    /// The name as the harness prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Quantity => "quantity",
            Self::IntOrText => "intOrString",
            Self::Time => "time",
            Self::Raw => "raw",
            Self::Struct(_) => "struct",
        }
    }
}
