//! The simulated cluster, as the options describe it.

use steadfast_core::{Error, ErrorCode, manifest};
use steadfast_sim::settings::{
    Behaviour, BindingMode, MOST_NODES, NodesSetting, Settings, StorageClassSetting, What,
};

use crate::cli::{ClusterArguments, StorageClass, StorageMode};
use crate::failure::Failure;
use crate::input::read_document;

/// The settings of the file, if one was given, with what the options say on top; and whether they say of the nodes.
pub(crate) fn of(arguments: &ClusterArguments) -> Result<(Settings, bool), Failure> {
    let (mut settings, has_nodes) = match &arguments.settings {
        Some(file) => from_file(file)?,
        None => (Settings::default(), false),
    };
    if let Some(count) = arguments.nodes {
        if count > MOST_NODES {
            let message = format!("--nodes: `{count}` is more than {MOST_NODES}");
            return Err(Failure::new(ErrorCode::Invalid, message));
        }
        settings.nodes = NodesSetting::Count(count);
    }
    if let Some(seed) = arguments.seed {
        settings.seed = seed;
    }
    if let Some(percent) = arguments.jitter {
        if percent > 100 {
            let message = format!("--jitter: `{percent}` is more than 100 percent");
            return Err(Failure::new(ErrorCode::Invalid, message));
        }
        settings.jitter = percent;
    }
    let spans = [
        (arguments.scheduling, &mut settings.scheduling),
        (arguments.pull, &mut settings.pull),
        (arguments.start, &mut settings.start),
        (arguments.stop, &mut settings.termination),
    ];
    for (given, setting) in spans {
        *setting = given.unwrap_or(*setting);
    }
    settings.readiness = arguments.ready.or(settings.readiness);
    arguments
        .storage_class
        .iter()
        .for_each(|class| add_class(&mut settings, class));
    let pods = [
        (&arguments.not_ready, What::NotReady),
        (&arguments.crash, What::Crash),
        (&arguments.never_terminates, What::NeverTerminates),
    ];
    for (patterns, what) in pods {
        settings.behaviours.extend(
            patterns
                .iter()
                .map(|pattern| Behaviour::new(pod_name(pattern), what.clone())),
        );
    }
    for image in &arguments.broken_image {
        let mut behaviour = Behaviour::new("*", What::ImageNeverPulls);
        behaviour.image = Some(image.clone());
        settings.behaviours.push(behaviour);
    }
    for (kind, name) in &arguments.absent {
        let absent = serde_json::json!({"kind": kind, "name": name});
        settings.absent.extend(serde_json::from_value(absent).ok());
    }
    Ok((settings, has_nodes || arguments.nodes.is_some()))
}

/// A file of settings: the mapping itself, or a scenario's, under `settings`.
fn from_file(file: &str) -> Result<(Settings, bool), Failure> {
    let (name, document) = read_document(file)?;
    let (value, prefix) = match document.value.get("settings") {
        Some(inner) => (inner, "settings"),
        None => (&document.value, ""),
    };
    if value.is_null() {
        return Ok((Settings::default(), false));
    }
    let parsed = Settings::parse(value).map_err(|mut error: Error| {
        for cause in &mut error.causes {
            // The simulator's paths start with `settings`, which the file may not have.
            let inside = cause.field.strip_prefix("settings").unwrap_or(&cause.field);
            let position = document.nearest_position_of(match prefix {
                "" => inside.trim_start_matches('.'),
                _ => &cause.field,
            });
            cause.line = position.map(|manifest::Position { line, .. }| line);
            cause.column = position.map(|manifest::Position { column, .. }| column);
        }
        Failure::from(error).in_file(&name)
    })?;
    Ok((parsed, value.get("nodes").is_some()))
}

fn add_class(settings: &mut Settings, class: &StorageClass) {
    let mut setting = StorageClassSetting::new(&class.name);
    match class.mode {
        StorageMode::Immediate => {}
        StorageMode::Wait => setting.mode = BindingMode::WaitForFirstConsumer,
        StorageMode::Never => setting.provisions = false,
        StorageMode::Missing => setting.exists = false,
    }
    match settings
        .storage_classes
        .iter_mut()
        .find(|known| known.name == class.name)
    {
        Some(known) => {
            setting.default = known.default;
            *known = setting;
        }
        None => settings.storage_classes.push(setting),
    }
}

/// `pod/web-0` and `web-0` are the same Pod.
fn pod_name(pattern: &str) -> &str {
    ["pod/", "pods/"]
        .into_iter()
        .find_map(|prefix| pattern.strip_prefix(prefix))
        .unwrap_or(pattern)
}
