//! A StatefulSet as an API server holds it: defaults, and the normal form that comes of decoding into Go's types and
//! encoding again. Without it no revision's bytes, and so no revision's name, can be foretold from a manifest.
//!
//! Nothing is validated here: an error is a value that upstream's decoder refuses.
//!
//! Source: `SetObjectDefaults_StatefulSet` (`pkg/apis/apps/v1/zz_generated.defaults.go`) with the functions it calls,
//! `k8s.io/api/apps/v1` and `core/v1` `types.go`, and the conversions in `pkg/apis/{apps,core}/v1/conversion.go`.

use serde_json::{Value, json};

use crate::object::drop_fields;
use crate::{Cause, Error, Gate, Profile};

#[cfg(feature = "validation")]
pub(crate) mod compare;
#[cfg(feature = "validation")]
pub(crate) mod equal;
mod image;
#[cfg(all(feature = "manifest", feature = "validation"))]
pub(crate) mod meant;
mod moment;
mod normal;
pub(crate) mod quantity;
mod rules;
mod schema;

use normal::{Found, Place, Purpose};
use schema::{Shape, Struct};

/// What becomes of fields that the version of the profile does not know: a newer Kubernetes' fields, or misspelt ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownFields {
    /// They are dropped, as an API server and a controller of that version do.
    #[default]
    Drop,
    /// They stay as they are, for objects that a newer API server returned.
    Keep,
}

/// An object in canonical form, and what its version did not know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Canonical {
    /// The object.
    pub object: Value,
    /// The paths of the fields that the version does not know, such as `spec.template.spec.containers[0].imgae`.
    pub unknown: Vec<String>,
}

/// A struct of the schema of one version: see [`schema`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaStruct {
    /// Upstream's name, such as `PodSpec`.
    pub name: &'static str,
    /// Its fields in order of name, embedded structs dissolved.
    pub fields: Vec<SchemaField>,
}

/// A field of a [`SchemaStruct`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaField {
    /// The name in JSON.
    pub name: &'static str,
    /// What one value is: `string`, `bool`, `int32`, `int64`, `quantity`, `intOrString`, `time`, `raw` or `struct`.
    pub kind: &'static str,
    /// The name of the struct where `kind` is `struct`, else empty.
    pub of: &'static str,
    /// `list` or `map` (with keys of strings) where there may be several values, else empty.
    pub container: &'static str,
    /// Whether nil and the zero value are told apart.
    pub is_pointer: bool,
    /// Whether the field is written even when it is empty.
    pub is_always: bool,
    /// The scalar that it gets where it is empty, as YAML writes it; empty where it gets none, or a struct.
    pub default: String,
}

/// The set as the API server of the profile gives it back once it is stored: defaults, then normal form. Fields that
/// the version does not know are dropped.
///
/// `set` may be a manifest or what an API server returned; then the result is what that API server, upgraded or
/// downgraded to the profile's version, would return.
///
/// # Errors
/// `invalid` with a cause for every value that upstream's decoder refuses.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, canonical::canonical};
/// let set = json!({"metadata": {"name": "web"}, "spec": {"template": {"spec": {
///     "containers": [{"name": "nginx", "image": "nginx", "resources": {"limits": {"memory": "1024Mi"}}}]}}}});
/// let stored = canonical(&set, &Profile::default())?;
/// assert_eq!(stored["spec"]["replicas"], 1);
/// let container = &stored["spec"]["template"]["spec"]["containers"][0];
/// assert_eq!(container["imagePullPolicy"], "Always");
/// assert_eq!(container["resources"]["limits"]["memory"], "1Gi");
///
/// let wrong = json!({"spec": {"replicas": "three"}});
/// let error = canonical(&wrong, &Profile::default()).unwrap_err();
/// assert_eq!(error.causes[0].field, "spec.replicas");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn canonical(set: &Value, profile: &Profile) -> Result<Value, Error> {
    Ok(canonical_with(set, profile, UnknownFields::Drop)?.object)
}

/// As [`canonical`], with a choice for fields that the version does not know, and their paths.
///
/// # Errors
/// As [`canonical`].
///
/// ```
/// use serde_json::json;
/// use steadfast_core::Profile;
/// use steadfast_core::canonical::{UnknownFields, canonical_with};
/// let set = json!({"spec": {"replica": 3}});
/// let found = canonical_with(&set, &Profile::default(), UnknownFields::Keep)?;
/// assert_eq!(found.unknown, ["spec.replica"]);
/// assert_eq!(found.object["spec"]["replica"], 3);
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn canonical_with(set: &Value, profile: &Profile, unknown: UnknownFields) -> Result<Canonical, Error> {
    canonical_of(set.clone(), profile, unknown)
}

/// [`canonical_with`] for who needs the set no more: what is in canonical form already is not copied.
pub(crate) fn canonical_of(
    set: Value,
    profile: &Profile,
    unknown: UnknownFields,
) -> Result<Canonical, Error> {
    let of = &schema::set::STATEFUL_SET;
    let mut canonical = walk(of, set, "", profile, unknown, Form::Stored)?;
    if let Value::Object(set) = &mut canonical.object {
        set.insert("apiVersion".to_owned(), json!("apps/v1"));
        set.insert("kind".to_owned(), json!("StatefulSet"));
    }
    Ok(canonical)
}

/// A Pod in canonical form as far as it is what a pod template is: metadata and spec. Its status stays as it is, and what
/// only a Pod is given (`SetDefaults_Pod`, admission) is not added.
///
/// # Errors
/// As [`canonical`].
///
/// ```
/// use serde_json::json;
/// use steadfast_core::Profile;
/// use steadfast_core::canonical::{UnknownFields, canonical_pod};
/// let pod = json!({"spec": {"containers": [{"name": "a", "image": "a:1", "ports": [{"containerPort": 80}]}]}});
/// let pod = canonical_pod(&pod, &Profile::default(), UnknownFields::Drop)?.object;
/// assert_eq!(pod["spec"]["containers"][0]["ports"][0]["protocol"], "TCP");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn canonical_pod(pod: &Value, profile: &Profile, unknown: UnknownFields) -> Result<Canonical, Error> {
    let mut template = pod.clone();
    let mut status = None;
    if let Value::Object(template) = &mut template {
        status = template.get("status").cloned();
        drop_fields(template, &["apiVersion", "kind", "status"]);
    }
    let of = &schema::pod::POD_TEMPLATE_SPEC;
    let mut canonical = walk(of, template, "", profile, unknown, Form::Stored)?;
    if let Value::Object(pod) = &mut canonical.object {
        pod.insert("apiVersion".to_owned(), json!("v1"));
        pod.insert("kind".to_owned(), json!("Pod"));
        pod.extend(status.map(|status| ("status".to_owned(), status)));
    }
    Ok(canonical)
}

/// A PersistentVolumeClaim in canonical form.
///
/// # Errors
/// As [`canonical`].
///
/// ```
/// use serde_json::json;
/// use steadfast_core::Profile;
/// use steadfast_core::canonical::{UnknownFields, canonical_claim};
/// let claim = json!({"spec": {"resources": {"requests": {"storage": "1024Mi"}}}});
/// let claim = canonical_claim(&claim, &Profile::default(), UnknownFields::Drop)?.object;
/// assert_eq!(claim["spec"]["resources"]["requests"]["storage"], "1Gi");
/// assert_eq!(claim["spec"]["volumeMode"], "Filesystem");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn canonical_claim(claim: &Value, profile: &Profile, unknown: UnknownFields) -> Result<Canonical, Error> {
    let of = &schema::claim::PERSISTENT_VOLUME_CLAIM;
    let mut canonical = walk(of, claim.clone(), "", profile, unknown, Form::Stored)?;
    if let Value::Object(claim) = &mut canonical.object {
        claim.insert("apiVersion".to_owned(), json!("v1"));
        claim.insert("kind".to_owned(), json!("PersistentVolumeClaim"));
    }
    Ok(canonical)
}

/// The pod template of a set as Go writes it again, without defaults: the form in which it goes into a revision.
///
/// # Errors
/// As [`canonical`]; the paths begin with `spec.template`.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::canonical::{UnknownFields, normal_template};
/// let template = json!({"metadata": {"labels": {}}, "spec": {"containers": [{"name": "a", "args": null}]}});
/// let old = normal_template(&template, &"1.33".parse()?, UnknownFields::Drop)?;
/// assert_eq!(old, json!({
///     "metadata": {"creationTimestamp": null},
///     "spec": {"containers": [{"name": "a", "resources": {}}]}}));
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn normal_template(template: &Value, profile: &Profile, unknown: UnknownFields) -> Result<Value, Error> {
    let of = &schema::pod::POD_TEMPLATE_SPEC;
    let template = template.clone();
    Ok(walk(of, template, "spec.template", profile, unknown, Form::Normal)?.object)
}

/// The template that the data of a revision holds (the mapping under `spec.template`, with or without `$patch`), as
/// the controller of the profile restores, defaults and writes it again: where that equals the set's own template, the
/// gate StatefulSetSemanticRevisionComparison sees no change.
///
/// # Errors
/// As [`normal_template`].
///
/// ```
/// use serde_json::json;
/// use steadfast_core::Profile;
/// use steadfast_core::canonical::{UnknownFields, restored_template};
/// let stored = json!({"$patch": "replace", "metadata": {"creationTimestamp": null},
///     "spec": {"containers": [{"name": "a", "image": "a:1"}]}});
/// let restored = restored_template(&stored, &Profile::default(), UnknownFields::Drop)?;
/// assert_eq!(restored["metadata"], json!({}));
/// assert_eq!(restored["spec"]["containers"][0]["imagePullPolicy"], "IfNotPresent");
/// assert_eq!(restored.get("$patch"), None);
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn restored_template(data: &Value, profile: &Profile, unknown: UnknownFields) -> Result<Value, Error> {
    let mut data = data.clone();
    if let Value::Object(template) = &mut data {
        drop_fields(template, &["$patch"]);
    }
    let of = &schema::pod::POD_TEMPLATE_SPEC;
    Ok(walk(of, data, "spec.template", profile, unknown, Form::Defaulted)?.object)
}

/// Every struct that a StatefulSet of this version is made of, the set itself first.
///
/// ```
/// use steadfast_core::{Profile, canonical::schema};
/// let structs = schema(&Profile::default());
/// assert_eq!(structs[0].name, "StatefulSet");
/// let container = structs.iter().find(|s| s.name == "Container").unwrap();
/// assert!(container.fields.iter().any(|f| f.name == "image" && f.kind == "string"));
/// ```
pub fn schema(profile: &Profile) -> Vec<SchemaStruct> {
    let minor = profile.minor();
    let mut reached: Vec<&'static Struct> = vec![&schema::set::STATEFUL_SET];
    let mut structs: Vec<SchemaStruct> = Vec::new();
    while let Some(next) = reached.pop() {
        if structs.iter().any(|known| known.name == schema::name_of(next)) {
            continue;
        }
        let mut fields = Vec::new();
        for field in next.fields.iter().filter(|field| field.is_in(minor)) {
            let (container, kind) = match field.shape {
                Shape::One(kind) => ("", kind),
                Shape::List(kind) => ("list", kind),
                Shape::Map(kind) => ("map", kind),
            };
            let of = match kind {
                schema::Kind::Struct(of) => Some(of),
                _ => None,
            };
            reached.extend(of);
            fields.push(SchemaField {
                name: field.name,
                kind: kind.name(),
                of: of.map_or("", schema::name_of),
                container,
                is_pointer: field.is_pointer,
                is_always: field.is_always,
                default: match field.default {
                    Some(schema::Default::Text(text)) => (*text).to_owned(),
                    Some(schema::Default::Int(number)) => number.to_string(),
                    Some(schema::Default::False) => "false".to_owned(),
                    Some(schema::Default::Struct) | None => String::new(),
                },
            });
        }
        structs.push(SchemaStruct {
            name: schema::name_of(next),
            fields,
        });
    }
    structs
}

/// As [`canonical_with`], but lists and maps that are there and empty stay where a rule of validation tells them from
/// absent ones. An API server stores neither: [`canonical`] of the result is what it stores.
#[cfg(feature = "validation")]
pub(crate) fn received(set: &Value, profile: &Profile) -> Result<Canonical, Error> {
    let of = &schema::set::STATEFUL_SET;
    let set = set.clone();
    walk(of, set, "", profile, UnknownFields::Drop, Form::Received)
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Normal,
    Defaulted,
    /// As validation sees it.
    #[cfg_attr(not(feature = "validation"), allow(dead_code))]
    Received,
    Stored,
}

fn walk(
    of: &'static Struct,
    mut object: Value,
    root: &str,
    profile: &Profile,
    unknown: UnknownFields,
    form: Form,
) -> Result<Canonical, Error> {
    let mut found = Found::default();
    let mut purpose = Purpose {
        minor: profile.minor(),
        is_defaulted: form != Form::Normal,
        is_stored: matches!(form, Form::Received | Form::Stored),
        has_max_unavailable: profile.is_enabled(Gate::MaxUnavailableStatefulSet),
        keeps_unknown: unknown == UnknownFields::Keep,
        keeps_empty: form == Form::Received,
        found: &mut found,
    };
    normal::structure(of, &mut object, &Place::Root(root), &mut purpose);
    if found.faults.is_empty() {
        Ok(Canonical {
            object,
            unknown: found.unknown,
        })
    } else {
        Err(Error::invalid(found.faults as Vec<Cause>))
    }
}
