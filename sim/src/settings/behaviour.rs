//! What goes wrong with which Pod.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::Error;

use super::{Settings, Span};
use crate::fields::{Fields, Read, deserialized, word};

/// One thing that goes wrong, and the Pods it happens to.
///
/// In YAML: `{pods: "web-*", what: crash}`, `{pods: web-1, what: slowTermination, for: 45s}`,
/// `{image: "nginx:broken", what: imageNeverPulls}`, `{pods: web-2, what: exits, phase: Failed}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(into = "Form")]
pub struct Behaviour {
    /// Which Pods, by name; `*` stands for any text. Default `*`.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub pods: String,
    /// Only Pods of this revision (their label `controller-revision-hash`). Default: any.
    pub revision: Option<String>,
    /// Only Pods with a container of this image; `*` stands for any text. Default: any.
    pub image: Option<String>,
    /// What happens to them.
    #[cfg_attr(feature = "ts", ts(flatten))]
    pub what: What,
}

/// What may happen to a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(tag = "what", rename_all = "camelCase", optional_fields)
)]
#[non_exhaustive]
pub enum What {
    /// The containers run, and the Pod is never ready.
    NotReady,
    /// The first container ends with exit code 1 as soon as it has started, each time.
    Crash,
    /// The image (that of [`Behaviour::image`], else all of the Pod) cannot be pulled. Images that are on the node
    /// already are not pulled.
    ImageNeverPulls,
    /// Containers take so long to stop, if the grace period lets them.
    SlowTermination {
        /// How long. `for` in YAML.
        #[cfg_attr(feature = "ts", ts(rename = "for"))]
        span: Span,
    },
    /// An init container ends with exit code 1, each time.
    InitFails {
        /// Which one. Default: the first.
        container: Option<String>,
    },
    /// The Pod stays terminating until someone deletes it by force.
    NeverTerminates,
    /// All containers end for good and the Pod reaches this phase, as after an eviction.
    Exits {
        /// The phase.
        phase: Phase,
    },
    /// Nothing that an earlier entry says holds for these Pods, and one that was observed broken recovers.
    Healthy,
}

/// The phases in which a Pod never runs again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Phase {
    /// At least one container failed.
    Failed,
    /// All containers ended well.
    Succeeded,
}

/// What a behaviour is asked about: a Pod's name, revision and images.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) revision: Option<&'a str>,
    pub(crate) images: &'a [std::sync::Arc<str>],
}

/// What holds for one Pod: of each aspect the last entry that matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) runs: Runs,
    pub(crate) termination: Termination,
    /// Images that cannot be pulled, as patterns.
    pub(crate) unpullable: Vec<String>,
    pub(crate) init: Option<InitFails>,
    /// An entry says that nothing is wrong.
    pub(crate) is_mended: bool,
}

/// What becomes of the containers once they have started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Runs {
    #[default]
    Well,
    NotReady,
    Crash,
    Exits(Phase),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Termination {
    #[default]
    Usual,
    Slow(Span),
    Never,
}

/// Which init container fails; `None` is the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InitFails(pub(crate) Option<String>);

impl Settings {
    /// What holds for this Pod.
    pub(crate) fn fate(&self, subject: Subject<'_>) -> Fate {
        let mut fate = Fate::default();
        for behaviour in self
            .behaviours
            .iter()
            .filter(|behaviour| behaviour.is_about(subject))
        {
            match &behaviour.what {
                What::Healthy => {
                    fate = Fate {
                        is_mended: true,
                        ..Fate::default()
                    }
                }
                What::NotReady => fate.runs = Runs::NotReady,
                What::Crash => fate.runs = Runs::Crash,
                What::Exits { phase } => fate.runs = Runs::Exits(*phase),
                What::SlowTermination { span } => fate.termination = Termination::Slow(*span),
                What::NeverTerminates => fate.termination = Termination::Never,
                What::InitFails { container } => fate.init = Some(InitFails(container.clone())),
                What::ImageNeverPulls => {
                    fate.unpullable
                        .push(behaviour.image.clone().unwrap_or_else(|| "*".to_owned()));
                }
            }
        }
        fate
    }
}

impl Behaviour {
    /// `what` happens to the Pods with names like `pods`.
    pub fn new(pods: &str, what: What) -> Self {
        Self {
            pods: pods.to_owned(),
            revision: None,
            image: None,
            what,
        }
    }

    fn is_about(&self, subject: Subject<'_>) -> bool {
        is_like(&self.pods, subject.name)
            && self
                .revision
                .as_deref()
                .is_none_or(|revision| subject.revision == Some(revision))
            && self
                .image
                .as_deref()
                .is_none_or(|image| subject.images.iter().any(|other| is_like(image, other)))
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for any text.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The YAML form: what belongs to one `what` only stands beside it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    #[serde(skip_serializing_if = "is_any")]
    pods: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    what: Name,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Name {
    NotReady,
    Crash,
    ImageNeverPulls,
    SlowTermination,
    InitFails,
    NeverTerminates,
    Exits,
    Healthy,
}

impl Read for Behaviour {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut behaviour = Self::new("*", What::Healthy);
        fields.read("pods", &mut behaviour.pods);
        fields.read("revision", &mut behaviour.revision);
        fields.read("image", &mut behaviour.image);
        let mut name = None;
        fields.needed("what", &mut name);
        let belonging = ["for", "container", "phase"];
        match name {
            // What belongs to it is not known.
            None => belonging.into_iter().for_each(|field| {
                fields.optional(field);
            }),
            Some(Name::Healthy) => {}
            Some(Name::NotReady) => behaviour.what = What::NotReady,
            Some(Name::Crash) => behaviour.what = What::Crash,
            Some(Name::ImageNeverPulls) => behaviour.what = What::ImageNeverPulls,
            Some(Name::SlowTermination) => {
                let mut span = Span::default();
                fields.needed("for", &mut span);
                behaviour.what = What::SlowTermination { span };
            }
            Some(Name::InitFails) => {
                let mut container = None;
                fields.read("container", &mut container);
                behaviour.what = What::InitFails { container };
            }
            Some(Name::NeverTerminates) => behaviour.what = What::NeverTerminates,
            Some(Name::Exits) => {
                let mut phase = Phase::Failed;
                fields.needed("phase", &mut phase);
                behaviour.what = What::Exits { phase };
            }
        }
        for other in belonging {
            fields.forbid(other, "does not belong to this `what`");
        }
        fields.finish()?;
        Ok(behaviour)
    }
}

impl Read for Name {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let words = [
            ("notReady", Self::NotReady),
            ("crash", Self::Crash),
            ("imageNeverPulls", Self::ImageNeverPulls),
            ("slowTermination", Self::SlowTermination),
            ("initFails", Self::InitFails),
            ("neverTerminates", Self::NeverTerminates),
            ("exits", Self::Exits),
            ("healthy", Self::Healthy),
        ];
        word(value, path, &words)
    }
}

impl Read for Phase {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        word(
            value,
            path,
            &[("Failed", Self::Failed), ("Succeeded", Self::Succeeded)],
        )
    }
}

deserialized! { Behaviour: "behaviour", Phase: "phase" }

impl From<Behaviour> for Form {
    fn from(behaviour: Behaviour) -> Self {
        let Behaviour {
            pods,
            revision,
            image,
            what,
        } = behaviour;
        let (mut span, mut container, mut phase) = (None, None, None);
        let what = match what {
            What::NotReady => Name::NotReady,
            What::Crash => Name::Crash,
            What::ImageNeverPulls => Name::ImageNeverPulls,
            What::SlowTermination { span: given } => {
                span = Some(given);
                Name::SlowTermination
            }
            What::InitFails { container: given } => {
                container = given;
                Name::InitFails
            }
            What::NeverTerminates => Name::NeverTerminates,
            What::Exits { phase: given } => {
                phase = Some(given);
                Name::Exits
            }
            What::Healthy => Name::Healthy,
        };
        Self {
            pods,
            revision,
            image,
            what,
            span,
            container,
            phase,
        }
    }
}

fn is_any(pattern: &str) -> bool {
    pattern == "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(behaviours: &[Behaviour], name: &str, image: &str) -> Fate {
        let settings = Settings {
            behaviours: behaviours.to_vec(),
            ..Settings::default()
        };
        settings.fate(Subject {
            name,
            revision: Some("web-5d4"),
            images: &[image.into()],
        })
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("web-1", "web-1", true),
            ("web-1", "web-10", false),
            ("web-*", "web-10", true),
            ("*", "", true),
            ("*-1", "web-1", true),
            ("w*b*1", "web-1", true),
            ("a*a", "a", false),
            ("*:no-such-tag", "nginx:no-such-tag", true),
            ("", "web", false),
        ] {
            assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_last_entry_that_matches_wins_and_aspects_add_up() {
        let slow = What::SlowTermination {
            span: Span::of_seconds(9),
        };
        let list = [
            Behaviour::new("web-*", What::Crash),
            Behaviour::new("web-*", slow),
            Behaviour::new("web-1", What::NotReady),
            Behaviour::new("web-2", What::Healthy),
        ];
        assert_eq!(fate(&list, "web-0", "nginx").runs, Runs::Crash);
        assert_eq!(fate(&list, "web-1", "nginx").runs, Runs::NotReady);
        assert_eq!(
            fate(&list, "web-1", "nginx").termination,
            Termination::Slow(Span::of_seconds(9))
        );
        assert_eq!(
            fate(&list, "web-2", "nginx"),
            Fate {
                is_mended: true,
                ..Fate::default()
            }
        );
    }

    #[test]
    fn an_entry_may_be_about_a_revision_or_an_image_only() {
        let mut broken = Behaviour::new("*", What::ImageNeverPulls);
        broken.image = Some("nginx:*".to_owned());
        assert_eq!(
            fate(std::slice::from_ref(&broken), "web-0", "nginx:2").unpullable,
            ["nginx:*"]
        );
        assert_eq!(
            fate(std::slice::from_ref(&broken), "web-0", "redis"),
            Fate::default()
        );
        let mut old = Behaviour::new("*", What::Crash);
        old.revision = Some("web-old".to_owned());
        assert_eq!(fate(&[old], "web-0", "nginx"), Fate::default());
    }
}
