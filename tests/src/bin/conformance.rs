//! `conformance [VERSION=]PROGRAM... [options]`: worlds decided by upstream's programs and by the core, compared. Exits 1 at a
//! difference, 2 where something did not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match steadfast_tests::conformance::command(&arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("conformance: {sentence}");
            ExitCode::from(2)
        }
    }
}
