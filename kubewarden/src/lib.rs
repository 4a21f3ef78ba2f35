//! Steadfast's admission as a Kubewarden policy. It translates between Kubewarden's calls and
//! [`steadfast_core::admission::review`], and decides nothing.
//!
//! A host calls `validate`, `validate_settings` and `protocol_version` over waPC. The objects that policies read beside the
//! request are asked of the host (`kubernetes` / `list_resources_by_namespace`, `get_resource`), and only where a policy that is
//! switched on needs them.

use serde_json::{Value, json};
use steadfast_core::admission::{Context, Request, Settings, review};
use steadfast_core::{Error, Profile};

mod around;
#[cfg(target_family = "wasm")]
mod wapc;

pub use around::{Host, surroundings};

/// The response to a call of the host, or the error.
///
/// # Errors
/// An operation that there is not.
pub fn answer(operation: &[u8], payload: &[u8], host: &dyn Host) -> Result<Vec<u8>, String> {
    let response = match operation {
        b"validate" => validate(payload, host),
        b"validate_settings" => validate_settings(payload),
        b"protocol_version" => Value::from("v1"),
        other => return Err(format!("no operation `{}`", String::from_utf8_lossy(other))),
    };
    Ok(response.to_string().into_bytes())
}

/// Whether settings can be read: `{"valid"}`, with a `message` where they cannot.
///
/// ```
/// use steadfast_kubewarden::validate_settings;
/// assert_eq!(validate_settings(br#"{"policies": {"P1": "warn"}}"#)["valid"], true);
/// let answer = validate_settings(br#"{"policies": {"P1": "perhaps"}}"#);
/// assert_eq!(answer["valid"], false);
/// assert!(answer["message"].as_str().unwrap().starts_with("policies.P1: Unsupported value"));
/// ```
pub fn validate_settings(payload: &[u8]) -> Value {
    let settings = serde_json::from_slice(payload).map_err(|error| format!("not JSON: {error}"));
    let read = settings.and_then(|settings| profile_and_settings(settings).map_err(|error| told(&error)));
    match read {
        Ok(_) => json!({"valid": true}),
        Err(message) => json!({"valid": false, "message": message}),
    }
}

/// The verdict on `{"request", "settings"}`, in Kubewarden's words: `{"accepted"}`, with `message`, `code`, `warnings`,
/// `audit_annotations` and `mutated_object` where there is something to say.
pub fn validate(payload: &[u8], host: &dyn Host) -> Value {
    let refused = |code: u16, message: String| json!({"accepted": false, "code": code, "message": message});
    let payload: Value = match serde_json::from_slice(payload) {
        Ok(payload) => payload,
        Err(error) => return refused(400, format!("the call is not JSON: {error}")),
    };
    let request = payload.get("request").unwrap_or(&Value::Null);
    let request = match Request::parse(request) {
        Ok(request) => request,
        Err(error) => return refused(400, told(&error)),
    };
    let settings = payload.get("settings").cloned().unwrap_or_default();
    let (profile, settings) = match profile_and_settings(settings) {
        Ok(read) => read,
        // A policy with such settings is refused by the policy server (`validate_settings`).
        Err(error) => return refused(500, format!("the policy's settings: {}", told(&error))),
    };
    let context: Context = surroundings(&request, &settings, host);
    let verdict = review(&request, &context, &settings, &profile);
    let mut answer = json!({"accepted": verdict.allowed});
    if let Value::Object(answer) = &mut answer {
        if !verdict.allowed {
            answer.insert("message".to_owned(), json!(verdict.message));
            answer.insert("code".to_owned(), json!(verdict.code));
        }
        if !verdict.warnings.is_empty() {
            answer.insert("warnings".to_owned(), json!(verdict.warnings));
        }
        if !verdict.audit_annotations.is_empty() {
            answer.insert("audit_annotations".to_owned(), json!(verdict.audit_annotations));
        }
        if let Some(object) = verdict.patched(&request.object).filter(|_| verdict.allowed) {
            answer.insert("mutated_object".to_owned(), object);
        }
    }
    answer
}

/// The settings, and beside them `kubernetes`, the version whose rules count: the newest one that is known unless it is given.
fn profile_and_settings(mut settings: Value) -> Result<(Profile, Settings), Error> {
    let version = settings
        .as_object_mut()
        .and_then(|fields| fields.remove("kubernetes"));
    let profile = match version {
        None | Some(Value::Null) => Profile::default(),
        Some(Value::String(version)) => version.parse()?,
        Some(other) => {
            let cause = steadfast_core::Cause::wrong_type("kubernetes", &other, "a version such as `1.36`");
            return Err(Error::invalid(vec![cause]));
        }
    };
    Ok((profile, Settings::parse(&settings)?))
}

fn told(error: &Error) -> String {
    match error.causes.as_slice() {
        [] => error.message.clone(),
        causes => causes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; "),
    }
}

#[cfg(test)]
mod tests;
