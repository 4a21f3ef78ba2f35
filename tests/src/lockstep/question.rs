//! One decision asked of upstream, with what the simulated controller has in its cache.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_sim::cluster::Look;
use steadfast_sim::store::Resource;

use super::Harness;

/// Asks upstream, under the gates of one profile.
#[derive(Clone)]
pub(super) struct Asker {
    harness: Harness,
    gates: String,
    pub asked: u64,
}

/// An observation as a line of the wire contract, without what is asked beside it.
pub(super) struct Observed(pub String);

/// A call that is refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub verb: &'static str,
    pub kind: &'static str,
    pub name: String,
    pub reason: String,
    /// How many calls; `None`: all.
    pub times: Option<usize>,
}

impl Asker {
    pub fn new(harness: Harness, profile: &Profile) -> Self {
        let written = serde_json::to_value(profile).expect("a profile is JSON");
        let gates: BTreeMap<String, bool> =
            serde_json::from_value(written["featureGates"].clone()).expect("gates are flags");
        Self {
            harness,
            gates: json!(gates).to_string(),
            asked: 0,
        }
    }

    pub fn ask(&mut self, observed: &Observed, faults: &[Fault]) -> Result<Value, String> {
        self.asked += 1;
        let faults: Vec<Value> = faults.iter().map(Fault::written).collect();
        let line = format!(
            "{{\"id\":0,\"featureGates\":{},\"faults\":{},\"observation\":{}}}",
            self.gates,
            Value::from(faults),
            observed.0
        );
        let answer = self.harness.borrow_mut().ask(&line)?;
        match answer.get("crash") {
            Some(crash) => Err(format!("upstream crashed: {crash}")),
            None => Ok(answer),
        }
    }
}

impl Fault {
    fn written(&self) -> Value {
        let mut written =
            json!({"verb": self.verb, "kind": self.kind, "name": self.name, "reason": self.reason});
        if let Some(times) = self.times {
            written["times"] = json!(times);
        }
        written
    }
}

impl Observed {
    pub fn of(look: &Look<'_>) -> Self {
        let observed = look.observed();
        let mut line = String::with_capacity(16_384);
        let now = serde_json::to_string(&look.now()).expect("a time is JSON");
        let _ = write!(
            line,
            "{{\"now\":{now},\"statefulSet\":{}",
            observed.set().object()
        );
        let mut list = |name: &str, objects: &mut dyn Iterator<Item = &Value>| {
            let _ = write!(line, ",\"{name}\":[");
            for (at, object) in objects.enumerate() {
                let _ = write!(line, "{}{object}", if at > 0 { "," } else { "" });
            }
            line.push(']');
        };
        list("pods", &mut observed.pods().map(|pod| pod.object()));
        // The cache is asked by name: those that are stored, and those that Pods could have had.
        let set = observed.set();
        let stored = look.store().list(Resource::PersistentVolumeClaim, None);
        let mut names: BTreeSet<String> = stored.map(|(key, _)| key.name.to_string()).collect();
        for template in set.claim_templates() {
            names.extend(
                (0..set.end() + 20).map(|ordinal| format!("{}-{}-{ordinal}", template.name, set.name())),
            );
        }
        let claims = names.iter().filter_map(|name| observed.claim(name));
        list("persistentVolumeClaims", &mut claims.map(|claim| claim.object()));
        list(
            "controllerRevisions",
            &mut observed.revisions().map(|revision| revision.object()),
        );
        line.push('}');
        Self(line)
    }
}
