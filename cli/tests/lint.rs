//! `lint` and `default`: what an API server would say and store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Scratch, root, steadfast, steadfast_with, text_of};
use serde_json::Value;

/// A file that an API server takes.
const WEB: &str = "examples/web.yaml";

/// One that it refuses: see `docs/lint.md`, where all that is said of it stands.
const MISTAKES: &str = "docs/samples/mistakes.yaml";

#[test]
fn the_exit_code_says_how_bad_the_worst_finding_is() {
    assert_eq!(steadfast(&["lint", WEB]).code, 0);
    assert_eq!(steadfast(&["lint", MISTAKES]).code, 1);
    assert_eq!(steadfast(&["lint", "no-such-file.yaml"]).code, 2);
    let warned = text_of(WEB).replace("  replicas: 3", "  replica: 3");
    let code = |fail_on: &str| steadfast_with(&["lint", "-", "--fail-on", fail_on], warned.as_bytes()).code;
    assert_eq!([code("error"), code("warning"), code("note")], [0, 1, 1]);
}

#[test]
fn of_a_folder_every_manifest_is_read_and_other_programs_files_are_passed_over() {
    let folder = Folder::new(&[
        ("a/web.yaml", &text_of(WEB)),
        ("a/b/values.yaml", "replicas: 3\n"),
        ("a/b/helm.yaml", "{{- if .Values.x }}\nkind: Deployment\n"),
        ("a/b/set.yml", "{{- if .Values.x }}\nkind: StatefulSet\n"),
        (".hidden/set.yaml", "kind: [\n"),
        ("a/notes.txt", "kind: [\n"),
    ]);
    let answer = steadfast(&["lint", folder.path(), "-o", "json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let answer = answer.json();
    let files = answer["files"].as_array().unwrap();
    let named: Vec<&str> = files
        .iter()
        .map(|file| file["file"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(named, ["set.yml", "web.yaml"]);
    let remedy = files[0]["findings"][0]["remedy"].as_str().unwrap();
    assert!(remedy.contains("helm template"), "{remedy}");
}

#[test]
fn every_finding_points_at_the_text_that_it_is_about() {
    let text = text_of(MISTAKES);
    let lines: Vec<&str> = text.lines().collect();
    let answer = steadfast(&["lint", MISTAKES, "-o", "json"]).json();
    let marked: Vec<&str> = answer["files"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let at = |end: &str, number: &str| finding["span"][end][number].as_u64().unwrap() as usize - 1;
            assert_eq!(at("start", "line"), at("end", "line"));
            &lines[at("start", "line")][at("start", "column")..at("end", "column")]
        })
        .collect();
    assert_eq!(
        marked,
        ["serviceNme", "shop", "volumes", "labels", "ifnotpresent", "dta"]
    );
}

#[test]
fn github_gets_one_annotation_a_finding_and_sarif_one_result() {
    let github = steadfast(&["lint", MISTAKES, "-o", "github"]);
    assert_eq!((github.code, github.out.lines().count()), (1, 6));
    let first = github.out.lines().next().unwrap();
    assert_eq!(
        first,
        "::warning file=docs/samples/mistakes.yaml,line=16,endLine=16,col=3,endColumn=13,title=UnknownField::\
         unknown field \"spec.serviceNme\"%0Adid you mean `serviceName`?"
    );
    let sarif = steadfast(&["lint", MISTAKES, "-o", "sarif"]).json();
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 6);
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], MISTAKES);
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 16);
    }
}

#[test]
fn a_file_name_with_other_letters_is_escaped_for_machines() {
    let folder = Folder::new(&[("a b,c:ä.yaml", "kind: StatefulSet\napiVersion: apps/v1\n")]);
    let github = steadfast(&["lint", folder.path(), "-o", "github"]).out;
    assert!(github.contains("/a b%2Cc%3Aä.yaml,line="), "{github}");
    let sarif = steadfast(&["lint", folder.path(), "-o", "sarif"]).json();
    let uri = sarif
        .pointer("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri")
        .unwrap();
    assert!(
        uri.as_str().unwrap().ends_with("/a%20b%2Cc%3A%C3%A4.yaml"),
        "{uri}"
    );
}

#[test]
fn a_change_is_judged_as_an_update() {
    let new = text_of(WEB).replace("  serviceName: web", "  serviceName: other");
    let new = Scratch::new("new.yaml", new);
    let before = steadfast(&["lint", "--from", WEB, new.path(), "--kubernetes", "1.36"]);
    assert!(
        before
            .out
            .contains("spec: Forbidden: updates to statefulset spec for fields other than"),
        "{before:?}"
    );
    let now = steadfast(&["lint", "--from", WEB, new.path()]);
    assert!(
        now.out
            .contains("spec.serviceName: Invalid value: \"other\": field is immutable"),
        "{now:?}"
    );
    assert!(now.out.contains("steadfast diff OLD NEW"), "{now:?}");
    assert_eq!(
        [before.code, now.code, steadfast(&["lint", new.path()]).code],
        [1, 1, 0]
    );
}

#[test]
fn lines_of_manifests_get_lines_of_verdicts() {
    let set: Value = serde_json::from_str(&steadfast(&["default", WEB, "-o", "json"]).out).unwrap();
    let mut changed = set.clone();
    changed["spec"]["serviceName"] = "other".into();
    let yaml = "kind: StatefulSet\nmetadata: {name: web}\nspec: {replicas: -1}\n";
    let lines = [
        serde_json::json!({"new": set}).to_string(),
        serde_json::json!({"new": changed, "old": set}).to_string(),
        serde_json::json!({"yaml": yaml}).to_string(),
        serde_json::json!({"new": {"spec": {"replicas": "x"}}}).to_string(),
        "{\"new\": ".to_owned(),
        "{}".to_owned(),
    ];
    let run = steadfast_with(&["lint", "--lines"], lines.join("\n").as_bytes());
    assert_eq!(run.code, 2);
    let answers: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), lines.len());
    assert_eq!(answers[0]["object"], set);
    assert_eq!(answers[0]["errors"], serde_json::json!([]));
    assert_eq!(answers[1]["errors"][0]["field"], "spec.serviceName");
    let negative = answers[2]["errors"].as_array().unwrap();
    let negative = negative
        .iter()
        .find(|error| error["field"] == "spec.replicas")
        .unwrap();
    assert_eq!((&negative["line"], &negative["column"]), (&3.into(), &8.into()));
    assert_eq!(answers[3]["errors"][0]["type"], "FieldValueTypeInvalid");
    assert_eq!(answers[3].get("object"), None);
    assert_eq!(answers[4]["error"]["causes"][0]["line"], 5);
    assert_eq!(answers[5]["error"]["code"], "invalid");
}

#[test]
fn what_is_stored_has_defaults_and_is_stored_so_again() {
    for file in std::fs::read_dir(root().join("examples")).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if text.contains("kind: StatefulSet") {
            let once = steadfast(&["default", file.to_str().unwrap()]);
            assert_eq!(once.code, 0, "{once:?}");
            assert!(once.out.contains("revisionHistoryLimit: 10"), "{once:?}");
            let again = steadfast_with(&["default", "-"], once.out.as_bytes());
            assert_eq!(again.out, once.out);
        }
    }
}

#[test]
fn nothing_is_printed_of_what_an_api_server_would_refuse() {
    let run = steadfast(&["default", MISTAKES]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("Unsupported value: \"ifnotpresent\""), "{run:?}");
    let none = steadfast_with(
        &["default", "-"],
        b"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
    );
    assert_eq!(none.code, 2);
    assert!(
        none.err
            .contains("no StatefulSet (apps/v1) in the input, found Secret"),
        "{none:?}"
    );
}

#[test]
fn several_sets_are_printed_as_a_stream_or_as_a_list_and_one_can_be_chosen() {
    let both = [text_of(WEB), text_of(WEB).replace("name: web", "name: other")].join("---\n");
    let with = |arguments: &[&str]| steadfast_with(&[&["default", "-"], arguments].concat(), both.as_bytes());
    assert_eq!(with(&[]).out.matches("\n---\n").count(), 1);
    let list = with(&["-o", "json"]).json();
    assert_eq!(
        (&list["kind"], list["items"].as_array().unwrap().len()),
        (&"List".into(), 2)
    );
    let one = with(&["-o", "json", "--set", "other", "-n", "shop"]).json();
    assert_eq!(
        (&one["metadata"]["name"], &one["metadata"]["namespace"]),
        (&"other".into(), &"shop".into())
    );
}

/// A folder that is gone when it is dropped.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let scratch = Scratch::new("folder", "");
        let folder = std::path::PathBuf::from(format!("{}.d", scratch.path()));
        for (name, text) in files {
            let file = folder.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
