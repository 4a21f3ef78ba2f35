//! What the comparison says when the other side does not behave: a sentence, in bounded time, and never a pass.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use steadfast_tests::conformance::{Upstream, command};

/// One test at a time: a script that another thread's new process still holds open for writing cannot be started.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that says it is Kubernetes 1.37.1, and then does what the script says; it goes with the test.
struct Program(PathBuf);

impl Program {
    fn of(name: &str, script: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("steadfast-conformance-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("program");
        let version = "if [ \"$1\" = --version ]; then echo '{\"kubernetes\":\"1.37.1\"}'; exit 0; fi";
        std::fs::write(&path, format!("#!/bin/sh\n{version}\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.join("program")
    }

    /// Compares worlds with it, in one line of work so that it is known which world comes first.
    fn compared(&self, options: &str) -> Result<u64, String> {
        let mut arguments = vec![self.path().display().to_string()];
        let cases = self.0.join("cases").display().to_string();
        let fixed = format!("--brief --jobs 1 --seed 7 --worlds 40 --cases {cases} --shrink 0 {options}");
        arguments.extend(fixed.split_whitespace().map(str::to_owned));
        command(&arguments)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

#[test]
fn a_program_that_ends_is_an_error_with_the_world_and_its_last_words() {
    let _alone = alone();
    let program = Program::of("ends", "read line\necho 'fatal error: out of memory' >&2\nexit 3");
    let error = program.compared("").unwrap_err();
    assert!(
        error.contains("Kubernetes 1.37.1, world 7: the Go side has ended"),
        "{error}"
    );
    assert!(
        error.contains("exit status: 3") && error.contains("out of memory"),
        "{error}"
    );
}

#[test]
fn a_program_that_ends_in_the_middle_names_the_world_that_it_left_open() {
    let _alone = alone();
    let line = r#"{"id":7,"actions":[],"statusWritten":false}"#;
    let program = Program::of("middle", &format!("read line\necho '{line}'\nread line\nexit 0"));
    let error = program.compared("").unwrap_err();
    assert!(
        error.contains("world 8: the Go side has ended") && error.contains("exit status: 0"),
        "{error}"
    );
}

#[test]
fn what_is_no_answer_is_an_error_that_quotes_it() {
    let _alone = alone();
    let program = Program::of("garbage", "read line\necho 'hello, world'\nexec sleep 60");
    let error = program.compared("").unwrap_err();
    assert!(
        error.contains("world 7") && error.contains("hello, world"),
        "{error}"
    );
    let program = Program::of(
        "other",
        "read line\necho '{\"id\":5,\"actions\":[]}'\nexec sleep 60",
    );
    let error = program.compared("").unwrap_err();
    assert!(error.contains("answers another question"), "{error}");
}

#[test]
fn a_crash_line_counts_as_a_mismatch() {
    let _alone = alone();
    let script = r#"i=7
while read -r line; do echo "{\"id\":$i,\"crash\":\"panic: nil map\"}"; i=$((i+1)); done"#;
    let program = Program::of("crash", script);
    assert_eq!(program.compared(""), Ok(40));
    let stopped = program.compared("--stop").unwrap();
    assert!((1..=40).contains(&stopped), "{stopped}");
}

#[test]
fn a_program_that_says_nothing_is_given_up_in_bounded_time() {
    let _alone = alone();
    for (name, script) in [("hangs", "exec sleep 60"), ("deaf", "exec sleep 60 < /dev/null")] {
        let program = Program::of(name, script);
        let start = Instant::now();
        let error = program.compared("--patience 1").unwrap_err();
        assert!(
            error.contains("world 7") && error.contains("no answer for 1 s"),
            "{error}"
        );
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}

#[test]
fn a_program_that_answers_nothing_right_is_no_pass() {
    let _alone = alone();
    let script = r#"i=7
while read -r line; do echo "{\"id\":$i,\"actions\":[],\"statusWritten\":false}"; i=$((i+1)); done"#;
    let mismatches = Program::of("wrong", script).compared("").unwrap();
    assert!(mismatches > 15, "only {mismatches}");
}

#[test]
fn a_program_of_another_version_or_of_none_is_not_asked() {
    let _alone = alone();
    let program = Program::of("version", "exit 0");
    let error = program.compared("--kubernetes 1.36.4").unwrap_err();
    assert!(
        error.contains("runs Kubernetes 1.37.1, not 1.36.4") && error.contains("nothing was compared"),
        "{error}"
    );
    let missing = command(&["1.37.1=/nowhere/program".to_owned()]).unwrap_err();
    assert!(
        missing.contains("/nowhere/program") && missing.contains("nothing was compared"),
        "{missing}"
    );
    let mute = Program(program.0.join("mute"));
    std::fs::create_dir_all(&mute.0).unwrap();
    std::fs::copy("/bin/true", mute.path()).unwrap();
    let error = mute.compared("").unwrap_err();
    assert!(error.contains("does not say which Kubernetes it runs"), "{error}");
}

#[test]
fn a_single_question_to_a_program_that_is_gone_is_an_error_too() {
    let _alone = alone();
    let program = Program::of("gone", "echo 'no such flag' >&2\nexit 2");
    let mut upstream = Upstream::start_patiently(&program.path(), Duration::from_secs(2)).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let error = upstream.ask(&json!({"id": 1}).to_string()).unwrap_err();
    assert!(error.contains("no such flag"), "{error}");
}
