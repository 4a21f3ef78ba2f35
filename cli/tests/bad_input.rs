//! Bad input: exit 2, one clear message with file, line or field path and what to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Scratch, steadfast, steadfast_with, text_of};

const STABLE: &str = "tests/recorded/web/stable.yaml";

/// What `reconcile` and `plan` say of a file with this content; both must say the same, and nothing on standard output.
fn complaint(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let file = Scratch::new(name, bytes);
    let mut complaints: Vec<String> = ["reconcile", "plan"]
        .into_iter()
        .map(|command| {
            let run = steadfast(&[command, file.path()]);
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{command} {name}: {run:?}");
            run.complaint(&file)
        })
        .collect();
    complaints.dedup();
    assert_eq!(
        complaints.len(),
        1,
        "reconcile and plan differ on {name}: {complaints:?}"
    );
    complaints.remove(0)
}

/// The dump of a stable set with one text replaced, once.
fn stable_with(from: &str, to: &str) -> String {
    let dump = text_of(STABLE);
    assert!(dump.contains(from), "{from}");
    dump.replacen(from, to, 1)
}

#[test]
fn another_kind_is_told_with_what_was_found() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n---\nkind: Service\nmetadata: {name: web}\n";
    let expected = "error: FILE: no StatefulSet (apps/v1) in the input, found 1 Deployment and 1 Service: add the file that has it\n";
    assert_eq!(complaint("deployment.yaml", deployment), expected);
    let kruise = "apiVersion: apps.kruise.io/v1beta1\nkind: StatefulSet\nmetadata: {name: web}\n";
    assert!(complaint("kruise.yaml", kruise).contains("found 1 StatefulSet of `apps.kruise.io/v1beta1`"));
}

#[test]
fn two_sets_without_a_choice_are_told_with_the_candidates() {
    for command in ["reconcile", "plan"] {
        let both = [command, STABLE, "tests/recorded/cache/stable.yaml"];
        let run = steadfast(&both);
        assert_eq!(run.code, 2);
        let expected =
            "error: 2 StatefulSets in the input: choose one with --set: default/cache and default/web\n";
        assert_eq!(run.err, expected, "{command}");
        let wrong = steadfast(&[&both[..], &["--set", "shop/web"]].concat());
        assert_eq!(
            wrong.err,
            "error: no StatefulSet `shop/web` in the input: there is default/cache and default/web\n"
        );
        let json = steadfast(&[&both[..], &["-o", "json"]].concat());
        assert_eq!((json.code, json.err.as_str()), (2, ""));
        assert_eq!(json.json()["error"]["code"], "ambiguous");
        assert_eq!(json.json()["error"]["causes"][0]["value"], "default/cache");
        let chosen = steadfast(&[&both[..], &["--set", "default/web"]].concat());
        assert_eq!(chosen.code, 0, "{chosen:?}");
    }
}

#[test]
fn what_is_not_yaml_is_told_with_line_and_column() {
    for (text, expected) in [
        (
            "kind: StatefulSet\n\tmetadata: {}\n",
            "error: FILE:2:1: tabs cannot indent YAML: use spaces\n",
        ),
        (
            "kind: StatefulSet\nmetadata: {name: web\n",
            "error: FILE:2:11: this `{` is never closed\n",
        ),
        (
            "{\"kind\": \"StatefulSet\"",
            "error: FILE:2:1: the JSON ends inside an object: is the file cut off?\n",
        ),
        (
            "{\"kind\": \"StatefulSet\"}",
            "error: FILE:1:1: StatefulSet: metadata.name: Required value\n",
        ),
        (
            "just a sentence\n",
            "error: FILE:1:1: this is a line of text, not an object of Kubernetes",
        ),
        (
            "- kind: StatefulSet\n",
            "error: FILE:1:1: this is a list, not an object of Kubernetes",
        ),
        (
            "name: web\nreplicas: 3\n",
            "error: FILE:1:1: kind: Required value: this is no object of Kubernetes",
        ),
    ] {
        let complaint = complaint("not.yaml", text);
        assert!(complaint.starts_with(expected), "{text:?}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
}

#[test]
fn wrong_types_deep_inside_are_told_with_line_and_field() {
    for (from, to, expected) in [
        (
            "replicas: 3\n    rev",
            "replicas: \"three\"\n    rev",
            "spec.replicas: Invalid value: \"three\": must be a 32-bit integer, but is a string\n",
        ),
        (
            "terminationGracePeriodSeconds: 10\n",
            "volumes: {}\n",
            "spec.template.spec.volumes: Invalid value: must be a list, but is a mapping\n",
        ),
        (
            "replicas: 3\n    rev",
            "replicas: -3\n    rev",
            "spec.replicas: Invalid value: -3: must be greater than or equal to 0\n",
        ),
        (
            "    selector:\n      matchLabels:\n        app: web\n",
            "",
            "spec.selector: Required value\n",
        ),
        (
            "podManagementPolicy: OrderedReady",
            "podManagementPolicy: [1]",
            "spec.podManagementPolicy: ",
        ),
    ] {
        let complaint = complaint("stable.yaml", stable_with(from, to));
        assert!(
            complaint.contains(&format!(": StatefulSet `web`: {expected}")),
            "{to}: {complaint}"
        );
        let place = complaint
            .strip_prefix("error: FILE:")
            .unwrap_or_else(|| panic!("{complaint}"));
        assert!(
            place
                .split(':')
                .take(2)
                .all(|number| number.parse::<u32>().is_ok_and(|n| n > 0)),
            "{complaint}"
        );
    }
}

#[test]
fn an_error_in_a_pod_names_the_pod_and_the_line_of_the_dump() {
    let dump = stable_with("phase: Running", "phase: [1]");
    let line = dump.lines().position(|line| line.contains("phase: [1]")).unwrap() + 1;
    let complaint = complaint("stable.yaml", dump);
    let expected = format!(
        "error: FILE:{line}:5: Pod `web-0`: status.phase: Invalid value: must be a string, but is a list\n"
    );
    assert_eq!(complaint, expected);
}

#[test]
fn several_errors_are_told_one_a_line() {
    let dump = stable_with("replicas: 3\n    rev", "replicas: x\n    rev").replacen(
        "phase: Running",
        "phase: [1]",
        1,
    );
    let complaint = complaint("stable.yaml", dump);
    let lines: Vec<&str> = complaint.lines().collect();
    assert!(
        !lines.is_empty() && lines.iter().all(|line| line.starts_with("error: FILE:")),
        "{complaint}"
    );
    assert!(
        lines[0].contains("StatefulSet `web`: spec.replicas"),
        "{complaint}"
    );
}

#[test]
fn brackets_without_end_are_refused_quickly() {
    for open in ["[", "{\"a\":", "- ", "a: {"] {
        let start = std::time::Instant::now();
        let complaint = complaint("brackets.yaml", open.repeat(100_000_000 / open.len()));
        assert!(complaint.starts_with("error: FILE:1:"), "{complaint}");
        assert!(complaint.len() < 200, "{complaint}");
        assert!(
            start.elapsed().as_secs() < 60,
            "{open:?} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_truncated_dump_is_told_wherever_it_ends() {
    let dump = text_of(STABLE);
    let mut cut = 0;
    for at in (200..dump.len() - 60)
        .step_by(997)
        .filter(|at| dump.is_char_boundary(*at))
    {
        let complaint = complaint("truncated.yaml", &dump[..at]);
        assert!(complaint.starts_with("error: FILE:"), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        cut += 1;
    }
    assert!(cut > 10);
    let between_items = dump.find("    name: web-2\n").unwrap();
    assert!(complaint("truncated.yaml", &dump[..between_items]).contains("is the file cut off?"));
}

#[test]
fn bytes_that_are_no_text_empty_files_and_files_that_are_not_there_are_told() {
    let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
    assert_eq!(
        complaint("bytes.bin", bytes),
        "error: FILE:1:1: this is not text: byte 0x00 cannot stand in YAML\n"
    );
    assert!(
        complaint("latin.yaml", b"kind: StatefulSet # caf\xe9\n")
            .starts_with("error: FILE:1:24: byte 0xe9 is not UTF-8")
    );
    let empty = "error: FILE: it holds no object: it is empty, or nothing but comments\n";
    assert_eq!(complaint("empty.yaml", ""), empty);
    assert_eq!(complaint("comment.yaml", "# nothing\n---\n"), empty);
    for command in ["reconcile", "plan"] {
        let missing = steadfast(&[command, "examples/no-such-file.yaml"]);
        let expected = "error: examples/no-such-file.yaml: there is no such file\n";
        assert_eq!((missing.code, missing.err.as_str()), (2, expected));
        let folder = steadfast(&[command, "examples"]);
        let expected = "error: examples: this is a directory: name the files in it\n";
        assert_eq!((folder.code, folder.err.as_str()), (2, expected));
        let nothing = steadfast_with(&[command, "-"], b"");
        assert!(
            nothing.code == 2
                && nothing
                    .err
                    .starts_with("error: standard input: it holds no object"),
            "{nothing:?}"
        );
    }
}

#[test]
fn control_characters_of_the_input_never_reach_the_terminal() {
    let run = steadfast(&["reconcile", STABLE, "--set", "a\u{1b}[2J\nb"]);
    assert_eq!(run.code, 2);
    assert!(
        !run.err.contains('\u{1b}') && run.err.lines().count() == 1,
        "{run:?}"
    );
}

#[test]
fn a_manifest_given_to_reconcile_is_sent_to_plan() {
    let run = steadfast(&["reconcile", "examples/web.yaml"]);
    assert_eq!(run.code, 2);
    let expected = "error: examples/web.yaml:18:1: StatefulSet `web`: metadata.uid: Required value: this is a manifest, \
                    not what an API server returned: `steadfast plan examples/web.yaml` shows what it will do\n";
    assert_eq!(run.err, expected);
}

#[test]
fn a_set_that_is_there_twice_is_not_guessed_at() {
    let run = steadfast(&["reconcile", STABLE, "tests/recorded/web/roll.yaml"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains(
            "StatefulSet default/web is in the input twice, at tests/recorded/web/stable.yaml:3 and"
        ),
        "{run:?}"
    );
}

#[test]
fn unknown_versions_gates_and_times_are_told_with_what_there_is() {
    for (arguments, expected) in [
        (["--kubernetes", "1.12"], "1.33, 1.34, 1.35, 1.36, 1.37"),
        (
            ["--feature-gates", "Recreate=true"],
            "StatefulSetRecreateStrategy",
        ),
        (
            ["--feature-gates", "MaxUnavailableStatefulSet"],
            "NAME=true or NAME=false",
        ),
        (["--now", "yesterday"], "2026-11-21T00:00:00Z"),
        (["-o", "xml"], "json"),
        (["--time", "0"], "--time"),
    ] {
        let run = steadfast(&[&["reconcile", STABLE], &arguments[..]].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(expected), "{arguments:?}: {run:?}");
    }
}
