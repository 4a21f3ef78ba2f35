//! The API server, asked through kube's client with opaque JSON.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use http::Method;
use kube::core::WatchEvent;
use kube::{Client, Config};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use steadfast_core::{Kind, Profile};
use tokio::sync::Semaphore;

use crate::api::{Answer, Api, Refusal, Verb, Write, path, plural};
use crate::lease::Leadership;
use crate::metrics::Metrics;
use crate::object::named;

/// The first words of the user agent, by which managedFields and audit logs know who wrote.
pub const AGENT: &str = "steadfast-controller";

const CONNECT: Duration = Duration::from_secs(10);
const REQUEST: Duration = Duration::from_secs(30);
/// How many objects are asked for at once.
const PAGE: u32 = 500;
/// After how many seconds the server is to end a watch, and how late it may be.
const WATCH_SECONDS: u32 = 420;
const WATCH_LATE: Duration = Duration::from_secs(15);

/// A connection to an API server.
#[derive(Clone)]
pub struct Server {
    client: Client,
    /// Its address, for messages.
    pub address: String,
    metrics: Arc<Metrics>,
    /// As many requests at a time as there are permits: the client speaks HTTP/1, a connection a request.
    permits: Arc<Semaphore>,
    /// Nothing is written without it, where there is one.
    leadership: Option<Arc<Leadership>>,
}

/// A list, and the moment that it shows.
#[derive(Debug)]
pub struct Listed {
    /// The objects.
    pub items: Vec<Value>,
    /// The resourceVersion.
    pub version: String,
}

/// What a watch says.
#[derive(Debug)]
pub enum News {
    /// The server has begun to tell.
    Begun,
    /// An object came to be or changed.
    Put(Value),
    /// An object is gone; its last state.
    Gone(Value),
    /// How far the watch has come.
    Bookmark,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    metadata: WrittenMetadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WrittenMetadata {
    resource_version: String,
    uid: String,
    deletion_timestamp: Option<String>,
}

impl Server {
    /// A connection; nothing is asked yet.
    ///
    /// # Errors
    /// The configuration cannot be used.
    pub fn connect(mut config: Config, metrics: Arc<Metrics>, requests: usize) -> Result<Self, String> {
        config.connect_timeout = Some(CONNECT);
        // Watches are silent for long; every other request is timed by itself.
        config.read_timeout = None;
        config.write_timeout = Some(REQUEST);
        // A refusal is the executor's matter.
        config.default_retry = false;
        let agent = format!("{AGENT}/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
        let agent = http::HeaderValue::from_str(&agent).map_err(|error| error.to_string())?;
        config.headers.push((http::header::USER_AGENT, agent));
        let address = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let client = Client::try_from(config).map_err(|error| {
            format!(
                "the API server at {address} cannot be asked: {}",
                innermost(&error)
            )
        })?;
        Ok(Self {
            client,
            address,
            metrics,
            permits: Arc::new(Semaphore::new(requests.max(1))),
            leadership: None,
        })
    }

    /// The same, but that it writes only while there is leadership.
    #[must_use]
    pub fn led_by(mut self, leadership: Arc<Leadership>) -> Self {
        self.leadership = Some(leadership);
        self
    }

    /// The version of the API server, such as `1.37.1`.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn version(&self) -> Result<String, Refusal> {
        let info: Value = self.ask(Method::GET, "/version", None).await?;
        Ok(Profile::release_of(crate::object::text(&info, "/gitVersion")).to_owned())
    }

    /// All objects of a kind that a label selector selects, in pages.
    ///
    /// # Errors
    /// It does not answer, or refuses.
    pub async fn list(&self, kind: Kind, namespace: Option<&str>, selector: &str) -> Result<Listed, Refusal> {
        let base = format!(
            "{}?limit={PAGE}{}",
            path(kind, namespace, None),
            selection(selector)
        );
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let path = match token.is_empty() {
                true => base.clone(),
                false => format!("{base}&continue={}", escaped(&token)),
            };
            let answer: Result<Value, Refusal> = self.ask(Method::GET, &path, None).await;
            self.metrics.asked(
                "list",
                plural(kind),
                answer.as_ref().err().map_or(200, |refusal| refusal.code),
            );
            let mut page = answer?;
            let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) else {
                return Err(Refusal::unanswered(format!(
                    "the list of {} is none",
                    plural(kind)
                )));
            };
            items.extend(found.into_iter().map(|item| {
                let mut item = named(kind, item);
                if kind != Kind::StatefulSet {
                    crate::object::without_managed_fields(&mut item);
                }
                item
            }));
            token = crate::object::text(&page, "/metadata/continue").to_owned();
            if token.is_empty() {
                let version = crate::object::text(&page, "/metadata/resourceVersion").to_owned();
                return Ok(Listed { items, version });
            }
        }
    }

    /// Tells what happens after a moment, which moves on, until the server ends the watch.
    ///
    /// # Errors
    /// 410 where the moment is forgotten; the connection is lost; or it refuses.
    pub async fn watch(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        selector: &str,
        version: &mut String,
        tell: &mut (dyn FnMut(News, u64) + Send),
    ) -> Result<(), Refusal> {
        let path = format!(
            "{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}&resourceVersion={version}{}",
            path(kind, namespace, None),
            selection(selector)
        );
        let request = built(Method::GET, &path, None)?;
        let events = tokio::time::timeout(REQUEST, self.client.request_events::<Value>(request));
        let events = events.await.map_err(|_| slow())?.map_err(refusal_of);
        self.metrics.asked(
            "watch",
            plural(kind),
            events.as_ref().err().map_or(200, |refusal| refusal.code),
        );
        let mut events = std::pin::pin!(events?);
        tell(News::Begun, 0);
        // A connection that died without a word is given up when the server would have ended it.
        let silence = Duration::from_secs(u64::from(WATCH_SECONDS)) + WATCH_LATE;
        loop {
            let next = tokio::time::timeout(silence, events.next())
                .await
                .map_err(|_| slow())?;
            let Some(event) = next else { return Ok(()) };
            let (news, at) = match event.map_err(refusal_of)? {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    let at = crate::object::text(&object, "/metadata/resourceVersion").to_owned();
                    (News::Put(named(kind, object)), at)
                }
                WatchEvent::Deleted(object) => {
                    let at = crate::object::text(&object, "/metadata/resourceVersion").to_owned();
                    (News::Gone(named(kind, object)), at)
                }
                WatchEvent::Bookmark(bookmark) => (News::Bookmark, bookmark.metadata.resource_version),
                WatchEvent::Error(status) => {
                    return Err(Refusal {
                        code: status.code,
                        reason: status.reason,
                        message: status.message,
                    });
                }
            };
            let number = at.parse().unwrap_or(0);
            if !at.is_empty() {
                *version = at;
            }
            tell(news, number);
        }
    }

    /// Makes one request with JSON in and out.
    ///
    /// # Errors
    /// It does not answer in time, or refuses.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, &Value)>,
    ) -> Result<T, Refusal> {
        let request = built(method, path, body)?;
        let _permit = self.permits.acquire().await;
        match tokio::time::timeout(REQUEST, self.client.request::<T>(request)).await {
            Ok(answer) => answer.map_err(refusal_of),
            Err(_) => Err(slow()),
        }
    }
}

impl Api for Server {
    async fn write(&self, write: Write) -> Result<Answer, Refusal> {
        if self
            .leadership
            .as_ref()
            .is_some_and(|leadership| !leadership.is_held())
        {
            return Err(Refusal::unanswered(
                "the lease is not held any more: nothing is written",
            ));
        }
        let Write {
            kind,
            namespace,
            name,
            verb,
        } = &write;
        let of = |name: Option<&str>| path(*kind, Some(namespace), name);
        let json = "application/json";
        let answer: Result<Written, Refusal> = match verb {
            Verb::Create(object) => self.ask(Method::POST, &of(None), Some((json, object))).await,
            Verb::Update(object) => self.ask(Method::PUT, &of(Some(name)), Some((json, object))).await,
            Verb::UpdateStatus(object) => {
                let path = format!("{}/status", of(Some(name)));
                self.ask(Method::PUT, &path, Some((json, object))).await
            }
            Verb::Patch(patch) => {
                let body = Some(("application/strategic-merge-patch+json", patch));
                self.ask(Method::PATCH, &of(Some(name)), body).await
            }
            Verb::Delete { uid } => {
                let mut options = json!({"kind": "DeleteOptions", "apiVersion": "v1"});
                if let (Some(uid), Value::Object(options)) = (uid, &mut options) {
                    options.insert("preconditions".to_owned(), json!({ "uid": uid }));
                }
                self.ask(Method::DELETE, &of(Some(name)), Some((json, &options)))
                    .await
            }
        };
        self.metrics.asked(
            verb.name(),
            plural(*kind),
            answer.as_ref().err().map_or(200, |refusal| refusal.code),
        );
        let written = answer?;
        let is_object = written.kind != "Status";
        Ok(Answer {
            version: written.metadata.resource_version.parse().unwrap_or(0),
            uid: written.metadata.uid,
            is_terminating: is_object && written.metadata.deletion_timestamp.is_some(),
        })
    }

    async fn read(&self, kind: Kind, namespace: &str, name: &str) -> Result<Option<Value>, Refusal> {
        let answer: Result<Value, Refusal> = self
            .ask(Method::GET, &path(kind, Some(namespace), Some(name)), None)
            .await;
        self.metrics.asked(
            "get",
            plural(kind),
            answer.as_ref().err().map_or(200, |refusal| refusal.code),
        );
        match answer {
            Ok(object) => Ok(Some(named(kind, object))),
            Err(refusal) if refusal.code == 404 => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

fn built(
    method: Method,
    path: &str,
    body: Option<(&str, &Value)>,
) -> Result<http::Request<Vec<u8>>, Refusal> {
    let mut request = http::Request::builder().method(method).uri(path);
    let mut bytes = Vec::new();
    if let Some((content, body)) = body {
        request = request.header(http::header::CONTENT_TYPE, content);
        bytes = serde_json::to_vec(body).map_err(|error| Refusal::unanswered(error.to_string()))?;
    }
    request
        .body(bytes)
        .map_err(|error| Refusal::unanswered(format!("no request can be made of `{path}`: {error}")))
}

fn selection(selector: &str) -> String {
    match selector {
        "" => String::new(),
        selector => format!("&labelSelector={}", escaped(selector)),
    }
}

/// Percent-encoding of all but what never needs it.
fn escaped(text: &str) -> String {
    use std::fmt::Write;
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(byte.into()),
            byte => drop(write!(escaped, "%{byte:02X}")),
        }
    }
    escaped
}

fn slow() -> Refusal {
    Refusal::unanswered(format!("no answer within {} s", REQUEST.as_secs()))
}

fn refusal_of(error: kube::Error) -> Refusal {
    match error {
        kube::Error::Api(status) => Refusal {
            code: status.code,
            reason: status.reason,
            message: status.message,
        },
        other => Refusal::unanswered(innermost(&other)),
    }
}

/// The last error of a chain, which says what happened and not what could therefore not be done.
pub fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    for _ in 0..16 {
        match last.source() {
            Some(source) => last = source,
            None => break,
        }
    }
    let text = last.to_string();
    let text = text
        .split_once(" (os error")
        .map_or(text.as_str(), |(before, _)| before);
    text.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_and_tokens_are_escaped_in_urls() {
        assert_eq!(selection(""), "");
        assert_eq!(
            selection("tier in (a,b)"),
            "&labelSelector=tier%20in%20%28a%2Cb%29"
        );
    }
}
