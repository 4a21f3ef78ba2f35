//! Fields are found where they stand in the file.

use super::only;
use crate::manifest::{Document, read, to_yaml};

const SET: &str = "\
# a comment
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: wéb
  labels: {app.kubernetes.io/name: \"wéb\", tier: x}
spec:
  replicas: &count 03
  template:
    spec:
      containers:
      - name: a
        image: >-
          nginx
      -
        name: b
        args: [x, 'é', z]
  other: *count
";

fn place(document: &Document, field: &str) -> String {
    document
        .position_of(field)
        .map(|position| position.to_string())
        .unwrap_or_default()
}

#[test]
fn yaml_fields_are_found_by_their_kubernetes_path() {
    let document = only(SET);
    let cases = [
        ("", "line 2, column 1"),
        ("kind", "line 3, column 1"),
        ("metadata", "line 4, column 1"),
        ("metadata.labels[app.kubernetes.io/name]", "line 6, column 12"),
        ("metadata.labels[tier]", "line 6, column 43"),
        ("metadata.labels.tier", "line 6, column 43"),
        ("spec.replicas", "line 8, column 3"),
        ("spec.template.spec.containers", "line 11, column 7"),
        ("spec.template.spec.containers[0]", "line 12, column 9"),
        ("spec.template.spec.containers[0].image", "line 13, column 9"),
        ("spec.template.spec.containers[1].name", "line 16, column 9"),
        ("spec.template.spec.containers[1].args[2]", "line 17, column 24"),
        ("spec.other", "line 18, column 3"),
        ("spec.missing", ""),
        ("spec.template.spec.containers[2]", ""),
        ("spec.template.spec.containers[x]", ""),
        ("spec.replicas.deeper", ""),
        ("spec..replicas", ""),
        ("spec[", ""),
    ];
    for (field, expected) in cases {
        assert_eq!(place(&document, field), expected, "{field}");
    }
    assert_eq!(document.line, 2);
}

#[test]
fn values_are_found_past_anchors() {
    let document = only(SET);
    let location = document.location_of("spec.replicas").unwrap();
    assert_eq!(location.value.start.to_string(), "line 8, column 20");
    assert_eq!(location.key.unwrap().start.to_string(), "line 8, column 3");
    assert_eq!(
        document
            .location_of("spec.other")
            .unwrap()
            .value
            .start
            .to_string(),
        "line 18, column 10"
    );
    assert_eq!(
        document
            .location_of("spec.template.spec.containers[1].args[0]")
            .unwrap()
            .key,
        None
    );
}

#[test]
fn a_missing_field_leads_to_the_nearest_around_it() {
    let document = only(SET);
    let nearest = |field: &str| document.nearest_position_of(field).unwrap().to_string();
    assert_eq!(nearest("spec.serviceName"), "line 7, column 1");
    assert_eq!(
        nearest("spec.template.spec.containers[0].ports[3].name"),
        "line 12, column 9"
    );
    assert_eq!(nearest("nothing"), "line 2, column 1");
}

#[test]
fn merged_and_aliased_fields_are_found_where_they_are_written() {
    let document = only(
        "base: &b\n  x: 1\n  u: {z: 2}\nmore: &m {w: 3, x: 4}\nnew:\n  <<: [*b, *m]\n  v: *b\n  x: 5\nlate:\n  x: 6\n  <<: *b\n",
    );
    assert_eq!(place(&document, "new.u.z"), "line 3, column 7");
    assert_eq!(place(&document, "new.w"), "line 4, column 11");
    assert_eq!(place(&document, "new.x"), "line 8, column 3");
    assert_eq!(place(&document, "new.v.u.z"), "line 3, column 7");
    // What counts is written last: the merge.
    assert_eq!(place(&document, "late.x"), "line 2, column 3");
    assert_eq!(document.value["late"]["x"], 1);
}

#[test]
fn keys_are_found_by_what_go_makes_of_them() {
    let document = only("n: 1\n0x10: 2\n\"y\": 3\n&a on: 4\nx: {*a : 5}\n");
    let places: Vec<_> = ["false", "16", "y", "true", "x.true"]
        .iter()
        .map(|f| place(&document, f))
        .collect();
    assert_eq!(
        places,
        [
            "line 1, column 1",
            "line 2, column 1",
            "line 3, column 1",
            "line 4, column 4",
            "line 5, column 5"
        ]
    );
}

#[test]
fn of_keys_that_stand_twice_the_one_that_counts_is_found() {
    assert_eq!(place(&only("a: 1\na: 2\n"), "a"), "line 2, column 1");
    assert_eq!(place(&only("{\"a\": 1,\n\"a\": 2}"), "a"), "line 2, column 1");
}

#[test]
fn json_fields_are_found_in_characters_not_bytes() {
    let text = "\n{\"é\": {\"a\\\"b\": [1, {\"c/d\": \"]}\\\\\", \"e\": true}],\n \"f\": -1.5e3 , \"g\": null}}\n {\"h\": 1}";
    let documents = read(text.as_bytes()).unwrap();
    let cases = [
        ("", "line 2, column 1"),
        ("é", "line 2, column 2"),
        ("é[a\"b]", "line 2, column 8"),
        ("é[a\"b][0]", "line 2, column 17"),
        ("é[a\"b][1][c/d]", "line 2, column 21"),
        ("é[a\"b][1].e", "line 2, column 36"),
        ("é.f", "line 3, column 2"),
        ("é.g", "line 3, column 16"),
    ];
    for (field, expected) in cases {
        assert_eq!(place(&documents[0], field), expected, "{field}");
    }
    assert_eq!(
        documents[0].location_of("é.f").unwrap().value.start.to_string(),
        "line 3, column 7"
    );
    assert_eq!(
        (documents[1].line, place(&documents[1], "h")),
        (4, "line 4, column 3".to_owned())
    );
}

#[test]
fn later_documents_count_lines_from_the_start_of_the_file() {
    let documents = read(b"a: 1\n---\n# x\n\nb:\n  c: 2\n---\n---\nd: 3\n").unwrap();
    let places: Vec<_> = [(1, "b.c"), (2, "d")]
        .map(|(i, f): (usize, &str)| (documents[i].line, place(&documents[i], f)))
        .into();
    assert_eq!(
        places,
        [
            (5, "line 6, column 3".to_owned()),
            (9, "line 9, column 1".to_owned())
        ]
    );
    let documents = read(b"{\"a\": 1} {b: 1,\n c: 2}\n").unwrap();
    assert_eq!(place(&documents[1], "b"), "line 1, column 11");
    assert_eq!(place(&documents[1], "c"), "line 2, column 2");
}

#[test]
fn places_hold_where_quoted_lines_are_badly_indented() {
    let document = only("a:\n  b: \"x\ny\"\n  c: 'z\n w'#x\n  d: 1\n");
    assert_eq!(place(&document, "a.d"), "line 6, column 3");
    assert_eq!(place(&document, "a.c"), "line 4, column 3");
}

/// In what the writer writes, every key of the set is found where it stands.
#[test]
fn every_key_is_found_where_its_name_stands() {
    let value = only(SET).value;
    for text in [
        to_yaml(&value),
        serde_json::to_string_pretty(&value).unwrap(),
        serde_json::to_string(&value).unwrap(),
    ] {
        let document = only(&text);
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let mut open = vec![(&value, String::new())];
        let mut seen = 0;
        while let Some((value, path)) = open.pop() {
            for (name, value) in value.as_object().into_iter().flatten() {
                let path = if name.contains('.') {
                    format!("{path}[{name}]")
                } else {
                    format!("{path}.{name}")
                };
                let at = document.position_of(path.trim_start_matches('.')).expect(&path);
                let rest: String = lines[at.line as usize - 1][at.column as usize - 1..]
                    .iter()
                    .collect();
                assert!(
                    rest.trim_start_matches('"').starts_with(name.as_str()),
                    "{path}: {rest}"
                );
                seen += 1;
                open.push((value, path));
            }
            for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                open.push((value, format!("{path}[{index}]")));
            }
        }
        assert_eq!(seen, 17);
    }
}
