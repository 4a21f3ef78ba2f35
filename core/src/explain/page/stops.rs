//! Pages on what stops the controller, or a Pod's end.

use super::{DiagnosisCode, Page};
use crate::explain::Severity::{Error, Warning};

pub(super) const NODE_LOST: Page = Page {
    code: DiagnosisCode::NodeLost,
    title: "a Pod cannot end because its node is gone",
    severities: &[Error],
    see: &[
        "Pod web-0 cannot end: its node node-1 is not ready. No other Pod gets its identity until this one is proved to have stopped",
        "Pod web-0 cannot end: its node node-1 does not exist any more. No other Pod gets its identity until this one is proved to have stopped",
    ],
    why: "A Pod of a set is gone when its kubelet says that its containers have stopped. A node that does not answer says nothing, and the \
          Pod stays Terminating for ever: the controller makes no second Pod of the same identity, because the first may still run and write.",
    remedy: &[
        "Bring the node back, if you can: the Pod then ends by itself.",
        "Once the machine is known to be off, say so: `kubectl taint nodes NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`. Pods \
         are let go and volumes are detached.",
        "Only where neither works, and the machine is off for certain: `kubectl delete pod --force --grace-period=0`. If it still runs, two Pods \
         write with one identity.",
    ],
    avoid: "A controller for node shutdown or a cloud provider that deletes Node objects of machines that are gone; fencing.",
};

pub(super) const POD_STUCK_TERMINATING: Page = Page {
    code: DiagnosisCode::PodStuckTerminating,
    title: "a Pod does not end although its node is there",
    severities: &[Error],
    see: &[
        "Pod web-0 was to be gone by 2026-11-20T23:00:00Z and is still there: its node has not reported its end",
        "Pod web-0 was to be gone by 2026-11-20T23:00:00Z and is still there: it is held by the finalizers example.com/backup",
    ],
    why: "A Pod stays until its kubelet has stopped it and unmounted its volumes, and until all finalizers are taken off. The controller makes \
          the next Pod of this name only after that.",
    remedy: &[
        "Where finalizers hold it: find the controller that is to take them off, and why it does not.",
        "Else look at the kubelet of its node: a volume that cannot be unmounted, or a process that cannot be killed.",
    ],
    avoid: "A preStop hook and grace period that fit; no finalizers on Pods whose controller may be removed first.",
};

pub(super) const CONTROLLER_STOPPED: Page = Page {
    code: DiagnosisCode::ControllerStopped,
    title: "the controller does nothing until something is corrected",
    severities: &[Error, Warning],
    see: &["the name of Pod web-1 belongs to another object, so the set's own cannot be made"],
    why: "Some things end a pass of the controller before it does anything: a selector or maxUnavailable that cannot be used, a revision that \
          cannot be read, the strategy Recreate where its feature gate is off, a name that another object has. It tries again and again, and \
          says it in events or only in its log. It is a warning where the object in the way is going.",
    remedy: &[
        "Do what the message says: correct the field, or delete or rename the object in the way.",
        "An object with the right labels and no controller can be adopted instead.",
    ],
    avoid: "`steadfast lint` finds fields that cannot be used before they are applied.",
};
