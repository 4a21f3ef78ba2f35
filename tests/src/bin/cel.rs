//! `cel [options] -- KUBECTL [FLAG...]`: the policies in CEL in a real API server, compared with the core. Exits 1 at a difference, 2
//! where something did not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match steadfast_tests::cel::command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("cel: {sentence}");
            ExitCode::from(2)
        }
    }
}
