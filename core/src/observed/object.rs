//! An object as it was observed: opaque JSON, of which decisions read some fields.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// What reads like the JSON of an API object. A host whose objects share what they have in common (of most changes of a Pod
/// only its status is new) implements it for its own form of them; [`Value`] is one, too.
pub trait Document: Send + Sync {
    /// What stands at the root under this name, such as `spec`.
    fn field(&self, name: &str) -> Option<&Value>;

    /// All of it as one value.
    fn whole(&self) -> &Value;
}

impl Document for Value {
    fn field(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn whole(&self) -> &Value {
        self
    }
}

impl<D: Document + ?Sized> Document for &D {
    fn field(&self, name: &str) -> Option<&Value> {
        (**self).field(name)
    }

    fn whole(&self) -> &Value {
        (**self).whole()
    }
}

/// A document that whoever asks may keep without a copy.
#[derive(Clone)]
pub struct Object(Arc<dyn Document>);

impl Object {
    /// See [`Document::field`].
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.0.field(name)
    }

    /// See [`Document::whole`].
    pub fn whole(&self) -> &Value {
        self.0.whole()
    }

    /// Whether this part is one and the same in both.
    pub(crate) fn shares(&self, part: &str, other: &Self) -> bool {
        let pair = self.field(part).zip(other.field(part));
        pair.is_some_and(|(one, other)| std::ptr::eq(one, other))
    }
}

// A document need not print itself: in a WebAssembly module, code that a table names cannot be left out.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object")
    }
}

impl From<Value> for Object {
    fn from(value: Value) -> Self {
        Self(Arc::new(value))
    }
}

impl<D: Document + 'static> From<Arc<D>> for Object {
    fn from(document: Arc<D>) -> Self {
        Self(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::Phase;
    use crate::{Kind, Observed};
    use serde_json::json;

    /// A Pod whose states share all but the status, as a host may hold it.
    struct State {
        rest: Arc<Value>,
        status: Value,
        whole: Value,
    }

    impl State {
        fn of(rest: &Arc<Value>, status: Value) -> Arc<Self> {
            let mut whole = Value::clone(rest);
            whole["status"] = status.clone();
            let rest = Arc::clone(rest);
            Arc::new(Self { rest, status, whole })
        }
    }

    impl Document for State {
        fn field(&self, name: &str) -> Option<&Value> {
            match name {
                "status" => Some(&self.status),
                _ => self.rest.get(name),
            }
        }

        fn whole(&self) -> &Value {
            &self.whole
        }
    }

    fn set(labels: Value, replicas: u32) -> Value {
        json!({"kind": "StatefulSet", "metadata": {"name": "web", "uid": "u"}, "spec": {
            "replicas": replicas, "selector": {"matchLabels": labels}, "template": {}}})
    }

    #[test]
    fn another_status_of_the_same_pod_is_read_and_a_wrong_one_is_refused() {
        let mut observed = Observed::of_set(set(json!({"app": "web"}), 1)).unwrap();
        let rest = Arc::new(
            json!({"kind": "Pod", "metadata": {"name": "web-0", "labels": {"app": "web"}}, "spec": {}}),
        );
        let ready = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        for (status, phase, is_ready) in [
            (json!({"phase": "Pending"}), Phase::Pending, false),
            (ready, Phase::Running, true),
        ] {
            observed.put(State::of(&rest, status.clone())).unwrap();
            let pod = observed.pod("web-0").unwrap();
            assert_eq!((pod.phase(), pod.is_ready()), (phase, is_ready));
            assert_eq!(pod.object()["status"], status);
            assert!(pod.standing.is_selected);
        }
        let error = observed.put(State::of(&rest, json!({"phase": 5}))).unwrap_err();
        assert_eq!(error.causes[0].field, "status.phase");
        assert!(
            observed.pod("web-0").unwrap().is_ready(),
            "what was there before stays"
        );
    }

    #[test]
    fn a_spec_is_read_again_only_where_it_has_changed_and_pods_stand_to_it_then() {
        let mut observed = Observed::of_set(set(json!({"app": "web"}), 1)).unwrap();
        let pod = json!({"kind": "Pod", "metadata": {"name": "web-0", "labels": {"app": "web"}}});
        observed.put(pod).unwrap();
        let spec = Arc::clone(&observed.set().spec);
        let mut later = set(json!({"app": "web"}), 1);
        later["status"] = json!({"replicas": 1});
        observed.put(later).unwrap();
        assert!(Arc::ptr_eq(&spec, &observed.set().spec));
        assert_eq!(observed.set().status().replicas, 1);
        observed.put(set(json!({"app": "db"}), 2)).unwrap();
        assert_eq!(observed.set().replicas(), 2);
        assert!(!observed.pod("web-0").unwrap().standing.is_selected);
    }

    #[test]
    fn the_edition_changes_with_what_decisions_read_and_with_nothing_else() {
        let mut observed = Observed::of_set(set(json!({"app": "web"}), 1)).unwrap();
        let rest = Arc::new(
            json!({"kind": "Pod", "metadata": {"name": "web-0", "labels": {"app": "web"}}, "spec": {}}),
        );
        let ready = |status: &str, since: &str| json!({"phase": "Pending", "conditions": [{"type": "Ready", "status": status, "lastTransitionTime": since}]});
        for (status, is_news) in [
            (json!({"phase": "Pending"}), true),
            (json!({"phase": "Pending", "podIP": "10.0.0.1"}), false),
            (ready("False", "2026-11-21T00:00:00Z"), false),
            (ready("True", "2026-11-21T00:00:00Z"), true),
            (ready("True", "2026-11-21T00:00:01Z"), true),
        ] {
            let edition = observed.edition();
            observed.put(State::of(&rest, status.clone())).unwrap();
            assert_eq!(observed.edition() != edition, is_news, "{status}");
        }
        for is_there in [true, false] {
            let edition = observed.edition();
            assert_eq!(observed.remove(Kind::Pod, "web-0"), is_there);
            assert_eq!(observed.edition() != edition, is_there);
        }
    }

    #[test]
    fn claims_with_owners_are_counted_through_every_change() {
        let mut observed = Observed::of_set(set(json!({"app": "web"}), 1)).unwrap();
        let claim = |name: &str, owners: Value| json!({"kind": "PersistentVolumeClaim", "metadata": {"name": name, "ownerReferences": owners}});
        let owner = json!([{"apiVersion": "v1", "kind": "Pod", "name": "web-0", "uid": "p"}]);
        for (claim, is_any_owned) in [
            (claim("data-web-0", json!([])), false),
            (claim("data-web-0", owner.clone()), true),
            (claim("data-web-0", owner.clone()), true),
            (claim("data-web-1", owner), true),
            (claim("data-web-0", json!([])), true),
        ] {
            observed.put(claim).unwrap();
            assert_eq!(observed.has_owned_claims(), is_any_owned);
        }
        assert!(observed.remove(Kind::PersistentVolumeClaim, "data-web-1"));
        assert!(!observed.has_owned_claims());
    }
}
