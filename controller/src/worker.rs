//! One worker: takes a set from the queue, decides, carries the plan out, and says when the set is to be looked at again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::{Action, Announcement, Kind, Plan, Profile, WaitCode, reconcile};

use crate::api::{Api, Refusal};
use crate::events::Recorder;
use crate::execute::{Listener, Subject, execute};
use crate::hub::Hub;
use crate::log;
use crate::object::{Key, clock};

/// What all workers share.
pub struct Shop<A> {
    /// The cache and the queue.
    pub hub: Arc<Hub>,
    /// The API server.
    pub api: A,
    /// Where Events go; `None`: nowhere.
    pub recorder: Option<Recorder>,
    /// The Kubernetes that is spoken of.
    pub profile: Profile,
}

/// Works until the queue is closed. A set that was begun is ended first.
pub async fn work<A: Api>(shop: Arc<Shop<A>>) {
    while let Some(set) = shop.hub.queue.next().await {
        look(&shop, &set).await;
        shop.hub.queue.done(&set);
    }
}

/// Looks at one set.
pub async fn look<A: Api>(shop: &Shop<A>, set: &Key) {
    let hub = &shop.hub;
    if !hub.is_fresh(set) {
        hub.metrics.count("steadfast_parked_total", String::new());
        return;
    }
    let began = Instant::now();
    let decided = {
        let state = hub.state();
        state.cache.observed(set).map(|observed| {
            let plan = reconcile(observed, clock(), &shop.profile);
            let replicas = observed.set().replicas();
            // Who waits for all Pods to be available is told at once.
            let is_on_the_way = !plan
                .status
                .as_ref()
                .is_some_and(|status| status.has_all(replicas));
            (plan, is_on_the_way, observed.set().shared())
        })
    };
    let Some((plan, is_on_the_way, object)) = decided else {
        hub.queue.forget(set);
        hub.metrics.forget(set);
        return;
    };
    if plan.actions.is_empty()
        && plan.status_changed
        && is_on_the_way
        && let Some(rest) = hub.status_rests(set)
    {
        hub.queue.add_after(set, rest);
        return;
    }
    let subject = Subject {
        key: set.clone(),
        object,
    };
    let voice = Voice {
        shop,
        subject: &subject,
    };
    for wait in &plan.waits {
        voice.say_of_wait(wait.code, wait.detail.as_deref(), &wait.name);
    }
    let status = |undone: &steadfast_core::sorted::SortedSet<usize>| {
        let state = hub.state();
        let observed = state.cache.observed(set)?;
        plan.status_to_write(undone, observed, &shop.profile)
    };
    let outcome = execute(&shop.api, &plan, &subject, &shop.profile, &voice, status).await;
    hub.wrote(set, outcome.wrote);
    hub.metrics.reconciled(set, &plan, began.elapsed());
    if let Some((what, refusal)) = &outcome.refusal {
        let fields = json!({"set": set.to_string(), "what": what, "error": refusal.brief()});
        match refusal.code {
            // Somebody was faster: nothing that anybody needs to look at.
            409 | 404 => log::debug("a write was refused", fields),
            _ => log::warn("a write was refused", fields),
        }
    }
    if let Some(name) = outcome.taken_name
        && take_in_revision(shop, set, &name).await
    {
        hub.queue.add(set);
        return;
    }
    conclude(shop, set, &plan, outcome.refusal.is_some());
}

fn conclude<A>(shop: &Shop<A>, set: &Key, plan: &Plan, has_failed: bool) {
    let hub = &shop.hub;
    if has_failed || plan.is_retry() {
        let delay = hub.queue.retry(set);
        hub.metrics.count("steadfast_retries_total", String::new());
        log::debug(
            "looked at again after a backoff",
            json!({"set": set.to_string(), "afterMillis": u64::try_from(delay.as_millis()).unwrap_or(0)}),
        );
        return;
    }
    hub.queue.forget(set);
    if let Some(after) = plan.requeue_after {
        // A Pod is available strictly after its time.
        hub.queue.add_after(set, after + Duration::from_millis(1));
    }
}

/// The cache does not know the revision that took the name: it is read, and the set is decided about again.
async fn take_in_revision<A: Api>(shop: &Shop<A>, set: &Key, name: &str) -> bool {
    match shop
        .api
        .read(Kind::ControllerRevision, &set.namespace, name)
        .await
    {
        Ok(Some(mut revision)) => {
            crate::object::without_managed_fields(&mut revision);
            let mut state = shop.hub.state();
            let is_known = state.cache.observed(set).is_some_and(|observed| {
                observed
                    .revision(name)
                    .is_some_and(|known| is_same(known.object(), &revision))
            });
            state.cache.put(Kind::ControllerRevision, revision);
            !is_known
        }
        _ => false,
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    crate::object::uid(one) == crate::object::uid(other)
        && crate::object::version(one) == crate::object::version(other)
}

/// Tells logs, figures and Events what is done.
struct Voice<'a, A> {
    shop: &'a Shop<A>,
    subject: &'a Subject,
}

impl<A: Api> Listener for Voice<'_, A> {
    fn tried(&self, action: &Action, refusal: Option<&Refusal>) {
        self.shop.hub.metrics.tried(action, refusal.is_none());
        let mut fields = json!({
            "set": self.subject.key.to_string(), "action": action.operation.name(), "object": action.name,
            "reason": action.reason.code()});
        if let (Some(refusal), Value::Object(fields)) = (refusal, &mut fields) {
            fields.insert("error".to_owned(), refusal.brief().into());
        }
        log::debug("tried", fields);
        let refused = refusal.map(|refusal| (refusal.reason.as_str(), refusal.message.as_str()));
        if let (Some(recorder), Some(said)) = (
            &self.shop.recorder,
            action.announcement(&self.subject.key.name, refused, &self.shop.profile),
        ) {
            recorder.say(self.subject.object.whole(), said);
        }
    }
}

impl<A: Api> Voice<'_, A> {
    /// What only a person can mend is said in an Event of our own; upstream says it in its log alone.
    fn say_of_wait(&self, code: WaitCode, detail: Option<&str>, name: &str) {
        let (reason, what) = match code {
            WaitCode::SelectorInvalid => ("SelectorInvalid", "the selector cannot be used"),
            WaitCode::RevisionUnreadable => ("RevisionUnreadable", "a revision cannot be applied"),
            WaitCode::MaxUnavailableInvalid => ("MaxUnavailableInvalid", "maxUnavailable cannot be read"),
            _ => return,
        };
        let detail = detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        if let Some(recorder) = &self.shop.recorder {
            let said = Announcement {
                kind: "Warning",
                reason: reason.to_owned(),
                message: format!("{what}: {name}{detail}"),
            };
            recorder.say(self.subject.object.whole(), said);
        }
    }
}

#[cfg(test)]
mod tests;
