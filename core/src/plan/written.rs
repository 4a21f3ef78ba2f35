//! Reasons and waits read back from the wire, field by field. What serde derives for them reads the same, and is ten times as
//! much code: a page that only puts a plan into words need not carry it.

use serde_json::Value;

use super::{Kind, Reason, Wait, WaitCode};
use crate::Cause;
use crate::json::{Faults, Field};

impl Reason {
    /// Reads a reason as a plan on the wire has it.
    ///
    /// ```
    /// use steadfast_core::Reason;
    /// let reason = Reason::parse(&serde_json::json!({"code": "scaleDown", "ordinal": 2}));
    /// assert_eq!(reason, Ok(Reason::ScaleDown { ordinal: 2 }));
    /// ```
    ///
    /// # Errors
    /// All fields at fault, named from the reason on.
    pub fn parse(value: &Value) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let fields = Field::root(value, &faults);
        let reason = Self::read(&fields);
        faults.or(reason)
    }

    fn read(fields: &Field<'_>) -> Self {
        let text = |name: &str| needed(fields, name, |field| field.string().map(str::to_owned));
        let flag = |name: &str| needed(fields, name, |field| field.bool());
        let number = |name: &str| needed(fields, name, |field| field.i64());
        match code(fields, "code", &CODES) {
            "replicaMissing" => Self::ReplicaMissing {
                revision: text("revision"),
            },
            "scaleDown" => Self::ScaleDown {
                ordinal: natural(fields, "ordinal"),
            },
            "rollingUpdate" => Self::RollingUpdate {
                from: text("from"),
                to: text("to"),
            },
            "recreate" => Self::Recreate {
                from: text("from"),
                to: text("to"),
            },
            "terminalPhase" => Self::TerminalPhase { phase: text("phase") },
            "claimMissing" => Self::ClaimMissing {
                template: text("template"),
            },
            "claimRetention" => Self::ClaimRetention {
                when_scaled: text("whenScaled"),
                when_deleted: text("whenDeleted"),
                condemned: flag("condemned"),
            },
            "podMismatch" => Self::PodMismatch {
                identity: flag("identity"),
                storage: flag("storage"),
                claim_owners: flag("claimOwners"),
            },
            "selectorMismatch" => Self::SelectorMismatch,
            "nameMismatch" => Self::NameMismatch,
            "newTemplate" => Self::NewTemplate {
                collisions: natural(fields, "collisions"),
            },
            "rollback" => Self::Rollback {
                from: number("from"),
                to: number("to"),
            },
            "historyLimit" => Self::HistoryLimit {
                limit: number("limit"),
            },
            _ => Self::Orphan,
        }
    }
}

/// The codes of reasons, as [`Reason::code`] gives them.
const CODES: [&str; 14] = [
    "replicaMissing",
    "scaleDown",
    "rollingUpdate",
    "recreate",
    "terminalPhase",
    "claimMissing",
    "claimRetention",
    "podMismatch",
    "orphan",
    "selectorMismatch",
    "nameMismatch",
    "newTemplate",
    "rollback",
    "historyLimit",
];

impl Wait {
    /// Reads a wait as a plan on the wire has it.
    ///
    /// ```
    /// use steadfast_core::{Wait, WaitCode};
    /// let wait = serde_json::json!({"code": "podAvailable", "kind": "Pod", "name": "web-0", "retry": false});
    /// assert!(Wait::parse(&wait).is_ok_and(|wait| wait.code == WaitCode::PodAvailable));
    /// ```
    ///
    /// # Errors
    /// All fields at fault, named from the wait on.
    pub fn parse(value: &Value) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let fields = Field::root(value, &faults);
        let wait = Self::read(&fields);
        faults.or(wait)
    }

    fn read(fields: &Field<'_>) -> Self {
        let text = |name: &str| fields.key(name).string().map(str::to_owned);
        let names = WaitCode::ALL.map(WaitCode::name);
        let found = code(fields, "code", &names);
        let kinds = Kind::ALL.map(Kind::name);
        let kind = code(fields, "kind", &kinds);
        let pods = fields.key("pods");
        let pods = pods.items().filter_map(|pod| pod.string().map(str::to_owned));
        Self {
            code: of_name(&WaitCode::ALL, WaitCode::name, found).unwrap_or(WaitCode::PlanLimit),
            kind: of_name(&Kind::ALL, Kind::name, kind).unwrap_or(Kind::Pod),
            name: needed(fields, "name", |field| field.string().map(str::to_owned)),
            pod: text("pod"),
            pods: pods.collect(),
            until: fields.key("until").time(),
            retry: needed(fields, "retry", |field| field.bool()),
            detail: text("detail"),
        }
    }
}

fn of_name<T: Copy>(all: &[T], name: fn(T) -> &'static str, wanted: &str) -> Option<T> {
    all.iter().copied().find(|one| name(*one) == wanted)
}

/// The name that the field holds, which must be one of `known`; empty where it is none.
fn code(fields: &Field<'_>, name: &str, known: &[&'static str]) -> &'static str {
    let field = fields.key(name);
    if !field.is_present() {
        field.required();
    }
    let Some(text) = field.string() else {
        return "";
    };
    let found = known.iter().find(|known| **known == text);
    if found.is_none() {
        field.not_supported(known);
    }
    found.copied().unwrap_or_default()
}

/// What the field holds, which must be there.
fn needed<T: Default>(fields: &Field<'_>, name: &str, read: fn(&Field<'_>) -> Option<T>) -> T {
    let field = fields.key(name);
    if !field.is_present() {
        field.required();
    }
    read(&field).unwrap_or_default()
}

/// A number from 0 up.
fn natural<T: TryFrom<i64> + Default>(fields: &Field<'_>, name: &str) -> T {
    let number = needed(fields, name, |field| field.i64());
    T::try_from(number).unwrap_or_else(|_| {
        fields.key(name).invalid("must be a number from 0 up");
        T::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reasons() -> Vec<Reason> {
        let text = || "x".to_owned();
        vec![
            Reason::ReplicaMissing { revision: text() },
            Reason::ScaleDown { ordinal: 7 },
            Reason::RollingUpdate {
                from: text(),
                to: "y".to_owned(),
            },
            Reason::Recreate {
                from: text(),
                to: "y".to_owned(),
            },
            Reason::TerminalPhase { phase: text() },
            Reason::ClaimMissing { template: text() },
            Reason::ClaimRetention {
                when_scaled: text(),
                when_deleted: "y".to_owned(),
                condemned: true,
            },
            Reason::PodMismatch {
                identity: true,
                storage: false,
                claim_owners: true,
            },
            Reason::Orphan,
            Reason::SelectorMismatch,
            Reason::NameMismatch,
            Reason::NewTemplate { collisions: 3 },
            Reason::Rollback { from: 1, to: 4 },
            Reason::HistoryLimit { limit: -1 },
        ]
    }

    #[test]
    fn a_reason_is_read_as_serde_reads_it() {
        let all = reasons();
        assert!(all.iter().map(Reason::code).eq(CODES));
        for reason in all {
            let written = serde_json::to_value(&reason).unwrap();
            assert_eq!(Reason::parse(&written).unwrap(), reason);
            for field in written.as_object().unwrap().keys() {
                let mut lacking = written.clone();
                lacking.as_object_mut().unwrap().remove(field);
                let causes = Reason::parse(&lacking).unwrap_err();
                assert!(causes.iter().any(|cause| cause.field == *field), "{lacking}");
                assert!(serde_json::from_value::<Reason>(lacking).is_err());
            }
        }
    }

    #[test]
    fn a_wait_is_read_as_serde_reads_it() {
        let mut given = Vec::new();
        for code in WaitCode::ALL {
            for kind in Kind::ALL {
                given.push(json!({"code": code, "kind": kind, "name": "web-0", "retry": true}));
            }
        }
        given.push(
            json!({"code": "podAvailable", "kind": "Pod", "name": "web-0", "retry": false, "pod": "web-1",
            "pods": ["web-2", "web-3"], "until": "2026-11-21T00:00:00Z", "detail": "why"}),
        );
        for written in given {
            let wait: Wait = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(Wait::parse(&written).unwrap(), wait, "{written}");
            for field in ["code", "kind", "name", "retry"] {
                let mut wrong = written.clone();
                wrong[field] = json!(3);
                assert!(Wait::parse(&wrong).is_err(), "{wrong}");
                assert!(serde_json::from_value::<Wait>(wrong).is_err());
            }
        }
    }

    #[test]
    fn what_is_unknown_is_named() {
        let said = |causes: Vec<Cause>| causes.iter().map(Cause::to_string).collect::<Vec<_>>().join("; ");
        let unknown = said(Reason::parse(&json!({"code": "boredom"})).unwrap_err());
        assert!(
            unknown.starts_with("code: Unsupported value: \"boredom\": supported"),
            "{unknown}"
        );
        let negative = said(Reason::parse(&json!({"code": "scaleDown", "ordinal": -1})).unwrap_err());
        assert_eq!(negative, "ordinal: Invalid value: -1: must be a number from 0 up");
        let none = said(Wait::parse(&json!({})).unwrap_err());
        assert_eq!(
            none,
            "code: Required value; kind: Required value; name: Required value; retry: Required value"
        );
        let list = said(Wait::parse(&json!([])).unwrap_err());
        assert!(list.contains("must be a mapping, but is a list"), "{list}");
    }
}
