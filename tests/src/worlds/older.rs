//! The template of a revision in other words: as an older controller or API server stored it, or as a hand wrote it.
//!
//! Upstream compares what the newest revision gives once it is restored and defaulted
//! (`stateful_set_control.go`, `setMatchesLatestExistingRevision`), so these are the same or not the same by what they
//! mean. Field names that no Kubernetes knows, or that are right but for their case, are left to the templates of the
//! canonical form: upstream drops or takes them, the core keeps them (`docs/conformance.md`).

use super::draw::Draw;
use super::object::{object, remove};
use serde_json::{Value, json};

/// A way to say the same: it answers whether there was anything to say so of.
type Saying = fn(&mut Draw, &mut Value) -> bool;

const SAYINGS: [Saying; 11] = [
    null_timestamps,
    pod_default_left_out,
    container_default_left_out,
    resources_left_out,
    quantities,
    empty_values,
    nulls,
    nested_default_left_out,
    account_alias,
    volume_default_left_out,
    null_timestamps,
];

/// Writes `creationTimestamp: null` where Kubernetes up to 1.33 wrote it.
pub fn write_null_timestamps(template: &mut Value) {
    template["metadata"]["creationTimestamp"] = Value::Null;
    for volume in list(&mut template["spec"], "volumes") {
        if let Some(claim) = volume.pointer_mut("/ephemeral/volumeClaimTemplate") {
            claim["metadata"]["creationTimestamp"] = Value::Null;
        }
    }
}

/// Says the same in other words, one to three times; answers whether it could.
pub fn say_otherwise(draw: &mut Draw, template: &mut Value) -> bool {
    let mut has_said = false;
    for _ in 0..*draw.weighted(&[(50, 1), (30, 2), (20, 3)]) {
        has_said |= draw.pick(&SAYINGS)(draw, template);
    }
    has_said
}

/// Changes something small that does change what the template means.
pub fn mean_otherwise(draw: &mut Draw, template: &mut Value) -> bool {
    let spec = &mut template["spec"];
    match draw.below(12) {
        0 => spec["terminationGracePeriodSeconds"] = json!(31),
        1 => spec["affinity"] = json!({"podAntiAffinity": {}}),
        2 => spec["dnsPolicy"] = json!("Default"),
        3 => spec["containers"][0]["securityContext"] = json!({"privileged": false}),
        4 => spec["containers"][0]["resources"] = json!({"requests": {"cpu": "101m"}}),
        5 => spec["containers"][0]["imagePullPolicy"] = json!("Always"),
        6 => spec["containers"][0]["env"] = json!([{"name": "NEARLY", "value": " "}]),
        7 => spec["hostUsers"] = json!(false),
        8 => spec["shareProcessNamespace"] = json!(false),
        9 => template["metadata"]["annotations"] = json!({"example.com/nearly": ""}),
        10 => spec["containers"][0]["livenessProbe"] = json!({"httpGet": {"port": 80}}),
        _ => spec["nodeSelector"] = json!({"kubernetes.io/os": ""}),
    }
    true
}

/// The items of a list, none where there is no list.
fn list<'a>(owner: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> {
    owner
        .get_mut(field)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

fn container<'a>(draw: &mut Draw, template: &'a mut Value) -> Option<&'a mut Value> {
    let containers = template["spec"].get_mut("containers")?.as_array_mut()?;
    let index = draw.index(containers.len())?;
    containers.get_mut(index)
}

/// Takes a field away if it has this value, which defaulting gives back.
fn leave_out(owner: &mut Value, field: &str, value: &Value) -> bool {
    let is_default = owner.get(field) == Some(value);
    if is_default {
        remove(owner, field);
    }
    is_default
}

fn null_timestamps(_: &mut Draw, template: &mut Value) -> bool {
    write_null_timestamps(template);
    true
}

fn pod_default_left_out(draw: &mut Draw, template: &mut Value) -> bool {
    let defaults = [
        ("dnsPolicy", json!("ClusterFirst")),
        ("restartPolicy", json!("Always")),
        ("schedulerName", json!("default-scheduler")),
        ("securityContext", json!({})),
        ("terminationGracePeriodSeconds", json!(30)),
    ];
    let (field, value) = draw.pick(&defaults);
    leave_out(&mut template["spec"], field, value)
}

fn container_default_left_out(draw: &mut Draw, template: &mut Value) -> bool {
    let defaults = [
        ("imagePullPolicy", json!("IfNotPresent")),
        ("terminationMessagePath", json!("/dev/termination-log")),
        ("terminationMessagePolicy", json!("File")),
    ];
    let (field, value) = draw.pick(&defaults);
    container(draw, template).is_some_and(|container| leave_out(container, field, value))
}

fn resources_left_out(draw: &mut Draw, template: &mut Value) -> bool {
    container(draw, template).is_some_and(|container| leave_out(container, "resources", &json!({})))
}

/// The same amounts in other units.
fn quantities(draw: &mut Draw, template: &mut Value) -> bool {
    let same = |amount: &str| match amount {
        "100m" => Some(json!("0.1")),
        "1" => Some(json!("1000m")),
        "1500m" => Some(json!("1.5")),
        "64Mi" => Some(json!("65536Ki")),
        "1Gi" => Some(json!("1024Mi")),
        "128974848" => Some(json!(128_974_848)),
        _ => None,
    };
    let Some(container) = container(draw, template) else {
        return false;
    };
    let mut has_said = false;
    for kind in ["limits", "requests"] {
        let amounts = container["resources"]
            .get_mut(kind)
            .and_then(Value::as_object_mut);
        for amount in amounts.into_iter().flat_map(|amounts| amounts.values_mut()) {
            if let Some(other) = amount.as_str().and_then(same) {
                *amount = other;
                has_said = true;
            }
        }
    }
    has_said
}

/// Empty values that Go leaves out.
fn empty_values(draw: &mut Draw, template: &mut Value) -> bool {
    let empties = [
        ("hostNetwork", json!(false)),
        ("nodeName", json!("")),
        ("initContainers", json!([])),
        ("tolerations", json!([])),
        ("nodeSelector", json!({})),
        ("hostAliases", json!([])),
    ];
    let (field, value) = draw.pick(&empties);
    let spec = &mut template["spec"];
    if spec.get(*field).is_some() {
        return false;
    }
    spec[*field] = value.clone();
    true
}

fn nulls(draw: &mut Draw, template: &mut Value) -> bool {
    let fields = [
        "affinity",
        "volumes",
        "priority",
        "overhead",
        "hostUsers",
        "os",
        "ephemeralContainers",
    ];
    let field = *draw.pick(&fields);
    let spec = &mut template["spec"];
    if spec.get(field).is_some() {
        return false;
    }
    spec[field] = Value::Null;
    true
}

fn nested_default_left_out(draw: &mut Draw, template: &mut Value) -> bool {
    let Some(container) = container(draw, template) else {
        return false;
    };
    let mut has_said = false;
    for port in list(container, "ports") {
        has_said |= leave_out(port, "protocol", &json!("TCP"));
    }
    for variable in list(container, "env") {
        if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
            has_said |= leave_out(field, "apiVersion", &json!("v1"));
        } else if variable.get("value").is_none() {
            variable["value"] = json!("");
            has_said = true;
        }
    }
    if let Some(probe) = container.get_mut("readinessProbe") {
        let (field, value) = *draw.pick(&[
            ("periodSeconds", 10),
            ("failureThreshold", 3),
            ("timeoutSeconds", 1),
        ]);
        has_said |= leave_out(probe, field, &json!(value));
        if let Some(get) = probe.get_mut("httpGet") {
            has_said |= leave_out(get, "scheme", &json!("HTTP"));
            has_said |= leave_out(get, "path", &json!("/"));
        }
    }
    has_said
}

/// The old name of `serviceAccountName` goes with it.
fn account_alias(draw: &mut Draw, template: &mut Value) -> bool {
    let robot = json!("robot");
    let spec = &mut template["spec"];
    if spec.get("serviceAccount") != Some(&robot) || spec.get("serviceAccountName") != Some(&robot) {
        return false;
    }
    remove(spec, ["serviceAccount", "serviceAccountName"][draw.below(2)]);
    true
}

fn volume_default_left_out(_: &mut Draw, template: &mut Value) -> bool {
    let mut has_said = false;
    for volume in list(&mut template["spec"], "volumes") {
        has_said |= leave_out(volume, "emptyDir", &json!({}));
        if let Some(source) = volume.get_mut("configMap") {
            has_said |= leave_out(source, "defaultMode", &json!(420));
        }
        if let Some(claim) = volume.pointer_mut("/ephemeral/volumeClaimTemplate") {
            has_said |= leave_out(&mut claim["spec"], "volumeMode", &json!("Filesystem"));
            if claim["metadata"] == object([]) {
                remove(claim, "metadata");
            }
        }
    }
    has_said
}
