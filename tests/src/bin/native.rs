//! `native`: writes what the native core and simulator answer to every question that WebAssembly is asked too, a line each.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let written =
        steadfast_tests::native::write(&mut out).and_then(|_| out.flush().map_err(|error| error.to_string()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("native: {sentence}");
            ExitCode::from(2)
        }
    }
}
