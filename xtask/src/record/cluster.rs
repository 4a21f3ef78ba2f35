//! A control plane on loopback: etcd, the API server with its audit log, scheduler, fake kubelets, and a controller
//! manager that is stopped and started at will.

use super::audit::{AuditLog, sync_ends};
use super::binaries::Binaries;
use super::process::Process;
use super::server::Server;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The controllers that run beside the one of StatefulSets; without those of storage, endpoints and garbage the dumps would not
/// be a cluster's.
const CONTROLLERS: &str = "garbage-collector-controller,namespace-controller,\
endpointslice-controller,persistentvolumeclaim-protection-controller,persistentvolume-binder-controller,\
disruption-controller,serviceaccount-controller";

/// What a dump holds: the and the README's `kubectl get`.
pub const KINDS: &str = "statefulsets,pods,persistentvolumeclaims,controllerrevisions,services";

/// Volumes that wait for a claim. A released volume is not used again, so there are more than any story needs.
const VOLUMES: usize = 80;
const NODES: usize = 5;

/// The running control plane. Fields are dropped in this order: the API server goes last.
pub struct Cluster {
    controller: Option<Process>,
    controller_logs: Vec<PathBuf>,
    kwok: Process,
    _scheduler: Process,
    kube_controller_manager: PathBuf,
    pub audit: AuditLog,
    server: Server,
}

impl Cluster {
    /// Starts everything but the controller manager, and creates nodes and volumes.
    ///
    /// # Errors
    /// A program that does not start or does not become ready in a minute.
    pub fn start(repository: &Path, binaries: Binaries) -> Result<Self, String> {
        Self::start_with(repository, binaries, "audit-policy.yaml")
    }

    /// The same with an audit policy of `tests/cluster`.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(repository: &Path, binaries: Binaries, policy: &str) -> Result<Self, String> {
        let settings = repository.join("tests/cluster");
        let Binaries {
            server,
            kube_controller_manager,
            kube_scheduler,
            kwok,
        } = binaries;
        let policy = settings.join(policy);
        let server = Server::start(server, |folder| {
            vec![
                // The nodes below are born ready, and no node controller would take the taint off.
                "--disable-admission-plugins=TaintNodesByCondition".to_owned(),
                format!("--audit-log-path={}", folder.join("audit.log").display()),
                format!("--audit-policy-file={}", policy.display()),
            ]
        })?;
        let (folder, credentials) = (server.folder(), server.credentials());

        let scheduler_flags = [
            format!("--kubeconfig={}", credentials.kubeconfig("scheduler").display()),
            "--leader-elect=false".to_owned(),
            "--secure-port=0".to_owned(),
        ];
        let scheduler_log = folder.join("kube-scheduler.log");
        let scheduler = Process::start(
            "kube-scheduler",
            &kube_scheduler,
            &scheduler_flags,
            &scheduler_log,
        )?;
        let kwok_flags = [
            format!("--kubeconfig={}", credentials.kubeconfig("kwok").display()),
            "--manage-all-nodes=true".to_owned(),
            "--node-lease-duration-seconds=0".to_owned(),
            format!("--config={}", settings.join("stages.yaml").display()),
        ];
        let kwok = Process::start("kwok", &kwok, &kwok_flags, &folder.join("kwok.log"))?;

        let audit = AuditLog {
            path: folder.join("audit.log"),
        };
        let cluster = Self {
            controller: None,
            controller_logs: Vec::new(),
            kwok,
            _scheduler: scheduler,
            kube_controller_manager,
            audit,
            server,
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
        self.start_controllers(true)
    }

    /// Starts the controller manager, with or without its controller of StatefulSets.
    ///
    /// # Errors
    /// It runs already, or cannot be started.
    pub fn start_controllers(&mut self, with_sets: bool) -> Result<(), String> {
        if self.controller.is_some() {
            return Err("the controller manager runs already".into());
        }
        let flags = [
            format!(
                "--kubeconfig={}",
                self.server.credentials().kubeconfig("controllers").display()
            ),
            match with_sets {
                true => format!("--controllers=statefulset-controller,{CONTROLLERS}"),
                false => format!("--controllers={CONTROLLERS}"),
            },
            "--use-service-account-credentials=false".to_owned(),
            "--leader-elect=false".to_owned(),
            "--secure-port=0".to_owned(),
            "--kube-api-qps=200".to_owned(),
            "--kube-api-burst=400".to_owned(),
            "--vmodule=stateful_set=4".to_owned(), // a line at the end of every sync
        ];
        let log = self
            .server
            .folder()
            .join(format!("controllers-{:03}.log", self.controller_logs.len()));
        let program = &self.kube_controller_manager;
        self.controller = Some(Process::start("kube-controller-manager", program, &flags, &log)?);
        self.controller_logs.push(log);
        Ok(())
    }

    /// The process of the controller manager, while it runs.
    pub fn controller_id(&self) -> Option<u32> {
        self.controller.as_ref().map(Process::id)
    }

    /// The API server and its etcd.
    pub const fn server(&mut self) -> &mut Server {
        &mut self.server
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
        self.server.check()?;
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
        self.server.kubectl(args, None)
    }

    /// The port of loopback at which the API server is.
    pub const fn port(&self) -> u16 {
        self.server.port()
    }

    /// The kubeconfig of the administrator.
    pub fn kubeconfig(&self) -> PathBuf {
        self.server.credentials().kubeconfig("administrator")
    }

    /// Where all programs keep their files.
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// Creates every object of a list.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn create(&self, list: &Value) -> Result<String, String> {
        self.server
            .kubectl(&["create", "-f", "-"], Some(&list.to_string()))
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
