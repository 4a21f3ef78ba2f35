//! The API server as a client sees it: lists, watches, its version, and the CA bundles of webhook configurations.

use std::fmt;
use std::time::Duration;

use futures::StreamExt;
use hyper::Request as HttpRequest;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::params::{ListParams, WatchParams};
use kube::core::{Request, WatchEvent};
use kube::{Client, Config, Error};
use serde::de::DeserializeSeed;
use serde_json::Value;
use steadfast_core::Profile;

use crate::arguments::Arguments;
use crate::cache::{Kind, Listing, Page};
use crate::failure::{Failure, innermost, one_line};

/// How many objects are asked for at once. What is read of a page is short-lived, and large where Pods are.
const PAGE: u32 = 50;
/// After how many seconds the server is to end a watch, and by how much it may be late.
const WATCH_SECONDS: u32 = 240;
const WATCH_LATE: Duration = Duration::from_secs(15);
const REQUEST: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);

/// A connection to a cluster.
#[derive(Clone)]
pub(crate) struct Cluster {
    client: Client,
}

/// What a watch says.
pub(crate) enum Event {
    /// It has begun.
    Begun,
    /// An object came to be or changed.
    Put(Value),
    /// An object is gone.
    Gone(Value),
}

/// Why an API server did not answer as hoped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// 404: it has no such kind.
    NotServed,
    /// 410: what was said before is forgotten.
    Gone,
    /// 409 or 422: somebody else was faster.
    Conflict,
    /// Anything else.
    Other(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotServed => "the cluster does not serve this kind (404)",
            Self::Gone => "the list changed while it was read (410)",
            Self::Conflict => "somebody else changed it at the same time (409)",
            Self::Other(why) => why,
        })
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(status) => Self::of_status(status.code, &status.message),
            other => Self::Other(innermost(&other)),
        }
    }
}

impl Trouble {
    fn of_status(code: u16, message: &str) -> Self {
        match code {
            404 => Self::NotServed,
            410 => Self::Gone,
            409 | 422 => Self::Conflict,
            code => Self::Other(format!("the server answered {code}: {}", one_line(message))),
        }
    }
}

impl Cluster {
    /// The cluster that the arguments, the service account or the environment name. Nothing is asked of it yet.
    ///
    /// # Errors
    /// None is named, or what names it cannot be read.
    pub async fn of(arguments: &Arguments) -> Result<Self, Failure> {
        let options = KubeConfigOptions {
            context: arguments.context.clone(),
            ..KubeConfigOptions::default()
        };
        let source = arguments.kubeconfig.as_ref();
        let unusable = |error: &dyn fmt::Display| {
            let source = source.map_or("the kubeconfig".to_owned(), |file| format!("kubeconfig `{file}`"));
            // Below its first line a parser shows the text, which may hold keys.
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default().to_owned();
            Failure::new(format!("{source} cannot be used: {first}"))
        };
        let in_cluster = || Config::incluster().ok();
        let kubeconfig = match source {
            Some(file) => Some(Kubeconfig::read_from(file).map_err(|error| unusable(&error))?),
            None if arguments.context.is_some() => {
                Some(Kubeconfig::read().map_err(|error| unusable(&error))?)
            }
            None => None,
        };
        let mut config = match (kubeconfig, in_cluster()) {
            (None, Some(config)) => config,
            (kubeconfig, _) => {
                let kubeconfig = match kubeconfig {
                    Some(kubeconfig) => kubeconfig,
                    None => Kubeconfig::read().map_err(|_| {
                        Failure::new(
                            "there is no service account and no kubeconfig: name one with --kubeconfig, \
                             or read no cluster with --no-cluster",
                        )
                    })?,
                };
                let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
                config.map_err(|error| unusable(&error))?
            }
        };
        // The cluster that asks is near: no proxy stands between.
        config.proxy_url = None;
        config.connect_timeout = Some(CONNECT);
        // Watches are silent for long; they have a limit of their own.
        config.read_timeout = None;
        let client = Client::try_from(config)
            .map_err(|error| Failure::new(format!("the cluster cannot be asked: {}", innermost(&error))))?;
        Ok(Self { client })
    }

    /// The version of the API server, such as `1.37.1`.
    pub async fn version(&self) -> Result<String, Trouble> {
        let info = in_time(async { self.client.apiserver_version().await.map_err(Trouble::from) }).await?;
        Ok(Profile::release_of(&info.git_version).to_owned())
    }

    /// All objects of a kind, and the moment that they show.
    pub async fn list(&self, kind: &'static Kind) -> Result<(Listing, String), Trouble> {
        let request = Request::new(kind.path());
        let mut params = ListParams::default().limit(PAGE);
        let mut listing = Listing::of(kind);
        loop {
            let request = request.list(&params).map_err(unbuilt)?;
            let text =
                in_time(async { self.client.request_text(request).await.map_err(Trouble::from) }).await?;
            let mut deserializer = serde_json::Deserializer::from_str(&text);
            let metadata = Page(&mut listing).deserialize(&mut deserializer);
            let metadata =
                metadata.map_err(|error| Trouble::Other(format!("the list cannot be read: {error}")))?;
            let said = |field: &str| {
                let text = metadata.get(field).and_then(Value::as_str);
                text.filter(|text| !text.is_empty()).map(str::to_owned)
            };
            match said("continue") {
                Some(token) => params = params.continue_token(&token),
                None => return Ok((listing, said("resourceVersion").unwrap_or_default())),
            }
        }
    }

    /// Tells what happens after a moment, which moves on, until the server ends the watch.
    pub async fn watch(
        &self,
        kind: &Kind,
        version: &mut String,
        tell: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), Trouble> {
        let params = WatchParams::default().timeout(WATCH_SECONDS);
        let request = Request::new(kind.path())
            .watch(&params, version)
            .map_err(unbuilt)?;
        let events = in_time(async {
            let events = self.client.request_events::<Value>(request).await;
            events.map_err(Trouble::from)
        })
        .await?;
        tell(Event::Begun);
        let mut events = std::pin::pin!(events);
        // A connection that died without a word is given up when the server would have ended it.
        let silence = Duration::from_secs(u64::from(WATCH_SECONDS)) + WATCH_LATE;
        loop {
            let next = tokio::time::timeout(silence, events.next()).await;
            let Some(event) = next.map_err(|_| Trouble::Other("the watch fell silent".to_owned()))? else {
                return Ok(());
            };
            let (event, at) = match event? {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    let at = version_of(&object);
                    (Some(Event::Put(object)), at)
                }
                WatchEvent::Deleted(object) => {
                    let at = version_of(&object);
                    (Some(Event::Gone(object)), at)
                }
                WatchEvent::Bookmark(bookmark) => (None, Some(bookmark.metadata.resource_version)),
                WatchEvent::Error(status) => {
                    return Err(Trouble::of_status(status.code, &status.message));
                }
            };
            if let Some(at) = at {
                *version = at;
            }
            if let Some(event) = event {
                tell(event);
            }
        }
    }

    /// One object at a path.
    pub async fn read(&self, path: &str) -> Result<Value, Trouble> {
        let request = HttpRequest::get(path).body(Vec::new());
        let request = request.map_err(|error| Trouble::Other(error.to_string()))?;
        let text = in_time(async { self.client.request_text(request).await.map_err(Trouble::from) }).await?;
        serde_json::from_str(&text).map_err(|error| Trouble::Other(error.to_string()))
    }

    /// Changes an object by a JSON Patch.
    pub async fn patch(&self, path: &str, patch: &Value) -> Result<(), Trouble> {
        let request = HttpRequest::patch(path)
            .header("content-type", "application/json-patch+json")
            .body(patch.to_string().into_bytes());
        let request = request.map_err(|error| Trouble::Other(error.to_string()))?;
        in_time(async { self.client.request_text(request).await.map_err(Trouble::from) }).await?;
        Ok(())
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    match tokio::time::timeout(REQUEST, work).await {
        Ok(done) => done,
        Err(_) => Err(Trouble::Other(format!(
            "no answer within {} s",
            REQUEST.as_secs()
        ))),
    }
}

fn version_of(object: &Value) -> Option<String> {
    let version = object.pointer("/metadata/resourceVersion")?;
    version.as_str().map(str::to_owned)
}

fn unbuilt(error: kube::core::request::Error) -> Trouble {
    Trouble::Other(error.to_string())
}
