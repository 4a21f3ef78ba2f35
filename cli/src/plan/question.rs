//! What is asked: which files are the cluster, the manifests before and the manifests after.

use std::collections::BTreeMap;

use serde_json::Value;
use steadfast_core::lint::{field_of, judge};
use steadfast_core::{Error, ErrorCode, Observed, Profile, Timestamp};
use steadfast_sim::intake;
use steadfast_sim::store::Resource;

use crate::cli::{ChangeArguments, InputArguments};
use crate::failure::Failure;
use crate::input::{Choice, Found, Input, ObservationSource, Place, read_each};
use crate::live::Purpose;
use crate::output::Output;
use crate::text::{count, list};

/// The objects of a question, sorted by the part that they play.
pub(crate) struct Question {
    /// The set, as `NAMESPACE/NAME`.
    pub(crate) set: String,
    /// What is applied.
    pub(crate) objects: Vec<Value>,
    /// What exists.
    pub(crate) observed: Vec<Value>,
    /// What runs before.
    pub(crate) from: Option<Vec<Value>>,
    /// When the cluster was observed, where an observation says so.
    pub(crate) now: Option<Timestamp>,
    /// What a decision reads of what exists, where the set exists.
    pub(crate) observation: Option<Observed>,
    /// The versions of Kubernetes that are spoken of.
    pub(crate) profiles: Vec<Profile>,
    /// Where the set stands whose change is asked about.
    place: Option<Place>,
}

/// The files, read and sorted.
#[derive(Clone, Default)]
struct Parts {
    objects: Input,
    observed: Input,
    from: Option<Input>,
}

impl Question {
    /// Reads the files and sorts them. `profiles` are the versions for what exists, of which at least one must take it.
    pub(crate) fn of(
        arguments: &ChangeArguments,
        profiles: impl FnOnce(&Input, &mut Output) -> Result<Vec<Profile>, Failure>,
        output: &mut Output,
    ) -> Result<Self, Failure> {
        let parts = Parts::read(arguments, output)?;
        let profiles = profiles(&parts.observed, output)?;
        let found = parts.set(&arguments.input)?;
        let observation = parts.observation(&Choice::exactly(&found), output)?;
        let mut refusal = None;
        for profile in &profiles {
            match parts.check(profile, output) {
                Ok(()) => {
                    refusal = None;
                    break;
                }
                Err(failure) => refusal = refusal.or(Some(failure)),
            }
        }
        if let Some(failure) = refusal {
            return Err(failure);
        }
        Self::sorted(parts, found, observation, profiles, output)
    }

    /// The same for manifests that are to take the place of what is deleted before: whether a change of it would be allowed
    /// is not asked.
    pub(crate) fn of_new_set(
        arguments: &ChangeArguments,
        profiles: impl FnOnce(&Input, &mut Output) -> Result<Vec<Profile>, Failure>,
        output: &mut Output,
    ) -> Result<Self, Failure> {
        let parts = Parts::read(arguments, output)?;
        let profiles = profiles(&parts.observed, output)?;
        let found = parts.set(&arguments.input)?;
        let observation = parts.observation(&Choice::exactly(&found), output)?;
        Self::sorted(parts, found, observation, profiles, output)
    }

    fn sorted(
        parts: Parts,
        found: Found,
        observation: Option<Observed>,
        profiles: Vec<Profile>,
        output: &mut Output,
    ) -> Result<Self, Failure> {
        let set = found.full_name();
        let mut ignored: BTreeMap<String, usize> = BTreeMap::new();
        let mut values = |input: Input| -> Vec<Value> {
            let (known, unknown): (Vec<Found>, Vec<Found>) = input
                .objects
                .into_iter()
                .partition(|object| Resource::of_kind(object.kind()).is_some());
            unknown
                .iter()
                .for_each(|object| *ignored.entry(object.kind().to_owned()).or_default() += 1);
            newest(known)
                .into_iter()
                .map(|object| object.into_parts().0)
                .collect()
        };
        let now = parts.observed.now;
        let question = Self {
            set,
            now,
            observation,
            profiles,
            objects: values(parts.objects),
            observed: values(parts.observed),
            from: parts.from.map(values),
            place: Some(found.into_parts().1),
        };
        if !ignored.is_empty() {
            let kinds: Vec<String> = ignored
                .iter()
                .map(|(kind, number)| count(*number, kind))
                .collect();
            output.note(&format!("not simulated: {}", list(&kinds)))?;
        }
        Ok(question)
    }

    /// An error of the forecast with the place of the set, where it speaks of it.
    pub(crate) fn locate(&self, error: Error) -> Failure {
        match &self.place {
            Some(place) if error.message.starts_with("StatefulSet") => place.locate(error),
            Some(place) if error.code == ErrorCode::TooLarge => Failure::from(error).in_file(&place.file),
            _ => Failure::from(error),
        }
    }
}

impl Parts {
    fn read(arguments: &ChangeArguments, output: &mut Output) -> Result<Self, Failure> {
        let namespace = arguments.input.namespace.as_deref();
        let files = arguments.input.all();
        let read = |named: &[String], output: &mut Output| {
            read_each(named, &arguments.input, &arguments.live, Purpose::Plan, output)
        };
        let mut parts = Self::default();
        if !arguments.observed.is_empty() {
            parts.observed = read(&arguments.observed, output)?;
        }
        if !arguments.from.is_empty() {
            parts.from = Some(Input::read(&arguments.from, namespace, output)?);
        }
        let is_alone = arguments.observed.is_empty() && arguments.from.is_empty();
        if files.is_empty() && parts.observed.objects.is_empty() {
            let message =
                "name a FILE with a StatefulSet, `-` for standard input, or a cluster's dump with --observed";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        if let ([old, new], true) = (files.as_slice(), is_alone) {
            let old = read(std::slice::from_ref(old), output)?;
            let new = read(std::slice::from_ref(new), output)?;
            if are_old_and_new(&old, &new) {
                return Ok(Self::of_change(old, new));
            }
            parts.objects = old.and(new);
        } else {
            parts.objects = read(&files, output)?;
        }
        let is_live = [&parts.objects, &parts.observed]
            .iter()
            .any(|input| input.live.is_some());
        if arguments.live.is_given() && !is_live {
            let message = "nothing here is read from a live cluster: name its StatefulSet with --observed sts/NAME, or leave \
                           --context and its like out";
            return Err(Failure::new(ErrorCode::Ambiguous, message));
        }
        if is_alone {
            // What an API server has stored is the cluster; the rest is to be applied to it.
            (parts.observed, parts.objects) = parts.objects.split(Found::is_stored);
        }
        if arguments.delete && parts.from.is_none() {
            let manifests = std::mem::take(&mut parts.objects);
            // A manifest alone stands for a set that runs and is stable; a dump says how it stands.
            if parts.observed.sets().next().is_none() {
                parts.from = Some(manifests);
            }
        }
        Ok(parts)
    }

    /// OLD NEW: OLD is a manifest, or a dump of a cluster in which it runs.
    fn of_change(old: Input, new: Input) -> Self {
        let is_dump = old.sets().any(Found::is_stored)
            && old
                .objects
                .iter()
                .any(|o| o.is_stored() && matches!(o.kind(), "Pod" | "ControllerRevision"));
        match is_dump {
            true => Self {
                objects: new,
                observed: old,
                from: None,
            },
            false => Self {
                objects: new,
                observed: Input::default(),
                from: Some(old),
            },
        }
    }

    /// All files together, for errors about the whole input.
    fn all(self) -> Input {
        let Self {
            objects,
            observed,
            from,
        } = self;
        observed.and(from.unwrap_or_default()).and(objects)
    }

    /// The set that is asked about.
    fn set(&self, arguments: &InputArguments) -> Result<Found, Failure> {
        let choice = Choice::of(arguments);
        let asked = [Some(&self.objects), self.from.as_ref(), Some(&self.observed)];
        let with_set = asked
            .into_iter()
            .flatten()
            .find(|input| input.sets().next().is_some());
        match with_set {
            Some(with_set) => Ok(choice.find(with_set)?.clone()),
            None => Err(self.clone().all().no_set()),
        }
    }

    /// The set as a decision reads it, where it exists.
    fn observation(&self, set: &Choice, output: &mut Output) -> Result<Option<Observed>, Failure> {
        if !self.observed.sets().any(|found| set.is_for(found)) {
            return Ok(None);
        }
        let source = ObservationSource::of(self.observed.clone(), set)?;
        let doubts = source.doubts.clone();
        let observed = source.parse()?;
        for doubt in doubts {
            output.warn(&doubt)?;
        }
        Ok(Some(observed))
    }

    /// Checks what an API server would refuse, while it is known where it stands.
    fn check(&self, profile: &Profile, output: &mut Output) -> Result<(), Failure> {
        // What runs before is what a change of it is judged by.
        let mut live: BTreeMap<String, Value> = BTreeMap::new();
        for set in self.observed.sets() {
            live.insert(set.full_name(), set.value.clone());
        }
        for object in self.from.iter().flat_map(|input| &input.objects) {
            if let Some(stored) = receive(object, None, profile, output)? {
                live.insert(object.full_name(), stored);
            }
        }
        for object in &self.objects.objects {
            receive(object, live.get(&object.full_name()), profile, output)?;
        }
        Ok(())
    }
}

/// What an API server makes of a manifest, where its kind is simulated; its warnings are told. `live` is the set that it
/// replaces.
fn receive(
    object: &Found,
    live: Option<&Value>,
    profile: &Profile,
    output: &mut Output,
) -> Result<Option<Value>, Failure> {
    if Resource::of_kind(object.kind()).is_none() {
        return Ok(None);
    }
    let live = live.filter(|_| object.is_set());
    let stored = intake::receive(&object.value, live, profile).map_err(|error| object.locate(error))?;
    if object.is_set() {
        let verdict = judge(&object.value, live, profile).map_err(|error| object.locate(error))?;
        for warning in &verdict.warnings {
            output.warn(&format!("{}: {warning}", object.line_of(field_of(warning))))?;
        }
    }
    Ok(object.is_set().then_some(stored))
}

/// Of objects that stand there several times, as in two dumps of one namespace, the last.
fn newest(objects: Vec<Found>) -> Vec<Found> {
    let key = |object: &Found| [object.kind(), object.namespace(), object.name()].map(str::to_owned);
    let last: BTreeMap<[String; 3], usize> = objects
        .iter()
        .enumerate()
        .map(|(at, object)| (key(object), at))
        .collect();
    let kept = objects
        .into_iter()
        .enumerate()
        .filter(|(at, object)| last.get(&key(object)) == Some(at));
    kept.map(|(_, object)| object).collect()
}

/// Whether two files hold a set of the same namespace and name.
pub(crate) fn are_old_and_new(old: &Input, new: &Input) -> bool {
    old.sets()
        .any(|set| new.sets().any(|other| other.full_name() == set.full_name()))
}
