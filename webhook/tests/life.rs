//! Certificates that are exchanged under load, connections that end well, and the program's own end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod serving;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use serde_json::{Value, json};
use serving::{HOST, Webhook, h2, scaling_in, tls};
use steadfast_webhook::certificate::{Authority, Certificate, Files};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_are_exchanged_under_load_without_a_failed_request_or_a_dropped_connection() {
    let webhook = Webhook::start("server: {log: none}").await;
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut clients = Vec::new();
    for _ in 0..4 {
        let mut client = webhook.connect().await;
        let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
        clients.push(tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let (code, answer) = client
                    .post("/validate", "application/json", scaling_in().to_string())
                    .await;
                assert_eq!((code, &answer["response"]["allowed"]), (200, &json!(false)));
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let mut sender = h2(webhook.tls(&webhook.authority, b"h2").await.unwrap()).await;
    let mut last = webhook.authority.clone();
    for _ in 0..10 {
        let next = Authority::make(&[HOST.to_owned()]).unwrap();
        webhook.certificates.exchange(next.certificate.clone());
        // New connections meet the new certificate, and nobody the old one.
        assert!(webhook.tls(&next, b"http/1.1").await.is_ok());
        assert!(webhook.tls(&last, b"http/1.1").await.is_err());
        let request = Request::post(format!("https://{HOST}/validate"))
            .header("content-type", "application/json")
            .body(Full::from(scaling_in().to_string()))
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(
            answer.status(),
            200,
            "the connection of before the exchange goes on"
        );
        last = next;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    assert!(answered.load(Ordering::Relaxed) > 50);
}

#[tokio::test]
async fn what_runs_at_the_end_is_finished_and_nothing_new_is_begun() {
    let mut webhook =
        Webhook::start("server: {shutdownDelay: 300ms, shutdownTimeout: 10s, requestTimeout: 8s}").await;
    let body = scaling_in().to_string();
    let mut running = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
    let head = format!(
        "POST /validate HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    running.write_all(head.as_bytes()).await.unwrap();
    let (first, rest) = body.split_at(100);
    running.write_all(first.as_bytes()).await.unwrap();
    // An idle connection must not hold it up.
    let _idle = webhook.connect().await;
    let _idle_h2 = h2(webhook.tls(&webhook.authority, b"h2").await.unwrap()).await;
    webhook.ask_to_end();
    tokio::time::sleep(Duration::from_millis(100)).await;
    // While the cluster learns of it, requests are still answered, and readiness says no.
    assert_eq!(
        webhook.read("/readyz").await,
        (503, "it is about to end\n".to_owned())
    );
    assert_eq!(webhook.review(&scaling_in()).await["allowed"], false);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(
        tokio::net::TcpStream::connect(webhook.address).await.is_err(),
        "it still listens"
    );
    running.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(LIMIT, running.read_to_end(&mut answer))
        .await
        .unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"allowed\":false"),
        "{answer}"
    );
    assert!(webhook.ended().await, "something was cut off");
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off_and_said() {
    let mut webhook =
        Webhook::start("server: {shutdownDelay: 0s, shutdownTimeout: 200ms, requestTimeout: 8s}").await;
    let mut running = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
    let head = format!(
        "POST /validate HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{{"
    );
    running.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    webhook.ask_to_end();
    assert!(!webhook.ended().await);
}

#[tokio::test]
async fn many_streams_of_one_connection_are_answered_each_with_its_uid() {
    let webhook = Webhook::start("server: {log: none}").await;
    let sender = h2(webhook.tls(&webhook.authority, b"h2").await.unwrap()).await;
    let answers = (0..100).map(|n| {
        let mut sender = sender.clone();
        let mut review = scaling_in();
        review["request"]["uid"] = json!(format!("uid-{n}"));
        async move {
            let request = Request::post(format!("https://{HOST}/validate"))
                .header("content-type", "application/json")
                .body(Full::from(review.to_string()))
                .unwrap();
            let answer = sender
                .send_request(request)
                .await
                .unwrap()
                .collect()
                .await
                .unwrap();
            let answer: Value = serde_json::from_slice(&answer.to_bytes()).unwrap();
            assert_eq!(answer["response"]["uid"], format!("uid-{n}"));
        }
    });
    tokio::time::timeout(LIMIT, futures::future::join_all(answers))
        .await
        .unwrap();
}

/// A folder of a test's own.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("steadfast-webhook-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program that a test started: it ends with the test, also where that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An authority's certificate, and a certificate and key in PEM.
fn pem(names: &[&str]) -> (Authority, String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = rcgen::CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let (chain, key) = (certificate.pem(), key.serialize_pem());
    let mut authority = Authority::make(&[HOST.to_owned()]).unwrap();
    authority.pem.clone_from(&chain);
    (authority, chain, key)
}

#[test]
fn certificates_that_cannot_be_used_are_told_apart() {
    let (_, chain, key) = pem(&[HOST]);
    let (_, _, other) = pem(&[HOST]);
    let why = |chain: &str, key: &str| {
        Certificate::of_pem(chain.as_bytes(), key.as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert!(Certificate::of_pem(chain.as_bytes(), key.as_bytes()).is_ok());
    assert_eq!(why(&chain, &other), "the key is not that of the certificate");
    assert_eq!(
        why("", &key),
        "the certificate cannot be read: there is no `BEGIN CERTIFICATE` in it"
    );
    assert!(why(&chain, "").starts_with("the key cannot be read: "));
    let missing = Files {
        certificate: "no/such.crt".to_owned(),
        key: "no/such.key".to_owned(),
    };
    assert!(
        missing
            .read()
            .unwrap_err()
            .to_string()
            .ends_with("there is no file `no/such.crt`")
    );
}

fn program(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_steadfast-webhook"))
        .args(arguments)
        .env_remove("KUBECONFIG")
        .env("HOME", "/nowhere")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn bad_usage_ends_with_2_and_a_sentence() {
    let scratch = Scratch::new("usage");
    let config = scratch.write("bad.yaml", "policies: {P1: perhaps}\nserver: {log: loud}\n");
    let named = ["--self-made", "a.b"];
    for (arguments, says) in [
        (&[][..], "there is no certificate: name one with --tls-cert-file"),
        (
            &[named[0], named[1]],
            "there is no service account and no kubeconfig",
        ),
        (
            &["--config", "no/such.yaml"],
            "error: there is no file `no/such.yaml`",
        ),
        (
            &["--config", &config],
            "server.log: Invalid value: \"loud\": must be `all`, `objections` or `none`",
        ),
        (
            &["--config", &config],
            "policies.P1: Unsupported value: \"perhaps\"",
        ),
        (
            &["--kubernetes", "1.2"],
            "--kubernetes: Kubernetes `1.2` is not known here",
        ),
        (&["--tls-cert-file", "a"], "--tls-key-file"),
        (&["--listne", "x"], "--listen"),
        (
            &[named[0], named[1], "--no-cluster", "--listen", "nowhere"],
            "cannot listen on `nowhere`",
        ),
        (
            &[named[0], named[1], "--kubeconfig", "no/such"],
            "kubeconfig `no/such` cannot be used",
        ),
    ] {
        let (code, out, err) = program(arguments);
        assert_eq!(code, 2, "{arguments:?}: {out}{err}");
        assert!(
            err.contains(says) && !err.contains("panicked"),
            "{arguments:?}: {err}"
        );
    }
}

#[test]
fn help_completions_and_check_end_with_0() {
    let (code, help, _) = program(&["--help"]);
    assert!(code == 0 && help.contains("--tls-cert-file") && help.contains("Exit codes: 0 ended as told"));
    let (code, script, _) = program(&["completions", "bash"]);
    assert!(code == 0 && script.contains("--patch-validating"));
    let (code, out, _) = program(&["--self-made", "a.b", "--check"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "the configuration and the certificate can be read\n")
    );
}

#[tokio::test]
async fn the_program_serves_reads_new_certificate_files_and_ends_on_sigterm() {
    let scratch = Scratch::new("serve");
    let (first, chain, key) = pem(&[HOST]);
    let (chain_file, key_file) = (scratch.write("tls.crt", &chain), scratch.write("tls.key", &key));
    let config = scratch.write(
        "config.yaml",
        "server: {certificateInterval: 50ms, shutdownDelay: 0s}\n",
    );
    let child = Command::new(env!("CARGO_BIN_EXE_steadfast-webhook"))
        .args([
            "--config",
            &config,
            "--tls-cert-file",
            &chain_file,
            "--tls-key-file",
            &key_file,
        ])
        .args(["--no-cluster", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let child = &mut running.0;
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let listening: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(listening["msg"], "listening");
    let address = listening["address"].as_str().unwrap().parse().unwrap();
    let mut client = serving::Client::of(tls(address, &first, b"http/1.1").await.unwrap()).await;
    let (code, answer) = client
        .post("/validate", "application/json", scaling_in().to_string())
        .await;
    assert_eq!(
        (code, &answer["response"]["allowed"]),
        (200, &json!(true)),
        "without a cluster it warns: {answer}"
    );
    // Half of a change is not taken, and what was there goes on.
    let (second, chain, key) = pem(&[HOST]);
    scratch.write("tls.crt", &chain);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(tls(address, &first, b"http/1.1").await.is_ok());
    scratch.write("tls.key", &key);
    let began = Instant::now();
    while tls(address, &second, b"http/1.1").await.is_err() {
        assert!(began.elapsed() < LIMIT, "the new certificate was not taken");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let killed = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    let messages: Vec<String> = lines
        .map(|line| {
            serde_json::from_str::<Value>(&line.unwrap()).unwrap()["msg"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [
        "ready",
        "review",
        "the certificate cannot be read again",
        "the certificate was exchanged",
        "asked to end",
        "ended",
    ];
    assert_eq!(messages, expected);
}
