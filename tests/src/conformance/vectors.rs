//! Worlds with upstream's answers, recorded, so that the comparison runs without Go.
//!
//! A file holds the worlds of one form (who wrote the revisions; whether they lie around the time of the recording) and
//! the answers of all versions that are asked in that form, under their own gates and with each gate flipped. It is
//! compressed JSON lines: first `{"columns": [{"kubernetes", "gates"}]}`, then for each world
//! `{"seed", "notes", "observation", "answers": [{"of": [indices of columns], "answer": {...}}]}`; columns that answered
//! alike share an answer. Worlds are chosen so that everything that can occur does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use steadfast_core::reconcile;

use super::options::{Options, flips};
use super::question::{Form, parse};
use super::run::Column;
use super::tally::Tally;
use super::upstream::Upstream;
use super::{branch, difference, line};

/// Where the recordings are kept.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The files, each with the number of worlds that it is to have.
pub const FILES: [(&str, usize); 3] = [
    ("worlds-1.33.jsonl.gz", 400),
    ("worlds-1.34-to-1.35.0.jsonl.gz", 600),
    ("worlds-1.35-to-1.37.jsonl.gz", 1_500),
];

/// A world that shows something which occurred less often than this, under any column, is worth its size.
const OFTEN: u64 = 8;

/// Text lengths of worlds: those that are taken without need, and those that are taken at all.
const SMALL: usize = 7_000;
const LARGE: usize = 60_000;

/// What a file has shown when it was decided again.
#[derive(Default)]
pub struct Replayed {
    pub worlds: usize,
    /// For each column of the file.
    pub columns: Vec<(Column, Tally)>,
    pub differences: Vec<String>,
}

/// Records the files that the options' versions are in, anew.
///
/// # Errors
/// A program that cannot be asked, or an answer that differs from the core's: that is to be mended first.
pub fn record(options: &Options, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (name, count) in FILES {
        let mut columns = Vec::new();
        for (kubernetes, program) in options
            .programs
            .iter()
            .filter(|(kubernetes, _)| file_of(kubernetes) == name)
        {
            let own = Column::of(kubernetes, BTreeMap::new(), program.clone())?;
            let flipped = flips(&own.profile);
            columns.push(own);
            for gates in flipped {
                columns.push(Column::of(kubernetes, gates, program.clone())?);
            }
        }
        if columns.is_empty() {
            continue;
        }
        let path = folder.join(name);
        let (worlds, bytes) = record_file(&path, &columns, count, options.seed)?;
        println!(
            "{}: {worlds} worlds, {} answers, {bytes} bytes",
            path.display(),
            worlds * columns.len()
        );
    }
    Ok(())
}

/// The file that a version's answers are in.
fn file_of(kubernetes: &str) -> &'static str {
    let at = match Form::of(kubernetes) {
        form if kubernetes.starts_with("1.33") && form.is_placed => 0,
        form if form.is_placed => 1,
        _ => 2,
    };
    FILES[at].0
}

fn record_file(path: &Path, columns: &[Column], count: usize, seed: u64) -> Result<(usize, usize), String> {
    let mut programs: BTreeMap<&Path, Upstream> = BTreeMap::new();
    for column in columns {
        if !programs.contains_key(column.program.as_path()) {
            programs.insert(&column.program, Upstream::start(&column.program)?);
        }
    }
    let header: Vec<Value> = columns
        .iter()
        .map(|column| json!({"kubernetes": column.kubernetes, "gates": column.gates}))
        .collect();
    let mut text = json!({"columns": header}).to_string() + "\n";
    let form = Form::of(&columns[0].kubernetes);
    let mut chosen = 0;
    let mut choice = Choice::default();
    for seed in seed.. {
        if chosen == count {
            break;
        }
        let world = form.world(seed);
        let length = world.observation.to_string().len();
        let (observed, now) = parse(world.observation.clone())?;
        let plans: Vec<_> = columns
            .iter()
            .map(|column| reconcile(&observed, now, &column.profile))
            .collect();
        let mut shown: BTreeSet<(usize, &'static str)> = BTreeSet::new();
        for (at, (column, plan)) in columns.iter().zip(&plans).enumerate() {
            let mut tally = Tally::default();
            let stage = world.notes.first().copied().unwrap_or_default();
            tally.add(plan, stage, &branch::of(&observed, now, &column.profile, plan));
            shown.extend(tally.seen().map(|name| (at, name)));
            shown.extend(world.notes.iter().map(|note| (columns.len(), *note)));
        }
        if !choice.takes(&shown, length) {
            continue;
        }
        let mut answers: Vec<(Vec<usize>, Value)> = Vec::new();
        for (at, (column, plan)) in columns.iter().zip(&plans).enumerate() {
            let upstream = programs
                .get_mut(column.program.as_path())
                .ok_or("a program is missing")?;
            let mut answer = upstream.ask(&line(seed, &world.observation, &column.gates))?;
            if let Some(found) = difference(&answer, plan) {
                return Err(format!(
                    "Kubernetes {}, seed {seed}: {found}\nnothing is recorded until this is mended",
                    column.title()
                ));
            }
            answer.as_object_mut().map(|answer| answer.remove("id"));
            match answers.iter_mut().find(|(_, earlier)| *earlier == answer) {
                Some((of, _)) => of.push(at),
                None => answers.push((vec![at], answer)),
            }
        }
        let answers: Vec<Value> = answers
            .into_iter()
            .map(|(of, answer)| json!({"of": of, "answer": answer}))
            .collect();
        let entry =
            json!({"seed": seed, "notes": world.notes, "observation": world.observation, "answers": answers});
        text += &(entry.to_string() + "\n");
        chosen += 1;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(text.as_bytes())
        .map_err(|error| error.to_string())?;
    let bytes = encoder.finish().map_err(|error| error.to_string())?;
    std::fs::write(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((chosen, bytes.len()))
}

/// Which worlds are taken: of the first ones only what shows something new, so that no way through the code is left out
/// that many worlds can show; then what is rare, and what is small.
#[derive(Default)]
struct Choice {
    asked: usize,
    counts: BTreeMap<(usize, &'static str), u64>,
}

/// How many worlds are looked at for something new.
const LOOKED_AT: usize = 40_000;

impl Choice {
    fn takes(&mut self, shown: &BTreeSet<(usize, &'static str)>, length: usize) -> bool {
        self.asked += 1;
        let count = |key| self.counts.get(key).copied().unwrap_or(0);
        let is_new = shown.iter().any(|key| count(key) == 0);
        // A large world shows many things at once, all but few of which a small one shows as well.
        let is_taken = if self.asked <= LOOKED_AT {
            is_new && (length < LARGE || self.asked > LOOKED_AT / 4)
        } else {
            length < SMALL || (length < LARGE && shown.iter().any(|key| count(key) < OFTEN))
        };
        if is_taken {
            for key in shown {
                *self.counts.entry(*key).or_default() += 1;
            }
        }
        is_taken
    }
}

/// A file as it was recorded.
pub struct Recording {
    pub columns: Vec<Column>,
    pub worlds: Vec<RecordedWorld>,
}

/// A world with the answers, `{"of", "answer"}` each.
pub struct RecordedWorld {
    pub seed: Value,
    pub observation: Value,
    pub answers: Vec<Value>,
}

/// Reads a file.
///
/// # Errors
/// A file that is missing, empty, or not what this command records.
pub fn read(path: &Path) -> Result<Recording, String> {
    let shown = path.display();
    let file = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut text = String::new();
    let read = GzDecoder::new(file.as_slice()).read_to_string(&mut text);
    read.map_err(|error| format!("{shown}: {error}"))?;
    let mut lines = text.lines().enumerate().map(|(at, line)| {
        serde_json::from_str::<Value>(line).map_err(|error| format!("{shown}, line {}: {error}", at + 1))
    });
    let header = lines.next().ok_or_else(|| format!("{shown} is empty"))??;
    let mut recording = Recording {
        columns: Vec::new(),
        worlds: Vec::new(),
    };
    for column in header["columns"].as_array().into_iter().flatten() {
        let gates =
            serde_json::from_value(column["gates"].clone()).map_err(|error| format!("{shown}: {error}"))?;
        let kubernetes = column["kubernetes"].as_str().unwrap_or_default();
        recording
            .columns
            .push(Column::of(kubernetes, gates, PathBuf::new())?);
    }
    for entry in lines {
        let mut entry = entry?;
        recording.worlds.push(RecordedWorld {
            seed: entry["seed"].take(),
            observation: entry["observation"].take(),
            answers: entry["answers"].as_array().cloned().unwrap_or_default(),
        });
    }
    if recording.worlds.is_empty() || recording.columns.is_empty() {
        return Err(format!("{shown} holds no world"));
    }
    Ok(recording)
}

/// Decides every world of a file again, and compares with the answers.
///
/// # Errors
/// As [`read`].
pub fn replay(path: &Path) -> Result<Replayed, String> {
    let recording = read(path)?;
    let mut replayed = Replayed::default();
    for column in recording.columns {
        replayed.columns.push((column, Tally::default()));
    }
    for world in recording.worlds {
        replayed
            .world(world)
            .map_err(|sentence| format!("{}: {sentence}", path.display()))?;
    }
    Ok(replayed)
}

impl Replayed {
    fn world(&mut self, world: RecordedWorld) -> Result<(), String> {
        let seed = world.seed;
        let (observed, now) = parse(world.observation)?;
        self.worlds += 1;
        let mut answered = 0;
        for answers in &world.answers {
            for at in answers["of"].as_array().into_iter().flatten() {
                let at = at.as_u64().and_then(|at| usize::try_from(at).ok());
                let column = at.and_then(|at| self.columns.get_mut(at));
                let (column, tally) =
                    column.ok_or_else(|| format!("world {seed} is answered by no column"))?;
                answered += 1;
                let plan = reconcile(&observed, now, &column.profile);
                tally.add(&plan, "", &branch::of(&observed, now, &column.profile, &plan));
                if let Some(found) = difference(&answers["answer"], &plan) {
                    tally.mismatches += 1;
                    self.differences.push(format!(
                        "Kubernetes {}, recorded world {seed}: {found}",
                        column.title()
                    ));
                }
            }
        }
        if answered != self.columns.len() {
            return Err(format!(
                "world {seed} has {answered} answers for {} columns",
                self.columns.len()
            ));
        }
        Ok(())
    }
}
