//! Which policies deny, which warn, and where.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::Policy;
use crate::{Cause, Error};

/// The settings, the same in every delivery.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::admission::{Mode, Policy, Settings};
/// let settings = Settings::parse(&json!({"policies": {"P9": "deny"}, "namespaces": {"exclude": ["kube-*"]}}))?;
/// assert_eq!((settings.mode(Policy::P9), settings.mode(Policy::P8)), (Mode::Deny, Mode::Warn));
/// let error = Settings::parse(&json!({"policies": {"P11": "deny"}})).unwrap_err();
/// assert!(error.message.starts_with("policies: Unsupported value: \"P11\""), "{error}");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// `policies`: those that are not as by default.
    pub policies: BTreeMap<Policy, Mode>,
    /// `namespaces.exclude`: where nothing is judged; `*` at the end stands for anything.
    pub excluded_namespaces: Vec<String>,
    /// `quorum`: below how many replicas P10 objects to scaling in.
    pub quorum: Quorum,
    /// `fillServiceName`: a mutating delivery fills in a missing serviceName where exactly one headless Service selects the Pods.
    pub fills_service_name: bool,
}

/// What a policy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PolicyMode"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Mode {
    /// Nothing.
    Off,
    /// The change is let through with a warning.
    Warn,
    /// The change is refused.
    Deny,
}

/// Below how many replicas scaling in is objected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quorum {
    /// None.
    Off,
    /// A majority of those there were before the change.
    Majority,
    /// This many.
    Replicas(u64),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policies: BTreeMap::new(),
            excluded_namespaces: Vec::new(),
            quorum: Quorum::Majority,
            fills_service_name: false,
        }
    }
}

impl Settings {
    /// What a policy does: P1, P2 and P3 deny unless something else is said, the others warn.
    pub fn mode(&self, policy: Policy) -> Mode {
        self.policies.get(&policy).copied().unwrap_or(match policy {
            Policy::P1 | Policy::P2 | Policy::P3 => Mode::Deny,
            _ => Mode::Warn,
        })
    }

    /// Reads settings; none at all are the default.
    ///
    /// # Errors
    /// `invalid` with every field that is not known or has a value that is not, as the schema says.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        let mut reader = Reader { causes: Vec::new() };
        let mut settings = Self::default();
        for (name, value) in reader.fields("", value) {
            match name {
                "policies" => settings.policies = reader.policies(value),
                "namespaces" => {
                    for (field, list) in reader.fields("namespaces", value) {
                        match field {
                            "exclude" => settings.excluded_namespaces = reader.names(list),
                            other => reader.unknown("namespaces", other, &["exclude"]),
                        }
                    }
                }
                "quorum" => settings.quorum = reader.quorum(value),
                "fillServiceName" => match value {
                    Value::Bool(fills) => settings.fills_service_name = *fills,
                    other => reader.wrong("fillServiceName", other, "true or false"),
                },
                other => reader.unknown(
                    "settings",
                    other,
                    &["fillServiceName", "namespaces", "policies", "quorum"],
                ),
            }
        }
        match reader.causes.is_empty() {
            true => Ok(settings),
            false => Err(Error::invalid(reader.causes)),
        }
    }

    /// The JSON Schema of the settings (draft 2020-12).
    pub fn schema() -> Value {
        let modes = json!({"type": "string", "enum": ["off", "warn", "deny"]});
        let policies: serde_json::Map<String, Value> = Policy::ALL
            .iter()
            .map(|policy| (policy.name().to_owned(), modes.clone()))
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Settings of Steadfast's admission",
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "policies": {"type": "object", "additionalProperties": false, "properties": policies},
                "namespaces": {"type": "object", "additionalProperties": false, "properties": {
                    "exclude": {"type": "array", "items": {"type": "string", "minLength": 1}}}},
                "quorum": {"oneOf": [
                    {"type": "string", "enum": ["off", "majority"]},
                    {"type": "integer", "minimum": 0, "maximum": 2_147_483_647}]},
                "fillServiceName": {"type": "boolean"}
            }
        })
    }

    pub(super) fn excludes(&self, namespace: &str) -> bool {
        let is_meant = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => namespace.starts_with(start),
            None => namespace == pattern,
        };
        self.excluded_namespaces.iter().any(is_meant)
    }
}

struct Reader {
    causes: Vec<Cause>,
}

impl Reader {
    fn fields<'a>(&mut self, path: &str, value: &'a Value) -> Vec<(&'a str, &'a Value)> {
        match value {
            Value::Object(fields) => {
                let given = fields.iter().filter(|(_, value)| !value.is_null());
                given.map(|(name, value)| (name.as_str(), value)).collect()
            }
            Value::Null => Vec::new(),
            other => {
                let path = if path.is_empty() { "settings" } else { path };
                self.wrong(path, other, "a mapping");
                Vec::new()
            }
        }
    }

    fn policies(&mut self, value: &Value) -> BTreeMap<Policy, Mode> {
        let mut policies = BTreeMap::new();
        for (name, mode) in self.fields("policies", value) {
            let Some(policy) = Policy::parse(name) else {
                self.unknown("policies", name, &Policy::ALL.map(Policy::name));
                continue;
            };
            match mode.as_str() {
                Some("off") => policies.insert(policy, Mode::Off),
                Some("warn") => policies.insert(policy, Mode::Warn),
                Some("deny") => policies.insert(policy, Mode::Deny),
                _ => {
                    let field = format!("policies.{name}");
                    let cause = Cause::not_supported(field, mode, &["off", "warn", "deny"]);
                    self.causes.push(cause);
                    None
                }
            };
        }
        policies
    }

    fn names(&mut self, value: &Value) -> Vec<String> {
        let Value::Array(items) = value else {
            self.wrong("namespaces.exclude", value, "a list");
            return Vec::new();
        };
        let mut names = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match item {
                Value::String(name) if !name.is_empty() => names.push(name.clone()),
                other => self.wrong(
                    &format!("namespaces.exclude[{at}]"),
                    other,
                    "the name of a namespace",
                ),
            }
        }
        names
    }

    fn quorum(&mut self, value: &Value) -> Quorum {
        match (value.as_str(), value.as_u64()) {
            (Some("off"), _) => Quorum::Off,
            (Some("majority"), _) => Quorum::Majority,
            (_, Some(replicas)) if i32::try_from(replicas).is_ok() => Quorum::Replicas(replicas),
            _ => {
                let cause = Cause::invalid(
                    "quorum",
                    value,
                    "must be `off`, `majority` or a number of replicas",
                );
                self.causes.push(cause);
                Quorum::Off
            }
        }
    }

    fn wrong(&mut self, field: &str, value: &Value, expected: &str) {
        self.causes.push(Cause::wrong_type(field, value, expected));
    }

    fn unknown(&mut self, field: &str, name: &str, known: &[&str]) {
        self.causes
            .push(Cause::not_supported(field, &Value::from(name), known));
    }
}
