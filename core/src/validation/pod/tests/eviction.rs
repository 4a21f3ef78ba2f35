use serde_json::{Value, json};

use super::refusals::{errors, set};

/// What is refused where `new` takes the place of the stored responders.
fn refused(old: &Value, new: &Value) -> Vec<String> {
    let of = |list: &Value| set(&json!({"evictionResponders": list}));
    errors(&of(new), Some(&of(old)), "1.37")
}

/// Something must be stored, or the field is dropped: the gate is off.
fn one() -> Value {
    json!([{"name": "a.b/c", "priority": 1000}])
}

/// Source: `Validate_EvictionResponder`.
#[test]
fn responders_have_a_domain_of_their_own_and_a_priority_above_kubernetes() {
    const RESERVED: &str = "Invalid domain names *.k8s.io, *.kubernetes.io are reserved";
    for (name, expected) in [
        ("", "Required"),
        ("x.K8S.io/a", RESERVED),
        ("kubernetes.io/a", RESERVED),
        ("notk8s.io/a", ""),
        ("a", "Invalid must include a prefix (e.g. 'example.com/key')"),
        ("/a", "Invalid prefix part must be non-empty"),
    ] {
        let found = refused(&one(), &json!([{"name": name, "priority": 100_000}]));
        let line = format!("evictionResponders[0].name {expected}");
        let expected: &[String] = if expected.is_empty() {
            &[]
        } else {
            std::slice::from_ref(&line)
        };
        // The reserved name in capitals is also no name.
        assert_eq!(found.get(..1).unwrap_or_default(), expected, "{name}");
    }
    for (priority, expected) in [
        (json!(null), &["Required"][..]),
        (
            json!(999),
            &["Invalid priorities 0-999 are reserved for responders with *.k8s.io suffix"],
        ),
        (json!(1000), &[]),
        (json!(100_001), &["Invalid must be less than or equal to 100000"]),
        (json!(-1), &["Invalid must be greater than or equal to 0"]),
    ] {
        let found = refused(&one(), &json!([{"name": "d.e/f", "priority": priority}]));
        let lines = expected
            .iter()
            .map(|line| format!("evictionResponders[0].priority {line}"));
        assert_eq!(found, lines.collect::<Vec<_>>(), "{priority}");
    }
}

#[test]
fn responders_that_are_stored_are_not_checked_again() {
    let wrong = json!([{"name": "a", "priority": 1}, {"name": "b.c/d", "priority": 2}]);
    assert_eq!(refused(&wrong, &wrong), [""; 0]);
    let changed = json!([{"name": "a", "priority": 3}, {"name": "b.c/d", "priority": 2}]);
    assert_eq!(
        refused(&wrong, &changed),
        [
            "evictionResponders[0].priority Invalid priorities 0-999 are reserved for responders with *.k8s.io suffix"
        ]
    );
    let doubled = json!([{"name": "a", "priority": 1}, {"name": "a", "priority": 1}]);
    assert_eq!(refused(&wrong, &doubled), ["evictionResponders[1] Duplicate"]);
}

/// Source: `MaxPodEvictionResponders`.
#[test]
fn of_more_than_ten_responders_none_is_looked_at() {
    let list = |count: u32| (0..count).map(|_| json!({"name": "a", "priority": 1})).collect();
    let too_many = refused(&one(), &list(11));
    assert_eq!(
        too_many,
        ["evictionResponders TooMany must have at most 10 items"]
    );
    assert!(refused(&one(), &list(10)).len() > 10);
}

/// Declared rules hold where those written by hand are suspended.
#[test]
fn responders_are_checked_though_the_stored_set_is_broken() {
    let broken = |list: Value| set(&json!({"evictionResponders": list, "dnsPolicy": "x"}));
    let new = broken(json!([{"name": "d.e/f"}]));
    let found = errors(&new, Some(&broken(one())), "1.37");
    assert_eq!(found, ["evictionResponders[0].priority Required"]);
}
