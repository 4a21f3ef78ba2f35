//! The claimed Pods, sorted into those in range and those that are condemned, each judged once.
//!
//! Source: `stateful_set_control.go`, the first half of `updateStatefulSet`.

use super::Call;
use crate::health;
use crate::observed::{Phase, Pod};

/// The Pods of a set by what is to become of them.
pub(super) struct Partition<'a> {
    /// Those in range, by ordinal; ordinals without a Pod are simply not here.
    pub replicas: Vec<Judged<'a>>,
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
    pub created: i32,
    pub ready: i32,
    pub available: i32,
    pub current: i32,
    pub updated: i32,
    unavailable: usize,
    settled: usize,
    /// Made from the update revision, terminating or not.
    new: usize,
}

/// A Pod and what every pass asks of it: two words, of which every decision makes one for every Pod.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a> {
    pub pod: &'a Pod,
    answers: u8,
}

const RUNNING_AND_READY: u8 = 1;
const AVAILABLE: u8 = 1 << 1;
const UNAVAILABLE: u8 = 1 << 2;
const CURRENT: u8 = 1 << 3;
const UPDATED: u8 = 1 << 4;
const SETTLED: u8 = 1 << 5;

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
    pub fn of(call: &Call<'a>, pods: &[&'a Pod]) -> Self {
        let set = call.observed.set();
        let range = set.start()..set.end();
        let mut replicas: Vec<Judged<'a>> = Vec::with_capacity(pods.len());
        let mut condemned = Vec::new();
        let (mut tally, mut last, mut has_twins) = (Tally::default(), None, false);
        for pod in pods {
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
        if has_twins {
            tally = Tally::of(&replicas);
        }
        // Pods that share an ordinal stay in the order of their names.
        condemned.sort_unstable_by_key(|judged| (std::cmp::Reverse(judged.ordinal()), judged.name()));
        let mut partition = Self {
            tally,
            replicas,
            condemned,
            first_unavailable: FirstUnavailable::None,
        };
        partition.first_unavailable = partition.find_unavailable(call, range);
        partition
    }

    /// Whether every place of the range has its Pod.
    pub fn is_whole(&self, call: &Call<'_>) -> bool {
        u64::try_from(self.replicas.len()).is_ok_and(|present| present == call.observed.set().replicas())
    }

    /// Whether all Pods in range are settled.
    pub fn is_settled(&self) -> bool {
        self.tally.settled == self.replicas.len()
    }

    /// Whether all Pods in range are made from the update revision.
    pub fn is_updated(&self) -> bool {
        self.tally.new == self.replicas.len()
    }

    /// Every place of the range, upwards.
    pub fn slots(&self, call: &Call<'a>) -> impl Iterator<Item = Slot<'a>> + use<'a, '_> {
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
    pub fn of(pods: &[Judged<'_>]) -> Self {
        let mut tally = Self::default();
        tally.add(pods);
        tally
    }

    pub fn add(&mut self, pods: &[Judged<'_>]) {
        for judged in pods {
            self.count(judged);
        }
    }

    #[inline(always)]
    fn count(&mut self, judged: &Judged<'_>) {
        let is_here = judged.is_created() && !judged.pod.is_terminating();
        self.created += i32::from(judged.is_created());
        self.ready += i32::from(judged.is_running_and_ready());
        self.available += i32::from(judged.is_running_and_ready() && judged.is_available());
        self.current += i32::from(is_here && judged.is_current());
        self.updated += i32::from(is_here && judged.is_updated());
        self.unavailable += usize::from(judged.is_unavailable());
        self.settled += usize::from(judged.is_settled());
        self.new += usize::from(judged.is_updated());
    }
}

impl<'a> Judged<'a> {
    // Of every Pod in every decision: a module that is built for size would make a call of it.
    #[inline(always)]
    pub fn of(call: &Call<'_>, pod: &'a Pod) -> Self {
        let min_ready = call.observed.set().spec.min_ready_seconds;
        let is_ready = health::is_running_and_ready(pod);
        let is_available = match min_ready {
            0 => pod.status.is_ready,
            _ => health::is_available(pod, min_ready, call.now, call.profile),
        };
        let is_updated = pod.revision_ends.are_of_same(&pod.revision, call.update);
        let is_current = match call.is_updating {
            true => pod.revision_ends.are_of_same(&pod.revision, call.current),
            false => is_updated,
        };
        let is_settled = is_ready && is_available && !pod.is_terminating() && pod.is_as_asked();
        let answer = |is_so: bool, bit: u8| u8::from(is_so) * bit;
        Self {
            pod,
            answers: answer(is_ready, RUNNING_AND_READY)
                | answer(is_available, AVAILABLE)
                | answer(
                    health::is_unavailable(pod, is_available, call.profile),
                    UNAVAILABLE,
                )
                | answer(is_current, CURRENT)
                | answer(is_updated, UPDATED)
                | answer(is_settled, SETTLED),
        }
    }

    /// The ordinal that its name speaks of; 0 where there is none.
    pub fn ordinal(&self) -> u64 {
        self.pod.ordinal().unwrap_or_default()
    }

    pub fn is_running_and_ready(&self) -> bool {
        self.answers & RUNNING_AND_READY != 0
    }

    pub fn is_available(&self) -> bool {
        self.answers & AVAILABLE != 0
    }

    /// What the first-unavailable rule and the budget of an update count.
    pub fn is_unavailable(&self) -> bool {
        self.answers & UNAVAILABLE != 0
    }

    /// It was made from the current revision.
    pub fn is_current(&self) -> bool {
        self.answers & CURRENT != 0
    }

    /// It was made from the update revision.
    pub fn is_updated(&self) -> bool {
        self.answers & UPDATED != 0
    }

    /// It runs, is available and is what the set asks for: unless its claims are not, nothing is to be done for it.
    pub fn is_settled(&self) -> bool {
        self.answers & SETTLED != 0
    }

    /// True where upstream counts the Pod as there: it has a phase.
    pub fn is_created(&self) -> bool {
        self.pod.status.phase != Phase::Absent
    }

    pub fn name(&self) -> &'a str {
        self.pod.name()
    }

    /// The UID, where the API server has given it one.
    pub fn uid(&self) -> Option<String> {
        Some(self.pod.metadata.uid.to_string()).filter(|uid| !uid.is_empty())
    }
}
