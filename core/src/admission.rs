//! Admission: whether a change of a StatefulSet should be let through. An API server accepts sets that can never run and
//! changes that destroy data; these policies stop them before they are stored. A webhook, a Kubewarden policy, the npm package
//! and the command line give the same verdict, because all of them call [`review`].
//!
//! ```
//! use serde_json::json;
//! use steadfast_core::Profile;
//! use steadfast_core::admission::{Context, Request, Settings, review};
//!
//! let set = |replicas: i64| json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
//!     "metadata": {"name": "db", "namespace": "shop", "uid": "u"}, "spec": {
//!         "replicas": replicas, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
//!         "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Retain"},
//!         "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "db", "image": "db"}]}},
//!         "volumeClaimTemplates": [{"metadata": {"name": "data"}}]}});
//! let request = Request::parse(&json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
//!     "uid": "r", "operation": "UPDATE", "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"},
//!     "namespace": "shop", "name": "db", "object": set(1), "oldObject": set(3)}}))?;
//! let mut context = Context::default();
//! let named = |name: &str| json!({"metadata": {"name": name, "namespace": "shop"}});
//! context.pods = Some((0..3).map(|n| named(&format!("db-{n}"))).collect());
//! context.claims = Some((0..3).map(|n| named(&format!("data-db-{n}"))).collect());
//! let verdict = review(&request, &context, &Settings::default(), &Profile::default());
//! assert!(!verdict.allowed);
//! assert_eq!(verdict.violations[0].claims, ["data-db-1", "data-db-2"]);
//! # Ok::<(), steadfast_core::Error>(())
//! ```
//!
//! # Rules for all policies
//!
//! An update is only judged for what the stored object did not already do. The status, finalizers and objects that are being
//! deleted are never held up, nor is the API server's own cleaning up. What could not be read warns and never denies, so
//! nothing that depends on other objects is certain: they may change between the review and the write. An annotation
//! ([`ALLOW`]) lets a change through, and is recorded.

use serde::Serialize;
use serde_json::Value;

use crate::Profile;
use crate::object::text_at;

mod change;
mod claims;
mod context;
mod fill;
mod neighbours;
mod request;
mod rollout;
mod settings;
mod shape;
#[cfg(test)]
mod tests;
mod verdict;

pub use context::{Context, Seen};
pub use request::{Operation, Request, SubResource};
pub use settings::{Mode, Quorum, Settings};
pub use verdict::Verdict;

use change::{Change, Reading};

/// The annotation that lets a change through: the policies that need not hold, such as `P1,P3`. It stands on the object; for a
/// deletion and for `/scale` on the stored set.
pub const ALLOW: &str = "steadfast.dev/allow";

/// The annotation that protects a set with Pods from being deleted, where it is `true`.
pub const PROTECT: &str = "steadfast.dev/protect";

/// The policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PolicyName"))]
#[non_exhaustive]
pub enum Policy {
    /// Scaling in deletes claims (whenScaled is Delete).
    P1,
    /// The deletion deletes claims (whenDeleted is Delete), or the set is protected.
    P2,
    /// The retention of a set that has Pods is changed to Delete.
    P3,
    /// The ordinals move.
    P4,
    /// Names are too long for labels.
    P5,
    /// Claim templates that do not do what they seem to.
    P6,
    /// Claims of an earlier set would be taken over.
    P7,
    /// Another controller selects the same Pods.
    P8,
    /// The Service does not give the Pods their names.
    P9,
    /// The rollout would stop, or do nothing, or take too much at once.
    P10,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::P1,
        Self::P2,
        Self::P3,
        Self::P4,
        Self::P5,
        Self::P6,
        Self::P7,
        Self::P8,
        Self::P9,
        Self::P10,
    ];

    /// Its name, such as `P1`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P5 => "P5",
            Self::P6 => "P6",
            Self::P7 => "P7",
            Self::P8 => "P8",
            Self::P9 => "P9",
            Self::P10 => "P10",
        }
    }

    /// The policy of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// What a policy objects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PolicyViolation"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Violation {
    /// Which policy.
    pub policy: Policy,
    /// What became of it, by the settings and what could be seen: `deny`, `warn`, or `off` where an annotation allows it.
    pub mode: Mode,
    /// What is wrong, as a clause without a full stop.
    pub message: String,
    /// What to do instead.
    pub remedy: String,
    /// The claims that it is about, by name.
    pub claims: Vec<String>,
    /// False where something that could not be seen may say otherwise, or where it is not wrong in every case: then it warns.
    pub is_certain: bool,
}

impl Violation {
    fn new(policy: Policy, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            policy,
            mode: Mode::Deny,
            message: message.into(),
            remedy: remedy.into(),
            claims: Vec::new(),
            is_certain: true,
        }
    }

    fn of_claims(mut self, claims: Vec<String>) -> Self {
        self.claims = claims;
        self
    }

    /// Where `is_certain` does not hold, it only warns.
    fn certain(mut self, is_certain: bool) -> Self {
        self.is_certain = is_certain;
        self
    }
}

/// Judges a request. Nothing but its arguments counts; the same arguments give the same verdict.
pub fn review(request: &Request, context: &Context, settings: &Settings, profile: &Profile) -> Verdict {
    review_taking(&mut request.clone(), context, settings, profile)
}

/// [`review`] for who needs the request's objects no more: they are taken out of it, and not copied.
pub fn review_taking(
    request: &mut Request,
    context: &Context,
    settings: &Settings,
    profile: &Profile,
) -> Verdict {
    if !request.is_of_set() || settings.excludes(&request.namespace) || request.is_cleaning_up() {
        return Verdict::allowing();
    }
    let change = match Change::read(request, context, profile) {
        Reading::Change(change) => change,
        Reading::Nothing => return Verdict::allowing(),
        Reading::Unreadable(why) => return Verdict::allowing().warning(&why),
    };
    let mut found = Vec::new();
    claims::judge(&change, context, &mut found);
    shape::judge(&change, profile, &mut found);
    neighbours::judge(&change, context, &mut found);
    rollout::judge(&change, context, settings, profile, &mut found);
    let mut verdict = Verdict::of(found, change.allowed(), settings);
    let wanted = |policy: Policy| settings.mode(policy) != Mode::Off;
    for (seen, name, policies) in context.lists() {
        let needed = policies
            .iter()
            .any(|policy| wanted(*policy) && change.is_for(*policy));
        if seen == Seen::No && needed {
            verdict = verdict.warning(&format!("{name} could not be read, and so are not judged"));
        }
    }
    if settings.fills_service_name && request.operation == Operation::Create {
        verdict.patch = fill::service_name(&change, context);
    }
    verdict
}

/// A list as people read it: the first names, and how many more there are.
fn named(names: &[String]) -> String {
    const SHOWN: usize = 8;
    match names.get(..SHOWN).filter(|_| names.len() > SHOWN + 1) {
        None => names.join(", "),
        Some(first) => format!("{} and {} more", first.join(", "), names.len() - SHOWN),
    }
}

/// The text at a path through mappings, or nothing.
fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    text_at(object, path).unwrap_or_default()
}
