//! What is asked of an API server: writes, and reads past the cache. The executor and its tests know nothing else of it.

use std::future::Future;

use serde_json::Value;
use steadfast_core::Kind;

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The kind of the object.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name, which stands in the URL of all but a creation.
    pub name: String,
    /// What is done with it.
    pub verb: Verb,
}

/// What a [`Write`] does.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// POST of the whole object.
    Create(Value),
    /// PUT of the whole object, which carries the resourceVersion that was observed.
    Update(Value),
    /// PUT of the subresource `status`.
    UpdateStatus(Value),
    /// A strategic merge patch.
    Patch(Value),
    /// DELETE, with the UID as precondition.
    Delete {
        /// The UID; `None` deletes whatever has the name.
        uid: Option<String>,
    },
}

/// What an API server says to a write that it carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The resourceVersion of the object after the write; 0 where the answer has none.
    pub version: u64,
    /// The object's UID, where the answer has it.
    pub uid: String,
    /// The object is there, and terminating.
    pub is_terminating: bool,
}

/// What an API server says to a request that it did not carry out, or why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; 0 where there was no answer: then nobody knows whether the request was carried out.
    pub code: u16,
    /// The reason of the Status, such as `AlreadyExists`.
    pub reason: String,
    /// The message of the Status, or of what was in the way.
    pub message: String,
}

/// An API server, or what stands in for one in tests.
pub trait Api: Send + Sync + 'static {
    /// Makes one write.
    fn write(&self, write: Write) -> impl Future<Output = Result<Answer, Refusal>> + Send;

    /// Reads one object past the cache; `None`: there is none.
    fn read(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
    ) -> impl Future<Output = Result<Option<Value>, Refusal>> + Send;
}

impl Verb {
    /// The verb as RBAC and the audit log call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Update(_) | Self::UpdateStatus(_) => "update",
            Self::Patch(_) => "patch",
            Self::Delete { .. } => "delete",
        }
    }
}

impl Refusal {
    /// A request that got no answer.
    pub fn unanswered(message: impl Into<String>) -> Self {
        Self {
            code: 0,
            reason: String::new(),
            message: message.into(),
        }
    }

    /// As logs show it: ``409 Conflict: ...``.
    pub fn brief(&self) -> String {
        match self.code {
            0 => self.message.clone(),
            code if self.reason.is_empty() => format!("{code}: {}", self.message),
            code => format!("{code} {}: {}", self.reason, self.message),
        }
    }
}

/// The path of a kind's list, of one object, or of its status.
pub fn path(kind: Kind, namespace: Option<&str>, name: Option<&str>) -> String {
    let root = match kind.api_version().contains('/') {
        true => "apis",
        false => "api",
    };
    let plural = plural(kind);
    let namespace = namespace.map(|namespace| format!("namespaces/{namespace}/"));
    let name = name.map(|name| format!("/{name}"));
    format!(
        "/{root}/{}/{}{plural}{}",
        kind.api_version(),
        namespace.unwrap_or_default(),
        name.unwrap_or_default()
    )
}

/// The name of a kind's resource, such as `pods`.
pub const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::StatefulSet => "statefulsets",
        Kind::Pod => "pods",
        Kind::PersistentVolumeClaim => "persistentvolumeclaims",
        _ => "controllerrevisions",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        assert_eq!(
            path(Kind::Pod, Some("shop"), Some("web-0")),
            "/api/v1/namespaces/shop/pods/web-0"
        );
        assert_eq!(path(Kind::StatefulSet, None, None), "/apis/apps/v1/statefulsets");
    }
}
