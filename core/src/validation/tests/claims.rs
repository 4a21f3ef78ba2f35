use serde_json::json;

use super::{NEWEST, created, refused, texts};

const SPEC: &str = "spec.volumeClaimTemplates[0].spec";

/// Source: `ValidatePersistentVolumeClaimSpec`.
#[test]
fn every_rule_of_a_claim_template_says_upstreams_words() {
    let modes =
        "supported values: \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"";
    let class = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
                 start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
                 '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let other = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    let foreign = json!({"apiGroup": "a.b", "kind": "K", "name": "n", "namespace": "ns"});
    let cases = [
        (
            "accessModes",
            json!([]),
            vec![".accessModes: Required value: at least 1 access mode is required".to_owned()],
        ),
        (
            "accessModes",
            json!(["ReadWrite"]),
            vec![format!(".accessModes: Unsupported value: \"ReadWrite\": {modes}")],
        ),
        (
            "accessModes",
            json!(["ReadWriteOncePod", "ReadWriteOnce"]),
            vec![".accessModes: Forbidden: may not use ReadWriteOncePod with other access modes".to_owned()],
        ),
        (
            "resources",
            json!({}),
            vec![".resources[storage]: Required value".to_owned()],
        ),
        (
            "resources",
            json!({"requests": {"storage": "0"}}),
            vec![".resources[storage]: Invalid value: \"0\": must be greater than zero".to_owned()],
        ),
        (
            "resources",
            json!({"requests": {"storage": "-1Gi"}}),
            vec![".resources[storage]: Invalid value: \"-1Gi\": must be greater than zero".to_owned()],
        ),
        (
            "storageClassName",
            json!("Fast"),
            vec![format!(".storageClassName: Invalid value: \"Fast\": {class}")],
        ),
        ("storageClassName", json!(""), vec![]),
        (
            "volumeAttributesClassName",
            json!("Fast"),
            vec![format!(
                ".volumeAttributesClassName: Invalid value: \"Fast\": {class}"
            )],
        ),
        (
            "volumeMode",
            json!("File"),
            vec![
                ".volumeMode: Unsupported value: \"File\": supported values: \"Block\", \"Filesystem\""
                    .to_owned(),
            ],
        ),
        (
            "dataSource",
            json!({"kind": "", "name": ""}),
            vec![
                ".dataSource.name: Required value".to_owned(),
                ".dataSource.kind: Required value".to_owned(),
                format!(".dataSource: Invalid value: \"\": {other}"),
            ],
        ),
        (
            "dataSourceRef",
            json!({"kind": "VolumeSnapshot", "name": "n"}),
            vec![format!(
                ".dataSourceRef: Invalid value: \"VolumeSnapshot\": {other}"
            )],
        ),
        ("dataSourceRef", foreign, vec![]),
    ];
    for (field, value, expected) in cases {
        let expected: Vec<String> = expected.iter().map(|text| format!("{SPEC}{text}")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let path = format!("spec.volumeClaimTemplates.0.spec.{field}");
        for version in ["1.34", "1.35", "1.36", "1.37"] {
            refused(version, &path, value.clone(), &expected);
        }
        // Until 1.33 claim templates were not looked at.
        refused("1.33", &path, value, &[]);
    }
}

#[test]
fn two_sources_must_agree() {
    let source = json!({"apiGroup": "a.b", "kind": "K", "name": "n"});
    let found = |reference| {
        let changes = [
            ("spec.volumeClaimTemplates.0.spec.dataSource", source.clone()),
            ("spec.volumeClaimTemplates.0.spec.dataSourceRef", reference),
        ];
        texts(&created(NEWEST, &changes))
    };
    assert!(found(source.clone()).is_empty());
    assert_eq!(
        found(json!({"apiGroup": "a.b", "kind": "K", "name": "m"})),
        [format!("{SPEC}: Invalid value: must match dataSourceRef")]
    );
    assert_eq!(
        found(json!({"apiGroup": "a.b", "kind": "K", "name": "n", "namespace": "ns"})),
        [format!(
            "{SPEC}: Invalid value: may not be specified when dataSourceRef.namespace is specified"
        )]
    );
}
