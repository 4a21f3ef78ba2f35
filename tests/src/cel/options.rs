//! What the command takes.

use std::path::PathBuf;

const HELP: &str = "\
cel --policies FOLDER --folder FOLDER [--kubernetes V] [--count N] [--seed S] -- KUBECTL FLAG…

  --policies   the folder of the policies
  --folder     where files may be written
  --count      how many requests for each policy
";

pub struct Options {
    pub policies: PathBuf,
    pub folder: PathBuf,
    pub kubernetes: String,
    pub count: usize,
    pub seed: u64,
    pub kubectl: Vec<String>,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            policies: PathBuf::new(),
            folder: PathBuf::new(),
            kubernetes: "1.37".to_owned(),
            count: 100,
            seed: 1,
            kubectl: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().ok_or_else(|| format!("{argument} needs a value"));
            let number = |text: &String| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
            match argument.as_str() {
                "--policies" => options.policies = value()?.into(),
                "--folder" => options.folder = value()?.into(),
                "--kubernetes" => options.kubernetes = value()?.clone(),
                "--count" => options.count = number(value()?)? as usize,
                "--seed" => options.seed = number(value()?)?,
                "--" => options.kubectl = rest.by_ref().cloned().collect(),
                _ => return Err(format!("unknown argument `{argument}`\n\n{HELP}")),
            }
        }
        match options.kubectl.is_empty() || options.policies.as_os_str().is_empty() {
            true => Err(HELP.to_owned()),
            false => Ok(options),
        }
    }
}
