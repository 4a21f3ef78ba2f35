//! `dns`: what the cluster's DNS says of a set, and why a name does not resolve.

use serde_json::{Value, json};
use steadfast_core::ErrorCode;
use steadfast_core::dns::{Kind, Lookup, Names, Settings, Zone, is_name, zone};

use crate::cli::{DnsArguments, Format};
use crate::failure::Failure;
use crate::input::{ObservationSource, Origin};
use crate::live::{Purpose, Unseen};
use crate::outcome::Exit;
use crate::output::Output;

mod lookup;
mod table;

/// What is said of a set's names, and what stands around them.
pub(crate) struct Told {
    names: Names,
    zone: Zone,
    /// The Service that the set names.
    service: Option<String>,
    namespace: String,
}

pub(crate) fn run(arguments: &DnsArguments, output: &mut Output) -> Result<Exit, Failure> {
    let settings = settings(arguments)?;
    let origin = Origin::of(&arguments.input, &arguments.live, Purpose::Dns, false)?;
    let (input, choice) = origin.read(&arguments.input, output)?;
    let unseen = input.live.as_ref().map(|live| live.unseen.clone());
    let source = ObservationSource::for_names(input, &choice)?;
    let zone = source.read(|observation| zone(observation, &settings))?;
    let set = &source.observation.stateful_set;
    let text = |pointer: &str| {
        set.pointer(pointer)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    if let Some(text) = &arguments.lookup {
        let (name, kinds) = question(text)?;
        let asker = arguments.asker.as_deref();
        let asked = Lookup::ask(&zone, &source.observation, name, &kinds, asker)?;
        match arguments.output {
            Format::Json | Format::Yaml => output.structured(arguments.output, &json!(asked))?,
            Format::Table | Format::Wide => {
                output.text(&lookup::of(&asked, arguments.output == Format::Wide))?;
            }
        }
        return Ok(match asked.resolution.resolves {
            true => Exit::Fine,
            false => Exit::Refused,
        });
    }
    let told = Told {
        names: Names::of(&zone),
        service: text("/spec/serviceName").map(str::to_owned),
        namespace: text("/metadata/namespace").unwrap_or("default").to_owned(),
        zone,
    };
    match arguments.output {
        Format::Json | Format::Yaml => {
            let mut names = json!(told.names);
            if let (Some(unseen), Some(names)) = (&unseen, names.as_object_mut()) {
                let unseen = unseen.iter().map(Unseen::to_json).collect();
                names.insert("notSeen".to_owned(), unseen);
            }
            output.structured(arguments.output, &names)?;
        }
        Format::Table | Format::Wide => output.text(&table::of(&told, arguments.output == Format::Wide))?,
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

/// The name and the types of `NAME[/TYPE]`.
fn question(text: &str) -> Result<(&str, Vec<Kind>), Failure> {
    match text.rsplit_once('/') {
        None => Ok((text, Vec::new())),
        Some((name, kind)) => match Kind::parse(kind) {
            Some(kind) => Ok((name, vec![kind])),
            None => {
                let known = Kind::ALL.map(Kind::name).join(", ");
                let message = format!("`{kind}` is no record type that is known here: there are {known}");
                Err(Failure::new(ErrorCode::Invalid, message))
            }
        },
    }
}
