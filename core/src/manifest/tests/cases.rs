//! The reader against the answers of Go, from the tables beside this file.

use serde_json::Value;

use super::{one, values};
use crate::manifest::{NoticeCode, ReadErrorCode, read, read_one};

/// The lines `|SCALAR| => ANSWER` of a table.
fn table(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines
        .map(|line| {
            line.strip_prefix('|')
                .and_then(|line| line.split_once("| => "))
                .expect(line)
        })
        .collect()
}

/// Go's `-0` is an integer to Kubernetes.
fn expected(answer: &str) -> Value {
    match answer {
        "-0" => Value::from(0),
        _ => serde_json::from_str(answer).expect(answer),
    }
}

#[test]
fn scalars_resolve_as_in_go() {
    let table = table(include_str!("scalars.txt"));
    assert!(table.len() > 200);
    for (scalar, answer) in table {
        let value = values(&format!("v: {scalar}\n"));
        match answer {
            "error" => assert!(value.is_err(), "{scalar}: Go refuses it, read {value:?}"),
            _ => assert_eq!(value.unwrap()[0]["v"], expected(answer), "{scalar}"),
        }
    }
}

#[test]
fn keys_become_strings_as_in_go() {
    for (key, answer) in table(include_str!("keys.txt")) {
        let value = values(&format!("{key}: v\n"));
        match answer {
            "error" => assert!(value.is_err(), "{key}: Go refuses it, read {value:?}"),
            _ => {
                let value = value.unwrap().remove(0);
                let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
                assert_eq!(keys, [expected(answer).as_str().unwrap()], "{key}");
            }
        }
    }
}

#[test]
fn files_give_the_documents_that_kubectl_reads() {
    let cases = include_str!("documents.txt").split("\n=== ").skip(1);
    let mut count = 0;
    for case in cases {
        let (name, rest) = case.split_once('\n').unwrap();
        let (file, answers) = rest.split_at(rest.find("=> ").unwrap());
        let file = file
            .replace("{CR}", "\r")
            .replace("{TAB}", "\t")
            .replace("{BOM}", "\u{FEFF}")
            .replace("{NEL}", "\u{85}")
            .replace("{LS}", "\u{2028}")
            .replace("{PS}", "\u{2029}");
        let file = file.replace("{END}\n", "");
        let answers: Vec<_> = answers
            .lines()
            .filter_map(|line| line.strip_prefix("=> "))
            .collect();
        let values = values(&file);
        match answers[..] {
            ["error"] => assert!(values.is_err(), "{name}: kubectl refuses it, read {values:?}"),
            ["nothing"] => assert_eq!(values.unwrap(), Vec::<Value>::new(), "{name}"),
            _ => {
                let expected: Vec<_> = answers.iter().map(|answer| expected(answer)).collect();
                assert_eq!(values.unwrap(), expected, "{name}");
            }
        }
        count += 1;
    }
    assert!(count > 75, "{count} cases");
}

#[test]
fn the_first_document_is_read_without_a_word_about_the_others() {
    for text in [
        "a: 1\n---\nb: 2\n",
        "--- {a: 1}\n--- not a separator for kubectl\n",
        "a: 1\n...\n}\n",
        "{\"a\": 1}]",
    ] {
        let document = read_one(text.as_bytes()).unwrap().unwrap();
        assert_eq!(document.value, serde_json::json!({"a": 1}), "{text:?}");
        assert_eq!(document.notices, [], "{text:?}");
    }
}

#[test]
fn reading_one_document_adds_no_line_break_where_reading_a_file_does() {
    assert_eq!(one("a: |\n  x")["a"], "x");
    assert_eq!(one("a: |\n  x\n  ")["a"], "x\n");
    assert_eq!(one("a: |\n  x\n    ")["a"], "x\n  ");
    assert_eq!(values("a: |\n  x").unwrap()[0]["a"], "x\n");
}

#[test]
fn reading_one_document_of_nothing_gives_none() {
    assert!(read_one(b"").unwrap().is_none());
    assert!(read_one(b"# comment\n").unwrap().is_none());
    assert_eq!(one("null\n"), Value::Null);
}

#[test]
fn utf_16_is_read_with_a_byte_order_mark() {
    let little: Vec<u8> = "\u{FEFF}a: é😀\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = "\u{FEFF}a: é😀\n"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [little, big] {
        assert_eq!(read(&bytes).unwrap()[0].value["a"], "é😀");
    }
}

#[test]
fn duplicate_keys_are_noticed_with_path_and_place() {
    let yaml = "spec:\n  ports:\n  - port: 1\n    port: 2\nmetadata: {labels: {a/b: x, a/b: y}}\n";
    let json = "{\"spec\": {\"ports\": [{\"port\": 1,\n \"port\": 2}]}, \"metadata\":\n{\"labels\": {\"a/b\": 1, \"a/b\": 2}}}";
    for (text, places) in [
        (yaml, ["line 4, column 5", "line 5, column 29"]),
        (json, ["line 2, column 2", "line 3, column 23"]),
    ] {
        let document = super::only(text);
        let told: Vec<_> = document
            .notices
            .iter()
            .map(|n| (n.code, n.position.to_string(), n.message.as_str()))
            .collect();
        let message = |field| format!("`{field}` is set more than once: the last value counts");
        let (port, label) = (message("spec.ports[0].port"), message("metadata.labels[a/b]"));
        assert_eq!(
            told,
            [
                (NoticeCode::DuplicateKey, places[0].to_owned(), port.as_str()),
                (NoticeCode::DuplicateKey, places[1].to_owned(), label.as_str()),
            ]
        );
        assert_eq!(document.value["spec"]["ports"][0]["port"], 2);
    }
}

#[test]
fn a_key_that_a_merge_brought_is_no_duplicate() {
    assert_eq!(super::only("<<: {a: 1}\na: 2\n").notices, []);
    assert_eq!(super::only("<<: {a: 1}\na: 2\na: 3\n").notices.len(), 1);
}

#[test]
fn content_that_nothing_reads_is_noticed() {
    let document = super::only("a: 1\n...\nb: 2\n");
    assert_eq!(document.notices.len(), 1);
    assert_eq!(document.notices[0].code, NoticeCode::IgnoredContent);
    assert_eq!(document.notices[0].position.to_string(), "line 3, column 1");
    let document = super::only("  kind: x\nspec: y\n");
    assert_eq!(document.notices[0].position.to_string(), "line 2, column 1");
}

/// Go's decoder replaces it where the text becomes a string.
#[test]
fn half_a_character_in_json_is_replaced() {
    let json = "{\"a\": \"\\ud800x\\udc00\", \"\\udbff\": \"\\ud83d\\ude00\\\\ud800\"}";
    let expected = serde_json::json!({"a": "\u{FFFD}x\u{FFFD}", "\u{FFFD}": "😀\\ud800"});
    assert_eq!(one(json), expected);
    assert_eq!(super::only(json).value, expected);
    assert!(values("a: \"\\ud800\"\n").is_err());
}

/// The bound is that of YAML 1.2's specification, which go-yaml keeps to.
#[test]
fn a_key_has_at_most_1024_characters_before_its_colon() {
    for letter in ["k", "é"] {
        assert!(values(&format!("{}: v\n", letter.repeat(1_024))).is_ok());
        assert!(values(&format!("{}: v\n", letter.repeat(1_025))).is_err());
        assert!(values(&format!("? {}\n: v\n", letter.repeat(1_025))).is_ok());
    }
}

/// go-yaml takes text up 512 bytes at a time, and what it does not take up cannot be wrong.
#[test]
fn what_go_does_not_look_at_may_be_no_text() {
    let text = |between: usize| format!("a: 1\n...\n{}\u{1}", " ".repeat(between));
    assert!(values(&text(480)).is_err());
    assert_eq!(values(&text(520)).unwrap(), [serde_json::json!({"a": 1})]);
}

#[test]
fn many_lines_of_badly_indented_quoted_text_are_read() {
    let text = format!("a:\n  b: \"{}\"\n  c: 1\n", "word\n".repeat(200_000));
    let value = one(&text);
    assert_eq!(value["a"]["b"].as_str().unwrap().len(), 200_000 * 5);
    assert_eq!(value["a"]["c"], 1);
}

#[test]
fn the_codes_are_those_of_the_wire() {
    assert_eq!(ReadErrorCode::Unreadable.as_str(), "unreadable");
    assert_eq!(ReadErrorCode::TooLarge.as_str(), "tooLarge");
    let error = read(b"a: [").unwrap_err();
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(json["code"], "unreadable");
    assert_eq!(json["position"], serde_json::json!({"line": 1, "column": 4}));
}
