//! Refusals, in the API server's words.

use steadfast_core::quoted;

use super::key::Key;

/// Why the API server refused a write.
///
/// Source of the words: `apimachinery/pkg/api/errors/errors.go`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// The HTTP status, such as 409.
    pub status: u16,
    /// `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `TooManyRequests`, `Timeout`, `BadRequest` or
    /// `InternalError`.
    pub reason: &'static str,
    /// Such as `pods "web-0" not found`.
    pub message: String,
    /// True where the write happened although it was answered with this error.
    pub was_applied: bool,
}

impl ApiError {
    /// 404.
    pub fn not_found(key: &Key) -> Self {
        Self::new(404, "NotFound", format!("{} not found", subject(key)))
    }

    /// 404 for a kind that the API server does not serve.
    pub fn unknown_kind() -> Self {
        Self::new(
            404,
            "NotFound",
            "the server could not find the requested resource",
        )
    }

    /// 409 of a create.
    pub fn already_exists(key: &Key) -> Self {
        Self::new(409, "AlreadyExists", format!("{} already exists", subject(key)))
    }

    /// 409 of an update.
    pub fn conflict(key: &Key, detail: &str) -> Self {
        Self::conflict_on(&subject(key), detail)
    }

    /// 409 because of the resourceVersion.
    pub fn modified(key: &Key) -> Self {
        let detail =
            "the object has been modified; please apply your changes to the latest version and try again";
        Self::conflict(key, detail)
    }

    /// 409 because of the UID that a PUT carries.
    pub fn other_uid(key: &Key, given: &str, stored: &str) -> Self {
        let (plural, _) = key
            .resource
            .plural()
            .split_once('.')
            .unwrap_or((key.resource.plural(), ""));
        let path: Vec<&str> = ["/registry", plural, &*key.namespace, &*key.name]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect();
        let detail = format!(
            "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: \
             UID in precondition: {given}, UID in object meta: {stored}",
            path.join("/")
        );
        Self::conflict(key, &detail)
    }

    /// 409 because of the UID that a DELETE carries.
    pub fn other_uid_at_delete(key: &Key, given: &str, stored: &str) -> Self {
        let detail = format!(
            "the UID in the precondition ({given}) does not match the UID in record ({stored}). The object might have been \
             deleted and then recreated"
        );
        Self::conflict_on(
            &format!("{} {}", key.resource.group_kind(), quoted(&key.name)),
            &detail,
        )
    }

    /// 409 of a binding.
    pub fn not_bound(key: &Key, detail: &str) -> Self {
        Self::conflict_on(&format!("pods/binding {}", quoted(&key.name)), detail)
    }

    /// 422; each cause is a path and a sentence, such as `metadata.name: Required value`. Equal ones are told once.
    pub fn invalid(key: &Key, causes: &[String]) -> Self {
        let mut told: Vec<&str> = Vec::new();
        for cause in causes {
            if !told.contains(&cause.as_str()) {
                told.push(cause);
            }
        }
        let told = match told.as_slice() {
            [one] => (*one).to_owned(),
            all => format!("[{}]", all.join(", ")),
        };
        Self::new(
            422,
            "Invalid",
            format!(
                "{} {} is invalid: {told}",
                key.resource.group_kind(),
                quoted(&key.name)
            ),
        )
    }

    /// 403.
    pub fn forbidden(key: &Key, detail: &str) -> Self {
        Self::new(
            403,
            "Forbidden",
            format!("{} is forbidden: {detail}", subject(key)),
        )
    }

    /// 429.
    pub fn too_many_requests(message: impl Into<String>) -> Self {
        Self::new(429, "TooManyRequests", message)
    }

    /// 500.
    pub fn internal(detail: &str) -> Self {
        Self::new(500, "InternalError", format!("Internal error occurred: {detail}"))
    }

    /// 504. The API server cannot say whether the write happened.
    pub fn timeout(detail: &str, was_applied: bool) -> Self {
        Self {
            was_applied,
            ..Self::new(504, "Timeout", format!("Timeout: {detail}"))
        }
    }

    /// Any other.
    pub fn new(status: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            reason,
            message: message.into(),
            was_applied: false,
        }
    }

    fn conflict_on(subject: &str, detail: &str) -> Self {
        Self::new(
            409,
            "Conflict",
            format!("Operation cannot be fulfilled on {subject}: {detail}"),
        )
    }
}

/// `pods "web-0"`.
fn subject(key: &Key) -> String {
    format!("{} {}", key.resource.plural(), quoted(&key.name))
}
