//! Suite `manifests`: what is deployed is taken by a real API server as it stands: every Kustomize base, and both Helm charts, rendered
//! by Helm with their default values and with others. What Helm makes is what the bases have.

use crate::command;
use crate::record::binaries::{ServerBinaries, helm, kubernetes_version};
use crate::record::server::Server;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const FOLDERS: [&str; 4] = [
    "webhook/deploy/base",
    "webhook/deploy/fail-closed",
    "webhook/deploy/mutating",
    "controller/deploy/base",
];

/// A chart, the release and the namespace that it is rendered for, and what differs from its default values.
const RELEASES: [(&str, &str, &str, &[&str]); 7] = [
    (WEBHOOK, "steadfast", "steadfast", &[]),
    (WEBHOOK, "steadfast", "steadfast", &["failurePolicy=Fail"]),
    (
        WEBHOOK,
        "steadfast",
        "steadfast",
        &["config.fillServiceName=true"],
    ),
    (
        WEBHOOK,
        "steadfast",
        "steadfast",
        &[
            "tls.secretName=cert",
            "tls.caBundle=Y2E=",
            "excludedNamespaces={a,b}",
            "replicas=3",
        ],
    ),
    (CONTROLLER, "steadfast-controller", "kube-system", &[]),
    (CONTROLLER, "steadfast-controller", "kube-system", &["mode=run"]),
    (
        CONTROLLER,
        "shadow",
        "steadfast",
        &["args={--selector=tier=db,--verbose}"],
    ),
];
const WEBHOOK: &str = "webhook/deploy/chart";
const CONTROLLER: &str = "controller/deploy/chart";

/// Renders, and asks an API server.
///
/// # Errors
/// No Go, something that Helm or the API server does not take, or a chart and a base that part.
pub fn suite() -> Result<(), String> {
    let repository = command::repository();
    let helm = helm(repository)?;
    let server = Server::start(ServerBinaries::ready(repository, None)?, |_| Vec::new())?;
    server.kubectl(&["create", "namespace", "steadfast"], None)?;
    for folder in FOLDERS {
        let objects = taken(
            &server,
            &["-k", &repository.join(folder).display().to_string()],
            None,
        )?;
        println!("{folder}: {} objects, taken as they are", objects.len());
    }
    for chart in [WEBHOOK, CONTROLLER] {
        let chart = repository.join(chart);
        command::output(Command::new(&helm).args(["lint", "--strict"]).arg(&chart))?;
    }
    for (chart, release, namespace, values) in RELEASES {
        let text = rendered(&helm, &repository.join(chart), (release, namespace), values)?;
        let objects = taken(&server, &["-n", namespace, "-f", "-"], Some(&text))?;
        println!(
            "{chart} as {release} in {namespace}{}{}: {} objects, taken as they are",
            if values.is_empty() { "" } else { " with " },
            values.join(" "),
            objects.len()
        );
    }
    same(&server, &helm, repository)?;
    let wrong = rendered(
        &helm,
        &repository.join(CONTROLLER),
        ("x", "default"),
        &["mode=watch"],
    );
    match wrong {
        Err(why) if why.contains("mode: `watch` is neither run nor shadow") => {}
        other => return Err(format!("a mode that there is none of: {other:?}")),
    }
    println!("manifests: what Helm makes is what the bases have");
    Ok(())
}

fn rendered(
    helm: &Path,
    chart: &Path,
    (release, namespace): (&str, &str),
    values: &[&str],
) -> Result<String, String> {
    let mut line = Command::new(helm);
    // A Helm that was built from its module knows no newer Kubernetes than 1.20.
    let version = kubernetes_version(command::repository())?;
    line.args(["template", release])
        .arg(chart)
        .args(["-n", namespace, "--kube-version", &version]);
    for value in values {
        line.args(["--set", value]);
    }
    let made = line.output().map_err(|e| format!("helm: {e}"))?;
    match made.status.success() {
        true => Ok(String::from_utf8_lossy(&made.stdout).into_owned()),
        false => Err(format!(
            "{chart:?}: {}",
            String::from_utf8_lossy(&made.stderr).trim()
        )),
    }
}

/// The objects as the API server would store them.
fn taken(server: &Server, what: &[&str], input: Option<&str>) -> Result<Vec<Value>, String> {
    let flags = ["--dry-run=server", "--validate=strict", "-o", "json"];
    let line = [&["apply"], what, &flags[..]].concat();
    let text = server.kubectl(&line, input)?;
    let mut answer: Value = serde_json::from_str(&text).map_err(|e| format!("kubectl apply: {e}"))?;
    match answer["items"].take() {
        Value::Array(items) => Ok(items),
        _ => Ok(vec![answer]),
    }
}

/// The chart of the webhook makes the base's objects, with and without what changes objects; that of the controller its rights.
fn same(server: &Server, helm: &Path, repository: &Path) -> Result<(), String> {
    for (folder, values) in [
        ("webhook/deploy/base", &[][..]),
        ("webhook/deploy/fail-closed", &["failurePolicy=Fail"]),
        ("webhook/deploy/mutating", &["config.fillServiceName=true"]),
    ] {
        let mut base = taken(
            server,
            &["-k", &repository.join(folder).display().to_string()],
            None,
        )?;
        // Helm makes namespaces itself.
        base.retain(|object| object["kind"] != "Namespace");
        let text = rendered(
            helm,
            &repository.join(WEBHOOK),
            ("steadfast", "steadfast"),
            values,
        )?;
        let chart = taken(server, &["-n", "steadfast", "-f", "-"], Some(&text))?;
        equal(folder, &bare(base), &bare(chart))?;
    }
    let rights = |objects: Vec<Value>| {
        let mut rules: Vec<Value> = objects.iter().map(|object| object["rules"].clone()).collect();
        rules.retain(|rules| !rules.is_null());
        rules.sort_by_key(Value::to_string);
        rules
    };
    let folder = "controller/deploy/base";
    let base = taken(
        server,
        &["-k", &repository.join(folder).display().to_string()],
        None,
    )?;
    let release = ("steadfast-controller", "kube-system");
    let text = rendered(helm, &repository.join(CONTROLLER), release, &["mode=run"])?;
    let chart = taken(server, &["-n", "kube-system", "-f", "-"], Some(&text))?;
    equal(folder, &rights(base), &rights(chart))
}

/// What was written of each object, in one order: nothing that the API server adds, no annotation of Helm's or kubectl's, and the
/// configuration as it is read.
fn bare(objects: Vec<Value>) -> Vec<Value> {
    let mut bare = Vec::new();
    for mut object in objects {
        let name = object["metadata"]["name"].clone();
        object["metadata"] = json!({"name": name, "namespace": object["metadata"]["namespace"], "labels": object["metadata"]["labels"]});
        if let Some(Value::Object(template)) = object.pointer_mut("/spec/template/metadata") {
            template.remove("annotations");
        }
        if let Some(Value::String(text)) = object.pointer_mut("/data/config.yaml") {
            // Order and notation of its lines are nobody's matter; webhook/tests reads it.
            let mut words: Vec<&str> = text.split_whitespace().collect();
            words.sort_unstable();
            *text = words.join(" ");
        }
        bare.push(object);
    }
    bare.sort_by_key(|object| format!("{} {}", object["kind"], object["metadata"]["name"]));
    bare
}

fn equal(what: &str, base: &[Value], chart: &[Value]) -> Result<(), String> {
    for (one, other) in base.iter().zip(chart) {
        if one != other {
            return Err(format!("{what} and its chart part:\n{one}\n{other}"));
        }
    }
    match base.len() == chart.len() {
        true => Ok(()),
        false => Err(format!(
            "{what} has {} objects, its chart {}",
            base.len(),
            chart.len()
        )),
    }
}
