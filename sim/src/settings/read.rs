//! Reading settings, field by field.

use serde_json::Value;
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Cause, CauseType, Error};

use super::{
    Absent, AbsentKind, BackOff, BindingMode, MOST_NODES, NodeSetting, NodesSetting, Settings,
    StorageClassSetting, default_pods,
};
use crate::fields::{Fields, Read, deserialized, whole, word};

impl Read for Settings {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut settings = Self::default();
        fields.read("seed", &mut settings.seed);
        fields.read("nodes", &mut settings.nodes);
        fields.read("storageClasses", &mut settings.storage_classes);
        fields.read("absent", &mut settings.absent);
        fields.read("scheduling", &mut settings.scheduling);
        fields.read("pull", &mut settings.pull);
        fields.read("start", &mut settings.start);
        fields.read("readiness", &mut settings.readiness);
        fields.read("termination", &mut settings.termination);
        fields.read("crashBackOff", &mut settings.crash_back_off);
        fields.read("pullBackOff", &mut settings.pull_back_off);
        let mut jitter = Percent(settings.jitter);
        fields.read("jitter", &mut jitter);
        settings.jitter = jitter.0;
        fields.read("watch", &mut settings.watch);
        fields.read("call", &mut settings.call);
        fields.read("evictionAfter", &mut settings.eviction_after);
        fields.read("nodeMonitor", &mut settings.node_monitor);
        fields.read("behaviours", &mut settings.behaviours);
        if let NodesSetting::List(nodes) = &settings.nodes {
            let names = nodes.iter().map(|node| node.name.as_str());
            refuse_duplicates("nodes", &mut names.into_iter(), &mut fields);
        }
        let names = settings.storage_classes.iter().map(|class| class.name.as_str());
        refuse_duplicates("storageClasses", &mut names.into_iter(), &mut fields);
        fields.finish()?;
        Ok(settings)
    }
}

fn refuse_duplicates(list: &str, names: &mut dyn Iterator<Item = &str>, fields: &mut Fields<'_>) {
    let mut seen = SortedSet::new();
    for (at, name) in names.enumerate() {
        if !seen.insert(name) {
            let field = fields.path_of(&format!("{list}[{at}].name"));
            let cause = Cause::of(field, CauseType::FieldValueDuplicate, "");
            fields.wrong(Cause {
                value: Some(name.into()),
                ..cause
            });
        }
    }
}

struct Percent(u8);

impl Read for Percent {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        whole(value, path, 100).map(|percent| Self(percent as u8))
    }
}

impl Read for NodesSetting {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        match value {
            Value::Number(_) => whole(value, path, MOST_NODES.into()).map(|count| Self::Count(count as u32)),
            Value::Array(_) => Read::read(value, path).map(Self::List),
            other => {
                let cause = Cause::wrong_type(path, other, "a number of nodes or a list of them");
                Err(Error::invalid(vec![cause]))
            }
        }
    }
}

impl Read for NodeSetting {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut node = Self {
            name: String::new(),
            zone: None,
            pods: default_pods(),
        };
        fields.needed("name", &mut node.name);
        fields.read("zone", &mut node.zone);
        fields.read("pods", &mut node.pods);
        fields.finish()?;
        Ok(node)
    }
}

impl Read for StorageClassSetting {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut class = Self::new("");
        fields.needed("name", &mut class.name);
        fields.read("mode", &mut class.mode);
        fields.read("delay", &mut class.delay);
        fields.read("provisions", &mut class.provisions);
        fields.read("exists", &mut class.exists);
        fields.read("default", &mut class.default);
        fields.finish()?;
        Ok(class)
    }
}

impl Read for BindingMode {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let words = [
            ("Immediate", Self::Immediate),
            ("WaitForFirstConsumer", Self::WaitForFirstConsumer),
        ];
        word(value, path, &words)
    }
}

impl Read for Absent {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut absent = Self {
            kind: AbsentKind::Secret,
            name: String::new(),
        };
        fields.needed("kind", &mut absent.kind);
        fields.needed("name", &mut absent.name);
        fields.finish()?;
        Ok(absent)
    }
}

impl Read for AbsentKind {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        word(
            value,
            path,
            &[("Secret", Self::Secret), ("ConfigMap", Self::ConfigMap)],
        )
    }
}

impl Read for BackOff {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut fields = Fields::of(value, path)?;
        let mut wait = Self::default();
        fields.read("first", &mut wait.first);
        fields.read("limit", &mut wait.limit);
        fields.finish()?;
        Ok(wait)
    }
}

deserialized! {
    Settings: "settings",
    NodesSetting: "nodes",
    NodeSetting: "node",
    StorageClassSetting: "storageClass",
    BindingMode: "mode",
    Absent: "absent",
    AbsentKind: "kind",
    BackOff: "backOff",
}
