//! Which cluster is meant, and as whom: kubeconfig and context.

use std::path::PathBuf;
use std::time::Duration;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use steadfast_core::ErrorCode;

use super::proxy::is_direct;
use super::trouble::innermost;
use crate::cli::LiveArguments;
use crate::failure::Failure;
use crate::text::{one_line, some};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// A cluster's address.
pub(super) struct Address {
    pub(super) config: Config,
    /// ``context `prod` ``.
    pub(super) place: String,
    /// The place and the server, for errors: ``https://10.0.0.1:6443 (context `prod`)``.
    pub(super) server: String,
}

impl Address {
    /// The address that the arguments, the environment and the kubeconfig give.
    pub(super) async fn of(live: &LiveArguments) -> Result<Self, Failure> {
        let (source, kubeconfig) = kubeconfig(live)?;
        let Some(kubeconfig) = kubeconfig else {
            // Inside a Pod there is a service account instead.
            let config = Config::incluster().map_err(|_| nothing(&source))?;
            return Ok(Self::new(config, "this cluster's service account".to_owned()));
        };
        let context = live
            .context
            .clone()
            .or_else(|| kubeconfig.current_context.clone())
            .filter(|context| !context.is_empty());
        let contexts: Vec<String> = kubeconfig
            .contexts
            .iter()
            .map(|context| format!("`{}`", one_line(&context.name)))
            .collect();
        let Some(context) = context else {
            let message = match contexts.as_slice() {
                [] => format!(
                    "{source} has no context, so it names no cluster: --kubeconfig names another file"
                ),
                contexts => format!(
                    "{source} has no current context: choose one with --context: {}",
                    some(contexts, 20)
                ),
            };
            return Err(Failure::new(ErrorCode::Missing, message));
        };
        if !kubeconfig.contexts.iter().any(|known| known.name == context) {
            let known = match contexts.as_slice() {
                [] => "there is none".to_owned(),
                contexts => format!("there is {}", some(contexts, 20)),
            };
            let message = format!("no context `{}` in {source}: {known}", one_line(&context));
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        let options = KubeConfigOptions {
            context: Some(context.clone()),
            ..KubeConfigOptions::default()
        };
        let place = format!("context `{}`", one_line(&context));
        let names_proxy = names_proxy(&kubeconfig, &context);
        let mut config = Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| unusable(&source, &place, &error))?;
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let direct = [variable("NO_PROXY"), variable("no_proxy")].join(",");
        if !names_proxy && is_direct(config.cluster_url.host().unwrap_or_default(), &direct) {
            config.proxy_url = None;
        }
        Ok(Self::new(config, place))
    }

    fn new(mut config: Config, place: String) -> Self {
        config.connect_timeout = Some(CONNECT);
        let server = format!(
            "{} ({place})",
            one_line(config.cluster_url.to_string().trim_end_matches('/'))
        );
        Self {
            config,
            place,
            server,
        }
    }
}

/// Whether the kubeconfig itself says which proxy leads to the context's cluster; otherwise the environment may.
fn names_proxy(kubeconfig: &Kubeconfig, context: &str) -> bool {
    let context = kubeconfig.contexts.iter().find(|known| known.name == context);
    let cluster = context
        .and_then(|context| context.context.as_ref())
        .map(|context| &context.cluster);
    kubeconfig
        .clusters
        .iter()
        .filter(|known| Some(&known.name) == cluster)
        .filter_map(|known| known.cluster.as_ref()?.proxy_url.as_ref())
        .any(|proxy| !proxy.is_empty())
}

/// The kubeconfig that is meant, as people call it, and what it says, where there is one.
fn kubeconfig(live: &LiveArguments) -> Result<(String, Option<Kubeconfig>), Failure> {
    if let Some(file) = &live.kubeconfig {
        let source = format!("kubeconfig `{}`", one_line(file));
        let read = Kubeconfig::read_from(file).map_err(|error| unreadable(&source, &error))?;
        return Ok((source, Some(read)));
    }
    match std::env::var_os("KUBECONFIG").filter(|files| !files.is_empty()) {
        Some(files) => {
            let source = format!(
                "kubeconfig `{}` ($KUBECONFIG)",
                one_line(&files.to_string_lossy())
            );
            let read = Kubeconfig::from_env().map_err(|error| unreadable(&source, &error))?;
            Ok((source, read))
        }
        None => {
            let source = "kubeconfig `~/.kube/config`".to_owned();
            let Some(file) = home().map(|home| home.join(".kube").join("config")) else {
                return Ok((source, None));
            };
            if !file.exists() {
                return Ok((source, None));
            }
            let read = Kubeconfig::read_from(file).map_err(|error| unreadable(&source, &error))?;
            Ok((source, Some(read)))
        }
    }
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

fn nothing(source: &str) -> Failure {
    let message = format!(
        "{source} does not exist and $KUBECONFIG is not set: name the cluster's with --kubeconfig, or a FILE with what \
         `kubectl get … -o yaml` prints"
    );
    Failure::new(ErrorCode::Missing, message)
}

fn unreadable(source: &str, error: &KubeconfigError) -> Failure {
    let why = match error {
        KubeconfigError::ReadConfig(io, _) if io.kind() == std::io::ErrorKind::NotFound => {
            return Failure::new(ErrorCode::Missing, format!("{source}: there is no such file"));
        }
        KubeconfigError::Parse(error) => {
            // Below its first line the parser shows the text, which may hold keys.
            let text = error.to_string();
            format!(
                "it is no kubeconfig: {}",
                one_line(text.lines().next().unwrap_or_default())
            )
        }
        other => innermost(other),
    };
    Failure::new(ErrorCode::Unreadable, format!("{source} cannot be read: {why}"))
}

/// The context is there, and something that it names is not.
fn unusable(source: &str, place: &str, error: &KubeconfigError) -> Failure {
    let why = match error {
        KubeconfigError::LoadContext(_) => "it is empty".to_owned(),
        KubeconfigError::LoadClusterOfContext(cluster) => {
            format!("its cluster `{}` is not in the file", one_line(cluster))
        }
        KubeconfigError::MissingClusterUrl => "its cluster has no `server`".to_owned(),
        other => other
            .to_string()
            .trim_start_matches("failed to ")
            .replacen("load", "cannot load", 1)
            .replacen("parse", "cannot parse", 1),
    };
    Failure::new(
        ErrorCode::Invalid,
        format!("{source}: {place} cannot be used: {}", one_line(&why)),
    )
}
