//! What becomes of the claims.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{Error, Ordinal};

use super::missing;
use crate::forecast::{Forecast, ForecastInput};
use crate::view;
use crate::volumes::size;

/// A claim of the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecreatedClaim {
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub fate: ClaimFate,
    /// What it has and the new template would not give it.
    pub keeps: Vec<KeptField>,
}

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum ClaimFate {
    /// It stays, and an ordinal of the new set has it.
    Kept,
    /// It stays, and no ordinal of the new set has it.
    Left,
    /// It is new, and empty.
    Created,
    /// It goes with its data.
    Deleted,
}

/// A field in which a claim stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct KeptField {
    /// Which, such as `spec.resources.requests.storage`.
    pub field: String,
    /// What the claim has.
    pub has: String,
    /// What the new template says.
    pub asks: String,
}

/// The set of the dump, and of the manifests.
pub(super) fn both(input: &ForecastInput) -> Result<(&Value, &Value), Error> {
    let is_set = |object: &&Value| {
        view::text(*object, &["kind"]) == Some("StatefulSet") && is_chosen(input.set.as_deref(), object)
    };
    let new = input.objects.iter().rev().find(is_set);
    let new = new.ok_or_else(|| missing("the manifest has no StatefulSet to make anew".to_owned()))?;
    let name = full_name(new);
    let is_same =
        |object: &&Value| view::text(*object, &["kind"]) == Some("StatefulSet") && full_name(object) == name;
    let old = input.observed.iter().rev().find(is_same);
    let old = old.ok_or_else(|| {
        missing(format!(
            "StatefulSet `{name}` is not among what the cluster holds: there is nothing to make anew"
        ))
    })?;
    Ok((old, new))
}

/// Each claim of the set.
pub(super) fn of(
    input: &ForecastInput,
    old: &Value,
    new: &Value,
    forecast: &Forecast,
) -> Vec<RecreatedClaim> {
    let names = &forecast.claim_names;
    let namespace = namespace(old);
    let find = |name: &str| {
        input.observed.iter().find(|object| {
            view::text(*object, &["kind"]) == Some("PersistentVolumeClaim")
                && view::text(*object, &["metadata", "name"]) == Some(name)
                && self::namespace(object) == namespace
        })
    };
    let mut claims = Vec::new();
    for name in &names.kept {
        let template = template_of(new, name);
        let keeps = match (template, find(name)) {
            (Some(template), Some(claim)) => kept_fields(claim, template),
            _ => Vec::new(),
        };
        let fate = if template.is_some() {
            ClaimFate::Kept
        } else {
            ClaimFate::Left
        };
        claims.push(RecreatedClaim {
            name: name.clone(),
            fate,
            keeps,
        });
    }
    for (names, fate) in [
        (&names.created, ClaimFate::Created),
        (&names.deleted, ClaimFate::Deleted),
    ] {
        claims.extend(names.iter().map(|name| RecreatedClaim {
            name: name.clone(),
            fate,
            keeps: Vec::new(),
        }));
    }
    claims
}

/// The claim template that a name is made from, where an ordinal of the set has it.
fn template_of<'a>(set: &'a Value, claim: &str) -> Option<&'a Value> {
    let start = view::number(set, &["spec", "ordinals", "start"]).and_then(|n| u64::try_from(n).ok());
    let replicas = view::number(set, &["spec", "replicas"]).map_or(Some(1), |n| u64::try_from(n).ok())?;
    let start = start.unwrap_or(0);
    let ordinal = steadfast_core::membership(claim)?.ordinal?;
    if !(start..start.saturating_add(replicas)).contains(&ordinal.number()) {
        return None;
    }
    let name = view::text_or_empty(set, &["metadata", "name"]);
    let templates = view::items(set, &["spec", "volumeClaimTemplates"]);
    templates.iter().find(|template| {
        let template = view::text_or_empty(*template, &["metadata", "name"]);
        Ordinal::new(ordinal.number()).claim_name(template, name).as_str() == claim
    })
}

fn kept_fields(claim: &Value, template: &Value) -> Vec<KeptField> {
    let mut kept = Vec::new();
    let mut add = |field: &str, has: String, asks: String| {
        kept.push(KeptField {
            field: field.to_owned(),
            has,
            asks,
        });
    };
    let storage = ["spec", "resources", "requests", "storage"];
    if let (Some(has), Some(asks)) = (view::text(claim, &storage), view::text(template, &storage))
        && size::bytes(has) != size::bytes(asks)
    {
        add("spec.resources.requests.storage", has.to_owned(), asks.to_owned());
    }
    for field in ["storageClassName", "volumeMode"] {
        let (has, asks) = (
            view::text(claim, &["spec", field]),
            view::text(template, &["spec", field]),
        );
        if let (Some(has), Some(asks)) = (has, asks)
            && has != asks
        {
            add(&format!("spec.{field}"), has.to_owned(), asks.to_owned());
        }
    }
    let modes = |object: &Value| {
        let modes = view::items(object, &["spec", "accessModes"])
            .iter()
            .filter_map(Value::as_str);
        let mut modes: Vec<&str> = modes.collect();
        modes.sort_unstable();
        modes.join(", ")
    };
    if modes(claim) != modes(template) {
        add("spec.accessModes", modes(claim), modes(template));
    }
    kept
}

fn is_chosen(chosen: Option<&str>, object: &Value) -> bool {
    let Some(chosen) = chosen else {
        return true;
    };
    chosen == full_name(object) || chosen == view::text_or_empty(object, &["metadata", "name"])
}

fn full_name(object: &Value) -> String {
    format!(
        "{}/{}",
        namespace(object),
        view::text_or_empty(object, &["metadata", "name"])
    )
}

fn namespace(object: &Value) -> &str {
    let own = view::text(object, &["metadata", "namespace"]).filter(|own| !own.is_empty());
    own.unwrap_or("default")
}
