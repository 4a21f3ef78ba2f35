use super::*;
use serde_json::json;

fn set(name: &str, uid: &str, version: u32) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": "default", "uid": uid, "generation": 1, "resourceVersion": version.to_string()},
        "spec": {"replicas": 2, "serviceName": name, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": []}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]}})
}

fn pod(name: &str, owner: Option<(&str, &str)>, version: u32) -> Value {
    let owners: Vec<Value> = owner
        .map(|(name, uid)| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "name": name, "uid": uid, "controller": true}))
        .into_iter()
        .collect();
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "uid": format!("uid-{name}"),
        "resourceVersion": version.to_string(), "labels": {"app": "web"}, "ownerReferences": owners}, "spec": {}})
}

fn key(name: &str) -> Key {
    Key::new("default", name)
}

fn names(cache: &Cache, set: &str) -> Vec<String> {
    let observed = cache.observed(&key(set)).unwrap();
    observed.pods().map(|pod| pod.name().to_owned()).collect()
}

#[test]
fn a_pod_wakes_its_owner_and_a_claim_or_revision_nobody() {
    let mut cache = Cache::default();
    cache.put(Kind::StatefulSet, set("web", "u1", 1));
    let touched = cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 2));
    assert_eq!(touched.wake, [key("web")]);
    let claim = json!({"kind": "PersistentVolumeClaim", "metadata": {"name": "data-web-0", "namespace": "default", "uid": "c"}});
    let touched = cache.put(Kind::PersistentVolumeClaim, claim);
    assert_eq!((touched.concerned, touched.wake), (vec![key("web")], vec![]));
    let revision = json!({"kind": "ControllerRevision", "metadata": {"name": "web-abc", "namespace": "default", "uid": "r"},
        "revision": 1, "data": {}});
    let touched = cache.put(Kind::ControllerRevision, revision);
    assert_eq!((touched.concerned, touched.wake), (vec![key("web")], vec![]));
    assert!(cache.observed(&key("web")).unwrap().revision("web-abc").is_some());
}

#[test]
fn an_older_state_of_an_object_changes_nothing() {
    let mut cache = Cache::default();
    cache.put(Kind::StatefulSet, set("web", "u1", 1));
    cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 7));
    assert_eq!(
        cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 6)),
        Touched::default()
    );
    assert_eq!(
        cache.put(Kind::StatefulSet, set("web", "u1", 1)),
        Touched::default()
    );
}

#[test]
fn an_orphan_wakes_the_sets_that_select_it_and_again_only_with_other_labels() {
    let mut cache = Cache::default();
    cache.put(Kind::StatefulSet, set("web", "u1", 1));
    cache.put(Kind::StatefulSet, set("db", "u2", 1));
    assert_eq!(cache.put(Kind::Pod, pod("web-0", None, 2)).wake, [key("web")]);
    assert_eq!(cache.put(Kind::Pod, pod("web-0", None, 3)).wake, []);
    let mut other = pod("web-0", None, 4);
    other["metadata"]["labels"]["app"] = json!("db");
    assert_eq!(cache.put(Kind::Pod, other).wake, [key("db")]);
    assert_eq!(names(&cache, "db"), ["web-0"]);
}

#[test]
fn a_set_that_comes_after_its_objects_finds_them() {
    let mut cache = Cache::default();
    cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 2));
    cache.put(Kind::Pod, pod("web-1", None, 3));
    cache.put(Kind::Pod, pod("odd", Some(("web", "u1")), 4));
    cache.put(Kind::Pod, pod("webber-0", Some(("webber", "u9")), 5));
    let claim = json!({"kind": "PersistentVolumeClaim", "metadata": {"name": "data-web-0", "namespace": "default", "uid": "c"}});
    cache.put(Kind::PersistentVolumeClaim, claim);
    cache.put(Kind::StatefulSet, set("web", "u1", 9));
    assert_eq!(names(&cache, "web"), ["odd", "web-0", "web-1"]);
    assert!(cache.observed(&key("web")).unwrap().claim("data-web-0").is_some());
}

#[test]
fn a_set_that_was_created_again_does_not_keep_what_its_namesake_had() {
    let mut cache = Cache::default();
    cache.put(Kind::StatefulSet, set("web", "u1", 1));
    cache.put(Kind::Pod, pod("other", Some(("web", "u1")), 2));
    cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 3));
    cache.put(Kind::StatefulSet, set("web", "u2", 4));
    // web-0 bears its name, and stands in the way; `other` is nobody's business any more.
    assert_eq!(names(&cache, "web"), ["web-0"]);
    let touched = cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 5));
    assert_eq!(touched.wake, [], "its owner is another set");
}

#[test]
fn a_pod_that_is_released_stays_only_where_its_name_or_labels_matter() {
    let mut cache = Cache::default();
    cache.put(Kind::StatefulSet, set("web", "u1", 1));
    cache.put(Kind::Pod, pod("stray", Some(("web", "u1")), 2));
    let mut released = pod("stray", None, 3);
    released["metadata"]["labels"]["app"] = json!("else");
    let touched = cache.put(Kind::Pod, released);
    assert_eq!(touched.wake, [key("web")]);
    assert_eq!(names(&cache, "web"), [""; 0]);
}

#[test]
fn a_set_that_cannot_be_read_is_named_and_the_others_go_on() {
    let mut cache = Cache::default();
    let mut broken = set("bad", "u1", 1);
    broken["spec"]["replicas"] = json!("three");
    let touched = cache.put(Kind::StatefulSet, broken);
    assert!(touched.trouble.unwrap().contains("spec.replicas"));
    cache.put(Kind::StatefulSet, set("web", "u2", 2));
    assert_eq!(cache.sets().count(), 1);
    assert_eq!(
        cache.unread().map(|(key, _)| key.to_string()).collect::<Vec<_>>(),
        ["default/bad"]
    );
    assert_eq!(cache.keys(Kind::StatefulSet, None), [key("bad"), key("web")]);
    cache.put(Kind::StatefulSet, set("bad", "u1", 3));
    assert_eq!(cache.unread().count(), 0);
}

#[test]
fn an_observation_that_is_written_is_parsed_to_the_same_decision() {
    let mut cache = Cache::default();
    cache.put(Kind::StatefulSet, set("web", "u1", 1));
    cache.put(Kind::Pod, pod("web-0", Some(("web", "u1")), 2));
    let now = Timestamp::new(0, 0);
    let profile = steadfast_core::Profile::default();
    let plan = steadfast_core::reconcile(cache.observed(&key("web")).unwrap(), now, &profile);
    let again = Observed::parse(cache.observation(&key("web"), now).unwrap()).unwrap();
    assert_eq!(steadfast_core::reconcile(&again, now, &profile), plan);
}
