//! The same question under several versions of Kubernetes: where forecasts or stories part, at which step, and which
//! behaviour makes them part.
//!
//! ```
//! use serde_json::json;
//! use steadfast_core::Profile;
//! use steadfast_sim::compare::{Question, compare};
//! use steadfast_sim::forecast::ForecastInput;
//!
//! let input = ForecastInput::of(vec![json!({
//!     "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
//!     "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
//!         "template": {"metadata": {"labels": {"app": "web"}},
//!             "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}})]);
//! let versions: Vec<Profile> = ["1.36", "1.37"].iter().map(|version| version.parse().unwrap()).collect();
//! assert!(compare(&Question::Forecast(&input), &versions)?.same);
//! # Ok::<(), steadfast_core::Error>(())
//! ```

use serde::Serialize;
use steadfast_core::compare::{Why, causes, groups};
use steadfast_core::{Behaviour, Error, ErrorCode, Profile, Status, Wait};

use crate::clock::Millis;
use crate::forecast::{ClaimNames, ForecastInput, Outcome, PodNames, StepAction, Verdict};
use crate::scenario::Scenario;

mod answer;
#[cfg(test)]
mod tests;

use answer::Answer;

/// How many versions are compared at once.
pub const MOST_VERSIONS: usize = 16;

/// What is asked under each version.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Question<'a> {
    /// What a manifest or a change does, or what a cluster does from here on. The version in it plays no part.
    Forecast(&'a ForecastInput),
    /// What happens in a story to its first set, in order of names. The version in it plays no part.
    Story(&'a Scenario),
}

/// The answers, compared.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Comparison {
    /// The set, as `NAMESPACE/NAME`.
    pub set: String,
    /// Whether all versions answer alike. New revisions may have other names all the same.
    pub same: bool,
    /// What each version answers.
    pub versions: Vec<VersionAnswer>,
    /// Where a version parts from the one before it in the list.
    pub partings: Vec<Parting>,
}

/// What one version answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VersionAnswer {
    /// The version, with gates that are not as it has them.
    pub kubernetes: String,
    /// Versions of one group answer alike; counted from 0.
    pub group: usize,
    /// How it ends; absent where the API server refuses the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// In detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// When it ended, in seconds of virtual time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What becomes of the Pods; absent in a story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_names: Option<PodNames>,
    /// What becomes of the claims; absent in a story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_names: Option<ClaimNames>,
    /// The last status that the controller wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Why this version's API server does not take the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Error>,
}

/// Where two versions part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Parting {
    /// The earlier in the list of the two versions.
    pub one: Side,
    /// The later.
    pub other: Side,
    /// How far they part.
    pub extent: Extent,
    /// What makes them part there.
    pub because: Vec<Why>,
    /// What else makes later steps, or the end, differ.
    pub beyond: Vec<Why>,
    /// All of it in a sentence or two.
    pub sentence: String,
}

/// A version at the first step at which two part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(rename = "PartingSide", optional_fields)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Side {
    /// The version.
    pub kubernetes: String,
    /// When its controller does what the other does not do then, in milliseconds of virtual time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
    /// What it does; absent where it does nothing more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<StepAction>,
    /// What it waits for at that moment.
    pub waits: Vec<Wait>,
}

/// How far two answers part, from hardly to wholly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PartingExtent"))]
#[serde(rename_all = "camelCase")]
pub enum Extent {
    /// The same is done in the same order, at other moments.
    Times,
    /// The same is done, and the status in the end is another.
    Status,
    /// Something else is done, or in another order; the end is the same.
    Steps,
    /// The end is another.
    End,
    /// One API server takes what the other refuses, or they refuse it for other reasons.
    Refused,
}

/// Asks the question under each version, and says where and why the answers part.
///
/// # Errors
/// `invalid` for no versions or more than [`MOST_VERSIONS`]; and, where no version can answer, what the first one says (as
/// [`forecast`](crate::forecast::forecast()) and [`play`](crate::scenario::play)).
pub fn compare(question: &Question<'_>, profiles: &[Profile]) -> Result<Comparison, Error> {
    if profiles.is_empty() || profiles.len() > MOST_VERSIONS {
        let message = format!(
            "{} versions of Kubernetes are named: from 1 to {MOST_VERSIONS} can be compared",
            profiles.len()
        );
        return Err(Error::new(ErrorCode::Invalid, message));
    }
    let answers: Vec<Answer> = profiles
        .iter()
        .map(|profile| Answer::of(question, profile))
        .collect();
    if let Some(error) = answers.iter().map(Answer::refusal).collect::<Option<Vec<_>>>() {
        // Nobody takes it: that is no difference between versions.
        return Err(error
            .first()
            .map_or_else(|| Error::new(ErrorCode::Invalid, ""), |error| (*error).clone()));
    }
    let of_each = groups(&answers, |one, other| one.extent(other).is_none());
    let mut partings = Vec::new();
    for (pair, versions) in answers.windows(2).zip(profiles.windows(2)) {
        if let ([one, other], [of_one, of_other]) = (pair, versions) {
            partings.extend(parting(question, (one, of_one), (other, of_other)));
        }
    }
    let set = answers.iter().find_map(|answer| answer.set.clone());
    Ok(Comparison {
        set: set.unwrap_or_default(),
        same: of_each.iter().all(|group| *group == 0),
        versions: answers
            .into_iter()
            .zip(of_each)
            .map(|(answer, group)| answer.into_version(group))
            .collect(),
        partings,
    })
}

fn parting(
    question: &Question<'_>,
    (one, of_one): (&Answer, &Profile),
    (other, of_other): (&Answer, &Profile),
) -> Option<Parting> {
    let extent = one.extent(other)?;
    let first = one.first_difference(other);
    let is_same_until = |mixed: &Profile| {
        let mixed = Answer::of(question, mixed);
        match (extent, first) {
            (Extent::Steps | Extent::End, Some(at)) => mixed.agrees_until(other, at),
            _ => mixed.extent(other).is_none_or(|left| left < extent),
        }
    };
    let because = causes(of_one, of_other, is_same_until);
    let is_same = |mixed: &Profile| {
        let left = Answer::of(question, mixed).extent(other);
        left.is_none_or(|left| left < Extent::Steps)
    };
    let known: Vec<Behaviour> = because.iter().map(|why| why.behaviour).collect();
    let beyond = match extent {
        Extent::Steps | Extent::End if !is_same(&of_one.borrowing(&known, of_other)) => {
            causes(of_one, of_other, is_same)
        }
        _ => Vec::new(),
    };
    let beyond: Vec<Why> = beyond.into_iter().filter(|why| !because.contains(why)).collect();
    let [one, other] = match first {
        Some(at) if matches!(extent, Extent::Steps | Extent::End) => {
            let moments = [one.moment(at), other.moment(at)];
            let moment = moments.into_iter().flatten().min().unwrap_or_default();
            [one.side(Some(at), moment), other.side(Some(at), moment)]
        }
        _ => [one, other].map(|answer| answer.side(None, Millis(u64::MAX))),
    };
    let sentence = sentence(extent, &one, &other, &because);
    Some(Parting {
        one,
        other,
        extent,
        because,
        beyond,
        sentence,
    })
}

fn sentence(extent: Extent, one: &Side, other: &Side, because: &[Why]) -> String {
    let (a, b) = (&one.kubernetes, &other.kubernetes);
    let head = match extent {
        Extent::Times => format!("{a} and {b} do the same at other moments"),
        Extent::Status => format!("{a} and {b} do the same, and the status in the end is another"),
        Extent::Refused => format!("the API servers of {a} and {b} do not take the same"),
        Extent::Steps | Extent::End => {
            format!("in {a} the controller {}; in {b} it {}", one.told(), other.told())
        }
    };
    match because {
        [] => head,
        reasons => {
            let reasons: Vec<&str> = reasons.iter().map(|why| &*why.sentence).collect();
            format!("{head}. The reason: {}", reasons.join("; and "))
        }
    }
}

impl Side {
    /// What it does or waits for, as a clause.
    fn told(&self) -> String {
        match (&self.action, self.waits.first()) {
            (Some(done), _) => format!("goes on with {} {}", done.action.operation, done.action.name),
            (None, Some(wait)) => format!("waits {}", steadfast_core::explain::wait(wait)),
            (None, None) => "does nothing more".to_owned(),
        }
    }
}
