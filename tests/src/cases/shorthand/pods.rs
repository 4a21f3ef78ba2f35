//! Pods in words.

use serde_json::{Value, json};

use super::fields::overlay;
use super::words::{Words, span};
use super::{Plot, controller, set_reference, timestamp, uid};

const KNOWN: &str = "a template's word, ready [for TIME], unready, pending, failed, succeeded, unknown, phaseless, unpullable, crashing, \
    creating, terminating, overdue, orphan, foreign, earlier, namesake, unselected, unlabelled, unnumbered, unrevised, volumeless, misbound";

/// A Pod as it is written.
struct Written {
    revision: Option<String>,
    phase: &'static str,
    ready: Option<&'static str>,
    /// Seconds for which the condition Ready is what it is.
    since: i64,
    is_terminating: bool,
    /// It should have been gone for an hour.
    is_overdue: bool,
    /// What its container waits for.
    waits: Option<&'static str>,
    owner: Option<Value>,
    /// What is wrong with it, by the words.
    faults: Vec<&'static str>,
}

/// The Pods of a case; `web-0..4 new` are five.
pub fn all(written: &[Value], plot: &Plot) -> Result<Vec<Value>, String> {
    let mut pods = Vec::new();
    for value in written {
        let (mut words, with) = Words::of(value)?;
        let name = words.required("a name")?;
        let pod = parse(words, plot)?;
        for name in names(name)? {
            let mut object = pod.object(&name, plot)?;
            if let Some(with) = with {
                overlay(&mut object, with);
            }
            pods.push(object);
        }
    }
    Ok(pods)
}

fn names(written: &str) -> Result<Vec<String>, String> {
    let Some((first, last)) = written.split_once("..") else {
        return Ok(vec![written.to_owned()]);
    };
    let (set, first) = first
        .rsplit_once('-')
        .ok_or_else(|| format!("`{written}` is no range of Pods"))?;
    let number = |digits: &str| {
        digits
            .parse::<u64>()
            .map_err(|_| format!("`{written}` is no range of Pods"))
    };
    Ok((number(first)?..=number(last)?)
        .map(|ordinal| format!("{set}-{ordinal}"))
        .collect())
}

fn parse(mut words: Words<'_>, plot: &Plot) -> Result<Written, String> {
    let mut pod = Written {
        revision: plot.names.last_stored(),
        phase: "Running",
        ready: Some("True"),
        since: 3_600,
        is_terminating: false,
        is_overdue: false,
        waits: None,
        owner: Some(set_reference(&plot.set)),
        faults: Vec::new(),
    };
    while let Some(word) = words.next() {
        match word {
            "ready" => (pod.phase, pod.ready) = ("Running", Some("True")),
            "unready" => (pod.phase, pod.ready) = ("Running", Some("False")),
            "pending" => (pod.phase, pod.ready) = ("Pending", None),
            "failed" => (pod.phase, pod.ready) = ("Failed", Some("False")),
            "succeeded" => (pod.phase, pod.ready) = ("Succeeded", Some("False")),
            // As a lost node leaves it: nobody has said otherwise since.
            "unknown" => (pod.phase, pod.ready) = ("Unknown", Some("True")),
            "phaseless" => (pod.phase, pod.ready) = ("", None),
            "for" => pod.since = span(words.required("a time")?)?,
            "unpullable" => {
                (pod.phase, pod.ready, pod.waits) = ("Pending", Some("False"), Some("ImagePullBackOff"))
            }
            "crashing" => {
                (pod.phase, pod.ready, pod.waits) = ("Running", Some("False"), Some("CrashLoopBackOff"))
            }
            "creating" => {
                (pod.phase, pod.ready, pod.waits) = ("Pending", Some("False"), Some("ContainerCreating"))
            }
            "terminating" => pod.is_terminating = true,
            "overdue" => (pod.is_terminating, pod.is_overdue) = (true, true),
            "orphan" => pod.owner = None,
            "foreign" => pod.owner = Some(controller("apps/v1", "ReplicaSet", "other", "uid-of-other")),
            "earlier" => {
                let name = plot.set["metadata"]["name"].as_str().unwrap_or_default();
                pod.owner = Some(controller(
                    "apps/v1",
                    "StatefulSet",
                    name,
                    "uid-of-an-earlier-set",
                ));
            }
            // Our UID under another kind and name: nobody writes it, and versions differ about it.
            "namesake" => {
                let uid = plot.set["metadata"]["uid"].as_str().unwrap_or_default();
                pod.owner = Some(controller("apps/v1", "ReplicaSet", "other", uid));
            }
            "unselected" => pod.faults.push("unselected"),
            "unlabelled" => pod.faults.push("unlabelled"),
            "unnumbered" => pod.faults.push("unnumbered"),
            "unrevised" => pod.faults.push("unrevised"),
            "volumeless" => pod.faults.push("volumeless"),
            "misbound" => pod.faults.push("misbound"),
            other if plot.names.is_known(other) => pod.revision = Some(plot.names.stored(other)?),
            other => return Err(words.unknown(other, KNOWN)),
        }
    }
    Ok(pod)
}

impl Written {
    fn has(&self, fault: &str) -> bool {
        self.faults.contains(&fault)
    }

    fn object(&self, name: &str, plot: &Plot) -> Result<Value, String> {
        let text = |pointer: &str| {
            plot.set
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let ordinal = name.rsplit('-').next().unwrap_or_default();
        let (set, service) = (text("/metadata/name"), text("/spec/serviceName"));
        let mut metadata = json!({"name": name, "generateName": format!("{set}-"), "namespace": "default",
            "uid": uid(name), "resourceVersion": "2000", "creationTimestamp": "2026-11-20T00:00:00Z",
            "labels": {"app": if self.has("unselected") { "other" } else { "web" }}});
        let labels = &mut metadata["labels"];
        if !self.has("unlabelled") {
            labels["statefulset.kubernetes.io/pod-name"] = json!(name);
        }
        if !self.has("unnumbered") {
            labels["apps.kubernetes.io/pod-index"] = json!(ordinal);
        }
        if let Some(revision) = self.revision.as_ref().filter(|_| !self.has("unrevised")) {
            labels["controller-revision-hash"] = json!(revision);
        }
        if let Some(owner) = &self.owner {
            metadata["ownerReferences"] = json!([owner]);
        }
        if self.is_terminating {
            metadata["deletionTimestamp"] =
                json!(timestamp(plot.now + if self.is_overdue { -3_600 } else { 20 }));
            metadata["deletionGracePeriodSeconds"] = json!(30);
        }
        let mut spec = plot.set["spec"]["template"]["spec"].clone();
        overlay(
            &mut spec,
            &json!({"hostname": name, "subdomain": service, "nodeName": "node-1"}),
        );
        let volumes = self.volumes(set, ordinal, plot);
        if !volumes.is_empty() {
            spec["volumes"] = volumes.into();
        }
        Ok(
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": self.status(plot)}),
        )
    }

    fn volumes(&self, set: &str, ordinal: &str, plot: &Plot) -> Vec<Value> {
        let templates = plot.set["spec"]["volumeClaimTemplates"].as_array();
        let names = templates
            .into_iter()
            .flatten()
            .filter_map(|template| template["metadata"]["name"].as_str());
        let place = if self.has("misbound") { "77" } else { ordinal };
        let volume = |name: &str| json!({"name": name, "persistentVolumeClaim": {"claimName": format!("{name}-{set}-{place}")}});
        names.map(volume).filter(|_| !self.has("volumeless")).collect()
    }

    fn status(&self, plot: &Plot) -> Value {
        let mut status = json!({});
        if !self.phase.is_empty() {
            status["phase"] = json!(self.phase);
        }
        if let Some(ready) = self.ready {
            status["conditions"] = json!([{"type": "Ready", "status": ready, "lastProbeTime": null,
                "lastTransitionTime": timestamp(plot.now - self.since)}]);
        }
        if let Some(reason) = self.waits {
            status["containerStatuses"] = json!([{"name": "main", "ready": false, "restartCount": 0, "image": "",
                "imageID": "", "state": {"waiting": {"reason": reason}}}]);
        }
        status
    }
}
