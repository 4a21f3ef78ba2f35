//! `dns`: what the cluster's DNS says of a set, and why a name does not resolve.

use std::io::{self, IsTerminal};

use serde_json::{Value, json};
use steadfast_core::dns::{Kind, NameState, Resolution, Resolver, Settings, Zone, is_name, names, zone};
use steadfast_core::{Cause, Error, ErrorCode, Observation};

use crate::cli::{DnsArguments, Format};
use crate::failure::Failure;
use crate::input::{Choice, Input, ObservationSource};
use crate::outcome::Exit;
use crate::output::Output;

mod lookup;
mod table;

/// What is said of a set's names.
pub(crate) struct Names {
    /// `NAMESPACE/NAME`.
    set: String,
    /// The Service that the set names.
    service: Option<String>,
    namespace: String,
    zone: Zone,
    names: Vec<NameState>,
}

/// What is asked with `--lookup`.
pub(crate) struct Question {
    name: String,
    kinds: Vec<Kind>,
    /// Who asks: a Pod's name, or a namespace.
    asker: String,
    resolver: Resolver,
    resolution: Resolution,
}

pub(crate) fn run(arguments: &DnsArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut files = arguments.input.all();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            let message =
                "name a FILE with a manifest or with what a cluster holds, or `-` for standard input";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        files.push("-".to_owned());
    }
    let settings = settings(arguments)?;
    let input = Input::read(&files, arguments.input.namespace.as_deref(), output)?;
    let source = ObservationSource::for_names(input, &Choice::of(&arguments.input))?;
    let zone = source.read(|observation| zone(observation, &settings))?;
    let set = &source.observation.stateful_set;
    let text = |pointer: &str| {
        set.pointer(pointer)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let namespace = text("/metadata/namespace").unwrap_or("default").to_owned();
    if let Some(question) = &arguments.lookup {
        let question = Question::of(
            question,
            arguments.asker.as_deref(),
            &namespace,
            &source.observation,
            &zone,
        )?;
        match arguments.output {
            Format::Json | Format::Yaml => output.structured(arguments.output, &question.to_json(&zone))?,
            Format::Table | Format::Wide => {
                output.text(&lookup::of(&question, &zone, arguments.output == Format::Wide))?;
            }
        }
        return Ok(match question.resolution.resolves {
            true => Exit::Fine,
            false => Exit::Refused,
        });
    }
    let names = Names {
        set: format!("{namespace}/{}", text("/metadata/name").unwrap_or_default()),
        service: text("/spec/serviceName").map(str::to_owned),
        names: names(&zone),
        namespace,
        zone,
    };
    match arguments.output {
        Format::Json | Format::Yaml => output.structured(arguments.output, &names.to_json())?,
        Format::Table | Format::Wide => output.text(&table::of(&names, arguments.output == Format::Wide))?,
    }
    Ok(Exit::Fine)
}

fn settings(arguments: &DnsArguments) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    let domain = &arguments.cluster_domain;
    settings.cluster_domain = domain.strip_suffix('.').unwrap_or(domain).to_owned();
    if !is_name(&settings.cluster_domain) {
        let message = format!("`{domain}` is no domain: write one such as `cluster.local`");
        return Err(Failure::new(ErrorCode::Invalid, message));
    }
    settings.ttl = arguments.ttl;
    Ok(settings)
}

impl Names {
    fn to_json(&self) -> Value {
        json!({
            "set": self.set,
            "isPlanned": self.zone.is_planned,
            "clusterDomain": self.zone.settings.cluster_domain,
            "ttl": self.zone.settings.ttl,
            "names": self.names,
            "records": self.zone.records,
        })
    }
}

impl Question {
    fn of(
        text: &str,
        asker: Option<&str>,
        namespace: &str,
        observation: &Observation,
        zone: &Zone,
    ) -> Result<Self, Failure> {
        let (name, kinds) = match text.rsplit_once('/') {
            None => (text, vec![Kind::A, Kind::Aaaa]),
            Some((name, kind)) => match Kind::parse(kind) {
                Some(kind) => (name, vec![kind]),
                None => {
                    let known = Kind::ALL.map(Kind::name).join(", ");
                    let message = format!("`{kind}` is no record type that is known here: there are {known}");
                    return Err(Failure::new(ErrorCode::Invalid, message));
                }
            },
        };
        let plain = name.strip_suffix('.').unwrap_or(name);
        if !is_name(plain) {
            let message = format!(
                "`{name}` is no DNS name: labels of 1 to 63 characters with dots between them, 253 in all"
            );
            return Err(Failure::new(ErrorCode::Invalid, message));
        }
        let (asker, resolver) = match asker {
            None => (
                format!("a Pod in namespace {namespace}"),
                Resolver::of_namespace(namespace, &zone.settings),
            ),
            Some(asker) => (
                format!("Pod {asker}"),
                of_pod(asker, namespace, observation, zone)?,
            ),
        };
        let resolution = resolver.resolve(zone, name, &kinds);
        Ok(Self {
            name: name.to_owned(),
            kinds,
            asker,
            resolver,
            resolution,
        })
    }

    fn to_json(&self, zone: &Zone) -> Value {
        json!({
            "name": self.name,
            "types": self.kinds,
            "resolver": self.resolver,
            "resolves": self.resolution.resolves,
            "isForwarded": self.resolution.is_forwarded,
            "isPlanned": zone.is_planned,
            "asked": self.resolution.asked,
            "why": lookup::why(self, zone),
        })
    }
}

/// The resolver of a Pod of the input, called `[NAMESPACE/]NAME`; without Pods, of one in that namespace.
fn of_pod(asker: &str, namespace: &str, observation: &Observation, zone: &Zone) -> Result<Resolver, Failure> {
    let (namespace, name) = asker.split_once('/').unwrap_or((namespace, asker));
    let Some(pods) = &observation.pods else {
        return Ok(Resolver::of_namespace(namespace, &zone.settings));
    };
    let text = |pod: &Value, pointer: &str| pod.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let found = pods.iter().find(|pod| {
        text(pod, "/metadata/name").as_deref() == Some(name)
            && text(pod, "/metadata/namespace").unwrap_or_else(|| "default".to_owned()) == namespace
    });
    match found {
        Some(pod) => Ok(Resolver::of_pod(pod, &zone.settings)?),
        None => {
            let message = format!("no Pod `{namespace}/{name}` in the input to ask --from");
            let cause = Cause::required("pods");
            Err(Failure::sentence(Error {
                causes: vec![cause],
                ..Error::new(ErrorCode::Missing, message)
            }))
        }
    }
}
