//! The pages on diagnoses say what the diagnoses say, and `docs/diagnoses/` is what they are.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use steadfast_core::explain::{DiagnosisCode, Page};

/// `STEADFAST_REWRITE=1` writes the files anew.
#[test]
fn the_pages_in_docs_are_made_from_the_table() {
    let folder = root().join("docs/diagnoses");
    let is_rewritten = std::env::var_os("STEADFAST_REWRITE").is_some();
    let mut pages: BTreeMap<String, String> = DiagnosisCode::ALL
        .into_iter()
        .map(|(code, name)| (format!("{name}.md"), Page::of(code).to_markdown()))
        .collect();
    pages.insert("README.md".to_owned(), Page::index());
    for (name, page) in &pages {
        let path = folder.join(name);
        if is_rewritten {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(&written, page, "{name}: STEADFAST_REWRITE=1 writes it anew");
    }
    for file in std::fs::read_dir(&folder).unwrap() {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        assert!(pages.contains_key(&name), "{name} is the page of no diagnosis");
    }
}

/// What the page shows is what some case gives, word for word.
#[test]
fn every_example_of_a_page_is_a_message_of_a_case_of_its_code() {
    let messages = messages();
    for (code, name) in DiagnosisCode::ALL {
        let page = Page::of(code);
        assert_eq!(page.code, code, "{name} has the page of another");
        assert!(!page.see.is_empty(), "{name} shows no message");
        for example in page.see {
            let told = messages
                .get(name)
                .is_some_and(|known| known.iter().any(|told| told.1 == *example));
            assert!(told, "no case of {name} says: {example}");
        }
    }
}

/// A severity that a case gives is one that the page names.
#[test]
fn every_severity_of_a_case_is_on_the_page() {
    for (name, told) in messages() {
        let page = Page::named(&name).unwrap();
        for (severity, _) in told {
            let line = page.to_markdown().lines().nth(2).unwrap().to_owned();
            assert!(line.contains(&severity), "{name} may be {severity}: {line}");
        }
    }
}

#[test]
fn every_code_has_three_cases_and_one_that_must_not_have_it() {
    let texts: Vec<String> = cases();
    let messages = messages();
    for (_, name) in DiagnosisCode::ALL {
        let asked = texts.iter().filter(|text| is_asked(text, name)).count();
        assert!(asked >= 2, "{name} has {asked} cases");
        assert!(messages.contains_key(name), "no case gives {name}");
        let nearly = texts
            .iter()
            .any(|text| text.lines().any(|line| line == format!("no {name}")));
        assert!(nearly, "no case nearly gives {name} and must not");
    }
}

fn is_asked(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        line.strip_prefix("explain: ")
            .is_some_and(|codes| codes.contains(name))
    })
}

/// The messages of all cases with their severities, by codes.
fn messages() -> BTreeMap<String, Vec<(String, String)>> {
    let mut messages: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for text in cases() {
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2) {
            let (head, told) = (pair.first().unwrap().trim(), pair.last().unwrap().trim());
            for severity in ["error", "warning", "info"] {
                let Some(rest) = head.strip_prefix(&format!("{severity} ")) else {
                    continue;
                };
                let code = rest.split(' ').next().unwrap_or_default();
                messages
                    .entry(code.to_owned())
                    .or_default()
                    .push((severity.to_owned(), told.to_owned()));
            }
        }
    }
    messages
}

fn cases() -> Vec<String> {
    let folder = root().join("tests/cases/explain");
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
