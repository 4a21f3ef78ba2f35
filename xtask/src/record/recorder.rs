//! Freezing a cluster, keeping what it shows, and what the controller does next.

use super::audit::{bare, by_sync, first_sync};
use super::cluster::{Cluster, KINDS};
use super::process::wait_for;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How an operation ends.
#[derive(Clone, Copy, PartialEq)]
pub enum End {
    /// Every replica is there, available, and as the update strategy wants it.
    Stable,
    /// Nothing happens any more, though a replica is missing or not ready.
    Stuck,
    /// The set is gone and has left no Pod behind.
    Gone,
    /// The set is gone, its Pods are not.
    Orphaned,
}

const LIMIT: Duration = Duration::from_secs(120);
const QUIET: Duration = Duration::from_millis(1500);

/// One example on the cluster. Between two steps the controller manager runs, unless `freeze` stopped it.
pub struct Recorder<'a> {
    cluster: &'a mut Cluster,
    set: &'a str,
    example: &'a str,
    examples: PathBuf,
    folder: PathBuf,
    version: &'a str,
}

impl<'a> Recorder<'a> {
    /// An empty folder for the recordings of `example`, whose set is called `set`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(
        cluster: &'a mut Cluster,
        example: &'a str,
        set: &'a str,
        examples: &Path,
        to: &Path,
        version: &'a str,
    ) -> Result<Self, String> {
        let folder = to.join(example);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        println!("{example}");
        Ok(Self {
            cluster,
            set,
            example,
            examples: examples.to_owned(),
            folder,
            version,
        })
    }

    /// Makes `change` while no controller runs, keeps the moment after it, lets the controllers work until `end`, and
    /// keeps the StatefulSet controller's writes.
    ///
    /// # Errors
    /// The change fails, or the end is not reached in time.
    pub fn operation(
        &mut self,
        name: &str,
        about: &str,
        end: End,
        change: impl FnOnce(&Self) -> Result<(), String>,
    ) -> Result<(), String> {
        self.freeze();
        let before = self.stored()?;
        let mark = self.cluster.audit.mark();
        change(self)?;
        self.quiet(Duration::from_millis(700))?;
        let after = self.stored()?;
        self.moment(name, about)?;
        self.until(end)?;
        let writes = self.cluster.audit.writes(mark)?;
        let year = writes
            .first()
            .and_then(|write| write.at.get(..4))
            .unwrap_or_default();
        let ends = self.cluster.sync_ends(self.set, year);
        let settled = self.stored()?.and_then(|set| set.get("status").cloned());
        let record = json!({
            "kubernetes": self.version,
            "example": self.example,
            "operation": name,
            "about": about,
            "before": before,
            "after": after.as_ref().map(bare),
            "settled": settled,
            "writes": by_sync(&writes, &ends),
        });
        println!("  {name}: {} writes", writes.len());
        self.keep_json(&format!("{name}.audit.json"), &record)
    }

    /// Keeps what the frozen cluster shows, starts the controllers, and keeps what the first sync of the set writes.
    /// Without a set it only starts the controllers.
    ///
    /// # Errors
    /// The controllers run, or do not look at the set in time.
    pub fn moment(&mut self, name: &str, about: &str) -> Result<(), String> {
        if self.stored()?.is_none() {
            return self.cluster.start_controller(); // nothing to decide
        }
        let shown = self.cluster.kubectl(&["get", KINDS, "-o", "yaml"])?;
        self.keep(&format!("{name}.yaml"), &shown)?;
        let mark = self.cluster.audit.mark();
        self.cluster.start_controller()?;
        let year = self.year()?;
        let ended = wait_for("the first sync", LIMIT, || {
            Ok(self.cluster.latest_sync_ends(self.set, &year)?.into_iter().next())
        })?;
        std::thread::sleep(Duration::from_millis(300)); // the audit log's last line may follow the response
        let mut next = first_sync(&self.cluster.audit.writes(mark)?, &ended);
        let writes = next.get("writes").and_then(Value::as_array).map_or(0, Vec::len);
        if next.to_string().contains("\"code\":") {
            return Err(format!("{name}: a write of the first sync was refused: {next}"));
        }
        if let Some(fields) = next.as_object_mut() {
            fields.insert("kubernetes".into(), self.version.into());
            fields.insert("example".into(), self.example.into());
            fields.insert("set".into(), self.set.into());
            fields.insert("about".into(), about.into());
        }
        println!("    moment {name}: {writes} writes next");
        self.keep_json(&format!("{name}.next.json"), &next)
    }

    /// Stops the controllers.
    pub fn freeze(&mut self) {
        self.cluster.stop_controller();
    }

    /// Freezes the kubelets, or lets them go on.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn kubelets(&self, run: bool) -> Result<(), String> {
        if run {
            self.cluster.resume_kubelets()
        } else {
            self.cluster.pause_kubelets()
        }
    }

    /// Applies a file of `examples/`.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn apply(&self, file: &str) -> Result<(), String> {
        self.kubectl(&["apply", "-f", &self.examples.join(file).display().to_string()])
    }

    /// Gives the container `container` of the set another image.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn image(&self, container: &str, image: &str) -> Result<(), String> {
        self.kubectl(&[
            "set",
            "image",
            &format!("statefulset/{}", self.set),
            &format!("{container}={image}"),
        ])
    }

    /// Changes the number of replicas.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn scale(&self, replicas: u32) -> Result<(), String> {
        self.kubectl(&[
            "scale",
            "statefulset",
            self.set,
            &format!("--replicas={replicas}"),
        ])
    }

    /// Merges `patch` into the set.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn patch(&self, patch: &Value) -> Result<(), String> {
        self.kubectl(&[
            "patch",
            "statefulset",
            self.set,
            "--type=merge",
            "-p",
            &patch.to_string(),
        ])
    }

    /// Deletes the set.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn delete_set(&self, cascade: &str) -> Result<(), String> {
        self.kubectl(&[
            "delete",
            "statefulset",
            self.set,
            &format!("--cascade={cascade}"),
            "--wait=false",
        ])
    }

    /// Deletes a Pod without waiting for it to go.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn delete_pod(&self, pod: &str) -> Result<(), String> {
        self.kubectl(&["delete", "pod", pod, "--wait=false"])
    }

    /// Runs kubectl as the administrator.
    ///
    /// # Errors
    /// What kubectl prints as its error.
    pub fn kubectl(&self, args: &[&str]) -> Result<(), String> {
        self.cluster.kubectl(args).map(drop)
    }

    /// Waits for the Pod `name` to be as `state` wants it: `None` is gone.
    ///
    /// # Errors
    /// It is not in time.
    pub fn until_pod(&self, name: &str, state: impl Fn(Option<&Value>) -> bool) -> Result<(), String> {
        wait_for(&format!("Pod `{name}`"), LIMIT, || {
            let world = self.cluster.observe()?;
            let pod = world
                .iter()
                .find(|object| kind(object) == "Pod" && text(object, "/metadata/name") == name);
            Ok(state(pod).then_some(()))
        })
    }

    /// Waits for `end`, and then until nobody writes.
    ///
    /// # Errors
    /// It is not reached in time.
    pub fn until(&self, end: End) -> Result<(), String> {
        if end == End::Stuck {
            self.quiet(2 * QUIET)?;
            return match self.has_ended(End::Stable)? {
                true => Err("the set should be stuck, but it is stable".into()),
                false => Ok(()),
            };
        }
        wait_for("the end of the operation", LIMIT, || {
            Ok(self.has_ended(end)?.then_some(()))
        })?;
        self.quiet(QUIET)
    }

    /// Waits until nobody has written for `span`.
    ///
    /// # Errors
    /// Writes never cease.
    pub fn quiet(&self, span: Duration) -> Result<(), String> {
        let mut mark = self.cluster.audit.mark();
        let mut since = Instant::now();
        wait_for("a quiet cluster", LIMIT, || {
            let now = self.cluster.audit.mark();
            if now != mark {
                mark = now;
                since = Instant::now();
            }
            Ok((since.elapsed() >= span).then_some(()))
        })
    }

    fn has_ended(&self, end: End) -> Result<bool, String> {
        let world = self.cluster.observe()?;
        let count = |wanted: &str| world.iter().filter(|object| kind(object) == wanted).count();
        let set = world.iter().find(|object| kind(object) == "StatefulSet");
        Ok(match end {
            End::Gone => set.is_none() && count("Pod") == 0 && count("ControllerRevision") == 0,
            End::Orphaned => set.is_none() && count("Pod") > 0,
            End::Stable | End::Stuck => set.is_some_and(|set| is_stable(set, count("Pod"))),
        })
    }

    /// Removes what the example left, so that the next one starts with nothing.
    ///
    /// # Errors
    /// Something stays.
    pub fn clean_up(&mut self) -> Result<(), String> {
        self.kubectl(&[
            "delete",
            "statefulsets,pods,persistentvolumeclaims,poddisruptionbudgets",
            "--all",
            "--wait=false",
        ])?;
        self.kubectl(&["delete", "service", self.set, "--ignore-not-found"])?;
        wait_for("an empty namespace", LIMIT, || {
            let left = self.cluster.observe()?;
            Ok(left
                .iter()
                .all(|object| text(object, "/metadata/name") == "kubernetes")
                .then_some(()))
        })?;
        self.freeze();
        Ok(())
    }

    /// The set as the API server has it now, without managed fields.
    fn stored(&self) -> Result<Option<Value>, String> {
        Ok(self
            .cluster
            .observe()?
            .into_iter()
            .find(|object| kind(object) == "StatefulSet"))
    }

    /// The year of the latest write in the audit log.
    fn year(&self) -> Result<String, String> {
        let log = std::fs::read_to_string(&self.cluster.audit.path).map_err(|e| format!("audit log: {e}"))?;
        let last = log
            .lines()
            .rev()
            .find_map(|line| serde_json::from_str::<Value>(line).ok());
        let year = last
            .as_ref()
            .and_then(|event| text(event, "/requestReceivedTimestamp").get(..4));
        year.map(str::to_owned)
            .ok_or_else(|| "the audit log is empty".to_owned())
    }

    fn keep_json(&self, name: &str, value: &Value) -> Result<(), String> {
        let text = serde_json::to_string_pretty(value).map_err(|e| format!("{name}: {e}"))?;
        self.keep(name, &(text + "\n"))
    }

    fn keep(&self, name: &str, text: &str) -> Result<(), String> {
        let file = self.folder.join(name);
        std::fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))
    }
}

/// Whether a Pod is ready now.
pub fn is_ready(pod: &Value) -> bool {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    conditions.is_some_and(|all| {
        all.iter()
            .any(|one| text(one, "/type") == "Ready" && text(one, "/status") == "True")
    })
}

fn is_stable(set: &Value, pods: usize) -> bool {
    let number = |at: &str| set.pointer(at).and_then(Value::as_i64).unwrap_or(0);
    let replicas = number("/spec/replicas");
    let partition = number("/spec/updateStrategy/rollingUpdate/partition");
    let is_complete = text(set, "/status/currentRevision") == text(set, "/status/updateRevision");
    let updated = if is_complete || partition == 0 {
        is_complete && number("/status/updatedReplicas") == replicas
    } else {
        let above = number("/spec/ordinals/start") + replicas - partition;
        number("/status/updatedReplicas") == above.clamp(0, replicas)
    };
    let counts = [
        "/status/replicas",
        "/status/readyReplicas",
        "/status/availableReplicas",
    ];
    updated
        && number("/status/observedGeneration") == number("/metadata/generation")
        && usize::try_from(replicas) == Ok(pods)
        && counts.iter().all(|at| number(at) == replicas)
}

fn kind(object: &Value) -> &str {
    text(object, "/kind")
}

fn text<'v>(object: &'v Value, at: &str) -> &'v str {
    object.pointer(at).and_then(Value::as_str).unwrap_or_default()
}
