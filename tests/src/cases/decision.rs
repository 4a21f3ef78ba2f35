//! A case of the first kind: a world, and what the plan for it is under one or several versions of Kubernetes.

use serde_json::{Value, json};
use steadfast_core::explain::DiagnosisCode;
use steadfast_core::{Plan, Profile};

use super::diagnosed;
use super::narrative::{self, Shown};
use super::shorthand::{Manifests, World, expand};
use crate::conformance::decide;

/// One version of Kubernetes that a case speaks of.
pub struct Version {
    /// As it is written, such as `1.37` or `1.37 with StatefulSetRecreateStrategy=true`.
    pub written: String,
    /// What it stands for. Semantic comparison of revisions is off unless the case says otherwise: what is equal by
    /// bytes is what the cases are about.
    pub profile: Profile,
}

/// The text of the case: the plan, or the plans of all versions that are compared.
///
/// # Errors
/// A sentence that says what of the input cannot be read.
pub fn text(input: &Value) -> Result<String, String> {
    let is_compared = input.get("compare").is_some();
    let shown = shown(input)?;
    let mut sections: Vec<(Vec<String>, String)> = Vec::new();
    for version in versions(input)? {
        let world = expand(input, &version.profile)?;
        let plan = plan(&world, &version.profile)?;
        let text = match input.get("explain") {
            Some(codes) if input.get("change").is_some() => {
                changed(input, &world, &diagnosed::asked(codes)?, &version.profile)?
            }
            Some(codes) => {
                let codes = diagnosed::asked(codes)?;
                diagnosed::text(&world.observation, &codes, &version.profile)?
            }
            None => {
                let real = |s: &Shown| Shown {
                    name: world.names.real(&s.name),
                    ..s.clone()
                };
                narrative::of_plan(&plan, &shown.iter().map(real).collect::<Vec<Shown>>())
            }
        };
        let text = world.names.in_words(&text);
        match sections.last_mut().filter(|(_, earlier)| *earlier == text) {
            Some((versions, _)) => versions.push(version.written),
            None => sections.push((vec![version.written], text)),
        }
    }
    if !is_compared {
        return Ok(sections.into_iter().map(|(_, text)| text).collect());
    }
    let section = |(versions, text): (Vec<String>, String)| {
        let indented: String = text.lines().map(|line| format!("  {line}\n")).collect();
        format!("Kubernetes {}\n{indented}", versions.join(", "))
    };
    Ok(sections.into_iter().map(section).collect())
}

/// What is said of a change of the set: `change` is laid over `set`. Where there are revisions, the old set is a stored one.
fn changed(
    input: &Value,
    world: &World,
    asked: &[DiagnosisCode],
    profile: &Profile,
) -> Result<String, String> {
    let templates = input.get("templates").cloned().unwrap_or_else(|| json!({}));
    let manifests = Manifests::of(templates);
    let old = input.get("set").cloned().unwrap_or_else(|| json!({}));
    let mut new = old.clone();
    for (field, value) in input["change"]
        .as_object()
        .ok_or("change takes a mapping, as set does")?
    {
        new[field] = value.clone();
    }
    let stored = &world.observation["statefulSet"];
    let stored = input.get("revisions").map(|_| stored);
    diagnosed::of_change(
        (&manifests.set(&old)?, stored),
        &manifests.set(&new)?,
        asked,
        profile,
    )
}

/// The plan for the world, which must not depend on the order of any list.
fn plan(world: &World, profile: &Profile) -> Result<Plan, String> {
    let plan = decide(&world.observation, profile)?;
    let mut reversed = world.observation.clone();
    for list in reversed
        .as_object_mut()
        .into_iter()
        .flatten()
        .filter_map(|(_, value)| value.as_array_mut())
    {
        list.reverse();
    }
    if decide(&reversed, profile)? != plan {
        return Err("the plan changes with the order of the lists".to_owned());
    }
    Ok(plan)
}

/// The versions of the case: `kubernetes`, or each of `compare`, or the newest.
pub fn versions(input: &Value) -> Result<Vec<Version>, String> {
    let one = input.get("kubernetes").cloned().unwrap_or_else(|| "1.37".into());
    let written = match input.get("compare") {
        Some(Value::Array(versions)) => versions.clone(),
        Some(_) => return Err("compare takes a list of versions".to_owned()),
        None => vec![one],
    };
    written.iter().map(Version::parse).collect()
}

/// A version as it is written, with the gates that it has of its own.
pub fn version(written: &Value) -> Result<Profile, String> {
    let written = written
        .as_str()
        .ok_or("kubernetes takes a version such as `1.37.1`")?;
    let (version, gates) = written.split_once(" with ").unwrap_or((written, ""));
    let profile: Profile = version
        .parse()
        .map_err(|error: steadfast_core::Error| error.to_string())?;
    profile.with_gates(gates).map_err(|error| error.to_string())
}

impl Version {
    fn parse(written: &Value) -> Result<Self, String> {
        // YAML reads 1.37 as a number.
        let written = written
            .as_str()
            .map_or_else(|| written.to_string(), str::to_owned);
        let profile = version(&Value::String(written.clone()))?;
        Ok(Self { written, profile })
    }
}

fn shown(input: &Value) -> Result<Vec<Shown>, String> {
    let one = |value: &Value| {
        let text = value
            .as_str()
            .ok_or("show takes `NAME` or `NAME PATH`, or a list of those")?;
        let (name, path) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Shown {
            name: name.to_owned(),
            path: path.to_owned(),
        })
    };
    match input.get("show") {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => list.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}
