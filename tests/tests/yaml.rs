//! The reader against what sigs.k8s.io/yaml and kubectl's decoder answered when the corpus was recorded, without Go.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::path::Path;

use serde_json::json;
use steadfast_tests::yaml::{Form, Ours, PLACES, difference, documents, recorded, scalars, traps};

#[test]
fn the_recorded_corpus_is_read_as_upstream_read_it() {
    let recorded = recorded(&Path::new(env!("CARGO_MANIFEST_DIR")).join("yaml/recorded.jsonl.gz")).unwrap();
    assert!(recorded.len() > 10_000, "{} texts", recorded.len());
    let mut differing = Vec::new();
    let mut refused = 0;
    for one in &recorded {
        let ours = Ours::of(one.form, &one.text);
        refused += usize::from(ours.documents.is_err());
        if let Some(what) = difference(one.form, &one.answer, &ours).unwrap() {
            differing.push(format!("{:?}\n    {what}", one.text));
        }
    }
    assert!(
        differing.is_empty(),
        "{} of {} texts differ:\n{}",
        differing.len(),
        recorded.len(),
        differing[..differing.len().min(20)].join("\n")
    );
    // A corpus that both refuse, or both read, proves half of it.
    assert!(
        (recorded.len() / 5..recorded.len() * 4 / 5).contains(&refused),
        "{refused} refused"
    );
}

#[test]
fn every_kind_of_answer_is_told_from_every_other() {
    let told = |form: Form, text: &str, answer: serde_json::Value| {
        difference(form, &answer, &Ours::of(form, text))
            .unwrap()
            .is_some()
    };
    assert!(!told(Form::Text, "a: 010\n", json!({"json": "{\"a\":8}"})));
    assert!(told(Form::Text, "a: 010\n", json!({"json": "{\"a\":10}"})));
    assert!(told(Form::Text, "a: 010\n", json!({"json": "{\"a\":\"8\"}"})));
    assert!(told(Form::Text, "a: 1.0\n", json!({"json": "{\"a\":1.5}"})));
    assert!(told(Form::Text, "a: 010\n", json!({"error": "no"})));
    assert!(told(Form::Text, "a: [\n", json!({"json": "{}"})));
    assert!(!told(Form::Text, "a: [\n", json!({"error": ""})));
    assert!(!told(Form::Text, "", json!({"json": "null"})));
    assert!(told(
        Form::Text,
        "a: 1\n",
        json!({"json": "{\"a\":1}", "strict": "twice"})
    ));
    assert!(!told(
        Form::File,
        "a: 1\n---\n---\nb: 2\n",
        json!({"documents": ["{\"a\":1}", "{\"b\":2}"]})
    ));
    assert!(told(
        Form::File,
        "a: 1\n---\n---\nb: 2\n",
        json!({"documents": ["{\"a\":1}"]})
    ));
    assert!(difference(Form::Text, &json!({}), &Ours::of(Form::Text, "")).is_err());
}

#[test]
fn a_seed_gives_the_same_texts_for_ever() {
    let first: Vec<String> = (1..6).map(scalars::scalar).collect();
    assert_eq!(first, (1..6).map(scalars::scalar).collect::<Vec<_>>());
    assert_eq!(documents::document(7), documents::document(7));
    assert_ne!(documents::document(7), documents::document(8));
}

#[test]
fn what_is_written_by_hand_is_all_there() {
    assert!(traps::all().len() > 5_000, "{} traps", traps::all().len());
    let handmade = steadfast_tests::yaml::handmade();
    assert!(handmade.len() > 380, "{} documents", handmade.len());
    let mut names: Vec<&str> = PLACES.iter().map(|place| place.name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "item",
            "item in brackets",
            "key",
            "nested value",
            "value",
            "value in braces"
        ]
    );
}
