//! The Events that the controller itself sends; the words are the core's.

use steadfast_core::{Action, EVENT_COMPONENT};

use crate::cluster::Machine;
use crate::component::Event;
use crate::store::{ApiError, Key};
use crate::trace::Detail;

/// Says what became of an action.
pub(super) fn announce(action: &Action, set: &Key, error: Option<&ApiError>, machine: &mut Machine) {
    if error.is_none() && machine.detail != Detail::Whole {
        // No step says what the controller says of its own success.
        return;
    }
    let refused = error.map(|error| (error.reason, error.message.as_str()));
    let Some(said) = action.announcement(&set.name, refused, &machine.profile) else {
        return;
    };
    machine.record_event(Event {
        object: set.clone(),
        component: EVENT_COMPONENT,
        kind: said.kind,
        reason: said.reason,
        message: said.message,
    });
}
