//! An API server on loopback with its etcd: what every other part of a control plane talks to.

use super::binaries::ServerBinaries;
use super::credentials::{Credentials, Folder};
use super::process::{Process, wait_for};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

const START: Duration = Duration::from_secs(60);

/// The running server. Fields are dropped in this order: the API server goes before etcd, the folder last.
pub struct Server {
    apiserver: Process,
    etcd: Process,
    etcd_port: u16,
    port: u16,
    /// How the API server is started.
    program: PathBuf,
    flags: Vec<String>,
    kubectl: PathBuf,
    credentials: Credentials,
    folder: Folder,
}

impl Server {
    /// Starts etcd and the API server, which gets `more` flags made of the folder where all keep their files.
    ///
    /// # Errors
    /// A program that does not start or does not become ready in a minute.
    pub fn start(binaries: ServerBinaries, more: impl FnOnce(&Path) -> Vec<String>) -> Result<Self, String> {
        let folder = Folder::create()?;
        let inside = |name: &str| folder.path().join(name).display().to_string();
        let (etcd_port, peer_port, secure_port) = (free_port()?, free_port()?, free_port()?);
        let credentials = Credentials::write(folder.path(), secure_port)?;

        let client = format!("http://127.0.0.1:{etcd_port}");
        let peer = format!("http://127.0.0.1:{peer_port}");
        let etcd_flags = [
            format!("--data-dir={}", inside("etcd")),
            format!("--listen-client-urls={client}"),
            format!("--advertise-client-urls={client}"),
            format!("--listen-peer-urls={peer}"),
            format!("--initial-advertise-peer-urls={peer}"),
            format!("--initial-cluster=default={peer}"),
            "--unsafe-no-fsync".to_owned(),
        ];
        let etcd = Process::start(
            "etcd",
            &binaries.etcd,
            &etcd_flags,
            &folder.path().join("etcd.log"),
        )?;

        let key = credentials.signing_key().display().to_string();
        let mut flags = vec![
            format!("--etcd-servers={client}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={secure_port}"),
            format!("--cert-dir={}", inside("certificates")),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-signing-key-file={key}"),
            format!("--service-account-key-file={key}"),
            format!("--token-auth-file={}", credentials.tokens().display()),
            "--authorization-mode=RBAC".to_owned(),
            "--service-cluster-ip-range=10.96.0.0/16".to_owned(),
            "--endpoint-reconciler-type=none".to_owned(), // its endpoint would be a loopback address
        ];
        flags.extend(more(folder.path()));
        let log = folder.path().join("kube-apiserver.log");
        let apiserver = Process::start("kube-apiserver", &binaries.kube_apiserver, &flags, &log)?;
        let mut server = Self {
            apiserver,
            etcd,
            etcd_port,
            port: secure_port,
            program: binaries.kube_apiserver,
            flags,
            kubectl: binaries.kubectl,
            credentials,
            folder,
        };
        server.until_ready()?;
        Ok(server)
    }

    fn until_ready(&mut self) -> Result<(), String> {
        wait_for("the API server", START, || {
            self.check()?;
            Ok(self
                .kubectl(&["get", "--raw=/readyz"], None)
                .is_ok()
                .then_some(()))
        })
    }

    /// Kills the API server and starts it anew, on the same port with the same keys.
    ///
    /// # Errors
    /// It does not become ready in a minute.
    pub fn restart(&mut self) -> Result<(), String> {
        let log = self.apiserver.log().to_owned();
        self.apiserver.kill();
        self.apiserver = Process::start("kube-apiserver", &self.program, &self.flags, &log)?;
        self.until_ready()
    }

    /// Lets etcd stand still.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn pause_etcd(&self) -> Result<(), String> {
        self.etcd.pause()
    }

    /// Lets etcd go on.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn resume_etcd(&self) -> Result<(), String> {
        self.etcd.resume()
    }

    /// Writes an object to etcd, past the API server: what it would not take.
    ///
    /// # Errors
    /// etcd does not take it either.
    pub fn store(&self, path: &str, object: &Value) -> Result<(), String> {
        let encoded = |text: &str| STANDARD.encode(text);
        let body = json!({"key": encoded(path), "value": encoded(&object.to_string())}).to_string();
        let length = body.len();
        let request = format!(
            "POST /v3/kv/put HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        );
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.etcd_port))?;
            stream.set_read_timeout(Some(START))?;
            stream.write_all(request.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = ask().map_err(|e| format!("etcd: {e}"))?;
        match answer.starts_with("HTTP/1.1 200") {
            true => Ok(()),
            false => Err(format!("etcd: {path}: {answer}")),
        }
    }

    /// The port of loopback at which the API server is.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where all programs keep their files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The keys of those who may talk to it.
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// An error if the API server has ended by itself.
    ///
    /// # Errors
    /// It has ended.
    pub fn check(&mut self) -> Result<(), String> {
        self.apiserver.check()
    }

    /// kubectl's command line as the administrator, without what it shall do.
    pub fn kubectl_line(&self) -> Vec<String> {
        vec![
            self.kubectl.display().to_string(),
            format!(
                "--kubeconfig={}",
                self.credentials.kubeconfig("administrator").display()
            ),
            format!("--cache-dir={}", self.credentials.cache().display()),
            "--request-timeout=30s".to_owned(),
        ]
    }

    /// Runs kubectl as the administrator and gives what it prints.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn kubectl(&self, args: &[&str], input: Option<&str>) -> Result<String, String> {
        let line = self.kubectl_line();
        let (program, flags) = line.split_first().ok_or("no kubectl")?;
        let mut command = Command::new(program);
        command
            .args(flags)
            .args(args)
            .stdin(if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("kubectl: {e}"))?;
        if let (Some(text), Some(mut pipe)) = (input, child.stdin.take()) {
            pipe.write_all(text.as_bytes())
                .map_err(|e| format!("kubectl: {e}"))?;
        }
        let output = child.wait_with_output().map_err(|e| format!("kubectl: {e}"))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(format!("kubectl {}: {errors}", args.join(" ")));
        }
        String::from_utf8(output.stdout).map_err(|e| format!("kubectl {}: {e}", args.join(" ")))
    }
}

/// A port of loopback that nobody listens on now. It is one that the system gives to no outgoing connection (those begin at
/// 32768): such a connection could take it before the server that it is for has started.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16, String> {
    const PORTS: Range<u16> = 10_000..30_000;
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Two runs at the same time begin at different places.
    let own = u16::try_from(std::process::id() % 400).unwrap_or(0) * 50;
    for _ in PORTS {
        let nth = u32::from(own) + u32::from(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + u16::try_from(nth % 20_000).unwrap_or(0);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(format!(
        "no port of loopback is free from {} to {}",
        PORTS.start, PORTS.end
    ))
}
