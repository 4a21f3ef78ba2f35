//! A world at another time. Up to Kubernetes 1.35.0 the controller reads the real clock, so a world that it is asked
//! about has to lie around the present, and away from the second in which minReadySeconds have passed.

use super::World;
use super::moment::{seconds_of, timestamp};
use serde_json::{Value, json};

/// How far from the boundary a Pod's readiness is moved, in seconds: longer than any question takes.
const MARGIN: i64 = 120;

impl World {
    /// The same world with `now` at this second since 1970; a fraction that `now` has is kept.
    pub fn placed_at(&self, seconds: i64) -> Self {
        let mut placed = self.clone();
        let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
        let now = text(&self.observation["now"]);
        let (whole, fraction) = now.trim_end_matches('Z').split_once('.').unwrap_or((&now, ""));
        let Some(then) = seconds_of(whole) else {
            return placed;
        };
        for list in [
            "statefulSet",
            "pods",
            "persistentVolumeClaims",
            "controllerRevisions",
        ] {
            shift(&mut placed.observation[list], seconds - then);
        }
        let placed_now = timestamp(seconds);
        placed.observation["now"] = match fraction {
            "" => json!(placed_now),
            fraction => json!(format!("{}.{fraction}Z", placed_now.trim_end_matches('Z'))),
        };
        let wait = placed.observation["statefulSet"]["spec"]["minReadySeconds"].as_i64();
        for pod in placed.observation["pods"].as_array_mut().into_iter().flatten() {
            keep_away(pod, seconds - wait.unwrap_or_default());
        }
        placed
    }
}

/// Timestamps stand under names that end so; templates and revision data hold none.
fn shift(value: &mut Value, by: i64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Object(fields) => {
            for (name, field) in fields
                .iter_mut()
                .filter(|(name, _)| *name != "template" && *name != "data")
            {
                let is_time = name.ends_with("Timestamp") || name.ends_with("Time");
                match field.as_str().filter(|_| is_time).and_then(seconds_of) {
                    Some(seconds) => *field = json!(timestamp(seconds + by)),
                    None => shift(field, by),
                }
            }
        }
        _ => {}
    }
}

/// Ready at `edge` is available this very second: earlier stays earlier, later stays later.
fn keep_away(pod: &mut Value, edge: i64) {
    let conditions = pod
        .pointer_mut("/status/conditions")
        .and_then(Value::as_array_mut);
    for condition in conditions
        .into_iter()
        .flatten()
        .filter(|one| one["type"] == "Ready")
    {
        let since = &mut condition["lastTransitionTime"];
        if let Some(seconds) = since.as_str().and_then(seconds_of) {
            match seconds - edge {
                distance if distance.abs() >= MARGIN => {}
                ..=0 => *since = json!(timestamp(seconds - MARGIN)),
                _ => *since = json!(timestamp(seconds + MARGIN)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::world;
    use super::*;

    fn ready_since(world: &World) -> Vec<i64> {
        let pods = world.observation["pods"].as_array().cloned().unwrap_or_default();
        let ready = |pod: &Value| {
            pod["status"]["conditions"]
                .as_array()?
                .iter()
                .find(|one| one["type"] == "Ready")
                .and_then(|one| seconds_of(one["lastTransitionTime"].as_str()?))
        };
        pods.iter().filter_map(ready).collect()
    }

    #[test]
    fn now_is_the_given_second_and_nobody_is_near_the_edge_of_availability() {
        let mut seen = 0;
        for seed in 0..2_000 {
            let placed = world(seed).placed_at(1_800_000_000);
            assert!(
                placed.observation["now"]
                    .as_str()
                    .is_some_and(|now| now.starts_with("2027-01-15T08:00:00"))
            );
            let wait = placed.observation["statefulSet"]["spec"]["minReadySeconds"]
                .as_i64()
                .unwrap_or(0);
            for since in ready_since(&placed) {
                seen += 1;
                assert!(
                    (since - (1_800_000_000 - wait)).abs() >= MARGIN,
                    "seed {seed}: ready since {since}"
                );
            }
        }
        assert!(seen > 1_000);
    }

    #[test]
    fn only_times_change() {
        let (before, after) = (world(3), world(3).placed_at(1_800_000_000));
        let names = |world: &World| world.observation.to_string().len();
        assert_ne!(before, after);
        assert_eq!(names(&before), names(&after));
        assert_eq!(
            before.observation["statefulSet"]["spec"],
            after.observation["statefulSet"]["spec"]
        );
    }
}
