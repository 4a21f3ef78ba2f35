//! Errors of the API server that a story asks for, in the API server's own words.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{Error, quoted};

use crate::clock::Millis;
use crate::fields::{Fields, Read, deserialized, word};
use crate::settings::{Span, is_like};
use crate::store::{ApiError, Key, Resource, Write};

/// The rules of a story, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    rules: Vec<FaultRule>,
}

/// Which calls fail, and how.
///
/// ```
/// use steadfast_sim::clock::Millis;
/// use steadfast_sim::faults::{FaultRule, Faults, Verb};
/// use steadfast_sim::store::{Key, Resource};
///
/// let rule = r#"{"verb": "create", "kind": "Pod", "name": "web-*", "error": "quota", "times": 1}"#;
/// let mut faults = Faults::default();
/// faults.add(serde_json::from_str::<FaultRule>(rule).unwrap());
/// let pod = Key::new(Resource::Pod, "default", "web-0");
/// let fault = faults.check(Verb::Create, &pod, Millis(0)).unwrap();
/// assert_eq!(fault.error.message, "pods \"web-0\" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=10, \
///     limited: pods=10");
/// assert_eq!(faults.check(Verb::Create, &pod, Millis(0)), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct FaultRule {
    /// The verb; absent: any.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub verb: Verb,
    /// The kind; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Resource>,
    /// The name, in which `*` stands for any text; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What goes wrong.
    pub error: ErrorKind,
    /// What the error says in place of its usual detail, such as the reason that a webhook gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The name of the quota or the webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How many calls fail; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Span>,
    /// Until when, this instant not included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Span>,
}

/// What a call does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Verb {
    /// POST.
    Create,
    /// PUT, of the status too.
    Update,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
    /// In a rule: all of them.
    #[default]
    Any,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum ErrorKind {
    /// 403: a ResourceQuota is used up.
    Quota,
    /// 403: an admission webhook denies.
    Webhook,
    /// 409: the object was changed in between.
    Conflict,
    /// 504, and nothing was written.
    Timeout,
    /// 504, and it was written.
    TimeoutAfterWrite,
    /// 500.
    Internal,
    /// 404.
    NotFound,
}

/// What a call is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The answer; where `was_applied` is set, the write is to be executed all the same.
    pub error: ApiError,
    /// The rule is for a number of calls, of which this was one.
    pub is_counted: bool,
}

impl Faults {
    /// Adds a rule; earlier ones go first.
    pub fn add(&mut self, rule: FaultRule) {
        self.rules.push(rule);
    }

    /// Takes all rules away.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// The error that a call of now gets, if a rule says so; it counts against the rule's `times`.
    pub fn check(&mut self, verb: Verb, key: &Key, now: Millis) -> Option<Fault> {
        let rule = self.rules.iter_mut().find(|rule| rule.is_about(verb, key, now))?;
        rule.times = rule.times.map(|times| times.saturating_sub(1));
        let is_counted = rule.times.is_some();
        let error = rule.answer(verb, key);
        self.rules.retain(|rule| rule.times != Some(0));
        Some(Fault { error, is_counted })
    }
}

impl Verb {
    /// The verb of a write.
    pub const fn of(write: &Write) -> Self {
        match write {
            Write::Create(_) | Write::Bind { .. } => Self::Create,
            Write::Update(_) | Write::UpdateStatus(_) | Write::PutStatus { .. } | Write::SetStatus { .. } => {
                Self::Update
            }
            Write::PatchMetadata { .. } | Write::Finalizers { .. } | Write::SetSpecField { .. } => {
                Self::Patch
            }
            Write::Delete { .. } => Self::Delete,
        }
    }
}

impl FaultRule {
    /// A rule for every call.
    pub const fn new(error: ErrorKind) -> Self {
        Self {
            verb: Verb::Any,
            kind: None,
            name: None,
            error,
            message: None,
            by: None,
            times: None,
            from: None,
            until: None,
        }
    }

    /// Reads a rule from its JSON form.
    ///
    /// # Errors
    /// A field that is unknown, absent or cannot be; the path starts with `apiError`.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        Read::read(value, "apiError")
    }

    fn is_about(&self, verb: Verb, key: &Key, now: Millis) -> bool {
        (self.verb == Verb::Any || self.verb == verb)
            && self.kind.is_none_or(|kind| kind == key.resource)
            && self.name.as_deref().is_none_or(|name| is_like(name, &key.name))
            && self.times != Some(0)
            && self.from.is_none_or(|from| from.millis() <= now)
            && self.until.is_none_or(|until| now < until.millis())
    }

    /// The words are those of `apimachinery/pkg/api/errors`, the quota admission plugin
    /// (`apiserver/pkg/admission/plugin/resourcequota/controller.go`), the webhooks' errors
    /// (`apiserver/pkg/admission/plugin/webhook/errors/statuserror.go`) and the request timeout
    /// (`apiserver/pkg/endpoints/handlers/finisher`).
    fn answer(&self, verb: Verb, key: &Key) -> ApiError {
        let message = self.message.as_deref();
        let by = |default| self.by.as_deref().unwrap_or(default);
        let timeout = "request did not complete within requested timeout - context deadline exceeded";
        match self.error {
            ErrorKind::Quota => {
                let what = key.resource.plural();
                let usual = format!(
                    "exceeded quota: {}, requested: {what}=1, used: {what}=10, limited: {what}=10",
                    by("quota")
                );
                ApiError::forbidden(key, message.unwrap_or(&usual))
            }
            ErrorKind::Webhook => {
                let denied = format!(
                    "admission webhook {} denied the request",
                    quoted(by("policy.example.com"))
                );
                let denied = match message {
                    Some(message) => format!("{denied}: {message}"),
                    None => format!("{denied} without explanation"),
                };
                ApiError::new(403, "Forbidden", denied)
            }
            ErrorKind::Conflict => match message {
                Some(message) => ApiError::conflict(key, message),
                // What a POST meets is a conflict on the quota that it is counted against.
                None if verb == Verb::Create => {
                    let modified = ApiError::modified(key).message;
                    let (_, detail) = modified.split_once(": ").unwrap_or_default();
                    let words = format!(
                        "Operation cannot be fulfilled on resourcequotas {}: {detail}",
                        quoted(by("quota"))
                    );
                    ApiError::new(409, "Conflict", words)
                }
                None => ApiError::modified(key),
            },
            ErrorKind::Timeout => ApiError::timeout(message.unwrap_or(timeout), false),
            ErrorKind::TimeoutAfterWrite => ApiError::timeout(message.unwrap_or(timeout), true),
            ErrorKind::Internal => ApiError::internal(message.unwrap_or("etcdserver: leader changed")),
            ErrorKind::NotFound => match message {
                Some(message) => ApiError::new(404, "NotFound", message),
                None => ApiError::not_found(key),
            },
        }
    }
}

impl Read for FaultRule {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut rule = Self::new(ErrorKind::Internal);
        fields.read("verb", &mut rule.verb);
        fields.read("kind", &mut rule.kind);
        fields.read("name", &mut rule.name);
        fields.needed("error", &mut rule.error);
        fields.read("message", &mut rule.message);
        fields.read("by", &mut rule.by);
        fields.read("times", &mut rule.times);
        fields.read("from", &mut rule.from);
        fields.read("until", &mut rule.until);
        fields.finish()?;
        Ok(rule)
    }
}

impl Read for Verb {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let words = [
            ("create", Self::Create),
            ("update", Self::Update),
            ("patch", Self::Patch),
            ("delete", Self::Delete),
            ("any", Self::Any),
        ];
        word(value, path, &words)
    }
}

impl Read for ErrorKind {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let words = [
            ("quota", Self::Quota),
            ("webhook", Self::Webhook),
            ("conflict", Self::Conflict),
            ("timeout", Self::Timeout),
            ("timeoutAfterWrite", Self::TimeoutAfterWrite),
            ("internal", Self::Internal),
            ("notFound", Self::NotFound),
        ];
        word(value, path, &words)
    }
}

deserialized! { FaultRule: "apiError", Verb: "verb", ErrorKind: "error" }

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(rule: Value) -> FaultRule {
        serde_json::from_value(rule).unwrap()
    }

    fn pod(name: &str) -> Key {
        Key::new(Resource::Pod, "default", name)
    }

    fn message(text: Value, verb: Verb) -> String {
        let mut faults = Faults::default();
        faults.add(rule(text));
        faults
            .check(verb, &pod("web-0"), Millis(0))
            .unwrap()
            .error
            .message
    }

    #[test]
    fn a_rule_is_about_its_verb_kind_name_and_time() {
        let text = json!({"verb": "create", "kind": "Pod", "name": "web-*", "error": "internal", "from": "2s", "until": "3s"});
        let mut faults = Faults::default();
        faults.add(rule(text));
        let mut hit = |verb, key: &Key, now| faults.check(verb, key, Millis(now)).is_some();
        assert!(hit(Verb::Create, &pod("web-0"), 2000) && hit(Verb::Create, &pod("web-1"), 2999));
        assert!(!hit(Verb::Create, &pod("web-0"), 1999) && !hit(Verb::Create, &pod("web-0"), 3000));
        assert!(!hit(Verb::Update, &pod("web-0"), 2000) && !hit(Verb::Create, &pod("db-0"), 2000));
        assert!(!hit(
            Verb::Create,
            &Key::new(Resource::PersistentVolumeClaim, "default", "web-0"),
            2000
        ));
    }

    #[test]
    fn a_rule_for_some_calls_ends_after_them_and_the_next_rule_goes_on() {
        let mut faults = Faults::default();
        faults.add(rule(json!({"error": "internal", "times": 2})));
        faults.add(rule(json!({"error": "notFound", "times": 0})));
        faults.add(rule(json!({"error": "conflict", "verb": "delete"})));
        let statuses = |faults: &mut Faults| {
            faults
                .check(Verb::Delete, &pod("web-0"), Millis(0))
                .map(|f| f.error.status)
        };
        assert_eq!(
            [(); 4].map(|()| statuses(&mut faults)),
            [Some(500), Some(500), Some(409), Some(409)]
        );
        faults.clear();
        assert_eq!(statuses(&mut faults), None);
    }

    #[test]
    fn errors_are_in_the_servers_words() {
        assert_eq!(
            message(
                json!({"error": "webhook", "message": "no latest tags", "by": "images.example.com"}),
                Verb::Create
            ),
            "admission webhook \"images.example.com\" denied the request: no latest tags"
        );
        assert_eq!(
            message(json!({"error": "webhook"}), Verb::Create),
            "admission webhook \"policy.example.com\" denied the request without explanation"
        );
        assert_eq!(
            message(json!({"error": "conflict"}), Verb::Update),
            "Operation cannot be fulfilled on pods \"web-0\": the object has been modified; please apply your changes to \
             the latest version and try again"
        );
        assert_eq!(
            message(json!({"error": "conflict"}), Verb::Create),
            "Operation cannot be fulfilled on resourcequotas \"quota\": the object has been modified; please apply your \
             changes to the latest version and try again"
        );
        assert_eq!(
            message(json!({"error": "timeout"}), Verb::Update),
            "Timeout: request did not complete within requested timeout - context deadline exceeded"
        );
        assert_eq!(
            message(json!({"error": "internal"}), Verb::Update),
            "Internal error occurred: etcdserver: leader changed"
        );
        assert_eq!(
            message(json!({"error": "notFound"}), Verb::Delete),
            "pods \"web-0\" not found"
        );
    }

    #[test]
    fn only_a_timeout_after_the_write_was_applied() {
        let mut faults = Faults::default();
        faults.add(rule(json!({"error": "timeout", "times": 1})));
        faults.add(rule(json!({"error": "timeoutAfterWrite"})));
        let mut applied = || {
            faults
                .check(Verb::Create, &pod("web-0"), Millis(0))
                .unwrap()
                .error
                .was_applied
        };
        assert_eq!([applied(), applied()], [false, true]);
    }

    #[test]
    fn a_rule_that_cannot_be_read_is_an_error_that_names_what_is_wrong() {
        for (text, said) in [
            (
                json!({"error": "broken"}),
                "apiError.error: Unsupported value: \"broken\": supported values: \"quota\"",
            ),
            (json!({"verb": "create"}), "apiError.error: Required value"),
            (
                json!({"error": "quota", "kind": "Deployment"}),
                "apiError.kind: Unsupported value: \"Deployment\"",
            ),
            (
                json!({"error": "quota", "tymes": 2}),
                "apiError.tymes: Forbidden: unknown field; there are verb, kind, name",
            ),
            (
                json!({"error": "quota", "from": "soon"}),
                "apiError.from: Invalid value: \"soon\": `soon` is not a span of time",
            ),
            (
                json!(["create", "Pod"]),
                "apiError: Invalid value: must be a mapping, but is a list",
            ),
        ] {
            let error = FaultRule::parse(&text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{text}: {error}");
            let by_serde = serde_json::from_value::<FaultRule>(text).unwrap_err();
            assert_eq!(by_serde.to_string(), error);
        }
    }

    #[test]
    fn rules_survive_writing_and_reading() {
        let kinds = [
            ErrorKind::Quota,
            ErrorKind::Webhook,
            ErrorKind::Conflict,
            ErrorKind::Timeout,
            ErrorKind::TimeoutAfterWrite,
            ErrorKind::Internal,
            ErrorKind::NotFound,
        ];
        let verbs = [Verb::Create, Verb::Update, Verb::Patch, Verb::Delete, Verb::Any];
        for (error, verb) in kinds.into_iter().zip(verbs.into_iter().cycle()) {
            let given = FaultRule {
                verb,
                times: Some(2),
                ..FaultRule::new(error)
            };
            assert_eq!(rule(serde_json::to_value(&given).unwrap()), given);
        }
        let written = serde_json::to_string(&rule(
            json!({"error": "timeoutAfterWrite", "kind": "Pod", "from": "2s"}),
        ))
        .unwrap();
        assert_eq!(
            written,
            r#"{"verb":"any","kind":"Pod","error":"timeoutAfterWrite","from":"2s"}"#
        );
    }
}
