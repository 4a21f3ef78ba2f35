//! The set itself. Made by `bin/canonical tables`; see the parent.

use super::Kind::{self, Int32, Int64, IntOrText, Text, Time};
use super::Shape::{List, One};
use super::claim::PERSISTENT_VOLUME_CLAIM;
use super::metadata::{LABEL_SELECTOR, OBJECT_META};
use super::pod::POD_TEMPLATE_SPEC;
use super::{Default, Struct, field};
use crate::canonical::rules::Rule;

pub(in crate::canonical) static ROLLING_UPDATE_STATEFUL_SET_STRATEGY: Struct = Struct {
    rule: None,
    fields: &[
        field("maxUnavailable", One(IntOrText)).pointer(),
        field("partition", One(Int32)).pointer(),
    ],
};

pub(in crate::canonical) static STATEFUL_SET: Struct = Struct {
    rule: None,
    fields: &[
        field("apiVersion", One(Text)),
        field("kind", One(Text)),
        field("metadata", One(Kind::Struct(&OBJECT_META))).always(),
        field("spec", One(Kind::Struct(&STATEFUL_SET_SPEC))).always(),
        field("status", One(Kind::Struct(&STATEFUL_SET_STATUS))).always(),
    ],
};

pub(in crate::canonical) static STATEFUL_SET_CONDITION: Struct = Struct {
    rule: None,
    fields: &[
        field("lastTransitionTime", One(Time)).always(),
        field("message", One(Text)),
        field("reason", One(Text)),
        field("status", One(Text)).always(),
        field("type", One(Text)).always(),
    ],
};

pub(in crate::canonical) static STATEFUL_SET_ORDINALS: Struct = Struct {
    rule: None,
    fields: &[field("start", One(Int32)).always()],
};

pub(in crate::canonical) static STATEFUL_SET_PERSISTENT_VOLUME_CLAIM_RETENTION_POLICY: Struct = Struct {
    rule: None,
    fields: &[
        field("whenDeleted", One(Text)).or(&Default::Text("Retain")),
        field("whenScaled", One(Text)).or(&Default::Text("Retain")),
    ],
};

pub(in crate::canonical) static STATEFUL_SET_SPEC: Struct = Struct {
    rule: Some(Rule::StatefulSetSpec),
    fields: &[
        field("minReadySeconds", One(Int32)),
        field("ordinals", One(Kind::Struct(&STATEFUL_SET_ORDINALS))).pointer(),
        field(
            "persistentVolumeClaimRetentionPolicy",
            One(Kind::Struct(
                &STATEFUL_SET_PERSISTENT_VOLUME_CLAIM_RETENTION_POLICY,
            )),
        )
        .pointer()
        .or(&Default::Struct),
        field("podManagementPolicy", One(Text)).or(&Default::Text("OrderedReady")),
        field("replicas", One(Int32)).pointer().or(&Default::Int(1)),
        field("revisionHistoryLimit", One(Int32))
            .pointer()
            .or(&Default::Int(10)),
        field("selector", One(Kind::Struct(&LABEL_SELECTOR)))
            .pointer()
            .always(),
        field("serviceName", One(Text)).always(),
        field("template", One(Kind::Struct(&POD_TEMPLATE_SPEC))).always(),
        field("updateStrategy", One(Kind::Struct(&STATEFUL_SET_UPDATE_STRATEGY))).always(),
        field(
            "volumeClaimTemplates",
            List(Kind::Struct(&PERSISTENT_VOLUME_CLAIM)),
        ),
    ],
};

pub(in crate::canonical) static STATEFUL_SET_STATUS: Struct = Struct {
    rule: None,
    fields: &[
        field("availableReplicas", One(Int32)).always(),
        field("collisionCount", One(Int32)).pointer(),
        field("conditions", List(Kind::Struct(&STATEFUL_SET_CONDITION))),
        field("currentReplicas", One(Int32)),
        field("currentRevision", One(Text)),
        field("observedGeneration", One(Int64)),
        field("readyReplicas", One(Int32)),
        field("replicas", One(Int32)).always(),
        field("updateRevision", One(Text)),
        field("updatedReplicas", One(Int32)),
    ],
};

pub(in crate::canonical) static STATEFUL_SET_UPDATE_STRATEGY: Struct = Struct {
    rule: Some(Rule::UpdateStrategy),
    fields: &[
        field(
            "rollingUpdate",
            One(Kind::Struct(&ROLLING_UPDATE_STATEFUL_SET_STRATEGY)),
        )
        .pointer(),
        field("type", One(Text)),
    ],
};

pub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[
    (
        &ROLLING_UPDATE_STATEFUL_SET_STRATEGY,
        "RollingUpdateStatefulSetStrategy",
    ),
    (&STATEFUL_SET, "StatefulSet"),
    (&STATEFUL_SET_CONDITION, "StatefulSetCondition"),
    (&STATEFUL_SET_ORDINALS, "StatefulSetOrdinals"),
    (
        &STATEFUL_SET_PERSISTENT_VOLUME_CLAIM_RETENTION_POLICY,
        "StatefulSetPersistentVolumeClaimRetentionPolicy",
    ),
    (&STATEFUL_SET_SPEC, "StatefulSetSpec"),
    (&STATEFUL_SET_STATUS, "StatefulSetStatus"),
    (&STATEFUL_SET_UPDATE_STRATEGY, "StatefulSetUpdateStrategy"),
];
