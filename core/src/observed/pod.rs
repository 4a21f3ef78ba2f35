//! A Pod as it was read: a few words for decisions, the object for what must be written.

use serde_json::Value;

use super::Object;
use super::metadata::{Ends, Metadata};
use super::standing::Standing;
use crate::identity::{POD_NAME_LABEL, REVISION_LABEL, membership, split_canonical};
use crate::json::{Faults, Field};
use crate::owner::Claim;
use crate::{Cause, Timestamp};

/// A Pod, parsed once.
#[derive(Clone, Debug)]
pub struct Pod {
    pub(crate) object: Object,
    pub(crate) metadata: Metadata,
    parent: Option<u32>,
    /// The name is what its parent and ordinal would generate, and the label with it is right.
    pub(crate) has_identity: bool,
    pub(crate) status: PodStatus,
    pub(crate) revision: Box<str>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) standing: Standing,
    pub(crate) facts: Facts,
}

/// What every decision asks of every Pod: found out when the Pod or its set changes, and kept in one place, since a decision
/// about many Pods takes as long as their memory takes to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// The ordinal that the name speaks of.
    pub ordinal: Option<u32>,
    /// Of the revision's name.
    pub revision_ends: Ends,
    /// A bit for each answer below. What depends on time or on the Kubernetes version is answered for most sets: where
    /// minReadySeconds is 0, and availability is all that counts.
    bits: u8,
}

impl Facts {
    /// Phase Running and condition Ready.
    pub const RUNNING_AND_READY: u8 = 1;
    /// The condition Ready is true.
    pub const AVAILABLE: u8 = 1 << 1;
    /// Not available, or terminating.
    pub const UNAVAILABLE: u8 = 1 << 2;
    /// Running and ready, not terminating, with the identity and the volumes that the set asks for.
    pub const SETTLED: u8 = 1 << 3;
    /// It has a phase: for upstream it has been created.
    pub const CREATED: u8 = 1 << 4;
    pub const TERMINATING: u8 = 1 << 5;
    /// The set controls it, and it has the name and the labels for that; an owner is known by its UID.
    pub const OWN: u8 = 1 << 6;
    /// The same where the owner's kind and name count too.
    pub const OWN_BY_WHOLE: u8 = 1 << 7;

    fn of(pod: &Pod) -> Self {
        let PodStatus { phase, is_ready, .. } = pod.status;
        let runs = is_ready && phase == Phase::Running;
        let is_terminating = pod.is_terminating();
        let owns = |whole| pod.standing.is_match() && matches!(pod.standing.claim(whole), Claim::Owned);
        let bit = |is_so: bool, bit: u8| u8::from(is_so) * bit;
        Self {
            bits: bit(runs, Self::RUNNING_AND_READY)
                | bit(is_ready, Self::AVAILABLE)
                | bit(!is_ready || is_terminating, Self::UNAVAILABLE)
                | bit(runs && !is_terminating && pod.is_as_asked(), Self::SETTLED)
                | bit(phase != Phase::Absent, Self::CREATED)
                | bit(is_terminating, Self::TERMINATING)
                | bit(owns(false), Self::OWN)
                | bit(owns(true), Self::OWN_BY_WHOLE),
            ..pod.facts
        }
    }

    pub const fn has(self, bit: u8) -> bool {
        self.bits & bit != 0
    }

    /// Those of these bits that are set.
    pub const fn among(self, bits: u8) -> u8 {
        self.bits & bits
    }
}

/// What is read of a Pod's status.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PodStatus {
    pub phase: Phase,
    pub is_ready: bool,
    pub ready_since: Option<Timestamp>,
}

/// `status.phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// None: for upstream such a Pod has not been created.
    Absent,
    /// Accepted, not all containers have run.
    Pending,
    /// At least one container runs.
    Running,
    /// All containers ended well.
    Succeeded,
    /// All containers ended, one badly.
    Failed,
    /// Anything else, `Unknown` among them.
    Unknown,
}

/// A volume, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Volume {
    pub name: Box<str>,
    /// The claim's name, split as it would be generated: what stands before the ordinal, and the ordinal.
    pub claim: Option<(Box<str>, u64)>,
}

impl Pod {
    /// The object as it was read.
    pub fn object(&self) -> &Value {
        self.object.whole()
    }

    /// The same object, to be kept by another without a copy.
    pub fn shared(&self) -> Object {
        self.object.clone()
    }

    /// Name, UID, labels, owners.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The name of the set that the Pod's name speaks of.
    pub fn parent(&self) -> Option<&str> {
        self.parent
            .and_then(|length| self.metadata.name.get(..length as usize))
    }

    /// The ordinal that the Pod's name speaks of.
    pub fn ordinal(&self) -> Option<u64> {
        self.facts.ordinal.map(u64::from)
    }

    /// `status.phase`.
    pub fn phase(&self) -> Phase {
        self.status.phase
    }

    /// The name of the revision that it was made from; empty where its label is absent.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// True where the condition Ready is.
    pub fn is_ready(&self) -> bool {
        self.status.is_ready
    }

    /// Since when the condition Ready is what it is.
    pub fn ready_since(&self) -> Option<Timestamp> {
        self.status.ready_since
    }

    /// True where the Pod is terminating.
    pub fn is_terminating(&self) -> bool {
        self.metadata.is_terminating()
    }

    /// True where its identity and its volumes are the set's.
    fn is_as_asked(&self) -> bool {
        self.has_identity && self.standing.has_volumes
    }

    /// Reads a later state of the Pod whose metadata has not changed: the status, and of the spec what is read of one. True
    /// where that is not what it was.
    pub(crate) fn renew(&mut self, object: Object, has_other_spec: bool) -> Result<bool, Vec<Cause>> {
        let faults = Faults::default();
        let status = PodStatus::parse(&Field::of(&object, "status", &faults));
        let volumes = has_other_spec.then(|| Volume::list(&Field::of(&object, "spec", &faults)));
        let (status, volumes) = faults.or((status, volumes))?;
        let is_news = self.status.decisive() != status.decisive()
            || volumes.as_ref().is_some_and(|new| *new != self.volumes);
        self.status = status;
        if let Some(volumes) = volumes {
            self.volumes = volumes;
        }
        self.object = object;
        self.facts = Facts::of(self);
        Ok(is_news)
    }

    /// The set or the Pod has changed: this is what they are to each other from now on.
    pub(crate) fn stand(&mut self, standing: Standing) {
        self.standing = standing;
        self.facts = Facts::of(self);
    }

    pub(crate) fn parse(object: Object) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let field = |name| Field::of(&object, name, &faults);
        let spec = field("spec");
        let metadata = Metadata::parse(&field("metadata"));
        let status = PodStatus::parse(&field("status"));
        let member = membership(&metadata.name);
        let revision = metadata.labels.value(REVISION_LABEL).unwrap_or_default();
        let pod = Self {
            // A parent after a line break would begin elsewhere; such names match no set here or upstream.
            parent: member.and_then(|m| {
                metadata
                    .name
                    .starts_with(m.parent)
                    .then(|| u32::try_from(m.parent.len()).ok())?
            }),
            has_identity: split_canonical(&metadata.name).is_some()
                && metadata.labels.value(POD_NAME_LABEL) == Some(&metadata.name),
            status,
            revision: revision.into(),
            volumes: Volume::list(&spec),
            standing: Standing::UNKNOWN,
            facts: Facts {
                ordinal: member
                    .and_then(|m| m.ordinal)
                    .and_then(|o| u32::try_from(o.number()).ok()),
                revision_ends: Ends::of(revision),
                bits: 0,
            },
            metadata,
            object: object.clone(),
        };
        faults.or(pod)
    }
}

impl PodStatus {
    /// What decisions read of it: since when a Pod is not ready is not asked.
    fn decisive(&self) -> (Phase, bool, Option<Timestamp>) {
        let ready_since = self.ready_since.filter(|_| self.is_ready);
        (self.phase, self.is_ready, ready_since)
    }

    fn parse(status: &Field<'_>) -> Self {
        let (conditions, phase) = (status.key("conditions"), status.key("phase"));
        // Only the first condition of a type counts (`GetPodConditionFromList`).
        let ready = conditions
            .items()
            .find(|condition| condition.key("type").string() == Some("Ready"));
        Self {
            phase: Phase::of(phase.string().unwrap_or_default()),
            is_ready: ready
                .as_ref()
                .is_some_and(|r| r.key("status").string() == Some("True")),
            ready_since: ready.as_ref().and_then(|r| r.key("lastTransitionTime").time()),
        }
    }
}

impl Phase {
    fn of(text: &str) -> Self {
        match text {
            "" => Self::Absent,
            "Pending" => Self::Pending,
            "Running" => Self::Running,
            "Succeeded" => Self::Succeeded,
            "Failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }

    /// The phase as `kubectl get` shows it; empty where there is none.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "",
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }
}

impl Volume {
    fn list(spec: &Field<'_>) -> Vec<Self> {
        let volumes = spec.key("volumes");
        volumes.items().map(|volume| Self::parse(&volume)).collect()
    }

    fn parse(volume: &Field<'_>) -> Self {
        let source = volume.key("persistentVolumeClaim");
        let claim = source.key("claimName").string();
        Self {
            name: volume.key("name").string().unwrap_or_default().into(),
            claim: claim
                .and_then(split_canonical)
                .map(|(prefix, ordinal)| (prefix.into(), ordinal)),
        }
    }
}
