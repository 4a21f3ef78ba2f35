//! Pages on claims, volumes and what may not be changed.

use super::{DiagnosisCode, Page};
use crate::explain::Severity::{Error, Warning};

pub(super) const IMMUTABLE_CHANGE: Page = Page {
    code: DiagnosisCode::ImmutableChange,
    title: "the API server refuses to change this field",
    severities: &[Error],
    see: &[
        "the API server refuses the change: spec.serviceName (from `web` to `internal`) cannot be changed in a set that exists",
    ],
    why: "The selector, the claim templates, the serviceName and the podManagementPolicy of a StatefulSet cannot be changed. Up to 1.36 \
          the API server answers with one error for all of them and names none; from 1.37 on with one for each.",
    remedy: &[
        "`steadfast diff OLD NEW` names each field with its old and new value, and proposes a runbook that is played first: as a rule, \
         larger claims are asked for one by one, the set is deleted without its Pods, and made anew around them.",
        "`steadfast recreate NEW --observed dump.yaml` says what the Pods and claims as they are make of that.",
        "Where `diff` says that it does harm, make a set with another name and move over.",
    ],
    avoid: "Choose these fields with care when the set is made. `steadfast lint --from OLD NEW` in a pipeline finds such a change before it \
            is applied.",
};

pub(super) const CLAIM_BLOCKS_POD: Page = Page {
    code: DiagnosisCode::ClaimBlocksPod,
    title: "a claim keeps a Pod from being made or started",
    severities: &[Error, Warning],
    see: &[
        "Pod web-1 cannot be made: its claim data-web-1 is being deleted (held by kubernetes.io/pvc-protection), and its data goes with it. The controller tries again until the claim is gone, and then makes a new, empty one",
        "Pod web-1 cannot be made: its claim data-web-1 belongs to an earlier Pod of this name, with which it is to go. Garbage collection must remove it first",
        "Pod web-1 cannot start: its claim data-web-1 does not exist, and the controller makes it only once Pod web-0 is available",
    ],
    why: "A Pod is made only after its claims. A claim that is being deleted stays until no Pod uses it and its finalizers are taken off; \
          the controller waits, and then makes an empty one. With whenScaled Delete a claim may still belong to the Pod that had this name \
          before, and goes with that one. And a claim that somebody has deleted is made again only when OrderedReady gets to its ordinal. \
          It is a warning while the claim goes by itself.",
    remedy: &[
        "`kubectl describe pvc` tells what holds the claim; see which Pod still uses it.",
        "To keep the data of a claim that is being deleted, set its volume's reclaim policy to Retain now, and bind the volume to a new claim of \
         the same name.",
        "Where a lower ordinal is in the way, mend that Pod first.",
    ],
    avoid: "Never delete a claim together with its Pod unless the data may go; use whenScaled Retain where ordinals come back.",
};

pub(super) const ADOPTION_WEDGE: Page = Page {
    code: DiagnosisCode::AdoptionWedge,
    title: "a Pod lacks a volume of a claim template",
    severities: &[Error],
    see: &[
        "Pod web-1 lacks a volume of a claim template, or has another claim in its place. The controller tries to correct that for ever (FailedUpdate): a Pod's volumes cannot be changed",
    ],
    why: "A set adopts Pods by their labels and names, without a look at their volumes; then it finds that a volume of a claim template is \
          missing, and tries to add it. A Pod's volumes cannot be changed, so the API server refuses every time. That comes of a set that was \
          deleted without its Pods and made anew with a claim template more, or of Pods that were made by hand.",
    remedy: &[
        "Delete these Pods one at a time, the lowest first, each once the one before is ready: they are made anew with their volumes.",
    ],
    avoid: "Before you make a set anew: `steadfast recreate NEW --observed dump.yaml`.",
};

pub(super) const CLAIM_DATA_LOSS: Page = Page {
    code: DiagnosisCode::ClaimDataLoss,
    title: "claims go with their data",
    severities: &[Error, Warning],
    see: &[
        "claims go with their data: data-web-1, data-web-2; their ordinals leave the set and whenScaled is Delete",
        "claims go with their data: data-web-0, data-web-1; the set is being deleted and whenDeleted is Delete",
        "claims go with their data once this is applied: data-web-2, data-web-3; their ordinals leave the set and whenScaled is Delete",
    ],
    why: "With persistentVolumeClaimRetentionPolicy Delete the controller makes Pods or the set owners of claims, and garbage collection \
          deletes the claims after them. What then becomes of the volume is the storage class's reclaim policy. A change that does this is \
          an error before it is applied, unless the annotation `steadfast.dev/allow: P1` confirms it; on its way it is a warning.",
    remedy: &[
        "To keep them, set whenScaled (or whenDeleted) to Retain before the Pods go.",
        "A claim that is marked for deletion stays marked: set the reclaim policy of its volume to Retain.",
    ],
    avoid: "Delete only where data can be made again. `steadfast plan` and `steadfast diff` name the claims that a change takes.",
};
