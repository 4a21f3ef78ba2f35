//! Lists give their items, which still know where they stand.

use serde_json::json;

use crate::manifest::{Document, Object, objects, read};

fn objects_of(text: &str) -> Vec<Object> {
    objects(read(text.as_bytes()).unwrap())
}

#[test]
fn a_list_of_anything_gives_its_items_in_order() {
    let text = "kind: List\napiVersion: v1\nitems:\n- kind: Service\n  metadata: {name: a}\n- kind: Pod\n  metadata:\n    name: b\n---\nkind: Pod\n";
    let objects = objects_of(text);
    let seen: Vec<_> = objects
        .iter()
        .map(|o| (o.value["kind"].as_str().unwrap(), o.path.as_str()))
        .collect();
    assert_eq!(seen, [("Service", "items[0]"), ("Pod", "items[1]"), ("Pod", "")]);
    let places: Vec<_> = objects
        .iter()
        .map(|o| o.position_of("metadata.name").map(|p| p.to_string()))
        .collect();
    assert_eq!(
        places,
        [
            Some("line 5, column 14".into()),
            Some("line 8, column 5".into()),
            None
        ]
    );
    assert_eq!(
        objects[2].position_of("kind").unwrap().to_string(),
        "line 10, column 1"
    );
}

/// An API server leaves both out of the items of a typed list; apimachinery fills in both or none.
#[test]
fn items_of_a_typed_list_get_its_kind_and_version() {
    let text =
        r#"{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}, {"kind": "Job"}]}"#;
    let values: Vec<_> = objects_of(text).into_iter().map(|object| object.value).collect();
    assert_eq!(
        values,
        [
            json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}}),
            json!({"kind": "Job"}),
        ]
    );
}

#[test]
fn lists_inside_lists_are_unpacked() {
    let text = "kind: List\nitems:\n- kind: List\n  items: [{kind: A}, {kind: B}]\n- {kind: C}\n";
    let objects = objects_of(text);
    let seen: Vec<_> = objects
        .iter()
        .map(|o| (o.value["kind"].as_str().unwrap(), o.path.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("A", "items[0].items[0]"),
            ("B", "items[0].items[1]"),
            ("C", "items[1]")
        ]
    );
    assert_eq!(
        objects[1].position_of("kind").unwrap().to_string(),
        "line 4, column 23"
    );
}

#[test]
fn an_empty_list_gives_nothing() {
    assert!(objects_of("kind: List\nitems: []\n").is_empty());
    assert!(objects_of("kind: PodList\nitems: null\n").is_empty());
}

#[test]
fn what_is_no_list_stays_as_it_is() {
    for text in [
        "kind: List\n",
        "kind: List\nitems: text\n",
        "items: [1]\n",
        "kind: Pod\nitems: [1]\n",
        "- a\n",
        "text\n",
    ] {
        let documents = read(text.as_bytes()).unwrap();
        let value = documents[0].value.clone();
        let objects = objects(documents);
        assert_eq!(objects.len(), 1, "{text:?}");
        assert_eq!(
            (&objects[0].value, objects[0].path.as_str()),
            (&value, ""),
            "{text:?}"
        );
    }
}

#[test]
fn objects_without_a_text_have_no_places() {
    let objects = objects(vec![Document::of(json!({"kind": "List", "items": [{"a": 1}]}))]);
    assert_eq!(objects[0].value, json!({"a": 1}));
    assert_eq!(objects[0].position_of("a"), None);
    assert_eq!(objects[0].nearest_position_of("a"), None);
}
