//! One question, answered by upstream and by the core: what differs, part by part.

use std::collections::BTreeSet;

use serde_json::Value;
use steadfast_core::validation::Verdict;
use steadfast_core::{Error, Profile, RevisionData, revision_name};

use super::question::Question;
use super::rules::{Rule, is_of_pod};
use crate::templates::unequal;

/// What two answers have shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// Upstream's decoder refuses it; nothing else is compared then.
    pub is_refused: bool,
    /// Only one side's decoder refuses it.
    pub decode: Option<String>,
    /// Upstream answered with something else than a list of errors: not compared.
    pub is_outside: bool,
    /// Upstream panics, which an API server answers with 500: there is nothing to be compared with.
    pub is_panic: bool,
    pub object: Option<String>,
    pub revision: Option<String>,
    /// Errors outside of the Pod template's spec, and those in it.
    pub set: Sides,
    pub pod: Sides,
    /// Unknown fields.
    pub strict: Sides,
    /// All other warnings. Upstream gives them only beside no error, so they are compared only there.
    pub warnings: Sides,
    /// The same warnings in another order.
    pub is_disordered: bool,
}

/// What the two sides said, as rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sides {
    /// What upstream said, whether the core said it, too.
    pub theirs: Vec<(Rule, bool)>,
    /// What only the core said.
    pub only_ours: Vec<Rule>,
}

impl Sides {
    pub fn agree(&self) -> bool {
        self.only_ours.is_empty() && self.theirs.iter().all(|(_, is_ours)| *is_ours)
    }
}

impl Compared {
    /// Whether nothing differs.
    pub fn agrees(&self) -> bool {
        let sides = [&self.set, &self.pod, &self.strict, &self.warnings];
        self.decode.is_none()
            && self.object.is_none()
            && self.revision.is_none()
            && !self.is_disordered
            && sides.iter().all(|sides| sides.agree())
    }
}

/// Compares the two answers.
///
/// # Errors
/// A sentence, where upstream's is none.
pub fn compare(
    question: &Question,
    theirs: &Value,
    ours: &Result<Verdict, Error>,
    profile: &Profile,
) -> Result<Compared, String> {
    let mut compared = Compared::default();
    match theirs.get("crash").and_then(Value::as_str) {
        Some(crash) if crash.starts_with("panic: ") => {
            compared.is_panic = true;
            return Ok(compared);
        }
        Some(crash) => return Err(format!("upstream: {crash}")),
        None => {}
    }
    let ours = match (theirs.get("decodeError"), ours) {
        (Some(_), Err(_)) => {
            compared.is_refused = true;
            return Ok(compared);
        }
        (Some(error), Ok(_)) => {
            compared.is_refused = true;
            compared.decode = Some(format!("only upstream refuses it: {error}"));
            return Ok(compared);
        }
        (None, Err(error)) => {
            compared.decode = Some(format!("only the core refuses it: {error}"));
            return Ok(compared);
        }
        (None, Ok(ours)) => ours,
    };
    if theirs.get("refused").is_some() {
        compared.is_outside = true;
        return Ok(compared);
    }
    let our_object = plain(question, &ours.object);
    compared.object = match theirs.get("digest") {
        Some(recorded) => {
            (*recorded != digest(&our_object)).then(|| "object: another one than was recorded".to_owned())
        }
        None => unequal(&our_object, &plain(question, &theirs["object"]), "object"),
    };
    compared.revision = revision(question, &ours.object, theirs, profile);
    errors(theirs, ours, claims(&our_object), &mut compared);
    warnings(theirs, ours, &mut compared);
    Ok(compared)
}

/// What stands for an object in a recording: the hash FNV-1a of its JSON, in hexadecimal digits.
pub fn digest(object: &Value) -> String {
    let text = object.to_string();
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The object without what chance and the clock put into a created one.
pub fn plain(question: &Question, object: &Value) -> Value {
    let mut object = object.clone();
    if question.old.is_none()
        && let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut)
    {
        metadata.remove("uid");
        metadata.remove("creationTimestamp");
        if is_generated(question) {
            metadata.remove("name");
        }
    }
    object
}

fn is_generated(question: &Question) -> bool {
    let text = |field: &str| question.new["metadata"][field].as_str().unwrap_or_default();
    text("name").is_empty() && !text("generateName").is_empty()
}

fn revision(question: &Question, object: &Value, theirs: &Value, profile: &Profile) -> Option<String> {
    if theirs.get("revisionError").is_some() || (question.old.is_none() && is_generated(question)) {
        return None;
    }
    let is_first = profile.kubernetes().starts_with("1.33");
    let data = RevisionData::of_template(&object["spec"]["template"], is_first);
    let set = object["metadata"]["name"].as_str().unwrap_or_default();
    let ours = revision_name(set, &data.hash(0));
    let theirs = theirs["revision"].as_str().unwrap_or_default();
    (ours != theirs).then(|| format!("revision: {ours} here, {theirs} upstream"))
}

/// How many volumes claim templates make: one for each name.
pub fn claims(object: &Value) -> usize {
    let templates = object["spec"]["volumeClaimTemplates"].as_array();
    let names = templates
        .into_iter()
        .flatten()
        .map(|template| template["metadata"]["name"].as_str().unwrap_or_default());
    names.collect::<BTreeSet<&str>>().len()
}

/// Upstream puts the volumes of claim templates first, in random order: which of them it is cannot be compared.
fn without_chance(path: &str, claims: usize) -> String {
    let index = path
        .strip_prefix(VOLUMES)
        .and_then(|rest| rest.split_once(']'))
        .and_then(|(index, rest)| Some((index.parse::<usize>().ok()?, rest)));
    match index {
        Some((index, rest)) if claims > 1 && index < claims => format!("{VOLUMES}0]{rest}"),
        _ => path.to_owned(),
    }
}

const VOLUMES: &str = "spec.template.spec.volumes[";

fn errors(theirs: &Value, ours: &Verdict, claims: usize, compared: &mut Compared) {
    let kind = |cause: &steadfast_core::Cause| match serde_json::to_value(cause.kind) {
        Ok(Value::String(kind)) => kind,
        _ => String::new(),
    };
    // As sets: until 1.36 upstream says of the metadata on update what it said before.
    let ours = ours.errors.iter().map(|cause| {
        let path = without_chance(&cause.field, claims);
        (path, kind(cause), cause.detail.clone())
    });
    let mut left: Vec<(String, String, String)> = ours.collect::<BTreeSet<_>>().into_iter().collect();
    let text = |error: &Value, field: &str| error[field].as_str().unwrap_or_default().to_owned();
    let theirs = theirs["errors"].as_array().into_iter().flatten().map(|error| {
        let path = without_chance(&text(error, "field"), claims);
        (path, text(error, "type"), text(error, "detail"))
    });
    for one in theirs.collect::<BTreeSet<_>>() {
        let at = left.iter().position(|ours| *ours == one);
        if let Some(at) = at {
            left.swap_remove(at);
        }
        let side = if is_of_pod(&one.0) {
            &mut compared.pod
        } else {
            &mut compared.set
        };
        side.theirs
            .push((Rule::of_error(&one.0, &one.1, &one.2), at.is_some()));
    }
    for (field, kind, detail) in left {
        let side = if is_of_pod(&field) {
            &mut compared.pod
        } else {
            &mut compared.set
        };
        side.only_ours.push(Rule::of_error(&field, &kind, &detail));
    }
}

fn warnings(theirs: &Value, ours: &Verdict, compared: &mut Compared) {
    let theirs: Vec<&str> = theirs["warnings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let ours: Vec<&str> = ours.warnings.iter().map(String::as_str).collect();
    let (their_strict, theirs): (Vec<&str>, Vec<&str>) = theirs.into_iter().partition(|text| is_strict(text));
    let (our_strict, ours): (Vec<&str>, Vec<&str>) = ours.into_iter().partition(|text| is_strict(text));
    compared.strict = sides(&their_strict, &our_strict);
    if compared.has_upstream_errors() {
        return;
    }
    compared.warnings = sides(&theirs, &ours);
    compared.is_disordered = compared.warnings.agree() && theirs != ours;
}

impl Compared {
    fn has_upstream_errors(&self) -> bool {
        !self.set.theirs.is_empty() || !self.pod.theirs.is_empty()
    }
}

fn is_strict(warning: &str) -> bool {
    warning.starts_with("unknown field \"") || warning.starts_with("duplicate field \"")
}

fn sides(theirs: &[&str], ours: &[&str]) -> Sides {
    let mut left = ours.to_vec();
    let mut sides = Sides::default();
    for text in theirs {
        let at = left.iter().position(|ours| ours == text);
        if let Some(at) = at {
            left.swap_remove(at);
        }
        sides.theirs.push((Rule::of_warning(text), at.is_some()));
    }
    sides.only_ours = left.into_iter().map(Rule::of_warning).collect();
    sides
}
