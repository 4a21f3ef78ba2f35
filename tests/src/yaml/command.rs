//! The command `yaml`.

use super::options::Options;
use super::{limits, recorded, run, table};

/// Runs it; whether no more differs than may.
///
/// # Errors
/// A sentence that says what did not run, and why.
pub fn command(arguments: &[String]) -> Result<bool, String> {
    if arguments.iter().any(|argument| argument == "--limits") {
        return Ok(limits::run());
    }
    let options = Options::parse(arguments)?;
    let questions = run::questions(&options);
    if let Some(path) = &options.record {
        recorded::write(path, &questions, &options.program)?;
        println!("written: {}", path.display());
        return Ok(true);
    }
    let outcome = run::run(&questions, &options.program, options.jobs)?;
    print!("{}", table::of(&outcome, options.show));
    Ok(outcome.differing(true) <= options.most && outcome.differing(false) <= options.most)
}
