//! A control plane on loopback: etcd, the API server with its audit log, scheduler, fake kubelets, and a controller
//! manager that is stopped and started at will.

use super::audit::{AuditLog, sync_ends};
use super::binaries::Binaries;
use super::credentials::{Credentials, Folder};
use super::process::{Process, wait_for};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The controllers that run; without those of storage, endpoints and garbage the dumps would not be a cluster's.
const CONTROLLERS: &str = "statefulset-controller,garbage-collector-controller,namespace-controller,\
endpointslice-controller,persistentvolumeclaim-protection-controller,persistentvolume-binder-controller,\
disruption-controller,serviceaccount-controller";

/// What a dump holds: the and the README's `kubectl get`.
pub const KINDS: &str = "statefulsets,pods,persistentvolumeclaims,controllerrevisions,services";

/// Volumes that wait for a claim. A released volume is not used again, so there are more than any story needs.
const VOLUMES: usize = 80;
const NODES: usize = 5;
const START: Duration = Duration::from_secs(60);

/// The running control plane. Fields are dropped in this order: the API server goes before etcd, the folder last.
pub struct Cluster {
    controller: Option<Process>,
    controller_logs: Vec<PathBuf>,
    kwok: Process,
    _scheduler: Process,
    apiserver: Process,
    _etcd: Process,
    binaries: Binaries,
    credentials: Credentials,
    pub audit: AuditLog,
    folder: Folder,
}

impl Cluster {
    /// Starts everything but the controller manager, and creates nodes and volumes.
    ///
    /// # Errors
    /// A program that does not start or does not become ready in a minute.
    pub fn start(repository: &Path, binaries: Binaries) -> Result<Self, String> {
        let settings = repository.join("tests/cluster");
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
        let apiserver_flags = [
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
            // The nodes below are born ready, and no node controller would take the taint off.
            "--disable-admission-plugins=TaintNodesByCondition".to_owned(),
            format!("--audit-log-path={}", inside("audit.log")),
            format!(
                "--audit-policy-file={}",
                settings.join("audit-policy.yaml").display()
            ),
        ];
        let apiserver_log = folder.path().join("kube-apiserver.log");
        let mut apiserver = Process::start(
            "kube-apiserver",
            &binaries.kube_apiserver,
            &apiserver_flags,
            &apiserver_log,
        )?;
        wait_for("the API server", START, || {
            apiserver.check()?;
            let ready = kubectl(&binaries, &credentials, &["get", "--raw=/readyz"], None);
            Ok(ready.is_ok().then_some(()))
        })?;

        let scheduler_flags = [
            format!("--kubeconfig={}", credentials.kubeconfig("scheduler").display()),
            "--leader-elect=false".to_owned(),
            "--secure-port=0".to_owned(),
        ];
        let scheduler_log = folder.path().join("kube-scheduler.log");
        let scheduler = Process::start(
            "kube-scheduler",
            &binaries.kube_scheduler,
            &scheduler_flags,
            &scheduler_log,
        )?;
        let kwok_flags = [
            format!("--kubeconfig={}", credentials.kubeconfig("kwok").display()),
            "--manage-all-nodes=true".to_owned(),
            "--node-lease-duration-seconds=0".to_owned(),
            format!("--config={}", settings.join("stages.yaml").display()),
        ];
        let kwok = Process::start(
            "kwok",
            &binaries.kwok,
            &kwok_flags,
            &folder.path().join("kwok.log"),
        )?;

        let audit = AuditLog {
            path: folder.path().join("audit.log"),
        };
        let cluster = Self {
            controller: None,
            controller_logs: Vec::new(),
            kwok,
            _scheduler: scheduler,
            apiserver,
            _etcd: etcd,
            binaries,
            credentials,
            audit,
            folder,
        };
        cluster.kubectl(&[
            "apply",
            "-f",
            &settings.join("storage.yaml").display().to_string(),
        ])?;
        cluster.create(&nodes_and_volumes())?;
        Ok(cluster)
    }

    /// Starts the controller manager.
    ///
    /// # Errors
    /// It runs already, or cannot be started.
    pub fn start_controller(&mut self) -> Result<(), String> {
        if self.controller.is_some() {
            return Err("the controller manager runs already".into());
        }
        let flags = [
            format!(
                "--kubeconfig={}",
                self.credentials.kubeconfig("controllers").display()
            ),
            format!("--controllers={CONTROLLERS}"),
            "--use-service-account-credentials=false".to_owned(),
            "--leader-elect=false".to_owned(),
            "--secure-port=0".to_owned(),
            "--kube-api-qps=200".to_owned(),
            "--kube-api-burst=400".to_owned(),
            "--vmodule=stateful_set=4".to_owned(), // a line at the end of every sync
        ];
        let log = self
            .folder
            .path()
            .join(format!("controllers-{:03}.log", self.controller_logs.len()));
        let program = &self.binaries.kube_controller_manager;
        self.controller = Some(Process::start("kube-controller-manager", program, &flags, &log)?);
        self.controller_logs.push(log);
        Ok(())
    }

    /// Stops the controller manager at once, if it runs.
    pub fn stop_controller(&mut self) {
        self.controller = None;
    }

    /// Freezes the kubelets: Pods stay as they are, created, ready or terminating.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn pause_kubelets(&self) -> Result<(), String> {
        self.kwok.pause()
    }

    /// Lets the kubelets go on.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn resume_kubelets(&self) -> Result<(), String> {
        self.kwok.resume()
    }

    /// Ends of the syncs of the set `name` in every run of the controller manager so far (`sync_ends`).
    pub fn sync_ends(&self, name: &str, year: &str) -> Vec<String> {
        let key = format!("default/{name}");
        self.controller_logs
            .iter()
            .flat_map(|log| sync_ends(log, &key, year))
            .collect()
    }

    /// The same for the latest run alone; with an error if one of the programs has ended.
    ///
    /// # Errors
    /// A program that ended by itself.
    pub fn latest_sync_ends(&mut self, name: &str, year: &str) -> Result<Vec<String>, String> {
        self.apiserver.check()?;
        self.kwok.check()?;
        let Some(controller) = self.controller.as_mut() else {
            return Ok(Vec::new());
        };
        controller.check()?;
        Ok(sync_ends(controller.log(), &format!("default/{name}"), year))
    }

    /// Runs kubectl as the administrator and gives what it prints.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn kubectl(&self, args: &[&str]) -> Result<String, String> {
        kubectl(&self.binaries, &self.credentials, args, None)
    }

    /// Creates every object of a list.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn create(&self, list: &Value) -> Result<String, String> {
        kubectl(
            &self.binaries,
            &self.credentials,
            &["create", "-f", "-"],
            Some(&list.to_string()),
        )
    }

    /// The namespace's objects of `KINDS`.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn observe(&self) -> Result<Vec<Value>, String> {
        let text = self.kubectl(&["get", KINDS, "-o", "json"])?;
        let list: Value = serde_json::from_str(&text).map_err(|e| format!("kubectl get -o json: {e}"))?;
        Ok(list
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default())
    }
}

fn kubectl(
    binaries: &Binaries,
    credentials: &Credentials,
    args: &[&str],
    input: Option<&str>,
) -> Result<String, String> {
    let mut command = Command::new(&binaries.kubectl);
    command
        .arg(format!(
            "--kubeconfig={}",
            credentials.kubeconfig("administrator").display()
        ))
        .arg(format!("--cache-dir={}", credentials.cache().display()))
        .arg("--request-timeout=30s")
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
        std::io::Write::write_all(&mut pipe, text.as_bytes()).map_err(|e| format!("kubectl: {e}"))?;
    }
    let output = child.wait_with_output().map_err(|e| format!("kubectl: {e}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("kubectl {}: {errors}", args.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|e| format!("kubectl {}: {e}", args.join(" ")))
}

/// A port of loopback that nobody listens on now.
fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("no free port: {e}"))?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|e| format!("no free port: {e}"))
}

fn nodes_and_volumes() -> Value {
    let nodes = (1..=NODES).map(|number| {
        let name = format!("node-{number}");
        let room = json!({ "cpu": "16", "memory": "64Gi", "pods": "110" });
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": { "name": name, "labels": { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } },
            "status": {
                "allocatable": room, "capacity": room,
                "conditions": [{ "type": "Ready", "status": "True", "reason": "KubeletReady" }],
                "addresses": [
                    { "type": "InternalIP", "address": format!("10.0.0.{number}") },
                    { "type": "Hostname", "address": name },
                ],
            },
        })
    });
    let volumes = (1..=VOLUMES).map(|number| {
        let name = format!("volume-{number:02}");
        json!({
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": { "name": name },
            "spec": {
                "storageClassName": "standard",
                "capacity": { "storage": "10Gi" },
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": { "path": format!("/volumes/{number:02}") },
            },
        })
    });
    json!({ "apiVersion": "v1", "kind": "List", "items": nodes.chain(volumes).collect::<Vec<Value>>() })
}
