//! Suite `controller-speed`: upstream's controller and Steadfast, one after the other on the same kind of API server: time until
//! stable, memory, requests as the audit log counts them.

use super::stage::Stage;
use super::stories::set;
use super::{Steadfast, account, build};
use crate::command;
use crate::e2e::Figures;
use crate::record::binaries::Binaries;
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(900);

/// What was measured of one controller.
struct Measured {
    steps: Vec<Step>,
    /// Resident memory with 500 Pods, and with all sets, in MB.
    memory: [f64; 2],
}

/// What was done, how long it took, and which requests it cost.
struct Step {
    what: &'static str,
    seconds: f64,
    requests: BTreeMap<String, usize>,
}

impl Step {
    fn count(&self) -> usize {
        self.requests.values().sum()
    }

    /// The kinds of request of which one controller makes more than the other.
    fn print_differences(&self, ours: &Self) {
        let kinds: BTreeSet<&String> = self.requests.keys().chain(ours.requests.keys()).collect();
        for kind in kinds {
            let of = |step: &Self| step.requests.get(kind).copied().unwrap_or(0);
            if of(self) != of(ours) {
                println!("    {kind:<44} {:>8} {:>22}", of(self), of(ours));
            }
        }
    }
}

/// Measures both, and prints a table.
///
/// # Errors
/// A program that does not start, or a set that does not become stable.
pub fn suite(figures: &Figures) -> Result<(), String> {
    let repository = command::repository();
    let program = build(true, &[])?;
    let measure = |is_upstream: bool| -> Result<Measured, String> {
        let mut cluster = Cluster::start_with(
            repository,
            Binaries::ready(repository)?,
            "audit-policy-requests.yaml",
        )?;
        cluster.start_controllers(is_upstream)?;
        if is_upstream {
            let id = cluster.controller_id().ok_or("no controller manager")?;
            return steps(&cluster, id, figures.sets);
        }
        let account = account(&cluster)?;
        // As the other one runs here: a Lease costs a request every two seconds.
        let line = ["run", "--leader-elect=false"];
        let mut steadfast = Steadfast::start_as(&account, &program, &cluster, "speed", &line)?;
        steadfast.until_ready()?;
        steps(&cluster, steadfast.process.id(), figures.sets)
    };
    let (theirs, ours) = (measure(true)?, measure(false)?);
    println!("{:<34} {:>22} {:>22}", "", "upstream", "Steadfast");
    for (theirs, ours) in theirs.steps.iter().zip(&ours.steps) {
        println!(
            "{:<34} {:>8.1} s {:>6} req. {:>8.1} s {:>6} req.",
            theirs.what,
            theirs.seconds,
            theirs.count(),
            ours.seconds,
            ours.count()
        );
        theirs.print_differences(ours);
    }
    for (at, what) in ["resident with 500 Pods", "resident with all sets"]
        .iter()
        .enumerate()
    {
        let (theirs, ours) = (theirs.memory.get(at).copied(), ours.memory.get(at).copied());
        println!(
            "{what:<34} {:>19.1} MB {:>19.1} MB",
            theirs.unwrap_or(0.0),
            ours.unwrap_or(0.0)
        );
    }
    Ok(())
}

fn steps(cluster: &Cluster, id: u32, count: u32) -> Result<Measured, String> {
    let on_node = |replicas: u32, spec: &Value| {
        let mut set = set(replicas, spec);
        // Without the scheduler's share, which is not what is measured.
        set["spec"]["template"]["spec"]["nodeName"] = json!("node-1");
        set
    };
    let mut steps = Vec::new();
    let mut timed = |what: &'static str, act: &dyn Fn() -> Result<(), String>| -> Result<(), String> {
        let (mark, started) = (cluster.audit.mark(), Instant::now());
        act()?;
        let seconds = started.elapsed().as_secs_f64();
        std::thread::sleep(Duration::from_secs(2));
        let requests = requests(cluster, mark)?;
        let step = Step {
            what,
            seconds,
            requests,
        };
        println!("  {what}: {seconds:.1} s, {} requests", step.count());
        steps.push(step);
        Ok(())
    };
    let ordered = Stage::begin(cluster, "ordered")?;
    timed("100 OrderedReady created", &|| {
        ordered.create(&on_node(100, &json!({})))?;
        stable(cluster, "ordered", 1)
    })?;
    timed("100 OrderedReady rolled", &|| {
        ordered.image("nginx:1.29")?;
        stable(cluster, "ordered", 1)
    })?;
    ordered.delete_set("foreground")?;
    let parallel = Stage::begin(cluster, "parallel")?;
    timed("500 Parallel created", &|| {
        parallel.create(&on_node(500, &json!({"podManagementPolicy": "Parallel"})))?;
        stable(cluster, "parallel", 1)
    })?;
    let with_pods = resident(id)?;
    parallel.delete_set("foreground")?;
    Stage::begin(cluster, "many")?;
    timed("many sets of 3 created", &|| {
        let sets: Vec<Value> = (0..count)
            .map(|number| {
                let mut set = on_node(3, &json!({}));
                let labels = json!({"app": format!("web-{number}")});
                set["metadata"] = json!({"name": format!("web{number}"), "namespace": "many"});
                set["spec"]["selector"]["matchLabels"] = labels.clone();
                set["spec"]["template"]["metadata"]["labels"] = labels;
                set
            })
            .collect();
        for some in sets.chunks(100) {
            cluster.create(&json!({"apiVersion": "v1", "kind": "List", "items": some}))?;
        }
        stable(cluster, "many", usize::try_from(count).unwrap_or(0))
    })?;
    Ok(Measured {
        steps,
        memory: [with_pods, resident(id)?],
    })
}

/// Waits until so many sets say of themselves that they are stable.
fn stable(cluster: &Cluster, namespace: &str, count: usize) -> Result<(), String> {
    wait_for("stable sets", LIMIT, || {
        let text = cluster.kubectl(&["get", "statefulsets", "-n", namespace, "-o", "json"])?;
        let list: Value = serde_json::from_str(&text).map_err(|e| format!("kubectl get: {e}"))?;
        let sets = list["items"].as_array().into_iter().flatten();
        let is_stable = |set: &&Value| {
            let status = &set["status"];
            status["observedGeneration"] == set["metadata"]["generation"]
                && [
                    "replicas",
                    "readyReplicas",
                    "updatedReplicas",
                    "availableReplicas",
                ]
                .iter()
                .all(|field| status[*field] == set["spec"]["replicas"])
                && status["currentRevision"] == status["updateRevision"]
        };
        Ok((sets.filter(is_stable).count() == count).then_some(()))
    })
}

/// Requests of the StatefulSet controller since the mark, by kind: all verbs, Events included.
fn requests(cluster: &Cluster, mark: u64) -> Result<BTreeMap<String, usize>, String> {
    let mut counted = BTreeMap::new();
    for event in cluster.audit.events(mark)? {
        if super::stage::is_of_controller(&event) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (object, code) = (&event["objectRef"], &event["responseStatus"]["code"]);
            let parts = [
                text(&event["verb"]),
                text(&object["resource"]),
                text(&object["subresource"]),
                code.to_string(),
            ];
            *counted.entry(parts.join(" ")).or_default() += 1;
        }
    }
    Ok(counted)
}

/// Resident memory of a process in MB.
fn resident(id: u32) -> Result<f64, String> {
    let file = format!("/proc/{id}/status");
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes
        .map(|kilobytes| kilobytes / 1024.0)
        .ok_or_else(|| format!("{file}: no VmRSS"))
}
