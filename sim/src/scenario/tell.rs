//! An event takes place.

use serde_json::{Value, json};
use steadfast_core::{Cause, Error, ErrorCode};

use super::ScenarioEvent;
use crate::clock::Millis;
use crate::cluster::{Cluster, Holds, refused};
use crate::disruption;
use crate::nodes;
use crate::settings::{Behaviour, What};
use crate::store::{Key, Write};
use crate::trace::Happening;

impl Cluster {
    /// Lets an event take place now; `written` is how the story writes it. Where it cannot take place, the trace says why.
    pub fn event(&mut self, event: &ScenarioEvent, written: Value) {
        let place = self.machine.trace.entries().len();
        self.machine.record(|| Happening::Scenario {
            event: written,
            error: None,
        });
        if let Err(error) = self.take_place(event) {
            self.machine.trace.note_error(place, error.to_string());
        }
        let now = self.now();
        self.machine.quiet.renew(now);
    }

    fn take_place(&mut self, event: &ScenarioEvent) -> Result<(), Error> {
        match event {
            ScenarioEvent::Apply(manifest) => self.apply(manifest),
            ScenarioEvent::Scale { set, replicas } => {
                self.edit_spec(set, |spec| drop(spec.insert("replicas".into(), json!(replicas))))
            }
            ScenarioEvent::Image {
                set,
                container,
                image,
            } => self.set_image(set, container.as_deref(), image),
            ScenarioEvent::Delete { key, options } => self.delete(key, options.clone()),
            ScenarioEvent::Evict(pod) => {
                let write = disruption::evict(self.store(), pod).map_err(|error| refused(&error))?;
                self.write(write).map_err(|error| refused(&error))
            }
            ScenarioEvent::Behave(behaviour) => {
                self.thaw(behaviour);
                self.set_up(|settings| settings.behaviours.push(behaviour.clone()));
                Ok(())
            }
            ScenarioEvent::ImagePulls(image) => {
                let is_over =
                    |b: &Behaviour| b.what == What::ImageNeverPulls && b.image.as_deref() == Some(image);
                self.set_up(|settings| settings.behaviours.retain(|behaviour| !is_over(behaviour)));
                Ok(())
            }
            ScenarioEvent::Node { name, is_up } => {
                let timer = nodes::switch(self.store(), name, *is_up).map_err(|error| refused(&error))?;
                self.machine.schedule_after(Millis(0), timer);
                Ok(())
            }
            ScenarioEvent::Volume { claim, is_stuck } => {
                if *is_stuck {
                    self.holds.unbound.insert(claim.clone());
                } else {
                    self.free_claims(|key| key == claim);
                }
                Ok(())
            }
            ScenarioEvent::ApiError(rule) => {
                self.add_fault(rule.clone());
                Ok(())
            }
            ScenarioEvent::Clear {
                api_errors,
                behaviours,
            } => {
                if *api_errors {
                    self.machine.faults.clear();
                }
                if *behaviours {
                    self.free_claims(|_| true);
                    self.holds = Holds::default();
                    self.set_up(|settings| settings.behaviours.clear());
                }
                Ok(())
            }
            ScenarioEvent::Tick => {
                self.wake_all();
                Ok(())
            }
        }
    }

    /// Changes the spec of a set as a person would.
    fn edit_spec(
        &mut self,
        set: &Key,
        change: impl FnOnce(&mut serde_json::Map<String, Value>),
    ) -> Result<(), Error> {
        let Some(object) = self.store().get(set) else {
            let message = format!("statefulsets.apps \"{}\" not found", set.name);
            return Err(Error::new(ErrorCode::Missing, message));
        };
        let mut object = object.whole().clone();
        if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
            change(spec);
        }
        self.write(Write::Update(object)).map_err(|error| refused(&error))
    }

    fn set_image(&mut self, set: &Key, container: Option<&str>, image: &str) -> Result<(), Error> {
        let mut has_changed = false;
        self.edit_spec(set, |spec| {
            let template = spec
                .get_mut("template")
                .and_then(|template| template.get_mut("spec"));
            let containers = template
                .and_then(|spec| spec.get_mut("containers"))
                .and_then(Value::as_array_mut);
            for found in containers.into_iter().flatten().filter_map(Value::as_object_mut) {
                let name = found.get("name").and_then(Value::as_str);
                if container.is_none_or(|container| name == Some(container)) {
                    found.insert("image".into(), json!(image));
                    has_changed = true;
                }
            }
        })?;
        if has_changed {
            return Ok(());
        }
        let detail = format!(
            "`{}` has no container `{}`",
            set.name,
            container.unwrap_or_default()
        );
        Err(Error::invalid(vec![Cause::of(
            "image.container",
            steadfast_core::CauseType::FieldValueInvalid,
            detail,
        )]))
    }

    /// A Pod that was held as it was found moves again once something is said of it.
    fn thaw(&mut self, behaviour: &Behaviour) {
        self.holds
            .frozen
            .retain(|pod| !crate::settings::is_like(&behaviour.pods, &pod.name));
    }
}
