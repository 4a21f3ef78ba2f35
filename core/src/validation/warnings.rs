//! What an API server warns of in a set that it takes.
//!
//! Source: `WarningsOnCreate` and `WarningsOnUpdate` of `pkg/registry/apps/statefulset/strategy.go`,
//! `pkg/api/pod/warnings.go`, `pkg/api/node/util.go`, `pkg/api/persistentvolumeclaim/util.go`.

use serde_json::{Value, json};

use super::report::At;
use super::{ip, names, pod};
use crate::canonical::quantity::Quantity;
use crate::quoted;

mod paths;
mod ports;

/// Sentences, each once.
pub(super) struct Warnings {
    pub texts: Vec<String>,
    minor: u8,
}

impl Warnings {
    pub fn new(minor: u8) -> Self {
        Self {
            texts: Vec::new(),
            minor,
        }
    }

    pub fn say(&mut self, text: String) {
        if !self.texts.contains(&text) {
            self.texts.push(text);
        }
    }

    fn at(&mut self, at: &At<'_>, sentence: &str) {
        self.say([&at.path(), ": ", sentence].concat());
    }
}

/// Warnings of a set that is created or, where its generation says that its spec changed, updated.
pub(super) fn of_set(set: &At<'_>, is_update: bool, has_changed: bool, warnings: &mut Warnings) {
    let spec = set.field("spec");
    if has_changed {
        of_template(&spec.field("template"), warnings);
    }
    for item in spec.field("volumeClaimTemplates").items() {
        let claim = item.field("spec");
        // Upstream's paths: the step is left out, or has Go's name.
        let at = if is_update {
            item.alias("Spec", &claim)
        } else {
            item.with(claim.value())
        };
        of_claim(&at, warnings);
    }
    let limit = spec.field("revisionHistoryLimit");
    if limit.number() < 0 {
        warnings.at(
            &limit,
            "a negative value retains all historical revisions; a value >= 0 is recommended",
        );
    }
}

/// Source: `GetWarningsForPersistentVolumeClaimSpec`.
fn of_claim(spec: &At<'_>, warnings: &mut Warnings) {
    let resources = spec.field("resources");
    for list in ["requests", "limits"] {
        fraction(&resources.field(list).key("storage"), warnings);
    }
}

/// Source: `warningsForPodSpecAndMeta`.
fn of_template(template: &At<'_>, warnings: &mut Warnings) {
    let (metadata, spec) = (template.field("metadata"), template.field("spec"));
    let annotations = metadata.field("annotations");
    for (label, at) in spec.field("nodeSelector").entries() {
        if let Some(sentence) = sentence_of(&NODE_LABELS, label) {
            warnings.at(&at, sentence);
        }
    }
    node_affinity(&spec, warnings);
    for constraint in spec.field("topologySpreadConstraints").items() {
        node_label(&constraint.field("topologyKey"), warnings);
        no_selector(&constraint, warnings);
    }
    for (name, sentence) in ANNOTATIONS {
        let found = annotations.key(name);
        if found.is_present() {
            warnings.at(&found, sentence);
        }
    }
    let volumes = spec.field("volumes");
    for volume in volumes.items() {
        for (plugin, sentence) in PLUGINS {
            // The one whose path is not its name in JSON.
            let name = if plugin == "storageOS" {
                "storageos"
            } else {
                plugin
            };
            let found = volume.alias(plugin, &volume.field(name));
            if found.is_present() {
                warnings.at(&found, sentence);
            }
        }
        let ephemeral = volume.field("ephemeral");
        of_claim(&ephemeral.field("volumeClaimTemplate").field("spec"), warnings);
    }
    paths::overlapping(&volumes, warnings);
    twice(&spec.field("hostAliases"), "ip", warnings);
    let secrets = spec.field("imagePullSecrets");
    twice(&secrets, "name", warnings);
    for secret in secrets
        .items()
        .filter(|secret| secret.field("name").text().is_empty())
    {
        warnings.at(&secret.field("name"), "invalid empty name \"\"");
    }
    for resource in FRACTIONS {
        fraction(&spec.field("overhead").key(resource), warnings);
    }
    let context = spec.field("securityContext");
    if !context.field("seccompProfile").is_present() {
        seccomp(
            &annotations.key("seccomp.security.alpha.kubernetes.io/pod"),
            warnings,
        );
    }
    pod::each_container(&spec, &mut |container| {
        of_container(
            container,
            &annotations,
            &context.field("appArmorProfile"),
            warnings,
        );
    });
    ports::of_pod(&spec, warnings);
    let grace = spec.field("terminationGracePeriodSeconds");
    if grace.number() < 0 {
        warnings.at(
            &grace,
            "must be >= 0; negative values are invalid and will be treated as 1",
        );
    }
    let affinity = spec.field("affinity");
    for name in ["podAffinity", "podAntiAffinity"] {
        let terms = affinity.field(name);
        for term in terms.field(REQUIRED).items() {
            no_selector(&term, warnings);
        }
        for term in terms.field(PREFERRED).items() {
            no_selector(&term.field("podAffinityTerm"), warnings);
        }
    }
    for server in spec.field("dnsConfig").field("nameservers").items() {
        address(&server, warnings);
    }
    for alias in spec.field("hostAliases").items() {
        address(&alias.field("ip"), warnings);
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const FRACTIONS: [&str; 2] = ["memory", "ephemeral-storage"];

static NODE_LABELS: [(&str, &str); 8] = [
    (
        "beta.kubernetes.io/arch",
        "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
    ),
    (
        "beta.kubernetes.io/os",
        "deprecated since v1.14; use \"kubernetes.io/os\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    ),
    (
        "beta.kubernetes.io/instance-type",
        "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    ),
    ("app.kubernetes.io/created-by", "deprecated since v1.9"),
    (
        "scheduler.alpha.kubernetes.io/preferAvoidPods",
        "deprecated since v1.22; use Taints and Tolerations instead",
    ),
    (
        "node-role.kubernetes.io/master",
        "use \"node-role.kubernetes.io/control-plane\" instead",
    ),
];

static ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];

static PLUGINS: [(&str, &str); 9] = [
    (
        "photonPersistentDisk",
        "deprecated in v1.11, non-functional in v1.16+",
    ),
    (
        "gitRepo",
        "deprecated in v1.11, and disabled by default in v1.33+",
    ),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
];

fn sentence_of(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, sentence)| *sentence)
}

fn node_label(at: &At<'_>, warnings: &mut Warnings) {
    if let Some(sentence) = sentence_of(&NODE_LABELS, at.text()) {
        warnings.at(at, &[at.text(), " is ", sentence].concat());
    }
}

/// Source: `GetWarningsForNodeSelectorTerm`.
fn node_affinity(spec: &At<'_>, warnings: &mut Warnings) {
    let affinity = spec.field("affinity");
    let nodes = affinity.field("nodeAffinity");
    let required = nodes.field(REQUIRED);
    let mut term = |term: &At<'_>, is_preferred: bool| {
        for expression in term.field("matchExpressions").items() {
            node_label(&expression.field("key"), warnings);
            for value in expression.field("values").items().filter(|_| is_preferred) {
                for error in names::is_label_value(value.text(), warnings.minor) {
                    warnings.at(&value, &[value.text(), " is invalid, ", &error].concat());
                }
            }
        }
    };
    for item in required.field("nodeSelectorTerms").items() {
        term(&item, false);
    }
    for item in nodes.field(PREFERRED).items() {
        term(&item.field("preference"), true);
    }
}

fn no_selector(at: &At<'_>, warnings: &mut Warnings) {
    let selector = at.field("labelSelector");
    if !selector.is_present() {
        warnings.at(&selector, "a null labelSelector results in matching no pod");
    }
}

fn twice(list: &At<'_>, name: &str, warnings: &mut Warnings) {
    let mut known: Vec<&str> = Vec::new();
    for item in list.items() {
        let text = item.value().get(name).and_then(Value::as_str).unwrap_or_default();
        if known.contains(&text) {
            let sentence = ["duplicate ", name, " ", &quoted(text)].concat();
            warnings.at(&item.field(name), &sentence);
        } else {
            known.push(text);
        }
    }
}

fn fraction(at: &At<'_>, warnings: &mut Warnings) {
    if Quantity::parse(at.text()).is_ok_and(|quantity| !quantity.is_whole()) {
        let value = quoted(at.text());
        warnings.at(
            at,
            &[
                "fractional byte value ",
                &value,
                " is invalid, must be an integer",
            ]
            .concat(),
        );
    }
}

fn seccomp(annotation: &At<'_>, warnings: &mut Warnings) {
    if annotation.is_present() {
        warnings.at(
            annotation,
            "non-functional in v1.27+; use the \"seccompProfile\" field instead",
        );
    }
}

fn address(at: &At<'_>, warnings: &mut Warnings) {
    if let Some(sentence) = ip::ip_warning(at.text(), warnings.minor) {
        warnings.at(at, &sentence);
    }
}

fn of_container(container: &At<'_>, annotations: &At<'_>, pods: &At<'_>, warnings: &mut Warnings) {
    let name = container.field("name");
    let context = container.field("securityContext");
    if !context.field("seccompProfile").is_present() {
        let key = ["container.seccomp.security.alpha.kubernetes.io/", name.text()].concat();
        seccomp(&annotations.key(&key), warnings);
    }
    let key = ["container.apparmor.security.beta.kubernetes.io/", name.text()].concat();
    let annotation = annotations.key(&key);
    if annotation.is_present() && !context.field("appArmorProfile").is_present() {
        // Until 1.33 any profile of the Pod counted, now one that says the same.
        let is_said = match app_armor(annotation.text()) {
            _ if warnings.minor <= 33 => pods.is_present(),
            profile => profile.is_some_and(|profile| profile == *pods.value()),
        };
        if !is_said {
            warnings.at(
                &annotation,
                "deprecated since v1.30; use the \"appArmorProfile\" field instead",
            );
        }
    }
    let resources = container.field("resources");
    for resource in FRACTIONS {
        for list in ["limits", "requests"] {
            fraction(&resources.field(list).key(resource), warnings);
        }
    }
    variables(&container.field("env"), warnings);
}

/// Source: `ApparmorFieldForAnnotation`.
fn app_armor(annotation: &str) -> Option<Value> {
    match annotation {
        "unconfined" => Some(json!({"type": "Unconfined"})),
        "runtime/default" => Some(json!({"type": "RuntimeDefault"})),
        _ => {
            let name = annotation
                .strip_prefix("localhost/")
                .filter(|name| !name.is_empty())?;
            Some(json!({"type": "Localhost", "localhostProfile": name}))
        }
    }
}

/// A variable that is set again must refer to what it was.
fn variables(list: &At<'_>, warnings: &mut Warnings) {
    let mut known: Vec<String> = Vec::new();
    for variable in list.items() {
        let (name, value) = (variable.field("name"), variable.field("value"));
        let reference = ["$(", name.text(), ")"].concat();
        if !known.contains(&reference) {
            known.push(reference);
        } else if variable.field("valueFrom").is_present()
            || value.text() == reference
            || !value.text().contains(&reference)
        {
            let name = quoted(name.text());
            warnings.at(
                &variable,
                &[
                    "hides previous definition of ",
                    &name,
                    ", which may be dropped when using apply",
                ]
                .concat(),
            );
        }
    }
}
