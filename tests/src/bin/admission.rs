//! `admission VERSION=PROGRAM... [options]`: mutated manifests and updates, judged by upstream's API server code and by the
//! core, compared. Exits 1 at a difference that is not a missing rule of the Pod template, 2 where something did not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match steadfast_tests::admission::command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("admission: {sentence}");
            ExitCode::from(2)
        }
    }
}
