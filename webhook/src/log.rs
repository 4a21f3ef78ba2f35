//! Lines of JSON on standard output, one an event. A reader that stalls loses lines and holds nobody up.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use steadfast_core::Timestamp;

/// How many lines wait for their reader.
const WAITING: usize = 4096;

/// Where lines go. A clone writes to the same place.
#[derive(Clone, Debug)]
pub struct Log {
    lines: Option<SyncSender<String>>,
    lost: std::sync::Arc<AtomicU64>,
}

impl Log {
    /// Writes to standard output, from a thread of its own.
    pub fn to_stdout() -> Self {
        Self::to(std::io::stdout())
    }

    /// Writes elsewhere.
    pub fn to(mut sink: impl Write + Send + 'static) -> Self {
        let (lines, written) = sync_channel::<String>(WAITING);
        std::thread::spawn(move || {
            while let Ok(line) = written.recv() {
                if writeln!(sink, "{line}").and_then(|()| sink.flush()).is_err() {
                    break;
                }
            }
        });
        Self {
            lines: Some(lines),
            lost: std::sync::Arc::default(),
        }
    }

    /// Writes nothing.
    pub fn silent() -> Self {
        Self {
            lines: None,
            lost: std::sync::Arc::default(),
        }
    }

    /// An event: `level` is `info`, `warn` or `error`; `fields` is an object.
    pub fn write(&self, level: &str, message: &str, fields: Value) {
        let Some(lines) = &self.lines else { return };
        let mut line = Map::new();
        if let Value::Object(fields) = fields {
            line = fields;
        }
        line.insert("time".to_owned(), json!(now().to_string()));
        line.insert("level".to_owned(), json!(level));
        line.insert("msg".to_owned(), json!(message));
        if lines.try_send(Value::Object(line).to_string()).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many lines nobody read in time.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// What time it is.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Seconds since 1970.
pub(crate) fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
