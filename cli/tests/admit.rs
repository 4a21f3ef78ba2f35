//! `admit`: what the policies of admission say of a request or a change.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Run, Scratch, steadfast, steadfast_with, text_of};
use serde_json::{Value, json};
use steadfast_core::manifest;

const WEB: &str = "examples/web.yaml";
const STABLE: &str = "tests/recorded/web/stable.yaml";

/// The recorded cluster with another retention, in a file.
fn dump(retention: (&str, &str)) -> Scratch {
    let text = text_of(STABLE);
    assert!(text.contains(retention.0));
    Scratch::new("dump.yaml", text.replace(retention.0, retention.1))
}

fn deletes_when_scaled() -> Scratch {
    dump(("whenScaled: Retain", "whenScaled: Delete"))
}

fn violations(answer: &Value) -> Vec<(String, String)> {
    let all = answer["violations"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|one| (text(&one["policy"]), text(&one["mode"])))
        .collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

fn json(arguments: &[&str]) -> (Run, Value) {
    let run = steadfast(&[&["admit", "-o", "json"], arguments].concat());
    let answer = run.json();
    (run, answer)
}

#[test]
fn scaling_in_is_denied_with_the_claims_that_would_go() {
    let dump = deletes_when_scaled();
    let run = steadfast(&["admit", dump.path(), "--scale", "1"]);
    let expected = "\
Denied: scaling StatefulSet default/web from 3 to 1 (Kubernetes 1.37)

POLICY  VERDICT  WHY
P1      deny     whenScaled is Delete: scaling in deletes www-web-1, www-web-2
                 -> keep them by setting persistentVolumeClaimRetentionPolicy.whenScaled to Retain first, or annotate steadfast.dev/allow: P1
P10     warn     scaling in from 3 to 1 leaves fewer than 2, a majority of 3
                 -> scale in by fewer Pods at a time, and let the members leave first
";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (1, expected, ""));
    let (run, answer) = json(&[dump.path(), "--scale", "1"]);
    assert_eq!(
        (run.code, &answer["allowed"], &answer["code"]),
        (1, &json!(false), &json!(403))
    );
    assert_eq!(
        (&answer["operation"], &answer["subResource"]),
        (&json!("UPDATE"), &json!("scale"))
    );
    assert_eq!(
        answer["violations"][0]["claims"],
        json!(["www-web-1", "www-web-2"])
    );
    // The same by a manifest with fewer replicas.
    let new = Scratch::new("new.yaml", text_of(WEB).replace("replicas: 3", "replicas: 1"));
    let (changed, same) = json(&[new.path(), "--observed", dump.path()]);
    assert_eq!((changed.code, &same["violations"]), (1, &answer["violations"]));
    let (kept, _) = json(&[dump.path(), "--scale", "5"]);
    assert_eq!(kept.code, 0, "{kept:?}");
}

#[test]
fn what_is_not_observed_warns_and_never_denies() {
    let new = text_of(WEB).replace(
        "  replicas: 3",
        "  replicas: 3\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
    );
    let new = Scratch::new("new.yaml", new);
    let run = steadfast(&["admit", new.path(), "--scale", "2"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out
            .starts_with("Allowed with 3 warnings: scaling StatefulSet default/web from 3 to 2"),
        "{run:?}"
    );
    assert!(
        run.out
            .contains("P1      warn     whenScaled is Delete: scaling in deletes the claims of web-2"),
        "{run:?}"
    );
    assert!(
        run.out
            .contains("-       warn     PersistentVolumeClaims could not be read"),
        "{run:?}"
    );
    // The Service that stands in the same file is known, although no other is.
    let created = steadfast(&["admit", WEB]);
    assert_eq!(created.code, 0, "{created:?}");
    assert!(
        created.out.contains("creating StatefulSet default/web"),
        "{created:?}"
    );
    assert!(
        created.out.contains("other controllers could not be read") && !created.out.contains("Services"),
        "{created:?}"
    );
}

#[test]
fn a_deletion_is_judged_by_its_cascade() {
    let dump = dump(("whenDeleted: Retain", "whenDeleted: Delete"));
    for (cascade, code) in [("background", 1), ("foreground", 1), ("orphan", 0)] {
        let run = steadfast(&["admit", dump.path(), "--delete", "--cascade", cascade]);
        assert_eq!(run.code, code, "{cascade}: {run:?}");
        assert!(
            run.out
                .contains(&format!("deleting StatefulSet default/web (--cascade={cascade})")),
            "{run:?}"
        );
    }
    let (_, answer) = json(&[dump.path(), "--delete"]);
    assert_eq!(violations(&answer), pairs(&[("P2", "deny")]));
    assert_eq!(answer["violations"][0]["claims"].as_array().unwrap().len(), 3);
}

#[test]
fn a_change_is_judged_from_old_to_new_and_what_the_server_refuses_is_said() {
    let flipped = "  replicas: 3\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}";
    let new = Scratch::new("new.yaml", text_of(WEB).replace("  replicas: 3", flipped));
    let (run, answer) = json(&[WEB, new.path()]);
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{run:?}");
    assert_eq!(violations(&answer), pairs(&[("P3", "deny")]));
    let (run, same) = json(&["--from", WEB, new.path()]);
    assert_eq!((run.code, &same), (1, &answer));
    let (run, none) = json(&[new.path(), new.path()]);
    assert_eq!((run.code, &none["violations"]), (0, &json!([])));
    let renamed = Scratch::new(
        "new.yaml",
        text_of(WEB).replace("serviceName: web", "serviceName: other"),
    );
    let run = steadfast(&["admit", WEB, renamed.path()]);
    let complaint = "FILE:23: the API server itself refuses it: spec.serviceName: Invalid value: \"other\": field is immutable; `steadfast lint` says it all\n";
    assert_eq!(run.complaint(&renamed), format!("warning: {complaint}"));
}

#[test]
fn a_review_is_replayed_with_its_context_and_settings() {
    let dump = deletes_when_scaled();
    let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "r", "operation": "UPDATE", "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"},
        "subResource": "scale", "namespace": "default", "name": "web",
        "object": {"kind": "Scale", "spec": {"replicas": 0}}, "oldObject": {"kind": "Scale", "spec": {"replicas": 3}}}});
    let file = Scratch::new("review.json", review.to_string());
    let (run, answer) = json(&[file.path(), "--observed", dump.path()]);
    assert_eq!((run.code, violations(&answer)), (1, pairs(&[("P1", "deny")])));
    let settings = Scratch::new(
        "settings.yaml",
        "policies: {P1: warn}\nnamespaces:\n  exclude: [kube-*]\n",
    );
    let arguments = [
        "admit",
        "-",
        "--observed",
        dump.path(),
        "--settings",
        settings.path(),
    ];
    let warned = steadfast_with(&arguments, review.to_string().as_bytes());
    assert_eq!(warned.code, 0, "{warned:?}");
    assert!(
        warned
            .out
            .starts_with("Allowed with 1 warning: scaling StatefulSet default/web from 3 to 0"),
        "{warned:?}"
    );
    let blind = steadfast(&["admit", file.path()]);
    assert!(
        blind.out.contains("is not judged: the set could not be read"),
        "{blind:?}"
    );
    // A folder is read as all of its files.
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("observed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(dump.path(), folder.join("dump.yaml")).unwrap();
    let (run, same) = json(&[file.path(), "--observed", folder.to_str().unwrap()]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!((run.code, same), (1, answer));
}

#[test]
fn the_annotation_lets_a_change_through_and_an_empty_service_name_is_filled_in() {
    let note = "metadata:\n  name: web\n  annotations: {steadfast.dev/allow: \"P3\"}\n  labels:\n    app: web\nspec:\n  serviceName: web";
    let text = text_of(WEB).replace(
        "metadata:\n  name: web\n  labels:\n    app: web\nspec:\n  serviceName: web",
        note,
    );
    let text = text.replace(
        "  replicas: 3",
        "  replicas: 3\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}",
    );
    let new = Scratch::new("new.yaml", text);
    let run = steadfast(&["admit", WEB, new.path()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out
            .contains("P3      allowed  whenDeleted changes from Retain to Delete"),
        "{run:?}"
    );
    let services = manifest::read(text_of(WEB).as_bytes()).unwrap();
    let service = manifest::objects(services).remove(0).value;
    let service = Scratch::new("service.json", service.to_string());
    let nameless = Scratch::new("new.yaml", text_of(WEB).replace("  serviceName: web\n", ""));
    let settings = Scratch::new("settings.json", r#"{"fillServiceName": true}"#);
    let arguments = [
        nameless.path(),
        "--observed",
        service.path(),
        "--settings",
        settings.path(),
    ];
    let run = steadfast(&[&["admit"][..], &arguments].concat());
    assert!(
        run.out.ends_with("\nfills in spec.serviceName: \"web\"\n"),
        "{run:?}"
    );
}

#[test]
fn bad_input_says_where_and_what() {
    let review = Scratch::new(
        "review.yaml",
        "apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nrequest:\n  uid: 5\n",
    );
    let old = Scratch::new(
        "old.json",
        r#"{"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview", "request": {}}"#,
    );
    let settings = Scratch::new("settings.yaml", "policies:\n  P1: perhaps\n");
    let broken = Scratch::new(
        "broken.yaml",
        text_of(WEB).replace("replicas: 3", "replicas: three"),
    );
    for (arguments, words) in [
        (&["admit"][..], "AdmissionReview"),
        (&["admit", WEB, "--scale", "x"], "invalid value 'x'"),
        (&["admit", WEB, "--scale", "1", "--delete"], "cannot be used with"),
        (&["admit", STABLE], "nothing is changed"),
        (&["admit", review.path()], ":4:3: request.uid"),
        (&["admit", old.path()], "admission.k8s.io/v1 only"),
        (&["admit", review.path(), WEB], "says it all"),
        (
            &["admit", review.path(), "--delete"],
            "leave --scale, --delete and --from out",
        ),
        (
            &["admit", WEB, "--settings", settings.path()],
            ":2:3: policies.P1: Unsupported value",
        ),
        (&["admit", broken.path()], "spec.replicas"),
        (&["admit", "none.yaml"], "none.yaml"),
        (&["admit", "examples/quorum.yaml", WEB], "2 StatefulSets"),
        (&["admit", WEB, "--kubernetes", "1.2"], "1.2"),
        (&["admit", "-", "--observed", "-"], "once"),
    ] {
        let run = steadfast(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.err.contains(words), "{arguments:?}: {run:?}");
    }
}
