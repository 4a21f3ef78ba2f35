//! Suite `controller-faults`: Steadfast is killed in the middle of rollouts, its connections are cut, its writes fail, the API server
//! is started anew, etcd stands still, leaders fall. Afterwards the sets are stable, no rule of order is broken in the audit log, and every claim is
//! the one that it was.

use super::line::Line;
use super::order::broken_order;
use super::shadow::{Dice, counted};
use super::stage::Stage;
use super::stories::set;
use super::{Steadfast, build, kubeconfig};
use crate::command;
use crate::e2e::Figures;
use crate::record::binaries::Binaries;
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
        let stages = [&ordered, &parallel];
        for stage in stages {
            stage.stable()?;
        }
        let before = claim_uids(&ordered)?;
        let steadfast = killed(&cluster, &program, steadfast, stages, figures.kills)?;
        drop(steadfast);
        fail_over(&cluster, &program, &ordered, figures.leader_kills)?;
        cut(&cluster, &program, stages, figures.cuts)?;
        let unreliable = build(false, &["--features", "unreliable-on-purpose"])?;
        let failed = failing(&cluster, &unreliable, stages, figures.cuts);
        // The program that others find must not be that one.
        build(false, &[])?;
        failed?;
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

/// Tears all its connections at random moments of rollouts: watches, and writes whose answer is then never heard.
fn cut(cluster: &Cluster, program: &Path, stages: [&Stage<'_>; 2], cuts: u32) -> Result<(), String> {
    let line = Line::to(cluster.port())?;
    let through = kubeconfig(cluster, "line", |kubeconfig| {
        kubeconfig["clusters"][0]["cluster"]["server"] = json!(format!("https://127.0.0.1:{}", line.port()));
    })?;
    let mut steadfast = Steadfast::start_as(&through, program, cluster, "cut", &ALONE)?;
    steadfast.until_ready()?;
    let mut dice = Dice(11);
    let mut torn = 0;
    for at in 0..cuts {
        if at % 3 == 0 {
            for stage in stages {
                stage.image(&format!("nginx:4.{at}"))?;
            }
        }
        std::thread::sleep(Duration::from_millis(
            50 + u64::try_from(dice.below(800)).unwrap_or(0),
        ));
        torn += line.cut();
    }
    for stage in stages {
        stage.stable()?;
    }
    steadfast.process.check()?;
    let ends = counted(steadfast.port, "steadfast_watch_ends_total");
    println!("{cuts} times all connections are cut ({torn}, {ends} of them watches): both sets are stable");
    match ends >= u64::from(cuts) {
        true => Ok(()),
        false => Err("the watches were not cut".to_owned()),
    }
}

/// One write in ten fails, not sent or not answered, through rollouts.
fn failing(cluster: &Cluster, program: &Path, stages: [&Stage<'_>; 2], rolls: u32) -> Result<(), String> {
    let mut steadfast = Steadfast::start(program, cluster, "failing", &ALONE)?;
    steadfast.until_ready()?;
    for at in 0..rolls {
        for stage in stages {
            stage.image(&format!("nginx:5.{at}"))?;
        }
        for stage in stages {
            stage.stable()?;
        }
    }
    steadfast.process.check()?;
    let (done, failed) = (
        counted(steadfast.port, "outcome=\"done\""),
        counted(steadfast.port, "outcome=\"failed\""),
    );
    println!(
        "{rolls} rollouts while one write in ten fails: both sets are stable; {failed} of {} actions failed",
        done + failed
    );
    match failed > 0 {
        true => Ok(()),
        false => Err("no write failed".to_owned()),
    }
}

/// Two processes and one lease: leaders are killed in rollouts, and the last one is asked to end.
fn fail_over(cluster: &Cluster, program: &Path, stage: &Stage<'_>, kills: u32) -> Result<(), String> {
    let mut leader = Steadfast::start(program, cluster, "leader-0", &LED)?;
    until_leading(&leader)?;
    let mut longest = Duration::ZERO;
    for kill in 0..kills {
        let next = stand_by(cluster, program, kill + 1)?;
        stage.image(&format!("nginx:2.{kill}"))?;
        std::thread::sleep(Duration::from_millis(600));
        drop(leader); // SIGKILL
        let started = Instant::now();
        until_leading(&next)?;
        longest = longest.max(started.elapsed());
        leader = next;
        stage.stable()?;
    }
    println!(
        "{kills} leaders are killed: the next one leads after at most {:.1} s (lease of 3 s)",
        longest.as_secs_f64()
    );
    let next = stand_by(cluster, program, kills + 1)?;
    stage.image("nginx:2.100")?;
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    if leader.process.end(Duration::from_secs(30))? != Some(0) {
        return Err("the leader that was asked to end did not end well".to_owned());
    }
    until_leading(&next)?;
    println!(
        "the leader is asked to end: the next one leads after {:.1} s",
        started.elapsed().as_secs_f64()
    );
    stage.stable()
}

/// A process beside the leader; it must not lead.
fn stand_by(cluster: &Cluster, program: &Path, number: u32) -> Result<Steadfast, String> {
    let mut next = Steadfast::start(program, cluster, &format!("leader-{number}"), &LED)?;
    std::thread::sleep(Duration::from_secs(2));
    next.process.check()?;
    match is_leading(&next) {
        true => Err("two lead at a time".to_owned()),
        false => Ok(next),
    }
}

fn is_leading(steadfast: &Steadfast) -> bool {
    counted(steadfast.port, "steadfast_leader") == 1
}

fn until_leading(steadfast: &Steadfast) -> Result<(), String> {
    wait_for("a leader", Duration::from_secs(30), || {
        Ok(is_leading(steadfast).then_some(()))
    })
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
