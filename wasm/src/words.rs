//! Actions and waits as clauses, in the words of the core.

use serde_json::Value;
use steadfast_core::{Cause, CauseType, Error, Reason, Wait, explain};

use crate::answer::json;

/// What can be put into words. A record is an action of a trace, whose UID was not recorded.
const TOLD: [&str; 3] = ["action", "record", "wait"];

/// A clause for each of a list of `{"action"}`, `{"record"}` and `{"wait"}`.
pub(crate) fn sentences(given: &str) -> Result<Vec<String>, Error> {
    let Value::Array(list) = json(given)? else {
        return Err(Error::invalid(vec![Cause::required("a list")]));
    };
    let clauses = list.iter().enumerate().map(|(index, one)| {
        sentence(one).map_err(|mut causes| {
            for cause in &mut causes {
                let rest = std::mem::take(&mut cause.field);
                cause.field = format!("[{index}]{}{rest}", if rest.is_empty() { "" } else { "." });
            }
            Error::invalid(causes)
        })
    });
    clauses.collect()
}

/// One clause, or what is wrong, with fields named from `one` on.
fn sentence(one: &Value) -> Result<String, Vec<Cause>> {
    let mut fields = one.as_object().into_iter().flatten();
    let (Some((name, told)), None) = (fields.next(), fields.next()) else {
        let detail = "must be a mapping with exactly one of action, record, wait";
        return Err(vec![Cause::of("", CauseType::FieldValueInvalid, detail)]);
    };
    let within = |causes: Vec<Cause>, before: &str| -> Vec<Cause> {
        let named = causes.into_iter().map(|cause| Cause {
            field: format!("{before}.{}", cause.field),
            ..cause
        });
        named.collect()
    };
    let text = |field: &'static str| match told.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(other) => Err(vec![Cause::wrong_type(
            format!("{name}.{field}"),
            other,
            "a string",
        )]),
    };
    match name.as_str() {
        "action" | "record" => {
            let operation = text("type")?.ok_or_else(|| vec![Cause::required(format!("{name}.type"))])?;
            let is_planned = text("uid")?.is_none() && name == "action";
            let reason = Reason::parse(told.get("reason").unwrap_or(&Value::Null));
            let reason = reason.map_err(|causes| within(causes, &format!("{name}.reason")))?;
            Ok(explain::reason_of(operation, &reason, is_planned))
        }
        "wait" => {
            let wait = Wait::parse(told).map_err(|causes| within(causes, name))?;
            Ok(explain::wait(&wait))
        }
        _ => Err(vec![Cause::not_supported("", &Value::from(name.as_str()), &TOLD)]),
    }
}
