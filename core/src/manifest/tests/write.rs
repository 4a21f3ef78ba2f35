//! The writer against the answers of Go, from `written.txt`, and where it differs on purpose.

use serde_json::{Value, json};

use super::one;
use crate::manifest::to_yaml;

#[test]
fn yaml_is_written_byte_for_byte_as_kubectl_writes_it() {
    let text = include_str!("written.txt");
    let mut count = 0;
    for case in text.trim_end_matches('\n').split("\n=== ").skip(1) {
        let (value, yaml) = case.split_once('\n').unwrap();
        let value: Value = serde_json::from_str(value).expect(value);
        let yaml = format!("{yaml}\n");
        assert_eq!(to_yaml(&value), yaml);
        assert_eq!(one(&yaml), value);
        count += 1;
    }
    assert_eq!(count, 21);
}

/// Go writes a plain `<<`, and merges it when it reads it.
#[test]
fn a_merge_sign_that_is_text_is_quoted() {
    let value = json!({"<<": {"a": 1}, "b": "<<"});
    assert_eq!(to_yaml(&value), "\"<<\":\n  a: 1\nb: \"<<\"\n");
    assert_eq!(one(&to_yaml(&value)), value);
}

/// To YAML 1.1 these are line breaks, to YAML 1.2 they are not: only escapes mean the same to both.
#[test]
fn line_breaks_of_unicode_are_escaped() {
    let value = json!({"a\u{2028}": "b\u{2029}c", "d": "e\u{85}\n"});
    assert_eq!(to_yaml(&value), "? \"a\\L\"\n: \"b\\Pc\"\nd: \"e\\N\\n\"\n");
    assert_eq!(one(&to_yaml(&value)), value);
}

#[test]
fn every_scalar_of_the_tables_survives_as_text() {
    let scalars = include_str!("scalars.txt")
        .lines()
        .chain(include_str!("keys.txt").lines());
    for scalar in scalars
        .filter_map(|line| line.strip_prefix('|')?.split_once("| => "))
        .map(|(scalar, _)| scalar)
    {
        let value = json!({scalar: [scalar], "list": [[scalar], {scalar: scalar}]});
        assert_eq!(one(&to_yaml(&value)), value, "{scalar}");
    }
}

/// The order that go-yaml sorts by is not transitive for keys such as these; the writer must not mind.
#[test]
fn keys_without_a_clear_order_are_all_written() {
    let parts = ["a", "0", "00", "1", "10", "01", "-", "_", ".", "é", "²", "٣", "B"];
    let mut value = serde_json::Map::new();
    for a in parts {
        for b in parts {
            for c in parts {
                value.insert(format!("{a}{b}{c}"), Value::Null);
            }
        }
    }
    let value = Value::Object(value);
    assert_eq!(one(&to_yaml(&value)), value);
}
