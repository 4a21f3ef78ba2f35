//! How far a long simulation has come: one line on standard error that is written over and over, on a terminal only.

use std::io::Write;
use std::time::{Duration, Instant};

use steadfast_sim::clock::Millis;

use crate::text::time;

/// A line of progress.
pub(crate) struct Progress {
    /// When the line is written next; `None`: never.
    next: Option<Instant>,
    is_shown: bool,
}

/// Nobody needs to be told of what is over so soon.
const SHORT: Duration = Duration::from_millis(400);
const PACE: Duration = Duration::from_millis(100);

impl Progress {
    pub(crate) fn start(is_wanted: bool) -> Self {
        Self {
            next: is_wanted.then(|| Instant::now() + SHORT),
            is_shown: false,
        }
    }

    /// Shows the virtual time and something about it, if it is time to.
    pub(crate) fn show(&mut self, at: Millis, what: &str) {
        let now = Instant::now();
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        self.next = Some(now + PACE);
        self.is_shown = true;
        // A terminal that cannot be written to is told nothing.
        let _ = write!(std::io::stderr(), "\r\u{1b}[Ksimulating: {}, {what}", time(at.0));
    }

    /// Takes the line away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
