//! What a real API server answers to `kubectl apply --dry-run=server`, compared with what the core says of the same text:
//! the examples, and mutated manifests written as YAML.

mod answer;
mod commands;
mod options;

use std::path::Path;
use std::process::Command;

use steadfast_core::Profile;
use steadfast_core::manifest::to_yaml;

use crate::admission::{Bases, Question, claims};
use answer::{Answer, Differences, differences, of_core, of_kubectl};
use options::Options;

/// Runs the command; whether nothing differs.
///
/// # Errors
/// A sentence that says what did not run, and why.
pub fn command(arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    let profile: Profile = options
        .kubernetes
        .parse()
        .map_err(|error| format!("`{}`: {error}", options.kubernetes))?;
    let mut texts = examples(&options.examples)?;
    let count = texts.len();
    texts.extend(mutants(&options, &profile));
    let mut counts = Counts::default();
    let mut differing = 0;
    for (name, text) in &texts {
        let file = options.folder.join("manifest.yaml");
        std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        let theirs = asked(&options.kubectl, &file)?;
        let ours = of_core(text, &profile)?;
        counts.add(&theirs);
        let Differences { mut found, values } = differences(&theirs, &ours);
        if let Some(steadfast) = &options.steadfast {
            found.extend(commands::differences(
                steadfast,
                &options.kubernetes,
                &file,
                &ours,
            )?);
        }
        differing += usize::from(!found.is_empty());
        counts.values += values.len();
        for difference in &found {
            println!("{name}: {difference}");
        }
        for value in values.iter().filter(|_| options.shows_values) {
            println!("{name}: {value}");
        }
        if !found.is_empty() && options.is_shown {
            println!("{text}");
        }
    }
    println!(
        "Kubernetes {}: {count} examples and {} mutants through `kubectl apply --dry-run=server`: {} taken, {} of them with \
         warnings, {} refused with {} errors ({} of them show another value), {} not even read; {differing} differ",
        options.kubernetes,
        texts.len() - count,
        counts.taken,
        counts.warned,
        counts.refused,
        counts.errors,
        counts.values,
        counts.unread
    );
    Ok(differing == 0)
}

#[derive(Default)]
struct Counts {
    taken: usize,
    warned: usize,
    refused: usize,
    errors: usize,
    values: usize,
    unread: usize,
}

impl Counts {
    fn add(&mut self, answer: &Answer) {
        match answer {
            Answer::Taken { warnings, .. } => {
                self.taken += 1;
                self.warned += usize::from(!warnings.is_empty());
            }
            Answer::Refused { errors, .. } => {
                self.refused += 1;
                self.errors += errors.len();
            }
            Answer::Unread(_) => self.unread += 1,
        }
    }
}

/// Every file of the folder, as it is.
fn examples(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok((name.into_owned(), text))
    };
    paths.iter().map(read).collect()
}

/// Mutated manifests that `kubectl apply` sends: it wants a name, and a namespace that is its own. Left out is also what
/// cannot be compared: a server makes `managedFields` itself, and puts the volumes of several claim templates in random order;
/// `lint` takes what has a UID for stored.
fn mutants(options: &Options, profile: &Profile) -> Vec<(String, String)> {
    let bases = Bases::of(profile);
    let questions = (options.seed..).map(|seed| Question::create(seed, &bases));
    let is_sent = |question: &Question| {
        let metadata = &question.new["metadata"];
        let is_named = metadata["name"].as_str().is_some_and(|name| !name.is_empty());
        let is_here = metadata["namespace"].is_null() || metadata["namespace"] == "default";
        let is_comparable = metadata["managedFields"].is_null() && claims(&question.new) < 2;
        let is_comparable = is_comparable && metadata["uid"].is_null();
        is_named && is_here && is_comparable && question.new.to_string().len() < 100_000
    };
    let sent = questions.filter(is_sent).take(options.mutants);
    sent.map(|question| {
        let name = format!("mutant {} ({})", question.seed, question.notes.join("; "));
        (name, to_yaml(&question.new))
    })
    .collect()
}

fn asked(kubectl: &[String], file: &Path) -> Result<Answer, String> {
    let (program, flags) = kubectl.split_first().ok_or("no kubectl is named")?;
    let output = Command::new(program)
        .args(flags)
        .args(["apply", "--dry-run=server", "--validate=warn", "-o", "yaml", "-f"])
        .arg(file)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    of_kubectl(&stdout, &stderr)
}
