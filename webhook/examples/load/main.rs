//! How many reviews a second `steadfast-webhook` answers, how fast, and in how much memory: the program itself, as a process
//! of its own, with a cluster of 1,000 sets of 3 Pods on loopback. It takes processors itself: where it shares them with the
//! webhook, look at the processor time of each review.
//!
//!     cargo build --profile image -p steadfast-webhook --examples --bins    # as in an image; `--release` builds faster
//!     target/image/examples/load [SECONDS [CONNECTIONS]]

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement ends where it fails"
)]

mod cluster;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const HOST: &str = "webhook.test";

/// The webhook, stopped by its id at the latest when it is dropped.
struct Webhook {
    child: Child,
    address: SocketAddr,
}

impl Drop for Webhook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| {
        arguments
            .next()
            .map_or(default, |text| text.parse().expect("a number"))
    };
    let (seconds, connections) = (number(5), number(8));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(Duration::from_secs(seconds), connections as usize));
}

async fn measure(span: Duration, connections: usize) {
    let folder = std::env::temp_dir().join(format!("steadfast-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec![HOST.to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let chain = certificate.pem();
    let server = cluster::serve().await;
    let kubeconfig = json!({"apiVersion": "v1", "kind": "Config", "current-context": "load",
        "clusters": [{"name": "load", "cluster": {"server": format!("http://{server}")}}], "users": [{"name": "load", "user": {}}],
        "contexts": [{"name": "load", "context": {"cluster": "load", "user": "load"}}]});
    let arguments = [
        "--kubeconfig".to_owned(),
        file("kubeconfig", &kubeconfig.to_string()),
        "--tls-cert-file".to_owned(),
        file("tls.crt", &chain),
        "--tls-key-file".to_owned(),
        file("tls.key", &key.serialize_pem()),
        "--config".to_owned(),
        file("config.yaml", "server: {log: objections}\n"),
        "--listen".to_owned(),
        "127.0.0.1:0".to_owned(),
    ];
    let program = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .join("../steadfast-webhook");
    let mut child = Command::new(program)
        .args(&arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let address = first["address"].as_str().unwrap().parse().unwrap();
    let webhook = Webhook { child, address };
    // Its log is read, as a container's is.
    std::thread::spawn(move || lines.count());

    let connector = connector(&chain);
    let mut client = connect(webhook.address, &connector).await;
    let began = Instant::now();
    loop {
        let request = Request::get("/readyz").body(Full::default()).unwrap();
        let answer = client.send_request(request).await.unwrap();
        let is_ready = answer.status() == 200;
        answer.into_body().collect().await.unwrap();
        if is_ready {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it never was ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!(
        "ready after {} ms with {} sets of 3 Pods: {}",
        began.elapsed().as_millis(),
        cluster::SETS,
        memory(&webhook)
    );
    for (name, body) in cluster::reviews() {
        let kilobytes = body.len() as f64 / 1000.0;
        let before = processor(&webhook);
        let (count, mut times) = run(webhook.address, &connector, connections, span, Bytes::from(body)).await;
        times.sort_unstable();
        let each = (processor(&webhook) - before) * 1e6 / count as f64;
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] as f64 / 1000.0;
        println!(
            "{name} ({kilobytes:.1} kB, {connections} connections): {:.0} reviews/s, p50 {:.2} ms, p99 {:.2} ms, longest {:.1} ms; {each:.0} µs of processor each; {}",
            count as f64 / span.as_secs_f64(),
            at(0.5),
            at(0.99),
            at(1.0),
            memory(&webhook)
        );
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Asks the same on every connection for as long as it goes: how many answers, and the microseconds of each.
async fn run(
    address: SocketAddr,
    connector: &TlsConnector,
    connections: usize,
    span: Duration,
    body: Bytes,
) -> (usize, Vec<u32>) {
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let mut client = connect(address, connector).await;
        let body = body.clone();
        tasks.push(tokio::spawn(async move {
            let (began, mut times) = (Instant::now(), Vec::new());
            while began.elapsed() < span {
                let request = Request::post("/validate")
                    .header("host", HOST)
                    .header("content-type", "application/json");
                let request = request.body(Full::new(body.clone())).unwrap();
                let asked = Instant::now();
                client.ready().await.unwrap();
                let answer = client.send_request(request).await.unwrap();
                assert_eq!(answer.status(), 200);
                let answer = answer.into_body().collect().await.unwrap().to_bytes();
                times.push(u32::try_from(asked.elapsed().as_micros()).unwrap());
                assert!(answer.starts_with(br#"{"apiVersion":"admission.k8s.io/v1""#));
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    (times.len(), times)
}

fn connector(chain: &str) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(chain.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    TlsConnector::from(Arc::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ))
}

async fn connect(address: SocketAddr, connector: &TlsConnector) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let stream = connector
        .connect(ServerName::try_from(HOST).unwrap(), stream)
        .await
        .unwrap();
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

/// The seconds of processor time that the webhook has taken, which others on the machine do not change.
fn processor(webhook: &Webhook) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", webhook.child.id())).unwrap();
    // Behind the name, which may hold anything: user and system time are fields 14 and 15, in hundredths.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |at: usize| fields[at - 3].parse::<f64>().unwrap();
    (ticks(14) + ticks(15)) / 100.0
}

/// What the webhook has in memory now, and had at most.
fn memory(webhook: &Webhook) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", webhook.child.id())).unwrap();
    let of = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kilobytes / 1024.0
    };
    format!("{:.1} MB resident, {:.1} at most", of("VmRSS:"), of("VmHWM:"))
}
