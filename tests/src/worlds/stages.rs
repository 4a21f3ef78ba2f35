//! The moments of a set's life that a world is taken from.

use super::Writer;
use super::draw::Draw;
use super::life::{Health, Life, PodPlan, Strategy};
use super::moment::timestamp;
use super::pods;
use serde_json::{Value, json};

type Stage = (&'static str, fn(&mut Draw, &mut Life));

const STAGES: [(usize, Stage); 20] = [
    (4, ("fresh", fresh)),
    (7, ("starting", starting)),
    (8, ("stable", stable)),
    (12, ("rollout", rollout)),
    (4, ("held", held)),
    (5, ("changed", changed)),
    (5, ("rolledBack", rolled_back)),
    (7, ("scalingDown", scaling_down)),
    (4, ("scalingUp", scaling_up)),
    (7, ("recreate", recreate)),
    (4, ("onDelete", on_delete)),
    (5, ("deleting", deleting)),
    (5, ("broken", broken)),
    (5, ("adopting", adopting)),
    (4, ("releasing", releasing)),
    (3, ("moved", moved)),
    (6, ("retention", retention)),
    (4, ("trimming", trimming)),
    (3, ("lost", lost)),
    (2, ("replacedSet", replaced_set)),
];

/// Where slow start matters.
const BIG_STAGES: [(usize, Stage); 6] = [
    (3, ("fresh", fresh)),
    (4, ("starting", starting)),
    (2, ("scalingDown", scaling_down)),
    (2, ("scalingUp", scaling_up)),
    (2, ("recreate", recreate)),
    (3, ("lost", lost)),
];

/// A life at some moment, and that moment's name.
pub fn life(draw: &mut Draw, writer: Writer) -> (Life, &'static str) {
    let mut life = Life::begun(draw, writer);
    let (name, stage) = if life.is_big() {
        draw.weighted(&BIG_STAGES)
    } else {
        draw.weighted(&STAGES)
    };
    stage(draw, &mut life);
    (life, name)
}

fn plan(ordinal: i64, era: usize, health: Health) -> PodPlan {
    PodPlan {
        ordinal,
        era,
        health,
        terminating: false,
    }
}

/// The status names these eras.
fn status_names(life: &mut Life, current: usize, update: usize) {
    (life.current, life.update) = (Some(current), Some(update));
}

fn fill(life: &mut Life, era: usize, health: Health) {
    life.pods = life
        .ordinals()
        .map(|ordinal| plan(ordinal, era, health))
        .collect();
}

/// Any health, most of them not well.
fn ailing(draw: &mut Draw) -> Health {
    *draw.weighted(&[
        (20, Health::Ready),
        (22, Health::Late),
        (20, Health::Unready),
        (22, Health::Pending),
        (5, Health::Failed),
        (4, Health::Succeeded),
        (5, Health::Unknown),
        (2, Health::Blank),
    ])
}

/// Some eras before this one; the Pods of any of them may still run.
fn past(draw: &mut Draw, life: &mut Life) -> usize {
    for _ in 0..*draw.weighted(&[(70, 1), (20, 2), (10, 4)]) {
        life.next_era(draw);
    }
    life.wanted - 1
}

fn fresh(draw: &mut Draw, life: &mut Life) {
    life.eras[0].stored = draw.one_in(5);
    if draw.one_in(4) {
        life.claims_left = life.ordinals().take(3).collect();
    }
}

fn starting(draw: &mut Draw, life: &mut Life) {
    status_names(life, 0, 0);
    fill(life, 0, Health::Ready);
    let there = draw.below(life.replicas as usize + 1);
    life.pods.truncate(there);
    if life.parallel {
        life.pods.iter_mut().for_each(|pod| pod.health = ailing(draw));
    } else if let Some(last) = life.pods.last_mut() {
        last.health = ailing(draw);
    }
}

/// The history limit has been applied: of the eras before this one, only the youngest are stored.
fn keep_within_limit(life: &mut Life, live: usize) {
    for old in 0..live {
        life.eras[old].stored = life.limit < 0 || (live - old) as i64 <= life.limit;
    }
}

/// Nothing to do: upstream must answer with no action and no status.
fn stable(draw: &mut Draw, life: &mut Life) {
    if draw.percent(40) {
        past(draw, life);
        keep_within_limit(life, life.wanted);
    }
    status_names(life, life.wanted, life.wanted);
    life.start = life.start.min(2_000_000_000);
    fill(life, life.wanted, Health::Ready);
    match draw.below(4) {
        0 => life.strategy = Strategy::OnDelete,
        1 => life.strategy = Strategy::RollingBare,
        _ => {
            let maximum = Some(json!(draw.between(1, 3)));
            life.strategy = Strategy::Rolling {
                partition: draw.between(0, 3),
                max_unavailable: maximum,
            };
        }
    }
    life.collisions = life.collisions.map(|_| 0);
    if draw.one_in(6) {
        life.conditions = Some(json!([other_condition(life)]));
    }
}

/// New Pods from the top, old ones below, and something between.
fn rollout(draw: &mut Draw, life: &mut Life) {
    let old = past(draw, life);
    status_names(life, old, life.wanted);
    fill(life, old, Health::Ready);
    let updated = draw.below(life.pods.len() + 1);
    let (wanted, parallel) = (life.wanted, life.parallel);
    for (distance, pod) in life.pods.iter_mut().rev().enumerate() {
        if distance < updated {
            pod.era = wanted;
        }
        let near = distance == updated || distance + 1 == updated;
        if (near && draw.percent(50)) || (parallel && draw.percent(20)) {
            pod.health = ailing(draw);
            pod.terminating = draw.one_in(4);
        }
    }
    if draw.percent(20)
        && let Some(index) = draw.index(life.pods.len())
    {
        life.pods.remove(index);
    }
    life.claims_left = life.ordinals().collect();
}

/// A rollout that its partition, or OnDelete, holds for good: nothing to do either.
fn held(draw: &mut Draw, life: &mut Life) {
    let old = past(draw, life);
    keep_within_limit(life, old);
    status_names(life, old, life.wanted);
    life.replicas = life.replicas.max(1);
    life.start = life.start.min(2_000_000_000);
    fill(life, old, Health::Ready);
    let partition = draw.between(1, life.replicas);
    let wanted = life.wanted;
    life.pods
        .iter_mut()
        .skip(partition as usize)
        .for_each(|pod| pod.era = wanted);
    life.strategy = match draw.below(3) {
        0 => Strategy::OnDelete,
        _ => Strategy::Rolling {
            partition,
            max_unavailable: Some(json!(1)),
        },
    };
}

/// `spec.template` was just changed: its revision is not there yet.
fn changed(draw: &mut Draw, life: &mut Life) {
    let old = past(draw, life);
    status_names(life, old, old);
    fill(life, old, Health::Ready);
    life.eras[life.wanted].stored = false;
    if draw.percent(40)
        && let Some(index) = draw.index(life.pods.len())
    {
        life.pods[index].health = ailing(draw);
    }
    if draw.percent(20) && old > 0 {
        life.pods.iter_mut().for_each(|pod| pod.era = draw.below(old + 1));
    }
}

/// `spec.template` is an older one again; its revision has its old number.
fn rolled_back(draw: &mut Draw, life: &mut Life) {
    past(draw, life);
    let newest = life.wanted;
    life.wanted = draw.below(newest);
    status_names(life, if draw.percent(50) { newest } else { life.wanted }, newest);
    fill(life, newest, Health::Ready);
    for pod in &mut life.pods {
        if draw.percent(40) {
            pod.era = draw.below(newest + 1);
        }
        if draw.one_in(6) {
            pod.health = ailing(draw);
        }
    }
}

fn scaling_down(draw: &mut Draw, life: &mut Life) {
    status_names(life, 0, 0);
    if draw.one_in(4) {
        let old = past(draw, life);
        status_names(life, old, life.wanted);
    }
    fill(life, life.wanted, Health::Ready);
    if draw.one_in(6) {
        life.replicas /= 4;
    }
    let end = life.start + life.replicas;
    life.pods.retain(|pod| pod.ordinal < end || draw.percent(90));
    let first = life.pods.last().map_or(end, |last| end.max(last.ordinal + 1));
    life.pods
        .extend((first..first + draw.between(1, 4)).map(|ordinal| plan(ordinal, 0, Health::Ready)));
    if draw.percent(50) {
        for pod in &mut life.pods {
            if draw.percent(if pod.ordinal >= end { 35 } else { 12 }) {
                pod.health = ailing(draw);
                pod.terminating = draw.one_in(3);
            }
        }
    }
    life.claims_left = life.pods.iter().map(|pod| pod.ordinal).collect();
}

fn scaling_up(draw: &mut Draw, life: &mut Life) {
    status_names(life, 0, 0);
    if draw.one_in(3) {
        let old = past(draw, life);
        status_names(life, old, life.wanted);
    }
    fill(life, life.current.unwrap_or(0), Health::Ready);
    let there = draw.below(life.pods.len() + 1);
    life.pods.truncate(there);
    life.replicas += draw.between(0, 2);
    if draw.percent(50) {
        let first = life.start + there as i64;
        life.claims_left = (first..first + draw.between(0, 3)).collect();
        life.retention_before = *draw.pick(&[life.retention, (false, false), (true, false)]);
    }
}

fn recreate(draw: &mut Draw, life: &mut Life) {
    let old = past(draw, life);
    status_names(life, old, life.wanted);
    life.strategy = Strategy::Recreate;
    life.parallel = draw.percent(50);
    let (era, message) = *draw.weighted(&[
        (50, (old, "Deleting old revision pods")),
        (30, (life.wanted, "Waiting for new-revision pods to be created")),
        (20, (life.wanted, "")),
    ]);
    fill(life, era, Health::Ready);
    life.pods.retain(|_| draw.percent(85));
    let wanted = life.wanted;
    for pod in &mut life.pods {
        pod.terminating = draw.percent(if pod.era == wanted { 8 } else { 35 });
        if draw.percent(30) {
            pod.health = ailing(draw);
        }
        if draw.one_in(6) {
            pod.era = wanted;
        }
    }
    if draw.percent(20) {
        life.pods
            .push(plan(life.start + life.replicas, old, Health::Ready));
    }
    life.conditions = match (draw.below(5), message) {
        (0, _) | (_, "") => None,
        (1, _) => Some(json!([
            other_condition(life),
            progressing(life, "True", "RecreateInProgress", message)
        ])),
        (2, _) => Some(json!([progressing(
            life,
            "False",
            "RecreateCompleted",
            "All pods recreated successfully"
        )])),
        _ => Some(json!([progressing(life, "True", "RecreateInProgress", message)])),
    };
}

fn on_delete(draw: &mut Draw, life: &mut Life) {
    let old = past(draw, life);
    status_names(life, old, life.wanted);
    life.strategy = Strategy::OnDelete;
    fill(life, old, Health::Ready);
    life.pods.retain(|_| draw.percent(80));
    let wanted = life.wanted;
    for pod in &mut life.pods {
        if draw.percent(40) {
            pod.era = wanted;
        }
        if draw.one_in(8) {
            pod.health = ailing(draw);
            pod.terminating = draw.percent(50);
        }
    }
}

fn deleting(draw: &mut Draw, life: &mut Life) {
    let old = if draw.percent(30) { past(draw, life) } else { 0 };
    status_names(life, old, life.wanted);
    life.deleting = true;
    fill(life, old, Health::Ready);
    for pod in &mut life.pods {
        pod.terminating = draw.percent(30);
        if draw.one_in(5) {
            pod.health = ailing(draw);
        }
    }
    life.eras[life.wanted].stored = draw.percent(85);
    life.orphaned = draw.one_in(10);
}

fn broken(draw: &mut Draw, life: &mut Life) {
    let old = if draw.percent(50) { past(draw, life) } else { 0 };
    status_names(life, old, life.wanted);
    fill(life, old, Health::Ready);
    for pod in &mut life.pods {
        if draw.percent(50) {
            pod.health = ailing(draw);
        }
        pod.terminating = draw.one_in(8);
    }
    if draw.one_in(3)
        && let Some(pod) = draw.index(life.pods.len())
    {
        life.pods[pod].health = *draw.pick(&[Health::Failed, Health::Succeeded]);
    }
}

/// The set was deleted with its Pods left behind, and created again.
fn adopting(draw: &mut Draw, life: &mut Life) {
    if draw.percent(40) {
        past(draw, life);
    }
    fill(life, 0, Health::Ready);
    if draw.percent(60) {
        let wanted = life.wanted;
        life.pods.iter_mut().for_each(|pod| pod.era = wanted);
    }
    life.orphaned = true;
    if draw.percent(50) {
        status_names(life, life.wanted, life.wanted);
    }
    if draw.one_in(3) {
        life.pods.retain(|_| draw.percent(75));
    }
}

/// The labels of some Pods were taken off; the pass over the scene does it.
fn releasing(draw: &mut Draw, life: &mut Life) {
    stable(draw, life);
}

/// `spec.ordinals.start` was just moved.
fn moved(draw: &mut Draw, life: &mut Life) {
    status_names(life, 0, 0);
    fill(life, 0, Health::Ready);
    life.start = (life.start + draw.between(-2, 3)).clamp(0, 2_147_480_000);
    if draw.percent(40) {
        life.pods.iter_mut().for_each(|pod| pod.health = ailing(draw));
    }
}

/// The retention policy was just changed.
fn retention(draw: &mut Draw, life: &mut Life) {
    starting(draw, life);
    if draw.percent(70) {
        fill(life, 0, Health::Ready);
    }
    life.retention_before = *draw.pick(&[(false, false), (true, false), (false, true), (true, true)]);
    if life.claims.is_empty() {
        life.claims.push(super::template::claim_template(draw, "data"));
    }
    if draw.percent(40) {
        let end = life.start + life.replicas;
        life.pods.push(plan(end, 0, Health::Ready));
        if life.pods.len() > 2 && draw.percent(50) {
            life.pods.push(plan(end + 1, 0, ailing(draw)));
        }
    }
}

fn trimming(draw: &mut Draw, life: &mut Life) {
    for _ in 0..draw.between(3, 13) {
        life.next_era(draw);
    }
    let newest = life.wanted;
    status_names(life, draw.below(newest + 1), newest);
    fill(life, newest, Health::Ready);
    for pod in &mut life.pods {
        if draw.percent(30) {
            pod.era = draw.below(newest + 1);
        }
    }
    if draw.one_in(3) {
        life.eras[newest].stored = false;
    }
}

/// Pods are gone, though nobody scaled.
fn lost(draw: &mut Draw, life: &mut Life) {
    let old = if draw.percent(50) { past(draw, life) } else { 0 };
    status_names(life, old, life.wanted);
    fill(life, life.wanted, Health::Ready);
    life.claims_left = life.ordinals().collect();
    life.pods.retain(|_| draw.percent(60));
}

/// Another set of the same name was there before; the pass over the scene leaves its UID here and there.
fn replaced_set(draw: &mut Draw, life: &mut Life) {
    starting(draw, life);
    life.claims_left = life.ordinals().collect();
}

fn progressing(life: &Life, status: &str, reason: &str, message: &str) -> Value {
    json!({"lastTransitionTime": timestamp(life.now.seconds - 50), "message": message, "reason": reason,
        "status": status, "type": "Progressing"})
}

fn other_condition(life: &Life) -> Value {
    let mut condition = pods::condition("example.com/Backup", "True", &timestamp(life.now.seconds - 5_000));
    if let Some(fields) = condition.as_object_mut() {
        fields.remove("lastProbeTime");
    }
    condition
}

/// The names of all stages.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    STAGES.iter().map(|(_, (name, _))| *name)
}
