//! Keeping the cache as the cluster is: a list, then a watch, for ever.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;

use super::{Cache, Kind};
use crate::cluster::{Cluster, Event, Trouble};
use crate::log::Log;

/// How long to wait before the next attempt: at first, and at most.
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(15);

/// Follows one kind. It ends with the runtime. Lists take turns: the text of a page is the most that is ever in memory.
pub(crate) async fn follow(
    cluster: Cluster,
    kind: &'static Kind,
    cache: Arc<Cache>,
    turns: Arc<Semaphore>,
    log: Log,
) {
    let mut pause = FIRST;
    loop {
        let turn = turns.acquire().await;
        let listed = cluster.list(kind).await;
        drop(turn);
        let trouble = match listed {
            Ok((listing, version)) => {
                cache.take(listing);
                pause = FIRST;
                Some(watch(&cluster, kind, &cache, version, &log).await)
            }
            // What the cluster does not serve there is none of.
            Err(Trouble::NotServed) => {
                cache.replace(kind, Vec::new());
                pause = LONGEST;
                None
            }
            Err(trouble) => Some(trouble),
        };
        match trouble {
            Some(Trouble::Gone) | None => {}
            Some(trouble) => lost(kind, &cache, &log, "a list cannot be read", &trouble),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Follows a kind from a moment on; it ends where the list must be read anew.
async fn watch(
    cluster: &Cluster,
    kind: &'static Kind,
    cache: &Arc<Cache>,
    mut version: String,
    log: &Log,
) -> Trouble {
    let mut pause = FIRST;
    let mut attempts = 0;
    loop {
        let before = version.clone();
        let mut tell = |event: Event| match event {
            Event::Begun => cache.found(kind),
            Event::Put(object) => cache.put(kind, &object),
            Event::Gone(object) => cache.remove(kind, &object),
        };
        match cluster.watch(kind, &mut version, &mut tell).await {
            Ok(()) => (pause, attempts) = (FIRST, 0),
            Err(Trouble::Gone) => return Trouble::Gone,
            Err(trouble) => {
                lost(kind, cache, log, "a watch broke", &trouble);
                attempts = if before == version { attempts + 1 } else { 0 };
                // A server that is another one, or was restored, may not know this moment.
                if attempts > 3 {
                    return trouble;
                }
                pause = (pause * 2).min(LONGEST);
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// Says why a kind is not followed, and from when on.
fn lost(kind: &'static Kind, cache: &Cache, log: &Log, message: &str, trouble: &Trouble) {
    let why = trouble.to_string();
    log.write("warn", message, json!({"resource": kind.plural, "error": why}));
    cache.lost(kind, why);
}
