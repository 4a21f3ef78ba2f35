//! Claims and claim templates. Made by `bin/canonical tables`; see the parent.

use super::Kind::{self, Quantity, Text, Time};
use super::Shape::{List, Map, One};
use super::metadata::{LABEL_SELECTOR, OBJECT_META};
use super::{Default, Struct, field};

pub(in crate::canonical) static MODIFY_VOLUME_STATUS: Struct = Struct {
    rule: None,
    fields: &[
        field("status", One(Text)).always(),
        field("targetVolumeAttributesClassName", One(Text)),
    ],
};

pub(in crate::canonical) static PERSISTENT_VOLUME_CLAIM: Struct = Struct {
    rule: None,
    fields: &[
        field("apiVersion", One(Text)),
        field("kind", One(Text)),
        field("metadata", One(Kind::Struct(&OBJECT_META))).always(),
        field("spec", One(Kind::Struct(&PERSISTENT_VOLUME_CLAIM_SPEC))).always(),
        field("status", One(Kind::Struct(&PERSISTENT_VOLUME_CLAIM_STATUS))).always(),
    ],
};

pub(in crate::canonical) static PERSISTENT_VOLUME_CLAIM_CONDITION: Struct = Struct {
    rule: None,
    fields: &[
        field("lastProbeTime", One(Time)).always(),
        field("lastTransitionTime", One(Time)).always(),
        field("message", One(Text)),
        field("reason", One(Text)),
        field("status", One(Text)).always(),
        field("type", One(Text)).always(),
    ],
};

pub(in crate::canonical) static PERSISTENT_VOLUME_CLAIM_SPEC: Struct = Struct {
    rule: None,
    fields: &[
        field("accessModes", List(Text)),
        field("dataSource", One(Kind::Struct(&TYPED_LOCAL_OBJECT_REFERENCE))).pointer(),
        field("dataSourceRef", One(Kind::Struct(&TYPED_OBJECT_REFERENCE))).pointer(),
        field("resources", One(Kind::Struct(&VOLUME_RESOURCE_REQUIREMENTS))).always(),
        field("selector", One(Kind::Struct(&LABEL_SELECTOR))).pointer(),
        field("storageClassName", One(Text)).pointer(),
        field("volumeAttributesClassName", One(Text)).pointer(),
        field("volumeMode", One(Text))
            .pointer()
            .or(&Default::Text("Filesystem")),
        field("volumeName", One(Text)),
    ],
};

pub(in crate::canonical) static PERSISTENT_VOLUME_CLAIM_STATUS: Struct = Struct {
    rule: None,
    fields: &[
        field("accessModes", List(Text)),
        field("allocatedResourceStatuses", Map(Text)),
        field("allocatedResources", Map(Quantity)),
        field("capacity", Map(Quantity)),
        field(
            "conditions",
            List(Kind::Struct(&PERSISTENT_VOLUME_CLAIM_CONDITION)),
        ),
        field("currentVolumeAttributesClassName", One(Text)).pointer(),
        field("healthStatus", One(Kind::Struct(&VOLUME_HEALTH_STATUS)))
            .pointer()
            .since(37),
        field("modifyVolumeStatus", One(Kind::Struct(&MODIFY_VOLUME_STATUS))).pointer(),
        field("phase", One(Text)).or(&Default::Text("Pending")),
    ],
};

pub(in crate::canonical) static PERSISTENT_VOLUME_CLAIM_TEMPLATE: Struct = Struct {
    rule: None,
    fields: &[
        field("metadata", One(Kind::Struct(&OBJECT_META))).always(),
        field("spec", One(Kind::Struct(&PERSISTENT_VOLUME_CLAIM_SPEC))).always(),
    ],
};

pub(in crate::canonical) static TYPED_LOCAL_OBJECT_REFERENCE: Struct = Struct {
    rule: None,
    fields: &[
        field("apiGroup", One(Text)).pointer().always(),
        field("kind", One(Text)).always(),
        field("name", One(Text)).always(),
    ],
};

pub(in crate::canonical) static TYPED_OBJECT_REFERENCE: Struct = Struct {
    rule: None,
    fields: &[
        field("apiGroup", One(Text)).pointer().always(),
        field("kind", One(Text)).always(),
        field("name", One(Text)).always(),
        field("namespace", One(Text)).pointer(),
    ],
};

pub(in crate::canonical) static VOLUME_HEALTH_CONDITION: Struct = Struct {
    rule: None,
    fields: &[
        field("message", One(Text)).since(37),
        field("reason", One(Text)).always().since(37),
        field("status", One(Text)).always().since(37),
    ],
};

pub(in crate::canonical) static VOLUME_HEALTH_STATUS: Struct = Struct {
    rule: None,
    fields: &[
        field("healthConditions", List(Kind::Struct(&VOLUME_HEALTH_CONDITION))).since(37),
        field("lastTransitionTime", One(Time)).always().since(37),
    ],
};

pub(in crate::canonical) static VOLUME_RESOURCE_REQUIREMENTS: Struct = Struct {
    rule: None,
    fields: &[field("limits", Map(Quantity)), field("requests", Map(Quantity))],
};

pub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[
    (&MODIFY_VOLUME_STATUS, "ModifyVolumeStatus"),
    (&PERSISTENT_VOLUME_CLAIM, "PersistentVolumeClaim"),
    (
        &PERSISTENT_VOLUME_CLAIM_CONDITION,
        "PersistentVolumeClaimCondition",
    ),
    (&PERSISTENT_VOLUME_CLAIM_SPEC, "PersistentVolumeClaimSpec"),
    (&PERSISTENT_VOLUME_CLAIM_STATUS, "PersistentVolumeClaimStatus"),
    (&PERSISTENT_VOLUME_CLAIM_TEMPLATE, "PersistentVolumeClaimTemplate"),
    (&TYPED_LOCAL_OBJECT_REFERENCE, "TypedLocalObjectReference"),
    (&TYPED_OBJECT_REFERENCE, "TypedObjectReference"),
    (&VOLUME_HEALTH_CONDITION, "VolumeHealthCondition"),
    (&VOLUME_HEALTH_STATUS, "VolumeHealthStatus"),
    (&VOLUME_RESOURCE_REQUIREMENTS, "VolumeResourceRequirements"),
];
