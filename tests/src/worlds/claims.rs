//! PersistentVolumeClaims as an API server returns them.

use super::draw::Draw;
use super::life::Life;
use super::moment::timestamp;
use super::object::{object, text};
use super::pods;
use serde_json::{Value, json};

/// The claim of a template and an ordinal, owned as the retention policy wants it (or wanted it, before it was
/// changed). `pod` is the UID of the Pod that has the ordinal, if there is one.
pub fn claim(
    draw: &mut Draw,
    life: &Life,
    template: &Value,
    ordinal: i64,
    pod: Option<&str>,
    number: usize,
) -> Value {
    let mut claim = template.clone();
    let short = template["metadata"]["name"].as_str().unwrap_or_default();
    let bound = draw.percent(80);
    let volume = format!("pv-{number}");
    {
        let metadata = &mut claim["metadata"];
        metadata["name"] = json!(format!("{short}-{}-{ordinal}", life.name));
        metadata["namespace"] = json!(life.namespace);
        metadata["uid"] = json!(uid(number));
        metadata["resourceVersion"] = json!((5_000 + number).to_string());
        metadata["creationTimestamp"] = json!(timestamp(life.now.seconds - 80_000 + number as i64));
        metadata["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
        for (key, value) in life
            .selector
            .get("matchLabels")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            metadata["labels"][key] = value.clone();
        }
        let owners = owners(life, ordinal, pod);
        if !owners.is_empty() {
            metadata["ownerReferences"] = Value::Array(owners);
        }
        if bound {
            metadata["annotations"]["pv.kubernetes.io/bind-completed"] = json!("yes");
        }
    }
    if bound {
        claim["spec"]["volumeName"] = json!(volume);
        let modes = claim["spec"]["accessModes"].clone();
        let capacity = claim["spec"]["resources"]["requests"].clone();
        claim["status"] = object([
            ("accessModes", modes),
            ("capacity", capacity),
            ("phase", text("Bound")),
        ]);
    }
    claim
}

/// The UID of the claim of this number.
pub fn uid(number: usize) -> String {
    format!("c1a10000-0000-4000-8000-{number:012}")
}

fn owners(life: &Life, ordinal: i64, pod: Option<&str>) -> Vec<Value> {
    let in_range = life.ordinals().contains(&ordinal);
    match life.retention_before {
        (false, false) => Vec::new(),
        (true, false) => vec![pods::set_reference(life)],
        (true, true) if in_range => vec![pods::set_reference(life)],
        (false, true) if in_range => Vec::new(),
        (_, true) => {
            let uid = pod.unwrap_or("b0d00000-0000-4000-8000-00000000dead");
            vec![pods::controller_reference(
                "v1",
                "Pod",
                &life.pod_name(ordinal),
                uid,
            )]
        }
    }
}
