//! What the command line of `admission` says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::run::Plan;

pub const USAGE: &str = "\
usage: admission VERSION=PROGRAM... [options]
  --worlds N        how many mutated manifests for each version (10000)
  --pairs N         how many updates, of the set or of its status (10000)
  --seed S          the first seed (1)
  --gates A=true,B=false
                    other gates than the version's own
  --jobs J          lines of work, each with its own program (one for each core)
  --show N          how many rules are listed, most frequent misses first (25)
  --brief           no more than what differs
  --examples FILE   the first question that shows each difference, with both answers, as JSON lines
  --small           those made as small as they get
  --rules FILE      all rules with their counts, as tab-separated lines
  --record FILE     the counts into this file, added to earlier ones of a version that end where this run begins
  --vectors FILE    instead: questions with upstream's answers, recorded for tests without Go";

pub struct Options {
    /// Versions with their programs.
    pub programs: Vec<(String, PathBuf)>,
    pub worlds: u64,
    pub pairs: u64,
    pub seed: u64,
    pub gates: BTreeMap<String, bool>,
    pub jobs: usize,
    pub show: usize,
    pub is_brief: bool,
    pub examples: Option<PathBuf>,
    pub is_small: bool,
    pub rules: Option<PathBuf>,
    pub record: Option<PathBuf>,
    pub vectors: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// An option that there is not, or a value that cannot be read.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            programs: Vec::new(),
            worlds: 10_000,
            pairs: 10_000,
            seed: 1,
            gates: BTreeMap::new(),
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            show: 25,
            is_brief: false,
            examples: None,
            is_small: false,
            rules: None,
            record: None,
            vectors: None,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| format!("{argument} takes a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--worlds" => options.worlds = number(argument, value()?)?,
                "--pairs" => options.pairs = number(argument, value()?)?,
                "--seed" => options.seed = number(argument, value()?)?,
                "--gates" => options.gates = gates(value()?)?,
                "--jobs" => options.jobs = number::<usize>(argument, value()?)?.max(1),
                "--show" => options.show = number(argument, value()?)?,
                "--examples" => options.examples = Some(value()?.into()),
                "--rules" => options.rules = Some(value()?.into()),
                "--vectors" => options.vectors = Some(value()?.into()),
                "--record" => options.record = Some(value()?.into()),
                "--brief" => options.is_brief = true,
                "--small" => options.is_small = true,
                other => match other.split_once('=') {
                    Some((version, program)) if !other.starts_with("--") => {
                        options.programs.push((version.to_owned(), program.into()));
                    }
                    _ => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
                },
            }
        }
        if options.programs.is_empty() {
            return Err(USAGE.to_owned());
        }
        Ok(options)
    }

    /// Which questions are asked of each version.
    pub const fn plan(&self) -> Plan {
        Plan {
            first: self.seed,
            worlds: self.worlds,
            pairs: self.pairs,
            jobs: self.jobs,
        }
    }
}

fn gates(list: &str) -> Result<BTreeMap<String, bool>, String> {
    let entries = list.split(',').filter(|entry| !entry.trim().is_empty());
    entries
        .map(|entry| {
            let gate = entry
                .split_once('=')
                .and_then(|(name, on)| Some((name.trim().to_owned(), on.trim().parse().ok()?)));
            gate.ok_or_else(|| format!("`{entry}` is not of the form NAME=true or NAME=false"))
        })
        .collect()
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T, String> {
    let plain = value.replace('_', "");
    plain
        .parse()
        .map_err(|_| format!("{option} takes a number, not `{value}`"))
}
