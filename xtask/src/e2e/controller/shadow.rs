//! Suite `controller-shadow`: Steadfast as a shadow beside upstream's controller, through random changes: no difference. Beside it
//! a shadow that decides wrongly on purpose: differences, each with an observation.

use super::stage::{Stage, is_stable};
use super::stories::set;
use super::{Steadfast, build, page};
use crate::command;
use crate::e2e::Figures;
use crate::record::binaries::Binaries;
use crate::record::cluster::Cluster;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Makes the changes and counts the differences.
///
/// # Errors
/// A difference of the right shadow, none of the wrong one, or a program that does not start.
pub fn suite(figures: &Figures) -> Result<(), String> {
    let repository = command::repository();
    let mut cluster = Cluster::start(repository, Binaries::ready(repository)?)?;
    let right = kept(&build(false, &[])?, &cluster, "right")?;
    let wrong = kept(
        &build(false, &["--features", "wrong-on-purpose"])?,
        &cluster,
        "wrong",
    )?;
    // The program that others find must not be the wrong one.
    build(false, &[])?;
    cluster.start_controllers(true)?;
    let line = ["shadow", "--patience-seconds=20"];
    let mut right = Steadfast::start(&right, &cluster, "right", &line)?;
    let mut wrong = Steadfast::start(&wrong, &cluster, "wrong", &line)?;
    right.until_ready()?;
    wrong.until_ready()?;

    let namespaces = ["plain", "parallel", "claims", "slow"];
    let specs = [
        json!({}),
        json!({"podManagementPolicy": "Parallel"}),
        json!({"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Delete"},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}),
        json!({"minReadySeconds": 1}),
    ];
    let mut stages = Vec::new();
    for (namespace, spec) in namespaces.iter().zip(&specs) {
        let stage = Stage::begin(&cluster, namespace)?;
        stage.create(&set(2, spec))?;
        stages.push(stage);
    }
    let mut dice = Dice(20_261_122);
    for at in 0..figures.changes {
        let Some(stage) = stages.get(dice.below(4)) else {
            continue;
        };
        change(stage, &mut dice, at)?;
        std::thread::sleep(Duration::from_millis(u64::try_from(dice.below(900)).unwrap_or(0)));
    }
    for stage in &stages {
        stage.kubectl(&["delete", "pods", "-l", "app=other"])?;
        stage.patch(&json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}}))?;
        stage.until("a stable set", is_stable)?;
        stage.quiet()?;
    }
    // A shadow asks after six seconds whose a deletion was.
    std::thread::sleep(Duration::from_secs(10));
    right.process.check()?;
    let (of_right, of_wrong) = (reports(&right)?, reports(&wrong)?);
    let effects = counted(right.port, "steadfast_shadow_effects_total");
    let planned = counted(right.port, "verdict=\"planned\"");
    print_by_type(right.port);
    println!(
        "{} changes: {effects} effects seen, {planned} of them planned; differences: {} by the right shadow, {} by the wrong one",
        figures.changes,
        of_right.len(),
        of_wrong.len()
    );
    if let Some(first) = of_right.first() {
        let shown = json!({"difference": first["difference"], "set": first["set"], "type": first["type"], "name": first["name"],
            "fields": first["fields"], "seen": first["seen"]["status"], "planned": first["planned"]["status"]});
        let brief = |report: &Value| {
            format!(
                "{} {} {} of {} at {}",
                report["difference"], report["type"], report["name"], report["set"], report["time"]
            )
        };
        let all: Vec<String> = of_right.iter().map(brief).collect();
        return Err(format!(
            "{} differences where there must be none: {}; the first: {shown}",
            of_right.len(),
            all.join("; ")
        ));
    }
    if planned < u64::from(figures.changes) {
        return Err("too little was seen to say anything".to_owned());
    }
    if counted(right.port, "type=\"CreatePersistentVolumeClaim\"") == 0 {
        return Err("what upstream's program signs was not taken for its doing".to_owned());
    }
    let replayable = |report: &&Value| report["observation"]["statefulSet"]["metadata"]["uid"].is_string();
    match of_wrong.iter().filter(replayable).count() {
        0 => Err("a core that decides wrongly was not found out".to_owned()),
        _ => Ok(()),
    }
}

fn change(stage: &Stage<'_>, dice: &mut Dice, at: u32) -> Result<(), String> {
    let pod = format!("pod/web-{}", dice.below(4));
    let number = dice.below(3);
    match dice.below(13) {
        0 | 1 => stage.scale(u32::try_from(dice.below(5)).unwrap_or(1)),
        2 => stage.image(&format!("nginx:1.{}", 26 + dice.below(4))),
        3 => stage
            .kubectl(&["delete", &pod, "--ignore-not-found", "--wait=false"])
            .map(drop),
        4 => stage.patch(&json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": number}}}})),
        5 => stage.patch(&json!({"metadata": {"annotations": {"note": format!("change {at}")}}})),
        6 => stage.patch(&json!({"spec": {"revisionHistoryLimit": number}})),
        7 => {
            let when = ["Retain", "Delete"].get(number).copied().unwrap_or("Delete");
            stage.patch(&json!({"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": when}}}))
        }
        8 => if_there(stage, &["label", &pod, "statefulset.kubernetes.io/pod-name-"]),
        9 => {
            // The controller lets go of it, and cannot make another one of its name before it is gone.
            if_there(stage, &["label", &pod, "app=other", "--overwrite"])?;
            std::thread::sleep(Duration::from_millis(500));
            stage
                .kubectl(&["delete", "pods", "-l", "app=other", "--wait=false"])
                .map(drop)
        }
        10 => if_there(stage, &orphaned(&pod)),
        11 => {
            let revisions = stage.kubectl(&["get", "controllerrevisions", "-o", "name"])?;
            let revisions: Vec<&str> = revisions.lines().collect();
            let chosen = revisions.get(dice.below(revisions.len()));
            chosen.map_or(Ok(()), |revision| if_there(stage, &orphaned(revision)))
        }
        _ => if_there(stage, &orphaned(&pod.replace("pod/", "pvc/data-"))),
    }
}

/// What takes away all owners of an object.
fn orphaned(object: &str) -> [&str; 5] {
    let patch = r#"{"metadata": {"ownerReferences": null}}"#;
    ["patch", object, "--type=merge", "-p", patch]
}

/// What is done to an object that may be gone.
fn if_there(stage: &Stage<'_>, line: &[&str]) -> Result<(), String> {
    match stage.kubectl(line) {
        Err(why) if !why.contains("(NotFound)") => Err(why),
        _ => Ok(()),
    }
}

fn kept(program: &Path, cluster: &Cluster, name: &str) -> Result<std::path::PathBuf, String> {
    let copy = cluster.folder().join(format!("steadfast-{name}"));
    std::fs::copy(program, &copy).map_err(|e| format!("{}: {e}", program.display()))?;
    Ok(copy)
}

/// How often each kind of effect was seen, and what was said of it.
fn print_by_type(port: u16) {
    for line in page(port, "/metrics").unwrap_or_default().lines() {
        if let Some(rest) = line.strip_prefix("steadfast_shadow_effects_total") {
            println!("  {rest}");
        }
    }
}

/// The lines that tell a difference.
fn reports(shadow: &Steadfast) -> Result<Vec<Value>, String> {
    let log = shadow.process.log();
    let text = std::fs::read_to_string(log).map_err(|e| format!("{}: {e}", log.display()))?;
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(lines.filter(|line| line.get("difference").is_some()).collect())
}

/// The sum of all figures whose line has this in it.
pub fn counted(port: u16, part: &str) -> u64 {
    let text = page(port, "/metrics").unwrap_or_default();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains(part));
    lines
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// A random sequence that is the same in every run (a linear congruential generator; Knuth's constants).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}
