//! Suite `controller-faults`: Steadfast is killed in the middle of rollouts, its watches are cut, the API server is started anew,
//! etcd stands still, leaders fall. Afterwards the sets are stable, no rule of order is broken in the audit log, and every claim is
//! the one that it was.

use super::shadow::{Dice, counted};
use super::stage::{Stage, is_done, is_of_controller, name_of, pod_written};
use super::stories::set;
use super::{Steadfast, build};
use crate::command;
use crate::e2e::Figures;
use crate::record::binaries::Binaries;
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

const ALONE: [&str; 3] = ["run", "--leader-elect=false", "--force"];
const LED: [&str; 3] = ["run", "--lease-seconds=3", "--force"];

/// Does all this, and judges.
///
/// # Errors
/// A set that does not become stable, a broken order, a lost claim, or a program that does not start.
pub fn suite(figures: &Figures) -> Result<(), String> {
    let program = build(false, &[])?;
    let repository = command::repository();
    let mut cluster = Cluster::start(repository, Binaries::ready(repository)?)?;
    cluster.start_controllers(false)?;
    let mark = cluster.audit.mark();
    let mut steadfast = Steadfast::start(&program, &cluster, "faults", &ALONE)?;
    steadfast.until_ready()?;
    let claims = json!({"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]});
    {
        let ordered = Stage::begin(&cluster, "ordered")?;
        ordered.create(&set(4, &claims))?;
        let parallel = Stage::begin(&cluster, "parallel")?;
        parallel.create(&set(4, &json!({"podManagementPolicy": "Parallel"})))?;
        for stage in [&ordered, &parallel] {
            stage.stable()?;
        }
        let before = claim_uids(&ordered)?;
        let steadfast = killed(
            &cluster,
            &program,
            steadfast,
            [&ordered, &parallel],
            figures.kills,
        )?;
        drop(steadfast);
        fail_over(&cluster, &program, &ordered)?;
        same_claims(&before, &claim_uids(&ordered)?)?;
    }
    let mut steadfast = Steadfast::start(&program, &cluster, "server", &ALONE)?;
    steadfast.until_ready()?;
    // Without the scheduler, which does not always survive what comes: its Pods have a node already.
    let mut placed = set(4, &json!({}));
    placed["spec"]["template"]["spec"]["nodeName"] = json!("node-1");
    let stage = Stage::begin(&cluster, "placed")?;
    stage.create(&placed)?;
    stage.stable()?;
    drop(stage);
    for (what, fault) in [
        (
            "the API server is killed and started anew",
            restart as fn(&mut Cluster) -> Result<(), String>,
        ),
        ("etcd stands still for 20 s", stand_still),
    ] {
        roll(&cluster, "placed", what.len())?;
        std::thread::sleep(Duration::from_millis(400));
        fault(&mut cluster)?;
        let started = Instant::now();
        let stage = Stage::of(&cluster, "placed");
        stage.stable()?;
        println!("{what}: stable after {:.1} s", started.elapsed().as_secs_f64());
    }
    steadfast.process.check()?;
    let events = cluster.audit.events(mark)?;
    let mut broken = broken_order(&events, "ordered");
    broken.extend(broken_order(&events, "placed"));
    match broken.as_slice() {
        [] => println!("no rule of order was broken"),
        some => return Err(format!("{} breaks of order: {}", some.len(), some.join("; "))),
    }
    Ok(())
}

/// Kills it at random moments of rollouts.
fn killed(
    cluster: &Cluster,
    program: &Path,
    mut steadfast: Steadfast,
    stages: [&Stage<'_>; 2],
    kills: u32,
) -> Result<Steadfast, String> {
    let mut dice = Dice(7);
    let mut lives = 0u64;
    for kill in 0..kills {
        if kill % 3 == 0 {
            for stage in stages {
                stage.image(&format!("nginx:1.{}", 20 + kill))?;
            }
        }
        std::thread::sleep(Duration::from_millis(
            50 + u64::try_from(dice.below(1200)).unwrap_or(0),
        ));
        lives += counted(steadfast.port, "steadfast_actions_total");
        drop(steadfast); // SIGKILL
        steadfast = Steadfast::start(program, cluster, "faults", &ALONE)?;
    }
    for stage in stages {
        stage.stable()?;
    }
    println!(
        "{kills} kills in rollouts: both sets are stable; at least {lives} actions in the lives that were cut short"
    );
    Ok(steadfast)
}

/// Two processes and one lease: the leader is killed, then asked to end.
fn fail_over(cluster: &Cluster, program: &Path, stage: &Stage<'_>) -> Result<(), String> {
    let leads = |one: &Steadfast| counted(one.port, "steadfast_leader") == 1;
    let mut first = Steadfast::start(program, cluster, "first", &LED)?;
    wait_for("the first leader", Duration::from_secs(30), || {
        Ok(leads(&first).then_some(()))
    })?;
    let mut second = Steadfast::start(program, cluster, "second", &LED)?;
    std::thread::sleep(Duration::from_secs(2));
    second.process.check()?;
    if leads(&second) {
        return Err("two lead at a time".to_owned());
    }
    stage.image("nginx:2.0")?;
    std::thread::sleep(Duration::from_millis(600));
    drop(first); // SIGKILL
    let started = Instant::now();
    wait_for("the second leader", Duration::from_secs(30), || {
        Ok(leads(&second).then_some(()))
    })?;
    println!(
        "the leader is killed: the next one leads after {:.1} s (lease of 3 s)",
        started.elapsed().as_secs_f64()
    );
    stage.stable()?;
    first = Steadfast::start(program, cluster, "third", &LED)?;
    std::thread::sleep(Duration::from_secs(2));
    stage.image("nginx:2.1")?;
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    if second.process.end(Duration::from_secs(30))? != Some(0) {
        return Err("the leader that was asked to end did not end well".to_owned());
    }
    wait_for("the third leader", Duration::from_secs(30), || {
        Ok(leads(&first).then_some(()))
    })?;
    println!(
        "the leader is asked to end: the next one leads after {:.1} s",
        started.elapsed().as_secs_f64()
    );
    stage.stable()
}

fn roll(cluster: &Cluster, namespace: &str, number: usize) -> Result<(), String> {
    let image = format!("main=nginx:3.{number}");
    cluster
        .kubectl(&["-n", namespace, "set", "image", "statefulset/web", &image])
        .map(drop)
}

fn restart(cluster: &mut Cluster) -> Result<(), String> {
    cluster.server().restart()
}

fn stand_still(cluster: &mut Cluster) -> Result<(), String> {
    cluster.server().pause_etcd()?;
    std::thread::sleep(Duration::from_secs(20));
    cluster.server().resume_etcd()
}

fn claim_uids(stage: &Stage<'_>) -> Result<BTreeMap<String, String>, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let objects = stage.objects()?;
    let claims = objects
        .iter()
        .filter(|object| object["kind"] == "PersistentVolumeClaim");
    Ok(claims
        .map(|claim| (text(&claim["metadata"]["name"]), text(&claim["metadata"]["uid"])))
        .collect())
}

fn same_claims(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Result<(), String> {
    match before == after && !before.is_empty() {
        true => Ok(()),
        false => Err(format!("claims were lost: {before:?}, then {after:?}")),
    }
}

/// Where a Pod was created before all lower ones were ready, or deleted while another was not. Requests count from when they were
/// received: a watch may tell of a write before its answer is on the way.
fn broken_order(events: &[Value], namespace: &str) -> Vec<String> {
    let mut moments: Vec<(&str, &Value)> = Vec::new();
    for event in events
        .iter()
        .filter(|event| event["objectRef"]["namespace"] == namespace && is_done(event))
    {
        moments.push((
            event["requestReceivedTimestamp"].as_str().unwrap_or_default(),
            event,
        ));
    }
    moments.sort_by_key(|(at, _)| *at);
    let mut ready: BTreeSet<u32> = BTreeSet::new();
    let mut there: BTreeSet<u32> = BTreeSet::new();
    let mut broken = Vec::new();
    for (at, event) in moments {
        if event["objectRef"]["resource"] != "pods" {
            continue;
        }
        let name = name_of(event).to_owned();
        let Some(ordinal) = name
            .strip_prefix("web-")
            .and_then(|number| number.parse::<u32>().ok())
        else {
            continue;
        };
        match pod_written(event) {
            Some(write) if write.starts_with('+') => {
                if let Some(missing) = (0..ordinal).find(|lower| !ready.contains(lower)) {
                    broken.push(format!(
                        "{at}: {name} was created while web-{missing} was not ready"
                    ));
                }
                there.insert(ordinal);
            }
            Some(_) if is_of_controller(event) => {
                if let Some(unready) = there
                    .iter()
                    .find(|other| **other != ordinal && !ready.contains(other))
                {
                    let when = ready_after(events, namespace, *unready, at);
                    broken.push(format!(
                        "{at}: {name} was deleted while web-{unready} was not ready, which it was at {when}"
                    ));
                }
                ready.remove(&ordinal);
            }
            Some(_) => {
                ready.remove(&ordinal);
                there.remove(&ordinal);
            }
            None => {
                let conditions = event["requestObject"]["status"]["conditions"].as_array();
                let is_ready = conditions
                    .into_iter()
                    .flatten()
                    .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
                // Of a creation whose client was killed the log may have no answer.
                if is_ready {
                    there.insert(ordinal);
                    ready.insert(ordinal);
                }
            }
        }
    }
    broken
}

/// When the Pod was made ready next.
fn ready_after(events: &[Value], namespace: &str, ordinal: u32, at: &str) -> String {
    let pod = format!("web-{ordinal}");
    let times = events
        .iter()
        .filter(|event| event["objectRef"]["namespace"] == namespace && name_of(event) == pod)
        .filter(|event| event["objectRef"]["subresource"] == "status")
        .filter_map(|event| event["requestReceivedTimestamp"].as_str());
    times
        .filter(|time| *time > at)
        .min()
        .unwrap_or("no time")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(agent: &str, verb: &str, pod: &str, second: u32, body: Value) -> Value {
        let at = format!("2026-01-01T00:00:{second:02}.000000Z");
        let mut reference = json!({"resource": "pods", "namespace": "a", "name": pod});
        if verb == "patch" {
            reference["subresource"] = json!("status");
        }
        json!({"userAgent": agent, "verb": verb, "requestReceivedTimestamp": at, "stageTimestamp": at,
            "objectRef": reference, "requestObject": body, "responseStatus": {"code": 200}})
    }

    #[test]
    fn a_pod_that_came_too_early_is_found() {
        let steadfast = "steadfast-controller/0.1.0 (linux)";
        let ready = json!({"status": {"conditions": [{"type": "Ready", "status": "True"}]}});
        let first = event(steadfast, "create", "web-0", 1, json!({}));
        let is_ready = |second| event("kwok", "patch", "web-0", second, ready.clone());
        let next = |second| event(steadfast, "create", "web-1", second, json!({}));
        assert_eq!(broken_order(&[first.clone(), is_ready(2), next(3)], "a"), [""; 0]);
        assert_eq!(broken_order(&[first.clone(), is_ready(3), next(2)], "a").len(), 1);
        let deleted = event(steadfast, "delete", "web-0", 4, json!({}));
        assert_eq!(
            broken_order(&[first, is_ready(2), next(3), deleted], "a").len(),
            1
        );
    }
}
