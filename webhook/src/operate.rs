//! From the arguments to a server that runs, and to its end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use steadfast_core::Profile;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, Semaphore};

use crate::arguments::Arguments;
use crate::cache::{Cache, KINDS, watch};
use crate::certificate::{Authority, Certificate, Certificates, Files, follow_files, follow_self_made};
use crate::cluster::Cluster;
use crate::config::Config;
use crate::failure::Failure;
use crate::log::Log;
use crate::server::{Server, State};

/// Serves until somebody ends it.
pub fn operate(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut config = match &arguments.config {
        Some(file) => Config::read(file)?,
        None => Config::default(),
    };
    if let Some(listen) = &arguments.listen {
        listen.clone_into(&mut config.server.listen);
    }
    if let Some(version) = &arguments.kubernetes {
        let profile = version.parse::<Profile>();
        config.kubernetes = Some(profile.map_err(|error| Failure::new(format!("--kubernetes: {error}")))?);
    }
    let source = Source::of(arguments)?;
    let certificate = source.first()?;
    if arguments.check {
        println!("the configuration and the certificate can be read");
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("nothing can be run: {error}")))?;
    let is_whole = runtime.block_on(serve(arguments, &config, source, certificate))?;
    // Watches and lookups of names need not come to an end.
    runtime.shutdown_background();
    Ok(ExitCode::from(if is_whole { 0 } else { 3 }))
}

/// Where the certificate comes from.
enum Source {
    Files(Files),
    Made(Box<Authority>),
}

impl Source {
    fn of(arguments: &Arguments) -> Result<Self, Failure> {
        match (&arguments.tls_cert_file, &arguments.tls_key_file) {
            (Some(certificate), Some(key)) => Ok(Self::Files(Files {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            _ if !arguments.self_made.is_empty() => Authority::make(&arguments.self_made)
                .map(Box::new)
                .map(Self::Made),
            _ => Err(Failure::new(
                "there is no certificate: name one with --tls-cert-file and --tls-key-file, or have one made with --self-made",
            )),
        }
    }

    fn first(&self) -> Result<Certificate, Failure> {
        match self {
            Self::Files(files) => files.read(),
            Self::Made(authority) => Ok(authority.certificate.clone()),
        }
    }
}

async fn serve(
    arguments: &Arguments,
    config: &Config,
    source: Source,
    certificate: Certificate,
) -> Result<bool, Failure> {
    let log = Log::to_stdout();
    let cluster = match arguments.no_cluster {
        true => None,
        false => Some(Cluster::of(arguments).await?),
    };
    let cache = cluster.as_ref().map(|_| Arc::new(Cache::new()));
    let certificates = Certificates::new(certificate);
    let profile = config.kubernetes.clone().unwrap_or_default();
    let state = State::new(
        config,
        profile,
        cache.clone(),
        Arc::clone(&certificates),
        log.clone(),
    );
    let server = Server::bind(Arc::clone(&state)).await?;
    let address = server.address()?;

    if let (Some(cluster), Some(cache)) = (&cluster, &cache) {
        let turns = Arc::new(Semaphore::new(1));
        for kind in KINDS {
            tokio::spawn(watch::follow(
                cluster.clone(),
                kind,
                Arc::clone(cache),
                Arc::clone(&turns),
                log.clone(),
            ));
        }
        if config.kubernetes.is_none() {
            tokio::spawn(learn(cluster.clone(), Arc::clone(&state)));
        }
    }
    let asked = Arc::new(Notify::new());
    let mut hangup = heard(SignalKind::hangup())?;
    tokio::spawn({
        let asked = Arc::clone(&asked);
        async move {
            while hangup.recv().await.is_some() {
                asked.notify_one();
            }
        }
    });
    match source {
        Source::Files(files) => {
            let when = (config.server.certificate_interval, asked);
            let metrics = Arc::clone(&state.metrics);
            tokio::spawn(follow_files(files, when, certificates, metrics, log.clone()));
        }
        Source::Made(authority) => {
            let path = |plural: &str, name: &Option<String>| {
                let name = name.as_ref()?;
                Some(format!("/apis/admissionregistration.k8s.io/v1/{plural}/{name}"))
            };
            let paths = [
                path("validatingwebhookconfigurations", &arguments.patch_validating),
                path("mutatingwebhookconfigurations", &arguments.patch_mutating),
            ];
            let paths: Vec<String> = paths.into_iter().flatten().collect();
            state.is_trusted(paths.is_empty());
            let trusted = Arc::clone(&state);
            let means = (certificates, Arc::clone(&state.metrics), log.clone());
            let names = arguments.self_made.clone();
            let ready = move || trusted.is_trusted(true);
            tokio::spawn(follow_self_made(
                *authority,
                names,
                (paths, asked),
                cluster.clone(),
                means,
                ready,
            ));
        }
    }
    let expires = state.certificates.expiry();
    log.write(
        "info",
        "listening",
        json!({"address": address.to_string(), "certificateExpires": expires}),
    );
    // Said after the line above, which whoever starts the program reads first.
    tokio::spawn(say_ready(Arc::clone(&state)));

    let is_whole = server.serve(asked_to_end(log.clone())?).await;
    let (level, message) = match is_whole {
        true => ("info", "ended"),
        false => ("error", "ended while requests were running"),
    };
    log.write(level, message, json!({}));
    // The last lines have a thread of their own.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(is_whole)
}

/// Takes the version of the cluster, once it says it; a newer one than is known is taken for the newest that is.
async fn learn(cluster: Cluster, state: Arc<State>) {
    let mut pause = Duration::from_millis(200);
    loop {
        match cluster.version().await {
            Ok(version) => {
                let known = version.parse::<Profile>();
                let fields = json!({"kubernetes": version, "known": known.is_ok()});
                state.log.write("info", "the cluster's version", fields);
                if let Ok(profile) = known {
                    state.judge_by(profile);
                }
                return;
            }
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(15));
            }
        }
    }
}

/// Writes down when the server is ready for the first time.
async fn say_ready(state: Arc<State>) {
    while state.unready().is_some() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    state.log.write("info", "ready", json!({}));
}

fn heard(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::new(format!("signals cannot be heard: {error}")))
}

/// SIGTERM or SIGINT.
fn asked_to_end(log: Log) -> Result<impl Future<Output = ()>, Failure> {
    let (mut terminate, mut interrupt) = (heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?);
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        log.write("info", "asked to end", json!({"signal": name}));
    })
}
