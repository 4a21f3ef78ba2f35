//! An API server of which one write in ten fails: half of these are not sent, of the other half the answer is lost. With the feature
//! `unreliable-on-purpose`, so that a test can see what comes of it; never in a release.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use steadfast_core::Kind;

use crate::api::{Answer, Api, Refusal, Write};

/// An API server behind something that loses requests and answers.
pub struct Unreliable<A> {
    api: A,
    writes: AtomicU64,
}

impl<A> Unreliable<A> {
    /// This API server, made so.
    pub const fn of(api: A) -> Self {
        Self {
            api,
            writes: AtomicU64::new(0),
        }
    }
}

impl<A: Api> Api for Unreliable<A> {
    async fn write(&self, write: Write) -> Result<Answer, Refusal> {
        match lot(self.writes.fetch_add(1, Ordering::Relaxed)) {
            0 => Err(Refusal {
                code: 503,
                reason: "ServiceUnavailable".to_owned(),
                message: "not sent, on purpose".to_owned(),
            }),
            1 => {
                let _ = self.api.write(write).await;
                Err(Refusal::unanswered("the answer was lost, on purpose"))
            }
            _ => self.api.write(write).await,
        }
    }

    async fn read(&self, kind: Kind, namespace: &str, name: &str) -> Result<Option<Value>, Refusal> {
        self.api.read(kind, namespace, name).await
    }
}

/// A number below 20 for the nth write, the same in every run, and not in step with what a plan repeats (SplitMix64's last steps).
const fn lot(nth: u64) -> u64 {
    let mixed = nth.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)) % 20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_one_write_in_ten_fails() {
        let failing = (0..10_000).filter(|nth| lot(*nth) < 2).count();
        assert!((800..1200).contains(&failing), "{failing}");
    }
}
