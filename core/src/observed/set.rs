//! The StatefulSet as it was read.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::Object;
use super::metadata::{Metadata, namespace_of};
use super::selector::Selector;
use crate::json::{Faults, Field};
use crate::revision::RevisionData;
use crate::{Cause, Profile, Status};

/// A StatefulSet, parsed once: what decisions read is typed, the rest stays as it came.
#[derive(Clone, Debug)]
pub struct StatefulSet {
    pub(crate) object: Object,
    pub(crate) metadata: Metadata,
    pub(crate) namespace: Box<str>,
    pub(crate) generation: i64,
    pub(crate) spec: Arc<Spec>,
    pub(crate) status: Status,
}

/// What is read of a set's spec; the states of a set between which its spec does not change share it.
#[derive(Debug)]
pub(crate) struct Spec {
    pub replicas: u64,
    pub start: u64,
    pub selector: Result<Selector, String>,
    pub policy: PodManagementPolicy,
    pub strategy: UpdateStrategy,
    pub min_ready_seconds: i64,
    pub history_limit: i64,
    pub retention: Retention,
    pub claim_templates: Vec<ClaimTemplate>,
    revision_data: OnceLock<RevisionData>,
}

/// `spec.podManagementPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodManagementPolicy {
    /// One Pod after the other; also what upstream makes of a policy that it does not know.
    OrderedReady,
    /// All Pods at once.
    Parallel,
}

/// `spec.updateStrategy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateStrategy {
    /// Its type.
    pub kind: StrategyType,
    /// `rollingUpdate`, where it is present.
    pub rolling: Option<RollingUpdate>,
}

/// `spec.updateStrategy.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrategyType {
    /// The controller replaces Pods from the highest ordinal down.
    RollingUpdate,
    /// A person deletes Pods, the controller makes them anew.
    OnDelete,
    /// All old Pods go before the first new one comes (KEP-3541).
    Recreate,
    /// A type that no version knows; it is treated much as RollingUpdate.
    Unknown,
}

/// `spec.updateStrategy.rollingUpdate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollingUpdate {
    /// Ordinals below start + partition keep the current revision.
    pub partition: u64,
    /// How many Pods may be unavailable, where it is given.
    pub max_unavailable: Option<IntOrPercent>,
}

/// A number, or text that should be a percentage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntOrPercent {
    /// A number of Pods.
    Int(i64),
    /// Such as `25%`.
    Text(String),
}

/// `spec.persistentVolumeClaimRetentionPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// What becomes of claims when the set is deleted.
    pub when_deleted: RetentionPolicy,
    /// What becomes of claims when their ordinal goes out of range.
    pub when_scaled: RetentionPolicy,
}

/// One side of the retention policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionPolicy {
    /// Claims stay.
    Retain,
    /// Claims go.
    Delete,
}

/// One of `spec.volumeClaimTemplates`.
#[derive(Clone, Debug)]
pub struct ClaimTemplate {
    /// `metadata.name`.
    pub name: Box<str>,
    pub(crate) index: usize,
}

impl StatefulSet {
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

    /// `metadata.namespace`, or `default`.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// `spec.replicas`.
    pub fn replicas(&self) -> u64 {
        self.spec.replicas
    }

    /// `spec.ordinals.start`, or 0.
    pub fn start(&self) -> u64 {
        self.spec.start
    }

    /// The first ordinal after the range, `start + replicas`.
    pub fn end(&self) -> u64 {
        self.spec.start + self.spec.replicas
    }

    /// `spec.podManagementPolicy`.
    pub fn policy(&self) -> PodManagementPolicy {
        self.spec.policy
    }

    /// `spec.updateStrategy`.
    pub fn strategy(&self) -> &UpdateStrategy {
        &self.spec.strategy
    }

    /// `spec.minReadySeconds`, or 0.
    pub fn min_ready_seconds(&self) -> i64 {
        self.spec.min_ready_seconds
    }

    /// `spec.persistentVolumeClaimRetentionPolicy`, or Retain for both.
    pub fn retention(&self) -> Retention {
        self.spec.retention
    }

    /// `spec.volumeClaimTemplates`.
    pub fn claim_templates(&self) -> &[ClaimTemplate] {
        &self.spec.claim_templates
    }

    /// `spec.serviceName`; empty where there is none.
    pub fn service_name(&self) -> &str {
        self.spec_field("serviceName")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// `status` as it was observed.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// `spec.selector`, or why upstream cannot use it.
    pub fn selector(&self) -> Result<&Selector, &str> {
        self.spec.selector.as_ref().map_err(String::as_str)
    }

    /// `spec.template`.
    pub fn template(&self) -> &Value {
        self.spec_field("template").unwrap_or(&Value::Null)
    }

    /// What the template amounts to as a revision. It takes longer than all else that is read of a set, and not every decision
    /// asks for it.
    pub(crate) fn revision_data(&self, profile: &Profile) -> Cow<'_, RevisionData> {
        if profile.writes_null_creation_timestamp() {
            return Cow::Owned(RevisionData::of_template(self.template(), true));
        }
        let data = &self.spec.revision_data;
        Cow::Borrowed(data.get_or_init(|| RevisionData::of_template(self.template(), false)))
    }

    /// The name that the revision of the template gets, unless it is taken.
    #[cfg(feature = "validation")]
    pub(crate) fn revision_name(&self, profile: &Profile) -> String {
        let collisions = self.status.collision_count.unwrap_or(0);
        crate::revision_name(self.name(), &self.revision_data(profile).hash(collisions))
    }

    pub(crate) fn claim_template(&self, template: &ClaimTemplate) -> &Value {
        let templates = self.spec_field("volumeClaimTemplates");
        templates
            .and_then(|templates| templates.get(template.index))
            .unwrap_or(&Value::Null)
    }

    pub(crate) fn match_labels(&self) -> Option<&Map<String, Value>> {
        self.spec_field("selector")?.get("matchLabels")?.as_object()
    }

    pub(crate) fn annotations(&self) -> Option<&Map<String, Value>> {
        self.object.field("metadata")?.get("annotations")?.as_object()
    }

    fn spec_field(&self, key: &str) -> Option<&Value> {
        self.object.field("spec")?.get(key)
    }

    /// Reads the status of a later state of the set of which nothing else has changed.
    pub(crate) fn renew(&mut self, object: &Object) -> Result<(), Vec<Cause>> {
        let faults = Faults::default();
        let status = parse_status(&Field::of(object, "status", &faults));
        self.status = faults.or(status)?;
        self.object = object.clone();
        Ok(())
    }

    /// Reads the set; of a spec that is the one of `before`, which changes seldom, nothing need be read again.
    pub(crate) fn parse(object: Object, before: Option<&Self>) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let field = |name| Field::of(&object, name, &faults);
        let (meta, spec, status) = (field("metadata"), field("spec"), field("status"));
        let metadata = Metadata::parse(&meta);
        if metadata.uid.is_empty() {
            meta.key("uid").required();
        }
        let is_as_before = |before: &&Self| {
            before.object.shares("spec", &object) || before.object.field("spec") == object.field("spec")
        };
        let set = Self {
            namespace: namespace_of(&object).into(),
            generation: meta.key("generation").i64().unwrap_or(0),
            spec: match before.filter(is_as_before) {
                Some(before) => Arc::clone(&before.spec),
                None => Arc::new(Spec::parse(&spec)),
            },
            status: parse_status(&status),
            metadata,
            object: object.clone(),
        };
        faults.or(set)
    }
}

impl Spec {
    fn parse(spec: &Field<'_>) -> Self {
        for key in ["replicas", "selector", "template"] {
            if !spec.key(key).is_present() {
                spec.key(key).required();
            }
        }
        let template = spec.key("template");
        let selector = Selector::parse(&spec.key("selector"));
        check_template(&template);
        Self {
            replicas: unsigned(spec.key("replicas").count()),
            start: unsigned(spec.key("ordinals").key("start").count()),
            selector,
            policy: match spec.key("podManagementPolicy").string() {
                Some("Parallel") => PodManagementPolicy::Parallel,
                _ => PodManagementPolicy::OrderedReady,
            },
            strategy: UpdateStrategy::parse(&spec.key("updateStrategy")),
            min_ready_seconds: i64::from(spec.key("minReadySeconds").count().unwrap_or(0)),
            history_limit: i64::from(spec.key("revisionHistoryLimit").i32().unwrap_or(10)),
            retention: Retention::parse(&spec.key("persistentVolumeClaimRetentionPolicy")),
            claim_templates: claim_templates(&spec.key("volumeClaimTemplates")),
            revision_data: OnceLock::new(),
        }
    }
}

fn unsigned(number: Option<i32>) -> u64 {
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

/// Only what a Pod is made from by key must have its type; the rest of a template is carried.
fn check_template(template: &Field<'_>) {
    let (metadata, spec) = (template.key("metadata"), template.key("spec"));
    metadata.key("labels").strings();
    metadata.key("annotations").strings();
    metadata.key("finalizers").items().for_each(|finalizer| {
        finalizer.string();
    });
    spec.object();
    for volume in spec.key("volumes").items() {
        volume.key("name").string();
    }
}

fn claim_templates(templates: &Field<'_>) -> Vec<ClaimTemplate> {
    let parse = |(index, template): (usize, Field<'_>)| {
        let metadata = template.key("metadata");
        metadata.key("labels").strings();
        ClaimTemplate {
            name: metadata.key("name").string().unwrap_or_default().into(),
            index,
        }
    };
    templates.items().enumerate().map(parse).collect()
}

impl UpdateStrategy {
    fn parse(strategy: &Field<'_>) -> Self {
        let rolling = strategy.key("rollingUpdate");
        let kind = match strategy.key("type").string() {
            Some("RollingUpdate") => StrategyType::RollingUpdate,
            Some("OnDelete") => StrategyType::OnDelete,
            Some("Recreate") => StrategyType::Recreate,
            _ => StrategyType::Unknown,
        };
        let rolling = rolling.object().is_some().then(|| RollingUpdate {
            partition: unsigned(rolling.key("partition").count()),
            max_unavailable: IntOrPercent::parse(&rolling.key("maxUnavailable")),
        });
        Self { kind, rolling }
    }
}

impl IntOrPercent {
    fn parse(field: &Field<'_>) -> Option<Self> {
        match field.value()? {
            Value::String(text) => Some(Self::Text(text.clone())),
            _ => field.i32().map(|number| Self::Int(number.into())),
        }
    }

    /// The number of Pods out of `total` that this stands for, percentages rounded down.
    ///
    /// # Errors
    /// Upstream's sentence where the text is no percentage. Source: `apimachinery/pkg/util/intstr`,
    /// `GetScaledValueFromIntOrPercent`.
    pub fn of_total(&self, total: u64) -> Result<i64, String> {
        let text = match self {
            Self::Int(number) => return Ok(*number),
            Self::Text(text) => text,
        };
        let Some(digits) = text.strip_suffix('%') else {
            return Err("invalid value for IntOrString: invalid type: string is not a percentage".to_owned());
        };
        let percent: i64 = digits
            .parse()
            .map_err(|_| format!("invalid value for IntOrString: invalid value \"{text}\""))?;
        let pods = percent.saturating_mul(i64::try_from(total).unwrap_or(i64::MAX));
        Ok(pods.div_euclid(100))
    }
}

impl Retention {
    fn parse(policy: &Field<'_>) -> Self {
        Self {
            when_deleted: RetentionPolicy::parse(&policy.key("whenDeleted")),
            when_scaled: RetentionPolicy::parse(&policy.key("whenScaled")),
        }
    }
}

impl RetentionPolicy {
    fn parse(field: &Field<'_>) -> Self {
        match field.string() {
            Some("Delete") => Self::Delete,
            Some("Retain" | "") | None => Self::Retain,
            Some(_) => {
                field.not_supported(&["Delete", "Retain"]);
                Self::Retain
            }
        }
    }

    /// The policy as manifests write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retain => "Retain",
            Self::Delete => "Delete",
        }
    }
}

fn parse_status(status: &Field<'_>) -> Status {
    let count = |key| status.key(key).i32().unwrap_or(0);
    let text = |key| status.key(key).string().unwrap_or_default().to_owned();
    let conditions = status.key("conditions");
    Status {
        observed_generation: status.key("observedGeneration").i64().unwrap_or(0),
        replicas: count("replicas"),
        ready_replicas: count("readyReplicas"),
        current_replicas: count("currentReplicas"),
        updated_replicas: count("updatedReplicas"),
        available_replicas: count("availableReplicas"),
        current_revision: text("currentRevision"),
        update_revision: text("updateRevision"),
        collision_count: status.key("collisionCount").i32(),
        conditions: conditions.is_present().then(|| {
            conditions
                .items()
                .filter_map(|c| c.object().cloned())
                .map(Value::Object)
                .collect()
        }),
    }
}
