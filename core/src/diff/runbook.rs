//! What to do where a change is not allowed: as a rule the set is deleted without its Pods, and made anew around them.
//!
//! Source: k/k#68737, k/k#41015; `ClaimObject` of `controller_ref_manager.go` (which Pods are adopted), `storageMatches` of
//! `stateful_set_utils.go` (which of them the controller can work with), `ValidatePersistentVolumeClaimUpdate`.

use serde::Serialize;
use serde_json::Value;

use super::claims::{ClaimChanges, Resized};
use super::pods::{Strategy, range};
use super::{Diff, changed_immutables, diff, stored};
use crate::remedy::{CommandContext, Remedy, Risk, RiskCode};
use crate::{Error, Ordinal, Profile, validation};

/// How to make a change that an API server does not allow, and what speaks against it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Runbook {
    /// Whether to follow it.
    pub advice: Advice,
    /// What to do, in order; nothing where that would be harmful.
    pub steps: Vec<RunbookStep>,
    /// What suggests itself and must not be done, where that is so: it is here so that a simulator can show what comes
    /// of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub avoid: Vec<Remedy>,
    /// What speaks against it, or must be minded.
    pub risks: Vec<Risk>,
}

/// Whether to follow a runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Advice {
    /// It does what the new manifest asks for.
    Recommended,
    /// The API server then takes the new manifest, but what exists stays as it is; the risks say what.
    Partial,
    /// It does harm: change the manifest instead.
    Harmful,
}

/// A step of a runbook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RunbookStep {
    /// What to do.
    #[serde(flatten)]
    pub remedy: Remedy,
    /// The same as a clause for people.
    pub sentence: String,
    /// The same as commands for a POSIX shell.
    pub commands: Vec<String>,
}

/// What to do in place of a change from `old` to `new` that is not allowed because fields cannot be changed; nothing
/// where none of those is changed. `new` is the manifest itself, since the set is made anew from it. `manifest` is what the new manifest is called in commands, such as `web.yaml`.
///
/// # Errors
/// As [`diff`].
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, diff::{Advice, runbook}};
/// let set = |storage: &str| json!({"metadata": {"name": "web"}, "spec": {
///     "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
///     "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
///         {"name": "nginx", "image": "nginx:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
///     "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
///         "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
///         "resources": {"requests": {"storage": storage}}}}]}});
/// let found = runbook(&set("10Gi"), &set("20Gi"), "web.yaml", &Profile::default())?.unwrap();
/// assert_eq!(found.advice, Advice::Recommended);
/// let commands: Vec<&str> = found.steps.iter().flat_map(|step| &step.commands).map(String::as_str).collect();
/// assert_eq!(commands[1], r#"kubectl patch storageclass fast -p '{"allowVolumeExpansion": true}'"#);
/// assert_eq!(commands[3..], ["kubectl delete statefulset web --cascade=orphan", "kubectl apply -f web.yaml"]);
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn runbook(
    old: &Value,
    new: &Value,
    manifest: &str,
    profile: &Profile,
) -> Result<Option<Runbook>, Error> {
    let stored = stored(old, profile)?;
    let wanted = validation::update(new, &stored, profile)?.object;
    let changed = changed_immutables(&stored, &wanted);
    if changed.is_empty() || name(&stored) != name(&wanted) {
        return Ok(None);
    }
    let mut draft = Draft {
        old: &stored,
        new: &wanted,
        strategy: Strategy::of(&wanted, profile),
        remedies: Vec::new(),
        risks: Vec::new(),
        advice: Advice::Recommended,
    };
    draft.recreate(&changed, &diff(old, new, profile)?);
    // Who makes a set anew loses the ratchets that an update has.
    let created = validation::create(new, profile)?;
    if let Some(error) = created.errors.first() {
        let message = format!(
            "an API server refuses the new set when it is created, and the old one would be gone: {error}"
        );
        draft.harm(RiskCode::CreateRefused, message);
    }
    Ok(Some(draft.finish(manifest)))
}

struct Draft<'a> {
    old: &'a Value,
    new: &'a Value,
    strategy: Strategy,
    remedies: Vec<Remedy>,
    risks: Vec<Risk>,
    advice: Advice,
}

impl Draft<'_> {
    fn recreate(&mut self, changed: &[&str], diff: &Diff) {
        let (old, new) = (self.old, self.new);
        let claims = ClaimChanges::of(old, new);
        for template in &claims.grown {
            self.grow(template);
        }
        self.remedies.push(Remedy::OrphanPods {});
        self.remedies.push(Remedy::Apply {});
        self.risk(
            RiskCode::NoController,
            "from the deletion to the apply nobody replaces a Pod that goes; pause what applies the old manifest by \
             itself",
        );
        self.keep(&claims);
        self.scale(diff);
        if changed.contains(&"selector") && !is_adopted(old, new) {
            self.harm(
                RiskCode::PodsNotAdopted,
                "the labels of the Pods do not match the new selector: the new set adopts none of them, and cannot make \
                 its own while they have the names; keep the selector, or make a set with another name and move over",
            );
        }
        let is_rolled_out = diff.pods.restarted.is_some() && diff.pods.held.is_none();
        self.replace(&claims);
        if changed.contains(&"serviceName") && claims.added.is_empty() {
            self.rename(is_rolled_out);
        }
    }

    /// Larger volumes for claims that are there.
    fn grow(&mut self, template: &Resized<'_>) {
        let (start, end) = range(self.old);
        if start == end {
            return;
        }
        let storage_class = template.class.map(str::to_owned);
        let claim = Ordinal::new(start)
            .claim_name(template.template, name(self.old))
            .to_string();
        let allow = Remedy::AllowVolumeExpansion { storage_class, claim };
        let is_allowed = self.remedies.iter().any(|known| match (known, &allow) {
            (
                Remedy::AllowVolumeExpansion {
                    storage_class: one, ..
                },
                Remedy::AllowVolumeExpansion {
                    storage_class: other, ..
                },
            ) => one == other,
            _ => false,
        });
        if !is_allowed {
            // Every class first: what cannot grow should be known before anything has.
            let place = self
                .remedies
                .iter()
                .filter(|r| matches!(r, Remedy::AllowVolumeExpansion { .. }))
                .count();
            self.remedies.insert(place, allow);
        }
        self.remedies.push(Remedy::ResizeClaims {
            template: template.template.to_owned(),
            storage: template.new.to_owned(),
            start,
            replicas: end.saturating_sub(start),
        });
        self.risk(
            RiskCode::VolumesMayNotGrow,
            "volumes grow only where their driver can; where a claim has the condition FileSystemResizePending, its Pod \
             must restart",
        );
    }

    /// What claims that are there keep.
    fn keep(&mut self, claims: &ClaimChanges<'_>) {
        for Resized {
            template, old, new, ..
        } in &claims.shrunk
        {
            let message = format!(
                "claims of {template} keep {old}: a claim cannot shrink, and only claims that are made from now on get \
                 {new}; for smaller volumes the data has to be copied"
            );
            self.partly(RiskCode::ClaimsCannotShrink, message);
        }
        for (template, fields) in &claims.others {
            let message = format!(
                "claims of {template} that are there keep their {}: only claims that are made from now on get the new one",
                fields.join(", ")
            );
            self.partly(RiskCode::ClaimsKeepFields, message);
        }
    }

    /// What other templates mean for Pods that are there.
    fn replace(&mut self, claims: &ClaimChanges<'_>) {
        let (added, removed) = (claims.added.join(", "), claims.removed.join(", "));
        let (start, end) = range(self.old);
        if !claims.added.is_empty() && start < end {
            self.risk(
                RiskCode::AdoptionWedge,
                format!(
                    "the Pods have no volume for {added}, and a Pod's volumes cannot be changed: the controller fails on \
                     each Pod (FailedUpdate) until it is deleted"
                ),
            );
        }
        if claims.is_renamed() {
            self.harm(
                RiskCode::DataLeftBehind,
                format!(
                    "the data stays in the claims of {removed}; the Pods would get new, empty claims of {added}: keep the \
                     name, or copy the data first"
                ),
            );
        } else if !claims.added.is_empty() && start < end {
            self.remedies.push(self.recreate_pods());
            self.restart_risk();
        } else if !claims.removed.is_empty() {
            self.risk(
                RiskCode::ClaimsLeft,
                format!("claims of {removed} stay, and nothing uses or deletes them"),
            );
        }
    }

    /// Another governing Service: a Pod gets its subdomain when it is made.
    fn rename(&mut self, is_rolled_out: bool) {
        let service = |set: &Value| {
            set.pointer("/spec/serviceName")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (start, end) = range(self.old);
        if start == end {
            return;
        }
        let (was, is) = (service(self.old), service(self.new));
        let quoted = |name: String| {
            if name.is_empty() {
                "no name".to_owned()
            } else {
                format!("`{name}`")
            }
        };
        self.risk(
            RiskCode::OldSubdomain,
            format!(
                "Pods keep {} as their subdomain until they are made anew, and so have no DNS names under {}, which must be \
                 a headless Service",
                quoted(was),
                quoted(is)
            ),
        );
        if is_rolled_out {
            return;
        }
        self.remedies.push(match self.strategy {
            Strategy::Rolling { partition: 0 } => Remedy::RestartPods {},
            _ => self.recreate_pods(),
        });
        self.restart_risk();
    }

    /// All Pods that both sets have; those that only one has are created or deleted anyway.
    fn recreate_pods(&self) -> Remedy {
        let (before, after) = (range(self.old), range(self.new));
        let (start, end) = (before.0.max(after.0), before.1.min(after.1));
        Remedy::RecreatePods {
            start,
            replicas: end.saturating_sub(start),
        }
    }

    fn restart_risk(&mut self) {
        self.risk(RiskCode::PodsRestart, "every Pod restarts once");
    }

    /// The set that is made anew is the manifest alone: what others wrote into the old one is gone.
    fn scale(&mut self, diff: &Diff) {
        if !diff.pods.deleted.is_empty() {
            self.risk(
                RiskCode::PodsDeleted,
                "the manifest asks for fewer Pods or other ordinals than there are; where an autoscaler sets the \
                 replicas, write their number into the manifest first",
            );
        }
        if diff.makes_revision {
            self.risk(
                RiskCode::PodsRestart,
                "the manifest has another Pod template than the set: Pods restart as its strategy says",
            );
        }
    }

    fn risk(&mut self, code: RiskCode, message: impl Into<String>) {
        let risk = Risk {
            code,
            message: message.into(),
        };
        if !self.risks.contains(&risk) {
            self.risks.push(risk);
        }
    }

    fn partly(&mut self, code: RiskCode, message: String) {
        if self.advice == Advice::Recommended {
            self.advice = Advice::Partial;
        }
        self.risk(code, message);
    }

    fn harm(&mut self, code: RiskCode, message: impl Into<String>) {
        self.advice = Advice::Harmful;
        self.risk(code, message);
    }

    fn finish(mut self, manifest: &str) -> Runbook {
        // The gravest stand first.
        self.risks.sort_by_key(|risk| !risk.code.is_harmful());
        if self.advice == Advice::Harmful {
            // What comes of it in the end, and would not of the change alone.
            let is_aside = |code| {
                matches!(
                    code,
                    RiskCode::NoController | RiskCode::PodsRestart | RiskCode::PodsDeleted
                )
            };
            self.risks.retain(|risk| !is_aside(risk.code));
            return Runbook {
                advice: self.advice,
                steps: Vec::new(),
                avoid: self.remedies,
                risks: self.risks,
            };
        }
        let namespace = [self.new, self.old]
            .into_iter()
            .find_map(|set| set.pointer("/metadata/namespace")?.as_str());
        let context = CommandContext {
            namespace,
            set: name(self.new),
            manifest,
        };
        let steps = self.remedies.into_iter().map(|remedy| RunbookStep {
            sentence: remedy.sentence(),
            commands: remedy.commands(&context),
            remedy,
        });
        Runbook {
            advice: self.advice,
            steps: steps.collect(),
            avoid: Vec::new(),
            risks: self.risks,
        }
    }
}

impl Runbook {
    /// What a simulator is to play: the steps, or what is to be avoided.
    pub fn remedies(&self) -> Vec<Remedy> {
        match self.advice {
            Advice::Harmful => self.avoid.clone(),
            Advice::Recommended | Advice::Partial => {
                self.steps.iter().map(|step| step.remedy.clone()).collect()
            }
        }
    }
}

fn name(set: &Value) -> &str {
    set.pointer("/metadata/name")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Whether the new set adopts Pods that were made from the old template.
fn is_adopted(old: &Value, new: &Value) -> bool {
    static NULL: Value = Value::Null;
    let at = |set: &'_ Value, pointer: &str| set.pointer(pointer).unwrap_or(&NULL).clone();
    let labels = at(old, "/spec/template/metadata/labels");
    validation::selects(&at(new, "/spec/selector"), &labels)
}
