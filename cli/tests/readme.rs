//! The transcripts of the README and of `docs/` are what the commands print.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_transcript_shows_what_its_command_prints() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let (renewed, commands) = renew(&text);
        seen += commands;
        if renewed == text {
            continue;
        }
        if std::env::var_os("STEADFAST_REWRITE").is_some() {
            std::fs::write(&page, renewed).unwrap();
        } else {
            let line = text
                .lines()
                .zip(renewed.lines())
                .position(|(is, should)| is != should)
                .unwrap_or_default();
            let should = renewed.lines().nth(line).unwrap_or_default();
            wrong.push(format!(
                "{}:{}: the command prints `{should}`",
                page.display(),
                line + 1
            ));
        }
    }
    assert!(seen >= 4, "only {seen} transcripts were found");
    assert!(
        wrong.is_empty(),
        "{}\nSTEADFAST_REWRITE=1 writes them anew",
        wrong.join("\n")
    );
}

/// The page with every `console` block as it should be, and how many commands were run.
fn renew(text: &str) -> (String, usize) {
    let (mut renewed, mut commands) = (String::new(), 0);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        renewed.push_str(line);
        renewed.push('\n');
        if line != "```console" {
            continue;
        }
        for line in lines.by_ref().take_while(|line| *line != "```") {
            if let Some(command) = line.strip_prefix("$ ") {
                renewed.push_str(&format!("{line}\n{}", output(command)));
                commands += 1;
            }
        }
        renewed.push_str("```\n");
    }
    (renewed, commands)
}

/// What `steadfast …` or `cargo run --release -- …` prints; both are this binary.
fn output(command: &str) -> String {
    let arguments = ["cargo run --release -- ", "steadfast "]
        .iter()
        .find_map(|prefix| command.strip_prefix(prefix));
    let arguments = arguments.unwrap_or_else(|| panic!("not a command of ours: {command}"));
    let output = Command::new(env!("CARGO_BIN_EXE_steadfast"))
        .args(arguments.split_whitespace())
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn pages() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let mut pages: Vec<PathBuf> = docs
        .filter(|page| page.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
