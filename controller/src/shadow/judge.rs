//! Whether an effect is what would have been done here, on any state that the other controller may have seen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use steadfast_core::{Action, Kind, Observed, Plan, Profile, Timestamp, reconcile};

use super::effect::{Effect, What};
use crate::cache::Cache;
use crate::object::{Key, is_terminating};

/// How many of the latest states of a set are looked at.
const STATES: usize = 24;
/// By how many changes one kind may lag behind the others.
const LAG: usize = 6;
/// By how much the other controller's clock and its decision may be apart from when the effect was heard of, in milliseconds.
const CLOCKS: [i64; 5] = [0, -300, -1000, -2500, 1000];

/// What is remembered of one set.
pub struct Judge {
    /// The set as it is now.
    now: Observed,
    /// What changed last, the newest first, with what was there before.
    steps: VecDeque<Step>,
    /// Since when each action has been planned without a break.
    planned: BTreeMap<(What, String), (Timestamp, bool)>,
}

struct Step {
    kind: Kind,
    name: String,
    before: Option<Arc<Value>>,
}

/// What a judge says of an effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It would have been done here, too.
    Planned,
    /// It would not have been done.
    Unplanned,
    /// It would have been done otherwise: in these fields.
    Otherwise(Vec<String>),
    /// It would have been done, and was not.
    NotDone,
    /// Nothing can be said: too little is remembered.
    Unknown,
}

impl Verdict {
    /// Its name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Unplanned => "unplanned",
            Self::Otherwise(_) => "otherwise",
            Self::NotDone => "notDone",
            Self::Unknown => "unknown",
        }
    }
}

impl Judge {
    /// A judge that remembers nothing yet.
    pub fn new(observed: &Observed) -> Self {
        Self {
            now: observed.clone(),
            steps: VecDeque::new(),
            planned: BTreeMap::new(),
        }
    }

    /// The set, or something of it, has changed.
    pub fn moved_on(
        &mut self,
        (kind, key, before): (Kind, &Key, Option<Arc<Value>>),
        observed: &Observed,
        at: Timestamp,
        profile: &Profile,
    ) {
        let name = key.name.to_string();
        self.steps.push_front(Step { kind, name, before });
        self.steps.truncate(STATES + LAG);
        self.now = observed.clone();
        self.wait(observed, at, profile);
    }

    /// Time has passed: what is planned now?
    pub fn wait(&mut self, observed: &Observed, at: Timestamp, profile: &Profile) {
        let plan = decide(observed, at, profile);
        let mut planned = BTreeMap::new();
        for action in &plan.actions {
            if let Some(what) = What::of(action) {
                let key = (what, action.name.clone());
                let since = self.planned.get(&key).copied().unwrap_or((at, false));
                planned.insert(key, since);
            }
        }
        self.planned = planned;
    }

    /// What has been planned for so long and is not done; each is told once.
    pub fn overdue(&mut self, set: &Key, now: Timestamp, patience: Duration) -> Vec<Effect> {
        let mut overdue = Vec::new();
        for ((what, name), (since, is_told)) in &mut self.planned {
            if !*is_told && now.since(*since) > patience {
                *is_told = true;
                overdue.push(Effect {
                    set: set.clone(),
                    what: *what,
                    name: name.clone(),
                    object: Value::Null,
                    is_attributed: true,
                });
            }
        }
        overdue
    }

    /// Whether the effect is that of a plan on a state that the other controller may have seen.
    pub fn judge(&self, effect: &Effect, at: Timestamp, profile: &Profile) -> Verdict {
        if !self.is_of_the_set(effect) {
            return Verdict::Unknown;
        }
        let (mut best, mut trims): (Option<Verdict>, bool) = (None, false);
        let clocks = match self.now.set().min_ready_seconds() {
            0 => CLOCKS.get(..1).unwrap_or_default(),
            _ => &CLOCKS,
        };
        for observed in self.states() {
            for shift in clocks {
                let now = Timestamp::from_millis(at.millis().saturating_add(*shift));
                let plan = decide(&observed, now, profile);
                trims |= plan.actions.iter().any(|action| action.operation.is_trim());
                match verdict(effect, &plan, &observed) {
                    Verdict::Planned => return Verdict::Planned,
                    Verdict::Otherwise(fields) => {
                        best.get_or_insert(Verdict::Otherwise(fields));
                    }
                    _ => {}
                }
            }
        }
        // Of a set that has just come to be known the states before are not.
        let is_new = self.steps.is_empty() || (self.steps.len() < 3 && effect.what == What::UpdateStatus);
        let is_the_controllers = match effect.what {
            // Nothing says who deletes a revision. Where one was to go and another went, it was the controller.
            What::DeleteControllerRevision => trims && !self.is_terminating(),
            // A controller lets go of what the selector does not select; a person, of anything.
            What::ReleasePod => {
                let selector = self.now.set().selector();
                !selector.is_ok_and(|selector| selector.selects(&effect.object)) && !self.is_terminating()
            }
            What::AdoptControllerRevision | What::UpdatePersistentVolumeClaim => {
                effect.is_attributed && !self.is_terminating()
            }
            _ => true,
        };
        match is_the_controllers && !is_new {
            true => best.unwrap_or(Verdict::Unplanned),
            false => best.filter(|_| is_the_controllers).unwrap_or(Verdict::Unknown),
        }
    }

    /// Whether the set is on its way out, so that the garbage collector may be at work on what it owned.
    fn is_terminating(&self) -> bool {
        is_terminating(self.now.set().object())
    }

    /// Whether a claim is the set's: its name may be that of another one's claim, too.
    fn is_of_the_set(&self, effect: &Effect) -> bool {
        let is_claim = matches!(
            effect.what,
            What::CreatePersistentVolumeClaim | What::UpdatePersistentVolumeClaim
        );
        let before = effect.name.rsplit_once('-').map_or("", |(before, _)| before);
        let mut templates = self.now.set().claim_templates().iter();
        !is_claim || templates.any(|template| before == format!("{}-{}", template.name, effect.set.name))
    }

    /// The latest states, the newest first; then each with one kind lagging behind.
    fn states(&self) -> impl Iterator<Item = Observed> + '_ {
        let depth = self.steps.len().min(STATES);
        let straight = (0..=depth).map(|back| self.state(back, None));
        let lagging = (0..=depth).flat_map(move |back| {
            [
                Kind::Pod,
                Kind::StatefulSet,
                Kind::PersistentVolumeClaim,
                Kind::ControllerRevision,
            ]
            .into_iter()
            .flat_map(move |kind| (1..=LAG).map(move |lag| (back, Some((kind, lag)))))
        });
        let lagging = lagging.map(|(back, lag)| self.state(back, lag));
        straight.chain(lagging)
    }

    /// The state before the last `back` changes, and before some more of one kind.
    fn state(&self, back: usize, lag: Option<(Kind, usize)>) -> Observed {
        let mut observed = self.now.clone();
        let more = lag.map(|(kind, count)| {
            self.steps
                .iter()
                .skip(back)
                .filter(move |step| step.kind == kind)
                .take(count)
        });
        for step in self.steps.iter().take(back).chain(more.into_iter().flatten()) {
            match &step.before {
                // What could be read once can be read again.
                Some(object) => drop(observed.put(Arc::clone(object))),
                None => drop(observed.remove(step.kind, &step.name)),
            }
        }
        observed
    }

    /// A difference as a line, with an observation on which it can be decided again.
    pub fn report(
        &self,
        cache: &Cache,
        effect: &Effect,
        verdict: &Verdict,
        at: Timestamp,
        profile: &Profile,
    ) -> Value {
        let plan = decide(&self.now, at, profile);
        let observation = cache.observation(&effect.set, at);
        let mut report = json!({
            "time": at, "difference": verdict.name(), "set": effect.set.to_string(), "type": effect.what.name(),
            "name": effect.name, "seen": effect.object, "planned": plan, "kubernetes": profile.kubernetes(),
            "observation": observation});
        if let (Verdict::Otherwise(fields), Value::Object(report)) = (verdict, &mut report) {
            report.insert("fields".to_owned(), json!(fields));
        }
        report
    }
}

/// The core's decision; with the feature `wrong-on-purpose` another one.
fn decide(observed: &Observed, now: Timestamp, profile: &Profile) -> Plan {
    let plan = reconcile(observed, now, profile);
    #[cfg(feature = "wrong-on-purpose")]
    let plan = wrong(plan);
    plan
}

/// Counts one updated replica too many, and takes the wrong Pod in rolling updates.
#[cfg(feature = "wrong-on-purpose")]
fn wrong(mut plan: Plan) -> Plan {
    if let Some(status) = &mut plan.status {
        status.updated_replicas = status.updated_replicas.saturating_add(1);
    }
    for action in &mut plan.actions {
        if matches!(action.reason, steadfast_core::Reason::RollingUpdate { .. }) {
            action.name.push_str("-wrong");
        }
    }
    plan
}

fn verdict(effect: &Effect, plan: &Plan, observed: &Observed) -> Verdict {
    if effect.what == What::UpdateStatus {
        return status_verdict(effect, plan, observed);
    }
    let is_it = |action: &&Action| What::of(action) == Some(effect.what) && action.name == effect.name;
    let Some(action) = plan.actions.iter().find(is_it) else {
        return Verdict::Unplanned;
    };
    let Some(wanted) = action.operation.object() else {
        return Verdict::Planned;
    };
    let fields = match effect.what {
        What::CreatePod => vec![
            "/metadata/labels",
            "/metadata/ownerReferences",
            "/spec/hostname",
            "/spec/subdomain",
        ],
        What::UpdatePod => vec!["/metadata/labels"],
        What::UpdatePersistentVolumeClaim => vec!["/metadata/ownerReferences"],
        What::CreatePersistentVolumeClaim => vec!["/metadata/labels", "/spec/resources", "/spec/accessModes"],
        _ => vec![
            "/data",
            "/revision",
            "/metadata/labels",
            "/metadata/ownerReferences",
        ],
    };
    let differing: Vec<String> = fields
        .into_iter()
        .filter(|field| !is_within(wanted.pointer(field), effect.object.pointer(field)))
        .map(|field| field.trim_start_matches('/').replace('/', "."))
        .collect();
    match differing.is_empty() {
        true => Verdict::Planned,
        false => Verdict::Otherwise(differing),
    }
}

/// Some of the update pass's deletes may not have been made: each leaves `currentReplicas` one higher.
fn status_verdict(effect: &Effect, plan: &Plan, observed: &Observed) -> Verdict {
    let Some(planned) = &plan.status else {
        return Verdict::Unplanned;
    };
    let mut with_seen = observed.set().object().clone();
    if let (Value::Object(set), Some(status)) = (&mut with_seen, effect.object.get("status")) {
        set.insert("status".to_owned(), status.clone());
    }
    let Ok(seen) = Observed::of_set(with_seen) else {
        return Verdict::Unknown;
    };
    let seen = seen.set().status();
    let mut planned = planned.clone();
    // An API server leaves a count of collisions as it was where none is sent; upstream compares it with nothing.
    planned.collision_count = seen.collision_count;
    let undone = seen.current_replicas.saturating_sub(planned.current_replicas);
    let deletes = plan
        .actions
        .iter()
        .filter(|action| What::of(action) == Some(What::DeletePod))
        .count();
    if undone > 0 && usize::try_from(undone).is_ok_and(|undone| undone <= deletes) {
        planned.current_replicas = seen.current_replicas;
    }
    match planned == *seen {
        true => Verdict::Planned,
        false => Verdict::Unplanned,
    }
}

/// Whether all that is wanted is there: an API server adds to what it is given, and so may admission.
fn is_within(wanted: Option<&Value>, found: Option<&Value>) -> bool {
    match (wanted, found) {
        (None | Some(Value::Null), _) => true,
        (Some(Value::Object(wanted)), Some(Value::Object(found))) => wanted
            .iter()
            .all(|(key, value)| is_within(Some(value), found.get(key))),
        (Some(Value::Array(wanted)), Some(Value::Array(found))) => {
            wanted.len() == found.len()
                && wanted
                    .iter()
                    .zip(found)
                    .all(|(wanted, found)| is_within(Some(wanted), Some(found)))
        }
        (wanted, found) => wanted == found,
    }
}

#[cfg(test)]
mod tests;
