//! A handle on what is observed of one set: objects go in and out one at a time.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{
    Cause, Error, ErrorCode, Kind, Observation as Whole, Observed, Plan, Profile, Timestamp, reconcile,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answer::{answer, json, tagged, text_of};
use crate::options::Options;

/// An observation that stays parsed: a Pod that changes costs the work of one Pod.
#[wasm_bindgen]
#[derive(Default)]
pub struct Observation {
    observed: Option<Observed>,
    profile: Profile,
    now: Option<Timestamp>,
}

#[wasm_bindgen]
impl Observation {
    /// An empty handle, which [`load`](Self::load) fills.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a whole observation in, in place of what was there. `options` as for `reconcile`; they stay.
    pub fn load(&mut self, observation: &str, options: &str) -> String {
        let load = |handle: &mut Self| handle.fill(observation, &Options::parse(options)?);
        answer(load(self))
    }

    /// Puts objects in, each in place of the one of its kind and name: one object, or a list of them.
    pub fn put(&mut self, objects: &str) -> String {
        answer(self.put_all(objects))
    }

    /// Takes an object out; `value` is whether it was there.
    pub fn remove(&mut self, kind: &str, name: &str) -> String {
        let remove = |handle: &mut Self| Ok(handle.loaded()?.remove(kind_of(kind)?, name));
        answer(remove(self))
    }

    /// The observation as it stands, in the form in which `load` takes it.
    pub fn whole(&self) -> String {
        let Some(observed) = &self.observed else {
            return tagged(Err(empty()));
        };
        // Written piece by piece, so that no object is copied.
        let mut text = String::from("{\"now\":");
        text.push_str(&json_of(&self.now));
        text.push_str(",\"statefulSet\":");
        text.push_str(&json_of(observed.set().object()));
        let mut list = |name: &str, objects: &mut dyn Iterator<Item = &Value>| {
            text.push_str(",\"");
            text.push_str(name);
            let mut before = "\":[";
            for object in objects {
                text.push_str(before);
                text.push_str(&json_of(object));
                before = ",";
            }
            text.push_str(if before == "," { "]" } else { "\":[]" });
        };
        list("pods", &mut observed.pods().map(|pod| pod.object()));
        list(
            "persistentVolumeClaims",
            &mut observed.claims().map(|claim| claim.object()),
        );
        list(
            "controllerRevisions",
            &mut observed.revisions().map(|revision| revision.object()),
        );
        text.push('}');
        tagged(Ok(text))
    }

    /// The plan, now. `options` as for `reconcile`, for this call only.
    pub fn reconcile(&self, options: &str) -> String {
        answer(Options::parse(options).and_then(|options| self.decide(&options)))
    }
}

impl Observation {
    pub(crate) fn fill(&mut self, observation: &str, options: &Options) -> Result<(), Error> {
        let observation = Whole::of_value(json(observation)?)?;
        let now = options.now.or(observation.now);
        self.observed = Some(Observed::parse(observation)?);
        self.profile = options.profile.clone();
        self.now = now;
        Ok(())
    }

    pub(crate) fn decide(&self, options: &Options) -> Result<Plan, Error> {
        let observed = self.observed.as_ref().ok_or_else(empty)?;
        let Some(now) = options.now.or(self.now) else {
            return Err(Error::invalid(vec![Cause::required("now")]));
        };
        let profile = match options.has_profile {
            true => &options.profile,
            false => &self.profile,
        };
        Ok(reconcile(observed, now, profile))
    }

    fn put_all(&mut self, objects: &str) -> Result<(), Error> {
        let objects = match json(objects)? {
            Value::Array(objects) => objects,
            one => vec![one],
        };
        let observed = self.loaded()?;
        for object in objects {
            observed.put(object)?;
        }
        Ok(())
    }

    fn loaded(&mut self) -> Result<&mut Observed, Error> {
        self.observed.as_mut().ok_or_else(empty)
    }
}

/// Times and objects can always be written.
fn json_of(value: &impl Serialize) -> String {
    text_of(value).unwrap_or_else(|_| "null".to_owned())
}

fn empty() -> Error {
    Error::new(
        ErrorCode::Missing,
        "nothing is observed yet: load an observation first",
    )
}

fn kind_of(name: &str) -> Result<Kind, Error> {
    let kinds = [Kind::Pod, Kind::PersistentVolumeClaim, Kind::ControllerRevision];
    let found = kinds.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| {
        let supported = kinds.map(Kind::name);
        Error::invalid(vec![Cause::not_supported("kind", &Value::from(name), &supported)])
    })
}
