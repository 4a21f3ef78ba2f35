//! One story on a cluster: a namespace, what is done in it, and what it then holds, without what differs from run to run.

use crate::record::cluster::Cluster;
use crate::record::process::wait_for;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);
const QUIET: Duration = Duration::from_millis(700);
const KINDS: &str = "statefulsets,pods,persistentvolumeclaims,controllerrevisions";

/// A namespace of its own.
pub struct Stage<'a> {
    cluster: &'a Cluster,
    pub namespace: String,
    mark: u64,
    kept: Vec<(String, Value)>,
}

impl<'a> Stage<'a> {
    /// Creates the namespace.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn begin(cluster: &'a Cluster, namespace: &str) -> Result<Self, String> {
        cluster.kubectl(&["create", "namespace", namespace])?;
        let account = ["get", "serviceaccount", "default", "-n", namespace];
        wait_for("the service account", LIMIT, || {
            Ok(cluster.kubectl(&account).ok())
        })?;
        Ok(Self {
            cluster,
            namespace: namespace.to_owned(),
            mark: cluster.audit.mark(),
            kept: Vec::new(),
        })
    }

    /// A namespace that is there already.
    pub fn of(cluster: &'a Cluster, namespace: &str) -> Self {
        Self {
            cluster,
            namespace: namespace.to_owned(),
            mark: cluster.audit.mark(),
            kept: Vec::new(),
        }
    }

    /// What was kept, by name.
    pub fn kept(self) -> Vec<(String, Value)> {
        self.kept
    }

    /// Runs kubectl in the namespace.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        let mut line = vec!["-n", self.namespace.as_str()];
        line.extend(arguments);
        self.cluster.kubectl(&line)
    }

    /// Creates an object.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn create(&self, object: &Value) -> Result<(), String> {
        let mut object = object.clone();
        object["metadata"]["namespace"] = json!(self.namespace);
        self.cluster.create(&object).map(drop)
    }

    /// Patches the set `web`.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn patch(&self, patch: &Value) -> Result<(), String> {
        let patch = patch.to_string();
        self.kubectl(&["patch", "statefulset", "web", "--type=merge", "-p", &patch])
            .map(drop)
    }

    /// Changes the number of replicas.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn scale(&self, replicas: u32) -> Result<(), String> {
        self.patch(&json!({"spec": {"replicas": replicas}}))
    }

    /// Changes the image of the set's only container.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn image(&self, image: &str) -> Result<(), String> {
        self.kubectl(&["set", "image", "statefulset/web", &format!("main={image}")])
            .map(drop)
    }

    /// Deletes the set.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn delete_set(&self, cascade: &str) -> Result<(), String> {
        let cascade = format!("--cascade={cascade}");
        self.kubectl(&["delete", "statefulset", "web", &cascade])
            .map(drop)
    }

    /// All objects of the namespace.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn objects(&self) -> Result<Vec<Value>, String> {
        let text = self.kubectl(&["get", KINDS, "-o", "json"])?;
        let mut list: Value = serde_json::from_str(&text).map_err(|e| format!("kubectl get: {e}"))?;
        match list["items"].take() {
            Value::Array(items) => Ok(items),
            _ => Err("kubectl get: no list".to_owned()),
        }
    }

    /// Waits until the objects are so.
    ///
    /// # Errors
    /// They are not in time; with what there is instead.
    pub fn until(&self, what: &str, is_so: impl Fn(&[Value]) -> bool) -> Result<(), String> {
        let mut last = Vec::new();
        let waited = wait_for(what, LIMIT, || {
            last = self.objects()?;
            Ok(is_so(&last).then_some(()))
        });
        waited.map_err(|why| {
            let shown: Vec<String> = last.iter().map(brief).collect();
            format!("{}: {why}; there is {}", self.namespace, shown.join(", "))
        })
    }

    /// Waits until the set is stable and nobody writes.
    ///
    /// # Errors
    /// It is not in time.
    pub fn stable(&self) -> Result<(), String> {
        self.until("a stable set", is_stable)?;
        self.quiet()
    }

    /// Waits until nobody writes any more.
    ///
    /// # Errors
    /// Somebody always does.
    pub fn quiet(&self) -> Result<(), String> {
        let mut last = (self.cluster.audit.mark(), std::time::Instant::now());
        wait_for("silence", LIMIT, || {
            let mark = self.cluster.audit.mark();
            if mark != last.0 {
                last = (mark, std::time::Instant::now());
            }
            Ok((last.1.elapsed() > QUIET).then_some(()))
        })
    }

    /// The audit log of the namespace since the story began, in the order in which requests were received.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn audit(&self) -> Result<Vec<Value>, String> {
        let mut events = self.cluster.audit.events(self.mark)?;
        events.retain(|event| event["objectRef"]["namespace"] == self.namespace.as_str());
        events.sort_by_key(|event| {
            event["requestReceivedTimestamp"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        });
        Ok(events)
    }

    /// The Pods that the controller created (`+web-0`) and deleted (`-web-0`), in order, since the story began.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn pods_written(&self) -> Result<Vec<String>, String> {
        let events = self.audit()?;
        let writes = events
            .iter()
            .filter(|event| is_of_controller(event) && is_done(event));
        Ok(writes.filter_map(pod_written).collect())
    }

    /// Keeps what the namespace holds.
    ///
    /// # Errors
    /// What kubectl prints.
    pub fn keep(&mut self, moment: &str) -> Result<(), String> {
        let mut objects: Vec<Value> = self.objects()?.iter().map(normal).collect();
        objects.sort_by_key(brief);
        let events = self.kubectl(&["get", "events", "-o", "json"])?;
        let events: Value = serde_json::from_str(&events).map_err(|e| format!("kubectl get events: {e}"))?;
        let said: BTreeSet<String> = events["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|event| {
                event["involvedObject"]["kind"] == "StatefulSet"
                    && event["source"]["component"] == "statefulset-controller"
            })
            .map(|event| {
                let text = |field: &str| event[field].as_str().unwrap_or_default();
                format!("{} {}: {}", text("type"), text("reason"), text("message"))
            })
            .collect();
        self.kept
            .push((moment.to_owned(), json!({"objects": objects, "events": said})));
        Ok(())
    }

    /// Checks something, with the audit log's sequence in the error.
    ///
    /// # Errors
    /// It is not so.
    pub fn check(&self, what: &str, is_so: bool) -> Result<(), String> {
        match is_so {
            true => Ok(()),
            false => Err(format!(
                "{}: {what}: not so: {}",
                self.namespace,
                self.pods_written()?.join(" ")
            )),
        }
    }
}

/// Whether the StatefulSet controller asked, upstream's or ours.
pub fn is_of_controller(event: &Value) -> bool {
    let agent = event["userAgent"].as_str().unwrap_or_default();
    agent.ends_with("/statefulset-controller") || agent.starts_with("steadfast-controller/")
}

/// Whether the request was carried out.
pub fn is_done(event: &Value) -> bool {
    event["responseStatus"]["code"]
        .as_u64()
        .is_some_and(|code| (200..300).contains(&code))
}

/// The name of the object of a request.
pub fn name_of(event: &Value) -> &str {
    let name = event["objectRef"]["name"].as_str();
    name.or_else(|| event["requestObject"]["metadata"]["name"].as_str())
        .unwrap_or_default()
}

/// `+web-0` for a Pod's creation, `-web-0` for its deletion.
pub fn pod_written(event: &Value) -> Option<String> {
    if event["objectRef"]["resource"] != "pods" || event["objectRef"].get("subresource").is_some() {
        return None;
    }
    let name = name_of(event);
    match event["verb"].as_str()? {
        "create" => Some(format!("+{name}")),
        "delete" => Some(format!("-{name}")),
        _ => None,
    }
}

/// Whether all replicas of the set are there, available, and as the strategy wants them.
pub fn is_stable(objects: &[Value]) -> bool {
    let Some(set) = objects.iter().find(|object| object["kind"] == "StatefulSet") else {
        return false;
    };
    let pods = || objects.iter().filter(|object| object["kind"] == "Pod");
    let (spec, status) = (&set["spec"], &set["status"]);
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let replicas = number(&spec["replicas"]);
    let partition = number(&spec["updateStrategy"]["rollingUpdate"]["partition"]);
    let is_on_delete = spec["updateStrategy"]["type"] == "OnDelete";
    let is_updated = is_on_delete
        || match partition {
            0 => status["currentRevision"] == status["updateRevision"],
            partition => number(&status["updatedReplicas"]) >= replicas.saturating_sub(partition),
        };
    status["observedGeneration"] == set["metadata"]["generation"]
        && ["replicas", "readyReplicas", "availableReplicas"]
            .iter()
            .all(|field| number(&status[*field]) == replicas)
        && is_updated
        && pods().all(|pod| pod["metadata"].get("deletionTimestamp").is_none())
        && u64::try_from(pods().count()) == Ok(replicas)
}

fn brief(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
}

/// An object without what differs from one run to the next: UIDs, times, versions, nodes, volumes, addresses.
fn normal(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let mut kept = Map::new();
    for field in ["name", "labels", "annotations", "finalizers", "generation"] {
        if let Some(value) = metadata.get(field) {
            kept.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(Value::Object(annotations)) = kept.get_mut("annotations") {
        annotations.retain(|key, _| !key.starts_with("volume.") && !key.starts_with("pv."));
    }
    let owners = metadata["ownerReferences"].as_array().into_iter().flatten();
    let owners: Vec<Value> = owners
        .map(|owner| {
            let mut owner = owner.clone();
            owner["uid"] = json!("-");
            owner
        })
        .collect();
    let mut all = json!({"kind": object["kind"], "metadata": kept, "owners": owners});
    match object["kind"].as_str().unwrap_or_default() {
        "Pod" => {
            let mut spec = object["spec"].clone();
            if let Value::Object(spec) = &mut spec {
                spec.remove("nodeName");
            }
            all["spec"] = spec;
            all["phase"] = object["status"]["phase"].clone();
        }
        "PersistentVolumeClaim" => {
            let mut spec = object["spec"].clone();
            if let Value::Object(spec) = &mut spec {
                spec.remove("volumeName");
            }
            all["spec"] = spec;
        }
        "ControllerRevision" => {
            all["data"] = object["data"].clone();
            all["revision"] = object["revision"].clone();
        }
        _ => {
            all["spec"] = object["spec"].clone();
            all["status"] = object["status"].clone();
        }
    }
    all
}
