//! Mode `run`: in the place of upstream's controller.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::{Kind, Profile, Timestamp};
use tokio::task::JoinSet;

use crate::events::Recorder;
use crate::hub::Hub;
use crate::lease::{Leadership, Lease, Taken};
use crate::log;
use crate::metrics::Metrics;
use crate::object::clock;
use crate::rival::{rival, status_writer};
use crate::serve::Pages;
use crate::server::{AGENT, Server};
use crate::settings::RunArguments;
use crate::start::{End, Failure, LAST, connect, follow_all, serve_pages};
use crate::verdicts;
use crate::watch::Sink;
use crate::worker::{Shop, work};

/// Runs until it is asked to end or cannot go on.
///
/// # Errors
/// See [`Failure`].
pub async fn run(arguments: RunArguments) -> Result<(), Failure> {
    let end = End::listen();
    let metrics = Arc::new(Metrics::default());
    let desk = Arc::new(Desk {
        hub: Arc::new(Hub::new(Arc::clone(&metrics), arguments.both.namespaces.clone())),
        started: clock(),
        is_ready: AtomicBool::new(false),
        profile: OnceLock::new(),
    });
    serve_pages(&arguments.both, Arc::clone(&desk)).await?;
    let (server, profile) = connect(&arguments.both, &metrics).await?;
    let profile = desk.profile.get_or_init(|| profile);

    let leadership = Arc::new(Leadership::default());
    let lease = arguments
        .leader_elect
        .unwrap_or(true)
        .then(|| lease_of(&arguments));
    let mut taken = Taken::New;
    if let Some(lease) = &lease {
        // Who stands by is ready: it must not hold up a rollout of the controller itself.
        desk.is_ready.store(true, Ordering::Relaxed);
        let asked = futures::future::select(
            Box::pin(lease.acquire(&server, &leadership)),
            Box::pin(end.asked()),
        );
        match asked.await {
            futures::future::Either::Left((answer, _)) => {
                let what = format!("to hold the lease {}/{}", lease.namespace, lease.name);
                taken = answer.map_err(|refusal| Failure::of_refusal(&what, &server, &refusal))?;
            }
            futures::future::Either::Right(_) => return Ok(()),
        }
        log::info("this process leads", json!({"identity": lease.identity}));
    }
    let lost = {
        let (server, leadership, lease) = (server.clone(), Arc::clone(&leadership), lease.clone());
        async move {
            match lease {
                Some(lease) => lease.keep(&server, &leadership).await,
                None => std::future::pending().await,
            }
        }
    };
    let acting = match &lease {
        Some(_) => server.clone().led_by(Arc::clone(&leadership)),
        None => server.clone(),
    };
    metrics.gauge("steadfast_leader", String::new(), 1.0);
    let work = act(&arguments, &desk, acting, (taken, profile.clone()), &end);
    let ended = futures::future::select(Box::pin(lost), Box::pin(work)).await;
    metrics.gauge("steadfast_leader", String::new(), 0.0);
    let result = match ended {
        futures::future::Either::Left((why, _)) => Err(Failure::new(5, why)),
        futures::future::Either::Right((result, _)) => result,
    };
    if let (Some(lease), true) = (&lease, leadership.is_held()) {
        lease.release(&server, &leadership).await;
    }
    result
}

/// Follows, works, and ends in an orderly way.
async fn act(
    arguments: &RunArguments,
    desk: &Arc<Desk>,
    server: Server,
    (taken, profile): (Taken, Profile),
    end: &End,
) -> Result<(), Failure> {
    let hub = &desk.hub;
    let begun = futures::future::select(
        Box::pin(begin(arguments, desk, &server, taken)),
        Box::pin(end.asked()),
    );
    match begun.await {
        futures::future::Either::Left((result, _)) => result?,
        futures::future::Either::Right(_) => return Ok(()),
    }
    let recorder = arguments
        .events
        .unwrap_or(true)
        .then(|| Recorder::start(server.clone(), Arc::clone(&hub.metrics)));
    #[cfg(feature = "unreliable-on-purpose")]
    let server = crate::unreliable::Unreliable::of(server);
    let shop = Arc::new(Shop {
        hub: Arc::clone(hub),
        api: server,
        recorder,
        profile,
    });
    let mut workers = JoinSet::new();
    for _ in 0..arguments.workers.unwrap_or(5).max(1) {
        workers.spawn(work(Arc::clone(&shop)));
    }
    end.asked().await;
    log::info("asked to end: what was begun is ended first", json!({}));
    hub.queue.close();
    let rest = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST, rest).await.is_err() {
        log::warn("not all that was begun could be ended", json!({}));
    }
    Ok(())
}

/// Asks for rivals, and reads all kinds.
async fn begin(
    arguments: &RunArguments,
    desk: &Arc<Desk>,
    server: &Server,
    taken: Taken,
) -> Result<(), Failure> {
    let hub = &desk.hub;
    if !arguments.force && taken == Taken::New {
        let within = arguments.both.namespaces.first().map(String::as_str);
        let listed = server
            .list(Kind::StatefulSet, within, "")
            .await
            .map_err(|refusal| Failure::of_refusal("to list statefulsets", server, &refusal))?;
        let found = rival(server, &arguments.lease().0, &listed.items)
            .await
            .map_err(|refusal| Failure::of_refusal("to ask for other controllers", server, &refusal))?;
        if let Some(who) = found {
            return Err(Failure::new(
                3,
                format!(
                    "another controller is at work on StatefulSets: {who}: start kube-controller-manager with \
                     --controllers=*,-statefulset-controller, or use `shadow`; --force starts all the same"
                ),
            ));
        }
    }
    follow_all(server, desk, &hub.metrics, &arguments.both).await?;
    let count = hub.state().cache.sets().count();
    log::info("all kinds are followed", json!({"sets": count}));
    desk.is_ready.store(true, Ordering::Relaxed);
    Ok(())
}

fn lease_of(arguments: &RunArguments) -> Lease {
    let (namespace, name) = arguments.lease();
    let seconds = arguments.lease_seconds.unwrap_or(15).max(2);
    let duration = Duration::from_secs(seconds);
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "steadfast".to_owned());
    Lease {
        namespace,
        name,
        identity: format!("{host}_{}_{}", std::process::id(), clock().millis()),
        duration,
        // As client-go's defaults are to each other: 15, 10 and 2 seconds.
        deadline: duration * 2 / 3,
        period: duration * 2 / 15,
    }
}

/// Between the watches and the hub: sees who else writes. And what the pages say.
struct Desk {
    hub: Arc<Hub>,
    started: Timestamp,
    is_ready: AtomicBool,
    /// What it behaves as, once it has asked the API server.
    profile: OnceLock<Profile>,
}

impl Sink for Desk {
    fn put(&self, kind: Kind, scope: usize, object: Value) {
        if kind == Kind::StatefulSet {
            self.look_for_rivals(&object);
        }
        self.hub.put(kind, scope, object);
    }

    fn remove(&self, kind: Kind, scope: usize, last: &Value) {
        self.hub.remove(kind, scope, last);
    }

    fn bookmark(&self, kind: Kind, scope: usize, version: u64) {
        self.hub.bookmark(kind, scope, version);
    }

    fn replace(&self, kind: Kind, scope: usize, objects: Vec<Value>, at: (u64, Instant)) {
        self.hub.replace(kind, scope, objects, at);
    }
}

impl Desk {
    /// A status that somebody else wrote after this process began.
    fn look_for_rivals(&self, set: &Value) {
        let Some((manager, at)) = status_writer(set) else {
            return;
        };
        if manager == AGENT || at <= self.started {
            return;
        }
        self.hub
            .metrics
            .count("steadfast_rival_writes_total", String::new());
        let set = crate::object::Key::of(set).to_string();
        log::warn(
            "somebody else wrote the status of this set: two controllers must not be at work",
            json!({"set": set, "manager": manager}),
        );
    }
}

impl Pages for Desk {
    fn metrics(&self) -> String {
        let metrics = &self.hub.metrics;
        let waiting = u32::try_from(self.hub.queue.len()).unwrap_or(u32::MAX);
        metrics.gauge("steadfast_queue_depth", String::new(), f64::from(waiting));
        verdicts::count(&self.hub.state().cache, clock(), self.profile.get(), metrics);
        metrics.text()
    }

    fn health(&self) -> Result<(), String> {
        Ok(())
    }

    fn readiness(&self) -> Result<(), String> {
        match self.is_ready.load(Ordering::Relaxed) {
            true => Ok(()),
            false => Err("not all kinds have been read yet".to_owned()),
        }
    }
}
