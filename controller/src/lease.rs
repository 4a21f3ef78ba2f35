//! Leader election by a Lease, as client-go does it: of several processes one writes.
//!
//! Source: `client-go/tools/leaderelection/leaderelection.go`: another's lease is over when this process has seen no change of it
//! for its duration, by its own clock; who cannot renew in time stops, before another may begin.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use steadfast_core::Timestamp;

use crate::api::Refusal;
use crate::log;
use crate::object::{clock, text};
use crate::server::Server;

/// Until when this process may write.
#[derive(Debug, Default)]
pub struct Leadership {
    until: Mutex<Option<Instant>>,
}

impl Leadership {
    /// Whether it may write now.
    pub fn is_held(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn set(&self, until: Option<Instant>) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

/// The lease, and who asks for it.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Who asks.
    pub identity: String,
    /// How long it holds without a renewal.
    pub duration: Duration,
    /// How long a holder tries to renew before it stops.
    pub deadline: Duration,
    /// How often it is asked for or renewed.
    pub period: Duration,
}

/// What is known of a lease that another holds.
#[derive(Debug, Default)]
struct Seen {
    record: Value,
    since: Option<Instant>,
}

/// How the lease was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nobody had it before, or long ago.
    New,
    /// From another process of ours that had it until now.
    Succession,
}

/// What is to be done with a lease as it stands.
#[derive(Debug, PartialEq)]
enum Claim {
    /// It is another's.
    Wait,
    /// It is to be written so.
    Write(Value),
}

impl Lease {
    /// Asks for the lease until it is this process's.
    ///
    /// # Errors
    /// The server refuses for good: the account may not.
    pub async fn acquire(&self, server: &Server, leadership: &Leadership) -> Result<Taken, Refusal> {
        let mut seen = Seen::default();
        let mut is_told = false;
        loop {
            match self.attempt(server, &mut seen).await {
                Ok(Some((taken, began))) => {
                    leadership.set(Some(began + self.deadline));
                    return Ok(taken);
                }
                Ok(None) => {
                    if !is_told {
                        let holder = text(&seen.record, "/spec/holderIdentity");
                        log::info(
                            "another process leads: this one stands by",
                            json!({"holder": holder}),
                        );
                        is_told = true;
                    }
                }
                Err(refusal) if matches!(refusal.code, 401 | 403) => return Err(refusal),
                Err(refusal) => log::warn("the lease cannot be asked for", json!({"error": refusal.brief()})),
            }
            tokio::time::sleep(self.period).await;
        }
    }

    /// Renews the lease until that fails for too long; why.
    pub async fn keep(&self, server: &Server, leadership: &Leadership) -> String {
        let mut seen = Seen::default();
        loop {
            tokio::time::sleep(self.period).await;
            let limit = leadership
                .until
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .unwrap_or_else(Instant::now);
            let attempt = self.attempt(server, &mut seen);
            let answer = tokio::time::timeout_at(limit.into(), attempt).await;
            match answer {
                Ok(Ok(Some((_, began)))) => leadership.set(Some(began + self.deadline)),
                Ok(Ok(None)) => {
                    leadership.set(None);
                    return format!(
                        "`{}` holds the lease now",
                        text(&seen.record, "/spec/holderIdentity")
                    );
                }
                Ok(Err(refusal)) => {
                    log::warn(
                        "the lease could not be renewed",
                        json!({"error": refusal.brief()}),
                    );
                }
                Err(_) => {}
            }
            if Instant::now() >= limit && !leadership.is_held() {
                return format!("the lease could not be renewed for {} s", self.deadline.as_secs());
            }
        }
    }

    /// Gives the lease up, so that another need not wait until it is over.
    pub async fn release(&self, server: &Server, leadership: &Leadership) {
        leadership.set(None);
        let found: Result<Value, Refusal> = server.ask(Method::GET, &self.path(), None).await;
        let Ok(mut lease) = found else { return };
        if text(&lease, "/spec/holderIdentity") != self.identity {
            return;
        }
        if let Some(spec) = lease.get_mut("spec").and_then(Value::as_object_mut) {
            spec.insert("holderIdentity".to_owned(), "".into());
            spec.insert("leaseDurationSeconds".to_owned(), 1.into());
            spec.insert("renewTime".to_owned(), micros(clock()).into());
        }
        let body = Some(("application/json", &lease));
        let given: Result<Value, Refusal> = server.ask(Method::PUT, &self.path(), body).await;
        if let Err(refusal) = given {
            log::warn(
                "the lease could not be given up: the next one waits until it is over",
                json!({"error": refusal.brief()}),
            );
        }
    }

    /// One attempt: how it was come by, and when the attempt began; nothing where it is another's.
    async fn attempt(&self, server: &Server, seen: &mut Seen) -> Result<Option<(Taken, Instant)>, Refusal> {
        let began = Instant::now();
        let found: Result<Value, Refusal> = server.ask(Method::GET, &self.path(), None).await;
        let found = match found {
            Ok(lease) => Some(lease),
            Err(refusal) if refusal.code == 404 => None,
            Err(refusal) => return Err(refusal),
        };
        let taken = found.as_ref().map_or(Taken::New, |lease| taken(lease, clock()));
        let is_new = found.is_none();
        let Claim::Write(lease) = self.claim(found, seen, began, clock()) else {
            return Ok(None);
        };
        let body = Some(("application/json", &lease));
        let answer: Result<Value, Refusal> = match is_new {
            true => {
                let list = format!(
                    "/apis/coordination.k8s.io/v1/namespaces/{}/leases",
                    self.namespace
                );
                server.ask(Method::POST, &list, body).await
            }
            false => server.ask(Method::PUT, &self.path(), body).await,
        };
        match answer {
            Ok(_) => Ok(Some((taken, began))),
            // Another was faster.
            Err(refusal) if refusal.code == 409 => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    fn claim(&self, found: Option<Value>, seen: &mut Seen, now: Instant, clock: Timestamp) -> Claim {
        let time = micros(clock);
        let Some(mut lease) = found else {
            return Claim::Write(json!({
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": {"namespace": self.namespace, "name": self.name},
                "spec": {"holderIdentity": self.identity, "leaseDurationSeconds": self.duration.as_secs().max(1),
                    "acquireTime": time, "renewTime": time, "leaseTransitions": 0}}));
        };
        let spec = lease.get("spec").cloned().unwrap_or_default();
        if seen.record.get("spec") != Some(&spec) {
            *seen = Seen {
                record: lease.clone(),
                since: Some(now),
            };
        }
        let holder = text(&lease, "/spec/holderIdentity").to_owned();
        let is_own = holder == self.identity;
        let held = spec.get("leaseDurationSeconds").and_then(Value::as_u64);
        let held = held.map_or(self.duration, Duration::from_secs);
        let is_over = seen.since.is_some_and(|since| now.duration_since(since) >= held);
        if !is_own && !holder.is_empty() && !is_over {
            return Claim::Wait;
        }
        let transitions = spec.get("leaseTransitions").and_then(Value::as_u64).unwrap_or(0);
        if let Some(fields) = lease.as_object_mut() {
            let spec = fields.entry("spec").or_insert_with(|| json!({}));
            if let Some(spec) = spec.as_object_mut() {
                if !is_own {
                    spec.insert("holderIdentity".to_owned(), self.identity.clone().into());
                    spec.insert("acquireTime".to_owned(), time.clone().into());
                    spec.insert("leaseTransitions".to_owned(), (transitions + 1).into());
                }
                spec.insert(
                    "leaseDurationSeconds".to_owned(),
                    self.duration.as_secs().max(1).into(),
                );
                spec.insert("renewTime".to_owned(), time.into());
            }
        }
        Claim::Write(lease)
    }

    fn path(&self) -> String {
        let Self { namespace, name, .. } = self;
        format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}")
    }
}

/// A lease that was renewed within the last minutes was another process of ours.
fn taken(lease: &Value, now: Timestamp) -> Taken {
    let renewed = Timestamp::parse(text(lease, "/spec/renewTime"));
    match renewed.is_some_and(|renewed| now.since(renewed) < Duration::from_secs(300)) {
        true => Taken::Succession,
        false => Taken::New,
    }
}

/// A time with microseconds, as a Lease has it.
fn micros(at: Timestamp) -> String {
    let fraction = at.since(at.whole_seconds()).subsec_micros();
    let whole = at.whole_seconds().to_string();
    format!("{}.{fraction:06}Z", whole.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(identity: &str) -> Lease {
        Lease {
            namespace: "kube-system".to_owned(),
            name: "steadfast".to_owned(),
            identity: identity.to_owned(),
            duration: Duration::from_secs(15),
            deadline: Duration::from_secs(10),
            period: Duration::from_secs(2),
        }
    }

    fn written(claim: Claim) -> Value {
        match claim {
            Claim::Write(lease) => lease,
            Claim::Wait => panic!("it waits"),
        }
    }

    #[test]
    fn a_lease_that_is_anothers_is_taken_only_after_its_time_without_a_renewal() {
        let (start, clock) = (Instant::now(), Timestamp::new(1000, 0));
        let held = written(lease("a").claim(None, &mut Seen::default(), start, clock));
        let (b, mut seen) = (lease("b"), Seen::default());
        assert_eq!(b.claim(Some(held.clone()), &mut seen, start, clock), Claim::Wait);
        let mut renewed = held;
        renewed["spec"]["renewTime"] = json!("1970-01-01T00:16:50.000000Z");
        let later = start + Duration::from_secs(14);
        assert_eq!(
            b.claim(Some(renewed.clone()), &mut seen, later, clock),
            Claim::Wait
        );
        let after = start + Duration::from_secs(28);
        assert_eq!(
            b.claim(Some(renewed.clone()), &mut seen, after, clock),
            Claim::Wait
        );
        let over = later + Duration::from_secs(15);
        let taken = written(b.claim(Some(renewed), &mut seen, over, clock));
        assert_eq!(taken["spec"]["holderIdentity"], "b");
        assert_eq!(taken["spec"]["leaseTransitions"], 1);
    }

    #[test]
    fn a_lease_that_was_given_up_is_free_at_once() {
        let (start, clock) = (Instant::now(), Timestamp::new(1000, 7000));
        let mut held = written(lease("a").claim(None, &mut Seen::default(), start, clock));
        assert_eq!(held["spec"]["renewTime"], "1970-01-01T00:16:40.000007Z");
        held["spec"]["holderIdentity"] = json!("");
        let taken = written(lease("b").claim(Some(held), &mut Seen::default(), start, clock));
        assert_eq!(taken["spec"]["holderIdentity"], "b");
    }

    #[test]
    fn ones_own_lease_is_renewed_and_changes_hands_with_no_one() {
        let (start, clock) = (Instant::now(), Timestamp::new(1000, 0));
        let held = written(lease("a").claim(None, &mut Seen::default(), start, clock));
        let renewed =
            written(lease("a").claim(Some(held), &mut Seen::default(), start, Timestamp::new(1002, 0)));
        assert_eq!(renewed["spec"]["leaseTransitions"], 0);
        assert_eq!(renewed["spec"]["acquireTime"], "1970-01-01T00:16:40.000000Z");
        assert_eq!(renewed["spec"]["renewTime"], "1970-01-01T00:16:42.000000Z");
    }

    #[test]
    fn leadership_ends_by_itself() {
        let leadership = Leadership::default();
        assert!(!leadership.is_held());
        leadership.set(Some(Instant::now() + Duration::from_secs(60)));
        assert!(leadership.is_held());
        leadership.set(Some(Instant::now()));
        assert!(!leadership.is_held());
    }
}
