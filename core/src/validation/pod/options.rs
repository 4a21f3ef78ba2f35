//! What the rules of a template depend on besides the template: the version, and what the stored template gets away with.
//!
//! Source: `pkg/api/pod/util.go`, `GetValidationOptionsFromPodTemplate`.

use super::{annotations, each_container, resources, spec};
use crate::validation::report::{At, Report};
use crate::{Profile, validation::gates};
use gates::PodGate;

/// What the rules depend on besides the template.
pub(in crate::validation) struct Options<'a> {
    /// The template that is stored, on update: what it violates already may stay.
    pub old: Option<&'a At<'a>>,
    /// 1.`minor`.
    pub minor: u8,
    pub allows_invalid_deletion_cost: bool,
    pub allows_indivisible_huge_pages: bool,
    /// In selectors of affinities between Pods.
    pub allows_invalid_selector_values: bool,
    /// In required node affinity.
    pub allows_invalid_node_values: bool,
    pub allows_invalid_spread_selectors: bool,
    /// `matchLabelKeys` of spread constraints are checked as before 1.34.
    pub checks_spread_keys_as_before: bool,
    pub allows_host_sysctls: bool,
    pub allows_only_recursive_se_linux_change: bool,
    /// `Lt` and `Gt` in tolerations.
    pub allows_comparing_tolerations: bool,
    pub allows_user_namespace_in_host_network: bool,
    pub allows_devices_in_user_namespace: bool,
}

impl<'a> Options<'a> {
    /// Of a set whose stored template is `old`; none on create.
    pub fn of(old: Option<&'a At<'a>>, profile: &Profile) -> Self {
        let minor = profile.minor();
        let is_on = |gate| gates::is_on(gate, minor);
        let mut options = Options {
            old,
            minor,
            allows_invalid_deletion_cost: false,
            allows_indivisible_huge_pages: false,
            allows_invalid_selector_values: false,
            allows_invalid_node_values: false,
            allows_invalid_spread_selectors: false,
            checks_spread_keys_as_before: false,
            allows_host_sysctls: false,
            allows_only_recursive_se_linux_change: !is_on(PodGate::SELinuxMount),
            allows_comparing_tolerations: is_on(PodGate::TaintTolerationComparisonOperators),
            allows_user_namespace_in_host_network: is_on(PodGate::UserNamespacesHostNetworkSupport),
            allows_devices_in_user_namespace: false,
        };
        if let Some(old) = old {
            options.tolerate(old);
        }
        options
    }

    fn tolerate(&mut self, old: &At<'_>) {
        let spec = old.field("spec");
        let context = spec.field("securityContext");
        let host_users = spec.field("hostUsers");
        let has_user_namespace = host_users.is_present() && !host_users.flag();
        self.allows_invalid_deletion_cost =
            !annotations::is_deletion_cost(&old.field("metadata").field("annotations"));
        let mut is_indivisible = resources::has_indivisible_huge_pages(&spec.field("overhead"));
        each_container(&spec, &mut |container| {
            let own = container.field("resources");
            is_indivisible |= resources::has_indivisible_huge_pages(&own.field("limits"))
                || resources::has_indivisible_huge_pages(&own.field("requests"));
            self.allows_devices_in_user_namespace |=
                has_user_namespace && container.field("volumeDevices").len() > 0;
        });
        self.allows_indivisible_huge_pages = is_indivisible;
        self.allows_invalid_selector_values =
            is_refused(|report| spec::affinity::selectors(&spec.field("affinity"), self, report));
        self.allows_invalid_node_values =
            is_refused(|report| spec::affinity::node_values(&spec.field("affinity"), self, report));
        let constraints = spec.field("topologySpreadConstraints");
        self.allows_invalid_spread_selectors =
            is_refused(|report| spec::spread::selectors(&constraints, self, report));
        self.checks_spread_keys_as_before =
            is_refused(|report| spec::spread::keys(&constraints, self, report));
        let sysctls = context.field("sysctls");
        self.allows_host_sysctls = is_refused(|report| spec::security::host_sysctls(&sysctls, &spec, report));
        if context.field("seLinuxChangePolicy").is_present() {
            self.allows_only_recursive_se_linux_change = false;
        }
        self.allows_comparing_tolerations |= spec
            .field("tolerations")
            .items()
            .any(|toleration| ["Lt", "Gt"].contains(&toleration.field("operator").text()));
        self.allows_user_namespace_in_host_network |=
            self.minor >= 35 && has_user_namespace && spec.field("hostNetwork").flag();
    }
}

/// Whether a rule finds something wrong.
fn is_refused(rule: impl FnOnce(&mut Report)) -> bool {
    let mut report = Report::default();
    rule(&mut report);
    !report.causes.is_empty()
}
