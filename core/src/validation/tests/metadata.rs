use serde_json::{Value, json};

use super::{NEWEST, VERSIONS, created, refused, texts, updated};

#[test]
fn a_name_is_a_dns_label() {
    for version in VERSIONS {
        let long = "x".repeat(64);
        let expected =
            format!("metadata.name: Invalid value: \"{long}\": must be no more than 63 characters");
        refused(version, "metadata.name", json!(long), &[&expected]);
        let dots = "metadata.name: Invalid value: \"a.b\": must not contain dots";
        refused(version, "metadata.name", json!("a.b"), &[dots]);
        let none = "metadata.name: Required value: name or generateName is required";
        refused(version, "metadata.name", json!(null), &[none]);
    }
}

#[test]
fn a_generated_name_may_end_in_a_dash() {
    let changes = [
        ("metadata.name", json!(null)),
        ("metadata.generateName", json!("web-")),
    ];
    let verdict = created(NEWEST, &changes);
    assert!(verdict.is_accepted());
    assert_eq!(verdict.object["metadata"]["name"], "web-xxxxx");
}

#[test]
fn names_that_were_allowed_once_can_be_updated() {
    let name = [("metadata.name", json!("a.b"))];
    assert!(updated(NEWEST, &name, &name).is_accepted());
    let slash = [("metadata.name", json!("a/b%"))];
    let expected = [
        "metadata.name: Invalid value: \"a/b%\": may not contain '/'",
        "metadata.name: Invalid value: \"a/b%\": may not contain '%'",
    ];
    assert_eq!(texts(&updated(NEWEST, &slash, &slash)), expected);
}

#[test]
fn owners_are_checked_in_the_words_of_the_version() {
    let owners = json!([{"apiVersion": "", "kind": "", "name": "n", "uid": "u"}]);
    refused(
        "1.33",
        "metadata.ownerReferences",
        owners.clone(),
        &[
            "metadata.ownerReferences.apiVersion: Invalid value: \"\": version must not be empty",
            "metadata.ownerReferences.kind: Invalid value: \"\": kind must not be empty",
        ],
    );
    refused(
        "1.36",
        "metadata.ownerReferences",
        owners.clone(),
        &[
            "metadata.ownerReferences.apiVersion: Invalid value: \"\": version must not be empty",
            "metadata.ownerReferences.kind: Invalid value: \"\": must not be empty",
        ],
    );
    refused(
        NEWEST,
        "metadata.ownerReferences",
        owners,
        &[
            "metadata.ownerReferences[0].apiVersion: Required value: must not be empty",
            "metadata.ownerReferences[0].kind: Required value: must not be empty",
        ],
    );
    let owner = |version: &str, kind: &str, uid: &str| json!({"apiVersion": version, "kind": kind, "name": "n", "uid": uid, "controller": true});
    refused(
        NEWEST,
        "metadata.ownerReferences",
        json!([owner("v1", "Event", "1"), owner("a/b/c", "K", "2")]),
        &[
            "metadata.ownerReferences[0]: Invalid value: /v1, Kind=Event is disallowed from being an owner",
            "metadata.ownerReferences[1].apiVersion: Invalid value: \"a/b/c\": must be <group>/<version> or <version>",
            "metadata.ownerReferences: Invalid value: Only one reference can have Controller set to true. Found \"true\" in \
             references for Event/n and K/n",
        ],
    );
}

#[test]
fn an_owner_that_stands_twice_is_kept_once_with_a_warning() {
    let owner = json!({"apiVersion": "v1", "kind": "K", "name": "n", "uid": "u"});
    let verdict = created(NEWEST, &[("metadata.ownerReferences", json!([owner, owner]))]);
    assert_eq!(verdict.object["metadata"]["ownerReferences"], json!([owner]));
    let expected = ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and \
                    may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u";
    assert_eq!(verdict.warnings, [expected]);
}

#[test]
fn finalizers_have_a_domain_or_are_kubernetes_own() {
    refused(
        NEWEST,
        "metadata.finalizers",
        json!(["orphan", "foregroundDeletion", "kubernetes", "example.com/mine"]),
        &["metadata.finalizers: Invalid value: finalizer orphan and foregroundDeletion cannot be both set"],
    );
    refused(
        NEWEST,
        "metadata.finalizers",
        json!(["mine"]),
        &[
            "metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully \
           qualified",
        ],
    );
}

#[test]
fn annotations_have_label_keys_in_any_case_and_a_size() {
    for version in VERSIONS {
        refused(
            version,
            "metadata.annotations",
            json!({"Example.COM/Key": ""}),
            &[],
        );
        let large = "x".repeat(256 * 1024);
        refused(
            version,
            "metadata.annotations",
            json!({"k": large}),
            &["metadata.annotations: Too long: may not be more than 262144 bytes"],
        );
    }
    // Of the template the path is that of the struct's own field.
    let expected = "spec.template.labels: Invalid value: \"/a\": prefix part must be non-empty";
    let labels = json!({"app": "web", "/a": ""});
    refused(NEWEST, "spec.template.metadata.labels", labels, &[expected]);
}

#[test]
fn managed_fields_are_checked_in_the_words_of_the_version() {
    let entry = json!([{"operation": "Patch", "fieldsType": "V2", "manager": "a\u{1}"}]);
    let rest = [
        "metadata.managedFields[0].fieldsType: Invalid value: \"V2\": must be `FieldsV1`",
        "metadata.managedFields[0].manager: Invalid value: \"a\\u0001\": invalid character U+0001 (at position 1)",
    ];
    let before = "metadata.managedFields[0].operation: Invalid value: \"Patch\": must be `Apply` or `Update`";
    refused(
        "1.36",
        "metadata.managedFields",
        entry.clone(),
        &[before, rest[0], rest[1]],
    );
    let now = "metadata.managedFields[0].operation: Unsupported value: \"Patch\": supported values: \"Apply\", \"Update\"";
    refused(NEWEST, "metadata.managedFields", entry, &[now, rest[0], rest[1]]);
}

#[test]
fn what_a_server_fills_in_is_unchanged_where_the_stored_set_lacks_it() {
    let filled: [(&str, Value); 4] = [
        ("metadata.uid", json!("u")),
        ("metadata.resourceVersion", json!("7")),
        ("metadata.creationTimestamp", json!("2026-11-21T00:00:00Z")),
        ("metadata.generation", json!(3)),
    ];
    assert!(updated(NEWEST, &[], &filled).is_accepted());
    assert!(updated(NEWEST, &filled, &[]).is_accepted());
    let other = [("metadata.uid", json!("v"))];
    let expected = "metadata.uid: Invalid value: \"v\": field is immutable";
    assert_eq!(texts(&updated(NEWEST, &filled, &other)), [expected]);
}

#[test]
fn a_set_that_is_being_deleted_takes_no_new_finalizers() {
    let old = [
        ("metadata.deletionTimestamp", json!("2026-11-21T00:00:00Z")),
        ("metadata.finalizers", json!(["a.b/c"])),
    ];
    let new = [("metadata.finalizers", json!(["x.y/z", "a.b/c", "d.e/f"]))];
    let expected = "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new \
                    finalizers []string{\"d.e/f\", \"x.y/z\"}";
    assert_eq!(texts(&updated(NEWEST, &old, &new)), [expected]);
    let deleted = [("metadata.deletionTimestamp", json!("2026-11-21T00:00:00Z"))];
    let expected = "metadata.deletionTimestamp: Invalid value: \"2026-11-21T00:00:00Z\": field is immutable";
    assert_eq!(texts(&updated(NEWEST, &[], &deleted)), [expected]);
}
