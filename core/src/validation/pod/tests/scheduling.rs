use serde_json::{Value, json};

use super::{KEY, LABEL, SUBDOMAIN, VALUE, check, check_in};

/// Source: `ValidatePodSpec` itself, and the small functions that it calls.
#[test]
fn names_and_choices_are_checked() {
    check(&[
        (
            json!({"restartPolicy": "x", "preemptionPolicy": ""}),
            &[
                r#"unknown spec.restartPolicy: supported values: "Always", "OnFailure", "Never""#,
                "required spec.preemptionPolicy: ",
            ],
        ),
        (
            json!({"preemptionPolicy": "x"}),
            &[r#"unknown spec.preemptionPolicy: supported values: "PreemptLowerPriority", "Never""#],
        ),
        (
            json!({"serviceAccountName": "A", "nodeName": "B", "priorityClassName": "C", "runtimeClassName": ""}),
            &[
                &format!("invalid spec.serviceAccountName: {SUBDOMAIN}"),
                &format!("invalid spec.nodeName: {SUBDOMAIN}"),
                &format!("invalid spec.priorityClassName: {SUBDOMAIN}"),
                &format!("invalid spec.runtimeClassName: {SUBDOMAIN}"),
            ],
        ),
        (
            json!({"activeDeadlineSeconds": 0}),
            &["invalid spec.activeDeadlineSeconds: must be between 1 and 2147483647, inclusive"],
        ),
        (
            json!({"terminationGracePeriodSeconds": -1, "schedulerName": "A B"}),
            &[],
        ),
        (
            json!({"nodeSelector": {"a b": "c d"}}),
            &[
                &format!("invalid spec.nodeSelector: {KEY}"),
                &format!("invalid spec.nodeSelector: {VALUE}"),
            ],
        ),
        (
            json!({"readinessGates": [{"conditionType": "a b"}], "schedulingGates": [{"name": "a"}, {"name": "a"}, {"name": "b c"}]}),
            &[
                &format!("invalid spec.readinessGates[0].conditionType: {KEY}"),
                "duplicate spec.schedulingGates[1]: ",
                &format!("invalid spec.schedulingGates[2]: {KEY}"),
            ],
        ),
        (
            json!({"ephemeralContainers": [{"name": "e", "image": "a:1"}]}),
            &["forbidden spec.ephemeralContainers: ephemeral containers not allowed in pod template"],
        ),
    ]);
}

/// Source: `validatePodResourceClaim`.
#[test]
fn claims_of_devices_have_a_name_and_one_source() {
    check(&[(
        json!({"resourceClaims": [
            {"name": "a", "resourceClaimName": "A"},
            {"name": "a", "resourceClaimTemplateName": "b"},
            {"resourceClaimName": "a", "resourceClaimTemplateName": "b"},
            {"name": "B"}]}),
        &[
            &format!("invalid spec.resourceClaims[0].resourceClaimName: {SUBDOMAIN}"),
            "duplicate spec.resourceClaims[1].name: ",
            "required spec.resourceClaims[2].name: ",
            "invalid spec.resourceClaims[2]: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            &format!("invalid spec.resourceClaims[3].name: {LABEL}"),
            "invalid spec.resourceClaims[3]: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
        ],
    )]);
}

/// Source: `ValidateTolerations`.
#[test]
fn tolerations_are_checked() {
    let one = |toleration: Value| json!({"tolerations": [toleration]});
    let at = "spec.tolerations[0]";
    check(&[
        (
            one(json!({"operator": "Equal"})),
            &[&format!(
                "invalid {at}.operator: operator must be Exists when `key` is empty, which means \"match all values and all keys\""
            )],
        ),
        (
            one(json!({"key": "a b", "operator": "Exists", "value": "x"})),
            &[
                &format!("invalid {at}.key: {KEY}"),
                &format!("invalid {at}.operator: value must be empty when `operator` is 'Exists'"),
            ],
        ),
        (
            one(json!({"key": "a", "value": "-".repeat(64)})),
            &[&format!(
                "invalid {at}.operator: must be no more than 63 bytes;{VALUE}"
            )],
        ),
        (
            one(json!({"key": "a", "effect": "NoSchedule", "tolerationSeconds": 1})),
            &[&format!(
                "invalid {at}.effect: effect must be 'NoExecute' when `tolerationSeconds` is set"
            )],
        ),
        (
            one(json!({"key": "a", "effect": "x", "operator": "y"})),
            &[
                &format!(r#"unknown {at}.operator: supported values: "Equal", "Exists""#),
                &format!(
                    r#"unknown {at}.effect: supported values: "NoSchedule", "PreferNoSchedule", "NoExecute""#
                ),
            ],
        ),
    ]);
    // The gate TaintTolerationComparisonOperators is new in 1.35, and off.
    let compared = one(json!({"key": "a", "operator": "Lt", "value": "1"}));
    check_in(
        "1.34",
        &compared,
        &[&format!(
            r#"unknown {at}.operator: supported values: "Equal", "Exists""#
        )],
    );
    check_in(
        "1.35",
        &compared,
        &[&format!(
            r#"unknown {at}.operator: supported values: "Equal", "Exists", "Lt", "Gt""#
        )],
    );
}

/// Source: `validateNodeAffinity`.
#[test]
fn affinity_to_nodes_is_checked() {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    let terms =
        |term: Value| json!({"affinity": {"nodeAffinity": {required: {"nodeSelectorTerms": [term]}}}});
    let at = format!("spec.affinity.nodeAffinity.{required}.nodeSelectorTerms");
    check(&[
        (
            json!({"affinity": {"nodeAffinity": {required: {}}}}),
            &[&format!(
                "required {at}: must have at least one node selector term"
            )],
        ),
        (
            terms(json!({"matchExpressions": [
                {"key": "a", "operator": "In"}, {"key": "a", "operator": "Exists", "values": ["b"]},
                {"key": "a", "operator": "Gt", "values": ["1", "2"]}, {"key": "a b", "operator": "x", "values": ["c d"]}]})),
            &[
                &format!(
                    "required {at}[0].matchExpressions[0].values: must be specified when `operator` is 'In' or 'NotIn'"
                ),
                &format!(
                    "forbidden {at}[0].matchExpressions[1].values: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                ),
                &format!(
                    "required {at}[0].matchExpressions[2].values: must be specified single value when `operator` is 'Lt' or 'Gt'"
                ),
                &format!("invalid {at}[0].matchExpressions[3].operator: not a valid selector operator"),
                &format!("invalid {at}[0].matchExpressions[3].key: {KEY}"),
                &format!("invalid {at}[0].matchExpressions[3].values[0]: {VALUE}"),
            ],
        ),
        (
            terms(json!({"matchFields": [
                {"key": "metadata.name", "operator": "In", "values": ["a", "B"]}, {"key": "x", "operator": "Exists"}]})),
            &[
                &format!(
                    "required {at}[0].matchFields[0].values: must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
                ),
                &format!("invalid {at}[0].matchFields[0].values[1]: {SUBDOMAIN}"),
                &format!("invalid {at}[0].matchFields[1].operator: not a valid selector operator"),
                &format!("invalid {at}[0].matchFields[1].key: not a valid field selector key"),
            ],
        ),
        (
            json!({"affinity": {"nodeAffinity": {preferred: [
                {"weight": 101, "preference": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]}}]}}}),
            &[&format!(
                "invalid spec.affinity.nodeAffinity.{preferred}[0].weight: must be in the range 1-100"
            )],
        ),
    ]);
}

/// Source: `validatePodAffinityTerm`.
#[test]
fn affinity_to_pods_is_checked() {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    let at = format!("spec.affinity.podAffinity.{required}[0]");
    let term = |term: Value| json!({"affinity": {"podAffinity": {required: [term]}}});
    check(&[
        (
            term(json!({"namespaces": ["A"], "namespaceSelector": {"matchLabels": {"a": "b c"}}})),
            &[
                &format!("invalid {at}.namespaceSelector.matchLabels: {VALUE}"),
                &format!("invalid {at}.namespace: {LABEL}"),
                &format!("required {at}.topologyKey: can not be empty"),
                &format!("invalid {at}.topologyKey: name part must be non-empty"),
                &format!("invalid {at}.topologyKey: {KEY}"),
            ],
        ),
        (
            term(json!({"topologyKey": "zone", "matchLabelKeys": ["a"]})),
            &[&format!(
                "forbidden {at}.matchLabelKeys: must not be specified when labelSelector is not set"
            )],
        ),
        (
            term(
                json!({"topologyKey": "zone", "matchLabelKeys": ["b c", "d"], "mismatchLabelKeys": ["d"], "labelSelector": {
                "matchLabels": {"d": "x"}, "matchExpressions": [{"key": "d", "operator": "x"}]}}),
            ),
            &[
                &format!(
                    "invalid {at}.labelSelector.matchExpressions[0].operator: not a valid selector operator"
                ),
                &format!("invalid {at}.matchLabelKeys[0]: {KEY}"),
                // So upstream's path.
                &format!("invalid {at}[1]: exists in both matchLabelKeys and labelSelector"),
                &format!(
                    "invalid {at}.matchLabelKeys[1]: exists in both matchLabelKeys and mismatchLabelKeys"
                ),
            ],
        ),
        (
            json!({"affinity": {"podAntiAffinity": {preferred: [{"weight": 0, "podAffinityTerm": {"topologyKey": "a b"}}]}}}),
            &[
                &format!(
                    "invalid spec.affinity.podAntiAffinity.{preferred}[0].weight: must be in the range 1-100"
                ),
                &format!(
                    "invalid spec.affinity.podAntiAffinity.{preferred}[0].podAffinityTerm.topologyKey: {KEY}"
                ),
            ],
        ),
    ]);
}

/// Source: `validateTopologySpreadConstraints`.
#[test]
fn spreading_is_checked() {
    let at = "spec.topologySpreadConstraints[0]";
    check(&[
        (
            json!({"topologySpreadConstraints": [{"minDomains": 0, "nodeAffinityPolicy": "x", "nodeTaintsPolicy": "",
                "matchLabelKeys": ["a"], "labelSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]}}]}),
            &[
                &format!("invalid {at}.maxSkew: must be greater than zero"),
                &format!("required {at}.topologyKey: can not be empty"),
                &format!(
                    r#"unknown {at}.whenUnsatisfiable: supported values: "DoNotSchedule", "ScheduleAnyway""#
                ),
                &format!("invalid {at}.minDomains: must be greater than zero"),
                &format!(
                    "invalid {at}.minDomains: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                ),
                &format!(r#"unknown {at}.nodeAffinityPolicy: supported values: "Honor", "Ignore""#),
                &format!(r#"unknown {at}.nodeTaintsPolicy: supported values: "Honor", "Ignore""#),
                &format!("invalid {at}.labelSelector.matchExpressions[0].values[0]: {VALUE}"),
            ],
        ),
        (
            json!({"topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "matchLabelKeys": ["a"]},
                {"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]}),
            &[
                &format!("duplicate {at}.{{topologyKey, whenUnsatisfiable}}: "),
                &format!(
                    "forbidden {at}.matchLabelKeys: must not be specified when labelSelector is not set"
                ),
            ],
        ),
    ]);
}
