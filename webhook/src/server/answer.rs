//! Requests: which path, whether the body may be read, and the answer.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};
use serde_json::{Value, json};
use steadfast_core::admission::{Operation, SubResource};

use super::State;
use crate::config::Logged;
use crate::review::{self, Answer, Path, Reviewed};

type Reply = Response<Full<Bytes>>;

/// Answers one request, whatever it is.
pub(super) async fn answer(request: Request<Incoming>, state: Arc<State>) -> Result<Reply, Infallible> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = match request.uri().path() {
        "/validate" => Path::Validate,
        "/mutate" => Path::Mutate,
        "/healthz" | "/livez" if is_read => return Ok(text(StatusCode::OK, "ok\n".to_owned())),
        "/readyz" if is_read => {
            return Ok(match state.unready() {
                None => text(StatusCode::OK, "ok\n".to_owned()),
                Some(why) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
            });
        }
        "/metrics" if is_read => {
            let page = state
                .metrics
                .text(state.cache.as_deref(), state.certificates.expiry(), &state.log);
            return Ok(text(StatusCode::OK, page));
        }
        "/healthz" | "/livez" | "/readyz" | "/metrics" => {
            return Ok(refusal(
                &state,
                405,
                "this path is read by GET",
                Some("GET, HEAD"),
            ));
        }
        _ => {
            let message = "there is no such path: /validate, /mutate, /healthz, /readyz and /metrics are";
            return Ok(refusal(&state, 404, message, None));
        }
    };
    if request.method() != Method::POST {
        return Ok(refusal(
            &state,
            405,
            "an AdmissionReview comes by POST",
            Some("POST"),
        ));
    }
    let is_old = request.version() < Version::HTTP_2;
    let mut reply = match review(request, path, &state).await {
        Ok(reply) => reply,
        Err((code, message)) => {
            let mut reply = refusal(&state, code, &message, None);
            // What is left of the body is not worth reading.
            if is_old && matches!(code, 408 | 413 | 415 | 503) {
                reply
                    .headers_mut()
                    .insert(CONNECTION, HeaderValue::from_static("close"));
            }
            reply
        }
    };
    reply
        .headers_mut()
        .insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    Ok(reply)
}

async fn review(request: Request<Incoming>, path: Path, state: &Arc<State>) -> Result<Reply, (u16, String)> {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let kind: String = kind.chars().take(60).collect();
        return Err((
            415,
            format!("content-type: `{kind}` is not known here, application/json is"),
        ));
    }
    let limit = state.server.body_limit;
    let too_large = || {
        (
            413,
            format!("the body is longer than the {limit} bytes that are taken"),
        )
    };
    let said = request.headers().get(CONTENT_LENGTH);
    let length = said.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let length = length.or_else(|| request.body().size_hint().exact()?.try_into().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let share = u32::try_from((length.unwrap_or(limit) >> 10) + 1).unwrap_or(u32::MAX);
    let share = share.min(u32::try_from(state.server.body_budget >> 10).unwrap_or(u32::MAX));
    let within = state.server.request_timeout;
    let read = async {
        let held = state.budget.acquire_many(share).await;
        let body = Limited::new(request.into_body(), limit).collect().await;
        (body.map(http_body_util::Collected::to_bytes), held)
    };
    let Ok((body, held)) = tokio::time::timeout(within, read).await else {
        let why = format!("the body did not come within {} ms", within.as_millis());
        return Err((408, why));
    };
    let body = match body {
        Ok(body) => body,
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
        Err(error) => return Err((400, format!("the body broke off: {error}"))),
    };
    let profile = state.profile();
    let answer = review::answer(&body, path, state.cache.as_deref(), &state.settings, &profile);
    drop((body, held));
    match answer {
        Answer::Review(reviewed) => {
            note(&reviewed, path, state);
            Ok(json_reply(StatusCode::OK, &reviewed.answer))
        }
        Answer::Unreadable(answer, why) => {
            let fields = json!({"uid": answer.pointer("/response/uid"), "error": why});
            state
                .log
                .write("warn", "a review cannot be read, and is refused", fields);
            state.metrics.refused(200);
            Ok(json_reply(StatusCode::OK, &answer))
        }
        Answer::Refusal(code, why) => Err((code, why)),
    }
}

/// Counts a review and writes it down: what was decided and why, nothing of the objects.
fn note(reviewed: &Reviewed, path: Path, state: &State) {
    let (request, verdict) = (&reviewed.request, &reviewed.verdict);
    let operation = match request.operation {
        Operation::Create => "CREATE",
        Operation::Update => "UPDATE",
        Operation::Delete => "DELETE",
        _ => "OTHER",
    };
    let sub_resource = match request.sub_resource {
        SubResource::None => "",
        SubResource::Scale => "scale",
        _ => "other",
    };
    let (word, allowed) = match verdict.allowed {
        true => ("allowed", "true"),
        false => ("denied", "false"),
    };
    let path = match path {
        Path::Validate => "validate",
        Path::Mutate => "mutate",
    };
    state
        .metrics
        .reviewed([operation, sub_resource, allowed, path], verdict, reviewed.took);
    let is_written = match state.server.log {
        Logged::All => true,
        Logged::Objections => !verdict.violations.is_empty() || !verdict.allowed,
        Logged::None => false,
    };
    if !is_written {
        return;
    }
    let mut fields = json!({
        "uid": request.uid, "namespace": request.namespace, "name": request.name, "resource": request.resource,
        "operation": operation, "decision": word, "micros": u64::try_from(reviewed.took.as_micros()).unwrap_or(u64::MAX),
    });
    if let Value::Object(fields) = &mut fields {
        let mut add = |field: &str, value: Value| fields.insert(field.to_owned(), value);
        if !sub_resource.is_empty() {
            add("subresource", sub_resource.into());
        }
        if request.dry_run {
            add("dryRun", true.into());
        }
        if path == "mutate" {
            add("patched", verdict.patch.is_some().into());
        }
        for (name, value) in &verdict.audit_annotations {
            add(
                if name == "allowed" {
                    "allowedBy"
                } else {
                    "policies"
                },
                value.as_str().into(),
            );
        }
    }
    state.log.write("info", "review", fields);
}

/// A Status, which API servers show to their users.
fn refusal(state: &State, code: u16, message: &str, allow: Option<&'static str>) -> Reply {
    state.metrics.refused(code);
    let reason = match code {
        404 => "NotFound",
        405 => "MethodNotAllowed",
        408 => "Timeout",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        _ => "BadRequest",
    };
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code,
        "message": message});
    let mut reply = json_reply(
        StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST),
        &status,
    );
    if let Some(allow) = allow {
        reply.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    }
    reply
}

fn json_reply(status: StatusCode, value: &Value) -> Reply {
    reply(status, "application/json", value.to_string())
}

fn text(status: StatusCode, text: String) -> Reply {
    reply(status, "text/plain; version=0.0.4; charset=utf-8", text)
}

fn reply(status: StatusCode, kind: &'static str, text: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(text)));
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}
