//! Metadata, selectors and references. Made by `bin/canonical tables`; see the parent.

use super::Kind::{self, Bool, Int64, Raw, Text, Time};
use super::Shape::{List, Map, One};
use super::{Struct, field};

pub(in crate::canonical) static LABEL_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[
        field(
            "matchExpressions",
            List(Kind::Struct(&LABEL_SELECTOR_REQUIREMENT)),
        ),
        field("matchLabels", Map(Text)),
    ],
};

pub(in crate::canonical) static LABEL_SELECTOR_REQUIREMENT: Struct = Struct {
    rule: None,
    fields: &[
        field("key", One(Text)).always(),
        field("operator", One(Text)).always(),
        field("values", List(Text)),
    ],
};

pub(in crate::canonical) static LOCAL_OBJECT_REFERENCE: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text))],
};

pub(in crate::canonical) static MANAGED_FIELDS_ENTRY: Struct = Struct {
    rule: None,
    fields: &[
        field("apiVersion", One(Text)),
        field("fieldsType", One(Text)),
        field("fieldsV1", One(Raw)).pointer(),
        field("manager", One(Text)),
        field("operation", One(Text)),
        field("subresource", One(Text)),
        field("time", One(Time)).pointer(),
    ],
};

pub(in crate::canonical) static OBJECT_META: Struct = Struct {
    rule: None,
    fields: &[
        field("annotations", Map(Text)),
        field("creationTimestamp", One(Time)).always().until(33),
        field("creationTimestamp", One(Time)).since(34),
        field("deletionGracePeriodSeconds", One(Int64)).pointer(),
        field("deletionTimestamp", One(Time)).pointer(),
        field("finalizers", List(Text)),
        field("generateName", One(Text)),
        field("generation", One(Int64)),
        field("labels", Map(Text)),
        field("managedFields", List(Kind::Struct(&MANAGED_FIELDS_ENTRY))),
        field("name", One(Text)),
        field("namespace", One(Text)),
        field("ownerReferences", List(Kind::Struct(&OWNER_REFERENCE))),
        field("resourceVersion", One(Text)),
        field("selfLink", One(Text)),
        field("uid", One(Text)),
    ],
};

pub(in crate::canonical) static OWNER_REFERENCE: Struct = Struct {
    rule: None,
    fields: &[
        field("apiVersion", One(Text)).always(),
        field("blockOwnerDeletion", One(Bool)).pointer(),
        field("controller", One(Bool)).pointer(),
        field("kind", One(Text)).always(),
        field("name", One(Text)).always(),
        field("uid", One(Text)).always(),
    ],
};

pub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[
    (&LABEL_SELECTOR, "LabelSelector"),
    (&LABEL_SELECTOR_REQUIREMENT, "LabelSelectorRequirement"),
    (&LOCAL_OBJECT_REFERENCE, "LocalObjectReference"),
    (&MANAGED_FIELDS_ENTRY, "ManagedFieldsEntry"),
    (&OBJECT_META, "ObjectMeta"),
    (&OWNER_REFERENCE, "OwnerReference"),
];
