//! The taints of a node that is not ready, and how long Pods bear them.

use serde_json::{Value, json};
use steadfast_core::Timestamp;
use steadfast_core::observed::Document;

use super::{NOT_READY, UNREACHABLE};
use crate::component::World;
use crate::scheduler::selector::{Taint, Toleration};
use crate::store::Write;
use crate::view;
use crate::volumes::drop_version;

/// For how many milliseconds from now a Pod with these tolerations may stay; `None` is for ever.
///
/// The API server gives every Pod tolerations of 300 seconds for the two taints of nodes that are not ready
/// (`defaulttolerationseconds`); for Pods that lack them `evictionAfter` stands in.
pub(super) fn patience(
    taint: &(Taint, Option<Timestamp>),
    tolerations: &[Toleration],
    world: &World<'_>,
) -> Option<u64> {
    let (taint, since) = taint;
    let mut fitting = tolerations
        .iter()
        .filter(|toleration| toleration.is_for(taint))
        .peekable();
    let span = if fitting.peek().is_some() {
        let seconds = fitting.filter_map(|toleration| toleration.seconds).min()?;
        u64::try_from(seconds).unwrap_or_default().saturating_mul(1000)
    } else if matches!(taint.key.as_str(), UNREACHABLE | NOT_READY) {
        world.settings.eviction_after.millis().0
    } else {
        return Some(0);
    };
    let passed = since.map_or(0, |since| {
        world.wall.millis().saturating_sub(since.millis()).max(0)
    });
    Some(span.saturating_sub(u64::try_from(passed).unwrap_or_default()))
}

pub(super) fn taints(node: &dyn Document) -> Vec<(Taint, Option<Timestamp>)> {
    let times = view::items(node, &["spec", "taints"]).iter();
    let times = times.map(|taint| view::text(taint, &["timeAdded"]).and_then(Timestamp::parse));
    Taint::of_node(node)
        .into_iter()
        .zip(times)
        .filter(|(taint, _)| taint.effect == "NoExecute")
        .collect()
}

/// The node with the two taints of `key`, and without the others that this controller sets.
pub(super) fn retaint(node: &dyn Document, key: Option<&str>, wall: Timestamp) -> Write {
    let mut node = node.whole().clone();
    drop_version(&mut node);
    let kept = view::items(&node, &["spec", "taints"]).iter();
    let kept = kept.filter(|taint| !matches!(view::text(taint, &["key"]), Some(UNREACHABLE | NOT_READY)));
    let mut taints: Vec<Value> = kept.cloned().collect();
    if let Some(key) = key {
        let wall = wall.whole_seconds();
        taints.push(json!({"key": key, "effect": "NoSchedule", "timeAdded": wall}));
        taints.push(json!({"key": key, "effect": "NoExecute", "timeAdded": wall}));
    }
    if let Some(node) = node.as_object_mut() {
        let spec = node.entry("spec").or_insert_with(|| json!({}));
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("taints".to_owned(), Value::Array(taints));
        }
    }
    Write::Update(node)
}
