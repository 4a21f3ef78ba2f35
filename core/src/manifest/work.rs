//! How much may be made of a text.
//!
//! An object takes hundreds of bytes and a few of text: 50 MB of `{a: b},` would be read into 6 GB. What `kubectl get` prints
//! has 8 bytes for each thing that costs one in YAML and 12 in JSON, and is read up to 50 MB. Manifests
//! by hand have 4, and are read up to 7 MB, which is 15,000 of them. What costs more was made to hold a reader up.

use super::error::{Position, ReadError};

pub(super) struct Work {
    left: u64,
}

/// What is allowed whatever the size, and for how many bytes one more.
const ALLOWED: u64 = 1_000_000;
const BYTES: u64 = 9;

/// What things cost; a key, a value and a list cost one.
pub(super) const DOCUMENT: u64 = 12;
pub(super) const OBJECT: u64 = 6;
pub(super) const ANCHOR: u64 = 4;
pub(super) const TAG: u64 = 2;
/// From this size on an object or a list is none that Kubernetes knows, and what is added to it costs more.
pub(super) const LARGE: usize = 1_000;
/// What a key of a large object costs besides: its place is to be found among the others.
pub(super) const KEY_OF_MANY: u64 = 2;
/// What an item of a large list costs besides.
pub(super) const ITEM_OF_MANY: u64 = 1;

impl Work {
    /// What a text of so many bytes may cost.
    pub(super) fn allowed_for(bytes: usize) -> Self {
        Self {
            left: ALLOWED + bytes as u64 / BYTES,
        }
    }

    /// Pays, where there is enough left.
    #[inline]
    pub(super) fn pay(&mut self, cost: u64) -> bool {
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or_default();
        left.is_some()
    }
}

/// What a text says that costs too much, from a place on.
pub(super) fn excess(at: Position) -> ReadError {
    ReadError::at(
        at,
        "there is too much in the text from here on: split it into several files",
    )
}
