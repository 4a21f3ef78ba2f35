//! Actions and waits as clauses, in the words of the core.

use serde::Deserialize;
use serde_json::Value;
use steadfast_core::{Cause, CauseType, Error, Reason, Wait, explain};

use crate::answer::json;

/// What is put into words.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Told {
    /// An action of a plan.
    Action(Acted),
    /// An action of a trace, whose UID was not recorded.
    Record(Acted),
    Wait(Wait),
}

#[derive(Deserialize)]
struct Acted {
    #[serde(rename = "type")]
    operation: String,
    reason: Reason,
    uid: Option<String>,
}

/// A clause for each of a list of `{"action"}`, `{"record"}` and `{"wait"}`.
pub(crate) fn sentences(given: &str) -> Result<Vec<String>, Error> {
    let Value::Array(list) = json(given)? else {
        return Err(Error::invalid(vec![Cause::required("a list")]));
    };
    let clauses = list.into_iter().enumerate().map(|(index, one)| {
        let told = Told::deserialize(one).map_err(|error| {
            let field = format!("[{index}]");
            Error::invalid(vec![Cause::of(
                field,
                CauseType::FieldValueInvalid,
                error.to_string(),
            )])
        })?;
        Ok(match told {
            Told::Action(acted) => explain::reason_of(&acted.operation, &acted.reason, acted.uid.is_none()),
            Told::Record(acted) => explain::reason_of(&acted.operation, &acted.reason, false),
            Told::Wait(wait) => explain::wait(&wait),
        })
    });
    clauses.collect()
}
