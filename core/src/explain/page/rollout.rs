//! Pages on updates and scaling.

use super::{DiagnosisCode, Page};
use crate::explain::Severity::{Error, Info, Warning};

pub(super) const ROLLBACK_TRAP: Page = Page {
    code: DiagnosisCode::RollbackTrap,
    title: "a broken Pod keeps the update from replacing it",
    severities: &[Error, Info],
    see: &[
        "Pod web-2 is not ready: ImagePullBackOff (container main). It has revision web-bad and the update leads to web-old, but the controller waits for it to be ready before it replaces anything, so the mended template does not reach it",
        "Pod web-2 of the update revision cannot become ready: CrashLoopBackOff (container main). The update stops here, and a mended template alone does not replace it: the controller waits for the Pod before it looks at the template",
    ],
    why: "With podManagementPolicy OrderedReady the controller goes through the Pods from the lowest ordinal up before it updates \
          any, and stops at the first that is not ready. A Pod that was made from a broken template is such a Pod. You mend the \
          template, or take the change back, and nothing happens: the controller never gets to the point where it would replace \
          the Pod. It says so nowhere but in its debug log.\n\nThe severity is info where the Pod may still become ready by itself.",
    remedy: &[
        "See why the Pod is not ready: `kubectl describe pod`, `kubectl logs --previous`.",
        "Apply a template that works, where that is not done yet.",
        "Delete the broken Pod: `kubectl delete pod web-2`. Its claims stay, and the controller makes it from the mended template.",
        "Do the same for the next Pod, if another one is broken.",
    ],
    avoid: "Update one Pod first, with a partition, and look at it before you lower the partition. Where members may start in any \
            order, podManagementPolicy Parallel does not stop at a broken Pod; it can be chosen only when the set is made.",
};

pub(super) const PARALLEL_BUDGET_STUCK: Page = Page {
    code: DiagnosisCode::ParallelBudgetStuck,
    title: "broken old Pods use up maxUnavailable",
    severities: &[Error, Info],
    see: &[
        "1 of 3 Pods are unavailable and maxUnavailable is 1, so the update deletes none; among them are Pods of an old revision that the update would replace (web-0: CrashLoopBackOff (container main))",
    ],
    why: "Where the feature gate MaxUnavailableStatefulSet is on, an update under podManagementPolicy Parallel deletes as many Pods \
          as maxUnavailable allows, and Pods that are unavailable already count. In Kubernetes 1.35.0 to 1.35.3 (and in older ones \
          with the gate on) that holds for broken Pods of the old revision too, which only the update could mend: so it never \
          begins. The gate is off from 1.35.4 on. From 1.37 on it is on again, and such Pods are replaced first, outside the budget.",
    remedy: &[
        "Delete the broken Pods of the old revision: their claims stay, and they are made from the new template.",
        "Or upgrade: `steadfast compare` shows what another version does with the same set.",
    ],
    avoid: "Do not run 1.35.0 to 1.35.3 with Parallel and maxUnavailable, or switch the gate off there.",
};

pub(super) const SCALE_DOWN_BLOCKED: Page = Page {
    code: DiagnosisCode::ScaleDownBlocked,
    title: "a Pod that should go stays, because another is not well",
    severities: &[Warning, Error],
    see: &[
        "Pod web-2 is not removed: the controller waits for Pod web-0, which is not ready: NotReady",
        "Pod web-2 is not removed: the controller waits for Pod web-1, which is not ready: CrashLoopBackOff (container main)",
    ],
    why: "With OrderedReady the controller removes Pods one by one, the highest ordinal first, and only while all others are \
          available: it takes a set that is not well for one that should not lose members. Where two Pods that should go are \
          both broken, each waits for the other for ever: that is an error.",
    remedy: &[
        "Mend the Pod that is waited for; the removal goes on by itself.",
        "Where two Pods that should go are broken, delete the highest by hand. Claims stay, unless whenScaled is Delete.",
    ],
    avoid: "Mend a set before you make it smaller; `steadfast plan --observed dump.yaml smaller.yaml` shows whether it gets stuck.",
};

pub(super) const PARTITION_OFFSET: Page = Page {
    code: DiagnosisCode::PartitionOffset,
    title: "the partition does not mean the ordinals that one might think",
    severities: &[Info],
    see: &[
        "the partition 2 is counted from the first ordinal, which is 5: only ordinal 7 is updated",
        "the partition is 3 and there are 3 replicas: no Pod is updated",
    ],
    why: "The partition of a rolling update is counted from `spec.ordinals.start`, not from zero: Pods from start plus partition \
          upwards are updated. A partition of as many as there are replicas, or more, holds all of them back.",
    remedy: &["Set the partition to the ordinal from which Pods are to be updated, less the start."],
    avoid: "`steadfast diff OLD NEW` names the ordinals that a change updates and those that it holds back.",
};

pub(super) const BUDGET_SERIAL: Page = Page {
    code: DiagnosisCode::BudgetSerial,
    title: "several Pods go down together and come back one at a time",
    severities: &[Warning],
    see: &[
        "an update takes 2 Pods down together (maxUnavailable), and OrderedReady brings them back one at a time",
    ],
    why: "maxUnavailable above one lets an update delete several Pods at once. With OrderedReady the controller still makes them \
          one after the other, each once the one before is available: the set is short of Pods for longer than with one at a time, \
          and little is won.",
    remedy: &[
        "Set maxUnavailable to 1, or make the set anew with podManagementPolicy Parallel (`steadfast recreate`).",
    ],
    avoid: "Use maxUnavailable with Parallel. `steadfast plan OLD NEW` tells the least number of available Pods.",
};

pub(super) const POD_NOT_READY: Page = Page {
    code: DiagnosisCode::PodNotReady,
    title: "a Pod is not ready, and the controller leaves it as it is",
    severities: &[Error, Warning],
    see: &["Pod web-1 is not ready since 2026-11-20T23:00:00Z: NotReady. The controller leaves it as it is"],
    why: "The controller replaces a Pod that has failed, that is gone, or that has another revision than the update; never one that \
          has the right revision and is not well. Such a Pod is the kubelet's, and somebody's, to mend. It is an error where its \
          status says that waiting does not help, a warning after ten minutes.",
    remedy: &[
        "See why: `kubectl describe pod`, `kubectl logs --previous`, the events of its claims.",
        "Mend what it needs (an image, a Secret, a volume, a node), or the template.",
        "After a new template under OrderedReady, delete the Pod: see RollbackTrap.",
    ],
    avoid: "A startup probe and readiness probe that fail for a reason, and an alert on Pods that are not ready for long.",
};

pub(super) const SPURIOUS_ROLLOUT: Page = Page {
    code: DiagnosisCode::SpuriousRollout,
    title: "a change that looks like one and is none, or a rollout without a change",
    severities: &[Info],
    see: &[
        "the manifests are written differently (spec.template.spec.containers[0].resources.limits[memory]) and mean the same: no new revision is made, and no Pod restarts",
        "spec.template.spec.containers[0].env differs in the order of its items alone, and that makes a new revision all the same: a revision keeps the order",
    ],
    why: "Whether Pods restart is decided by the bytes of a revision: the template with its defaults, as the API server has it. A \
          default that is written out, or `1024Mi` for `1Gi`, gives the same bytes; another order of a list gives others. A new \
          version of Kubernetes may write the same template in other bytes: 1.34 no longer writes `creationTimestamp: null`, so an \
          upgrade from 1.33 made new revisions and restarted Pods, until 1.34.2 compared revisions by what they mean (feature gate \
          StatefulSetSemanticRevisionComparison).",
    remedy: &[
        "Where nothing restarts there is nothing to do.",
        "Write the list in the old order, and no Pod restarts.",
        "Before an upgrade from 1.33: go to 1.34.2 or newer; `steadfast compare --kubernetes 1.33,1.34 --observed dump.yaml` shows what it does to your sets.",
    ],
    avoid: "Let one tool write manifests, in a stable order; look at `steadfast diff OLD NEW` before you apply.",
};
