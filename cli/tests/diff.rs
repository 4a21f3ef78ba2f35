//! `diff`: two manifests compared as an API server compares them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Run, Scratch, steadfast, steadfast_with, text_of};
use serde_json::Value;

const WEB: &str = "examples/web.yaml";

/// web.yaml with texts replaced, each of which must be in it.
fn web_with(changes: &[(&str, &str)]) -> Scratch {
    let mut text = text_of(WEB);
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Scratch::new("new.yaml", text)
}

/// The difference between web.yaml and the same with other texts.
fn diff(changes: &[(&str, &str)], more: &[&str]) -> (Run, Scratch) {
    let new = web_with(changes);
    let run = steadfast(&[&["diff", WEB, new.path()], more].concat());
    (run, new)
}

fn json(changes: &[(&str, &str)], more: &[&str]) -> Value {
    let (run, _) = diff(changes, &[&["-o", "json"], more].concat());
    run.json()
}

fn commands(answer: &Value) -> Vec<String> {
    let steps = answer["runbook"]["steps"].as_array().unwrap().iter();
    let all = steps.flat_map(|step| step["commands"].as_array().unwrap());
    all.map(|command| command.as_str().unwrap().to_owned()).collect()
}

const LARGER: (&str, &str) = ("storage: 1Gi", "storage: 5Gi");

#[test]
fn a_new_image_is_told_with_its_line_and_the_pods_that_restart() {
    let run = steadfast(&["diff", WEB, "examples/web-v2.yaml"]);
    let expected = "\
LINE  FIELD                                   OLD         NEW         EFFECT
36    spec.template.spec.containers[0].image  nginx:1.28  nginx:1.29  new revision, Pods restart

New revision web-bdcfdfbc8: 3 Pods restart, from web-2 down, Kubernetes 1.37
";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (1, expected, ""));
}

#[test]
fn no_difference_is_exit_code_zero_and_what_looks_like_one_is_told() {
    let run = steadfast(&["diff", WEB, WEB]);
    let same = "No difference: StatefulSet default/web, Kubernetes 1.37\n";
    assert_eq!((run.code, run.out.as_str()), (0, same));
    let changes = [
        ("storage: 1Gi", "storage: 1024Mi"),
        ("  replicas: 3", "  replicas: 3\n  revisionHistoryLimit: 10"),
    ];
    let (run, _) = diff(&changes, &[]);
    let expected = "\
SAME                                                           OLD  NEW     WHY
spec.volumeClaimTemplates[0].spec.resources.requests[storage]  1Gi  1024Mi  the same value

1 default that only one side writes (-o wide shows them)

No difference: StatefulSet default/web, Kubernetes 1.37
";
    assert_eq!((run.code, run.out.as_str()), (0, expected));
    let (wide, _) = diff(&changes, &["-o", "wide"]);
    assert!(wide.out.contains("spec.revisionHistoryLimit"), "{}", wide.out);
    assert!(!wide.out.contains("-o wide"), "{}", wide.out);
}

#[test]
fn what_is_refused_is_told_in_the_words_of_each_version() {
    let changes = [("serviceName: web", "serviceName: web2")];
    let (run, new) = diff(&changes, &[]);
    assert_eq!(run.code, 1);
    let told = run.out.replace(new.path(), "NEW");
    assert!(
        told.contains(
            "Refused: StatefulSet default/web, Kubernetes 1.37\n  \
             NEW:23: spec.serviceName: Invalid value: \"web2\": field is immutable\n"
        ),
        "{told}"
    );
    let (run, new) = diff(&changes, &["--kubernetes", "1.36"]);
    let told = run.out.replace(new.path(), "NEW");
    assert!(
        told.contains(
            "  NEW:22: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
        ),
        "{told}"
    );
    assert!(
        told.contains("23    spec.serviceName  web  web2  not allowed\n"),
        "{told}"
    );
}

#[test]
fn larger_claims_have_a_runbook_that_was_played() {
    let answer = json(&[LARGER], &[]);
    assert_eq!(
        (answer["allowed"].as_bool(), &answer["set"]),
        (Some(false), &Value::from("default/web"))
    );
    assert_eq!(answer["changes"][0]["line"], 54);
    assert_eq!(answer["errors"][0]["line"], 47);
    let commands = commands(&answer);
    assert_eq!(commands.len(), 8);
    assert_eq!(commands[6], "kubectl delete statefulset web --cascade=orphan");
    assert!(
        commands[7].starts_with("kubectl apply -f ") && commands[7].ends_with("-new.yaml"),
        "{commands:?}"
    );
    let played = &answer["verification"];
    assert_eq!(
        (&played["outcome"], &played["forecast"]["minAvailable"]),
        (&"stable".into(), &3.into())
    );
    assert_eq!(
        played["resized"][2],
        serde_json::json!({"name": "www-web-2", "from": "1Gi", "to": "5Gi"})
    );
    assert_eq!(
        played["forecast"]["podNames"]["untouched"],
        serde_json::json!(["web-0", "web-1", "web-2"])
    );
}

#[test]
fn what_does_harm_is_shown_and_has_no_commands() {
    let (run, _) = diff(&[("app: web", "app: other")], &[]);
    assert_eq!(run.code, 1);
    assert!(!run.out.contains("kubectl"), "{}", run.out);
    assert!(
        run.out.contains("Not to be done by deleting the set and applying the new one:\n  mind: the labels of the Pods do not match"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("Played all the same: blocked after "),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("seen        Pods have no controller in the end: web-0, web-1, web-2\n"),
        "{}",
        run.out
    );
}

#[test]
fn changes_that_restart_nothing_say_so() {
    let told = |changes: &[(&str, &str)]| {
        let (run, _) = diff(changes, &[]);
        assert_eq!(run.code, 1, "{run:?}");
        let mut lines = run.out.lines();
        lines
            .find(|line| line.ends_with("Kubernetes 1.37"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        told(&[("replicas: 3", "replicas: 5")]),
        "No new revision: web-3 and web-4 are created, Kubernetes 1.37"
    );
    assert_eq!(
        told(&[("replicas: 3", "replicas: 2")]),
        "No new revision: web-2 goes, Kubernetes 1.37"
    );
    assert_eq!(
        told(&[(
            "replicas: 3",
            "replicas: 2\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}"
        )]),
        "No new revision: web-2 goes, claims and data included, Kubernetes 1.37"
    );
    assert_eq!(
        told(&[("replicas: 3", "replicas: 3\n  minReadySeconds: 5")]),
        "No new revision: no Pod restarts, Kubernetes 1.37"
    );
    let partition = "replicas: 3\n  updateStrategy: {rollingUpdate: {partition: 2}}";
    assert!(
        told(&[("replicas: 3", partition), ("nginx:1.28", "nginx:1.29")]).contains(
            ": Pod web-2 restarts and web-0 and web-1 have the old revision, below the partition, "
        )
    );
    let by_hand = told(&[
        ("replicas: 3", "replicas: 3\n  updateStrategy: {type: OnDelete}"),
        ("nginx:1.28", "nginx:1.29"),
    ]);
    assert!(
        by_hand.contains(": web-0 to web-2 restart once deleted by hand, "),
        "{by_hand}"
    );
}

#[test]
fn a_stored_set_is_compared_with_what_apply_makes_of_the_manifest() {
    let dump = text_of("tests/recorded/web/stable.yaml");
    let run = steadfast_with(&["diff", "--from", "-", WEB], dump.as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out
            .ends_with("No difference: StatefulSet default/web, Kubernetes 1.37\n"),
        "{}",
        run.out
    );
    let run = steadfast_with(&["diff", "--from", "-", "examples/web-v2.yaml"], dump.as_bytes());
    assert_eq!(
        (run.code, run.out.matches("no restart").count()),
        (1, 0),
        "{}",
        run.out
    );
    // A dump has other objects beside the set; the runbook is played from the set alone.
    let new = web_with(&[LARGER]);
    let run = steadfast_with(&["diff", "--from", "-", new.path()], dump.as_bytes());
    assert!(
        run.out.contains("Played: stable after ") && run.out.contains("3 untouched"),
        "{}",
        run.out
    );
}

#[test]
fn a_set_is_chosen_where_there_are_several() {
    let both = Scratch::new(
        "both.yaml",
        text_of(WEB) + "---\n" + &text_of("examples/cache.yaml"),
    );
    let run = steadfast(&["diff", both.path(), both.path()]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("choose one with --set: default/cache and default/web"),
        "{run:?}"
    );
    let run = steadfast(&["diff", both.path(), both.path(), "--set", "cache"]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "No difference: StatefulSet default/cache, Kubernetes 1.37\n")
    );
}

#[test]
fn bad_input_is_told_of_the_right_file() {
    for arguments in [&["diff"][..], &["diff", WEB], &["diff", WEB, WEB, WEB]] {
        let run = steadfast(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains("two files OLD NEW"), "{run:?}");
    }
    assert!(
        steadfast(&["diff", "-", "-"])
            .err
            .contains("standard input can be read once")
    );
    let run = steadfast(&["diff", WEB, "examples/cache.yaml"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (
            2,
            "error: examples/web.yaml: no StatefulSet `default/cache` in the input: there is default/web\n"
        )
    );
    let wrong = web_with(&[("replicas: 3", "replicas: three")]);
    for sides in [[WEB, wrong.path()], [wrong.path(), WEB]] {
        let run = steadfast(&["diff", sides[0], sides[1]]);
        assert_eq!(run.code, 2);
        assert!(
            run.complaint(&wrong)
                .starts_with("error: FILE:24:3: spec.replicas: Invalid value: \"three\""),
            "{run:?}"
        );
    }
    let run = steadfast(&["diff", WEB, wrong.path(), "-o", "json"]);
    assert_eq!(
        (run.code, &run.json()["error"]["causes"][0]["line"]),
        (2, &24.into())
    );
}

#[test]
fn names_from_outside_cannot_move_the_cursor_or_leave_their_word() {
    let hostile = "name: \"web\\u001b[2J; reboot\"";
    let old = web_with(&[("  name: web", &format!("  {hostile}"))]);
    let new = web_with(&[("  name: web", &format!("  {hostile}")), LARGER]);
    let run = steadfast(&["diff", old.path(), new.path()]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        !run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'),
        "{run:?}"
    );
    // Such a set cannot be created, so that nothing is proposed.
    assert!(!run.out.contains("kubectl"), "{}", run.out);
}

#[test]
fn yaml_and_json_say_the_same() {
    let new = web_with(&[LARGER]);
    let run = |format: &str| steadfast(&["diff", WEB, new.path(), "-o", format]);
    let yaml = steadfast_core::manifest::read_one(run("yaml").out.as_bytes())
        .unwrap()
        .unwrap()
        .value;
    assert_eq!(yaml, run("json").json());
}

#[test]
fn claims_that_go_with_their_data_are_an_error_of_the_change() {
    let scaled = "replicas: 2\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}";
    let (run, _) = diff(&[("replicas: 3", scaled)], &[]);
    assert!(run.out.contains("error[ClaimDataLoss]"), "{run:?}");
    assert!(run.out.contains("once this is applied: www-web-2;"), "{run:?}");
    let (json, _) = diff(&[("replicas: 3", scaled)], &["-o", "json"]);
    assert_eq!(json.json()["diagnoses"][0]["objects"][0]["name"], "www-web-2");
    assert_eq!(json.code, 1);
}
