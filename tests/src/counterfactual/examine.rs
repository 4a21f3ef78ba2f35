//! One world: every wait of its plan is granted and withheld, and the judge is asked.

use serde_json::{Value, json};
use steadfast_core::{Kind, Plan, Wait, WaitCode};

use super::answer::Answer;
use super::edit;
use super::grant::{Granted, grant};
use super::judge::{Judge, Setting};
use super::withhold::{Expected, Withheld, withhold};
use crate::conformance::decide;

/// What came after a wait was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The judge does something that it did not do before.
    Acted,
    /// It stops at something else: another error, or a wait that was not there.
    Elsewhere,
    /// Nothing is left to do or to wait for.
    Finished,
    /// It goes on only once the plan's other waits are granted too, and then only with this one.
    WithOthers,
}

/// A wait that was granted in one way.
pub struct Proof {
    pub code: WaitCode,
    pub how: &'static str,
    pub outcome: Outcome,
}

/// A wait that is not what it says, or a plan that says nothing and should.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The wait's code, or what was examined.
    pub subject: &'static str,
    /// How it was granted or withheld.
    pub how: &'static str,
    /// What went wrong.
    pub what: String,
}

/// What came of one world.
#[derive(Default)]
pub struct Examined {
    /// The codes of the plan's waits, each once for each blocker.
    pub seen: Vec<WaitCode>,
    pub proofs: Vec<Proof>,
    pub withheld: usize,
    pub failures: Vec<Failure>,
    /// The plan has neither an action nor a wait.
    pub is_quiet: bool,
}

/// So many times the plan of a world is asked for anew: under OrderedReady one Pod after another is awaited.
const LONGEST: usize = 400;

/// So many waits of one plan are granted; big worlds have hundreds of one kind.
const MOST: usize = 12;

/// Grants every wait of the plan alone, and withholds it.
///
/// # Errors
/// A sentence, where the core cannot read the world or the judge cannot be asked.
pub fn examine(observation: &Value, setting: &Setting, judge: &mut dyn Judge) -> Result<Examined, String> {
    let plan = decide(observation, &setting.profile)?;
    let mut examined = Examined::default();
    let mut waits: Vec<&Wait> = Vec::new();
    for wait in &plan.waits {
        if !waits.iter().any(|other| is_same(other, wait)) {
            examined.seen.push(wait.code);
            waits.push(wait);
        }
    }
    waits.truncate(MOST);
    examined.is_quiet = plan.actions.is_empty() && plan.waits.is_empty();
    if examined.is_quiet {
        examined.failures.extend(unfinished(observation, setting, judge)?);
    }
    if waits.is_empty() {
        return Ok(examined);
    }

    let granted: Vec<(&Wait, Granted)> = waits
        .iter()
        .flat_map(|wait| {
            let ways = grant(observation, &plan, wait, setting);
            ways.into_iter().map(|granted| (*wait, granted))
        })
        .collect();
    let withheld: Vec<(&Wait, Withheld)> = waits
        .iter()
        .flat_map(|wait| {
            withhold(observation, wait)
                .into_iter()
                .map(|withheld| (*wait, withheld))
        })
        .collect();
    let mut questions = vec![(observation, setting)];
    questions.extend(
        granted
            .iter()
            .map(|(_, granted)| (&granted.observation, &granted.setting)),
    );
    questions.extend(
        withheld
            .iter()
            .map(|(_, withheld)| (&withheld.observation, setting)),
    );
    let answers = judge.ask(&questions)?;
    let mut answers = answers.into_iter();
    let before = Decided {
        plan: &plan,
        answer: answers.next().ok_or("no answer")?,
    };

    for (wait, granted) in granted {
        let after = decide(&granted.observation, &granted.setting.profile)?;
        let after = Decided {
            plan: &after,
            answer: answers.next().ok_or("no answer")?,
        };
        let result = match outcome(wait, &granted, &before, &after) {
            Ok(Some(outcome)) => Ok(outcome),
            Ok(None) => with_others(observation, wait, &granted, setting, judge).map(|()| {
                if after.plan.waits.iter().any(|other| !has(before.plan, other)) {
                    Outcome::Elsewhere
                } else {
                    Outcome::WithOthers
                }
            }),
            Err(what) => Err(what),
        };
        match result {
            Ok(outcome) => examined.proofs.push(Proof {
                code: wait.code,
                how: granted.how,
                outcome,
            }),
            Err(what) => examined.failures.push(failure(wait, granted.how, what)),
        }
    }
    for (wait, withheld) in withheld {
        let after = decide(&withheld.observation, &setting.profile)?;
        let after = Decided {
            plan: &after,
            answer: answers.next().ok_or("no answer")?,
        };
        examined.withheld += 1;
        if let Some(what) = broken(wait, withheld.expected, &before, &after) {
            examined.failures.push(failure(wait, withheld.how, what));
        }
    }
    Ok(examined)
}

struct Decided<'a> {
    plan: &'a Plan,
    answer: Answer,
}

fn failure(wait: &Wait, how: &'static str, what: String) -> Failure {
    Failure {
        subject: wait.code.name(),
        how,
        what: format!("{} {}: {what}", wait.kind.name(), wait.name),
    }
}

fn is_same(one: &Wait, other: &Wait) -> bool {
    (one.code, one.kind, &one.name) == (other.code, other.kind, &other.name)
}

fn has(plan: &Plan, wait: &Wait) -> bool {
    plan.waits.iter().any(|other| is_same(other, wait))
}

/// What came of a grant; nothing where the judge does nothing new and the plan waits for others, an error where the
/// grant made no difference.
fn outcome(
    wait: &Wait,
    granted: &Granted,
    before: &Decided<'_>,
    after: &Decided<'_>,
) -> Result<Option<Outcome>, String> {
    let is_left = |other: &&Wait| {
        is_same(other, wait)
            && granted
                .freed
                .as_ref()
                .is_none_or(|freed| other.pods.contains(freed))
    };
    if after.plan.waits.iter().any(|other| is_left(&other)) {
        return Err("it is granted, and still waited for".to_owned());
    }
    if wait.retry && before.answer.error.is_none() {
        return Err("it asks for a retry, and there was no error".to_owned());
    }
    if after.answer.new_action(&before.answer).is_some() {
        return Ok(Some(Outcome::Acted));
    }
    let retries = before.plan.waits.iter().filter(|wait| wait.retry).count();
    let is_other_error = wait.retry && retries == 1 && before.answer.error != after.answer.error;
    if is_other_error || (before.answer.error.is_none() && after.answer.error.is_some()) {
        return Ok(Some(Outcome::Elsewhere));
    }
    if !after.plan.waits.is_empty() {
        return Ok(None);
    }
    // Where nothing is left to do, the status at least must tell the difference. Only a set that is deleted, and has
    // nothing to do anyhow, looks the same when it is not; and a Pod without a phase is not counted.
    let is_told = wait.code != WaitCode::SetDeletion && !granted.is_uncounted;
    if is_told && before.answer.difference(&after.answer).is_none() {
        return Err("it is granted, and nothing at all is different".to_owned());
    }
    Ok(Some(Outcome::Finished))
}

/// Whether a wait makes the difference once everything else that is waited for is granted too: step by step, plan by plan,
/// in the world with the grant and in the one without. The first step after which only the former goes on is the proof.
fn with_others(
    observation: &Value,
    wait: &Wait,
    granted: &Granted,
    setting: &Setting,
    judge: &mut dyn Judge,
) -> Result<(), String> {
    let mut with = (granted.observation.clone(), granted.setting.clone());
    let mut without = (observation.clone(), setting.clone());
    for _ in 0..LONGEST {
        let plan = decide(&with.0, &with.1.profile)?;
        // Where one Pod is left that the strategy leaves to somebody, and to let go of it would undo the grant (it is the
        // same Pod), nothing is left to do: the status alone tells the difference.
        let is_same_pod = |other: &Wait| {
            matches!(other.code, WaitCode::ManualDelete | WaitCode::Partition) && *other.pods == [&*wait.name]
        };
        if !plan.waits.is_empty() && plan.waits.iter().all(is_same_pod) {
            return Ok(());
        }
        let mut is_step = false;
        for other in plan
            .waits
            .iter()
            .filter(|other| granted.freed.is_some() || !is_same(other, wait))
        {
            let of_without = grant(&without.0, &plan, other, &without.1);
            let ways = grant(&with.0, &plan, other, &with.1).into_iter().zip(of_without);
            // A way that takes the granted Pod away, or makes both worlds one, would undo the grant.
            let is_kept = |next: &Value| {
                wait.kind != Kind::Pod
                    || edit::is_there(next, &wait.name) == edit::is_there(&with.0, &wait.name)
            };
            let mut ways = ways.filter(|(next, without)| {
                is_kept(&next.observation)
                    && (next.observation != without.observation
                        || next.setting.gates != without.setting.gates)
            });
            if let Some((next_with, next_without)) = ways.next() {
                with = (next_with.observation, next_with.setting);
                without = (next_without.observation, next_without.setting);
                is_step = true;
            }
        }
        if !is_step {
            return Err("it makes no difference, with the other waits granted or without".to_owned());
        }
        let answers = judge.ask(&[(&without.0, &without.1), (&with.0, &with.1)])?;
        if answers[1].new_action(&answers[0]).is_some() {
            return Ok(());
        }
        if decide(&with.0, &with.1.profile)?.waits.is_empty()
            && (wait.code == WaitCode::SetDeletion
                || granted.is_uncounted
                || answers[0].difference(&answers[1]).is_some())
        {
            return Ok(());
        }
    }
    Err("the other waits have no end".to_owned())
}

/// What an edit changed that grants nothing.
fn broken(wait: &Wait, expected: Expected, before: &Decided<'_>, after: &Decided<'_>) -> Option<String> {
    match expected {
        Expected::Same => before
            .answer
            .difference(&after.answer)
            .or_else(|| (before.plan.waits != after.plan.waits).then(|| "the waits are others".to_owned())),
        Expected::StillWaits if !has(after.plan, wait) => Some("it is no longer waited for".to_owned()),
        Expected::StillWaits => after
            .answer
            .new_action(&before.answer)
            .map(|action| format!("there is something new: {action}")),
        Expected::HoldsItsPods => {
            let is_deleted = |decided: &Decided<'_>, pod: &str| {
                let key = ("DeletePod".to_owned(), pod.to_owned());
                decided.answer.actions.contains_key(&key)
            };
            let freed = wait
                .pods
                .iter()
                .find(|pod| is_deleted(after, pod) && !is_deleted(before, pod))?;
            Some(format!("Pod {freed} is deleted"))
        }
    }
}

/// A plan without actions and waits is the end: once its status is written the judge does nothing more, and the set is
/// what its spec asks for.
fn unfinished(observation: &Value, setting: &Setting, judge: &mut dyn Judge) -> Result<Vec<Failure>, String> {
    let failure = |how, what| Failure {
        subject: "quiet",
        how,
        what,
    };
    let first = judge.ask(&[(observation, setting)])?.remove(0);
    let mut failures = Vec::new();
    if !first.actions.is_empty() || first.error.is_some() {
        let what = format!("it does {:?}, error {:?}", first.actions.keys(), first.error);
        failures.push(failure("the first call", what));
    }
    let Some(status) = &first.status else {
        failures.push(failure("the first call", "there is no status".to_owned()));
        return Ok(failures);
    };
    let mut world = observation.clone();
    world["statefulSet"]["status"] = status.clone();
    // Answers are compared without the time of this condition, which is the real clock upstream.
    for condition in world["statefulSet"]["status"]["conditions"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        if condition["type"] == "Progressing" {
            condition["lastTransitionTime"] = json!("2026-11-21T00:00:00Z");
        }
    }
    let second = judge.ask(&[(&world, setting)])?.remove(0);
    // An update that ends with this status leaves revisions behind that nothing lives from.
    let is_trim = second
        .actions
        .keys()
        .all(|(kind, _)| kind == "DeleteControllerRevision");
    if second.is_status_written || !is_trim || second.error.is_some() {
        let what = format!("then {:?}, status {:?}", second.actions.keys(), second.status);
        failures.push(failure("the second call", what));
    }
    let replicas = observation["statefulSet"]["spec"]["replicas"].clone();
    let counted = |name: &str| {
        if status[name].is_null() {
            json!(0)
        } else {
            status[name].clone()
        }
    };
    for name in ["replicas", "updatedReplicas"] {
        if counted(name) != replicas {
            let what = format!("{name} is {}, asked are {replicas}", counted(name));
            failures.push(failure("the goal", what));
        }
    }
    Ok(failures)
}
