//! Smaller lives, so that a difference can be read.

use serde_json::{Value, json};

use super::Life;

/// The smallest life that still `differs`, by leaving out one thing after another.
pub fn shrink(life: &Life, mut differs: impl FnMut(&Life) -> bool) -> Life {
    let mut smallest = life.clone();
    while let Some(smaller) = smaller(&smallest.scenario)
        .into_iter()
        .map(|scenario| Life {
            scenario,
            ..smallest.clone()
        })
        .find(|life| differs(life))
    {
        smallest = smaller;
    }
    smallest
}

/// Each way to make a scenario smaller.
fn smaller(scenario: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let mut propose = |change: &dyn Fn(&mut Value)| {
        let mut changed = scenario.clone();
        change(&mut changed);
        if changed != *scenario {
            all.push(changed);
        }
    };
    let (events, objects) = (len(scenario, "timeline"), len(scenario, "objects"));
    // Whole ends first.
    for keep in 0..events {
        propose(&|s| list(s, "timeline").truncate(keep));
    }
    for at in 0..events {
        propose(&|s| drop(list(s, "timeline").remove(at)));
    }
    for at in 0..objects.saturating_sub(1) {
        propose(&|s| drop(list(s, "objects").remove(at)));
    }
    propose(&|s| s["settings"]["watch"] = json!("0s"));
    propose(&|s| s["settings"]["nodes"] = json!(1));
    propose(&|s| drop(s.as_object_mut().and_then(|s| s.remove("featureGates"))));
    for field in [
        "minReadySeconds",
        "ordinals",
        "revisionHistoryLimit",
        "podManagementPolicy",
        "updateStrategy",
        "persistentVolumeClaimRetentionPolicy",
    ] {
        propose(&|s| {
            each_set(s, &|set| {
                drop(set["spec"].as_object_mut().and_then(|spec| spec.remove(field)))
            })
        });
    }
    propose(&|s| {
        each_set(s, &|set| {
            set["spec"]
                .as_object_mut()
                .map(|spec| spec.remove("volumeClaimTemplates"));
            plain_container(set, "volumeMounts");
        })
    });
    propose(&|s| each_set(s, &|set| plain_container(set, "readinessProbe")));
    propose(&|s| each_set(s, &|set| plain_container(set, "env")));
    propose(&|s| {
        each_set(s, &|set| {
            if let Some(replicas @ 1..) = set["spec"]["replicas"].as_u64() {
                set["spec"]["replicas"] = json!(replicas - 1);
            }
        })
    });
    for at in 0..events {
        propose(&|s| {
            let event = &mut list(s, "timeline")[at];
            if let Some(replicas @ 1..) = event["apply"]["spec"]["replicas"].as_u64() {
                event["apply"]["spec"]["replicas"] = json!(replicas - 1);
            } else if let Some(replicas @ 1..) =
                event.get("scale").and_then(|scale| scale["replicas"].as_u64())
            {
                event["scale"]["replicas"] = json!(replicas - 1);
            } else if let Some(times @ 2..) = event.get("apiError").and_then(|rule| rule["times"].as_u64()) {
                event["apiError"]["times"] = json!(times - 1);
            }
        });
    }
    all
}

fn len(scenario: &Value, name: &str) -> usize {
    scenario[name].as_array().map_or(0, Vec::len)
}

fn list<'a>(scenario: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    scenario[name].as_array_mut().expect("a list")
}

/// Changes the set in every manifest of it.
fn each_set(scenario: &mut Value, change: &dyn Fn(&mut Value)) {
    let is_set = |object: &Value| object["kind"] == "StatefulSet";
    list(scenario, "objects")
        .iter_mut()
        .filter(|object| is_set(object))
        .for_each(change);
    list(scenario, "timeline")
        .iter_mut()
        .filter_map(|event| event.get_mut("apply"))
        .filter(|object| is_set(object))
        .for_each(change);
}

fn plain_container(set: &mut Value, field: &str) {
    let container = &mut set["spec"]["template"]["spec"]["containers"][0];
    container.as_object_mut().map(|container| container.remove(field));
}
