//! `reviews`: requests for admission with the core's verdicts, a line each.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let written = steadfast_tests::reviews::command(&arguments, &mut out)
        .and_then(|()| out.flush().map_err(|error| error.to_string()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("reviews: {sentence}");
            ExitCode::from(2)
        }
    }
}
