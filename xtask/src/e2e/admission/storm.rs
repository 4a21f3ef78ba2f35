//! Many changes at once, through `kubectl proxy`: each a plain request over a connection of its own.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::asking::Asker;
use super::running::Webhook;
use super::{GONE, NAMESPACE};
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;

const LIMIT: Duration = Duration::from_secs(60);
/// How many other sets change meanwhile.
const OTHERS: usize = 10;
const SET: &str = "/apis/apps/v1/namespaces/shop/statefulsets/db";
const MERGE: &str = "application/merge-patch+json";

/// `kubectl proxy`, stopped when it is dropped.
struct Proxy {
    child: Child,
    port: u16,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Proxy {
    fn start(asker: &Asker, cluster: &Cluster) -> Result<Self, String> {
        let log = cluster.folder().join("proxy.log");
        let output = std::fs::File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
        let child = asker
            .command(&["proxy", "--port=0"])
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("kubectl proxy: {e}"))?;
        let mut proxy = Self { child, port: 0 };
        proxy.port = wait_for("kubectl proxy", LIMIT, || {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            Ok(text
                .trim()
                .rsplit_once(':')
                .and_then(|(_, port)| port.parse().ok()))
        })?;
        Ok(proxy)
    }

    /// One request: the status and the body.
    fn patch(&self, path: &str, body: &str) -> Result<(u16, String), String> {
        let talk = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(LIMIT))?;
            write!(
                stream,
                "PATCH {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: {MERGE}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        let answer = talk().map_err(|error| format!("PATCH {path}: {error}"))?;
        let code = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
        code.map(|code| (code, answer.clone()))
            .ok_or_else(|| format!("PATCH {path}: no answer: {answer}"))
    }
}

/// 200 changes at once, every other of which is to be denied.
pub fn burst(asker: &Asker, cluster: &Cluster) -> Result<(), String> {
    println!("\n== a burst of 200 concurrent changes");
    let proxy = Proxy::start(asker, cluster)?;
    let others = (0..OTHERS).map(|n| {
        let mut other = super::set(0);
        other["metadata"]["name"] = json!(format!("db-{n}"));
        other
    });
    let others = json!({"apiVersion": "v1", "kind": "List", "items": others.collect::<Vec<Value>>()});
    asker.must_with(&["create", "-f", "-"], &others.to_string())?;
    let began = Instant::now();
    let answers: Vec<Result<(usize, u16, String), String>> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..200)
            .map(|n| {
                let proxy = &proxy;
                scope.spawn(move || {
                    let (path, body) = match n % 4 {
                        0 => (SET.to_owned(), json!({"spec": {"replicas": 1}})),
                        2 => (format!("{SET}/scale"), json!({"spec": {"replicas": 1}})),
                        _ => (
                            SET.to_owned(),
                            json!({"metadata": {"annotations": {format!("n{n}"): "x"}}}),
                        ),
                    };
                    let (code, answer) = proxy.patch(&path, &body.to_string())?;
                    Ok((n, code, answer))
                })
            })
            .collect();
        let done = asked.into_iter().map(std::thread::ScopedJoinHandle::join);
        done.map(|answer| answer.unwrap_or_else(|_| Err("a thread ended".to_owned())))
            .collect()
    });
    let mut counts = BTreeMap::new();
    for answer in answers {
        let (n, code, answer) = answer?;
        *counts.entry(code).or_insert(0) += 1;
        // Merge patches are tried again where they meet; only after many tries the API server gives up (409).
        let is_expected = match n % 2 {
            0 => code == 403 && answer.contains(GONE),
            _ => code == 200 || code == 409,
        };
        if !is_expected {
            return Err(format!("change {n} was answered {code}: {answer}"));
        }
    }
    println!(
        "{counts:?} in {} ms; every other one was to be denied",
        began.elapsed().as_millis()
    );
    let replicas = asker
        .must(&["-n", NAMESPACE, "get", "sts/db", "-ojsonpath={.spec.replicas}"])?
        .out;
    match replicas.as_str() {
        "3" => Ok(()),
        other => Err(format!("the set has {other} replicas")),
    }
}

/// Certificates are made anew while four clients ask without a pause, with `failurePolicy: Fail`, so that each failure shows.
pub fn rotation(asker: &Asker, cluster: &Cluster, webhook: &Webhook) -> Result<(), String> {
    println!("\n== certificates exchanged under load, failurePolicy Fail");
    super::fail_by(asker, "Fail")?;
    let proxy = Proxy::start(asker, cluster)?;
    let (is_over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let body = json!({"spec": {"replicas": 1}}).to_string();
    let outcome: Result<(), String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        let (code, answer) = proxy.patch(&format!("{SET}/scale"), &body)?;
                        if code != 403 || !answer.contains(GONE) {
                            return Err(format!("answered {code}: {answer}"));
                        }
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        let renewed = (0..2).try_for_each(|_| webhook.renew());
        // Connections of after the exchange too.
        std::thread::sleep(Duration::from_secs(2));
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().map_err(|_| "a client ended".to_owned())??;
        }
        renewed
    });
    outcome?;
    println!(
        "two new authorities, {} changes asked meanwhile, each denied by its policy",
        asked.load(Ordering::Relaxed)
    );
    super::fail_by(asker, "Ignore")
}
