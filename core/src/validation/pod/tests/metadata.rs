use serde_json::json;

use super::{KEY, VALUE, refused};

/// Source: `ValidatePodTemplateSpec`, whose paths leave out `metadata`.
#[test]
fn labels_and_annotations_are_reported_beside_metadata() {
    let fragment = json!({"metadata": {"labels": {"a b": "c d"}, "annotations": {"A B": "x"}}});
    for version in ["1.33", "1.37"] {
        let found = refused(version, &fragment, None);
        let expected = [
            format!("invalid labels: {KEY}"),
            format!("invalid labels: {VALUE}"),
            format!("invalid annotations: {KEY}"),
        ];
        assert_eq!(found, expected, "{version}");
    }
    let fragment = json!({"metadata": {"annotations": {"a": "x".repeat(256 * 1024)}}});
    assert_eq!(
        refused("1.37", &fragment, None),
        ["long annotations: may not be more than 262144 bytes"]
    );
}

/// Source: `ValidatePodSpecificAnnotations` and what it calls.
#[test]
fn annotations_with_a_meaning_have_rules_of_their_own() {
    let armor = "container.apparmor.security.beta.kubernetes.io";
    let seccomp = "container.seccomp.security.alpha.kubernetes.io";
    let of_pod = "seccomp.security.alpha.kubernetes.io/pod";
    let cost = "controller.kubernetes.io/pod-deletion-cost";
    for (name, value, expected) in [
        (cost, "-05", vec![]),
        (
            cost,
            "008",
            vec![format!(
                "invalid annotations[{cost}]: must be a 32bit integer"
            )],
        ),
        (
            cost,
            "2147483648",
            vec![format!(
                "invalid annotations[{cost}]: must be a 32bit integer"
            )],
        ),
        (
            "kubernetes.io/config.mirror",
            "x",
            vec![
                "invalid annotations[kubernetes.io/config.mirror]: must set spec.nodeName if mirror pod annotation is set"
                    .to_owned(),
            ],
        ),
        (&format!("{armor}/a"), "localhost/x", vec![]),
        (
            &format!("{armor}/b"),
            "complain",
            vec![
                format!("invalid annotations[{armor}/b]: container not found"),
                format!("invalid annotations[{armor}/b]: invalid AppArmor profile name: \"complain\""),
            ],
        ),
        (&format!("{seccomp}/b"), "docker/default", vec![]),
        (
            &format!("{seccomp}/b"),
            "x",
            vec![format!(
                "invalid annotations.{seccomp}/b: must be a valid seccomp profile"
            )],
        ),
        (
            of_pod,
            "localhost//a/..",
            vec![
                format!("invalid annotations.{of_pod}: must be a relative path"),
                format!("invalid annotations.{of_pod}: must not contain '..'"),
            ],
        ),
        (
            "scheduler.alpha.kubernetes.io/tolerations",
            r#"[{"Key": "a", "OPERATOR": "Exists", "value": "b"}]"#,
            vec![
                "invalid annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator: value must be empty when `operator` is 'Exists'"
                    .to_owned(),
            ],
        ),
    ] {
        let fragment = json!({"metadata": {"annotations": {name: value}}});
        assert_eq!(
            refused("1.37", &fragment, None),
            expected,
            "{name}: {value}"
        );
        assert_eq!(refused("1.33", &fragment, None), expected, "{name}: {value}");
    }
}

/// Source: Go's `encoding/json`, `scanner.go` and `UnmarshalTypeError`.
#[test]
fn tolerations_in_an_annotation_that_is_no_json_get_the_sentence_of_go() {
    for (text, expected) in [
        ("null", ""),
        ("x", "invalid character 'x' looking for beginning of value"),
        (
            "\u{fc}",
            "invalid character '\u{c3}' looking for beginning of value",
        ),
        ("trux", "invalid character 'x' in literal true (expecting 'e')"),
        ("nu", "invalid character ' ' in literal null (expecting 'l')"),
        (" ", "unexpected end of JSON input"),
        ("1.2.3", "invalid character '.' after top-level value"),
        (
            "1.x",
            "invalid character 'x' after decimal point in numeric literal",
        ),
        ("-", "invalid character ' ' in numeric literal"),
        ("1e+", "invalid character ' ' in exponent of numeric literal"),
        ("null x", "invalid character 'x' after top-level value"),
        (
            "5",
            "json: cannot unmarshal number into Go value of type []core.Toleration",
        ),
        (
            "{}",
            "json: cannot unmarshal object into Go value of type []core.Toleration",
        ),
        (
            "[1]",
            "json: cannot unmarshal number into Go value of type core.Toleration",
        ),
        (
            r#"[{"effect": 1}]"#,
            "json: cannot unmarshal number into Go struct field Toleration.Effect of type core.TaintEffect",
        ),
        (
            r#"[{"operator": "Exists", "tolerationSeconds": 1.5}]"#,
            "json: cannot unmarshal number 1.5 into Go struct field Toleration.TolerationSeconds of type int64",
        ),
    ] {
        let fragment =
            json!({"metadata": {"annotations": {"scheduler.alpha.kubernetes.io/tolerations": text}}});
        let expected: Vec<String> = [expected]
            .iter()
            .filter(|expected| !expected.is_empty())
            .map(|expected| format!("invalid annotations: {expected}"))
            .collect();
        assert_eq!(refused("1.37", &fragment, None), expected, "{text}");
    }
}

/// Source: `validateSeccompAnnotationsAndFields`, `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
#[test]
fn annotations_agree_with_the_fields_that_replaced_them() {
    let seccomp = json!({"seccompProfile": {"type": "Unconfined"}});
    let armor = json!({"appArmorProfile": {"type": "Localhost", "localhostProfile": "x"}});
    for (annotations, of_pod, of_container, expected) in [
        (
            json!({"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}),
            &seccomp,
            &json!({}),
            "forbidden spec.securityContext.seccompProfile.type: seccomp type in annotation and field must match",
        ),
        (
            json!({"container.seccomp.security.alpha.kubernetes.io/a": "runtime/default"}),
            &json!({}),
            &seccomp,
            "forbidden spec.containers[0].securityContext.seccompProfile.type: seccomp type in annotation and field must match",
        ),
        (
            json!({"container.apparmor.security.beta.kubernetes.io/a": "localhost/y"}),
            &armor,
            &json!({}),
            "forbidden spec.containers[0].securityContext.appArmorProfile.localhostProfile: apparmor profile in annotation and field must match",
        ),
        (
            json!({"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}),
            &json!({}),
            &armor,
            "forbidden spec.containers[0].securityContext.appArmorProfile.type: apparmor type in annotation and field must match",
        ),
    ] {
        let fragment = json!({"metadata": {"annotations": annotations}, "spec": {"securityContext": of_pod,
            "containers": [{"name": "a", "image": "a:1", "securityContext": of_container}]}});
        assert_eq!(refused("1.37", &fragment, None), [expected]);
    }
}

/// Before 1.34 nothing but metadata is looked at.
#[test]
fn the_spec_is_not_checked_up_to_1_33() {
    let fragment = json!({"spec": {"dnsPolicy": "x"}});
    assert_eq!(refused("1.33", &fragment, None), [""; 0]);
    assert_eq!(refused("1.34", &fragment, None).len(), 1);
}
