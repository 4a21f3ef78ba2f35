//! Which StatefulSet of an input is meant.

use steadfast_core::{Cause, CauseType, Error, ErrorCode};

use crate::cli::InputArguments;
use crate::failure::Failure;
use crate::text::some;

use super::{Found, Input};

/// `--set [NAMESPACE/]NAME`, if it was given, and `--namespace`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    namespace: Option<String>,
    name: Option<String>,
}

impl Choice {
    /// What the arguments ask for.
    pub(crate) fn of(arguments: &InputArguments) -> Self {
        let given = arguments
            .set
            .as_deref()
            .map(|set| set.strip_prefix("statefulset/").unwrap_or(set));
        match given.map(|set| set.split_once('/').ok_or(set)) {
            None => Self::default(),
            Some(Ok((namespace, name))) => Self {
                namespace: Some(namespace.to_owned()),
                name: Some(name.to_owned()),
            },
            Some(Err(name)) => Self {
                namespace: arguments.namespace.clone(),
                name: Some(name.to_owned()),
            },
        }
    }

    /// The choice in a cluster of which this namespace was read, or all.
    pub(crate) fn of_live(namespace: Option<&str>, name: Option<&str>) -> Self {
        Self {
            namespace: namespace.map(str::to_owned),
            name: name.map(str::to_owned),
        }
    }

    /// The namespace, where one is chosen.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Namespace and name, as far as they are given.
    pub(crate) fn into_parts(self) -> (Option<String>, Option<String>) {
        let Self { namespace, name } = self;
        (namespace, name)
    }

    /// The choice of exactly this set.
    pub(crate) fn exactly(set: &Found) -> Self {
        Self {
            namespace: Some(set.namespace().to_owned()),
            name: Some(set.name().to_owned()),
        }
    }

    /// Whether a set of this `NAMESPACE/NAME` may be meant; one without a namespace is in `default`, unless another is asked for.
    pub(crate) fn is_called(&self, full_name: &str) -> bool {
        let (namespace, name) = full_name.split_once('/').unwrap_or(("", full_name));
        let is_near = |asked: &str| asked == namespace || namespace == "default";
        self.name.as_deref().is_none_or(|asked| asked == name)
            && self.namespace.as_deref().is_none_or(is_near)
    }

    /// The one set that is meant.
    pub(crate) fn find<'i>(&self, input: &'i Input) -> Result<&'i Found, Failure> {
        let mut meant = input.sets().filter(|set| self.is_for(set));
        let first = meant.next();
        let others: Vec<&Found> = meant.collect();
        let Some(first) = first else {
            return Err(self.none(input));
        };
        match others.iter().find(|other| other.full_name() == first.full_name()) {
            Some(again) => Err(twice(first, again)),
            None if others.is_empty() => Ok(first),
            None => Err(several(first, &others)),
        }
    }

    /// Whether this set may be meant.
    pub(crate) fn is_for(&self, set: &Found) -> bool {
        self.name.as_deref().is_none_or(|name| name == set.name())
            && self
                .namespace
                .as_deref()
                .is_none_or(|namespace| namespace == set.namespace())
    }

    fn none(&self, input: &Input) -> Failure {
        let mut names: Vec<String> = input.sets().map(Found::full_name).collect();
        names.sort();
        names.dedup();
        let Some(name) = self.name.as_deref().filter(|_| !names.is_empty()) else {
            return input.no_set();
        };
        let asked = match &self.namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        };
        let message = format!(
            "no StatefulSet `{asked}` in the input: there is {}",
            some(&names, 20)
        );
        Failure::new(ErrorCode::Missing, message)
    }
}

fn several(first: &Found, others: &[&Found]) -> Failure {
    let mut names: Vec<String> = std::iter::once(first)
        .chain(others.iter().copied())
        .map(Found::full_name)
        .collect();
    names.sort();
    let message = format!(
        "{} StatefulSets in the input: choose one with --set: {}",
        names.len(),
        some(&names, 20)
    );
    let causes = names.iter().map(|name| {
        let cause = Cause::of(
            "statefulSet",
            CauseType::FieldValueNotSupported,
            "one of the candidates",
        );
        Cause {
            value: Some(name.as_str().into()),
            ..cause
        }
    });
    Failure::sentence(Error {
        causes: causes.collect(),
        ..Error::new(ErrorCode::Ambiguous, message)
    })
}

fn twice(first: &Found, again: &Found) -> Failure {
    let message = format!(
        "StatefulSet {} is in the input twice, at {} and {}: leave one out, or name exactly two files OLD NEW to `plan`",
        first.full_name(),
        first.start(),
        again.start()
    );
    Failure::new(ErrorCode::Ambiguous, message)
}
