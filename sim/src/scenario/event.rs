//! What can happen in a story, and how it is written.

use serde_json::Value;
use steadfast_core::{Cause, CauseType, Error};

use super::Planned;
use crate::clock::Millis;
use crate::faults::FaultRule;
use crate::fields::{Fields, Read};
use crate::settings::{Behaviour, Phase, What};
use crate::store::{DeleteOptions, Key, Resource};

/// One thing that happens to a cluster from outside.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ScenarioEvent {
    /// `apply: MANIFEST`: `kubectl apply`.
    Apply(Box<Value>),
    /// `scale: {name, replicas}`: `kubectl scale`.
    Scale {
        /// The set.
        set: Key,
        /// How many Pods there shall be.
        replicas: u32,
    },
    /// `image: {set, image, container?}`: `kubectl set image`.
    Image {
        /// The set.
        set: Key,
        /// The container; all of them where it is absent.
        container: Option<String>,
        /// The image.
        image: String,
    },
    /// `delete: {kind, name, cascade?, grace?}` and `deletePod: NAME`: `kubectl delete`.
    Delete {
        /// The object.
        key: Key,
        /// How.
        options: DeleteOptions,
    },
    /// `evict: POD`: the eviction API, which a disruption budget may refuse.
    Evict(Key),
    /// `notReady`, `ready`, `crash`, `initFails`, `exits`, `slowTermination`, `neverTerminates`, `imageNeverPulls`: how
    /// Pods behave from now on. Names may hold `*`.
    Behave(Behaviour),
    /// `imagePulls: IMAGE`: what was said of this image by `imageNeverPulls` no longer holds.
    ImagePulls(String),
    /// `node: {name, state}`: a node goes down or comes back.
    Node {
        /// The node.
        name: String,
        /// True where it comes back.
        is_up: bool,
    },
    /// `volumeStuck: CLAIM` and `volumeFreed: CLAIM`: whether the claim gets a volume.
    Volume {
        /// The claim.
        claim: Key,
        /// True where it gets none.
        is_stuck: bool,
    },
    /// `apiError: RULE`: the API server refuses what the controller writes.
    ApiError(FaultRule),
    /// `clear: apiErrors`, `clear: behaviours` or `clear: all`: things go well again.
    Clear {
        /// The API server refuses nothing any more.
        api_errors: bool,
        /// Pods behave well again, and claims get their volumes.
        behaviours: bool,
    },
    /// `tick`: the controller looks at every set, as a resync makes it.
    Tick,
}

/// The names of events, as they are written.
const EVENTS: [&str; 21] = [
    "apply",
    "scale",
    "image",
    "delete",
    "deletePod",
    "evict",
    "notReady",
    "ready",
    "crash",
    "initFails",
    "exits",
    "slowTermination",
    "neverTerminates",
    "imageNeverPulls",
    "imagePulls",
    "node",
    "volumeStuck",
    "volumeFreed",
    "apiError",
    "clear",
    "tick",
];

/// Reads one entry of a timeline, which stands at `path`.
pub(super) fn planned(value: &Value, path: &str, default: Option<Millis>) -> Result<Planned, Error> {
    let mut fields = Fields::of(value, path)?;
    let at = fields.optional_span("at")?.or(default);
    let at = at.ok_or_else(|| Error::invalid(vec![Cause::required(fields.path_of("at"))]))?;
    let mut found = fields.names();
    found.retain(|name| name != "at");
    let all = EVENTS.join(", ");
    let [name] = found.as_slice() else {
        let detail = format!("must have `at` and exactly one event of {all}");
        return Err(Error::invalid(vec![Cause::of(
            path,
            CauseType::FieldValueInvalid,
            detail,
        )]));
    };
    let Some(name) = EVENTS.iter().copied().find(|event| event == name) else {
        let cause = Cause::of(
            fields.path_of(name),
            CauseType::FieldValueNotSupported,
            format!("no such event; there are {all}"),
        );
        return Err(Error::invalid(vec![cause]));
    };
    let event = event(name, &mut fields)?;
    Ok(Planned {
        at,
        event,
        written: value.clone(),
    })
}

fn event(name: &'static str, fields: &mut Fields<'_>) -> Result<ScenarioEvent, Error> {
    let behave = |behaviour| Ok(ScenarioEvent::Behave(behaviour));
    match name {
        "apply" => Ok(ScenarioEvent::Apply(Box::new(fields.required("apply")?.clone()))),
        "tick" => {
            fields.optional("tick");
            Ok(ScenarioEvent::Tick)
        }
        "scale" => {
            let mut inner = inner(fields, "scale")?;
            let set = named(&mut inner, "name", Resource::StatefulSet)?;
            let replicas = inner.optional_count("replicas")?;
            let replicas =
                replicas.ok_or_else(|| Error::invalid(vec![Cause::required(inner.path_of("replicas"))]))?;
            inner.finish()?;
            Ok(ScenarioEvent::Scale { set, replicas })
        }
        "image" => {
            let mut inner = inner(fields, "image")?;
            let set = named(&mut inner, "set", Resource::StatefulSet)?;
            let container = inner.optional_text("container")?.map(str::to_owned);
            let image = inner.text("image")?.to_owned();
            inner.finish()?;
            Ok(ScenarioEvent::Image {
                set,
                container,
                image,
            })
        }
        "delete" => delete(fields),
        "deletePod" => {
            let mut grace = None;
            let key = with_one(fields, "deletePod", "name", Resource::Pod, &mut |inner| {
                grace = inner.optional_count("grace")?;
                Ok(())
            })?;
            let grace_seconds = grace.map(i64::from);
            Ok(ScenarioEvent::Delete {
                key,
                options: DeleteOptions {
                    grace_seconds,
                    ..DeleteOptions::default()
                },
            })
        }
        "evict" => {
            with_one(fields, "evict", "name", Resource::Pod, &mut |_| Ok(())).map(ScenarioEvent::Evict)
        }
        "notReady" => behave(Behaviour::new(fields.text("notReady")?, What::NotReady)),
        "ready" => behave(Behaviour::new(fields.text("ready")?, What::Healthy)),
        "crash" => behave(Behaviour::new(fields.text("crash")?, What::Crash)),
        "neverTerminates" => behave(Behaviour::new(
            fields.text("neverTerminates")?,
            What::NeverTerminates,
        )),
        "initFails" => {
            let mut container = None;
            let pod = pod_and(fields, "initFails", &mut |inner| {
                inner.read("container", &mut container)
            })?;
            behave(Behaviour::new(&pod, What::InitFails { container }))
        }
        "exits" => {
            let mut phase = None;
            let pod = pod_and(fields, "exits", &mut |inner| inner.read("phase", &mut phase))?;
            let phase = phase.unwrap_or(Phase::Failed);
            behave(Behaviour::new(&pod, What::Exits { phase }))
        }
        "slowTermination" => {
            let mut span = None;
            let pod = pod_and(fields, "slowTermination", &mut |inner| {
                inner.read("for", &mut span)
            })?;
            let Some(span) = span else {
                return Err(Error::invalid(vec![Cause::required(format!(
                    "{}.for",
                    fields.path_of("slowTermination")
                ))]));
            };
            behave(Behaviour::new(&pod, What::SlowTermination { span }))
        }
        "imageNeverPulls" => {
            let image = image(fields, "imageNeverPulls")?;
            behave(Behaviour {
                image: Some(image),
                ..Behaviour::new("*", What::ImageNeverPulls)
            })
        }
        "imagePulls" => Ok(ScenarioEvent::ImagePulls(image(fields, "imagePulls")?)),
        "node" => node(fields),
        "volumeStuck" | "volumeFreed" => {
            let kind = Resource::PersistentVolumeClaim;
            let claim = with_one(fields, name, "claim", kind, &mut |_| Ok(()))?;
            Ok(ScenarioEvent::Volume {
                claim,
                is_stuck: name == "volumeStuck",
            })
        }
        "apiError" => {
            let rule = fields.required("apiError")?;
            Read::read(rule, &fields.path_of("apiError")).map(ScenarioEvent::ApiError)
        }
        _ => clear(fields),
    }
}

fn delete(fields: &mut Fields<'_>) -> Result<ScenarioEvent, Error> {
    let mut inner = inner(fields, "delete")?;
    let kind = inner.text("kind")?;
    let Some(resource) = Resource::of_kind(kind) else {
        return Err(inner.invalid(
            "kind",
            &Value::from(kind),
            "is not a kind that is simulated, such as `StatefulSet`",
        ));
    };
    let key = named(&mut inner, "name", resource)?;
    let propagation = inner.cascade()?;
    let grace_seconds = inner.optional_count("grace")?.map(i64::from);
    inner.finish()?;
    Ok(ScenarioEvent::Delete {
        key,
        options: DeleteOptions {
            uid: None,
            grace_seconds,
            propagation,
        },
    })
}

fn node(fields: &mut Fields<'_>) -> Result<ScenarioEvent, Error> {
    let mut inner = inner(fields, "node")?;
    let name = inner.text("name")?.to_owned();
    let is_up = match inner.text("state")? {
        "up" => true,
        "down" => false,
        other => {
            let cause = Cause::not_supported(inner.path_of("state"), &Value::from(other), &["down", "up"]);
            return Err(Error::invalid(vec![cause]));
        }
    };
    inner.finish()?;
    Ok(ScenarioEvent::Node { name, is_up })
}

fn clear(fields: &mut Fields<'_>) -> Result<ScenarioEvent, Error> {
    let (api_errors, behaviours) = match fields.text("clear")? {
        "apiErrors" => (true, false),
        "behaviours" => (false, true),
        "all" => (true, true),
        other => {
            let supported = ["all", "apiErrors", "behaviours"];
            let cause = Cause::not_supported(fields.path_of("clear"), &Value::from(other), &supported);
            return Err(Error::invalid(vec![cause]));
        }
    };
    Ok(ScenarioEvent::Clear {
        api_errors,
        behaviours,
    })
}

fn inner<'a>(fields: &mut Fields<'a>, name: &'static str) -> Result<Fields<'a>, Error> {
    let path = fields.path_of(name);
    Fields::of(fields.required(name)?, &path)
}

/// The key of `[NAMESPACE/]NAME`.
fn named(fields: &mut Fields<'_>, field: &'static str, resource: Resource) -> Result<Key, Error> {
    let text = fields.text(field)?;
    let (namespace, name) = text.split_once('/').unwrap_or(("default", text));
    if name.is_empty() || namespace.is_empty() || name.contains('/') {
        return Err(fields.invalid(
            field,
            &Value::from(text),
            "must be a name, or a namespace and a name with `/`",
        ));
    }
    Ok(Key::new(
        resource,
        if resource.is_namespaced() { namespace } else { "" },
        name,
    ))
}

/// An event that is about one object: its name alone, or a mapping with the name and what `more` reads.
fn with_one(
    fields: &mut Fields<'_>,
    event: &'static str,
    field: &'static str,
    resource: Resource,
    more: &mut dyn FnMut(&mut Fields<'_>) -> Result<(), Error>,
) -> Result<Key, Error> {
    if fields.required(event)?.is_string() {
        return named(fields, event, resource);
    }
    let mut inner = inner(fields, event)?;
    let key = named(&mut inner, field, resource)?;
    more(&mut inner)?;
    inner.finish()?;
    Ok(key)
}

/// An event about Pods by pattern: the pattern alone, or a mapping with `pod` and what `more` reads.
fn pod_and(
    fields: &mut Fields<'_>,
    event: &'static str,
    more: &mut dyn FnMut(&mut Fields<'_>),
) -> Result<String, Error> {
    if let Some(pod) = fields.required(event)?.as_str() {
        return Ok(pod.to_owned());
    }
    let mut inner = inner(fields, event)?;
    let mut pod = String::new();
    inner.needed("pod", &mut pod);
    more(&mut inner);
    inner.finish()?;
    Ok(pod)
}

fn image(fields: &mut Fields<'_>, event: &'static str) -> Result<String, Error> {
    if let Some(image) = fields.required(event)?.as_str() {
        return Ok(image.to_owned());
    }
    let mut inner = inner(fields, event)?;
    let image = inner.text("image")?.to_owned();
    inner.finish()?;
    Ok(image)
}
