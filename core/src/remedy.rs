//! What a person can do about a set: typed, so that it can be printed as commands and played in a simulator.

use serde::{Deserialize, Serialize};

use crate::Ordinal;

/// One thing to do, by a person with kubectl.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(tag = "type", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Remedy {
    /// See that a storage class lets volumes grow (`allowVolumeExpansion`), and make it so.
    AllowVolumeExpansion {
        /// The class; absent: the one that the claims have, which the set leaves to the cluster.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        storage_class: Option<String>,
        /// A claim that has the class, such as `data-web-0`.
        claim: String,
    },
    /// Ask for larger volumes: `spec.resources.requests.storage` of the claims of one claim template.
    ResizeClaims {
        /// The claim template's name.
        template: String,
        /// The new size, such as `20Gi`.
        storage: String,
        /// The first ordinal.
        start: u64,
        /// How many ordinals.
        replicas: u64,
    },
    /// Delete the set and leave its Pods running, without a controller (`--cascade=orphan`).
    OrphanPods {},
    /// Apply the new manifest.
    Apply {},
    /// Restart all Pods as a rolling update does, by a new annotation in the template (`kubectl rollout restart`).
    RestartPods {},
    /// Delete the Pods one by one, from the lowest ordinal up, each once the one before is ready again.
    RecreatePods {
        /// The first ordinal.
        start: u64,
        /// How many ordinals.
        replicas: u64,
    },
    /// Delete one Pod; its claims stay.
    DeletePod {
        /// The Pod's name.
        pod: String,
    },
}

/// What commands need to know beside the remedy. Everything in it may come from outside: it is quoted for a shell.
#[derive(Clone, Copy, Debug)]
pub struct CommandContext<'a> {
    /// The set's namespace; absent: the one that kubectl is set to.
    pub namespace: Option<&'a str>,
    /// The set's name.
    pub set: &'a str,
    /// The file with the new manifest.
    pub manifest: &'a str,
}

/// Something that may go wrong, or will.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Risk {
    /// What kind of risk.
    pub code: RiskCode,
    /// The sentence.
    pub message: String,
}

/// The kinds of [`Risk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RiskCode {
    /// For a while the Pods have no controller.
    NoController,
    /// Volumes can only grow where their driver can.
    VolumesMayNotGrow,
    /// Claims cannot shrink.
    ClaimsCannotShrink,
    /// Claims that are there keep what their template no longer says.
    ClaimsKeepFields,
    /// Claims stay and are not used any more.
    ClaimsLeft,
    /// Pods get new, empty claims, and the data stays in the old ones.
    DataLeftBehind,
    /// Claims are deleted with their data.
    ClaimsLost,
    /// The controller cannot work with the Pods, because their volumes cannot be changed.
    AdoptionWedge,
    /// The new set does not adopt the Pods.
    PodsNotAdopted,
    /// Pods restart.
    PodsRestart,
    /// Pods are deleted, because the new set has other ordinals.
    PodsDeleted,
    /// Pods keep their old subdomain, and so their old DNS names.
    OldSubdomain,
    /// The new set is refused when it is made: the old one would be gone.
    CreateRefused,
    /// Pods below the partition keep their old revision only until they go: the new set does not know it as its own.
    HeldRevisionLost,
    /// The new set gets stuck.
    Blocked,
    /// The set is stuck already, and stays so.
    StillBlocked,
}

/// How many ordinals get a command each; for more there is a loop.
const MOST_COMMANDS: u64 = 10;

impl Remedy {
    /// The remedy as commands for a POSIX shell, to be run one after the other.
    ///
    /// ```
    /// use steadfast_core::remedy::{CommandContext, Remedy};
    /// let context = CommandContext { namespace: Some("shop"), set: "web", manifest: "web v2.yaml" };
    /// assert_eq!(Remedy::Apply {}.commands(&context), ["kubectl apply -n shop -f 'web v2.yaml'"]);
    /// ```
    pub fn commands(&self, context: &CommandContext<'_>) -> Vec<String> {
        let kubectl = |verb: &str, rest: &str| match context.namespace {
            Some(namespace) => format!("kubectl {verb} -n {} {rest}", quoted(namespace)),
            None => format!("kubectl {verb} {rest}"),
        };
        let set = quoted(context.set);
        match self {
            Self::AllowVolumeExpansion { storage_class, claim } => {
                let patch = r#"-p '{"allowVolumeExpansion": true}'"#;
                match storage_class {
                    Some(class) => {
                        let class = quoted(class);
                        vec![
                            format!(
                                "kubectl get storageclass {class} -o jsonpath='{{.allowVolumeExpansion}}'"
                            ),
                            format!("kubectl patch storageclass {class} {patch}"),
                        ]
                    }
                    None => {
                        let claim = quoted(claim);
                        let class = kubectl(
                            "get",
                            &format!("pvc {claim} -o jsonpath='{{.spec.storageClassName}}'"),
                        );
                        vec![
                            format!("class=$({class})"),
                            "kubectl get storageclass \"$class\" -o jsonpath='{.allowVolumeExpansion}'"
                                .to_owned(),
                            format!("kubectl patch storageclass \"$class\" {patch}"),
                        ]
                    }
                }
            }
            Self::ResizeClaims {
                template,
                storage,
                start,
                replicas,
            } => {
                let patch = serde_json::json!({"spec": {"resources": {"requests": {"storage": storage}}}});
                let patch = quoted(&crate::json_text::of(&patch).unwrap_or_default());
                let prefix = format!("{template}-{}", context.set);
                each(&prefix, *start, *replicas, |claim| {
                    vec![kubectl("patch", &format!("pvc {claim} -p {patch}"))]
                })
            }
            Self::OrphanPods {} => vec![kubectl("delete", &format!("statefulset {set} --cascade=orphan"))],
            Self::Apply {} => vec![kubectl("apply", &format!("-f {}", quoted(context.manifest)))],
            Self::RestartPods {} => vec![
                kubectl("rollout restart", &format!("statefulset/{set}")),
                kubectl("rollout status", &format!("statefulset/{set}")),
            ],
            Self::RecreatePods { start, replicas } => each(context.set, *start, *replicas, |pod| {
                vec![
                    kubectl("delete", &format!("pod {pod}")),
                    kubectl("wait", &format!("--for=create pod/{pod} --timeout=10m")),
                    kubectl("wait", &format!("--for=condition=Ready pod/{pod} --timeout=10m")),
                ]
            }),
            Self::DeletePod { pod } => vec![kubectl("delete", &format!("pod {}", quoted(pod)))],
        }
    }

    /// What it is for, as a clause: `delete the set and leave its Pods running`.
    pub fn sentence(&self) -> String {
        match self {
            Self::AllowVolumeExpansion {
                storage_class: Some(class),
                ..
            } => {
                format!("see that storage class {class} lets volumes grow, and make it so where it does not")
            }
            Self::AllowVolumeExpansion {
                storage_class: None, ..
            } => "see that the claims' storage class lets volumes grow, and make it so where it does not"
                .to_owned(),
            Self::ResizeClaims {
                template, storage, ..
            } => {
                format!("ask for {storage} in each claim of {template}")
            }
            Self::OrphanPods {} => "delete the set and leave its Pods running".to_owned(),
            Self::Apply {} => "apply the new manifest; the new set adopts the Pods".to_owned(),
            Self::RestartPods {} => "restart the Pods, so that they are made as the new set says".to_owned(),
            Self::RecreatePods { .. } => {
                "delete the Pods one by one, the lowest first, each once the one before is ready".to_owned()
            }
            Self::DeletePod { pod } => format!("delete Pod {pod}; its claims stay"),
        }
    }
}

impl RiskCode {
    /// Whether it speaks against doing it at all, rather than asking for care.
    pub const fn is_harmful(self) -> bool {
        matches!(
            self,
            Self::PodsNotAdopted | Self::DataLeftBehind | Self::CreateRefused | Self::ClaimsLost
        )
    }
}

/// The commands for each of the ordinals; for many of them as a loop.
fn each(prefix: &str, start: u64, replicas: u64, commands: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let end = start.saturating_add(replicas);
    if replicas <= MOST_COMMANDS {
        let names = (start..end).map(|ordinal| Ordinal::new(ordinal).pod_name(prefix).to_string());
        return names.flat_map(|name| commands(&quoted(&name))).collect();
    }
    let name = format!("{}\"$i\"", quoted(&format!("{prefix}-")));
    let body = commands(&name).join(" && ");
    vec![format!(
        "for i in $(seq {start} {}); do {body} || break; done",
        end.saturating_sub(1)
    )]
}

/// The word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: CommandContext<'static> = CommandContext {
        namespace: None,
        set: "web",
        manifest: "web.yaml",
    };

    #[test]
    fn each_claim_gets_a_command_and_many_get_a_loop() {
        let resize = |replicas| Remedy::ResizeClaims {
            template: "data".into(),
            storage: "20Gi".into(),
            start: 1,
            replicas,
        };
        assert_eq!(
            resize(2).commands(&WEB),
            [
                r#"kubectl patch pvc data-web-1 -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}'"#,
                r#"kubectl patch pvc data-web-2 -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}'"#,
            ]
        );
        assert_eq!(
            resize(300).commands(&WEB),
            [
                r#"for i in $(seq 1 300); do kubectl patch pvc data-web-"$i" -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}' || break; done"#
            ]
        );
        assert_eq!(resize(0).commands(&WEB), [""; 0]);
    }

    #[test]
    fn what_comes_from_outside_cannot_end_a_word() {
        let context = CommandContext {
            namespace: Some("a b"),
            set: "web; rm -rf '$HOME'",
            manifest: "-",
        };
        assert_eq!(
            Remedy::OrphanPods {}.commands(&context),
            [r"kubectl delete -n 'a b' statefulset 'web; rm -rf '\''$HOME'\''' --cascade=orphan"]
        );
        let many = Remedy::RecreatePods {
            start: 0,
            replicas: 11,
        }
        .commands(&context);
        assert!(
            many[0].contains(r#"pod 'web; rm -rf '\''$HOME'\''-'"$i" &&"#),
            "{many:?}"
        );
    }

    #[test]
    fn the_wire_form_is_read_back() {
        let remedy = Remedy::AllowVolumeExpansion {
            storage_class: Some("fast".into()),
            claim: "data-web-0".into(),
        };
        let text = serde_json::to_string(&remedy).unwrap();
        assert_eq!(
            text,
            r#"{"type":"AllowVolumeExpansion","storageClass":"fast","claim":"data-web-0"}"#
        );
        assert_eq!(serde_json::from_str::<Remedy>(&text).unwrap(), remedy);
        assert_eq!(
            serde_json::to_string(&Remedy::Apply {}).unwrap(),
            r#"{"type":"Apply"}"#
        );
    }
}
