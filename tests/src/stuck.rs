//! A rollout that is stuck, of any size: what the speed of `explain` is measured on.

use serde_json::{Value, json};
use steadfast_core::Timestamp;
use steadfast_sim::clock::Millis;
use steadfast_sim::scenario::Scenario;
use steadfast_sim::store::Resource;

/// The objects of a namespace in which an image that nobody can pull was taken back, and the highest Pod still has it; and when that
/// is. Three hours are enough to make 1,000 Pods, one after the other.
pub fn rollback_trap(replicas: u32) -> (Vec<Value>, Timestamp) {
    let broken = "nginx:1.30-typo";
    let scenario = json!({
        "settings": {"nodes": replicas.div_ceil(100)},
        "objects": [
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
             "spec": {"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "main", "port": 80}]}},
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"}, "spec": {
                "replicas": replicas, "serviceName": "web", 
                "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
                    {"name": "web", "image": "nginx:1.28", "volumeMounts": [{"name": "www", "mountPath": "/www"}]}]}},
                "volumeClaimTemplates": [{"metadata": {"name": "www"}, "spec": {
                    "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}}],
        "timeline": [
            {"at": "3h", "imageNeverPulls": broken},
            {"at": "3h", "image": {"set": "web", "image": broken}},
            {"at": "181m", "image": {"set": "web", "image": "nginx:1.28"}}]});
    let scenario = Scenario::parse(&scenario).expect("a scenario");
    let mut cluster = scenario.begin().expect("a cluster");
    cluster.run_until(Millis(190 * 60_000));
    let kinds = [
        Resource::StatefulSet,
        Resource::Pod,
        Resource::PersistentVolumeClaim,
        Resource::ControllerRevision,
        Resource::Service,
        Resource::Node,
    ];
    let objects = kinds
        .into_iter()
        .flat_map(|kind| cluster.store().list(kind, None))
        .map(|(_, object)| object.whole().clone());
    (objects.collect(), cluster.wall())
}
