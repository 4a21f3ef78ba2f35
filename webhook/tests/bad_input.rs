//! Whatever comes over the wire gets a status and a reason, in bounded time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod serving;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use serving::{HOST, Webhook, ask, scaling_in, set};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn what_is_no_review_gets_a_status_that_says_why() {
    let webhook = Webhook::start("").await;
    let of_version = |version: &str| {
        let mut review = scaling_in();
        review["apiVersion"] = json!(version);
        review.to_string()
    };
    let without = |field: &str| {
        let mut review = scaling_in();
        review["request"].as_object_mut().unwrap().remove(field);
        review.to_string()
    };
    let deep = |depth: usize| {
        let nest = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        scaling_in().to_string().replace("\"hunter2\"", &nest)
    };
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "the body cannot be read as JSON"),
        ("{".to_owned(), "the body cannot be read as JSON"),
        ("[]".to_owned(), "kind: `` is not AdmissionReview"),
        ("null".to_owned(), "kind: `` is not AdmissionReview"),
        (
            json!({"kind": "Pod"}).to_string(),
            "kind: `Pod` is not AdmissionReview",
        ),
        (
            of_version("admission.k8s.io/v1beta1"),
            "AdmissionReviews of `admission.k8s.io/v1beta1` are not known here",
        ),
        (of_version(""), "AdmissionReviews of `` are not known here"),
        (
            json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}).to_string(),
            "request: Required value",
        ),
        (
            json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": []})
                .to_string(),
            "request: Invalid value",
        ),
        (without("uid"), "request.uid: Required value"),
        (
            scaling_in().to_string().replace("\"r-1\"", "7"),
            "request.uid: Invalid value",
        ),
        (deep(200), "recursion limit exceeded"),
        (deep(200_000), "recursion limit exceeded"),
        (format!("{}}}", scaling_in()), "trailing characters"),
        (
            "\u{feff}".to_owned() + &scaling_in().to_string(),
            "the body cannot be read as JSON",
        ),
    ];
    for (body, says) in cases {
        let (code, status) = webhook.post("/validate", body.clone()).await;
        let body: String = body.chars().take(80).collect();
        assert_eq!(code, 400, "{body}: {status}");
        assert_eq!(
            (&status["kind"], &status["reason"]),
            (&json!("Status"), &json!("BadRequest"))
        );
        let message = status["message"].as_str().unwrap();
        assert!(message.contains(says), "{body}: {message}");
    }
    // Bytes that are no UTF-8.
    let (code, _) = webhook.post("/validate", vec![b'"', 0xff, b'"']).await;
    assert_eq!(code, 400);
}

#[tokio::test]
async fn a_request_with_a_uid_that_cannot_be_read_is_refused_in_a_review_of_that_uid() {
    let webhook = Webhook::start("").await;
    let without = |field: &str| {
        let mut review = scaling_in();
        review["request"].as_object_mut().unwrap().remove(field);
        review
    };
    for (review, says) in [
        (without("operation"), "request.operation: Required value"),
        (without("resource"), "request.resource.resource: Required value"),
        (without("object"), "request.object: Required value"),
        (without("oldObject"), "request.oldObject: Required value"),
        (
            ask("UPDATE", "", json!("text"), set(3)),
            "request.object: Invalid value",
        ),
    ] {
        let response = webhook.review(&review).await;
        assert_eq!(
            (&response["uid"], &response["allowed"]),
            (&json!("r-1"), &json!(false))
        );
        assert_eq!(response["status"]["code"], 400);
        let message = response["status"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
}

#[tokio::test]
async fn what_is_not_known_or_old_is_let_through() {
    let webhook = Webhook::start("").await;
    let with = |field: &str, value: Value| {
        let mut review = scaling_in();
        review["request"][field] = value;
        review
    };
    let pods = json!({"group": "", "version": "v1", "resource": "pods"});
    let mut newer = scaling_in();
    newer["request"]["futureField"] = json!({"a": [1, null]});
    newer["request"]["object"]["spec"]["replicas"] = json!(3);
    for review in [
        with("resource", pods),
        with("operation", json!("CONNECT")),
        with("operation", json!("EXPLODE")),
        with("subResource", json!("status")),
        newer,
    ] {
        let response = webhook.review(&review).await;
        assert_eq!(
            (&response["uid"], &response["allowed"]),
            (&json!("r-1"), &json!(true)),
            "{review}"
        );
        assert_eq!(response.get("status"), None);
    }
    // A set that is none is said to be none, and not held up: the API server knows better.
    let odd = ask(
        "UPDATE",
        "",
        json!({"spec": {"replicas": "many", "template": 7}}),
        set(3),
    );
    let response = webhook.review(&odd).await;
    assert_eq!(response["allowed"], true);
    assert!(
        response["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("not judged: "),
        "{response}"
    );
    // Before 1.15 a deletion brings no object along: the stored set is looked up.
    let response = webhook.review(&ask("DELETE", "", Value::Null, Value::Null)).await;
    assert_eq!(response["allowed"], false);
}

#[tokio::test]
async fn paths_methods_and_content_types_are_told_apart() {
    let webhook = Webhook::start("").await;
    let mut client = webhook.connect().await;
    for (kind, code) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("application/yaml", 415),
        ("text/plain", 415),
        ("", 415),
        ("application/jsonp", 415),
    ] {
        let mut client = webhook.connect().await;
        let (found, answer) = client.post("/validate", kind, scaling_in().to_string()).await;
        assert_eq!(found, code, "{kind}: {answer}");
    }
    assert_eq!(client.post("/", "application/json", "{}").await.0, 404);
    assert_eq!(client.post("/validate/", "application/json", "{}").await.0, 404);
    assert_eq!(client.post("/metrics", "application/json", "{}").await.0, 405);
    // API servers say how long they wait.
    assert_eq!(
        webhook
            .post("/validate?timeout=5s", scaling_in().to_string())
            .await
            .0,
        200
    );
    assert_eq!(webhook.read("/validate").await.0, 405);
    assert_eq!(webhook.read("/healthz").await, (200, "ok\n".to_owned()));
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused_before_it_is_read() {
    let webhook = Webhook::start("server: {bodyLimit: 64Ki}").await;
    let (code, status) = webhook.post("/validate", vec![b' '; 65_537]).await;
    assert_eq!(code, 413);
    assert_eq!(
        status["message"],
        "the body is longer than the 65536 bytes that are taken"
    );
    // One that claims to be huge is refused although nothing of it comes.
    let mut stream = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
    let head = format!(
        "POST /validate HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(until_end(&mut stream).await.starts_with("HTTP/1.1 413"));
    // One in pieces is refused once it is too long.
    let mut stream = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
    let head = format!(
        "POST /validate HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let piece = format!("1000\r\n{}\r\n", " ".repeat(4096));
    for _ in 0..17 {
        if stream.write_all(piece.as_bytes()).await.is_err() {
            break;
        }
    }
    assert!(until_end(&mut stream).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn slow_clients_are_cut_off_and_hold_nobody_up() {
    let webhook =
        Webhook::start("server: {headerTimeout: 300ms, requestTimeout: 400ms, bodyBudget: 8Mi}").await;
    let began = Instant::now();
    // Nothing of a handshake at all.
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(tokio::net::TcpStream::connect(webhook.address).await.unwrap());
    }
    // Headers that come letter by letter, and bodies that never come.
    let (mut headers, mut bodies) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let mut stream = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
        stream
            .write_all(b"POST /validate HTTP/1.1\r\nx-a: ")
            .await
            .unwrap();
        headers.push(stream);
        let mut stream = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
        let head = format!(
            "POST /validate HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        bodies.push(stream);
    }
    // The others are answered meanwhile.
    assert_eq!(webhook.review(&scaling_in()).await["allowed"], false);
    for mut stream in silent {
        let mut byte = [0];
        let read = tokio::time::timeout(LIMIT, stream.read(&mut byte)).await.unwrap();
        assert!(matches!(read, Ok(0) | Err(_)), "the handshake was waited for");
    }
    for mut stream in headers {
        // Some letters more do not put it off.
        let _ = stream.write_all(b"b").await;
        let answer = until_end(&mut stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
    for mut stream in bodies {
        let answer = until_end(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("the body did not come within 400 ms"), "{answer}");
    }
    assert!(began.elapsed() < LIMIT);
    assert!(
        webhook
            .state
            .metrics
            .text(None, None, &steadfast_webhook::log::Log::silent())
            .contains("handshakes_failed_total 50")
    );
}

#[tokio::test]
async fn what_is_no_http_ends_the_connection_and_nothing_else() {
    let webhook = Webhook::start("").await;
    for bytes in [
        &b"GET / HTTP/9.9\r\n\r\n"[..],
        b"\0\0\0\0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /validate HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /validate HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"POST /validate HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\nZZ\r\n",
    ] {
        let mut stream = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let _ = stream.shutdown().await;
        let answer = until_end(&mut stream).await;
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{}: {answer}", String::from_utf8_lossy(bytes));
    }
    // Plain text where TLS is spoken.
    let mut plain = tokio::net::TcpStream::connect(webhook.address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(LIMIT, plain.read_to_end(&mut answer))
        .await
        .unwrap();
    assert!(!answer.starts_with(b"HTTP"));
    // Headers without end.
    let mut stream = webhook.tls(&webhook.authority, b"http/1.1").await.unwrap();
    let long = format!("GET /healthz HTTP/1.1\r\nx-a: {}\r\n\r\n", "a".repeat(100_000));
    let _ = stream.write_all(long.as_bytes()).await;
    let answer = until_end(&mut stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    assert_eq!(webhook.review(&scaling_in()).await["allowed"], false);
}

/// What comes until the server closes.
async fn until_end(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut answer = Vec::new();
    // An end without TLS' farewell is an end too.
    let _ = tokio::time::timeout(LIMIT, stream.read_to_end(&mut answer))
        .await
        .expect("the connection was left open");
    String::from_utf8_lossy(&answer).into_owned()
}
