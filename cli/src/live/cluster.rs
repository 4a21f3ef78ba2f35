//! One cluster: its lists, its watches, its version.

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use kube::Client;
use kube::core::params::{ListParams, WatchParams};
use kube::core::{Request, WatchEvent};
use serde_json::Value;
use steadfast_core::{ErrorCode, Profile, Timestamp};

use super::address::Address;
use super::trouble::Trouble;
use super::{Resource, Wanted};
use crate::cli::LiveArguments;
use crate::failure::Failure;

/// How many objects are asked for at once.
const PAGE: u32 = 500;
/// How often a list is begun anew because it was forgotten half-way.
const ATTEMPTS: usize = 3;
/// After how many seconds the server is to end a watch, and by how much it may be late.
const WATCH_SECONDS: u32 = 240;
const WATCH_LATE: Duration = Duration::from_secs(15);
const REQUEST: Duration = Duration::from_secs(30);

/// A connection to a cluster.
#[derive(Clone)]
pub(super) struct Cluster {
    client: Client,
    pub(super) place: String,
    server: String,
    /// The namespace of the context.
    pub(super) namespace: String,
    limit: Duration,
}

/// A list, and the moment that it shows.
pub(super) struct Listed {
    pub(super) items: Vec<Value>,
    pub(super) version: String,
}

/// What a watch says.
pub(super) enum Event {
    Put(Value),
    Gone(Value),
    /// Nothing but how far the server has come.
    Bookmark,
}

/// The runtime on which all requests are made: this thread alone.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(work);
            // A lookup of a name may still hang in a thread of its own.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Failure::new(
            ErrorCode::Unreadable,
            format!("no requests can be made: {error}"),
        )),
    }
}

/// What time it is.
pub(super) fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Cluster {
    pub(super) async fn connect(live: &LiveArguments) -> Result<Self, Failure> {
        let Address {
            config,
            place,
            server,
        } = Address::of(live).await?;
        let namespace = config.default_namespace.clone();
        let client = Client::try_from(config).map_err(|error| {
            let why = match Trouble::from(error) {
                Trouble::NoCredentials(why) => why,
                trouble => trouble.message(),
            };
            let message = format!("the cluster at {server} cannot be asked: {why}");
            Failure::of_cluster(message)
        })?;
        let limit = live
            .request_timeout
            .map(|span| Duration::from_millis(span.millis().0));
        Ok(Self {
            client,
            place,
            server,
            namespace,
            limit: limit.filter(|limit| !limit.is_zero()).unwrap_or(REQUEST),
        })
    }

    /// The version of the API server, such as `1.37.1`.
    pub(super) async fn version(&self) -> Result<String, Trouble> {
        let info = self
            .in_time(async { self.client.apiserver_version().await.map_err(Trouble::from) })
            .await?;
        match Profile::release_of(&info.git_version) {
            "" => Ok(format!(
                "{}.{}",
                info.major,
                info.minor.trim_end_matches(|c: char| !c.is_ascii_digit())
            )),
            release => Ok(release.to_owned()),
        }
    }

    /// All objects of a kind, in pages.
    pub(super) async fn list(
        &self,
        resource: &'static Resource,
        namespace: Option<&str>,
    ) -> Result<Listed, Trouble> {
        for _ in 0..ATTEMPTS {
            match self.pages(resource, namespace).await {
                // The server keeps a list for some minutes only.
                Err(Trouble::Gone) => {}
                answer => return answer,
            }
        }
        Err(Trouble::Gone)
    }

    async fn pages(&self, resource: &'static Resource, namespace: Option<&str>) -> Result<Listed, Trouble> {
        let request = Request::new(resource.path(namespace));
        let mut params = ListParams::default().limit(PAGE);
        let mut items = Vec::new();
        loop {
            let request = request.list(&params).map_err(unbuilt)?;
            let page = self
                .in_time(async { self.client.request_text(request).await.map_err(Trouble::from) })
                .await?;
            let mut page: Value = serde_json::from_str(&page)
                .map_err(|error| Trouble::Unreadable(crate::text::one_line(&error.to_string())))?;
            let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) else {
                let what = page
                    .get("kind")
                    .and_then(Value::as_str)
                    .unwrap_or("something else");
                return Err(Trouble::Unreadable(format!(
                    "it is {}, not a list",
                    crate::text::one_line(what)
                )));
            };
            items.extend(found.into_iter().map(|item| named(resource, item)));
            let said = |field: &str| {
                let text = page
                    .pointer(&format!("/metadata/{field}"))
                    .and_then(Value::as_str);
                text.filter(|text| !text.is_empty()).map(str::to_owned)
            };
            match said("continue") {
                Some(token) => params = params.continue_token(&token),
                None => {
                    let version = said("resourceVersion").unwrap_or_default();
                    return Ok(Listed { items, version });
                }
            }
        }
    }

    /// Tells what happens after a moment, which moves on, until the server ends the watch.
    pub(super) async fn watch(
        &self,
        resource: &'static Resource,
        namespace: Option<&str>,
        version: &mut String,
        tell: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), Trouble> {
        let params = WatchParams::default().timeout(WATCH_SECONDS);
        let request = Request::new(resource.path(namespace))
            .watch(&params, version)
            .map_err(unbuilt)?;
        let events = self
            .in_time(async {
                let events = self.client.request_events::<Value>(request).await;
                events.map_err(Trouble::from)
            })
            .await?;
        let mut events = std::pin::pin!(events);
        // A connection that died without a word is given up when the server would have ended it.
        let silence = Duration::from_secs(u64::from(WATCH_SECONDS)) + WATCH_LATE;
        loop {
            let next = tokio::time::timeout(silence, events.next()).await;
            let Some(event) = next.map_err(|_| Trouble::Slow(silence))? else {
                return Ok(());
            };
            let (event, at) = match event? {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    let at = version_of(&object);
                    (Event::Put(named(resource, object)), at)
                }
                WatchEvent::Deleted(object) => {
                    let at = version_of(&object);
                    (Event::Gone(named(resource, object)), at)
                }
                WatchEvent::Bookmark(bookmark) => (Event::Bookmark, Some(bookmark.metadata.resource_version)),
                WatchEvent::Error(status) => {
                    return Err(Trouble::of_status(status.code, &status.message));
                }
            };
            if let Some(at) = at {
                *version = at;
            }
            tell(event);
        }
    }

    /// The trouble with a kind without which nothing can be said.
    pub(super) fn failure(&self, resource: &Resource, namespace: Option<&str>, trouble: &Trouble) -> Failure {
        let (server, why) = (&self.server, trouble.message());
        let message = match trouble {
            Trouble::Unreachable(_) | Trouble::Slow(_) => format!(
                "the cluster at {server} cannot be reached: {why}: is it up, and is it the one that you mean? \
                 --context and --kubeconfig choose another"
            ),
            Trouble::Unauthorized(_) => format!(
                "the cluster at {server} does not take these credentials: {why}: log in anew, or choose others with --context"
            ),
            Trouble::NoCredentials(_) => {
                format!("there are no credentials for the cluster at {server}: {why}")
            }
            Trouble::Forbidden(_) => {
                let verb = format!("kubectl auth can-i list {}", resource.plural);
                let place = match namespace.filter(|_| resource.is_namespaced) {
                    Some(namespace) => format!("{verb} -n {namespace}"),
                    None => format!("{verb} -A"),
                };
                format!(
                    "{} cannot be read in the cluster at {server}: {why}: docs/live.md has the role that is needed; \
                     `{place}` asks whether you have it",
                    resource.plural
                )
            }
            _ => format!(
                "{} cannot be read in the cluster at {server}: {why}",
                resource.plural
            ),
        };
        Failure::of_cluster(message)
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        match tokio::time::timeout(self.limit, work).await {
            Ok(done) => done,
            Err(_) => Err(Trouble::Slow(self.limit)),
        }
    }
}

impl Wanted {
    /// The namespace to read; `None`: all.
    pub(super) fn place(&self, cluster: &Cluster) -> Result<Option<String>, Failure> {
        if self.live.all_namespaces && self.namespace.is_none() {
            return Ok(None);
        }
        let namespace = self.namespace.as_ref().unwrap_or(&cluster.namespace);
        let is_label = !namespace.is_empty()
            && namespace.len() <= 63
            && namespace
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        match is_label {
            true => Ok(Some(namespace.clone())),
            false => {
                let message = format!(
                    "`{}` is no namespace: lower-case letters, digits and `-`, at most 63 of them",
                    crate::text::one_line(namespace)
                );
                Err(Failure::new(ErrorCode::Invalid, message))
            }
        }
    }
}

/// The items of a list do not say what they are.
fn named(resource: &Resource, mut object: Value) -> Value {
    if let Value::Object(entries) = &mut object {
        for (field, value) in [("apiVersion", resource.api_version), ("kind", resource.kind)] {
            entries.entry(field).or_insert_with(|| value.into());
        }
    }
    object
}

fn version_of(object: &Value) -> Option<String> {
    let version = object.pointer("/metadata/resourceVersion")?;
    version.as_str().map(str::to_owned)
}

fn unbuilt(error: kube::core::request::Error) -> Trouble {
    Trouble::Unreadable(error.to_string())
}
