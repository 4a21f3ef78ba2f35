//! Why a set is as it is, and what the cluster's DNS says of it.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::dns::{Kind, Lookup, Names, Settings, Zone, zone};
use steadfast_core::explain::{Explanation, Surroundings};
use steadfast_core::{Cause, Error, Observation, Observed, Timestamp, reconcile};
#[cfg(feature = "simulator")]
use steadfast_sim::forecast::ForecastInput;
#[cfg(feature = "simulator")]
use steadfast_sim::verify::{LeadsTo, leads_to};

use crate::answer::json;
use crate::options::Options;

/// An explanation, and of what.
#[derive(Serialize)]
pub(crate) struct Explained {
    #[serde(flatten)]
    explanation: Explanation,
    /// `NAMESPACE/NAME`.
    set: String,
    now: Timestamp,
    kubernetes: String,
    #[cfg(feature = "simulator")]
    #[serde(rename = "leadsTo")]
    leads_to: Vec<LeadsTo>,
}

/// Explains an observation, or that of the set `of` in a dump; remedies are played unless `unplayed`.
pub(crate) fn explain(input: &str, of: &str, unplayed: bool, options: &str) -> Result<Explained, Error> {
    let options = Options::parse(options)?;
    let (mut observation, _) = observation_of(input, of)?;
    let now = options.now.or(observation.now);
    let objects = match cfg!(feature = "simulator") && !unplayed || now.is_none() {
        true => observation.objects(),
        false => Vec::new(),
    };
    let now = now
        .or_else(|| newest(&objects))
        .ok_or_else(|| Error::invalid(vec![Cause::required("now")]))?;
    let around = Surroundings::take(&mut observation);
    let observed = Observed::parse(observation)?;
    let plan = reconcile(&observed, now, &options.profile);
    let explanation = steadfast_core::explain::explain(&observed, &around, &plan, now, &options.profile);
    let set = format!("{}/{}", observed.set().namespace(), observed.set().name());
    Ok(Explained {
        #[cfg(feature = "simulator")]
        leads_to: match unplayed {
            true => Vec::new(),
            false => {
                let input = ForecastInput::of_observed(objects, set.clone(), now, &options.profile);
                leads_to(&explanation, &input)?
            }
        },
        explanation,
        set,
        now,
        kubernetes: options.profile.to_string(),
    })
}

/// The newest time that a dump speaks of.
#[cfg(feature = "simulator")]
fn newest(objects: &[Value]) -> Option<Timestamp> {
    steadfast_sim::forecast::newest_timestamp(objects)
}

#[cfg(not(feature = "simulator"))]
fn newest(_: &[Value]) -> Option<Timestamp> {
    None
}

/// What the cluster's DNS says of a set.
pub(crate) fn dns(input: &str, of: &str, settings: &str) -> Result<Names, Error> {
    let (_, zone) = zone_of(input, of, settings)?;
    Ok(Names::of(&zone))
}

/// What becomes of one name: `{"name", "types"?, "from"?}`.
pub(crate) fn lookup(input: &str, of: &str, question: &str, settings: &str) -> Result<Lookup, Error> {
    let question = json(question)?;
    let text = |field: &'static str| match question.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(other) => Err(Error::invalid(vec![Cause::wrong_type(field, other, "a string")])),
    };
    let kind = |value: &Value| {
        value.as_str().and_then(Kind::parse).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::name);
            Error::invalid(vec![Cause::not_supported("types", value, &known)])
        })
    };
    let kinds = match question.get("types") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(kinds)) => kinds.iter().map(kind).collect::<Result<_, _>>()?,
        Some(one) => vec![kind(one)?],
    };
    let (observation, zone) = zone_of(input, of, settings)?;
    let name = text("name")?.unwrap_or_default();
    Lookup::ask(&zone, &observation, name, &kinds, text("from")?)
}

fn zone_of(input: &str, of: &str, settings: &str) -> Result<(Observation, Zone), Error> {
    let settings = match settings {
        "" => Settings::default(),
        text => Settings::parse(&json(text)?)?,
    };
    let observation = match observation_of(input, of)? {
        (observation, Source::Dump) => observation.for_names(),
        (observation, Source::Observation) => observation,
    };
    let zone = zone(&observation, &settings)?;
    Ok((observation, zone))
}

/// What an observation was made from.
enum Source {
    /// It was given as one, and says of each list whether it is known.
    Observation,
    /// It was gathered from objects.
    Dump,
}

/// An observation that is given as one, or gathered from one object, a list of them, or a text that holds some.
fn observation_of(input: &str, of: &str) -> Result<(Observation, Source), Error> {
    let mut objects = objects(input)?;
    if let [one] = objects.as_mut_slice()
        && one.get("statefulSet").is_some()
    {
        return Ok((Observation::of_value(one.take())?, Source::Observation));
    }
    let set = Some(of).filter(|of| !of.is_empty());
    Ok((Observation::of_objects(objects, set)?, Source::Dump))
}

#[cfg(feature = "reader")]
fn objects(input: &str) -> Result<Vec<Value>, Error> {
    let objects = crate::text::objects(input)?.into_iter();
    let items = objects.flat_map(|object| match object.value {
        Value::Array(items) => items,
        one => vec![one],
    });
    Ok(items.collect())
}

#[cfg(not(feature = "reader"))]
fn objects(input: &str) -> Result<Vec<Value>, Error> {
    Ok(match json(input)? {
        Value::Array(objects) => objects,
        one => vec![one],
    })
}
