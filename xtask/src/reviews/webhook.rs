//! The webhook as a process, with a cluster that was drawn.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::{Instead, compare};
use crate::command;
use crate::conformance::{built, compiled};
use crate::record::credentials::Folder;
use crate::record::process::{Process, wait_for};
use crate::record::server::free_port;

const LIMIT: Duration = Duration::from_secs(60);
/// How many requests are asked of each cluster.
const OF_ONE: u64 = 500;

/// Asks webhooks, each with a cluster of its own, so many requests in all, from a seed on.
///
/// # Errors
/// A program that cannot be built or started, or a verdict that is not the core's.
pub fn run(count: u64, seed: u64) -> Result<(), String> {
    let program = built(&["-p", "steadfast-webhook"], "steadfast-webhook")?;
    let folder = Folder::create()?;
    for cluster in 0..count.div_ceil(OF_ONE) {
        let from = seed + cluster * OF_ONE;
        let asked = OF_ONE.min(count - cluster * OF_ONE);
        let drawn = [
            ("--cluster", cluster + seed),
            ("--seed", from),
            ("--count", asked),
        ]
        .map(|(name, number)| [name.to_owned(), number.to_string()])
        .concat();
        let objects = folder.path().join("objects.json");
        let mut reviews = std::process::Command::new(compiled("reviews")?);
        reviews.args([
            "--count",
            "0",
            "--cluster",
            &(cluster + seed).to_string(),
            "--objects",
        ]);
        command::run(reviews.arg(&objects))?;
        let server = served(folder.path(), &objects)?;
        let (webhook, url) = started(&program, folder.path(), &server.1)?;
        compare(&drawn, Some(&Instead::Webhook(url)))?;
        drop((webhook, server));
    }
    Ok(())
}

/// The cluster, and its address.
fn served(folder: &Path, objects: &Path) -> Result<(Process, String), String> {
    let script = command::repository().join("tests/deliveries/cluster.mjs");
    let line = [script, objects.to_owned()].map(|path| path.display().to_string());
    let mut server = Process::start(
        "the cluster",
        Path::new("node"),
        &line,
        &folder.join("cluster.log"),
    )?;
    let address = wait_for("the cluster's address", LIMIT, || {
        server.check()?;
        let said = std::fs::read_to_string(server.log()).unwrap_or_default();
        Ok(said.split_once('\n').map(|(address, _)| address.to_owned()))
    })?;
    Ok((server, address))
}

/// The webhook, ready, and where it is asked.
fn started(program: &Path, folder: &Path, server: &str) -> Result<(Process, String), String> {
    let kubeconfig: PathBuf = folder.join("kubeconfig");
    let text = json!({"apiVersion": "v1", "kind": "Config", "current-context": "drawn",
        "clusters": [{"name": "drawn", "cluster": {"server": server}}], "users": [{"name": "drawn", "user": {}}],
        "contexts": [{"name": "drawn", "context": {"cluster": "drawn", "user": "drawn"}}]});
    std::fs::write(&kubeconfig, text.to_string()).map_err(|e| format!("{}: {e}", kubeconfig.display()))?;
    let port = free_port()?;
    let flags = [
        format!("--kubeconfig={}", kubeconfig.display()),
        format!("--listen=127.0.0.1:{port}"),
        "--self-made=127.0.0.1".to_owned(),
    ];
    let mut webhook = Process::start("steadfast-webhook", program, &flags, &folder.join("webhook.log"))?;
    wait_for("the webhook to be ready", LIMIT, || {
        webhook.check()?;
        let said = std::fs::read_to_string(webhook.log()).unwrap_or_default();
        Ok(said.contains("\"msg\":\"ready\"").then_some(()))
    })?;
    Ok((webhook, format!("https://127.0.0.1:{port}/validate")))
}
