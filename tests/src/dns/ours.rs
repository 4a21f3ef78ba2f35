//! What the core answers to a world's questions.

use serde_json::{Value, json};
use steadfast_core::Observation;
use steadfast_core::dns::{Answer, Kind, Outcome, PodRecords, Record, Settings, Zone, lookup, zone};

use super::compare::Reply;

/// The replies, in the order of the questions.
///
/// # Errors
/// A world that the core does not read, or that is no world.
pub fn ours(world: &Value) -> Result<Vec<Reply>, String> {
    let zone = zone_of(world)?;
    let questions = world["questions"].as_array().ok_or("there are no questions")?;
    questions.iter().map(|question| reply(&zone, question)).collect()
}

/// The zone of a world.
///
/// # Errors
/// As [`ours`].
pub fn zone_of(world: &Value) -> Result<Zone, String> {
    let mut settings = Settings::default();
    settings.cluster_domain = world["clusterDomain"].as_str().unwrap_or_default().to_owned();
    settings.ttl = world["ttl"]
        .as_u64()
        .and_then(|ttl| u32::try_from(ttl).ok())
        .ok_or("there is no ttl")?;
    settings.pods = match world["podRecords"].as_str() {
        Some("disabled") => PodRecords::Disabled,
        Some("insecure") => PodRecords::Insecure,
        Some("verified") => PodRecords::Verified,
        _ => return Err("podRecords is none of the three".to_owned()),
    };
    settings.endpoint_pod_names = world["endpointPodNames"] == true;
    let texts = |field: &str| {
        world[field]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    };
    settings.namespaces = texts("namespaces").map(str::to_owned).collect();
    let nodes: Vec<Value> = texts("nodes")
        .map(|name| json!({"metadata": {"name": name}}))
        .collect();
    let mut observation = json!({"services": world["services"], "pods": world["pods"], "nodes": nodes});
    if let Some(slices) = world.get("endpointSlices") {
        observation["endpointSlices"] = slices.clone();
    }
    let observation = Observation::of_value(observation).map_err(|error| error.to_string())?;
    zone(&observation, &settings).map_err(|error| error.to_string())
}

fn reply(zone: &Zone, question: &Value) -> Result<Reply, String> {
    let name = question["name"].as_str().ok_or("a question has no name")?;
    let kind = question["kind"]
        .as_str()
        .and_then(Kind::parse)
        .ok_or("a question has no kind")?;
    let size = question["size"]
        .as_u64()
        .and_then(|size| u16::try_from(size).ok())
        .unwrap_or(0);
    let answer = lookup(zone, name, kind);
    let mut reply = Reply {
        code: match answer.outcome {
            Outcome::Answered | Outcome::NoData => "NOERROR",
            Outcome::NxDomain => "NXDOMAIN",
            _ => "FORWARDED",
        }
        .to_owned(),
        answer: answer.records.iter().map(text).collect(),
        additional: answer.additional.iter().map(text).collect(),
        denial_ttl: answer.denial_ttl,
        truncated: false,
    };
    if size > 0 {
        cut(&mut reply, &answer, size);
    }
    Ok(reply)
}

fn cut(reply: &mut Reply, answer: &Answer, size: u16) {
    let fit = answer.fit(size);
    reply.answer.truncate(fit.records);
    reply.additional.truncate(fit.additional);
    reply.truncated = fit.is_truncated;
}

/// A record as the program writes it.
fn text(record: &Record) -> String {
    let dot = if matches!(record.kind, Kind::A | Kind::Aaaa) {
        ""
    } else {
        "."
    };
    format!(
        "{}. {} {} {}{dot}",
        record.name,
        record.ttl,
        record.kind.name(),
        record.data
    )
}
