//! What both modes begin with: the API server, its version, the watches.

use std::sync::Arc;
use std::time::Duration;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::json;
use steadfast_core::{Kind, Profile};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::api::{Refusal, plural};
use crate::log;
use crate::metrics::Metrics;
use crate::serve::{Pages, serve};
use crate::server::{Server, innermost};
use crate::settings::BothArguments;
use crate::watch::{Sink, Stream, follow};

/// The kinds that are followed. The sets come last: a set that is new finds what is there already.
pub const KINDS: [Kind; 4] = [
    Kind::ControllerRevision,
    Kind::PersistentVolumeClaim,
    Kind::Pod,
    Kind::StatefulSet,
];

/// Why the program ends, with its exit code.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// 2: bad settings; 3: another controller is at work; 4: the cluster cannot be reached, or forbids something; 5: leadership
    /// was lost.
    pub code: u8,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// What a refusal of the API server means for who asked for this.
    pub fn of_refusal(what: &str, server: &Server, refusal: &Refusal) -> Self {
        let (address, why) = (&server.address, &refusal.message);
        let message = match refusal.code {
            0 => format!(
                "the API server at {address} cannot be reached: {why}: is it up, and is it the one that you mean?"
            ),
            401 => format!(
                "the API server at {address} does not know who asks (401): the token has expired, or is another cluster's: {why}"
            ),
            403 => format!(
                "{what} is forbidden by the API server at {address}: {why}: docs/controller.md has the role that is needed"
            ),
            404 => format!("the API server at {address} does not serve what is needed for: {what}: {why}"),
            _ => format!(
                "{what} failed at the API server at {address}: {}",
                refusal.brief()
            ),
        };
        Self::new(4, message)
    }
}

/// Connects, and asks for the version.
///
/// # Errors
/// The settings cannot be used, or the server does not answer.
pub async fn connect(both: &BothArguments, metrics: &Arc<Metrics>) -> Result<(Server, Profile), Failure> {
    let config = config(both).await?;
    let server = Server::connect(config, Arc::clone(metrics), both.requests.unwrap_or(16))
        .map_err(|why| Failure::new(4, why))?;
    let version = server
        .version()
        .await
        .map_err(|refusal| Failure::of_refusal("to ask for the version", &server, &refusal))?;
    let (profile, note) = both.profile(&version).map_err(|why| Failure::new(2, why))?;
    let fields = json!({"server": server.address, "version": version, "profile": profile.kubernetes()});
    match note {
        Some(note) => log::warn(
            &format!(
                "this version of Kubernetes is not known here: it is taken for {}",
                profile.kubernetes()
            ),
            json!({"server": server.address, "version": version, "note": note}),
        ),
        None => log::info("the API server answers", fields),
    }
    Ok((server, profile))
}

async fn config(both: &BothArguments) -> Result<Config, Failure> {
    let options = KubeConfigOptions {
        context: both.context.clone(),
        ..KubeConfigOptions::default()
    };
    let unusable = |why: String| Failure::new(2, format!("the kubeconfig cannot be used: {why}"));
    match &both.kubeconfig {
        Some(file) => {
            let read = Kubeconfig::read_from(file)
                .map_err(|error| unusable(format!("`{file}`: {}", innermost(&error))))?;
            Config::from_custom_kubeconfig(read, &options)
                .await
                .map_err(|error| unusable(format!("`{file}`: {}", innermost(&error))))
        }
        None if both.context.is_none() && std::env::var_os("KUBECONFIG").is_none() => {
            match Config::incluster() {
                Ok(config) => Ok(config),
                Err(_) => Config::from_kubeconfig(&options)
                    .await
                    .map_err(|error| unusable(innermost(&error))),
            }
        }
        None => Config::from_kubeconfig(&options)
            .await
            .map_err(|error| unusable(innermost(&error))),
    }
}

/// Follows all kinds, each scope by a watch of its own, and waits until each was read once.
///
/// # Errors
/// A kind may not be read, or the server does not answer.
pub async fn follow_all(
    server: &Server,
    sink: &Arc<impl Sink>,
    metrics: &Arc<Metrics>,
    both: &BothArguments,
) -> Result<(), Failure> {
    let namespaces: Vec<Option<String>> = match both.namespaces.as_slice() {
        [] => vec![None],
        some => some.iter().cloned().map(Some).collect(),
    };
    let (sender, mut lists) = mpsc::unbounded_channel();
    for kind in KINDS {
        for (scope, namespace) in namespaces.iter().enumerate() {
            let selector = both.selector.clone().filter(|_| kind == Kind::StatefulSet);
            let stream = Stream {
                kind,
                scope,
                namespace: namespace.clone(),
                selector: selector.unwrap_or_default(),
            };
            let (server, sink, metrics) = (server.clone(), Arc::clone(sink), Arc::clone(metrics));
            tokio::spawn(follow(server, stream, sink, metrics, sender.clone()));
        }
    }
    drop(sender);
    while let Some((kind, refusal)) = lists.recv().await {
        if let Some(refusal) = refusal {
            let what = format!("to list {}", plural(kind));
            return Err(Failure::of_refusal(&what, server, &refusal));
        }
    }
    Ok(())
}

/// Serves the figures, if that is wanted.
///
/// # Errors
/// Nobody can listen there.
pub async fn serve_pages(both: &BothArguments, pages: Arc<impl Pages>) -> Result<(), Failure> {
    let Some(address) = both.listen().map_err(|why| Failure::new(2, why))? else {
        return Ok(());
    };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Failure::new(2, format!("--listen: nobody can listen on {address}: {error}")))?;
    let address = listener.local_addr().map_or(address, |bound| bound);
    log::info("figures are served", json!({"address": address.to_string()}));
    tokio::spawn(serve(listener, pages));
    Ok(())
}

/// Whether the program was asked to end: by SIGTERM or SIGINT, at any time since it began to listen.
#[derive(Clone, Debug)]
pub struct End(watch::Receiver<bool>);

impl End {
    /// Listens from now on.
    pub fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            signalled().await;
            // Nobody listens any more where the program has ended already.
            let _ = sender.send(true);
        });
        Self(receiver)
    }

    /// Ends when the program is asked to end.
    pub async fn asked(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|is_asked| *is_asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn signalled() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(_) => return std::future::pending().await,
    };
    let interrupt = tokio::signal::ctrl_c();
    futures::future::select(Box::pin(terminate.recv()), Box::pin(interrupt)).await;
}

/// How long what was begun may take at the end.
pub const LAST: Duration = Duration::from_secs(20);
