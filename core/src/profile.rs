//! Which Kubernetes is spoken of: the version and its feature gates. A behaviour that changed between versions is a
//! field here, read in one place, so that "the same YAML, 1.34 against 1.37" is one call with two profiles.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Cause, CauseType, Error, ErrorCode};

mod behaviour;

pub use behaviour::Behaviour;

/// A Kubernetes version with its feature gates.
///
/// ```
/// use steadfast_core::{Gate, Profile};
/// let newest = Profile::default();
/// assert_eq!(newest.to_string(), "1.37");
/// let old: Profile = "1.35.0".parse().unwrap();
/// assert!(old.is_enabled(Gate::MaxUnavailableStatefulSet));
/// let old = old.with_gate("MaxUnavailableStatefulSet", false).unwrap();
/// assert!(!old.is_enabled(Gate::MaxUnavailableStatefulSet));
/// assert!("1.12".parse::<Profile>().unwrap_err().to_string().contains("1.33"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(as = "Written"))]
#[serde(try_from = "Written", into = "Written")]
pub struct Profile {
    written: String,
    row: Row,
    /// Those that were switched, in order.
    gates: Vec<(Gate, bool)>,
    /// What is as in another version.
    borrowed: Vec<(Behaviour, bool)>,
    /// The minor version whose fields, defaults and checks the API server has, where they are another's.
    borrowed_minor: Option<u8>,
}

/// The feature gates that bear on a StatefulSet, under their upstream names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Gate {
    /// `maxUnavailable` of a rolling update is honoured (KEP-961).
    MaxUnavailableStatefulSet,
    /// No new revision where the newest one means the same (k/k#134773).
    StatefulSetSemanticRevisionComparison,
    /// The update strategy `Recreate` and the Progressing condition (KEP-3541).
    StatefulSetRecreateStrategy,
    /// The controller waits until its caches have seen its own writes: a matter for hosts.
    StaleControllerConsistencyStatefulSet,
    /// A Service's name may begin with a digit: a matter for admission.
    RelaxedServiceNameValidation,
    /// `spec.ordinals` (KEP-3335), locked on.
    StatefulSetStartOrdinal,
    /// `spec.persistentVolumeClaimRetentionPolicy` (KEP-1847), locked on.
    StatefulSetAutoDeletePVC,
    /// The label `apps.kubernetes.io/pod-index` (KEP-4017), locked on.
    PodIndexLabel,
}

/// The rows of `profiles.md` in order of release: two versions in one row decide alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    V1_33,
    V1_34_0,
    V1_34_2,
    V1_35_0,
    V1_35_1,
    V1_35_4,
    V1_36,
    V1_37,
}

/// What a gate is set to in a version.
#[derive(Clone, Copy, PartialEq)]
enum Setting {
    Absent,
    Off,
    On,
    Locked,
}

const GATES: [Gate; 8] = [
    Gate::MaxUnavailableStatefulSet,
    Gate::StatefulSetSemanticRevisionComparison,
    Gate::StatefulSetRecreateStrategy,
    Gate::StaleControllerConsistencyStatefulSet,
    Gate::RelaxedServiceNameValidation,
    Gate::StatefulSetStartOrdinal,
    Gate::StatefulSetAutoDeletePVC,
    Gate::PodIndexLabel,
];

impl Default for Profile {
    /// The newest version known to this release.
    fn default() -> Self {
        Self::of_row("1.37".to_owned(), Row::V1_37)
    }
}

impl Profile {
    /// The versions that can be named, each standing for its newest patch release.
    pub const VERSIONS: [&'static str; 5] = ["1.33", "1.34", "1.35", "1.36", "1.37"];

    /// The versions between which behaviour changed, oldest first: one for each row of the table of profiles.
    pub const ROWS: [&'static str; 8] = [
        "1.33.13", "1.34.1", "1.34.10", "1.35.0", "1.35.3", "1.35.8", "1.36.4", "1.37.1",
    ];

    /// The version as it was asked for, such as `1.37` or `1.35.0`.
    pub fn kubernetes(&self) -> &str {
        &self.written
    }

    /// The release in what an API server says of its version (`gitVersion` of `/version`): vendors add to it, as in
    /// `v1.37.1-gke.100` and `v1.36.4+k3s1`.
    ///
    /// ```
    /// use steadfast_core::Profile;
    /// assert_eq!(Profile::release_of("v1.36.4+k3s1"), "1.36.4");
    /// ```
    pub fn release_of(git_version: &str) -> &str {
        let release = git_version.trim_start_matches('v');
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        let end = release.find(|c| !is_number(c)).unwrap_or(release.len());
        release.get(..end).unwrap_or_default().trim_end_matches('.')
    }

    /// The minor version, such as 37. Patch releases share their types, defaults and most of their rules.
    pub(crate) fn minor(&self) -> u8 {
        if let Some(minor) = self.borrowed_minor {
            return minor;
        }
        let minor = self.written.split('.').nth(1);
        minor.and_then(|minor| minor.parse().ok()).unwrap_or(u8::MAX)
    }

    /// This profile with the gate `name` switched.
    ///
    /// # Errors
    /// `profile` where this version does not know the gate, or has it locked to the other value.
    pub fn with_gate(mut self, name: &str, enabled: bool) -> Result<Self, Error> {
        let found = GATES
            .into_iter()
            .find(|gate| gate.name() == name)
            .map(|gate| (gate, gate.setting(self.row)));
        let Some((gate, setting)) = found.filter(|(_, setting)| *setting != Setting::Absent) else {
            let known: Vec<&str> = GATES
                .iter()
                .filter(|g| g.setting(self.row) != Setting::Absent)
                .map(|g| g.name())
                .collect();
            let message = format!(
                "Kubernetes {} has no feature gate `{name}` here; there are {}",
                self.written,
                known.join(", ")
            );
            return Err(profile_error(format!("featureGates[{name}]"), message));
        };
        if setting == Setting::Locked && !enabled {
            let message = format!(
                "feature gate `{name}` is locked to true in Kubernetes {}",
                self.written
            );
            return Err(profile_error(format!("featureGates[{name}]"), message));
        }
        self.gates.retain(|(switched, _)| *switched != gate);
        let place = self.gates.partition_point(|(switched, _)| *switched < gate);
        self.gates.insert(place, (gate, enabled));
        Ok(self)
    }

    /// This profile with the gates of a list such as `A=true,B=false`, as `--feature-gates` takes it.
    ///
    /// # Errors
    /// `profile` for a malformed entry, and as [`Profile::with_gate`].
    pub fn with_gates(self, list: &str) -> Result<Self, Error> {
        list.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .try_fold(self, |profile, entry| {
                let parsed = entry
                    .split_once('=')
                    .and_then(|(name, value)| Some((name, value.parse().ok()?)));
                let (name, enabled) = parsed.ok_or_else(|| {
                    profile_error(
                        "featureGates".into(),
                        format!("`{entry}` is not of the form NAME=true or NAME=false"),
                    )
                })?;
                profile.with_gate(name, enabled)
            })
    }

    /// Whether the gate is on; a gate that this version does not know is off.
    pub fn is_enabled(&self, gate: Gate) -> bool {
        let switched = self.gates.iter().find(|(switched, _)| *switched == gate);
        switched.map_or_else(
            || matches!(gate.setting(self.row), Setting::On | Setting::Locked),
            |(_, enabled)| *enabled,
        )
    }

    /// Revision data writes `creationTimestamp: null` in the template's metadata (until 1.33).
    pub(crate) fn writes_null_creation_timestamp(&self) -> bool {
        self.has(Behaviour::NullCreationTimestamp)
    }

    /// "Unavailable" asks for Running and Ready and ignores minReadySeconds, where the Pod to start from and the pace
    /// of an update are decided (until 1.33).
    pub(crate) fn unavailable_is_unhealthy(&self) -> bool {
        self.has(Behaviour::UnhealthyIsUnavailable)
    }

    /// minReadySeconds have passed only after, not at, the second (until 1.33).
    pub(crate) fn available_strictly_after(&self) -> bool {
        self.has(Behaviour::AvailableStrictlyAfter)
    }

    /// Two revisions also differ where both hash labels parse as different int32 (until 1.34.1).
    pub(crate) fn compares_hash_labels(&self) -> bool {
        self.has(Behaviour::HashLabelComparison)
    }

    /// A Pod that is gone when it is to be deleted is as good as deleted (from 1.36). Before, the answer `NotFound` fails the
    /// call, so that the controller looks again after a backoff: a matter for hosts.
    ///
    /// Source: `pkg/controller/statefulset/stateful_pod_control.go`, `DeleteStatefulPod`.
    ///
    /// ```
    /// use steadfast_core::Profile;
    /// assert!(Profile::default().takes_gone_pods_for_deleted());
    /// assert!(!"1.35".parse::<Profile>().unwrap().takes_gone_pods_for_deleted());
    /// ```
    pub fn takes_gone_pods_for_deleted(&self) -> bool {
        self.has(Behaviour::GonePodsCountAsDeleted)
    }

    /// Pods are found by kind, name and UID of their controller (from 1.34.2), before by UID alone.
    pub(crate) fn pods_by_whole_owner(&self) -> bool {
        self.has(Behaviour::PodsByWholeOwner)
    }

    /// Pods come from an index by owner (from 1.34), which lists orphans after owned Pods.
    pub(crate) fn lists_orphans_last(&self) -> bool {
        self.has(Behaviour::OrphansListedLast)
    }

    /// Revisions are found by kind, name and UID of their controller (from 1.36), before by UID alone.
    pub(crate) fn revisions_by_whole_owner(&self) -> bool {
        self.has(Behaviour::RevisionsByWholeOwner)
    }

    /// The next call is due when the first Pod becomes available (from 1.35.1), before after minReadySeconds.
    pub(crate) fn requeues_at_next_availability(&self) -> bool {
        self.has(Behaviour::RequeueAtNextAvailability)
    }

    /// An unreadable maxUnavailable also keeps the status from being written (from 1.35.0).
    pub(crate) fn status_reads_max_unavailable(&self) -> bool {
        self.has(Behaviour::StatusReadsMaxUnavailable)
    }

    /// With Parallel, old Pods that are unavailable already are replaced first, outside the budget (k/k#137666).
    pub(crate) fn replaces_unavailable_first(&self) -> bool {
        self.has(Behaviour::UnavailableReplacedFirst)
    }

    /// Every strategy completes an update (from 1.37), before only RollingUpdate.
    pub(crate) fn every_strategy_completes(&self) -> bool {
        self.has(Behaviour::EveryStrategyCompletes)
    }

    /// Conditions of the status are kept and compared (from 1.37), before they were lost at the next write.
    pub(crate) fn keeps_conditions(&self) -> bool {
        self.has(Behaviour::ConditionsKept)
    }

    /// `Recreate` is a strategy that is known (from 1.37), be it switched on or not.
    pub(crate) fn knows_recreate(&self) -> bool {
        self.has(Behaviour::RecreateKnown)
    }

    fn of_row(written: String, row: Row) -> Self {
        Self {
            written,
            row,
            gates: Vec::new(),
            borrowed: Vec::new(),
            borrowed_minor: None,
        }
    }
}

impl std::str::FromStr for Profile {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let number = |part: Option<&str>| part.and_then(|p| p.parse::<u32>().ok());
        let (major, minor, patch) = (number(parts.next()), number(parts.next()), parts.next());
        let patch_number = patch.map(|p| number(Some(p)));
        let row = match (major, minor, patch_number, parts.next()) {
            (_, _, Some(None), _) | (_, _, _, Some(_)) => None,
            (Some(1), Some(minor), patch, None) => Row::of(minor, patch.flatten().unwrap_or(u32::MAX)),
            _ => None,
        };
        row.map(|row| Self::of_row(text.strip_prefix('v').unwrap_or(text).to_owned(), row)).ok_or_else(|| {
            let message = format!(
                "Kubernetes `{text}` is not known here; there are {} (a patch release may be named, as in {})",
                Self::VERSIONS.join(", "),
                "1.35.0"
            );
            profile_error("kubernetes".into(), message)
        })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)?;
        for (at, (gate, enabled)) in self.gates.iter().enumerate() {
            write!(
                f,
                "{}{}={enabled}",
                if at == 0 { " with " } else { ", " },
                gate.name()
            )?;
        }
        Ok(())
    }
}

impl Row {
    fn of(minor: u32, patch: u32) -> Option<Self> {
        Some(match (minor, patch) {
            (33, _) => Self::V1_33,
            (34, 0..=1) => Self::V1_34_0,
            (34, _) => Self::V1_34_2,
            (35, 0) => Self::V1_35_0,
            (35, 1..=3) => Self::V1_35_1,
            (35, _) => Self::V1_35_4,
            (36, _) => Self::V1_36,
            (37, _) => Self::V1_37,
            _ => return None,
        })
    }
}

impl Gate {
    /// The name as `--feature-gates` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxUnavailableStatefulSet => "MaxUnavailableStatefulSet",
            Self::StatefulSetSemanticRevisionComparison => "StatefulSetSemanticRevisionComparison",
            Self::StatefulSetRecreateStrategy => "StatefulSetRecreateStrategy",
            Self::StaleControllerConsistencyStatefulSet => "StaleControllerConsistencyStatefulSet",
            Self::RelaxedServiceNameValidation => "RelaxedServiceNameValidation",
            Self::StatefulSetStartOrdinal => "StatefulSetStartOrdinal",
            Self::StatefulSetAutoDeletePVC => "StatefulSetAutoDeletePVC",
            Self::PodIndexLabel => "PodIndexLabel",
        }
    }

    /// The ladder of the gate (`pkg/features/kube_features.go` of each release).
    fn setting(self, row: Row) -> Setting {
        use Row::{V1_33, V1_34_0, V1_34_2, V1_35_0, V1_35_1, V1_36, V1_37};
        let since = |first: Row, setting| if row >= first { setting } else { Setting::Absent };
        let until = |last: Row| {
            if row <= last {
                Setting::Locked
            } else {
                Setting::Absent
            }
        };
        match self {
            Self::MaxUnavailableStatefulSet if matches!(row, V1_35_0 | V1_35_1 | V1_37) => Setting::On,
            Self::MaxUnavailableStatefulSet => Setting::Off,
            Self::StatefulSetSemanticRevisionComparison => since(V1_34_2, Setting::On),
            Self::StatefulSetRecreateStrategy => since(V1_37, Setting::Off),
            Self::StaleControllerConsistencyStatefulSet => since(V1_36, Setting::On),
            Self::RelaxedServiceNameValidation if row == V1_37 => Setting::Locked,
            Self::RelaxedServiceNameValidation if row == V1_36 => Setting::On,
            Self::RelaxedServiceNameValidation => since(V1_34_0, Setting::Off),
            Self::StatefulSetStartOrdinal => until(V1_33),
            Self::StatefulSetAutoDeletePVC | Self::PodIndexLabel => until(V1_34_2),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Profile"))]
#[serde(rename_all = "camelCase")]
struct Written {
    /// The version, such as `1.37` or `1.35.0`.
    kubernetes: String,
    /// Gates that are not as the version has them.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, type = "FeatureGates"))]
    feature_gates: std::collections::BTreeMap<String, bool>,
}

impl TryFrom<Written> for Profile {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let profile: Self = written.kubernetes.parse()?;
        written
            .feature_gates
            .into_iter()
            .try_fold(profile, |p, (name, enabled)| p.with_gate(&name, enabled))
    }
}

impl From<Profile> for Written {
    fn from(profile: Profile) -> Self {
        let feature_gates = profile
            .gates
            .iter()
            .map(|(gate, on)| (gate.name().to_owned(), *on))
            .collect();
        Self {
            kubernetes: profile.written,
            feature_gates,
        }
    }
}

fn profile_error(field: String, message: String) -> Error {
    let cause = Cause::of(field, CauseType::FieldValueNotSupported, message.clone());
    Error {
        causes: vec![cause],
        ..Error::new(ErrorCode::Profile, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_a_patch_is_its_newest_row() {
        for (short, exact) in [
            ("1.34", "1.34.10"),
            ("1.35", "1.35.8"),
            ("1.36", "1.36.4"),
            ("v1.37", "1.37.1"),
        ] {
            let (short, exact): (Profile, Profile) = (short.parse().unwrap(), exact.parse().unwrap());
            assert_eq!(short.row, exact.row);
        }
    }

    #[test]
    fn max_unavailable_went_on_off_and_on_again() {
        let on = |v: &str| {
            v.parse::<Profile>()
                .unwrap()
                .is_enabled(Gate::MaxUnavailableStatefulSet)
        };
        assert_eq!(
            Profile::ROWS.map(on),
            [false, false, false, true, true, false, false, true]
        );
    }

    #[test]
    fn unknown_versions_and_gates_and_locked_gates_are_errors_that_list_what_there_is() {
        for text in ["", "1", "2.0", "1.37.x", "1.37.1.1", "1.99", "latest"] {
            let error = text.parse::<Profile>().unwrap_err();
            assert_eq!(error.code, ErrorCode::Profile);
            assert!(error.message.contains("1.33, 1.34"), "{error}");
        }
        let error = Profile::default()
            .with_gates("StatefulSetRecreate=true")
            .unwrap_err();
        assert!(error.message.contains("StatefulSetRecreateStrategy"), "{error}");
        let old: Profile = "1.33".parse().unwrap();
        assert!(
            old.with_gates("StatefulSetAutoDeletePVC=false")
                .unwrap_err()
                .message
                .contains("locked")
        );
        assert!(
            Profile::default()
                .with_gates("MaxUnavailableStatefulSet")
                .is_err()
        );
    }
}
