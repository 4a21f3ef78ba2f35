//! The command `admission`: one version after the other, its table, and the examples.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use serde_json::json;

use super::compare::{Compared, Sides};
use super::options::Options;
use super::record::Record;
use super::rules::Rule;
use super::run::{Outcome, Plan, Program, run};
use super::table;
use super::tally::{Count, Example, Tally};
use super::vectors;
use crate::conformance::{Column, Upstream};

/// Runs it; whether nothing differs but what is missing in the Pod template.
///
/// # Errors
/// A sentence that says what did not run, and why.
pub fn command(arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    if let Some(path) = &options.vectors {
        vectors::record(&options, path)?;
        return Ok(true);
    }
    let (mut examples, mut rules) = (String::new(), String::new());
    let mut is_sound = true;
    for (kubernetes, path) in &options.programs {
        let found = Upstream::version(path)?;
        if found != *kubernetes {
            return Err(format!(
                "{} runs Kubernetes {found}, not {kubernetes}",
                path.display()
            ));
        }
        let column = Column::of(kubernetes, options.gates.clone(), path.clone())?;
        let plan = options.plan();
        let outcome = run_column(&plan, &column)?;
        if let Some(path) = &options.record {
            let mut record = Record::read(path)?;
            record.put(kubernetes, &plan, &outcome);
            record.write(path)?;
        }
        if options.is_brief && outcome.tally.is_complete() {
            print!("{}", table::line(&column.title(), &outcome));
        } else {
            print!("{}", table::of(&column.title(), &outcome, options.show));
        }
        is_sound &= outcome.tally.is_sound();
        if options.rules.is_some() {
            let _ = write!(rules, "# {}\n{}", column.title(), table::rules(&outcome.tally));
        }
        if options.examples.is_some() {
            examples += &examples_of(&options, &column, &outcome.tally)?;
        }
    }
    for (path, text) in [(&options.examples, examples), (&options.rules, rules)] {
        if let Some(path) = path {
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
            println!("written: {}", path.display());
        }
    }
    Ok(is_sound)
}

fn run_column(plan: &Plan, column: &Column) -> Result<Outcome, String> {
    let whole = plan.worlds + plan.pairs;
    let every = Duration::from_secs(if std::io::stderr().is_terminal() { 3 } else { 30 });
    let mut told = Instant::now();
    run(plan, column, |done| {
        if told.elapsed() > every {
            told = Instant::now();
            eprintln!("{}: {done} of {whole} questions", column.title());
        }
    })
}

/// What an example is an example of.
type Holds = Box<dyn Fn(&Compared) -> bool>;

/// A line for each difference, with its first question; each made small where that is wanted.
fn examples_of(options: &Options, column: &Column, tally: &Tally) -> Result<String, String> {
    let mut program = Program::start(&column.program, column)?;
    let mut text = String::new();
    for (title, count, holds) in differences(tally) {
        let Some(example) = &count.example else { continue };
        let example: Example = if options.is_small {
            program.smaller(example, holds)?
        } else {
            example.clone()
        };
        let mut line = example.value();
        line["kubernetes"] = json!(column.title());
        line["difference"] = json!(title);
        line["times"] = json!(count.missed() + count.only_ours);
        let _ = writeln!(text, "{line}");
    }
    Ok(text)
}

fn differences(tally: &Tally) -> Vec<(String, &Count, Holds)> {
    let mut found: Vec<(String, &Count, Holds)> = Vec::new();
    let words = |counts: &'_ BTreeMap<String, Count>| counts.keys().cloned().collect::<Vec<_>>();
    for title in words(&tally.decode) {
        let holds: Holds = Box::new(|compared| compared.decode.is_some());
        found.push((format!("decoders: {title}"), &tally.decode[&title], holds));
    }
    for title in words(&tally.object) {
        let holds: Holds = Box::new(|compared| compared.object.is_some());
        found.push((format!("object: {title}"), &tally.object[&title], holds));
    }
    for (rule, count) in &tally.rules {
        let wanted = rule.clone();
        if count.missed() > 0 {
            let holds: Holds =
                Box::new(move |compared| sides(compared).any(|sides| is_missed(sides, &wanted)));
            found.push((format!("missing: {}", rule.title()), count, holds));
        } else if count.only_ours > 0 {
            let holds: Holds =
                Box::new(move |compared| sides(compared).any(|sides| sides.only_ours.contains(&wanted)));
            found.push((format!("false: {}", rule.title()), count, holds));
        }
    }
    found.sort_by_key(|(_, count, _)| std::cmp::Reverse(count.missed() + count.only_ours));
    found
}

fn sides(compared: &Compared) -> impl Iterator<Item = &Sides> {
    [&compared.set, &compared.pod, &compared.strict, &compared.warnings].into_iter()
}

fn is_missed(sides: &Sides, wanted: &Rule) -> bool {
    let rules = sides.theirs.iter();
    rules
        .into_iter()
        .any(|(rule, is_ours)| !is_ours && rule == wanted)
}
