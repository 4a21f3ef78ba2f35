//! Mode `shadow`: decides as `run` would, writes nothing, watches what the controller at work does, and reports each difference.
//!
//! All kinds of a cluster share one sequence of versions. Changes are collected for a moment and taken in in that order, so that
//! for each effect of the other controller it is known how the world was before it. The other controller's caches lag, each kind
//! by its own time: an effect is a difference only if no plan leads to it on any of the latest states, with any one kind lagging
//! behind the others by some changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::{Kind, Profile, Timestamp};

use crate::cache::Cache;
use crate::log;
use crate::metrics::Metrics;
use crate::object::{Key, clock, text, version, without_managed_fields};
use crate::serve::Pages;
use crate::server::Server;
use crate::settings::ShadowArguments;
use crate::start::{End, Failure, connect, follow_all, serve_pages};
use crate::verdicts;
use crate::watch::Sink;

pub mod effect;
pub mod judge;
mod suspects;

use effect::Effect;
use judge::{Judge, Verdict};
use suspects::Suspects;

/// How often what was collected is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Looks on until it is asked to end.
///
/// # Errors
/// See [`Failure`].
pub async fn shadow(arguments: ShadowArguments) -> Result<(), Failure> {
    let end = End::listen();
    let metrics = Arc::new(Metrics::default());
    let gallery = Arc::new(Gallery {
        metrics: Arc::clone(&metrics),
        inbox: Mutex::default(),
        state: Mutex::default(),
        profile: OnceLock::new(),
    });
    serve_pages(&arguments.both, Arc::clone(&gallery)).await?;
    let (server, profile) = connect(&arguments.both, &metrics).await?;
    let profile = gallery.profile.get_or_init(|| profile);
    follow_all(&server, &gallery, &metrics, &arguments.both).await?;
    log::info(
        "all kinds are followed: what the controller at work does is compared with what would be done here",
        json!({"sets": gallery.state().cache.sets().count()}),
    );
    let watch = gallery.watch(&server, profile, &arguments);
    futures::future::select(Box::pin(watch), Box::pin(end.asked())).await;
    Ok(())
}

/// A change that was heard of.
struct Change {
    kind: Kind,
    version: u64,
    /// The object, or the last state of one that is gone.
    object: Value,
    is_gone: bool,
    /// Who wrote last, by managed fields.
    writer: String,
    arrived: (Instant, Timestamp),
}

/// What is known and what was heard.
struct Gallery {
    metrics: Arc<Metrics>,
    inbox: Mutex<Vec<Change>>,
    state: Mutex<State>,
    /// What it behaves as, once it has asked the API server.
    profile: OnceLock<Profile>,
}

#[derive(Default)]
struct State {
    cache: Cache,
    judges: BTreeMap<Key, Judge>,
    suspects: Suspects,
}

impl Gallery {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inbox(&self) -> MutexGuard<'_, Vec<Change>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, kind: Kind, mut object: Value, is_gone: bool) {
        let writer = effect::writer(kind, &object).to_owned();
        without_managed_fields(&mut object);
        self.inbox().push(Change {
            kind,
            version: version(&object),
            object,
            is_gone,
            writer,
            arrived: (Instant::now(), clock()),
        });
    }

    async fn watch(&self, server: &Server, profile: &Profile, arguments: &ShadowArguments) {
        let mut patience = Instant::now();
        loop {
            tokio::time::sleep(TICK).await;
            let settled = self.settled(arguments.settle());
            for change in settled {
                self.take_in(change, profile);
            }
            self.ask_about_suspects(server).await;
            if patience.elapsed() > Duration::from_secs(1) {
                patience = Instant::now();
                self.look_for_what_is_not_done(profile, arguments.patience());
            }
        }
    }

    /// The changes that have been here long enough, in the order in which they happened.
    fn settled(&self, settle: Duration) -> Vec<Change> {
        let mut inbox = self.inbox();
        let limit = Instant::now().checked_sub(settle);
        let is_settled = |change: &Change| limit.is_some_and(|limit| change.arrived.0 <= limit);
        let newest = inbox
            .iter()
            .filter(|change| is_settled(change))
            .map(|change| change.version)
            .max();
        let Some(newest) = newest else { return Vec::new() };
        let (mut settled, rest): (Vec<Change>, Vec<Change>) =
            inbox.drain(..).partition(|change| change.version <= newest);
        *inbox = rest;
        settled.sort_by_key(|change| change.version);
        settled
    }

    fn take_in(&self, change: Change, profile: &Profile) {
        let Change {
            kind,
            object,
            is_gone,
            writer,
            arrived: (_, at),
            ..
        } = change;
        let key = Key::of(&object);
        let mut state = self.state();
        let State {
            cache,
            judges,
            suspects,
        } = &mut *state;
        let before = cache.object(kind, &key);
        let after = (!is_gone).then(|| Arc::new(object));
        for effect in effect::effects(kind, &key, before.as_deref(), after.as_deref(), &writer) {
            let Some(judge) = judges.get_mut(&effect.set) else {
                continue;
            };
            let verdict = judge.judge(&effect, at, profile);
            self.count(&effect, &verdict);
            match verdict {
                Verdict::Planned if effect.what.event().is_some() => suspects.clear(&effect, at),
                Verdict::Planned | Verdict::Unknown => {}
                verdict => {
                    let report = judge.report(cache, &effect, &verdict, at, profile);
                    match effect.what.event() {
                        Some(_) => suspects.suspect(effect, report),
                        None => self.tell(&report),
                    }
                }
            }
        }
        let touched = match &after {
            Some(object) => cache.put(kind, Value::clone(object)),
            None => cache.remove(kind, &key),
        };
        let sets: BTreeSet<&Key> = touched.concerned.iter().chain(&touched.wake).collect();
        for set in sets {
            match cache.observed(set) {
                Some(observed) => {
                    let judge = judges.entry(set.clone()).or_insert_with(|| Judge::new(observed));
                    judge.moved_on((kind, &key, before.clone()), observed, at, profile);
                }
                None => drop(judges.remove(set)),
            }
        }
    }

    fn count(&self, effect: &Effect, verdict: &Verdict) {
        let labels = format!("type=\"{}\",verdict=\"{}\"", effect.what.name(), verdict.name());
        self.metrics.count("steadfast_shadow_effects_total", labels);
    }

    fn tell(&self, report: &Value) {
        let labels = format!("kind=\"{}\"", text(report, "/difference"));
        self.metrics.count("steadfast_shadow_differences_total", labels);
        // Whoever reads the lines may have gone; the figures stay.
        let _ = std::io::Write::write_all(&mut std::io::stdout().lock(), format!("{report}\n").as_bytes());
    }

    /// Asks for the Events of those sets of which a Pod was deleted or mended that was not to be.
    async fn ask_about_suspects(&self, server: &Server) {
        let due = self.state().suspects.due();
        for (effect, report) in due {
            let path = format!(
                "/api/v1/namespaces/{}/events?fieldSelector=involvedObject.name%3D{}%2Creason%3D{}",
                effect.set.namespace,
                effect.set.name,
                effect.what.event().unwrap_or_default()
            );
            let events: Result<Value, _> = server.ask(http::Method::GET, &path, None).await;
            match events {
                Ok(events) if self.state().suspects.is_confessed(&events, &effect, &report) => {
                    self.tell(&report);
                }
                Ok(_) => {}
                Err(refusal) => log::debug(
                    "who wrote to a Pod is not known",
                    json!({"error": refusal.brief()}),
                ),
            }
        }
    }

    fn look_for_what_is_not_done(&self, profile: &Profile, patience: Duration) {
        let now = clock();
        let mut state = self.state();
        let State { cache, judges, .. } = &mut *state;
        for (set, judge) in judges.iter_mut() {
            let Some(observed) = cache.observed(set) else {
                continue;
            };
            judge.wait(observed, now, profile);
            for effect in judge.overdue(set, now, patience) {
                self.tell(&judge.report(cache, &effect, &Verdict::NotDone, now, profile));
            }
        }
    }
}

impl Sink for Gallery {
    fn put(&self, kind: Kind, _: usize, object: Value) {
        self.hear(kind, object, false);
    }

    fn remove(&self, kind: Kind, _: usize, last: &Value) {
        self.hear(kind, last.clone(), true);
    }

    fn bookmark(&self, _: Kind, _: usize, _: u64) {}

    /// A list tells a state and not what led to it: nothing is judged by it.
    fn replace(&self, kind: Kind, _: usize, objects: Vec<Value>, _: (u64, Instant)) {
        let listed: BTreeSet<Key> = objects.iter().map(Key::of).collect();
        self.inbox().retain(|change| change.kind != kind);
        let mut state = self.state();
        let State { cache, judges, .. } = &mut *state;
        for key in cache.keys(kind, None) {
            if !listed.contains(&key) {
                cache.remove(kind, &key);
            }
        }
        for mut object in objects {
            without_managed_fields(&mut object);
            cache.put(kind, object);
        }
        *judges = cache
            .sets()
            .map(|(key, observed)| (key.clone(), Judge::new(observed)))
            .collect();
    }
}

impl Pages for Gallery {
    fn metrics(&self) -> String {
        verdicts::count(&self.state().cache, clock(), self.profile.get(), &self.metrics);
        self.metrics.text()
    }

    fn health(&self) -> Result<(), String> {
        Ok(())
    }

    fn readiness(&self) -> Result<(), String> {
        match self.metrics.is_connected() {
            true => Ok(()),
            false => Err("not all kinds are followed".to_owned()),
        }
    }
}
