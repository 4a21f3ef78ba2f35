//! The pure rules about one revision: which bytes a template has, which name they get, and how they are read back.
//!
//! Source: `pkg/controller/statefulset/stateful_set_utils.go` (`getPatch`, `newRevision`, `ApplyRevision`) and
//! `pkg/controller/history/controller_history.go` (`HashControllerRevision`, `ControllerRevisionName`).

use serde_json::{Map, Value, json};

use crate::canonical::{UnknownFields, canonical, normal_template};
use crate::object::drop_fields;
use crate::{Cause, Error, Profile};

mod go_json;

pub use go_json::to_go_json;

/// The longest prefix of a set's name that a revision's name keeps, in bytes.
const NAME_PREFIX: usize = 223;

/// What a pod template amounts to as a revision: the bytes that are stored, and their hash before the collision count.
#[derive(Clone, Debug)]
pub struct RevisionData {
    bytes: Vec<u8>,
    hash: Fnv1,
}

impl PartialEq for RevisionData {
    /// Eight bytes at a time, since every decision asks: in WebAssembly `memcmp` goes byte by byte.
    fn eq(&self, other: &Self) -> bool {
        let ((ones, end), (others, other_end)) = (self.bytes.as_chunks(), other.bytes.as_chunks());
        let is_same =
            |(one, other): (&[u8; 8], &[u8; 8])| u64::from_ne_bytes(*one) == u64::from_ne_bytes(*other);
        self.hash == other.hash
            && self.bytes.len() == other.bytes.len()
            && ones.iter().zip(others).all(is_same)
            && end == other_end
    }
}

impl Eq for RevisionData {}

impl RevisionData {
    /// The data of a revision of `template`: a strategic merge patch that replaces the whole template, written as
    /// Go's json.Marshal writes it.
    ///
    /// The template must be in the form in which an API server returns it. `null_timestamps`: as Kubernetes up to
    /// 1.33 wrote it, with `creationTimestamp: null` in the metadata of the template and of ephemeral claims.
    pub fn of_template(template: &Value, null_timestamps: bool) -> Self {
        let mut template = template.clone();
        set_null_timestamps(&mut template, null_timestamps);
        if let Value::Object(template) = &mut template {
            template.insert("$patch".to_owned(), json!("replace"));
        }
        let mut text = r#"{"spec":{"template":"#.to_owned();
        go_json::write_value(&mut text, &template);
        text.push_str("}}");
        Self::of_bytes(text.into_bytes())
    }

    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Self {
        let hash = Fnv1::default().write(&bytes);
        Self { bytes, hash }
    }

    /// The bytes, as they are stored in `data`.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes as JSON.
    pub(crate) fn value(&self) -> Value {
        // From text, as all JSON is read: a reader of bytes would be a second one in every WebAssembly module.
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The hash after `collision_count` names were taken, as it stands at the end of a revision's name.
    pub fn hash(&self, collision_count: i32) -> String {
        safe_encode(
            &self
                .hash
                .write(collision_count.to_string().as_bytes())
                .0
                .to_string(),
        )
    }
}

/// The name of the revision with `hash` of the set `set`.
///
/// ```
/// assert_eq!(steadfast_core::revision_name("web", "6c5d9f7b8"), "web-6c5d9f7b8");
/// ```
pub fn revision_name(set: &str, hash: &str) -> String {
    let end = (0..=NAME_PREFIX.min(set.len()))
        .rev()
        .find(|at| set.is_char_boundary(*at))
        .unwrap_or(0);
    format!("{}-{hash}", set.get(..end).unwrap_or(set))
}

/// The name that the revision of `set`'s template gets on an API server of this version: of a manifest, or of a set that
/// was stored there. Names that are taken already move it on (`status.collisionCount`), which only [`reconcile`] sees.
///
/// # Errors
/// `invalid` where there is no name or no template, or the template cannot be what it is written to be.
///
/// [`reconcile`]: crate::reconcile
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, revision_name_of};
/// let set = json!({
///     "metadata": {"name": "web"},
///     "spec": {"template": {
///         "metadata": {"labels": {"app": "web"}},
///         "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}});
/// assert_eq!(revision_name_of(&set, &Profile::default())?, "web-6455bfb9c");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn revision_name_of(set: &Value, profile: &Profile) -> Result<String, Error> {
    name_of_stored(&canonical(set, profile)?, profile)
}

/// [`revision_name_of`] a set in canonical form.
pub(crate) fn name_of_stored(set: &Value, profile: &Profile) -> Result<String, Error> {
    let within = |room: &str, field: &str| set.get(room).and_then(|room| room.get(field));
    let name = within("metadata", "name").and_then(Value::as_str);
    let template = within("spec", "template");
    let (Some(name), Some(template)) = (name, template) else {
        let missing = [
            ("metadata.name", name.is_none()),
            ("spec.template", template.is_none()),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        return Err(Error::invalid(
            missing.map(|(field, _)| Cause::required(field)).collect(),
        ));
    };
    let collisions = within("status", "collisionCount").and_then(Value::as_i64);
    let collisions = collisions
        .and_then(|count| i32::try_from(count).ok())
        .unwrap_or(0);
    let data = RevisionData::of_template(template, profile.writes_null_creation_timestamp());
    Ok(revision_name(name, &data.hash(collisions)))
}

/// The pod template that the data of a revision holds, as upstream reads and writes it again; nothing where the data says
/// nothing about the template, and so leaves the set's own.
///
/// Fields of a later Kubernetes stay, so that they survive into the Pod.
///
/// # Errors
/// A sentence that says why a StatefulSet controller could not have written it, or why it cannot read it back.
pub(crate) fn stored_template(data: Option<&Value>) -> Result<Option<Value>, String> {
    let mapping = |value: &Value, field: &str| match value {
        Value::Object(_) => Ok(()),
        _ => Err(format!("its `{field}` is not a mapping")),
    };
    let Some(data) = data.filter(|data| !data.is_null()) else {
        return Ok(None);
    };
    mapping(data, "data")?;
    let Some(spec) = data.get("spec") else {
        return Ok(None);
    };
    mapping(spec, "data.spec")?;
    let Some(template) = spec.get("template") else {
        return Ok(None);
    };
    mapping(template, "data.spec.template")?;
    if template.get("$patch").and_then(Value::as_str) != Some("replace") {
        return Err("its `data.spec.template` does not say `$patch: replace`".to_owned());
    }
    let mut template = template.clone();
    if let Value::Object(template) = &mut template {
        drop_fields(template, &["$patch"]);
    }
    // All numbers of a template are int32 or int64, but revisions are written through float64: the largest int64 comes
    // back as 9223372036854776000, which nobody can read again.
    normal_template(&template, &Profile::default(), UnknownFields::Keep)
        .map(Some)
        .map_err(|error| {
            let first = error.causes.first();
            first.map_or(error.message.clone(), |cause| {
                format!("its `data.{}`: {}", cause.field, cause.detail)
            })
        })
}

/// The characters that stand for bytes in a hash, chosen upstream so that no bad word can appear.
const SAFE: [char; 27] = [
    'b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'z', '2',
    '4', '5', '6', '7', '8', '9',
];

/// Source: `apimachinery/pkg/util/rand`, `SafeEncodeString`.
fn safe_encode(text: &str) -> String {
    text.bytes()
        .filter_map(|byte| SAFE.get(usize::from(byte) % SAFE.len()))
        .collect()
}

/// FNV-1 of 32 bits (multiply, then xor), as Go's `fnv.New32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fnv1(u32);

impl Default for Fnv1 {
    fn default() -> Self {
        Self(0x811c_9dc5)
    }
}

impl Fnv1 {
    fn write(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, byte| {
            hash.wrapping_mul(0x0100_0193) ^ u32::from(*byte)
        }))
    }
}

/// Up to 1.33 a typed object writes its `creationTimestamp` even when it has none; later it leaves it out.
fn set_null_timestamps(template: &mut Value, null: bool) {
    let Value::Object(template) = template else { return };
    set_null_timestamp(template, null);
    let volumes = template
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("volumes"))
        .and_then(Value::as_array_mut);
    for volume in volumes.into_iter().flatten() {
        let claim = volume
            .get_mut("ephemeral")
            .and_then(|e| e.get_mut("volumeClaimTemplate"));
        if let Some(Value::Object(claim)) = claim {
            set_null_timestamp(claim, null);
        }
    }
}

fn set_null_timestamp(owner: &mut Map<String, Value>, null: bool) {
    if null {
        let metadata = owner.entry("metadata").or_insert_with(|| json!({}));
        if let Value::Object(metadata) = metadata {
            metadata.entry("creationTimestamp").or_insert(Value::Null);
        }
    } else if let Some(Value::Object(metadata)) = owner.get_mut("metadata")
        && metadata.get("creationTimestamp") == Some(&Value::Null)
    {
        drop_fields(metadata, &["creationTimestamp"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_set_names_are_cut_at_223_bytes() {
        let name = revision_name(&"a".repeat(253), "abc");
        assert_eq!(name.len(), 227);
        assert!(name.ends_with("a-abc"));
    }

    /// The published test vectors of FNV-1 32 (Noll's `test_fnv.c`).
    #[test]
    fn fnv1_gives_the_published_vectors() {
        assert_eq!(Fnv1::default().write(b"").0, 0x811c_9dc5);
        assert_eq!(Fnv1::default().write(b"a").0, 0x050c_5d7e);
        assert_eq!(Fnv1::default().write(b"foobar").0, 0x31f0_b262);
    }

    #[test]
    fn data_that_no_controller_wrote_is_refused() {
        for wrong in [
            json!("x"),
            json!({"spec": []}),
            json!({"spec": {"template": {"spec": {}}}}),
            json!({"spec": {"template": {"$patch": "replace", "spec": {"containers": {}}}}}),
            json!({"spec": {"template": {"$patch": "replace", "spec": {"priority": 9_223_372_036_854_776_000u64}}}}),
        ] {
            assert!(stored_template(Some(&wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn data_without_a_template_leaves_the_sets_own() {
        for nothing in [
            None,
            Some(&Value::Null),
            Some(&json!({})),
            Some(&json!({"spec": {}})),
        ] {
            assert_eq!(stored_template(nothing), Ok(None));
        }
        let data = json!({"spec": {"template": {"$patch": "replace", "a": 1}}});
        let template = stored_template(Some(&data)).unwrap().unwrap();
        assert_eq!(
            (template.get("a"), template.get("$patch")),
            (Some(&json!(1)), None)
        );
    }
}
