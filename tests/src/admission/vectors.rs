//! Questions with upstream's answers, recorded, so that the comparison runs without Go.
//!
//! The file is compressed JSON lines: `{"kubernetes", "seed", "kind", "notes", "new", "old"?, "answer"}`. An answer is
//! upstream's without the object, in whose place its digest stands. Questions are chosen so that every rule that occurs among
//! the first seeds is met, in as many versions as there is room for.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use steadfast_core::Profile;

use super::bases::Bases;
use super::compare::{Compared, compare, digest, plain};
use super::options::Options;
use super::question::{Candidate, Question};
use super::run::{Program, judge};
use crate::conformance::Column;

/// Where the recording is kept.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/admission.jsonl.gz")
}

/// How many questions a version has.
const MOST: usize = 300;
/// How long a line may be.
const LONGEST: usize = 30_000;
/// How many seeds are asked at once.
const BLOCK: u64 = 200;

/// What the recording has shown when it was judged again.
#[derive(Default)]
pub struct Replayed {
    /// For each question its version, and what the two answers have shown.
    pub questions: Vec<(String, Compared)>,
    pub differences: Vec<String>,
}

/// Records the options' versions anew, newest first: a rule that a newer version has shown is not looked for again.
///
/// # Errors
/// A program that cannot be asked, or an answer that differs from the core's: that is to be mended first.
pub fn record(options: &Options, path: &Path) -> Result<(), String> {
    let mut known = BTreeSet::new();
    let mut lines = Vec::new();
    for (kubernetes, program) in options.programs.iter().rev() {
        let column = Column::of(kubernetes, options.gates.clone(), program.clone())?;
        lines.extend(of_version(options, &column, &mut known)?);
    }
    // Those that are alike stand together: that compresses best.
    lines.sort_by_cached_key(|line| (line["new"].to_string(), line["old"].to_string()));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let bytes = compressed(&text).map_err(|error| format!("cannot compress: {error}"))?;
    std::fs::write(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    let (count, rules) = (lines.len(), known.len());
    println!(
        "{}: {count} questions, {rules} rules, {} bytes",
        path.display(),
        bytes.len()
    );
    Ok(())
}

/// Judges every recorded question again.
///
/// # Errors
/// A file that is not there, empty, cut short or no recording.
pub fn replay(path: &Path) -> Result<Replayed, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut text = String::new();
    let read = GzDecoder::new(bytes.as_slice()).read_to_string(&mut text);
    read.map_err(|error| format!("{shown}: {error}"))?;
    let mut replayed = Replayed::default();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).map_err(|error| format!("{shown}: {error}"))?;
        let kubernetes = line["kubernetes"].as_str().unwrap_or_default().to_owned();
        let profile: Profile = kubernetes.parse().map_err(|error| format!("{shown}: {error}"))?;
        let question = Question {
            seed: line["seed"].as_u64().unwrap_or_default(),
            new: line["new"].clone(),
            old: line.get("old").cloned(),
            is_status: line["kind"] == "status",
            notes: Vec::new(),
        };
        let ours = question.ours(&profile);
        let compared = compare(&question, &line["answer"], &ours, &profile)?;
        if !compared.agrees() {
            let (kind, notes) = (question.kind(), &line["notes"]);
            replayed.differences.push(format!(
                "Kubernetes {kubernetes}, {kind} {}, {notes}: {compared:?}",
                question.seed
            ));
        }
        replayed.questions.push((kubernetes, compared));
    }
    if replayed.questions.is_empty() {
        return Err(format!("{shown}: holds no question"));
    }
    Ok(replayed)
}

fn compressed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text.as_bytes())?;
    gzip.finish()
}

fn of_version(
    options: &Options,
    column: &Column,
    known: &mut BTreeSet<String>,
) -> Result<Vec<Value>, String> {
    let bases = Bases::of(&column.profile);
    let mut program = Program::start(&column.program, column)?;
    let (mut chosen, mut spare) = (Vec::new(), Vec::new());
    let mut of_version = BTreeSet::new();
    let mut from = options.seed;
    let end = from + options.worlds.max(options.pairs);
    while from < end && chosen.len() < MOST {
        let block = from..(from + BLOCK).min(end);
        from = block.end;
        for (question, answer) in asked(&mut program, block, &bases)? {
            let (compared, _) = judge(&question, &answer, column)?;
            let shown = shown(&question, &compared);
            let line = line(&question, answer, column);
            if line.to_string().len() > LONGEST || shown.iter().all(|rule| of_version.contains(rule)) {
                continue;
            }
            if !compared.agrees() {
                return Err(format!(
                    "Kubernetes {}, {} {}: {compared:?}\nnothing is recorded until this is mended",
                    column.title(),
                    question.kind(),
                    question.seed
                ));
            }
            let is_new = shown.iter().any(|rule| !known.contains(rule));
            of_version.extend(shown.iter().cloned());
            if is_new && chosen.len() < MOST {
                known.extend(shown);
                chosen.push(line);
            } else {
                spare.push(line);
            }
        }
    }
    spare.truncate(MOST - chosen.len());
    chosen.append(&mut spare);
    Ok(chosen)
}

/// The manifests and the pairs of these seeds, with upstream's answers.
fn asked(
    program: &mut Program,
    seeds: std::ops::Range<u64>,
    bases: &Bases,
) -> Result<Vec<(Question, Value)>, String> {
    let candidates: Vec<Candidate> = seeds.clone().map(|seed| Candidate::of(seed, bases)).collect();
    let manifests: Vec<&Question> = candidates.iter().map(Candidate::question).collect();
    let answers = program.ask(&manifests)?;
    let mut questions: Vec<Question> = seeds.map(|seed| Question::create(seed, bases)).collect();
    for (candidate, answer) in candidates.into_iter().zip(&answers) {
        questions.push(candidate.pair(answer, bases));
    }
    let answers = program.ask(&questions.iter().collect::<Vec<_>>())?;
    Ok(questions.into_iter().zip(answers).collect())
}

/// What the question shows, in words.
fn shown(question: &Question, compared: &Compared) -> BTreeSet<String> {
    let kind = question.kind();
    let mut shown = BTreeSet::from([kind.to_owned()]);
    if compared.is_refused {
        shown.insert(format!("{kind} refused"));
    }
    for sides in [&compared.set, &compared.pod, &compared.strict, &compared.warnings] {
        shown.extend(sides.theirs.iter().map(|(rule, _)| rule.title()));
    }
    shown
}

fn line(question: &Question, mut answer: Value, column: &Column) -> Value {
    if let Some(answer) = answer.as_object_mut()
        && let Some(object) = answer.remove("object")
    {
        answer.insert("digest".to_owned(), json!(digest(&plain(question, &object))));
    }
    let mut line = json!({"kubernetes": column.kubernetes, "seed": question.seed, "kind": question.kind(),
        "notes": question.notes, "new": question.new, "answer": answer});
    if let Some(old) = &question.old {
        line["old"] = old.clone();
    }
    line
}
