//! Text to JSON: reading manifests and dumps with positions, writing YAML.
//!
//! The rules are those of `kubectl apply -f`: the stream is split as `k8s.io/apimachinery/pkg/util/yaml`
//! (`YAMLOrJSONDecoder`) splits it, and YAML becomes JSON as in `sigs.k8s.io/yaml` (`YAMLToJSON`, on
//! `go.yaml.in/yaml/v2`). That reader is not a YAML 1.2 reader: `0644` is 420, `yes`, `on` and `y` are booleans,
//! a bare key `n:` is `"false"`, `<<` merges, timestamps stay strings, and of several documents between two
//! `---` lines of the stream only the first counts. So text is resolved to JSON first and typed afterwards.
//!
//! ```
//! # use steadfast_core::manifest;
//! let documents = manifest::read(b"kind: StatefulSet\nspec: {replicas: 010}\n")?;
//! let objects = manifest::objects(documents);
//! assert_eq!(objects[0].value["spec"]["replicas"], 8);
//! assert_eq!(objects[0].position_of("spec.replicas").unwrap().to_string(), "line 2, column 8");
//! # Ok::<(), manifest::ReadError>(())
//! ```
//!
//! Where this reader is on purpose not Go's (`docs/reading.md` has the whole list, and how it is compared): bytes that
//! are not UTF-8 are an error in JSON too (Go puts U+FFFD), nesting ends at [`MAX_DEPTH`] levels (Go: 10,000), what a
//! text is read into is bounded by its size, and UTF-16 with a byte order mark is read from a file as `sigs.k8s.io/yaml`
//! reads it (`kubectl` fails on the odd byte that its line reader adds).

mod alias;
mod binary;
mod document;
mod error;
mod field;
mod float;
mod json;
mod list;
mod places;
mod places_json;
mod scalar;
mod stream;
mod text;
mod timestamp;
mod work;
mod write;
mod write_scalar;
mod yaml;
mod yaml_value;

#[cfg(test)]
mod tests;

pub use document::{Document, Location, Notice, NoticeCode, Object};
pub use error::{Position, ReadError, ReadErrorCode, Span};
pub use list::objects;
pub use write::to_yaml;

/// How deep objects and lists may nest, counted from the document's root, which is level 1.
///
/// `serde_json` stops there, and every value passes it again on its way over a host's boundary.
pub const MAX_DEPTH: usize = 127;

/// The largest input [`read`] and [`read_one`] take, in bytes: 256 MiB.
pub const MAX_BYTES: usize = 256 << 20;

/// Reads all documents of a file: YAML documents separated by `---` lines, or JSON values one after the other.
///
/// Input whose first character that is not white space is `{` is read as JSON; where that fails on the first or
/// second value, the rest is read as YAML, as `YAMLOrJSONDecoder` does. Documents that are empty, or `null`, are
/// skipped. No bytes make this panic.
///
/// # Errors
/// `tooLarge` past [`MAX_BYTES`]; else `unreadable`, with the position of the first fault. A text that holds far more
/// values than manifests of its size do is refused where it becomes too much.
pub fn read(text: &[u8]) -> Result<Vec<Document>, ReadError> {
    read_within(text, MAX_BYTES)
}

/// [`read`] with the caller's own limit on the input's size, in bytes.
///
/// # Errors
/// Those of [`read`].
pub fn read_within(text: &[u8], max_bytes: usize) -> Result<Vec<Document>, ReadError> {
    stream::read(text, max_bytes)
}

/// Reads the first document and, as `yaml.Unmarshal` of `sigs.k8s.io/yaml` does, says nothing of those after it.
/// `None` where the input is empty, or holds nothing but comments. A document `null` is `Value::Null`.
///
/// # Errors
/// Those of [`read`], as far as they stand in the first document.
pub fn read_one(text: &[u8]) -> Result<Option<Document>, ReadError> {
    stream::read_one(text, MAX_BYTES)
}
