use serde_json::json;

use super::{NEWEST, VERSIONS, create, created, profile, refused, texts, with};

/// Source: `ValidateStatefulSetSpec`.
#[test]
fn every_rule_of_the_spec_says_upstreams_words() {
    let cases = [
        (
            "spec.podManagementPolicy",
            json!("Serial"),
            "spec.podManagementPolicy: Invalid value: \"Serial\": must be 'OrderedReady' or 'Parallel'",
        ),
        (
            "spec.updateStrategy",
            json!({"type": "Other"}),
            "spec.updateStrategy: Invalid value: \"Other\": must be 'RollingUpdate' or 'OnDelete'",
        ),
        (
            "spec.updateStrategy",
            json!({"type": "Recreate"}),
            "spec.updateStrategy: Invalid value: \"Recreate\": must be 'RollingUpdate' or 'OnDelete'",
        ),
        (
            "spec.updateStrategy",
            json!({"type": "OnDelete", "rollingUpdate": {"partition": 1}}),
            "spec.updateStrategy.rollingUpdate: Invalid value: only allowed for updateStrategy 'RollingUpdate'",
        ),
        (
            "spec.updateStrategy",
            json!({"rollingUpdate": {"partition": -1}}),
            "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "spec.persistentVolumeClaimRetentionPolicy",
            json!({"whenScaled": "Keep"}),
            "spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: \"Keep\": supported values: \
             \"Retain\", \"Delete\"",
        ),
        (
            "spec.replicas",
            json!(-1),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "spec.minReadySeconds",
            json!(-2),
            "spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0",
        ),
        (
            "spec.ordinals",
            json!({"start": -3}),
            "spec.ordinals.start: Invalid value: -3: must be greater than or equal to 0",
        ),
        (
            "spec.serviceName",
            json!("web.example"),
            "spec.serviceName: Invalid value: \"web.example\": must not contain dots",
        ),
        (
            "spec.selector",
            json!({}),
            "spec.selector: Invalid value: empty selector is invalid for statefulset",
        ),
        (
            "spec.selector.matchLabels",
            json!({"app": "other"}),
            "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`",
        ),
        (
            "spec.selector.matchExpressions",
            json!([{"key": "tier", "operator": "Exists"}]),
            "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`",
        ),
        (
            "spec.template.spec.activeDeadlineSeconds",
            json!(5),
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported",
        ),
    ];
    for version in VERSIONS {
        for (path, value, expected) in &cases {
            refused(version, path, value.clone(), &[expected]);
        }
    }
}

#[test]
fn restart_policies_other_than_always_are_not_supported() {
    let verdict = created(NEWEST, &[("spec.template.spec.restartPolicy", json!("Never"))]);
    let expected =
        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"";
    assert!(texts(&verdict).contains(&expected.to_owned()));
}

#[test]
fn a_set_without_selector_selects_nothing() {
    let expected = [
        "spec.selector: Required value",
        "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`",
    ];
    refused(NEWEST, "spec.selector", json!(null), &expected);
}

#[test]
fn an_unusable_selector_hides_the_template() {
    let selector = json!({"matchExpressions": [
        {"key": "app", "operator": "in", "values": ["web"]},
        {"key": "app", "operator": "In"},
        {"key": "app", "operator": "Exists", "values": ["web"]},
        {"key": "app", "operator": "In", "values": ["-"]},
    ]});
    let label = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
                 start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
                 for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    let expected = [
        "spec.selector.matchExpressions[0].operator: Invalid value: \"in\": not a valid selector operator".to_owned(),
        "spec.selector.matchExpressions[1].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"
            .to_owned(),
        "spec.selector.matchExpressions[2].values: Forbidden: may not be specified when `operator` is 'Exists' or \
         'DoesNotExist'"
            .to_owned(),
        format!("spec.selector.matchExpressions[3].values[0]: Invalid value: \"-\": {label}"),
        "spec.selector: Invalid value".to_owned(),
    ];
    let verdict = created(
        NEWEST,
        &[
            ("spec.selector", selector),
            ("spec.template.metadata.labels", json!({"a b": "c"})),
        ],
    );
    assert_eq!(texts(&verdict), expected);
}

/// Source: `validateRollingUpdateStatefulSet`.
#[test]
fn max_unavailable_is_a_positive_number_or_a_percentage() {
    let percent = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex \
                   used for validation is '[0-9]+%')";
    let zero = "cannot be 0";
    for (value, details) in [
        (json!(1), vec![]),
        (json!("100%"), vec![]),
        (json!(0), vec![zero]),
        (json!("0%"), vec![zero]),
        (json!(-1), vec!["must be greater than or equal to 0"]),
        (json!("5"), vec![percent]),
        (json!("abc"), vec![percent, zero]),
        (json!("101%"), vec!["must not be greater than 100%"]),
        (
            json!("99999999999999999999%"),
            vec!["must not be greater than 100%"],
        ),
    ] {
        let set = with(&[(
            "spec.updateStrategy",
            json!({"rollingUpdate": {"maxUnavailable": value}}),
        )]);
        let on = profile("1.36")
            .with_gate("MaxUnavailableStatefulSet", true)
            .unwrap();
        let verdict = create(&set, &on).unwrap();
        let found: Vec<&str> = verdict.errors.iter().map(|error| error.detail.as_str()).collect();
        assert_eq!(found, details, "{value}");
        let off = create(&set, &profile("1.36")).unwrap();
        assert_eq!(
            (off.errors, off.warnings),
            (vec![], vec![]),
            "{value}: dropped without a word"
        );
    }
}

#[test]
fn recreate_needs_its_gate() {
    let profile = profile(NEWEST)
        .with_gate("StatefulSetRecreateStrategy", true)
        .unwrap();
    let found = |strategy| texts(&create(&with(&[("spec.updateStrategy", strategy)]), &profile).unwrap());
    assert!(found(json!({"type": "Recreate"})).is_empty());
    assert_eq!(
        found(json!({"type": "Recreate", "rollingUpdate": {}})),
        ["spec.updateStrategy.rollingUpdate: Invalid value: only allowed for updateStrategy 'RollingUpdate'"]
    );
    assert_eq!(
        found(json!({"type": "Other"})),
        ["spec.updateStrategy: Invalid value: \"Other\": must be 'RollingUpdate', 'OnDelete', or 'Recreate'"]
    );
}

#[test]
fn errors_come_in_upstreams_order() {
    let verdict = created(
        NEWEST,
        &[
            ("metadata.labels", json!({"a": "-"})),
            ("spec.podManagementPolicy", json!("Serial")),
            ("spec.replicas", json!(-1)),
            ("spec.serviceName", json!("A")),
            ("spec.volumeClaimTemplates.0.spec.accessModes", json!([])),
            ("spec.template.metadata.labels", json!({})),
        ],
    );
    let fields: Vec<&str> = verdict.errors.iter().map(|error| error.field.as_str()).collect();
    let expected = [
        "metadata.labels",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates[0].spec.accessModes",
        "spec.replicas",
        "spec.serviceName",
        "spec.template.metadata.labels",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn what_cannot_be_decoded_is_an_error_not_a_verdict() {
    let error = create(&with(&[("spec.replicas", json!("three"))]), &profile(NEWEST)).unwrap_err();
    assert_eq!(error.causes[0].field, "spec.replicas");
}
