//! Pages on names and neighbours.

use super::{DiagnosisCode, Page};
use crate::explain::Severity::{Error, Info, Warning};

pub(super) const NAME_TOO_LONG: Page = Page {
    code: DiagnosisCode::NameTooLong,
    title: "a name is, or may become, longer than a label may be",
    severities: &[Error, Warning],
    see: &[
        "the revision's name a-name-of-sixty-characters-which-is-much-too-long-for-a-set-x-new has 72 characters, and as a Pod's label at most 63 are allowed: no Pod can be made with this template",
    ],
    why: "The name of a revision is the set's name, a dash and up to ten letters, and every Pod has it as a label, which may have 63 \
          characters. The API server takes a set whose name is too long for that, and then refuses each of its Pods. How long the hash is \
          depends on the template: with a name of 53 to 61 characters one template works and the next does not. Longer than 61 never works.",
    remedy: &["Make a set with a name of at most 52 characters, and move over."],
    avoid: "Keep names at 52 characters or less; `steadfast lint` warns of longer ones.",
};

pub(super) const GOVERNING_SERVICE: Page = Page {
    code: DiagnosisCode::GoverningService,
    title: "the Service of serviceName does not give the Pods their names",
    severities: &[Warning, Info],
    see: &[
        "Service web does not exist: names such as web-0.web.default.svc do not resolve",
        "Service web is not headless: names such as web-0.web.default.svc do not resolve",
        "the selector of Service web does not match the template's labels: names such as web-0.web.default.svc do not resolve",
    ],
    why: "A Pod has a name of its own in DNS only through a headless Service of the name in serviceName, in the same namespace, whose selector \
          matches the Pod's labels; and only while the Pod is ready, unless publishNotReadyAddresses is true. Nothing checks that.",
    remedy: &[
        "Make the Service, with `clusterIP: None` and a selector that is a part of the template's labels.",
        "Where members look for each other before they are ready, set publishNotReadyAddresses to true.",
        "`steadfast dns` says of each name whether it resolves, and why not.",
    ],
    avoid: "Keep the Service in the same file as the set; `steadfast lint` reads both.",
};

pub(super) const OVERLAPPING_SELECTOR: Page = Page {
    code: DiagnosisCode::OverlappingSelector,
    title: "another controller selects the same Pods",
    severities: &[Warning],
    see: &[
        "Deployment front selects the labels of this set's Pods too: each may adopt Pods of the other that have no controller",
    ],
    why: "A controller adopts Pods that its selector matches and that have no controller. With two that select the same labels, a Pod that \
          has lost its owner may get the wrong one, which then deletes or renames it; Services and budgets count Pods of both.",
    remedy: &[
        "Give each controller a label of its own, in selector and template; for a set that means to make it anew.",
    ],
    avoid: "Use `app.kubernetes.io/instance` and `app.kubernetes.io/component` in selectors.",
};

pub(super) const NO_DISRUPTION_BUDGET: Page = Page {
    code: DiagnosisCode::NoDisruptionBudget,
    title: "no budget limits how many Pods a drain takes, or one allows none",
    severities: &[Info],
    see: &[
        "no PodDisruptionBudget speaks of these Pods: draining nodes may take all 3 at once",
        "PodDisruptionBudget web allows no disruption although all Pods are available: a drain waits for ever",
    ],
    why: "A drain evicts Pods as fast as budgets let it. Without one, draining several nodes may take the members of a quorum together; with \
          one that never allows a disruption, a drain never ends.",
    remedy: &["Make a PodDisruptionBudget with maxUnavailable 1 and the labels of the set."],
    avoid: "Ship the budget together with the set.",
};
