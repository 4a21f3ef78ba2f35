//! How much a document may grow through its aliases.

use serde_json::Value;

use super::error::{Position, ReadError};
use super::scalar::Scalar;

/// A finished node that has an anchor, and what an alias to it costs.
pub(super) struct Kept {
    pub(super) value: Value,
    /// How the node resolved, where it is a scalar: `value` is then unused.
    pub(super) scalar: Option<Scalar>,
    /// Why it is nothing in JSON.
    pub(super) fault: Option<Box<ReadError>>,
    pub(super) nodes: u64,
    pub(super) bytes: u64,
    /// Levels of nesting: 0 for a scalar.
    pub(super) depth: usize,
}

impl Kept {
    pub(super) fn of_scalar(scalar: Scalar, bytes: u64) -> Self {
        Self {
            value: Value::Null,
            scalar: Some(scalar),
            fault: None,
            nodes: 1,
            bytes,
            depth: 0,
        }
    }
}

/// What has been decoded, and how much of it through aliases.
pub(super) struct Budget {
    /// go-yaml's `decodeCount` and `aliasCount`, in nodes.
    decoded: u64,
    aliased: u64,
    bytes: u64,
    aliased_bytes: u64,
    kept: u64,
}

/// The bytes of text that aliases may add. Go has no such limit, since its strings share their memory.
const MAX_ALIASED_BYTES: u64 = 64 << 20;
/// The nodes and bytes that may be kept for aliases. Anchors inside anchors are kept once for each, so that a
/// document could ask for a hundred times its own size.
const MAX_KEPT: u64 = 128 << 20;

impl Default for Budget {
    fn default() -> Self {
        // The document is a node of its own.
        Self {
            decoded: 1,
            aliased: 0,
            bytes: 0,
            aliased_bytes: 0,
            kept: 0,
        }
    }
}

impl Budget {
    /// Counts one node that stands in the text itself.
    pub(super) fn decode(&mut self, bytes: u64) {
        self.decoded += 1;
        self.bytes += bytes;
    }

    /// Nodes and bytes so far.
    pub(super) fn so_far(&self) -> (u64, u64) {
        (self.decoded, self.bytes)
    }

    /// Counts an alias, by the rule of go-yaml's `allowedAliasRatio`: 99 % of the nodes may come through
    /// aliases up to 400,000 nodes, falling to 10 % at 4,000,000.
    pub(super) fn expand(&mut self, kept: &Kept, at: Position) -> Result<(), ReadError> {
        self.decoded += 1 + kept.nodes;
        self.aliased += kept.nodes;
        self.bytes += kept.bytes;
        self.aliased_bytes += kept.bytes;
        let allowed = match self.decoded {
            ..=400_000 => 0.99,
            4_000_000.. => 0.10,
            decoded => 0.99 - 0.89 * ((decoded - 400_000) as f64 / 3_600_000.0),
        };
        let ratio = self.aliased as f64 / self.decoded as f64;
        let excessive = self.aliased > 100 && self.decoded > 1000 && ratio > allowed;
        match excessive || self.aliased_bytes > MAX_ALIASED_BYTES {
            true => Err(excess(at)),
            false => Ok(()),
        }
    }

    /// Counts what is set aside for aliases to come.
    pub(super) fn keep(&mut self, kept: &Kept, at: Position) -> Result<(), ReadError> {
        self.kept += kept.nodes.saturating_mul(32) + kept.bytes;
        if self.kept > MAX_KEPT {
            Err(excess(at))
        } else {
            Ok(())
        }
    }
}

fn excess(at: Position) -> ReadError {
    ReadError::at(at, "document contains excessive aliasing")
}
