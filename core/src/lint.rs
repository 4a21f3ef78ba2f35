//! Manifests as a reviewer reads them: everything that an API server would say of the StatefulSets in a text, each with the
//! place in the text that it is about, and what to do.
//!
//! Nothing is decided here: the text is read by [`manifest`], the verdict is that of
//! [`validation`]. What is added are places, guesses at what was meant, and what Services of the same
//! input say about the name that a set's Pods get.

use serde::Serialize;
use serde_json::Value;

use crate::manifest::{self, Document, NoticeCode, Object, Span};
use crate::revision::name_of_stored;
use crate::validation::{self, Verdict};
use crate::{Error, Profile};

mod finding;
mod remedy;
mod services;

pub use finding::{Finding, Rule, Severity, field_of};

/// What was found in one text.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Linted {
    /// The StatefulSets, in the order of the text.
    pub sets: Vec<LintedSet>,
    /// What is to be said, in the order of the text.
    pub findings: Vec<Finding>,
    /// The kinds of the objects that were passed over, each once, in order of name. Services are read, and not among them.
    pub passed_over: Vec<String>,
}

/// A StatefulSet of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct LintedSet {
    /// Its namespace; `default` where it names none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The line on which it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What an API server would store, were nothing wrong; absent where a value has the wrong type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue"))]
    pub object: Option<Value>,
    /// The name of the revision that its template makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Paths of fields that are set and whose rules this release does not know: an API server may refuse them.
    pub unchecked: Vec<String>,
}

/// Reads texts that are one input (their Services stand for all of them) and says what an API server would say of their
/// StatefulSets. One answer for each text, in their order; a text that cannot be read has that as its finding.
///
/// A set is judged as new, except where `stored` holds the set of its namespace and name, or where it has a UID itself and
/// so is stored already: then as an update.
///
/// ```
/// use steadfast_core::{Profile, lint};
/// let text = "\
/// apiVersion: apps/v1
/// kind: StatefulSet
/// metadata: {name: web}
/// spec:
///   serviceNme: web
///   selector: {matchLabels: {app: web}}
///   template:
///     metadata: {labels: {app: web}}
///     spec: {containers: [{name: nginx, image: nginx}]}
/// ";
/// let linted = lint::lint(&[text.as_bytes()], &[], &Profile::default()).remove(0);
/// let finding = &linted.findings[0];
/// assert_eq!(finding.message, "unknown field \"spec.serviceNme\"");
/// assert_eq!(finding.remedy.as_deref(), Some("did you mean `serviceName`?"));
/// assert_eq!(finding.span.unwrap().start.to_string(), "line 5, column 3");
/// assert_eq!(linted.sets[0].object.as_ref().unwrap()["spec"]["replicas"], 1);
/// ```
pub fn lint(texts: &[&[u8]], stored: &[Value], profile: &Profile) -> Vec<Linted> {
    let mut read: Vec<(Linted, Vec<Object>)> = texts.iter().map(|text| contents(text)).collect();
    let objects = read.iter().flat_map(|(_, objects)| objects);
    let services: Vec<Value> = objects
        .filter(|object| is_of(&object.value, "v1", "Service"))
        .map(|service| service.value.clone())
        .collect();
    for (linted, objects) in &mut read {
        for object in objects {
            add_object(object, stored, &services, profile, linted);
        }
        linted
            .findings
            .sort_by_key(|finding| finding.span.map(|span| span.start));
    }
    read.into_iter().map(|(linted, _)| linted).collect()
}

/// What an API server answers to a set: to an update where there is a stored one, else to a creation. A value that its
/// decoder refuses is an error like any other; then there is no object.
///
/// # Errors
/// As [`validation::update`]; the stored set is the one to blame where `new` is one that can be decoded.
pub fn judge(new: &Value, stored: Option<&Value>, profile: &Profile) -> Result<Verdict, Error> {
    match stored {
        Some(old) => validation::update(new, old, profile),
        None => validation::create(new, profile),
    }
}

/// Reads a text; the objects are those that are left to judge.
fn contents(text: &[u8]) -> (Linted, Vec<Object>) {
    let mut linted = Linted::default();
    let documents = match manifest::read(text) {
        Ok(documents) => documents,
        Err(error) => {
            let mark = error.position.map(|at| Span { start: at, end: at });
            let finding = Finding::new(Severity::Error, Rule::Unreadable, error.message).at(mark);
            linted.findings.push(finding.advised(remedy::of_template(text)));
            return (linted, Vec::new());
        }
    };
    let noticed: Vec<Finding> = documents.iter().flat_map(notices).collect();
    linted.findings.extend(noticed);
    let objects = manifest::objects(documents);
    (linted, objects)
}

fn notices(document: &Document) -> impl Iterator<Item = Finding> + '_ {
    document.notices.iter().map(|notice| {
        let (rule, message, advice) = match notice.code {
            NoticeCode::DuplicateKey => (
                Rule::DuplicateField,
                format!("duplicate field \"{}\"", notice.field),
                "the last value counts: remove the others",
            ),
            NoticeCode::IgnoredContent => (
                Rule::IgnoredContent,
                notice.message.clone(),
                "put a line `---` before it",
            ),
        };
        Finding {
            field: notice.field.clone(),
            ..Finding::new(Severity::Warning, rule, message)
                .at(Some(notice.mark()))
                .advised(Some(advice.to_owned()))
        }
    })
}

fn add_object(
    object: &mut Object,
    stored: &[Value],
    services: &[Value],
    profile: &Profile,
    linted: &mut Linted,
) {
    let value = std::mem::take(&mut object.value);
    let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if kind.is_empty()
        && (version == "apps/v1" || value.get("spec").is_some_and(|_| value.get("metadata").is_some()))
    {
        let message = "Object 'Kind' is missing";
        let finding = Finding::new(Severity::Error, Rule::NotAnObject, message).at(object.mark_of("kind"));
        linted
            .findings
            .push(finding.advised(Some("add `kind: StatefulSet`, if it is one".to_owned())));
        return;
    }
    if kind != "StatefulSet" || !(version == "apps/v1" || is_retired(version)) {
        if let Err(at) = linted
            .passed_over
            .binary_search_by(|known| known.as_str().cmp(kind))
            && !is_of(&value, "v1", "Service")
        {
            linted.passed_over.insert(at, kind.to_owned());
        }
        return;
    }
    let mut set = Set::of(&value, object);
    if version != "apps/v1" {
        let message = format!("no matches for kind \"StatefulSet\" in version \"{version}\"");
        let finding = set.finding(Severity::Error, Rule::WrongVersion, "apiVersion", message);
        set.findings
            .push(finding.advised(Some("write `apiVersion: apps/v1`".to_owned())));
    }
    let old = stored.iter().find(|old| identity(old) == identity(&value));
    let is_stored = value.pointer("/metadata/uid").is_some_and(|uid| !uid.is_null());
    set.judge(&value, old.or(is_stored.then_some(&value)), profile);
    set.findings.extend(services::judge(&set, &value, services));
    linted.findings.append(&mut set.findings);
    linted.sets.push(set.answer);
}

/// A set while it is judged.
struct Set<'o> {
    origin: &'o Object,
    answer: LintedSet,
    findings: Vec<Finding>,
}

impl<'o> Set<'o> {
    fn of(value: &Value, origin: &'o Object) -> Self {
        let (namespace, name) = identity(value);
        let answer = LintedSet {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            line: origin.position_of("").map(|position| position.line),
            object: None,
            revision: None,
            unchecked: Vec::new(),
        };
        Self {
            origin,
            answer,
            findings: Vec::new(),
        }
    }

    fn judge(&mut self, value: &Value, old: Option<&Value>, profile: &Profile) {
        let verdict = judge(value, old, profile);
        let (errors, warnings) = match verdict {
            Ok(verdict) => {
                self.answer.revision = name_of_stored(&verdict.object, profile).ok();
                self.answer.object = Some(verdict.object);
                self.answer.unchecked = verdict.unchecked;
                (verdict.errors, verdict.warnings)
            }
            Err(error) => (error.causes, Vec::new()),
        };
        for cause in errors {
            let rule = Rule::of_cause(cause.kind);
            let finding = self.finding(Severity::Error, rule, &cause.field, cause.to_string());
            let advice = remedy::of_error(&cause, value, self.origin.text_of(&cause.field));
            self.findings.push(finding.advised(advice));
        }
        for warning in warnings {
            let finding = match finding::unknown_field(&warning) {
                Some(field) => {
                    let found = self.finding(Severity::Warning, Rule::UnknownField, field, warning.as_str());
                    let key = self.origin.location_of(field).and_then(|location| location.key);
                    let mark = key.or(found.span);
                    found.at(mark).advised(remedy::of_unknown(field, profile))
                }
                None => {
                    let field = field_of(&warning);
                    self.finding(Severity::Warning, Rule::Warning, field, warning.as_str())
                }
            };
            self.findings.push(finding);
        }
    }

    fn finding(&self, severity: Severity, rule: Rule, field: &str, message: impl Into<String>) -> Finding {
        Finding {
            object: Some(format!("{}/{}", self.answer.namespace, self.answer.name)),
            field: field.to_owned(),
            ..Finding::new(severity, rule, message).at(self.origin.mark_of(field))
        }
    }
}

/// The versions in which Kubernetes had StatefulSets before; other groups have their own.
fn is_retired(version: &str) -> bool {
    matches!(
        version,
        "apps/v1beta1" | "apps/v1beta2" | "extensions/v1beta1" | "v1" | "apps" | ""
    )
}

fn is_of(object: &Value, version: &str, kind: &str) -> bool {
    let text = |field: &str| object.get(field).and_then(Value::as_str);
    text("apiVersion") == Some(version) && text("kind") == Some(kind)
}

/// Namespace and name.
fn identity(object: &Value) -> (&str, &str) {
    let metadata = object.get("metadata");
    let text = |field: &str| metadata.and_then(|m| m.get(field)).and_then(Value::as_str);
    let namespace = text("namespace").filter(|namespace| !namespace.is_empty());
    (namespace.unwrap_or("default"), text("name").unwrap_or_default())
}
