//! One set, brought into canonical form by the core and by upstream, compared in everything that upstream says.

use serde_json::{Value, json};
use steadfast_core::canonical::{UnknownFields, canonical, normal_template, restored_template};
use steadfast_core::{Profile, RevisionData, revision_name, to_go_json};

/// What differs, as a sentence; nothing where all is alike. `data` is a revision's data that upstream was given too;
/// an answer without `normal`, `data` or `restored` is compared in the rest.
///
/// # Errors
/// A sentence, where upstream's answer is none.
pub fn difference(
    set: &Value,
    data: Option<&Value>,
    profile: &Profile,
    answer: &Value,
) -> Result<Option<String>, String> {
    if let Some(crash) = answer.get("crash") {
        return Err(format!("upstream: {crash}"));
    }
    let template = &set["spec"]["template"];
    let ours = canonical(set, profile);
    if let Some(error) = answer.get("error") {
        return Ok(match ours {
            Ok(_) => Some(format!("upstream refuses it: {error}")),
            Err(_) => None,
        });
    }
    let ours = match ours {
        Ok(ours) => ours,
        Err(error) => return Ok(Some(format!("only the core refuses it: {error}"))),
    };
    if let Some(place) = unequal(&ours, &answer["object"], "object") {
        return Ok(Some(place));
    }
    let normal =
        normal_template(template, profile, UnknownFields::Drop).map_err(|error| error.to_string())?;
    let theirs = answer.get("normal").map(|set| &set["spec"]["template"]);
    if let Some(place) = theirs.and_then(|theirs| unequal(&normal, theirs, "normal.spec.template")) {
        return Ok(Some(place));
    }
    let stored = &ours["spec"]["template"];
    let bytes = RevisionData::of_template(stored, profile.kubernetes().starts_with("1.33"));
    let theirs = answer.get("data").map(|data| json!(text(&to_go_json(data))));
    if let Some(place) = theirs.and_then(|theirs| unequal(&json!(text(bytes.bytes())), &theirs, "data")) {
        return Ok(Some(place));
    }
    let name = revision_name(
        set["metadata"]["name"].as_str().unwrap_or_default(),
        &bytes.hash(0),
    );
    if let Some(place) = unequal(&json!(name), &answer["revision"], "revision") {
        return Ok(Some(place));
    }
    let Some(data) = data else { return Ok(None) };
    restored_difference(data, &bytes, profile, answer)
}

fn restored_difference(
    data: &Value,
    proposed: &RevisionData,
    profile: &Profile,
    answer: &Value,
) -> Result<Option<String>, String> {
    let restored = restored_template(&data["spec"]["template"], profile, UnknownFields::Drop);
    let restored = match (restored, answer.get("restoreError")) {
        (Err(_), Some(_)) => return Ok(None),
        (Err(error), None) => return Ok(Some(format!("only the core does not restore it: {error}"))),
        (Ok(_), Some(error)) => return Ok(Some(format!("only upstream does not restore it: {error}"))),
        (Ok(restored), None) => restored,
    };
    let bytes = RevisionData::of_template(&restored, profile.kubernetes().starts_with("1.33"));
    let theirs = answer.get("restored").map(|data| json!(text(&to_go_json(data))));
    if let Some(place) = theirs.and_then(|theirs| unequal(&json!(text(bytes.bytes())), &theirs, "restored")) {
        return Ok(Some(place));
    }
    let is_same = to_go_json(data) == proposed.bytes();
    let has_gate = profile.is_enabled(steadfast_core::Gate::StatefulSetSemanticRevisionComparison);
    let means_the_same = has_gate && bytes.bytes() == proposed.bytes();
    let is_revised = !(is_same || means_the_same);
    Ok(unequal(&json!(is_revised), &answer["isRevised"], "isRevised"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first place where the two differ.
pub(crate) fn unequal(ours: &Value, theirs: &Value, at: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
            names.sort();
            names.dedup();
            names
                .iter()
                .find_map(|name| match (ours.get(*name), theirs.get(*name)) {
                    (Some(ours), Some(theirs)) => unequal(ours, theirs, &format!("{at}.{name}")),
                    (ours, theirs) => {
                        let shown = |value: Option<&Value>| value.map_or("absent".into(), Value::to_string);
                        Some(format!(
                            "{at}.{name}: {} here, {} upstream",
                            shown(ours),
                            shown(theirs)
                        ))
                    }
                })
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            let pairs = ours.iter().zip(theirs).enumerate();
            pairs
                .into_iter()
                .find_map(|(index, (ours, theirs))| unequal(ours, theirs, &format!("{at}[{index}]")))
        }
        _ if ours == theirs => None,
        // A float may be written as an integer on the other side.
        (Value::Number(ours), Value::Number(theirs)) if ours.as_f64() == theirs.as_f64() => None,
        _ => Some(format!("{at}: {ours} here, {theirs} upstream")),
    }
}
