//! What can be chosen: flags, and the same names in a file; a flag outweighs the file.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use steadfast_core::Profile;

/// Steadfast in the place of Kubernetes' StatefulSet controller, or as a silent shadow beside it.
#[derive(Debug, Parser)]
#[command(name = "steadfast-controller", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub mode: Mode,
}

/// What it does.
#[derive(Debug, Subcommand)]
pub enum Mode {
    /// Act: create, update and delete what StatefulSets need. No other controller may be at work on the same sets
    Run(Box<RunArguments>),
    /// Look on: decide the same as `run` would, write nothing, and report what the controller at work does otherwise
    Shadow(Box<ShadowArguments>),
}

/// What `run` takes.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RunArguments {
    /// What both modes take.
    #[command(flatten)]
    #[serde(flatten)]
    pub both: BothArguments,
    /// How many sets are looked at at a time [default: 5]
    #[arg(long, value_name = "NUMBER")]
    pub workers: Option<usize>,
    /// Start even where another controller is seen at work on StatefulSets
    #[arg(long)]
    pub force: bool,
    /// Whether to write only while holding a Lease, so that several may be started [default: true]
    #[arg(long, value_name = "BOOL")]
    pub leader_elect: Option<bool>,
    /// The Lease's [NAMESPACE/]NAME [default: kube-system/steadfast-controller]
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub lease: Option<String>,
    /// How long the Lease holds without a renewal [default: 15]
    #[arg(long, value_name = "SECONDS")]
    pub lease_seconds: Option<u64>,
    /// Whether to send Events [default: true]
    #[arg(long, value_name = "BOOL")]
    pub events: Option<bool>,
}

/// What `shadow` takes.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ShadowArguments {
    /// What both modes take.
    #[command(flatten)]
    #[serde(flatten)]
    pub both: BothArguments,
    /// How long changes are collected so that they can be put in order, in milliseconds [default: 1000]
    #[arg(long, value_name = "MILLISECONDS")]
    pub settle_millis: Option<u64>,
    /// After how many seconds something that is planned and not done is a difference [default: 60]
    #[arg(long, value_name = "SECONDS")]
    pub patience_seconds: Option<u64>,
}

/// What both modes take.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BothArguments {
    /// A file of YAML or JSON with these settings, by their names in camelCase
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<String>,
    /// Which cluster; without it the service account of the Pod, or kubectl's default
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<String>,
    /// The context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// Only the sets of this namespace; may be repeated
    #[arg(long = "namespace", short = 'n', value_name = "NAME")]
    #[serde(rename = "namespaces")]
    pub namespaces: Vec<String>,
    /// Only the sets that this label selector selects
    #[arg(long, short = 'l', value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// The Kubernetes to behave as; without it the API server's version
    #[arg(long, value_name = "X.Y[.Z]")]
    pub kubernetes: Option<String>,
    /// Feature gates as kube-controller-manager takes them: A=true,B=false
    #[arg(long, value_name = "LIST")]
    pub feature_gates: Option<String>,
    /// Where /metrics, /healthz and /readyz are served; `off`: nowhere [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// How many requests may be under way at a time [default: 16]
    #[arg(long, value_name = "NUMBER")]
    pub requests: Option<usize>,
    /// Log every action
    #[arg(long, short)]
    pub verbose: bool,
}

/// The flags of a mode, which a file may complete.
pub trait Arguments: DeserializeOwned + Default {
    /// The file, if one is named.
    fn config(&self) -> Option<&str>;

    /// These, and the others' where these say nothing.
    #[must_use]
    fn or(self, other: Self) -> Self;

    /// These, and what the file says where these say nothing.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    fn with_file(self) -> Result<Self, String> {
        match self.config() {
            Some(file) => read(file).map(|other| self.or(other)),
            None => Ok(self),
        }
    }
}

impl Arguments for RunArguments {
    fn config(&self) -> Option<&str> {
        self.both.config.as_deref()
    }

    fn or(self, other: Self) -> Self {
        Self {
            both: self.both.or(other.both),
            workers: self.workers.or(other.workers),
            force: self.force || other.force,
            leader_elect: self.leader_elect.or(other.leader_elect),
            lease: self.lease.or(other.lease),
            lease_seconds: self.lease_seconds.or(other.lease_seconds),
            events: self.events.or(other.events),
        }
    }
}

impl Arguments for ShadowArguments {
    fn config(&self) -> Option<&str> {
        self.both.config.as_deref()
    }

    fn or(self, other: Self) -> Self {
        Self {
            both: self.both.or(other.both),
            settle_millis: self.settle_millis.or(other.settle_millis),
            patience_seconds: self.patience_seconds.or(other.patience_seconds),
        }
    }
}

impl RunArguments {
    /// The Lease's namespace and name.
    pub fn lease(&self) -> (String, String) {
        let lease = self
            .lease
            .as_deref()
            .unwrap_or("kube-system/steadfast-controller");
        match lease.split_once('/') {
            Some((namespace, name)) => (namespace.to_owned(), name.to_owned()),
            None => ("kube-system".to_owned(), lease.to_owned()),
        }
    }
}

impl ShadowArguments {
    /// How long changes are collected.
    pub fn settle(&self) -> Duration {
        Duration::from_millis(self.settle_millis.unwrap_or(1000))
    }

    /// How long something may be planned and not done.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds.unwrap_or(60))
    }
}

impl BothArguments {
    fn or(self, other: Self) -> Self {
        Self {
            config: self.config,
            kubeconfig: self.kubeconfig.or(other.kubeconfig),
            context: self.context.or(other.context),
            namespaces: match self.namespaces.is_empty() {
                true => other.namespaces,
                false => self.namespaces,
            },
            selector: self.selector.or(other.selector),
            kubernetes: self.kubernetes.or(other.kubernetes),
            feature_gates: self.feature_gates.or(other.feature_gates),
            listen: self.listen.or(other.listen),
            requests: self.requests.or(other.requests),
            verbose: self.verbose || other.verbose,
        }
    }

    /// Where to listen.
    ///
    /// # Errors
    /// It is no address.
    pub fn listen(&self) -> Result<Option<SocketAddr>, String> {
        match self.listen.as_deref().unwrap_or("127.0.0.1:9464") {
            "off" => Ok(None),
            address => address.parse().map(Some).map_err(|_| {
                format!("--listen: `{address}` is not of the form ADDRESS:PORT, such as 0.0.0.0:9464")
            }),
        }
    }

    /// The profile for an API server of this version. A version that is newer than all that are known is taken for the newest of
    /// those, and said in the second part.
    ///
    /// # Errors
    /// A version or a gate that was asked for and does not exist.
    pub fn profile(&self, server: &str) -> Result<(Profile, Option<String>), String> {
        let mut note = None;
        let profile = match &self.kubernetes {
            Some(asked) => asked.parse::<Profile>().map_err(|error| error.to_string())?,
            None => match server.parse::<Profile>() {
                Ok(profile) => profile,
                Err(error) => {
                    note = Some(error.to_string());
                    Profile::default()
                }
            },
        };
        let gates = self.feature_gates.as_deref().unwrap_or_default();
        let profile = profile.with_gates(gates).map_err(|error| error.to_string())?;
        Ok((profile, note))
    }
}

fn read<T: DeserializeOwned + Default>(file: &str) -> Result<T, String> {
    let text = std::fs::read(Path::new(file)).map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    let document = steadfast_core::manifest::read_one(&text).map_err(|error| format!("`{file}`: {error}"))?;
    match document {
        Some(document) => {
            serde_json::from_value(document.value).map_err(|error| format!("`{file}`: {error}"))
        }
        None => Ok(T::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> RunArguments {
        let line = ["steadfast-controller", "run"].iter().chain(arguments);
        match Cli::try_parse_from(line).unwrap().mode {
            Mode::Run(arguments) => *arguments,
            Mode::Shadow(_) => panic!("it is run"),
        }
    }

    #[test]
    fn a_flag_outweighs_the_file_and_the_file_the_default() {
        let file = std::env::temp_dir().join(format!("steadfast-controller-{}.yaml", std::process::id()));
        std::fs::write(
            &file,
            "workers: 9\nlease: ops/a\nnamespaces: [shop]\nleaderElect: false\n",
        )
        .unwrap();
        let path = file.display().to_string();
        let settings = run(&["--config", &path, "--workers", "3"]).with_file().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(settings.workers, Some(3));
        assert_eq!(settings.lease(), ("ops".to_owned(), "a".to_owned()));
        assert_eq!(settings.both.namespaces, ["shop"]);
        assert_eq!(settings.leader_elect, Some(false));
    }

    #[test]
    fn a_file_with_an_unknown_setting_is_refused_with_its_name() {
        let file = std::env::temp_dir().join(format!("steadfast-controller-bad-{}.yaml", std::process::id()));
        std::fs::write(&file, "wrokers: 9\n").unwrap();
        let path = file.display().to_string();
        let error = run(&["--config", &path]).with_file().unwrap_err();
        std::fs::remove_file(&file).unwrap();
        assert!(error.contains("wrokers"), "{error}");
    }

    #[test]
    fn the_profile_is_the_servers_and_a_newer_server_is_taken_for_the_newest_that_is_known() {
        let both = BothArguments::default();
        assert_eq!(both.profile("1.35.4").unwrap().0.kubernetes(), "1.35.4");
        let (profile, note) = both.profile("1.99.0").unwrap();
        assert_eq!(profile, Profile::default());
        assert!(note.is_some());
        let asked = BothArguments {
            kubernetes: Some("1.12".to_owned()),
            ..BothArguments::default()
        };
        assert!(asked.profile("1.37.1").unwrap_err().contains("1.12"));
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        assert!(
            run(&["--listen", "here"])
                .both
                .listen()
                .unwrap_err()
                .contains("`here`")
        );
        assert_eq!(run(&["--listen", "off"]).both.listen(), Ok(None));
    }
}
