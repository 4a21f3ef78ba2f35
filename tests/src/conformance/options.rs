//! What the command line of `conformance` says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use steadfast_core::{Gate, Profile};

use super::run::Column;
use super::upstream::PATIENCE;

pub const USAGE: &str = "\
usage: conformance [VERSION=]PROGRAM... [options]
  --kubernetes V    the version of a program that is given without one (1.37.1)
  --worlds N        how many worlds for each version (10000)
  --seed S          the first seed (1)
  --gates A=true,B=false
                    other gates than the version's own
  --flip-gates      instead of the version's own gates: each gate that is not locked, flipped, one at a time
  --jobs J          lines of work, each with its own programs (one for each core)
  --most M          how many mismatches of a version are printed (5)
  --shrink N        how many of them are made small and written as cases (1)
  --cases FOLDER    where those are written (tests/cases/found)
  --stop            end at the first mismatch
  --patience S      how many seconds an answer may take (120)
  --record FILE     write the results into FILE, beside those of other versions and gates
  --vectors FOLDER  instead: record worlds with upstream's answers into FOLDER
  --brief           no table of what occurred";

/// The gates of the controller, in the order in which they are flipped.
const GATES: [Gate; 8] = [
    Gate::MaxUnavailableStatefulSet,
    Gate::StatefulSetSemanticRevisionComparison,
    Gate::StatefulSetRecreateStrategy,
    Gate::StaleControllerConsistencyStatefulSet,
    Gate::RelaxedServiceNameValidation,
    Gate::StatefulSetStartOrdinal,
    Gate::StatefulSetAutoDeletePVC,
    Gate::PodIndexLabel,
];

pub struct Options {
    /// Versions with their programs.
    pub programs: Vec<(String, PathBuf)>,
    pub worlds: u64,
    pub seed: u64,
    pub gates: BTreeMap<String, bool>,
    pub is_flipping: bool,
    pub jobs: usize,
    pub most: usize,
    pub shrink: usize,
    pub cases: PathBuf,
    pub is_stopped_early: bool,
    pub patience: Duration,
    pub record: Option<PathBuf>,
    pub is_brief: bool,
    pub vectors: Option<PathBuf>,
}

/// Columns that are run together, and what they have in common.
pub struct Pass {
    pub title: String,
    pub columns: Vec<Column>,
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
            seed: 1,
            gates: BTreeMap::new(),
            is_flipping: false,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            most: 5,
            shrink: 1,
            cases: super::found::folder(),
            is_stopped_early: false,
            patience: PATIENCE,
            record: None,
            is_brief: false,
            vectors: None,
        };
        let mut kubernetes = "1.37.1".to_owned();
        let mut bare = Vec::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                let value = rest
                    .next()
                    .ok_or_else(|| format!("{argument} takes a value\n\n{USAGE}"));
                value.map(String::as_str)
            };
            match argument.as_str() {
                "--kubernetes" => kubernetes = value()?.to_owned(),
                "--worlds" => options.worlds = number(argument, value()?)?,
                "--seed" => options.seed = number(argument, value()?)?,
                "--gates" => options.gates = gates(value()?)?,
                "--flip-gates" => options.is_flipping = true,
                "--jobs" => options.jobs = number::<usize>(argument, value()?)?.max(1),
                "--most" => options.most = number(argument, value()?)?,
                "--shrink" => options.shrink = number(argument, value()?)?,
                "--cases" => options.cases = value()?.into(),
                "--stop" => options.is_stopped_early = true,
                "--patience" => options.patience = Duration::from_secs(number(argument, value()?)?),
                "--record" => options.record = Some(value()?.into()),
                "--vectors" => options.vectors = Some(value()?.into()),
                "--brief" => options.is_brief = true,
                other if other.starts_with("--") => {
                    return Err(format!("there is no option `{other}`\n\n{USAGE}"));
                }
                program => match program.split_once('=') {
                    Some((version, program)) => options.programs.push((version.to_owned(), program.into())),
                    None => bare.push(PathBuf::from(program)),
                },
            }
        }
        options
            .programs
            .extend(bare.into_iter().map(|program| (kubernetes.clone(), program)));
        if options.programs.is_empty() {
            return Err(USAGE.to_owned());
        }
        if options.is_flipping && !options.gates.is_empty() {
            return Err("--flip-gates and --gates exclude each other".to_owned());
        }
        Ok(options)
    }

    /// What is run one after the other: all versions at once, or, with `--flip-gates`, all that have a gate, gate by gate.
    ///
    /// # Errors
    /// An unknown version or gate.
    pub fn passes(&self) -> Result<Vec<Pass>, String> {
        let column = |(version, program): &(String, PathBuf), gates: &BTreeMap<String, bool>| {
            Column::of(version, gates.clone(), program.clone())
        };
        if !self.is_flipping {
            let columns: Result<Vec<Column>, String> = self
                .programs
                .iter()
                .map(|program| column(program, &self.gates))
                .collect();
            let title = match self.gates.is_empty() {
                true => "the versions' own gates".to_owned(),
                false => gate_list(&self.gates),
            };
            return Ok(vec![Pass {
                title,
                columns: columns?,
            }]);
        }
        let mut passes = Vec::new();
        for gate in GATES {
            let mut columns = Vec::new();
            for program in &self.programs {
                let profile: Profile = program
                    .0
                    .parse()
                    .map_err(|error: steadfast_core::Error| error.to_string())?;
                if let Some(flipped) = flipped(&profile, gate) {
                    columns.push(column(program, &flipped)?);
                }
            }
            if !columns.is_empty() {
                let to = |column: &Column| {
                    let to: Vec<String> = column.gates.values().map(bool::to_string).collect();
                    format!("{} {}", column.kubernetes, to.join(""))
                };
                let list: Vec<String> = columns.iter().map(to).collect();
                passes.push(Pass {
                    title: format!("{} flipped: {}", gate.name(), list.join(", ")),
                    columns,
                });
            }
        }
        Ok(passes)
    }
}

/// A gate the other way round, where the version has it and does not lock it.
pub fn flipped(profile: &Profile, gate: Gate) -> Option<BTreeMap<String, bool>> {
    let to = !profile.is_enabled(gate);
    profile.clone().with_gate(gate.name(), to).ok()?;
    Some(BTreeMap::from([(gate.name().to_owned(), to)]))
}

/// All flips of a version.
pub fn flips(profile: &Profile) -> Vec<BTreeMap<String, bool>> {
    GATES
        .into_iter()
        .filter_map(|gate| flipped(profile, gate))
        .collect()
}

/// `A=true,B=false`.
pub fn gate_list(gates: &BTreeMap<String, bool>) -> String {
    let list: Vec<String> = gates.iter().map(|(name, on)| format!("{name}={on}")).collect();
    list.join(",")
}

fn gates(list: &str) -> Result<BTreeMap<String, bool>, String> {
    let one = |entry: &str| {
        let (name, on) = entry.split_once('=')?;
        Some((name.trim().to_owned(), on.trim().parse().ok()?))
    };
    let entries = list.split(',').filter(|entry| !entry.trim().is_empty());
    entries
        .map(|entry| {
            one(entry).ok_or_else(|| format!("`{entry}` is not of the form NAME=true or NAME=false"))
        })
        .collect()
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T, String> {
    let plain = value.replace('_', "");
    plain
        .parse()
        .map_err(|_| format!("{option} takes a number, not `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn options(line: &str) -> Result<Options, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments)
    }

    #[test]
    fn each_gate_that_is_not_locked_is_flipped_alone_in_every_version_that_has_it() {
        let line = "1.33.13=a 1.34.1=b 1.34.10=c 1.35.0=d 1.36.4=e 1.37.1=f --flip-gates";
        let titles: Vec<String> = options(line)
            .unwrap()
            .passes()
            .unwrap()
            .into_iter()
            .map(|pass| pass.title)
            .collect();
        assert_eq!(
            titles,
            [
                "MaxUnavailableStatefulSet flipped: 1.33.13 true, 1.34.1 true, 1.34.10 true, 1.35.0 false, 1.36.4 true, 1.37.1 false",
                "StatefulSetSemanticRevisionComparison flipped: 1.34.10 false, 1.35.0 false, 1.36.4 false, 1.37.1 false",
                "StatefulSetRecreateStrategy flipped: 1.37.1 true",
                "StaleControllerConsistencyStatefulSet flipped: 1.36.4 false, 1.37.1 false",
                "RelaxedServiceNameValidation flipped: 1.34.1 true, 1.34.10 true, 1.35.0 true, 1.36.4 false",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_an_error_that_quotes_it() {
        for (line, part) in [
            ("", "usage:"),
            ("p --wrlds 5", "`--wrlds`"),
            ("p --worlds many", "`many`"),
            (
                "p --gates MaxUnavailableStatefulSet",
                "`MaxUnavailableStatefulSet`",
            ),
            ("p --seed", "--seed takes a value"),
            ("p --flip-gates --gates A=true", "exclude"),
        ] {
            let error = options(line).err().unwrap_or_default();
            assert!(error.contains(part), "{line}: {error}");
        }
        let unknown = options("1.99.0=p").unwrap().passes().err().unwrap();
        assert!(unknown.contains("`1.99.0`"), "{unknown}");
    }
}
