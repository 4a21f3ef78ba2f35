//! The claimed Pods, sorted into those in range and those that are condemned, each judged once.
//!
//! Source: `stateful_set_control.go`, the first half of `updateStatefulSet`.

use super::Call;
use super::ownership::Claimed;
use super::replicas::are_claims_settled;
use crate::health;
use crate::observed::{Facts, Pod};

/// The Pods of a set by what is to become of them.
pub(super) struct Partition<'a> {
    /// Those in range, by ordinal; ordinals without a Pod are simply not here. Where all are at rest they are counted and
    /// not listed: no pass has anything to do for one of them.
    pub replicas: Vec<Judged<'a>>,
    /// How many are in range.
    present: usize,
    /// Those out of range, from the highest ordinal down.
    pub condemned: Vec<Judged<'a>>,
    /// Who is the first, counting up, that is not available, be it that its Pod is missing.
    pub first_unavailable: FirstUnavailable<'a>,
    /// How many of those in range are what.
    pub tally: Tally,
}

/// How many Pods are what: counted once, for all passes.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub created: usize,
    pub ready: usize,
    pub available: usize,
    pub current: usize,
    pub updated: usize,
    unavailable: usize,
    settled: usize,
    /// Made from the update revision, terminating or not.
    new: usize,
    /// Pods in a row that are the same, and how many they are: what is not counted yet.
    run: (u8, usize),
}

/// A Pod and what every pass asks of it: two words, of which every decision makes one for every Pod.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a> {
    pub pod: &'a Pod,
    answers: u8,
}

/// What a decision takes over from the facts of a Pod, and what it adds in the place of the others.
const TAKEN: u8 = !(CURRENT | UPDATED);
const CURRENT: u8 = Facts::OWN;
const UPDATED: u8 = Facts::OWN_BY_WHOLE;

/// The first Pod that is unavailable: replicas count before condemned ones.
#[derive(Clone, Copy)]
pub(super) enum FirstUnavailable<'a> {
    /// All are available.
    None,
    /// The Pod of this ordinal is missing.
    Missing(u64),
    /// This one.
    Pod(Judged<'a>),
}

/// One place of the range, with the Pod if there is one.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    pub ordinal: u64,
    pub judged: Option<Judged<'a>>,
}

impl<'a> Partition<'a> {
    /// `pods` come in order of ordinals and names. Of two Pods with one ordinal (`web-1`, `web-01`) the last has the
    /// place and the other is left alone; a Pod whose digits are no ordinal has none.
    pub fn of(call: &Call<'a>, pods: &Claimed<'a>) -> Self {
        if let Claimed::All(observed) = pods
            && let Some(tally) = Tally::at_rest(call)
        {
            return Self {
                replicas: Vec::new(),
                present: observed.pod_count(),
                condemned: Vec::new(),
                first_unavailable: FirstUnavailable::None,
                tally,
            };
        }
        let pods = pods.list();
        let set = call.observed.set();
        let range = set.start()..set.end();
        let mut replicas: Vec<Judged<'a>> = Vec::with_capacity(pods.len());
        let mut condemned = Vec::new();
        let (mut tally, mut last, mut has_twins) = (Tally::default(), None, false);
        for pod in pods.iter() {
            let Some(ordinal) = pod.ordinal() else { continue };
            let judged = Judged::of(call, pod);
            if !range.contains(&ordinal) {
                condemned.push(judged);
                continue;
            }
            if last == Some(ordinal) {
                replicas.pop();
                has_twins = true;
            }
            last = Some(ordinal);
            tally.count(&judged);
            replicas.push(judged);
        }
        let tally = match has_twins {
            true => Tally::default().with(&replicas),
            false => tally.counted(),
        };
        // Pods that share an ordinal stay in the order of their names.
        condemned.sort_unstable_by_key(|judged| (std::cmp::Reverse(judged.ordinal()), judged.name()));
        let mut partition = Self {
            tally,
            present: replicas.len(),
            replicas,
            condemned,
            first_unavailable: FirstUnavailable::None,
        };
        partition.first_unavailable = partition.find_unavailable(call, range);
        partition
    }

    /// Whether every place of the range has its Pod.
    pub fn is_whole(&self, call: &Call<'_>) -> bool {
        u64::try_from(self.present).is_ok_and(|present| present == call.observed.set().replicas())
    }

    /// Whether all Pods in range are settled.
    pub fn is_settled(&self) -> bool {
        self.tally.settled == self.present
    }

    /// Whether all Pods in range are made from the update revision.
    pub fn is_updated(&self) -> bool {
        self.tally.new == self.present
    }

    /// Every place of the range, upwards.
    pub fn slots<'s>(&'s self, call: &Call<'_>) -> impl Iterator<Item = Slot<'a>> + use<'a, 's> {
        let start = call.observed.set().start();
        let mut rest = self.replicas.as_slice();
        (start..start + call.observed.set().replicas()).map(move |ordinal| match rest.split_first() {
            Some((judged, later)) if judged.ordinal() == ordinal => {
                rest = later;
                Slot {
                    ordinal,
                    judged: Some(*judged),
                }
            }
            _ => Slot {
                ordinal,
                judged: None,
            },
        })
    }

    fn find_unavailable(&self, call: &Call<'_>, range: std::ops::Range<u64>) -> FirstUnavailable<'a> {
        let mut expected = range;
        if self.tally.unavailable > 0 || !self.is_whole(call) {
            for judged in &self.replicas {
                match expected.next() {
                    Some(ordinal) if ordinal != judged.ordinal() => {
                        return FirstUnavailable::Missing(ordinal);
                    }
                    _ if judged.is_unavailable() => return FirstUnavailable::Pod(*judged),
                    _ => {}
                }
            }
            if let Some(ordinal) = expected.next() {
                return FirstUnavailable::Missing(ordinal);
            }
        }
        let condemned = self.condemned.iter().rfind(|judged| judged.is_unavailable());
        condemned.map_or(FirstUnavailable::None, |judged| FirstUnavailable::Pod(*judged))
    }
}

impl Tally {
    /// The counts of all Pods where every place has its Pod, each is settled and new, and no claim is to be corrected: the most
    /// frequent of all decisions, for which no Pod is looked at twice.
    fn at_rest(call: &Call<'_>) -> Option<Self> {
        let (observed, set) = (call.observed, call.observed.set());
        let pods = observed.pod_count();
        if call.asks_more_of_available
            || u64::try_from(pods) != Ok(set.replicas())
            || !are_claims_settled(call)
        {
            return None;
        }
        // Pods come in order of their ordinals, and no two that are settled have one: so many of them as there are places have
        // them all where the first and the last are in the range. What is asked of every Pod stands beside the loop, not in
        // memory: it is the longest part of this decision.
        let update = call.update;
        let (are_at_rest, last) = observed.pods().fold((true, None), |(are_at_rest, _), pod| {
            let Facts { revision_ends, .. } = pod.facts;
            let is_at_rest =
                pod.facts.has(Facts::SETTLED) && revision_ends.are_of_same(&pod.revision, update);
            (are_at_rest && is_at_rest, Some(pod))
        });
        let range = set.start()..set.end();
        let is_in_range = |pod: &Pod| pod.ordinal().is_some_and(|ordinal| range.contains(&ordinal));
        let are_at_rest = are_at_rest && observed.pods().next().into_iter().chain(last).all(is_in_range);
        // They are all alike.
        let answers = observed
            .pods()
            .next()
            .map_or(0, |pod| Judged::of(call, pod).answers);
        let counted = Self {
            run: (answers, pods),
            ..Self::default()
        };
        are_at_rest.then(|| counted.counted())
    }

    /// The counts of these, and of those that are in `self` already.
    pub fn with(mut self, pods: &[Judged<'_>]) -> Self {
        for judged in pods {
            self.count(judged);
        }
        self.counted()
    }

    // Most Pods are what their neighbours are.
    #[inline(always)]
    pub fn count(&mut self, judged: &Judged<'_>) {
        if self.run.0 != judged.answers {
            *self = self.counted();
            self.run.0 = judged.answers;
        }
        self.run.1 += 1;
    }

    /// The same with nothing that is not counted yet.
    pub fn counted(mut self) -> Self {
        let (answers, pods) = std::mem::take(&mut self.run);
        let count = |counter: &mut usize, bits: u8| {
            if answers & bits == bits {
                *counter += pods;
            }
        };
        count(&mut self.created, Facts::CREATED);
        count(&mut self.ready, Facts::RUNNING_AND_READY);
        count(&mut self.available, Facts::RUNNING_AND_READY | Facts::AVAILABLE);
        count(&mut self.unavailable, Facts::UNAVAILABLE);
        count(&mut self.settled, Facts::SETTLED);
        count(&mut self.new, UPDATED);
        if answers & Facts::TERMINATING == 0 {
            count(&mut self.current, Facts::CREATED | CURRENT);
            count(&mut self.updated, Facts::CREATED | UPDATED);
        }
        self
    }
}

impl<'a> Judged<'a> {
    // Of every Pod in every decision: a module that is built for size would make a call of it.
    #[inline(always)]
    pub fn of(call: &Call<'_>, pod: &'a Pod) -> Self {
        let facts = pod.facts.among(TAKEN);
        let facts = match call.asks_more_of_available {
            true => timed(call, pod, facts),
            false => facts,
        };
        let is_updated = is_new(call, pod);
        let is_current = match call.is_updating {
            true => !is_updated && pod.facts.revision_ends.are_of_same(&pod.revision, call.current),
            false => is_updated,
        };
        Self {
            pod,
            answers: facts | bit(is_current, CURRENT) | bit(is_updated, UPDATED),
        }
    }

    /// The ordinal that its name speaks of; 0 where there is none.
    pub fn ordinal(&self) -> u64 {
        self.pod.ordinal().unwrap_or_default()
    }

    pub fn is_running_and_ready(&self) -> bool {
        self.answers & Facts::RUNNING_AND_READY != 0
    }

    pub fn is_available(&self) -> bool {
        self.answers & Facts::AVAILABLE != 0
    }

    /// What the first-unavailable rule and the budget of an update count.
    pub fn is_unavailable(&self) -> bool {
        self.answers & Facts::UNAVAILABLE != 0
    }

    /// It was made from the update revision.
    pub fn is_updated(&self) -> bool {
        self.answers & UPDATED != 0
    }

    /// It runs, is available and is what the set asks for: unless its claims are not, nothing is to be done for it.
    pub fn is_settled(&self) -> bool {
        self.answers & Facts::SETTLED != 0
    }

    /// True where upstream counts the Pod as there: it has a phase.
    pub fn is_created(&self) -> bool {
        self.answers & Facts::CREATED != 0
    }

    pub fn name(&self) -> &'a str {
        self.pod.name()
    }

    /// The UID, where the API server has given it one.
    pub fn uid(&self) -> Option<String> {
        Some(self.pod.metadata.uid.to_string()).filter(|uid| !uid.is_empty())
    }
}

/// The facts where being available takes more than being ready, or being unavailable less than not being available.
fn timed(call: &Call<'_>, pod: &Pod, facts: u8) -> u8 {
    let min_ready = call.observed.set().spec.min_ready_seconds;
    let is_available = health::is_available(pod, min_ready, call.now, call.profile);
    let is_unavailable = health::is_unavailable(pod, is_available, call.unhealthy_is_unavailable);
    let is_settled = facts & Facts::SETTLED != 0 && is_available;
    facts & !(Facts::AVAILABLE | Facts::UNAVAILABLE | Facts::SETTLED)
        | bit(is_available, Facts::AVAILABLE)
        | bit(is_unavailable, Facts::UNAVAILABLE)
        | bit(is_settled, Facts::SETTLED)
}

/// Whether the Pod is made from the update revision.
#[inline(always)]
fn is_new(call: &Call<'_>, pod: &Pod) -> bool {
    pod.facts.revision_ends.are_of_same(&pod.revision, call.update)
}

fn bit(is_so: bool, bit: u8) -> u8 {
    u8::from(is_so) * bit
}
