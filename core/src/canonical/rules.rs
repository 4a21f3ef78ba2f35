//! Defaults that depend on more than one field.
//!
//! Source: `pkg/apis/apps/v1/defaults.go` (`SetDefaults_StatefulSet`), `pkg/apis/core/v1/defaults.go`
//! (`SetDefaults_Volume`, `SetDefaults_Container`, `SetDefaults_PodSpec`) and, until 1.36, the conversion between v1
//! and the API server's own types in `conversion.go` beside them.

use serde_json::{Map, Value, json};

use super::image;
use super::normal::Purpose;
use crate::object::drop_fields;

/// What defaulting does to the fields of a struct together.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// How an image is pulled depends on its tag.
    Container,
    /// `serviceAccount` is an old name of `serviceAccountName`.
    PodSpec,
    /// Annotations of ancient kubelets are dropped.
    PodTemplate,
    /// A rolling update has a partition only where `rollingUpdate` is given or the type is not.
    UpdateStrategy,
    /// A volume without a source is an empty directory.
    Volume,
    /// Claim templates say what they are.
    StatefulSetSpec,
}

/// Applies `rule` to the normal form of a struct whose own fields have their defaults.
pub(super) fn apply(rule: Rule, fields: &mut Map<String, Value>, purpose: &Purpose<'_>) {
    match rule {
        Rule::Container => default(fields, "imagePullPolicy", |fields| pull_policy(fields, "image")),
        Rule::PodSpec if purpose.is_stored || purpose.minor >= 37 => service_account(fields),
        Rule::PodTemplate if purpose.is_stored && purpose.minor <= 36 => drop_init_containers(fields),
        Rule::UpdateStrategy => update_strategy(fields, purpose),
        Rule::Volume => volume(fields, purpose),
        Rule::StatefulSetSpec if purpose.is_stored => name_claims(fields),
        Rule::PodSpec | Rule::PodTemplate | Rule::StatefulSetSpec => {}
    }
}

fn default(fields: &mut Map<String, Value>, name: &str, value: impl FnOnce(&Map<String, Value>) -> Value) {
    if !fields.contains_key(name) {
        let value = value(fields);
        fields.insert(name.to_owned(), value);
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn pull_policy(fields: &Map<String, Value>, image: &str) -> Value {
    if image::is_latest(text(fields, image)) {
        json!("Always")
    } else {
        json!("IfNotPresent")
    }
}

fn volume(fields: &mut Map<String, Value>, purpose: &Purpose<'_>) {
    // A source that this version does not know, but which is kept, is a source.
    if fields.keys().all(|name| name == "name") {
        fields.insert("emptyDir".to_owned(), json!({}));
    }
    // The gate ImageVolume is on from 1.35.
    if purpose.minor >= 35
        && let Some(Value::Object(image)) = fields.get_mut("image")
    {
        default(image, "pullPolicy", |image| pull_policy(image, "reference"));
    }
}

/// The new name wins; both are written, or none. In defaulting from 1.37, before in conversion.
fn service_account(fields: &mut Map<String, Value>) {
    let name = [text(fields, "serviceAccountName"), text(fields, "serviceAccount")]
        .into_iter()
        .find(|name| !name.is_empty())
        .map(str::to_owned);
    if let Some(name) = name {
        fields.insert("serviceAccountName".to_owned(), json!(name));
        fields.insert("serviceAccount".to_owned(), json!(name));
    }
}

fn update_strategy(fields: &mut Map<String, Value>, purpose: &Purpose<'_>) {
    if !fields.contains_key("type") {
        fields.insert("type".to_owned(), json!("RollingUpdate"));
        default(fields, "rollingUpdate", |_| json!({}));
    }
    let is_rolling = text(fields, "type") == "RollingUpdate";
    let Some(Value::Object(rolling)) = fields.get_mut("rollingUpdate") else {
        return;
    };
    // The API server's own type has no absent partition.
    if is_rolling || purpose.is_stored {
        default(rolling, "partition", |_| json!(0));
    }
    if is_rolling && purpose.has_max_unavailable {
        default(rolling, "maxUnavailable", |_| json!(1));
    }
}

/// Source: `dropInitContainerAnnotations`, gone since 1.37.
fn drop_init_containers(fields: &mut Map<String, Value>) {
    let metadata = fields.get_mut("metadata").and_then(Value::as_object_mut);
    let Some(metadata) = metadata else { return };
    if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
        for stage in ["alpha", "beta"] {
            let containers = format!("pod.{stage}.kubernetes.io/init-containers");
            let statuses = format!("pod.{stage}.kubernetes.io/init-container-statuses");
            drop_fields(annotations, &[&containers, &statuses]);
        }
        if annotations.is_empty() {
            drop_fields(metadata, &["annotations"]);
        }
    }
}

fn name_claims(fields: &mut Map<String, Value>) {
    let claims = fields
        .get_mut("volumeClaimTemplates")
        .and_then(Value::as_array_mut);
    for claim in claims.into_iter().flatten().filter_map(Value::as_object_mut) {
        claim.insert("apiVersion".to_owned(), json!("v1"));
        claim.insert("kind".to_owned(), json!("PersistentVolumeClaim"));
    }
}
