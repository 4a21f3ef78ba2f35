//! The options that many functions take.

use serde_json::Value;
use steadfast_core::{Cause, Error, Profile, Timestamp};

use crate::answer::json;

/// `{"kubernetes"?, "featureGates"?, "now"?}` (`wire.md`, "Profiles on the wire").
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) profile: Profile,
    /// Whether the profile was given, and is not the default one.
    pub(crate) has_profile: bool,
    pub(crate) now: Option<Timestamp>,
}

impl Options {
    /// Reads them; an empty text has none.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let value = json(text)?;
        Self::of(&value).map_err(|fault| match fault {
            Fault::Field(cause) => Error::invalid(vec![cause]),
            Fault::Profile(error) => error,
        })
    }

    fn of(value: &Value) -> Result<Self, Fault> {
        let Value::Object(fields) = value else {
            return Err(Cause::wrong_type("options", value, "a mapping").into());
        };
        let mut options = Self::default();
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            match (name.as_str(), value) {
                ("kubernetes", Value::String(version)) => {
                    options.profile = version.parse()?;
                    options.has_profile = true;
                }
                ("now", Value::String(text)) => {
                    let detail = "must be a time such as `2026-11-21T00:00:00Z`";
                    let now = Timestamp::parse(text);
                    options.now = Some(now.ok_or_else(|| Cause::invalid("now", value, detail))?);
                }
                ("kubernetes" | "now", other) => {
                    return Err(Cause::wrong_type(name, other, "a string").into());
                }
                ("featureGates", Value::Object(_)) => options.has_profile = true,
                ("featureGates", other) => {
                    return Err(Cause::wrong_type(name, other, "a mapping").into());
                }
                _ => {
                    let supported = ["kubernetes", "featureGates", "now"];
                    let name = Value::from(name.as_str());
                    return Err(Cause::not_supported("options", &name, &supported).into());
                }
            }
        }
        let gates = fields.get("featureGates").and_then(Value::as_object);
        for (name, value) in gates.into_iter().flatten() {
            let Value::Bool(enabled) = value else {
                let field = format!("featureGates[{name}]");
                return Err(Cause::wrong_type(field, value, "true or false").into());
            };
            options.profile = options.profile.with_gate(name, *enabled)?;
        }
        Ok(options)
    }
}

/// What is wrong with options.
enum Fault {
    Field(Cause),
    Profile(Error),
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self::Field(cause)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Profile(error)
    }
}
