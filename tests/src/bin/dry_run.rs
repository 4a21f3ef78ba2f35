//! `dry_run [options] -- KUBECTL [FLAG...]`: what a real API server answers to manifests, compared with the core. Exits 1 at a
//! difference, 2 where something did not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match steadfast_tests::dry_run::command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("dry_run: {sentence}");
            ExitCode::from(2)
        }
    }
}
