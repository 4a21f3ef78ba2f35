//! Suite `controller`: the same stories once with upstream's StatefulSet controller and once with Steadfast in its place, on the
//! same API server. Order is judged by the audit log; what the cluster then holds must be the same.

use crate::command;
use crate::conformance::target;
use crate::record::binaries::Binaries;
use crate::record::cluster::Cluster;
use crate::record::process::{Process, wait_for};
use serde_json::{Value, json};
use stage::Stage;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub mod faults;
mod line;
mod order;
pub mod shadow;
pub mod speed;
mod stage;
mod stories;
mod unusable;

/// Plays all stories with both controllers, and compares.
///
/// # Errors
/// No Go, a program that does not start, a broken order, or a difference.
pub fn suite() -> Result<(), String> {
    let program = build(false, &[])?;
    let repository = command::repository();
    let mut cluster = Cluster::start(repository, Binaries::ready(repository)?)?;
    println!("upstream's controller");
    cluster.start_controllers(true)?;
    let theirs = play(&cluster, "upstream")?;

    println!("refusal to start beside it");
    let mut refused = Steadfast::start(&program, &cluster, "refused", &["run", "--leader-elect=false"])?;
    let code = refused.process.wait(Duration::from_secs(60))?;
    if code != Some(3) {
        return Err(format!("beside another controller it ended with {code:?}, not 3"));
    }
    cluster.stop_controller();

    println!("Steadfast");
    cluster.start_controllers(false)?;
    let mark = cluster.audit.mark();
    let account = account(&cluster)?;
    let mut steadfast = Steadfast::start_as(&account, &program, &cluster, "run", &["run", "--verbose"])?;
    steadfast.until_ready()?;
    let ours = play(&cluster, "steadfast")?;
    steadfast.process.check()?;
    differences(&theirs, &ours)?;
    untouched(&cluster, mark)?;
    unhindered(&steadfast)?;
    unusable::story(&mut cluster)?;
    steadfast.process.check()?;
    if steadfast.process.end(Duration::from_secs(30))? != Some(0) {
        return Err("asked to end, Steadfast did not end well".to_owned());
    }
    refusals(&cluster, &program)?;
    println!(
        "controller: {} stories, the same moments with both controllers",
        stories::ALL.len()
    );
    Ok(())
}

/// The controller's program, built; for an image as the Dockerfile does it.
///
/// # Errors
/// It cannot be built.
pub fn build(is_for_image: bool, more: &[&str]) -> Result<PathBuf, String> {
    let mut line = vec!["build", "--quiet", "-p", "steadfast-controller"];
    line.extend(more);
    if is_for_image {
        line.push("--profile=image");
    }
    command::run(&mut command::cargo(&line))?;
    let profile = if is_for_image { "image" } else { "debug" };
    Ok(target()?.join(profile).join("steadfast-controller"))
}

/// Steadfast as a process.
pub struct Steadfast {
    pub process: Process,
    /// Where its pages are.
    pub port: u16,
}

impl Steadfast {
    /// Starts it as the administrator.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(program: &Path, cluster: &Cluster, name: &str, arguments: &[&str]) -> Result<Self, String> {
        Self::start_as(&cluster.kubeconfig(), program, cluster, name, arguments)
    }

    /// Starts it as whom a kubeconfig says.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_as(
        kubeconfig: &Path,
        program: &Path,
        cluster: &Cluster,
        name: &str,
        arguments: &[&str],
    ) -> Result<Self, String> {
        let port = crate::record::server::free_port()?;
        let mut line: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        line.push(format!("--kubeconfig={}", kubeconfig.display()));
        line.push(format!("--listen=127.0.0.1:{port}"));
        let log = cluster.folder().join(format!("steadfast-{name}.log"));
        let process = Process::start("steadfast-controller", program, &line, &log)?;
        Ok(Self { process, port })
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// It has ended, or is not ready in time.
    pub fn until_ready(&mut self) -> Result<(), String> {
        let port = self.port;
        let process = &mut self.process;
        wait_for("Steadfast to be ready", Duration::from_secs(60), || {
            process.check()?;
            Ok(page(port, "/metrics")
                .is_some_and(|page| {
                    page.contains("steadfast_watch_connected{resource=\"statefulsets\",scope=\"0\"} 1")
                })
                .then_some(()))
        })
    }
}

/// A kubeconfig of the account of controller/deploy/base/rbac.yaml, which is created: the least role must do.
fn account(cluster: &Cluster) -> Result<PathBuf, String> {
    let roles = command::repository().join("controller/deploy/base/rbac.yaml");
    cluster.kubectl(&["apply", "-f", &roles.display().to_string()])?;
    let token = [
        "create",
        "token",
        "steadfast-controller",
        "-n",
        "kube-system",
        "--duration=4h",
    ];
    let token = cluster.kubectl(&token)?;
    kubeconfig(cluster, "steadfast-controller", |kubeconfig| {
        kubeconfig["users"][0]["user"] = json!({"token": token.trim()});
    })
}

/// The administrator's kubeconfig with a change, as a file of its own.
fn kubeconfig(cluster: &Cluster, name: &str, change: impl FnOnce(&mut Value)) -> Result<PathBuf, String> {
    let file = cluster.kubeconfig();
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut kubeconfig: Value =
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    change(&mut kubeconfig);
    let file = cluster.folder().join(format!("{name}.kubeconfig"));
    std::fs::write(&file, kubeconfig.to_string()).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(file)
}

/// What stands on a page, if it is served.
pub fn page(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

/// What each story kept, by its moments.
type Kept = Vec<(&'static str, Vec<(String, Value)>)>;

fn play(cluster: &Cluster, who: &str) -> Result<Kept, String> {
    let mut kept = Vec::new();
    for story in &stories::ALL {
        let started = std::time::Instant::now();
        let mut stage = Stage::begin(cluster, &format!("{who}-{}", story.name))?;
        (story.play)(&mut stage)?;
        println!("  {} ({:.1} s)", story.name, started.elapsed().as_secs_f64());
        kept.push((story.name, stage.kept()));
    }
    Ok(kept)
}

fn differences(theirs: &Kept, ours: &Kept) -> Result<(), String> {
    let mut found = Vec::new();
    for ((story, theirs), (_, ours)) in theirs.iter().zip(ours) {
        for ((moment, theirs), (_, ours)) in theirs.iter().zip(ours) {
            compare(&format!("{story}, {moment}"), theirs, ours, &mut found);
        }
    }
    match found.as_slice() {
        [] => Ok(()),
        some => Err(format!("{} differences:\n{}", some.len(), some.join("\n"))),
    }
}

/// The paths at which two values differ.
fn compare(path: &str, theirs: &Value, ours: &Value, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (a, b) = (a.get(key), b.get(key));
                compare(
                    &format!("{path}.{key}"),
                    a.unwrap_or(&Value::Null),
                    b.unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{at}]"), a, b, found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{path}: upstream {a}, Steadfast {b}")),
    }
}

/// That the least role was enough, and that nobody else was taken to be at work.
fn unhindered(steadfast: &Steadfast) -> Result<(), String> {
    let text = page(steadfast.port, "/metrics").ok_or("no figures are served")?;
    let hindered =
        |line: &&str| line.contains("code=\"403\"") || line.starts_with("steadfast_rival_writes_total");
    let log = std::fs::read_to_string(steadfast.process.log()).unwrap_or_default();
    let forbidden = log.lines().filter(|line| line.contains("forbidden"));
    match text.lines().filter(hindered).chain(forbidden).next() {
        None => Ok(()),
        Some(line) => Err(format!("it was hindered: {line}")),
    }
}

/// Ends with a sentence where there is no API server, no permission, or no valid token.
fn refusals(cluster: &Cluster, program: &Path) -> Result<(), String> {
    cluster.kubectl(&["create", "serviceaccount", "nobody", "-n", "default"])?;
    let nobody = cluster.kubectl(&["create", "token", "nobody", "-n", "default"])?;
    let no_server = |kubeconfig: &mut Value| {
        kubeconfig["clusters"][0]["cluster"]["server"] = json!("https://127.0.0.1:1");
    };
    let with_token = |token: &str| {
        let user = json!({ "token": token });
        move |kubeconfig: &mut Value| kubeconfig["users"][0]["user"] = user
    };
    for (name, file, words) in [
        (
            "no-server",
            kubeconfig(cluster, "no-server", no_server)?,
            "cannot be reached",
        ),
        (
            "no-token",
            kubeconfig(cluster, "no-token", with_token("expired"))?,
            "does not know who asks (401)",
        ),
        (
            "no-permission",
            kubeconfig(cluster, "no-permission", with_token(nobody.trim()))?,
            "to list ",
        ),
    ] {
        let line = ["run", "--leader-elect=false", "--force"];
        let mut steadfast = Steadfast::start_as(&file, program, cluster, name, &line)?;
        let code = steadfast.process.wait(Duration::from_secs(60))?;
        let log = std::fs::read_to_string(steadfast.process.log()).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        if code != Some(4) || !last.contains(words) {
            return Err(format!("{name}: it ended with {code:?} and said: {last}"));
        }
    }
    Ok(())
}

/// That Steadfast wrote nothing to the sets that upstream's controller had left stable.
fn untouched(cluster: &Cluster, mark: u64) -> Result<(), String> {
    let events = cluster.audit.events(mark)?;
    let touched: Vec<String> = events
        .iter()
        .filter(|event| {
            let agent = event["userAgent"].as_str().unwrap_or_default();
            let namespace = event["objectRef"]["namespace"].as_str().unwrap_or_default();
            agent.starts_with("steadfast-controller/") && namespace.starts_with("upstream-")
        })
        .map(|event| format!("{} {}", event["verb"], event["objectRef"]))
        .collect();
    match touched.as_slice() {
        [] => Ok(()),
        some => Err(format!(
            "sets that were stable were written to: {}",
            some.join(", ")
        )),
    }
}
