//! How the sets fare, counted when somebody asks for the figures: the verdict and the diagnoses of [`explain`], of what this
//! controller watches. Services, nodes and budgets it does not, so that nothing is said of them.

use std::collections::BTreeMap;

use serde::Serialize;
use steadfast_core::explain::{Surroundings, explain};
use steadfast_core::{Observed, Profile, Timestamp, reconcile};

use crate::cache::Cache;
use crate::metrics::Metrics;

/// Sets the gauges that tell how many sets there are, and how they fare. Until the profile is known nothing is judged.
pub fn count(cache: &Cache, now: Timestamp, profile: Option<&Profile>, metrics: &Metrics) {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    metrics.gauge("steadfast_sets", String::new(), number(cache.sets().count()));
    metrics.gauge(
        "steadfast_sets_unreadable",
        String::new(),
        number(cache.unread().count()),
    );
    if let Some(profile) = profile {
        judge(cache.sets().map(|(_, observed)| observed), now, profile, metrics);
    }
}

fn judge<'a>(sets: impl Iterator<Item = &'a Observed>, now: Timestamp, profile: &Profile, metrics: &Metrics) {
    let unseen = Surroundings::default();
    let mut progress: BTreeMap<String, f64> = BTreeMap::new();
    let mut diagnoses: BTreeMap<String, f64> = BTreeMap::new();
    for observed in sets {
        let plan = reconcile(observed, now, profile);
        let explanation = explain(observed, &unseen, &plan, now, profile);
        let labels = format!("verdict=\"{}\"", written(explanation.progress.code));
        *progress.entry(labels).or_default() += 1.0;
        for diagnosis in &explanation.diagnoses {
            let severity = written(diagnosis.severity);
            let labels = format!("code=\"{}\",severity=\"{severity}\"", diagnosis.code.name());
            *diagnoses.entry(labels).or_default() += 1.0;
        }
    }
    metrics.gauges("steadfast_progress", progress);
    metrics.gauges("steadfast_diagnoses", diagnoses);
}

/// A word as it is written in JSON.
fn written(word: impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use steadfast_core::Observation;

    fn observed(pods: Value) -> Observed {
        let labels = json!({"app": "web"});
        let set = json!({"metadata": {"name": "web", "namespace": "shop", "uid": "u"}, "spec": {
            "replicas": 1, "selector": {"matchLabels": labels}, "podManagementPolicy": "OrderedReady",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": []}}}});
        let observation = json!({"statefulSet": set, "pods": pods, "persistentVolumeClaims": [], "controllerRevisions": []});
        Observed::parse(Observation::of_value(observation).unwrap()).unwrap()
    }

    #[test]
    fn a_set_that_is_blocked_is_counted_with_its_reason_until_it_is_not() {
        let pod = json!({"kind": "Pod", "metadata": {"name": "web-0", "namespace": "shop",
                "labels": {"app": "web", "controller-revision-hash": "web-old"},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "u", "controller": true}]},
            "spec": {"containers": []},
            "status": {"phase": "Pending", "containerStatuses": [
                {"name": "nginx", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}});
        let (blocked, empty) = (observed(json!([pod])), observed(json!([])));
        let now = Timestamp::parse("2026-11-22T00:00:00Z").unwrap();
        let (metrics, profile) = (Metrics::default(), Profile::default());
        judge([&blocked, &empty].into_iter(), now, &profile, &metrics);
        let text = metrics.text();
        assert!(
            text.contains("steadfast_diagnoses{code=\"RollbackTrap\",severity=\"error\"} 1\n"),
            "{text}"
        );
        assert!(
            text.contains("steadfast_progress{verdict=\"progressing\"} "),
            "{text}"
        );
        judge([&empty].into_iter(), now, &profile, &metrics);
        assert!(!metrics.text().contains("RollbackTrap"), "{}", metrics.text());
    }
}
