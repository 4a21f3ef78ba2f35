//! What the command line of `dry_run` says.

use std::path::PathBuf;

pub const USAGE: &str = "\
usage: dry_run --kubernetes V --examples FOLDER --folder FOLDER [--steadfast PROGRAM] [--mutants N] [--seed S] [--show] [--values] -- KUBECTL [FLAG...]
  --kubernetes V    what the API server runs
  --examples FOLDER manifests that are asked as they are
  --folder FOLDER   where the manifest that is asked is written
  --steadfast PROGRAM
                    the commands `default` and `lint` of this program must say what the core says
  --mutants N       how many mutated manifests (100)
  --seed S          the first seed (1)
  --show            every manifest that differs
  --values          every error that shows another value";

pub struct Options {
    pub kubernetes: String,
    pub examples: PathBuf,
    pub folder: PathBuf,
    pub steadfast: Option<PathBuf>,
    pub mutants: usize,
    pub seed: u64,
    pub is_shown: bool,
    pub shows_values: bool,
    /// The program and the flags that every call has.
    pub kubectl: Vec<String>,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// An option that there is not, one that is missing, or a value that cannot be read.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            kubernetes: String::new(),
            examples: PathBuf::new(),
            folder: PathBuf::new(),
            steadfast: None,
            mutants: 100,
            seed: 1,
            is_shown: false,
            shows_values: false,
            kubectl: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| format!("{argument} takes a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--kubernetes" => options.kubernetes.clone_from(value()?),
                "--examples" => options.examples = value()?.into(),
                "--folder" => options.folder = value()?.into(),
                "--steadfast" => options.steadfast = Some(value()?.into()),
                "--mutants" => options.mutants = number(argument, value()?)?,
                "--seed" => options.seed = number(argument, value()?)?,
                "--show" => options.is_shown = true,
                "--values" => options.shows_values = true,
                "--" => {
                    options.kubectl = rest.cloned().collect();
                    break;
                }
                other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
            }
        }
        let is_whole = ![&options.examples, &options.folder].contains(&&PathBuf::new());
        if options.kubernetes.is_empty() || options.kubectl.is_empty() || !is_whole {
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
