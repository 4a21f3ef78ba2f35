//! Following one kind: a list, then a watch from there; the watch is taken up again where it broke off, and only where the server
//! has forgotten that moment (410) is the list read anew.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::Kind;
use tokio::sync::mpsc;

use crate::api::{Refusal, plural};
use crate::log;
use crate::metrics::Metrics;
use crate::server::{News, Server};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// One kind in one namespace or in all.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The kind.
    pub kind: Kind,
    /// Which of the scopes that are watched.
    pub scope: usize,
    /// The namespace; `None`: all.
    pub namespace: Option<String>,
    /// A label selector; empty: all.
    pub selector: String,
}

/// What takes in what is told.
pub trait Sink: Send + Sync + 'static {
    /// An object came to be or changed.
    fn put(&self, kind: Kind, scope: usize, object: Value);
    /// An object is gone; its last state.
    fn remove(&self, kind: Kind, scope: usize, last: &Value);
    /// A watch has come this far.
    fn bookmark(&self, kind: Kind, scope: usize, version: u64);
    /// All objects, by a list that was begun at this time and shows this version.
    fn replace(&self, kind: Kind, scope: usize, objects: Vec<Value>, at: (u64, Instant));
}

/// Follows a stream for ever. The first list is reported to `first`, with the refusal if there was one: then it ends.
pub async fn follow(
    server: Server,
    stream: Stream,
    sink: Arc<impl Sink>,
    metrics: Arc<Metrics>,
    first: mpsc::UnboundedSender<(Kind, Option<Refusal>)>,
) {
    let Stream {
        kind,
        scope,
        namespace,
        selector,
    } = &stream;
    let (kind, scope) = (*kind, *scope);
    let mut first = Some(first);
    let mut delay = FIRST;
    loop {
        let began = Instant::now();
        let mut version = match server.list(kind, namespace.as_deref(), selector).await {
            Ok(listed) => {
                let number = listed.version.parse().unwrap_or(0);
                sink.replace(kind, scope, listed.items, (number, began));
                if let Some(first) = first.take() {
                    let _ = first.send((kind, None));
                }
                metrics.watching(kind, scope, true);
                listed.version
            }
            Err(refusal) => {
                if let Some(first) = first.take() {
                    let _ = first.send((kind, Some(refusal)));
                    return;
                }
                metrics.watching(kind, scope, false);
                broken(kind, "the list", &refusal, &mut delay).await;
                continue;
            }
        };
        loop {
            let mut is_alive = false;
            let ended = {
                let tell = &mut |news: News, at: u64| {
                    is_alive |= !matches!(news, News::Begun);
                    match news {
                        News::Begun => metrics.watching(kind, scope, true),
                        News::Put(object) => sink.put(kind, scope, object),
                        News::Gone(object) => sink.remove(kind, scope, &object),
                        News::Bookmark => sink.bookmark(kind, scope, at),
                    }
                };
                server
                    .watch(kind, namespace.as_deref(), selector, &mut version, tell)
                    .await
            };
            metrics.watch_ended(kind);
            if is_alive {
                delay = FIRST;
            }
            match ended {
                Ok(()) => {
                    // A server that ends every watch at once must not be asked without a pause.
                    if !is_alive {
                        tokio::time::sleep(delay).await;
                        delay = (delay * 2).min(LONGEST);
                    }
                }
                Err(refusal) if refusal.code == 410 => {
                    log::info(
                        "the server has forgotten this moment: the list is read anew",
                        json!({"resource": plural(kind)}),
                    );
                    break;
                }
                Err(refusal) => {
                    metrics.watching(kind, scope, false);
                    broken(kind, "the watch", &refusal, &mut delay).await;
                }
            }
        }
    }
}

async fn broken(kind: Kind, what: &str, refusal: &Refusal, delay: &mut Duration) {
    let message = format!("{what} broke off: it is taken up again");
    log::warn(
        &message,
        json!({"resource": plural(kind), "error": refusal.brief(), "afterMillis": u64::try_from(delay.as_millis()).unwrap_or(0)}),
    );
    tokio::time::sleep(*delay).await;
    *delay = (*delay * 2).min(LONGEST);
}
