//! A live cluster, read through its API and never written to: GET, LIST and WATCH are all that is asked.

// Without the feature nothing is ever found, and what would become of it stands unused.
#![cfg_attr(not(feature = "live"), allow(dead_code))]

use serde_json::{Value, json};
use steadfast_core::Timestamp;

use crate::cli::LiveArguments;
#[cfg(not(feature = "live"))]
use crate::failure::Failure;

#[cfg(feature = "live")]
mod address;
#[cfg(feature = "live")]
mod cluster;
#[cfg(feature = "live")]
mod follow;
#[cfg(feature = "live")]
mod load;
#[cfg(feature = "live")]
mod proxy;
mod resource;
#[cfg(feature = "live")]
mod trouble;

#[cfg(feature = "live")]
pub(crate) use follow::follow;
#[cfg(feature = "live")]
pub(crate) use load::read;
pub(crate) use resource::{Purpose, Resource};

/// What is asked of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Which cluster.
    pub(crate) live: LiveArguments,
    /// The set, by its name; without one, all sets of the namespace or of the cluster.
    pub(crate) set: Option<String>,
    /// The namespace; without one, the context's.
    pub(crate) namespace: Option<String>,
    /// What it is for, which decides the kinds that are read.
    pub(crate) purpose: Purpose,
}

/// What a cluster was seen to hold.
#[derive(Clone, Debug)]
pub(crate) struct Sighting {
    /// The cluster as people call it: ``context `prod` ``.
    pub(crate) place: String,
    /// The version of its API server, such as `1.37.1`, where it told.
    pub(crate) version: Option<String>,
    /// The namespace that was read; `None`: all.
    pub(crate) namespace: Option<String>,
    /// The objects of each kind that could be read.
    pub(crate) found: Vec<(&'static Resource, Vec<Value>)>,
    /// The kinds that could not.
    pub(crate) unseen: Vec<Unseen>,
    /// When it was seen.
    pub(crate) now: Timestamp,
}

/// A kind that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unseen {
    /// The kind.
    pub(crate) resource: &'static Resource,
    /// `forbidden`, `notServed` or `failed`.
    pub(crate) code: &'static str,
    /// Why, in the API server's words or ours.
    pub(crate) message: String,
}

/// What happens in a cluster that is watched.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// An object came to be, or changed.
    Put(&'static Resource, Value),
    /// An object is gone.
    Gone(&'static Resource, Value),
    /// All objects of the kind, read anew.
    All(&'static Resource, Vec<Value>),
    /// The watch of a kind broke off; it is taken up again.
    Broken(&'static Resource, String),
    /// A second has passed.
    Tick,
    /// Somebody wants it to end.
    Interrupted,
}

/// What is told to who follows a cluster: first what is there, then what happens.
pub(crate) enum Step {
    /// What is there.
    Begin(Box<Sighting>),
    /// What has happened since.
    News(Vec<News>),
}

impl Unseen {
    /// As answers for programs have it.
    pub(crate) fn to_json(&self) -> Value {
        json!({"resource": self.resource.plural, "code": self.code, "message": self.message})
    }

    /// `nodes (forbidden)`.
    pub(crate) fn brief(&self) -> String {
        let why = match self.code {
            "notServed" => "not served",
            "failed" => "no answer",
            code => code,
        };
        format!("{} ({why})", self.resource.plural)
    }
}

/// That this build has no client.
#[cfg(not(feature = "live"))]
fn not_built() -> Failure {
    let message = "this build reads no live cluster: install one that does with `cargo install --path cli --features live`, \
                   or name a FILE with what `kubectl get … -o yaml` prints";
    Failure::new(steadfast_core::ErrorCode::Missing, message)
}

/// Reads what is wanted.
#[cfg(not(feature = "live"))]
pub(crate) fn read(_: &Wanted) -> Result<Sighting, Failure> {
    Err(not_built())
}

/// Reads what is wanted, and tells of changes until the listener has heard enough.
#[cfg(not(feature = "live"))]
pub(crate) fn follow<T>(
    _: &Wanted,
    _: &mut dyn FnMut(Step) -> Result<std::ops::ControlFlow<T>, Failure>,
) -> Result<T, Failure> {
    Err(not_built())
}
