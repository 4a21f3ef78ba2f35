//! The types of the npm package: `wire.ts` is what the Rust types say, `scenario.ts` what the readers of stories and
//! questions take, and what Rust writes is of these types.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod docs;
mod fits;
mod print;
mod readers;
mod samples;
mod syntax;
mod wire;
mod written;

use std::path::{Path, PathBuf};

/// With `STEADFAST_REWRITE=1` the file is written anew, to be reviewed as a change.
#[test]
fn wire_ts_is_what_the_rust_types_say() {
    let path = folder().join("wire.ts");
    let should = wire::text();
    let is = std::fs::read_to_string(&path).unwrap_or_default();
    if is == should {
        return;
    }
    if std::env::var_os("STEADFAST_REWRITE").is_some_and(|value| value == "1") {
        std::fs::write(&path, should).unwrap();
        return;
    }
    let differs = is
        .lines()
        .zip(should.lines())
        .position(|(is, should)| is != should);
    let at = differs.unwrap_or(is.lines().count().min(should.lines().count()));
    panic!(
        "{}:{}: the Rust types say `{}`\nSTEADFAST_REWRITE=1 writes it anew",
        path.display(),
        at + 1,
        should.lines().nth(at).unwrap_or_default()
    );
}

/// What is said of the types is said to people who know no Rust.
#[test]
fn wire_ts_speaks_of_nothing_that_is_rusts_own() {
    let text = wire::text();
    for word in [
        "None", "Some(", "Option", "Vec", "serde", "u32", "u64", "::", "[`", ".md", "```",
    ] {
        let line = text.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "{word}");
    }
    let comments = text
        .lines()
        .filter(|line| line.trim_start().starts_with(['*', '/']));
    let mut names = comments.flat_map(|line| line.split('`').skip(1).step_by(2));
    let snake = names.find(|name| name.contains('_') && !name.contains(' '));
    assert_eq!(snake, None);
}

/// The npm package's sources.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/npm/src")
}
