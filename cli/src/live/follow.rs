//! A cluster that is watched: what changes is told, kind by kind.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::cluster::{Cluster, Event, block_on};
use super::load::load;
use super::trouble::Trouble;
use super::{News, Resource, Step, Wanted};
use crate::failure::Failure;

/// How often a list is read whose kind may be read and not watched.
const POLL: Duration = Duration::from_secs(2);
/// How long to wait before a watch that broke off is taken up again: at first, and at most.
const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(20);

/// Reads what is wanted, and tells of changes until the listener has heard enough.
pub(crate) fn follow<T>(
    wanted: &Wanted,
    listen: &mut dyn FnMut(Step) -> Result<ControlFlow<T>, Failure>,
) -> Result<T, Failure> {
    block_on(async {
        let cluster = Cluster::connect(&wanted.live).await?;
        let (sighting, moments) = load(&cluster, wanted).await?;
        let namespace = sighting.namespace.clone();
        if let ControlFlow::Break(end) = listen(Step::Begin(Box::new(sighting)))? {
            return Ok(end);
        }
        let (sender, mut receiver) = unbounded_channel();
        for (resource, version) in moments {
            tokio::spawn(keep_watching(
                cluster.clone(),
                resource,
                namespace.clone(),
                version,
                sender.clone(),
            ));
        }
        tokio::spawn(tick(sender.clone()));
        tokio::spawn(interrupt(sender));
        let mut news = Vec::new();
        // Whoever tells is alive as long as the one who listens.
        while receiver.recv_many(&mut news, 1024).await > 0 {
            if let ControlFlow::Break(end) = listen(Step::News(std::mem::take(&mut news)))? {
                return Ok(end);
            }
        }
        Err(Failure::new(
            steadfast_core::ErrorCode::Unreadable,
            "the watches of the cluster ended",
        ))
    })
}

/// Watches one kind for ever: from where a watch ended, or, where the server has forgotten that moment, from a new list.
async fn keep_watching(
    cluster: Cluster,
    resource: &'static Resource,
    namespace: Option<String>,
    mut version: String,
    sender: UnboundedSender<News>,
) {
    let namespace = namespace.as_deref();
    let mut pause = SHORT;
    loop {
        let mut heard = false;
        let told = cluster
            .watch(resource, namespace, &mut version, &mut |event| {
                heard = true;
                // Nobody listens any more: then this task is about to end, too.
                let _ = match event {
                    Event::Put(object) => sender.send(News::Put(resource, object)),
                    Event::Gone(object) => sender.send(News::Gone(resource, object)),
                    Event::Bookmark => Ok(()),
                };
            })
            .await;
        let (waits, needs_list) = match &told {
            // A server that ends every watch at once is not asked without pause either.
            Ok(()) => (pause, false),
            Err(Trouble::Gone) => (Duration::ZERO, true),
            Err(Trouble::Forbidden(_)) => (POLL, true),
            Err(trouble) => {
                let _ = sender.send(News::Broken(resource, trouble.message()));
                // After an error of the server nothing says that the moment is still known.
                let is_answer = matches!(trouble, Trouble::Refused(..) | Trouble::Unreadable(_));
                (pause, is_answer)
            }
        };
        pause = match heard {
            true => SHORT,
            false => (pause * 2).min(LONG),
        };
        tokio::time::sleep(waits).await;
        if !needs_list {
            continue;
        }
        match cluster.list(resource, namespace).await {
            Ok(listed) => {
                version = listed.version;
                let _ = sender.send(News::All(resource, listed.items));
            }
            Err(trouble) => {
                let _ = sender.send(News::Broken(resource, trouble.message()));
                tokio::time::sleep(pause).await;
            }
        }
    }
}

async fn tick(sender: UnboundedSender<News>) {
    while sender.send(News::Tick).is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn interrupt(sender: UnboundedSender<News>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        let _ = sender.send(News::Interrupted);
    }
}
