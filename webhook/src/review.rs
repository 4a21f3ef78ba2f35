//! From the bytes of an AdmissionReview to the answer.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeSeed;
use serde_json::{Value, json};
use steadfast_core::admission::{Context, Operation, Request, Settings, SubResource, Verdict, review_taking};
use steadfast_core::{Error, Profile};

use crate::cache::{Cache, Keep, surroundings};

/// Which webhook is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// `/validate`: it judges and changes nothing.
    Validate,
    /// `/mutate`: it fills in what is missing and judges nothing.
    Mutate,
}

/// What comes of a body.
#[derive(Debug)]
pub enum Answer {
    /// An AdmissionReview, and what it is about.
    Review(Box<Reviewed>),
    /// A review with a UID that cannot be read: an AdmissionReview that refuses, and why.
    Unreadable(Value, String),
    /// Nothing that an AdmissionReview could answer: an HTTP status, and why.
    Refusal(u16, String),
}

/// A request that was judged.
#[derive(Debug)]
pub struct Reviewed {
    /// The AdmissionReview that answers.
    pub answer: Value,
    /// The verdict in it.
    pub verdict: Verdict,
    /// What was asked, without the objects.
    pub request: Request,
    /// How long it took.
    pub took: Duration,
}

const VERSION: &str = "admission.k8s.io/v1";

/// Answers the body of a request. Any bytes give an answer; without a cache nothing is known beside the request.
pub fn answer(
    body: &[u8],
    path: Path,
    cache: Option<&Cache>,
    settings: &Settings,
    profile: &Profile,
) -> Answer {
    let began = Instant::now();
    let mut asked = match read(body) {
        Ok(asked) => asked,
        Err(error) => return Answer::Refusal(400, format!("the body cannot be read as JSON: {error}")),
    };
    let said = |field: &str| asked.get(field).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (said("apiVersion"), said("kind"));
    if kind != "AdmissionReview" {
        return Answer::Refusal(400, format!("kind: `{}` is not AdmissionReview", short(kind)));
    }
    if version != VERSION {
        let message = format!(
            "apiVersion: AdmissionReviews of `{}` are not known here, those of {VERSION} are",
            short(version)
        );
        return Answer::Refusal(400, message);
    }
    let mut request = match Request::take(&mut asked) {
        Ok(request) => request,
        Err(error) => {
            let why = told(&error);
            let uid = asked.pointer("/request/uid").and_then(Value::as_str);
            // Without a UID there is nobody to answer.
            let Some(uid) = uid.filter(|uid| !uid.is_empty()) else {
                return Answer::Refusal(400, why);
            };
            let status = json!({"code": 400, "reason": "BadRequest", "message": why});
            let answer = json!({"apiVersion": VERSION, "kind": "AdmissionReview",
                "response": {"uid": uid, "allowed": false, "status": status}});
            return Answer::Unreadable(answer, why);
        }
    };
    drop(asked);
    let context = match cache {
        Some(cache) if is_a_change(&request) => surroundings(&request, settings, cache),
        _ => Context::default(),
    };
    let mut verdict = review_taking(&mut request, &context, settings, profile);
    match path {
        // An API server refuses a patch of a validating webhook.
        Path::Validate => verdict.patch = None,
        Path::Mutate => {
            (verdict.allowed, verdict.code) = (true, None);
            verdict.message.clear();
            verdict.warnings.clear();
            verdict.audit_annotations.clear();
            verdict.violations.clear();
        }
    }
    Answer::Review(Box::new(Reviewed {
        answer: verdict.response(&request.uid, |patch| STANDARD.encode(patch)),
        verdict,
        took: began.elapsed(),
        request,
    }))
}

/// Reads all that a decision may be about. Who wrote which fields is none of it, and the larger half of many an object.
fn read(body: &[u8]) -> serde_json::Result<Value> {
    const WRITTEN: Keep<'_> = Keep::But(&[("fieldsV1", Keep::Nothing)]);
    const METADATA: Keep<'_> = Keep::But(&[("managedFields", Keep::Each(&WRITTEN))]);
    const OBJECT: Keep<'_> = Keep::But(&[("metadata", METADATA)]);
    const REVIEW: Keep<'_> =
        Keep::But(&[("request", Keep::But(&[("object", OBJECT), ("oldObject", OBJECT)]))]);
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let review = REVIEW.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(review)
}

/// Whether anything is to be looked up: not for other kinds, nor where a set stays as it is.
fn is_a_change(request: &Request) -> bool {
    let is_same = request.operation == Operation::Update
        && request.sub_resource == SubResource::None
        && request.object.get("spec") == request.old_object.get("spec");
    request.group == "apps" && request.resource == "statefulsets" && !is_same
}

/// What is wrong, in one line.
pub(crate) fn told(error: &Error) -> String {
    match error.causes.as_slice() {
        [] => error.message.clone(),
        causes => {
            let causes: Vec<String> = causes.iter().map(ToString::to_string).collect();
            causes.join("; ")
        }
    }
}

fn short(text: &str) -> String {
    crate::failure::one_line(&text.chars().take(60).collect::<String>())
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_review_is_read_but_who_wrote_which_fields() {
        let written = json!([{"manager": "kubectl", "fieldsV1": {"f:spec": {"f:replicas": {}}}}, 5]);
        let set = json!({"metadata": {"name": "db", "managedFields": written}, "spec": {"fieldsV1": {}}});
        let mut review =
            json!({"kind": "AdmissionReview", "request": {"uid": "r", "object": set, "oldObject": set}});
        let found = read(review.to_string().as_bytes()).unwrap();
        for object in ["object", "oldObject"] {
            review["request"][object]["metadata"]["managedFields"] = json!([{"manager": "kubectl"}, 5]);
        }
        assert_eq!(found, review);
        // What has another shape is not touched.
        for odd in [
            json!([1]),
            json!(null),
            json!({"request": [{"object": 1}]}),
            json!({"request": {"object": [{}], "oldObject": {"metadata": {"managedFields": {"fieldsV1": 1}}}}}),
        ] {
            assert_eq!(read(odd.to_string().as_bytes()).unwrap(), odd);
        }
        assert!(read(b"{} {}").is_err());
    }
}
