//! `canonical PROGRAM --kubernetes V [--templates N] [--seed S] [--older PROGRAM]`: compares the canonical form of N
//! random sets with upstream's; and, where an older version's program is given, what becomes of the revisions that it
//! writes. Exits 1 at a difference, after the set was made as small as it gets.
//!
//! `canonical tables OUT 33=DUMP 34=DUMP...`: writes the tables of core's schema from the dumps of the harness.

// A program of the tests: what cannot be compared ends it.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::Value;
use steadfast_core::Profile;
use steadfast_core::canonical::schema;
use steadfast_tests::templates::{Scheme, Union, difference, question, schema_dump, smallest, tables};

/// How many sets are asked about at once.
const BLOCK: u64 = 500;

/// After how many differences it ends.
const MOST: u64 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("canonical: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<u64, String> {
    match arguments {
        [command, out, dumps @ ..] if command == "tables" => write_tables(Path::new(out), dumps),
        [program, options @ ..] if options.len() >= 2 => compare(Path::new(program), options),
        _ => Err("usage: canonical PROGRAM --kubernetes V [--templates N] [--seed S]".into()),
    }
}

fn write_tables(out: &Path, dumps: &[String]) -> Result<u64, String> {
    let mut texts = BTreeMap::new();
    for dump in dumps {
        let (minor, path) = dump.split_once('=').ok_or("a dump is given as MINOR=PATH")?;
        let minor: u8 = minor
            .parse()
            .map_err(|_| format!("`{minor}` is no minor version"))?;
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        texts.insert(minor, text);
    }
    for (room, text) in tables::rooms(&texts)? {
        let path = out.join(format!("{room}.rs"));
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(0)
}

fn compare(program: &Path, options: &[String]) -> Result<u64, String> {
    let option = |name: &str, default: &str| {
        let at = options.iter().position(|option| option == name);
        at.and_then(|at| options.get(at + 1))
            .map_or(default.to_owned(), Clone::clone)
    };
    let number = |name: &str, default: &str| {
        option(name, default)
            .parse::<u64>()
            .map_err(|_| format!("{name} takes a number"))
    };
    if let Some(seed) = options
        .iter()
        .position(|option| option == "--print")
        .and_then(|at| options.get(at + 1))
    {
        println!(
            "{}",
            Union::default().set(seed.parse().map_err(|_| "--print takes a seed")?)
        );
        return Ok(0);
    }
    let (count, first) = (number("--templates", "10000")?, number("--seed", "1")?);
    let profile: Profile = option("--kubernetes", "1.37")
        .parse()
        .map_err(|e: steadfast_core::Error| e.message)?;
    let mut older = match option("--older", "").as_str() {
        "" => None,
        program => Some(Scheme::start(Path::new(program))?),
    };
    if let Some(difference) = tables::difference(&schema_dump(program)?, &profile)? {
        println!("schema: {difference}");
        return Ok(1);
    }
    let mut upstream = Scheme::start(program)?;
    if options.iter().any(|option| option == "--record") {
        return record(&mut upstream, older.as_mut(), &profile, first, count);
    }
    let (union, begun) = (Union::default(), Instant::now());
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut covered: BTreeSet<(&str, &str)> = BTreeSet::new();
    let known = fields(&profile);
    let mut differences = 0;
    let mut at = first;
    while at < first + count && differences < MOST {
        let block = BLOCK.min(first + count - at);
        let sets: Vec<Value> = (at..at + block).map(|seed| union.set(seed)).collect();
        let data = match &mut older {
            Some(older) => revisions(older, &sets)?,
            None => vec![None; sets.len()],
        };
        let lines: Vec<String> = sets
            .iter()
            .zip(&data)
            .map(|(set, data)| question(set, data.as_ref()))
            .collect();
        for (index, answer) in upstream.ask_all(&lines)?.iter().enumerate() {
            let (set, data, seed) = (&sets[index], data[index].as_ref(), at + index as u64);
            cover(set, "StatefulSet", &known, &mut covered);
            let mut count = |what: &'static str, is: bool| *counts.entry(what).or_default() += u64::from(is);
            count("sets", true);
            count("refused", answer.get("error").is_some());
            count("restored", answer.get("restored").is_some());
            count("revised", answer["isRevised"] == true);
            let found =
                difference(set, data, &profile, answer).map_err(|error| format!("seed {seed}: {error}"))?;
            let Some(found) = found else { continue };
            differences += 1;
            let small = smallest(set, |set| {
                let answer = upstream.ask(&question(set, data));
                answer.is_ok_and(|answer| matches!(difference(set, data, &profile, &answer), Ok(Some(_))))
            });
            let answer = upstream.ask(&question(&small, data))?;
            let sentence = difference(&small, data, &profile, &answer)?.unwrap_or(found);
            println!("seed {seed}: {sentence}\n{small}");
            if differences == MOST {
                break;
            }
        }
        at += block;
    }
    let missing: Vec<String> = known
        .iter()
        .flat_map(|(of, fields)| fields.keys().map(move |name| (*of, *name)))
        .filter(|field| !covered.contains(field))
        .map(|(of, name)| format!("{of}.{name}"))
        .collect();
    let all: usize = known.values().map(BTreeMap::len).sum();
    println!(
        "{profile}: {counts:?}, {differences} differences, {}/{all} fields reached, seeds {first} to {}, {:.0} s",
        covered.len(),
        at - 1,
        begun.elapsed().as_secs_f64()
    );
    if !missing.is_empty() {
        println!("not reached: {}", missing.join(" "));
    }
    Ok(differences)
}

/// Prints small sets with what upstream answers: the lines of `tests/vectors/canonical-*.jsonl`.
fn record(
    upstream: &mut Scheme,
    mut older: Option<&mut Scheme>,
    profile: &Profile,
    first: u64,
    count: u64,
) -> Result<u64, String> {
    let union = Union::default();
    let is_apt = |set: &Value| {
        let pod = &set["spec"]["template"]["spec"];
        set.to_string().len() < 1_300 && pod.as_object().is_some_and(|pod| pod.len() > 1)
    };
    let mut apt = (first..).map(|seed| union.set(seed)).filter(is_apt);
    for at in 0..count {
        let set = apt.next().ok_or("no sets")?;
        let data = match &mut older {
            Some(older) if at % 2 == 0 => older.ask(&question(&set, None))?.get("data").cloned(),
            _ => None,
        };
        let mut answer = upstream.ask(&question(&set, data.as_ref()))?;
        if let Some(answer) = answer.as_object_mut() {
            // The revision's name and whether there is a new one tell as much.
            for field in ["normal", "data", "restored"] {
                answer.remove(field);
            }
        }
        let line = serde_json::json!({
            "kubernetes": profile.kubernetes(), "set": set, "revisionData": data, "upstream": answer});
        println!("{line}");
    }
    Ok(0)
}

/// What an older controller wrote for each set that it can read, or for its neighbour.
fn revisions(older: &mut Scheme, sets: &[Value]) -> Result<Vec<Option<Value>>, String> {
    let lines: Vec<String> = sets.iter().map(|set| question(set, None)).collect();
    let answers = older.ask_all(&lines)?;
    let mut data: Vec<Option<Value>> = answers
        .into_iter()
        .map(|answer| answer.get("data").cloned())
        .collect();
    // Every fourth set meets the revision of another.
    for pair in data.chunks_exact_mut(4) {
        pair.swap(0, 1);
    }
    Ok(data)
}

type Fields = BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>;

/// The fields of the version, by struct, with the struct that each holds.
fn fields(profile: &Profile) -> Fields {
    let structs = schema(profile).into_iter();
    structs
        .map(|of| {
            (
                of.name,
                of.fields.iter().map(|field| (field.name, field.of)).collect(),
            )
        })
        .collect()
}

/// Notes which fields of the version the set gives a value.
fn cover<'a>(value: &Value, of: &'a str, known: &'a Fields, covered: &mut BTreeSet<(&'a str, &'a str)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| cover(item, of, known, covered)),
        Value::Object(entries) => {
            let Some((of, fields)) = known.get_key_value(of) else {
                return;
            };
            for (name, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
                if let Some((name, inner)) = fields.get_key_value(name.as_str()) {
                    covered.insert((of, name));
                    cover(value, inner, known, covered);
                }
            }
        }
        _ => {}
    }
}
