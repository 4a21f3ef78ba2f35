use std::sync::Mutex;

use serde_json::json;

use super::*;

/// An API server that refuses what it is told to, and remembers all that it was asked.
#[derive(Default)]
struct Fake {
    refusals: Vec<(&'static str, u16, &'static str)>,
    set: Option<Value>,
    asked: Mutex<Vec<String>>,
}

impl Fake {
    fn refusing(refusals: &[(&'static str, u16, &'static str)]) -> Self {
        Self {
            refusals: refusals.to_vec(),
            ..Self::default()
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Api for Fake {
    async fn write(&self, write: Write) -> Result<Answer, Refusal> {
        let status = if matches!(write.verb, Verb::UpdateStatus(_)) {
            "/status"
        } else {
            ""
        };
        let asked = format!("{} {}{status}", write.verb.name(), write.name);
        self.asked.lock().unwrap().push(asked.clone());
        tokio::task::yield_now().await;
        match self.refusals.iter().find(|(what, ..)| *what == asked) {
            Some((_, code, reason)) => Err(Refusal {
                code: *code,
                reason: (*reason).to_owned(),
                message: "no".to_owned(),
            }),
            None => Ok(Answer {
                version: 7,
                uid: "u".to_owned(),
                is_terminating: false,
            }),
        }
    }

    async fn read(&self, _: Kind, _: &str, name: &str) -> Result<Option<Value>, Refusal> {
        self.asked.lock().unwrap().push(format!("get {name}"));
        Ok(self.set.clone())
    }
}

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Listener for Ear {
    fn tried(&self, action: &Action, refusal: Option<&Refusal>) {
        let outcome = if refusal.is_some() { "failed" } else { "done" };
        self.0.lock().unwrap().push(format!("{} {outcome}", action.name));
    }
}

fn create(kind: &str, name: &str, pod: &str, batch: u32) -> Value {
    let reason = match kind {
        "Pod" => json!({"code": "replicaMissing", "revision": "web-1"}),
        _ => json!({"code": "claimMissing", "template": "data"}),
    };
    json!({"type": format!("Create{kind}"), "name": name, "pod": pod, "batch": batch, "object": {}, "reason": reason})
}

fn delete(name: &str, batch: u32) -> Value {
    json!({"type": "DeletePod", "name": name, "pod": name, "uid": format!("uid-{name}"), "batch": batch,
        "reason": {"code": "scaleDown", "ordinal": 1}})
}

fn trim(name: &str, batch: u32) -> Value {
    json!({"type": "DeleteControllerRevision", "name": name, "uid": "r", "batch": batch,
        "reason": {"code": "historyLimit", "limit": 10}})
}

fn plan(actions: Value) -> Plan {
    serde_json::from_value(json!({"actions": actions, "waits": [], "statusChanged": true})).unwrap()
}

fn carried_out(api: &Fake, actions: Value) -> (Outcome, Vec<String>) {
    let ear = Ear::default();
    let subject = Subject {
        key: Key::new("default", "web"),
        object: json!({"metadata": {"name": "web", "uid": "u1", "labels": {"keep": "me"}},
            "status": {"replicas": 9, "later": true}})
        .into(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (plan, profile) = (plan(actions), Profile::default());
    let outcome = runtime.block_on(execute(api, &plan, &subject, &profile, &ear, |_| {
        Some(Status::default())
    }));
    let heard = ear.0.lock().unwrap().clone();
    (outcome, heard)
}

#[test]
fn batches_run_in_order_and_the_first_failure_stops_the_later_ones_but_not_status_and_trim() {
    let api = Fake::refusing(&[("create web-1", 500, "InternalError")]);
    let (outcome, heard) = carried_out(
        &api,
        json!([
            create("Pod", "web-0", "web-0", 0),
            create("Pod", "web-1", "web-1", 1),
            create("Pod", "web-2", "web-2", 2),
            trim("web-old", 3)
        ]),
    );
    assert_eq!(
        api.asked(),
        [
            "create web-0",
            "create web-1",
            "update web/status",
            "delete web-old"
        ]
    );
    assert_eq!(outcome.undone, SortedSet::from_iter([1, 2]));
    assert_eq!(outcome.refusal.unwrap().0, "CreatePod web-1");
    assert_eq!(heard, ["web-0 done", "web-1 failed", "web-old done"]);
}

#[test]
fn inside_a_batch_pods_go_at_once_and_what_one_needs_goes_in_order() {
    let api = Fake::default();
    carried_out(
        &api,
        json!([
            create("PersistentVolumeClaim", "data-web-0", "web-0", 0),
            create("Pod", "web-0", "web-0", 0),
            create("PersistentVolumeClaim", "data-web-1", "web-1", 0),
            create("Pod", "web-1", "web-1", 0)
        ]),
    );
    let mut asked = api.asked();
    asked[2..4].sort();
    assert_eq!(
        asked[..2],
        ["create data-web-0", "create data-web-1"],
        "both begin at once"
    );
    assert_eq!(asked[2..4], ["create web-0", "create web-1"]);
}

#[test]
fn a_claim_that_cannot_be_created_stops_its_pod_and_not_its_siblings() {
    let api = Fake::refusing(&[("create data-web-0", 403, "Forbidden")]);
    let (outcome, _) = carried_out(
        &api,
        json!([
            create("PersistentVolumeClaim", "data-web-0", "web-0", 0),
            create("PersistentVolumeClaim", "logs-web-0", "web-0", 0),
            create("Pod", "web-0", "web-0", 0)
        ]),
    );
    assert_eq!(
        api.asked(),
        ["create data-web-0", "create logs-web-0", "update web/status"]
    );
    assert_eq!(outcome.undone, SortedSet::from_iter([0, 2]));
}

#[test]
fn what_is_gone_counts_as_deleted_and_nothing_of_it_is_awaited() {
    let api = Fake::refusing(&[("delete web-1", 404, "NotFound")]);
    let (outcome, heard) = carried_out(&api, json!([delete("web-1", 0)]));
    assert_eq!(outcome.refusal, None);
    assert_eq!(heard, ["web-1 done"]);
    let kinds: Vec<Kind> = outcome.wrote.iter().map(|write| write.kind).collect();
    assert_eq!(kinds, [Kind::StatefulSet], "the status alone");
}

#[test]
fn a_delete_that_leaves_nothing_behind_is_awaited_by_the_objects_uid() {
    let (outcome, _) = carried_out(&Fake::default(), json!([delete("web-1", 0)]));
    let write = &outcome.wrote[0];
    assert_eq!((write.version, write.uid.as_str()), (0, "uid-web-1"));
    assert_eq!(outcome.wrote[1].version, 7, "the status");
}

#[test]
fn a_revisions_name_that_is_taken_is_reported_and_no_status_is_written() {
    let api = Fake::refusing(&[("create web-abc", 409, "AlreadyExists")]);
    let action = json!({"type": "CreateControllerRevision", "name": "web-abc", "batch": 0, "object": {},
        "reason": {"code": "newTemplate", "collisions": 0}});
    let (outcome, _) = carried_out(
        &api,
        json!([action, create("Pod", "web-0", "web-0", 1), trim("web-old", 2)]),
    );
    assert_eq!(outcome.taken_name.as_deref(), Some("web-abc"));
    assert_eq!(api.asked(), ["create web-abc"]);
}

fn adopt() -> Value {
    json!({"type": "AdoptPod", "name": "web-0", "pod": "web-0", "batch": 0, "patch": {}, "reason": {"code": "orphan"}})
}

#[test]
fn before_an_adoption_the_set_is_read_past_the_cache() {
    let mut api = Fake {
        set: Some(json!({"metadata": {"uid": "u1"}})),
        ..Fake::default()
    };
    let (outcome, _) = carried_out(&api, json!([adopt()]));
    assert_eq!(api.asked(), ["get web", "patch web-0", "update web/status"]);
    assert_eq!(outcome.refusal, None);
    for (set, why) in [
        (None, "is gone"),
        (Some(json!({"metadata": {"uid": "u2"}})), "got uid u2, wanted u1"),
        (
            Some(json!({"metadata": {"uid": "u1", "deletionTimestamp": "2026-01-01T00:00:00Z"}})),
            "has just been deleted at 2026-01-01T00:00:00Z",
        ),
    ] {
        api = Fake {
            set,
            ..Fake::default()
        };
        let (outcome, _) = carried_out(&api, json!([adopt()]));
        assert_eq!(api.asked(), ["get web"], "nothing is written");
        assert!(outcome.refusal.unwrap().1.message.contains(why));
    }
}

#[test]
fn a_failed_adoption_leaves_the_status_as_it_is_and_a_release_of_what_is_gone_does_not() {
    let set = Some(json!({"metadata": {"uid": "u1"}}));
    let api = Fake {
        set,
        ..Fake::refusing(&[("patch web-0", 404, "NotFound")])
    };
    let (outcome, _) = carried_out(&api, json!([adopt()]));
    assert_eq!(api.asked(), ["get web", "patch web-0"]);
    assert_eq!(outcome.undone, SortedSet::from_iter([0]));
    let api = Fake::refusing(&[("patch web-0", 404, "NotFound")]);
    let release = json!({"type": "ReleasePod", "name": "web-0", "pod": "web-0", "batch": 0, "patch": {},
        "reason": {"code": "selectorMismatch"}});
    let (outcome, _) = carried_out(&api, json!([release]));
    assert_eq!(outcome.refusal, None);
    assert_eq!(api.asked(), ["patch web-0", "update web/status"]);
}

#[test]
fn a_status_goes_with_the_whole_set_and_keeps_what_is_not_known_here() {
    let object = json!({"metadata": {"name": "web", "labels": {"keep": "me"}}, "spec": {"replicas": 1},
        "status": {"replicas": 9, "readyReplicas": 9, "later": {"field": 1}}});
    let status = Status {
        replicas: 3,
        ..Status::default()
    };
    let written = with_status(&object, &status);
    assert_eq!(written["metadata"], object["metadata"]);
    assert_eq!(written["spec"], object["spec"]);
    assert_eq!(
        written["status"],
        json!({"replicas": 3, "availableReplicas": 0, "later": {"field": 1}})
    );
}
