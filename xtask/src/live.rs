//! `cargo xtask live`: a real API server with a set whose Pod is broken on purpose, explained by `steadfast explain`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::command;
use crate::conformance::built;
use crate::record::binaries::{Binaries, kubernetes_version};
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;

const HELP: &str = "\
cargo xtask live

Starts a control plane on loopback (as `cargo xtask record` does), brings the set of examples/web.yaml up, rolls it to an image
that nobody can pull, and asks `steadfast explain` what holds it: as administrator, as the account of docs/live-role.yaml, and
as one that may not read nodes. Then the template is mended, the Pod deleted as the remedy says, and the rollout watched to its
end. Needs the Go toolchain for the first run.
";

const LIMIT: Duration = Duration::from_secs(90);
const NAMESPACE: &str = "shop";

/// Starts it all, asks, checks, and stops it.
///
/// # Errors
/// No Go, a program that does not start, or an answer that is not the true one.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        print!("{HELP}");
        return match arguments.iter().any(|one| one == "--help" || one == "-h") {
            true => Ok(()),
            false => Err("`live` takes no arguments".to_owned()),
        };
    }
    let steadfast = built(&["-p", "steadfast-cli", "--features", "live"], "steadfast")?;
    let repository = command::repository();
    let binaries = Binaries::ready(repository)?;
    let version = kubernetes_version(repository)?;
    println!("starting the control plane, Kubernetes {version}");
    let mut cluster = Cluster::start(repository, binaries)?;
    cluster.start_controller()?;
    let asker = Asker { steadfast, version };
    story(&cluster, &asker)
}

fn story(cluster: &Cluster, asker: &Asker) -> Result<(), String> {
    let repository = command::repository();
    let examples = repository.join("examples");
    cluster.kubectl(&["create", "namespace", NAMESPACE])?;
    cluster.kubectl(&[
        "apply",
        "-n",
        NAMESPACE,
        "-f",
        &examples.join("web.yaml").display().to_string(),
    ])?;
    let administrator = cluster.kubeconfig();

    println!("\n== the first rollout, watched");
    let watched = asker.watch(&administrator)?;
    asker.end(watched, 0)?;

    let image = |image: &str| {
        let patch =
            json!([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": image}]);
        let patch = patch.to_string();
        cluster.kubectl(&[
            "patch",
            "statefulset",
            "web",
            "-n",
            NAMESPACE,
            "--type=json",
            "-p",
            &patch,
        ])
    };
    image("nginx:no-such-tag")?;
    wait_for("web-2 without its image", LIMIT, || {
        let path = "{.status.containerStatuses[0].state.waiting.reason}";
        let output = format!("-ojsonpath={path}");
        // Between its deletion and its creation there is no Pod.
        let reason = cluster.kubectl(&["get", "pod", "web-2", "-n", NAMESPACE, &output]);
        Ok(reason
            .ok()
            .filter(|reason| reason == "ImagePullBackOff")
            .map(|_| ()))
    })?;
    image("nginx:1.28")?;

    println!("\n== as the administrator");
    let answer = asker.explain(&administrator)?;
    asker.check(&answer, &[])?;
    println!("{}", asker.told(&administrator)?);

    println!("== as the account of docs/live-role.yaml");
    let role = repository.join("docs/live-role.yaml").display().to_string();
    cluster.kubectl(&["apply", "-f", &role])?;
    let reader = account(cluster, "steadfast-reader", "default")?;
    let answer = asker.explain(&reader)?;
    asker.check(&answer, &[])?;
    println!("the same answer, and everything was seen");

    println!("\n== as an account that may not read nodes");
    let blind = without_nodes(cluster)?;
    let answer = asker.explain(&blind)?;
    asker.check(&answer, &["nodes"])?;
    let told = asker.told(&blind)?;
    println!("{}", told.lines().last().unwrap_or_default());

    println!("\n== as an account that may read nothing");
    cluster.kubectl(&["create", "serviceaccount", "nobody", "-n", NAMESPACE])?;
    let nobody = account(cluster, "nobody", NAMESPACE)?;
    let output = asker.run(&nobody, &["explain", "web", "-n", NAMESPACE])?;
    println!("exit {}: {}", output.0, output.2.trim_end());
    if output.0 != 4 || !output.2.contains("statefulsets.apps is forbidden") {
        return Err("an account without rights is not told so".to_owned());
    }

    println!("\n== the remedy, watched as the account of docs/live-role.yaml");
    cluster.kubectl(&["delete", "pod", "web-2", "-n", NAMESPACE, "--wait=false"])?;
    let watched = asker.watch(&reader)?;
    asker.end(watched, 0)?;
    let names = asker.run(&reader, &["dns", "web", "-n", NAMESPACE])?;
    println!("\n== names\n{}{}", names.1, names.2);
    if names.0 != 0 || !names.1.contains("all 3 names resolve") {
        return Err("the names of a stable set do not resolve".to_owned());
    }
    println!("live: the true blocker was named by all who may see it");
    Ok(())
}

/// A kubeconfig with a token of a service account.
fn account(cluster: &Cluster, name: &str, namespace: &str) -> Result<PathBuf, String> {
    let token = cluster.kubectl(&["create", "token", name, "-n", namespace])?;
    let file = cluster.kubeconfig();
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut kubeconfig: Value =
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    kubeconfig["users"][0]["user"] = json!({"token": token.trim()});
    let file = cluster.folder().join(format!("{name}.account.kubeconfig"));
    std::fs::write(&file, kubeconfig.to_string()).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(file)
}

/// The role of docs/live-role.yaml without nodes, and an account that has it.
fn without_nodes(cluster: &Cluster) -> Result<PathBuf, String> {
    let text = cluster.kubectl(&["get", "clusterrole", "steadfast-reader", "-o", "json"])?;
    let mut role: Value = serde_json::from_str(&text).map_err(|e| format!("the role: {e}"))?;
    role["metadata"] = json!({"name": "without-nodes"});
    for rule in role["rules"].as_array_mut().into_iter().flatten() {
        if let Some(resources) = rule["resources"].as_array_mut() {
            resources.retain(|resource| resource != "nodes");
        }
    }
    let subject = json!({"kind": "ServiceAccount", "name": "without-nodes", "namespace": "default"});
    let objects = json!({"apiVersion": "v1", "kind": "List", "items": [
        role,
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "without-nodes", "namespace": "default"}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "without-nodes"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "without-nodes"},
            "subjects": [subject]},
    ]});
    cluster.create(&objects)?;
    account(cluster, "without-nodes", "default")
}

/// Who runs `steadfast`.
struct Asker {
    steadfast: PathBuf,
    version: String,
}

impl Asker {
    /// Exit code, standard output, standard error.
    fn run(&self, kubeconfig: &Path, arguments: &[&str]) -> Result<(i32, String, String), String> {
        let output = Command::new(&self.steadfast)
            .args(arguments)
            .arg("--kubeconfig")
            .arg(kubeconfig)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("{}: {e}", self.steadfast.display()))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((
            output.status.code().unwrap_or(-1),
            text(&output.stdout),
            text(&output.stderr),
        ))
    }

    fn explain(&self, kubeconfig: &Path) -> Result<Value, String> {
        let (code, out, err) = self.run(kubeconfig, &["explain", "web", "-n", NAMESPACE, "-o", "json"])?;
        match code {
            1 => serde_json::from_str(&out).map_err(|e| format!("explain -o json: {e}")),
            _ => Err(format!(
                "explain ended with {code} where a set is blocked: {out}{err}"
            )),
        }
    }

    fn told(&self, kubeconfig: &Path) -> Result<String, String> {
        Ok(self.run(kubeconfig, &["explain", "web", "-n", NAMESPACE])?.1)
    }

    /// The true blocker, what is not seen, and the version.
    fn check(&self, answer: &Value, unseen: &[&str]) -> Result<(), String> {
        let kinds = answer["notSeen"].as_array().into_iter().flatten();
        let not_seen: Vec<&str> = kinds.filter_map(|kind| kind["resource"].as_str()).collect();
        let progress = &answer["progress"];
        let is_true = progress["code"] == "blocked"
            && progress["blocker"] == "RollbackTrap"
            && progress["pods"] == json!(["web-2"])
            && answer["leadsTo"][0]["outcome"] == "stable"
            && answer["kubernetes"] == self.version.as_str()
            && not_seen == unseen;
        match is_true {
            true => Ok(()),
            false => Err(format!("not the true answer: {answer:#}")),
        }
    }

    /// Begins to follow the set.
    fn watch(&self, kubeconfig: &Path) -> Result<Child, String> {
        Command::new(&self.steadfast)
            .args([
                "explain",
                "web",
                "-n",
                NAMESPACE,
                "--watch",
                "--timeout",
                "60s",
                "--kubeconfig",
            ])
            .arg(kubeconfig)
            .stdin(Stdio::null())
            .spawn()
            .map_err(|e| format!("{}: {e}", self.steadfast.display()))
    }

    /// The end of what follows, which `--timeout` bounds.
    fn end(&self, mut watched: Child, expected: i32) -> Result<(), String> {
        let status = watched.wait().map_err(|e| format!("explain --watch: {e}"))?;
        match status.code() == Some(expected) {
            true => Ok(()),
            false => Err(format!("explain --watch ended with {status}, not {expected}")),
        }
    }
}
