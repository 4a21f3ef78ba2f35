//! What the command line of `yaml` says.

use std::path::PathBuf;

pub const USAGE: &str = "\
usage: yaml PROGRAM [options], or yaml --limits
  --scalars N       how many scalars, those written by hand among them (20000)
  --documents N     how many documents, those written by hand among them (2000)
  --seed S          the first seed (1)
  --jobs J          lines of work, each with its own program (one for each core)
  --show N          how many differences are printed (5)
  --most N          how many scalars may differ, and how many documents (5)
  --record FILE     a part of it with upstream's answers, to be compared without Go";

pub struct Options {
    pub program: PathBuf,
    pub scalars: u64,
    pub documents: u64,
    pub seed: u64,
    pub jobs: usize,
    pub show: usize,
    pub most: u64,
    pub record: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// An option that there is not, or a value that cannot be read.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            program: PathBuf::new(),
            scalars: 20_000,
            documents: 2_000,
            seed: 1,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            show: 5,
            most: 5,
            record: None,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| format!("{argument} takes a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--scalars" => options.scalars = number(argument, value()?)?,
                "--documents" => options.documents = number(argument, value()?)?,
                "--seed" => options.seed = number(argument, value()?)?,
                "--jobs" => options.jobs = number::<usize>(argument, value()?)?.max(1),
                "--show" => options.show = number(argument, value()?)?,
                "--most" => options.most = number(argument, value()?)?,
                "--record" => options.record = Some(value()?.into()),
                other if other.starts_with("--") => {
                    return Err(format!("there is no option `{other}`\n\n{USAGE}"));
                }
                program => options.program = program.into(),
            }
        }
        if options.program.as_os_str().is_empty() {
            return Err(USAGE.to_owned());
        }
        Ok(options)
    }
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T, String> {
    let plain = value.replace('_', "");
    plain
        .parse()
        .map_err(|_| format!("{option} takes a number, not `{value}`"))
}
