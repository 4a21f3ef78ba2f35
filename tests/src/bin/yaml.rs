//! `yaml PROGRAM [options]`: scalars and documents read by sigs.k8s.io/yaml and by the core, compared. Exits 1 where more
//! differs than may, 2 where something did not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match steadfast_tests::yaml::command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("yaml: {sentence}");
            ExitCode::from(2)
        }
    }
}
