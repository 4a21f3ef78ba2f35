//! From the bytes of an AdmissionReview to the answer.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::admission::{Context, Operation, Request, Settings, SubResource, Verdict, review};
use steadfast_core::{Error, Profile};

use crate::cache::{Cache, surroundings};

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
    /// What was asked.
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
    let mut asked: Value = match serde_json::from_slice(body) {
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
    let request = match Request::take(&mut asked) {
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
    let mut verdict = review(&request, &context, settings, profile);
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
        answer: verdict.response(&request.uid, base64),
        verdict,
        took: began.elapsed(),
        request,
    }))
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

/// RFC 4648, with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: [char; 64] = {
        let text = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut letters = ['='; 64];
        let mut at = 0;
        while at < 64 {
            #[allow(clippy::indexing_slicing, reason = "at compile time, and below 64")]
            {
                letters[at] = text[at] as char;
            }
            at += 1;
        }
        letters
    };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_usize, |word, at| {
            word << 8 | usize::from(chunk.get(at).copied().unwrap_or(0))
        });
        for digit in 0..4 {
            let letter = LETTERS.get(word >> (18 - 6 * digit) & 63).copied().unwrap_or('=');
            text.push(if digit <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_pads_as_rfc_4648_shows() {
        let shown = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(
            shown,
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
        );
    }
}
