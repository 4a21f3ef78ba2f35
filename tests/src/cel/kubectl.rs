//! kubectl, many objects at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::asks::{Ask, Operation};

pub struct Kubectl {
    line: Vec<String>,
    folder: PathBuf,
}

/// What was printed on standard error, and by which objects.
pub struct Complaints {
    text: String,
}

/// How long a policy may take until it holds.
const LIMIT: Duration = Duration::from_secs(60);

impl Kubectl {
    pub fn of(line: &[String], folder: &Path) -> Result<Self, String> {
        let folder = folder.to_owned();
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self {
            line: line.to_vec(),
            folder,
        })
    }

    /// Runs it; what it prints on standard output and on standard error, and an error where it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<(String, String), String> {
        let (is_fine, out, err) = self.outcome(arguments)?;
        match is_fine {
            true => Ok((out, err)),
            false => Err(format!("kubectl {}: {err}", arguments.join(" "))),
        }
    }

    /// Runs it; all that it prints, whether it fails or not.
    pub fn said(&self, arguments: &[&str]) -> Result<String, String> {
        let (_, out, err) = self.outcome(arguments)?;
        Ok(format!("{out}{err}"))
    }

    /// Runs it with all of these objects; what it complains of.
    pub fn all(&self, verb: &str, objects: &[Value], more: &[&str]) -> Result<Complaints, String> {
        if objects.is_empty() {
            return Ok(Complaints { text: String::new() });
        }
        let file = self.folder.join(format!("{verb}.json"));
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        std::fs::write(&file, list.to_string()).map_err(|error| format!("{}: {error}", file.display()))?;
        let file = file.display().to_string();
        let (_, _, text) = self.outcome(&[&[verb, "-f", &file], more].concat())?;
        Ok(Complaints { text })
    }

    /// The answers to dry runs, all of one operation: the reason of each that is denied.
    pub fn answers(&self, asks: &[&Ask]) -> Result<Vec<Option<String>>, String> {
        let mut denials: BTreeMap<String, String> = BTreeMap::new();
        for cascade in ["background", "foreground", "orphan"] {
            let these = asks.iter().filter(|ask| ask.cascade == cascade);
            let operation = match asks.first() {
                Some(first) => first.operation,
                None => return Ok(Vec::new()),
            };
            let cascade = format!("--cascade={cascade}");
            let (verb, more): (&str, Vec<&str>) = match operation {
                Operation::Create => ("create", vec!["--dry-run=server", "--validate=false"]),
                Operation::Update => ("replace", vec!["--dry-run=server", "--validate=false"]),
                Operation::Delete => ("delete", vec!["--dry-run=server", "--wait=false", &cascade]),
            };
            let objects: Vec<Value> = these
                .filter_map(|ask| ask.new.clone().or_else(|| ask.old.clone()))
                .collect();
            denials.extend(self.all(verb, &objects, &more)?.denials()?);
        }
        Ok(asks.iter().map(|ask| denials.get(&ask.name).cloned()).collect())
    }

    /// Waits until a request is denied: until its policy holds.
    pub fn wait_until_denied(&self, ask: &Ask) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            if self.answers(&[ask])?.iter().any(Option::is_some) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Err(format!("seed {}: never denied", ask.seed))
    }

    fn outcome(&self, arguments: &[&str]) -> Result<(bool, String, String), String> {
        let (program, flags) = self.line.split_first().ok_or("no kubectl is named")?;
        let output = Command::new(program)
            .args(flags)
            .args(arguments)
            .output()
            .map_err(|error| format!("{program}: {error}"))?;
        let [out, err] =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Ok((output.status.success(), out, err))
    }
}

impl Complaints {
    /// Whether something is said.
    pub fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// That there is none.
    pub fn must_be_empty(&self) -> Result<(), String> {
        match self.text.lines().find(|line| !line.starts_with("Warning:")) {
            None => Ok(()),
            Some(line) => Err(line.to_owned()),
        }
    }

    /// The reasons of the policies, by the names of the objects; any other complaint is an error.
    fn denials(&self) -> Result<BTreeMap<String, String>, String> {
        let lines = self.text.lines().filter(|line| !line.starts_with("Warning:"));
        lines
            .map(|line| {
                let unexpected = || format!("kubectl: {line}");
                let (_, rest) = line.split_once("statefulsets.apps \"").ok_or_else(unexpected)?;
                let (name, rest) = rest.split_once('"').ok_or_else(unexpected)?;
                let (_, reason) = rest.split_once(" denied request: ").ok_or_else(unexpected)?;
                Ok((name.to_owned(), reason.to_owned()))
            })
            .collect()
    }
}
