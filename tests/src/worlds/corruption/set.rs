//! Corruptions of the StatefulSet: what its user changes, and what its status may say.

use super::super::draw::Draw;
use super::super::life::strategy;
use super::super::moment::timestamp;
use super::super::object::remove;
use super::super::scene::Scene;
use super::super::set::{retention_policy, update_strategy};
use super::super::template::{UNUSUAL, claim_template};
use super::Corruption;
use serde_json::{Value, json};

pub(super) const CORRUPTIONS: [(usize, Corruption); 22] = [
    (9, ("replicas", replicas)),
    (5, ("start", start)),
    (6, ("strategy", change_strategy)),
    (5, ("partition", partition)),
    (2, ("maxUnavailableUnreadable", max_unavailable)),
    (4, ("podManagementPolicy", policy)),
    (6, ("retentionPolicy", retention)),
    (1, ("retentionAbsent", retention_absent)),
    (4, ("historyLimit", limit)),
    (4, ("minReadySeconds", min_ready)),
    (6, ("template", template)),
    (4, ("templateOld", template_old)),
    (4, ("claimTemplates", claim_templates)),
    (2, ("claimTemplatesTwice", claim_templates_twice)),
    (4, ("setDeleted", deleted)),
    (3, ("selector", selector)),
    (2, ("selectorInvalid", selector_invalid)),
    (8, ("statusRevisions", status_revisions)),
    (7, ("statusCounters", status_counters)),
    (5, ("observedGeneration", observed_generation)),
    (5, ("collisionCount", collision_count)),
    (5, ("conditions", conditions)),
];

fn spec(scene: &mut Scene) -> &mut Value {
    &mut scene.set["spec"]
}

fn replicas(draw: &mut Draw, scene: &mut Scene) -> bool {
    let now = scene.life.replicas;
    spec(scene)["replicas"] =
        json!(*draw.pick(&[0, 1, now + 1, now + 3, (now - 1).max(0), (now - 2).max(0)]));
    true
}

fn start(draw: &mut Draw, scene: &mut Scene) -> bool {
    spec(scene)["ordinals"] = json!({"start": *draw.pick(&[0, 1, 2, 3, 7, 2_147_480_000])});
    true
}

fn change_strategy(draw: &mut Draw, scene: &mut Scene) -> bool {
    let next = strategy(draw, scene.life.replicas);
    spec(scene)["updateStrategy"] = update_strategy(&next);
    true
}

fn partition(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(rolling) = scene.set.pointer_mut("/spec/updateStrategy/rollingUpdate") else {
        return false;
    };
    rolling["partition"] = json!(*draw.pick(&[0, 1, 2, 3, 100, 2_147_483_647]));
    true
}

/// What validation refuses today, and an older API server may have stored.
fn max_unavailable(draw: &mut Draw, scene: &mut Scene) -> bool {
    let values = [
        json!("abc"),
        json!("1"),
        json!("50"),
        json!("%"),
        json!(""),
        json!("-10%"),
        json!(-1),
    ];
    let value = draw.pick(&values);
    spec(scene)["updateStrategy"] =
        json!({"rollingUpdate": {"maxUnavailable": value, "partition": 0}, "type": "RollingUpdate"});
    true
}

fn policy(_: &mut Draw, scene: &mut Scene) -> bool {
    let other = if scene.life.parallel {
        "OrderedReady"
    } else {
        "Parallel"
    };
    spec(scene)["podManagementPolicy"] = json!(other);
    true
}

fn retention(draw: &mut Draw, scene: &mut Scene) -> bool {
    let policy = (draw.percent(50), draw.percent(50));
    spec(scene)["persistentVolumeClaimRetentionPolicy"] = retention_policy(policy);
    true
}

fn retention_absent(_: &mut Draw, scene: &mut Scene) -> bool {
    remove(spec(scene), "persistentVolumeClaimRetentionPolicy");
    true
}

fn limit(draw: &mut Draw, scene: &mut Scene) -> bool {
    spec(scene)["revisionHistoryLimit"] = json!(*draw.pick(&[0, 0, 1, 2, -1, 10]));
    true
}

fn min_ready(draw: &mut Draw, scene: &mut Scene) -> bool {
    spec(scene)["minReadySeconds"] = json!(*draw.pick(&[1, 10, 2_999, 3_000, 3_001, 2_147_483_647]));
    true
}

fn template(draw: &mut Draw, scene: &mut Scene) -> bool {
    let template = &mut spec(scene)["template"];
    match draw.below(16) {
        0 => template["spec"]["securityContext"] = json!({"runAsUser": i64::MAX}),
        1..=5 => template["spec"]["containers"][0]["image"] = json!("app:edited"),
        6..=10 => {
            template["spec"]["containers"][0]["env"] =
                json!([{"name": "NOTE", "value": *draw.pick(&UNUSUAL)}])
        }
        _ => {
            template["metadata"]["annotations"]["example.com/restarted"] = json!("2026-11-21T00:00:00+01:00")
        }
    }
    true
}

fn template_old(draw: &mut Draw, scene: &mut Scene) -> bool {
    let era = draw.below(scene.life.eras.len());
    scene.set["spec"]["template"] = scene.life.eras[era].template.clone();
    era != scene.life.wanted
}

/// Immutable fields change where a set is deleted with its Pods left behind, and created anew.
fn claim_templates(draw: &mut Draw, scene: &mut Scene) -> bool {
    let name = *draw.pick(&["new", "data", "logs"]);
    let template = claim_template(draw, name);
    let mut templates = scene.life.claims.clone();
    templates.retain(|other| other["metadata"]["name"] != json!(name));
    if templates.len() < 2 || draw.percent(50) {
        templates.push(template);
    }
    spec(scene)["volumeClaimTemplates"] = json!(templates);
    true
}

fn claim_templates_twice(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(first) = scene.life.claims.first().cloned() else {
        return false;
    };
    let mut templates = scene.life.claims.clone();
    let mut again = first;
    if draw.percent(50) {
        again["spec"]["resources"] = json!({"requests": {"storage": "7Gi"}});
    }
    templates.push(again);
    spec(scene)["volumeClaimTemplates"] = json!(templates);
    true
}

fn deleted(_: &mut Draw, scene: &mut Scene) -> bool {
    let metadata = &mut scene.set["metadata"];
    metadata["deletionGracePeriodSeconds"] = json!(0);
    metadata["deletionTimestamp"] = json!(timestamp(scene.life.now.seconds - 2));
    metadata["finalizers"] = json!(["orphan"]);
    true
}

fn selector(draw: &mut Draw, scene: &mut Scene) -> bool {
    spec(scene)["selector"] = draw
        .pick(&[
            json!({"matchLabels": {"app": "www"}}),
            json!({"matchLabels": {"app": "web", "tier": "back"}}),
            json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}),
            json!({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}], "matchLabels": {"app": "web"}}),
            json!({"matchExpressions": [{"key": "controller-revision-hash", "operator": "DoesNotExist"}]}),
            json!({}),
        ])
        .clone();
    true
}

fn selector_invalid(draw: &mut Draw, scene: &mut Scene) -> bool {
    spec(scene)["selector"] = draw
        .pick(&[
            json!({"matchExpressions": [{"key": "app", "operator": "Near", "values": ["web"]}]}),
            json!({"matchExpressions": [{"key": "app", "operator": "In"}]}),
            json!({"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["web"]}]}),
            json!({"matchExpressions": [{"key": "not a key", "operator": "Exists"}]}),
            json!({"matchLabels": {"app": "not a value!"}}),
        ])
        .clone();
    true
}

fn status_revisions(draw: &mut Draw, scene: &mut Scene) -> bool {
    let names: Vec<String> = scene.life.eras.iter().map(|era| era.name.clone()).collect();
    let field = *draw.pick(&["currentRevision", "currentRevision", "updateRevision"]);
    match draw.below(4) {
        0 => remove(&mut scene.set["status"], field),
        1 => scene.set["status"][field] = json!("web-gone"),
        _ => scene.set["status"][field] = json!(draw.pick(&names)),
    }
    true
}

fn status_counters(draw: &mut Draw, scene: &mut Scene) -> bool {
    let always = ["replicas", "availableReplicas"];
    let fields = [
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
    ];
    for field in fields {
        if draw.percent(40) {
            let value = draw.between(0, 6);
            if value == 0 && !always.contains(&field) {
                remove(&mut scene.set["status"], field);
            } else {
                scene.set["status"][field] = json!(value);
            }
        }
    }
    true
}

fn observed_generation(draw: &mut Draw, scene: &mut Scene) -> bool {
    let generation = scene.set["metadata"]["generation"].as_i64().unwrap_or(1);
    match draw.below(4) {
        0 => remove(&mut scene.set["status"], "observedGeneration"),
        1 => scene.set["status"]["observedGeneration"] = json!(generation + 4),
        2 => scene.set["metadata"]["generation"] = json!(generation + 1),
        _ => scene.set["metadata"]["generation"] = json!(9_007_199_254_740_993_i64),
    }
    true
}

fn collision_count(draw: &mut Draw, scene: &mut Scene) -> bool {
    match draw.below(5) {
        0 => remove(&mut scene.set["status"], "collisionCount"),
        _ => scene.set["status"]["collisionCount"] = json!(*draw.pick(&[0, 1, 2, 2_147_483_646])),
    }
    true
}

fn conditions(draw: &mut Draw, scene: &mut Scene) -> bool {
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        let mut condition = json!({"lastTransitionTime": timestamp(scene.life.now.seconds - 9), "status": status, "type": kind});
        if !reason.is_empty() {
            condition["message"] = json!(message);
            condition["reason"] = json!(reason);
        }
        condition
    };
    let others = condition("example.com/Backup", "Unknown", "", "");
    let (progress, done) = (("True", "RecreateInProgress"), ("False", "RecreateCompleted"));
    let (status, reason) = *draw.pick(&[progress, done, ("Unknown", "RecreateInProgress")]);
    let message = *draw.pick(&[
        "Deleting old revision pods",
        "Waiting for new-revision pods to be created",
        "All pods recreated successfully",
        "something else",
    ]);
    let progressing = condition("Progressing", status, reason, message);
    let mut unknown_since = progressing.clone();
    unknown_since["lastTransitionTime"] = Value::Null;
    let status = &mut scene.set["status"];
    match draw.below(8) {
        0 => status["conditions"] = json!([]),
        1 => remove(status, "conditions"),
        2 => status["conditions"] = json!([others]),
        3 => status["conditions"] = json!([others, progressing]),
        4 => status["conditions"] = json!([unknown_since]),
        _ => status["conditions"] = json!([progressing, others]),
    }
    true
}
