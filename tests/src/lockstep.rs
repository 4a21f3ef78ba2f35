//! Lockstep: upstream's controller and the core each drive the same simulator through whole lives of a set.
//!
//! In one simulation the core decides, and the simulated host carries its plans out. In the other every decision is
//! asked of upstream's controller (`tests/upstream/`) with what the simulated cache holds, and its calls are made one
//! after another, as they were recorded: the host's rules of batches, status and trim are checked with it.
//!
//! **Without faults** every look of the controller must find the same objects in both, all fields and all kinds, at the
//! same instant, and both plans must agree. All calls of a look are made at one instant (`settings.call: 0s`). What is
//! random upstream inside a batch is put into the plan's order, so that UIDs and resourceVersions agree too.
//!
//! **With faults** the API server refuses the same calls by verb, kind, name and attempt. Then, at each look of either,
//! the plans agree; what the host did of a plan some of whose calls were refused is what upstream does of it when the same calls
//! are refused; the invariants hold; and both end with the same objects but for UIDs,
//! versions and times. Events of such lives are so far apart that everything settles between them: what is on its way when an
//! event comes is a matter of timing, which faults change.
//!
//! Up to 1.35.0 upstream reads the real clock inside, and virtual time is another: there lives have no minReadySeconds, the
//! one rule that reads it. With it no other difference comes: nothing else in a decision asks what time it is.

mod after_failures;
mod invariants;
mod life;
mod manifests;
mod ours;
mod question;
mod shrink;
mod tally;
mod theirs;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_sim::Cluster;
use steadfast_sim::clock::Millis;
use steadfast_sim::cluster::Ending;
use steadfast_sim::scenario::{Played, Scenario};
use steadfast_sim::store::{Resource, Store};

use crate::conformance::{Upstream, reads_clock};
pub use life::Life;
use ours::Ours;
use question::Asker;
pub use shrink::shrink;
pub use tally::Tally;
use theirs::Theirs;

/// Looks of one life at most, without faults and with: a life that goes on is compared up to there.
const MOST_LOOKS: [usize; 2] = [150, 400];

/// The Go side, shared by the two simulations of a life.
pub type Harness = Rc<RefCell<Upstream>>;

/// How a life went.
pub struct Outcome {
    /// The first difference or broken invariant, in words.
    pub difference: Option<String>,
    /// How each set ended, as `simulate` prints it; empty where none is left.
    pub ends: Vec<Value>,
    /// True where the life was still going on when it was left.
    pub was_cut: bool,
}

/// What a simulated controller found when it looked.
struct Found {
    at: Millis,
    store: Store,
}

/// Plays a life: with `harness` in lockstep, else the core's side alone. Counts go into `tally`.
///
/// # Errors
/// A sentence, where the scenario cannot be played or the Go side has ended.
pub fn play(life: &Life, harness: Option<&Harness>, tally: &mut Tally) -> Result<Outcome, String> {
    let scenario = Scenario::parse(&life.scenario).map_err(|error| error.to_string())?;
    let begin = || scenario.begin().map_err(|error| error.to_string());
    let asker = harness.map(|harness| Asker::new(harness.clone(), &scenario.profile));

    let most = MOST_LOOKS[usize::from(life.has_faults)];
    let lags = scenario.settings.watch.millis() > Millis(0);
    let ours = Ours::new(asker.clone().filter(|_| life.has_faults), life.has_faults || lags);
    let ours = Rc::new(RefCell::new(ours));
    let mut cluster = begin()?;
    cluster.set_decider(ours.clone());
    let mut was_cut = false;
    let ending = cluster.run_watched(scenario.limit(), &mut |_| {
        let ours = ours.borrow();
        was_cut = ours.looks.len() >= most;
        !was_cut && ours.difference.is_none()
    });
    let mut ours = ours.borrow_mut();
    ours.finish(cluster.trace());
    ours.difference = ours
        .difference
        .take()
        .or_else(|| invariants::at_the_end(&cluster));
    tally.add(&ours, &cluster);
    let outcome = |difference, ending| Outcome {
        difference,
        ends: ends(&cluster, ending),
        was_cut,
    };
    if let Some(difference) = ours.difference.take() {
        return Ok(outcome(Some(difference), ending));
    }
    let Some(asker) = asker else {
        return Ok(outcome(None, ending));
    };

    let theirs = Rc::new(RefCell::new(Theirs::new(asker)));
    let mut other = begin()?;
    other.set_decider(theirs.clone());
    if life.has_faults {
        other.run_watched(scenario.limit(), &mut |_| {
            let theirs = theirs.borrow();
            theirs.looks.len() < most && theirs.difference.is_none()
        });
    } else {
        while was_cut && theirs.borrow().looks.len() < ours.looks.len() && other.step() {}
        other.run_until(cluster.now());
    }
    let mut theirs = theirs.borrow_mut();
    tally.questions += theirs.asked();
    let mut difference = theirs.difference.take();
    if !life.has_faults {
        difference = step_by_step(&ours.looks, &theirs.looks).or(difference);
        difference = difference.or_else(|| looked(&ours.looks, &theirs.looks).filter(|_| !was_cut));
        if difference.is_none() && !was_cut {
            difference = stores(cluster.store(), other.store()).map(|found| format!("at the end: {found}"));
        }
    } else if difference.is_none() && !was_cut && theirs.looks.len() < most {
        difference = settled(cluster.store(), other.store(), !ours.has_refused_revision())
            .map(|found| format!("when all is settled: {found}"));
    }
    Ok(outcome(difference, ending))
}

/// Whether lives of this version have no minReadySeconds.
pub(crate) fn timeless(profile: &Profile) -> bool {
    reads_clock(profile.kubernetes())
}

/// The minor version: 37 of 1.37.1.
fn minor(profile: &Profile) -> u32 {
    let number = profile
        .kubernetes()
        .split('.')
        .nth(1)
        .and_then(|number| number.parse().ok());
    number.unwrap_or(u32::MAX)
}

fn ends(cluster: &Cluster, ending: Ending) -> Vec<Value> {
    let ends = Played::of(cluster, ending).ends;
    ends.iter()
        .map(|end| serde_json::to_value(end).expect("an end is JSON"))
        .collect()
}

fn step_by_step(ours: &[Found], theirs: &[Found]) -> Option<String> {
    for (number, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        if ours.at != theirs.at {
            return Some(format!(
                "look {number}: with the core at {} ms, with upstream at {} ms",
                ours.at.0, theirs.at.0
            ));
        }
        if let Some(found) = stores(&ours.store, &theirs.store) {
            return Some(format!("look {number}, at {} ms: {found}", ours.at.0));
        }
    }
    None
}

fn looked(ours: &[Found], theirs: &[Found]) -> Option<String> {
    let times = |looks: &[Found]| looks.iter().map(|look| look.at.0).collect::<Vec<_>>();
    (ours.len() != theirs.len()).then(|| {
        format!(
            "the core looked at {:?} ms, upstream at {:?} ms",
            times(ours),
            times(theirs)
        )
    })
}

/// The first object that is not the same, every field of every kind.
fn stores(ours: &Store, theirs: &Store) -> Option<String> {
    for resource in Resource::ALL {
        let (mut ours, mut theirs) = (ours.list(resource, None), theirs.list(resource, None));
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => break,
                (Some((key, ours)), Some((other, theirs))) if key == other => {
                    let (ours, theirs) = (ours.whole(), theirs.whole());
                    if ours != theirs && in_order(ours) != in_order(theirs) {
                        return Some(format!(
                            "{} {} with the core:\n  {ours}\nwith upstream:\n  {theirs}",
                            key.resource.kind(),
                            key.name
                        ));
                    }
                }
                (ours, theirs) => {
                    let name =
                        |side: Option<(&steadfast_sim::store::Key, _)>| side.map(|(key, _)| key.name.clone());
                    return Some(format!(
                        "{}: with the core {:?} comes next, with upstream {:?}",
                        resource.kind(),
                        name(ours.map(|(k, o)| (k, o.clone()))),
                        name(theirs.map(|(k, o)| (k, o.clone())))
                    ));
                }
            }
        }
    }
    None
}

/// The volumes of claims stand in random order upstream.
fn in_order(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(volumes) = object.pointer_mut("/spec/volumes").and_then(Value::as_array_mut) {
        volumes.sort_by_key(|volume| volume["name"].to_string());
    }
    object
}

/// The first difference between what two lives settled to: no UIDs, versions, times, and what hangs on them.
///
/// Upstream trims old revisions although a new one could not be written, the host does not (`docs/conformance.md`): where that
/// happened other revisions are left, they have other numbers, and the one that is gone is current no more.
fn settled(ours: &Store, theirs: &Store, with_revisions: bool) -> Option<String> {
    let (mut ours, mut theirs) = (essence(ours), essence(theirs));
    for side in [&mut ours, &mut theirs] {
        side.retain(|name, _| with_revisions || !name.starts_with("ControllerRevision"));
        for status in side
            .values_mut()
            .filter(|_| !with_revisions)
            .filter_map(|object| object.get_mut("status"))
        {
            for field in ["currentRevision", "currentReplicas"] {
                status.as_object_mut().map(|status| status.remove(field));
            }
        }
    }
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    names
        .into_iter()
        .find(|name| ours.get(*name) != theirs.get(*name))
        .map(|name| {
            let shown = |side: &BTreeMap<String, Value>| {
                side.get(name)
                    .map_or("it is not there".to_owned(), Value::to_string)
            };
            format!(
                "{name} with the core:\n  {}\nwith upstream:\n  {}",
                shown(&ours),
                shown(&theirs)
            )
        })
}

fn essence(store: &Store) -> BTreeMap<String, Value> {
    let mut essence = BTreeMap::new();
    for resource in [
        Resource::StatefulSet,
        Resource::Pod,
        Resource::PersistentVolumeClaim,
        Resource::ControllerRevision,
    ] {
        for (key, object) in store.list(resource, None) {
            let mut object = in_order(object.whole());
            strip(resource, &mut object);
            essence.insert(format!("{} {}", resource.kind(), key.name), object);
        }
    }
    essence
}

fn strip(resource: Resource, object: &mut Value) {
    let metadata = object["metadata"].as_object_mut().expect("metadata");
    let is_terminating = metadata.remove("deletionTimestamp").is_some();
    for field in ["uid", "resourceVersion", "creationTimestamp"] {
        metadata.remove(field);
    }
    if is_terminating {
        metadata.insert("terminating".into(), json!(true));
    }
    // How often somebody took a claim over is no matter.
    metadata.remove("annotations");
    for owner in metadata
        .get_mut("ownerReferences")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        owner.as_object_mut().map(|owner| owner.remove("uid"));
    }
    let phase = object["status"]["phase"].clone();
    match resource {
        Resource::Pod => {
            object["status"] = json!({"phase": phase});
            object["spec"].as_object_mut().map(|spec| spec.remove("nodeName"));
        }
        Resource::PersistentVolumeClaim => {
            object["status"] = json!({"phase": phase});
            object["spec"]
                .as_object_mut()
                .map(|spec| spec.remove("volumeName"));
        }
        _ => {
            let conditions = object.pointer_mut("/status/conditions");
            for condition in conditions.and_then(Value::as_array_mut).into_iter().flatten() {
                condition["lastTransitionTime"] = json!(null);
            }
        }
    }
}
