//! A decision, as far as two decisions are compared here.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use steadfast_core::Plan;

use super::edit::{IRRELEVANT, strip};

/// What is done with a world.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Every write, by its type and name, with what is written; in no order, each once.
    pub actions: BTreeMap<(String, String), Vec<Value>>,
    /// How many of them were done once more: the update pass deletes also what an earlier pass has deleted.
    pub repeated: usize,
    /// The error that is returned.
    pub error: Option<String>,
    /// The status that is written or stands.
    pub status: Option<Value>,
    pub is_status_written: bool,
    /// In microseconds.
    pub requeue_after: Option<i64>,
}

impl Answer {
    pub fn of_plan(plan: &Plan) -> Self {
        let errors: Vec<String> = plan
            .waits
            .iter()
            .filter(|wait| wait.retry)
            .map(|wait| format!("{} {}", wait.code.name(), wait.name))
            .collect();
        let value = serde_json::to_value(plan).expect("a plan is JSON");
        Self::of(
            &value,
            &value["statusChanged"],
            (!errors.is_empty()).then(|| errors.join(", ")),
        )
    }

    /// # Errors
    /// Upstream crashed.
    pub fn of_upstream(answer: &Value) -> Result<Self, String> {
        match answer.get("crash") {
            Some(crash) => Err(format!("upstream crashed: {crash}")),
            None => {
                let error = answer
                    .get("error")
                    .map(|error| error.as_str().unwrap_or_default().to_owned());
                Ok(Self::of(answer, &answer["statusWritten"], error))
            }
        }
    }

    fn of(answer: &Value, written: &Value, error: Option<String>) -> Self {
        let mut actions: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
        let mut repeated = answer["repeatedDeletes"].as_array().map_or(0, Vec::len);
        for action in answer["actions"].as_array().into_iter().flatten() {
            if action.get("refused").is_some() {
                continue;
            }
            let word = |key: &str| action[key].as_str().unwrap_or_default().to_owned();
            let mut written = json!({"object": action["object"], "patch": action["patch"]});
            forget_irrelevant(&mut written);
            if let Some(volumes) = written
                .pointer_mut("/object/spec/volumes")
                .and_then(Value::as_array_mut)
            {
                // Upstream writes the volumes of claims in the order of a Go map.
                volumes.sort_by_key(|volume| volume["name"].to_string());
            }
            let all = actions.entry((word("type"), word("name"))).or_default();
            if all.contains(&written) {
                repeated += 1;
            } else {
                all.push(written);
            }
        }
        for all in actions.values_mut() {
            all.sort_by_key(Value::to_string);
        }
        let mut status = answer.get("status").filter(|status| !status.is_null()).cloned();
        for condition in status
            .iter_mut()
            .filter_map(|status| status["conditions"].as_array_mut())
            .flatten()
        {
            // The time of a changed condition is the real clock upstream.
            if condition["type"] == "Progressing" {
                strip(condition, "lastTransitionTime");
            }
        }
        if let Some(status) = &mut status
            && status["conditions"].is_null()
        {
            strip(status, "conditions");
        }
        Self {
            actions,
            repeated,
            error,
            status,
            is_status_written: written == true,
            requeue_after: answer
                .get("requeueAfterSeconds")
                .and_then(Value::as_f64)
                .map(|seconds| (seconds * 1e6).round() as i64),
        }
    }

    /// The first write that `earlier` has not, or has less often.
    pub fn new_action(&self, earlier: &Self) -> Option<String> {
        let new = self
            .actions
            .keys()
            .find(|key| !earlier.actions.contains_key(*key));
        let repeated = || (self.repeated > earlier.repeated).then(|| "one more time the same".to_owned());
        new.map(|(kind, name)| format!("{kind} {name}")).or_else(repeated)
    }

    /// What is different between two answers, or nothing. With several errors at once upstream returns any of them, so
    /// only their being there is compared.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let keys = |answer: &Self| answer.actions.keys().cloned().collect::<Vec<_>>();
        if (&self.actions, self.repeated) != (&other.actions, other.repeated) {
            return Some(format!("actions {:?}, then {:?}", keys(self), keys(other)));
        }
        if self.error.is_some() != other.error.is_some() {
            return Some(format!("error {:?}, then {:?}", self.error, other.error));
        }
        if (&self.status, self.is_status_written) != (&other.status, other.is_status_written) {
            return Some(format!("status {:?}, then {:?}", self.status, other.status));
        }
        (self.requeue_after != other.requeue_after)
            .then(|| format!("requeue {:?}, then {:?}", self.requeue_after, other.requeue_after))
    }
}

/// Takes the annotation out that was put in to change nothing; objects carry their annotations along.
fn forget_irrelevant(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(annotations) = fields.get_mut("annotations").and_then(Value::as_object_mut)
                && annotations.remove(IRRELEVANT).is_some()
                && annotations.is_empty()
            {
                fields.remove("annotations");
            }
            fields.values_mut().for_each(forget_irrelevant);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_irrelevant),
        _ => {}
    }
}
