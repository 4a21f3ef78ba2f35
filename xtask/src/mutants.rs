//! Deliberate faults in the core, one at a time, each of which the comparison with upstream must catch: a comparison that
//! lets them pass proves nothing. The faults stand in `tests/mutants`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{self, option};
use crate::upstream;

const FOLDER: &str = "tests/mutants";
const DOCUMENT: &str = "docs/conformance.md";
const MARKERS: (&str, &str) = ("<!-- mutants -->", "<!-- /mutants -->");

/// So long one comparison may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// One fault.
#[derive(Debug)]
struct Mutant {
    name: String,
    /// In one sentence.
    breaks: String,
    /// The file, from the repository's root.
    file: String,
    /// The version that shows it, and the gates that are not as the version has them.
    kubernetes: String,
    gates: String,
    old: String,
    new: String,
}

/// What a comparison showed.
#[derive(Debug, PartialEq)]
enum Verdict {
    Same,
    Caught { seed: u64, difference: String },
}

/// `cargo xtask conformance --mutants [--worlds N] [--seed S] [--only NAME]`: makes each fault in a copy of the workspace,
/// compares that copy with upstream, and writes the table into the document.
///
/// # Errors
/// No Go, a fault that does not fit its file any more, a copy without faults that differs, or a fault that is not caught.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let number = |name: &str, default: u64| match option(arguments, name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| format!("{name} takes a number, not `{text}`")),
    };
    let (worlds, seed) = (number("--worlds", 20_000)?, number("--seed", 1)?);
    let only = option(arguments, "--only");
    let mutants = all(&command::repository().join(FOLDER))?;
    let chosen: Vec<&Mutant> = mutants
        .iter()
        .filter(|mutant| only.is_none_or(|only| only == mutant.name))
        .collect();
    if chosen.is_empty() {
        return Err(format!("{FOLDER} has no {}.mutant", only.unwrap_or("NAME")));
    }
    // Every fault must fit before the first long build.
    for mutant in &chosen {
        mutant.applied(&read(&command::repository().join(&mutant.file))?)?;
    }
    let copy = Copy::make()?;
    println!("the copy without a fault, {worlds} worlds from seed {seed} ...");
    for gates in settings(&chosen) {
        let (kubernetes, gates) = gates;
        match copy.compared(&kubernetes, &gates, worlds, seed)? {
            Verdict::Same => println!("  {}: no difference", titled(&kubernetes, &gates)),
            Verdict::Caught { seed, difference } => {
                let title = titled(&kubernetes, &gates);
                return Err(format!(
                    "{title} differs without any fault, at seed {seed}: {difference}"
                ));
            }
        }
    }
    let mut rows = Vec::new();
    for (at, mutant) in chosen.iter().enumerate() {
        let start = Instant::now();
        let verdict = copy.with(mutant, |copy| {
            copy.compared(&mutant.kubernetes, &mutant.gates, worlds, seed)
        })?;
        let said = match &verdict {
            Verdict::Same => "NOT CAUGHT".to_owned(),
            Verdict::Caught { seed, difference } => format!("caught at seed {seed}: {difference}"),
        };
        println!(
            "{} of {}: {}: {said} ({:.0} s)",
            at + 1,
            chosen.len(),
            mutant.name,
            start.elapsed().as_secs_f64()
        );
        rows.push((*mutant, verdict));
    }
    let table = table(&rows, worlds, seed);
    println!("\n{table}");
    if only.is_none() {
        let path = command::repository().join(DOCUMENT);
        let document = with_table(&read(&path)?, &table)?;
        std::fs::write(&path, document).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("written into {DOCUMENT}");
    }
    let missed: Vec<&str> = rows
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Same)
        .map(|(mutant, _)| &*mutant.name)
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "not caught within {worlds} worlds: {}",
        missed.join(", ")
    ))
}

/// Every fault of the folder, by name.
fn all(folder: &Path) -> Result<Vec<Mutant>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "mutant"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            Mutant::parse(&name, &read(path)?).map_err(|error| format!("{}: {error}", path.display()))
        })
        .collect()
}

impl Mutant {
    /// Reads `key: value` lines, then what stands after `--- old` and after `--- new`.
    fn parse(name: &str, text: &str) -> Result<Self, String> {
        let (head, rest) = text.split_once("--- old\n").ok_or("there is no line `--- old`")?;
        let (old, new) = rest
            .split_once("\n--- new\n")
            .ok_or("there is no line `--- new`")?;
        let value = |key: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            lines
                .into_iter()
                .find(|(found, _)| *found == key)
                .map(|(_, value)| value.trim().to_owned())
        };
        let needed = |key: &str| value(key).ok_or_else(|| format!("there is no line `{key}: ...`"));
        Ok(Self {
            name: name.to_owned(),
            breaks: needed("breaks")?,
            file: needed("file")?,
            kubernetes: needed("kubernetes")?,
            gates: value("gates").unwrap_or_default(),
            old: old.to_owned(),
            new: new.strip_suffix('\n').unwrap_or(new).to_owned(),
        })
    }

    /// The file's text with the fault in it.
    fn applied(&self, text: &str) -> Result<String, String> {
        match text.matches(&self.old).count() {
            1 if self.old != self.new => Ok(text.replacen(&self.old, &self.new, 1)),
            1 => Err(format!("{}: the new text is the old one", self.name)),
            count => Err(format!(
                "{}: its old text stands {count} times in {}, it must stand there once; the file was changed, so \
                 {FOLDER}/{}.mutant must be too",
                self.name, self.file, self.name
            )),
        }
    }
}

/// The versions and gates that the faults are seen under, each once.
fn settings(mutants: &[&Mutant]) -> Vec<(String, String)> {
    let mut settings: Vec<(String, String)> = mutants
        .iter()
        .map(|mutant| (mutant.kubernetes.clone(), mutant.gates.clone()))
        .collect();
    settings.sort();
    settings.dedup();
    settings
}

fn titled(kubernetes: &str, gates: &str) -> String {
    match gates {
        "" => kubernetes.to_owned(),
        gates => format!("{kubernetes}, {gates}"),
    }
}

/// A copy of the workspace, with a target folder of its own.
struct Copy {
    folder: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Copies what git knows of or would add; files that stand there already alike keep their times, so that only what
    /// changed is built again.
    fn make() -> Result<Self, String> {
        let cache = command::cache()?.join("mutants");
        let copy = Self {
            folder: cache.join("workspace"),
            target: cache.join("target"),
        };
        let list = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
        ];
        let list = command::output(Command::new("git").args(list).current_dir(command::repository()))?;
        let listed: Vec<&str> = list.split('\0').filter(|file| !file.is_empty()).collect();
        for file in &listed {
            let from = command::repository().join(file);
            // A file that git knows and that is deleted is no error.
            if from.is_file() {
                put(&copy.folder.join(file), &bytes(&from)?)?;
            }
        }
        copy.remove_others(&copy.folder.clone(), &listed)?;
        println!("copied to {}", copy.folder.display());
        Ok(copy)
    }

    /// Takes away what an earlier copy had and this one has not: a module that is gone must not be built.
    fn remove_others(&self, folder: &Path, listed: &[&str]) -> Result<(), String> {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let inside = path
                .strip_prefix(&self.folder)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            let is_there = command::repository().join(&inside).exists();
            if path.is_dir() {
                self.remove_others(&path, listed)?;
            } else if !(is_there && listed.contains(&&*inside)) {
                std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Makes the fault, does something with the copy, and mends it again whatever came of that.
    fn with<T>(&self, mutant: &Mutant, what: impl FnOnce(&Self) -> Result<T, String>) -> Result<T, String> {
        let path = self.folder.join(&mutant.file);
        let whole = read(&path)?;
        put(&path, mutant.applied(&whole)?.as_bytes())?;
        let result = what(self).map_err(|error| format!("{}: {error}", mutant.name));
        put(&path, whole.as_bytes())?;
        result
    }

    /// Builds the copy and compares it with upstream, up to the first difference.
    fn compared(&self, kubernetes: &str, gates: &str, worlds: u64, seed: u64) -> Result<Verdict, String> {
        let program = upstream::built(kubernetes)?;
        let mut build = command::cargo(&[
            "build",
            "--release",
            "--quiet",
            "-p",
            "steadfast-tests",
            "--bin",
            "conformance",
        ]);
        build
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target);
        // Built more often than run: what compiles soonest is best. A fault may leave a name unused.
        build
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_INCREMENTAL", "1")
            .env("RUSTFLAGS", "-Awarnings");
        command::run(&mut build)?;
        let output = self.target.join("comparison.txt");
        let file =
            std::fs::File::create(&output).map_err(|error| format!("{}: {error}", output.display()))?;
        let mut comparison = Command::new(self.target.join("release/conformance"));
        comparison
            .arg(format!("{kubernetes}={}", program.display()))
            .args(["--worlds", &worlds.to_string(), "--seed", &seed.to_string()])
            .args(["--stop", "--most", "1", "--shrink", "0", "--brief"])
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(Stdio::null());
        if !gates.is_empty() {
            comparison.args(["--gates", gates]);
        }
        let code = waited_for(&mut comparison)?;
        verdict(code, &read(&output)?)
    }
}

/// Runs it to its end, or stops it when it takes too long: its exit code.
fn waited_for(command: &mut Command) -> Result<Option<i32>, String> {
    let mut process = command
        .spawn()
        .map_err(|error| format!("cannot start the comparison: {error}"))?;
    let start = Instant::now();
    loop {
        match process.try_wait() {
            Ok(Some(status)) => return Ok(status.code()),
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
            other => {
                drop(process.kill());
                drop(process.wait());
                return Err(match other {
                    Err(error) => error.to_string(),
                    Ok(_) => format!("the comparison took more than {} s", PATIENCE.as_secs()),
                });
            }
        }
    }
}

/// Reads what a comparison printed.
fn verdict(code: Option<i32>, said: &str) -> Result<Verdict, String> {
    match code {
        Some(0) => return Ok(Verdict::Same),
        Some(1) => {}
        other => {
            return Err(format!(
                "the comparison did not run to its end ({other:?}): {}",
                shortened(said)
            ));
        }
    }
    let found = said
        .lines()
        .filter_map(|line| line.split_once(", seed "))
        .find_map(|(_, rest)| {
            let (seed, rest) = rest.split_once(' ')?;
            let (_, difference) = rest.split_once("): ")?;
            Some((seed.parse().ok()?, difference))
        });
    let (seed, difference) =
        found.ok_or_else(|| format!("the comparison names no seed: {}", shortened(said)))?;
    Ok(Verdict::Caught {
        seed,
        difference: shortened(difference),
    })
}

/// One line of a table: no bar, no more than a hundred characters.
fn shortened(text: &str) -> String {
    let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let line = line.trim().replace('|', "/").replace('`', "'");
    match line.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or(&line)),
        None => line,
    }
}

fn table(rows: &[(&Mutant, Verdict)], worlds: u64, seed: u64) -> String {
    let mut table = format!(
        "At most {worlds} worlds from seed {seed} for each; the same copy without a fault shows no difference.\n\n\
         | fault | what it breaks | Kubernetes | caught by world | what differed |\n|---|---|---|---|---|\n"
    );
    for (mutant, verdict) in rows {
        let (world, difference) = match verdict {
            Verdict::Same => ("**not caught**".to_owned(), String::new()),
            Verdict::Caught {
                seed: found,
                difference,
            } => (
                format!("{}", found.saturating_sub(seed) + 1),
                format!("`{difference}`"),
            ),
        };
        let title = titled(&mutant.kubernetes, &mutant.gates);
        table.push_str(&format!(
            "| {} | {} | {title} | {world} | {difference} |\n",
            mutant.name, mutant.breaks
        ));
    }
    table
}

/// The document with the table between its markers.
fn with_table(document: &str, table: &str) -> Result<String, String> {
    let missing = || format!("{DOCUMENT} has no `{}` … `{}`", MARKERS.0, MARKERS.1);
    let (before, rest) = document.split_once(MARKERS.0).ok_or_else(missing)?;
    let (_, after) = rest.split_once(MARKERS.1).ok_or_else(missing)?;
    Ok(format!("{before}{}\n{table}{}{after}", MARKERS.0, MARKERS.1))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file where it is not the same already.
fn put(path: &Path, content: &[u8]) -> Result<(), String> {
    if std::fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    std::fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{FOLDER, Mutant, Verdict, all, read, verdict, with_table};
    use crate::command;

    const TEXT: &str = "breaks: One thing.\nfile: a.rs\nkubernetes: 1.37.1\ngates: A=true\n--- old\n  x < y,\n--- new\n  x <= y,\n";

    #[test]
    fn every_fault_of_the_repository_fits_its_file_once_and_there_are_more_than_ten() {
        let mutants = all(&command::repository().join(FOLDER)).unwrap();
        assert!(mutants.len() > 10, "only {}", mutants.len());
        for mutant in &mutants {
            let text = read(&command::repository().join(&mutant.file)).unwrap();
            assert_ne!(mutant.applied(&text).unwrap(), text);
            assert!(mutant.breaks.ends_with('.'), "{}", mutant.name);
        }
    }

    #[test]
    fn a_fault_is_made_where_its_old_text_stands_and_nowhere_else() {
        let mutant = Mutant::parse("less", TEXT).unwrap();
        assert_eq!((&*mutant.gates, &*mutant.kubernetes), ("A=true", "1.37.1"));
        assert_eq!(mutant.applied("if (\n  x < y,\n)").unwrap(), "if (\n  x <= y,\n)");
        for (text, count) in [("nothing", "0 times"), ("  x < y,  x < y,", "2 times")] {
            let error = mutant.applied(text).unwrap_err();
            assert!(error.contains(count) && error.contains("a.rs"), "{error}");
        }
        for part in ["breaks", "file", "kubernetes", "--- old", "--- new"] {
            let error = Mutant::parse("less", &TEXT.replace(part, "other")).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn only_a_difference_is_a_catch_and_a_comparison_that_fails_is_an_error() {
        let said = "\nKubernetes 1.37.1 with A=true, seed 17 (rollout, podGone): batch 0: upstream does X | Y\n1 mismatches";
        let caught = Verdict::Caught {
            seed: 17,
            difference: "batch 0: upstream does X / Y".to_owned(),
        };
        assert_eq!(verdict(Some(1), said).unwrap(), caught);
        assert_eq!(verdict(Some(0), said).unwrap(), Verdict::Same);
        assert!(verdict(Some(1), "nothing").unwrap_err().contains("names no seed"));
        assert!(verdict(Some(2), "no Go").unwrap_err().contains("no Go"));
        assert!(
            verdict(None, "killed")
                .unwrap_err()
                .contains("did not run to its end")
        );
    }

    #[test]
    fn the_table_takes_the_place_between_the_markers_alone() {
        let document = "a\n<!-- mutants -->\nold\n<!-- /mutants -->\nb\n";
        let written = with_table(document, "new\n").unwrap();
        assert_eq!(written, "a\n<!-- mutants -->\nnew\n<!-- /mutants -->\nb\n");
        assert!(
            with_table("a\nb\n", "new\n")
                .unwrap_err()
                .contains("<!-- mutants -->")
        );
    }
}
