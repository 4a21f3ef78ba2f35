//! `dns PROGRAM [options]`: random Services, EndpointSlices and Pods, asked of CoreDNS' plugin and of the core, compared.
//! Exits 1 at a difference, 2 where something did not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match steadfast_tests::dns::command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("dns: {sentence}");
            ExitCode::from(2)
        }
    }
}
