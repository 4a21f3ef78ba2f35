//! Short words for actions and objects.

use anstyle::Style;
use steadfast_core::{Kind, Timestamp, Wait, explain};
use steadfast_sim::trace::ActionRecord;

use crate::output::paint::{BAD, CHANGE, GOOD};
use crate::text::{one_line, time};

/// The verb of an operation, such as `create` for `CreatePod`, with its colour.
pub(crate) fn verb(operation: &str) -> (&'static str, Style) {
    let verbs = [
        ("Create", "create", GOOD),
        ("Update", "update", CHANGE),
        ("Delete", "delete", BAD),
        ("Adopt", "adopt", CHANGE),
        ("Release", "release", CHANGE),
    ];
    let found = verbs
        .into_iter()
        .find(|(prefix, ..)| operation.starts_with(prefix));
    found.map_or(("do", Style::new()), |(_, verb, style)| (verb, style))
}

/// An object as people call it: `Pod web-0`, `claim www-web-0`, `revision web-6c5d9f7b8`.
pub(crate) fn object(kind: Kind, name: &str) -> String {
    let word = match kind {
        Kind::PersistentVolumeClaim => "claim",
        Kind::ControllerRevision => "revision",
        kind => kind.name(),
    };
    one_line(&format!("{word} {name}"))
}

/// The same by the name of any kind.
pub(crate) fn any_object(kind: &str, name: &str) -> String {
    match kind {
        "PersistentVolumeClaim" => object(Kind::PersistentVolumeClaim, name),
        "ControllerRevision" => object(Kind::ControllerRevision, name),
        _ => one_line(&format!("{kind} {name}")),
    }
}

/// Why an action was taken, as a clause.
pub(crate) fn why(action: &ActionRecord) -> String {
    one_line(&explain::reason_of(action.operation, &action.reason, false))
}

/// What is waited for, as a clause after the word *waits*; instants are told as times since `zero`, as in the column TIME.
pub(crate) fn wait(wait: &Wait, zero: Timestamp) -> String {
    let sentence = one_line(&explain::wait(wait));
    match wait.until {
        Some(until) => {
            let millis = u64::try_from(until.since(zero).as_millis()).unwrap_or(u64::MAX);
            sentence.replace(&until.to_string(), &time(millis))
        }
        None => sentence,
    }
}
