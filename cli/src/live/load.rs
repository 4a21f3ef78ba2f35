//! What a cluster holds at one time.

use futures::future::join_all;
use serde_json::Value;
use steadfast_core::ErrorCode;

use super::cluster::{Cluster, Listed, block_on, clock};
use super::resource::SETS;
use super::trouble::Trouble;
use super::{Resource, Sighting, Unseen, Wanted};
use crate::failure::Failure;
use crate::text::{one_line, some};

/// Reads what is wanted.
pub(crate) fn read(wanted: &Wanted) -> Result<Sighting, Failure> {
    block_on(async {
        let cluster = Cluster::connect(&wanted.live).await?;
        let (sighting, _) = load(&cluster, wanted).await?;
        Ok(sighting)
    })
}

/// What is wanted, and for each kind that was read the moment that its list shows.
pub(super) async fn load(
    cluster: &Cluster,
    wanted: &Wanted,
) -> Result<(Sighting, Vec<(&'static Resource, String)>), Failure> {
    let namespace = wanted.place(cluster)?;
    let namespace = namespace.as_deref();
    // The sets first: where they cannot be read, or there is none, nothing else need be asked.
    let sets = cluster
        .list(&SETS, namespace)
        .await
        .map_err(|trouble| cluster.failure(&SETS, namespace, &trouble))?;
    check(cluster, wanted, namespace, &sets.items)?;
    let around = wanted.purpose.around();
    let lists = join_all(around.iter().map(|resource| cluster.list(resource, namespace)));
    let (version, lists) = futures::future::join(cluster.version(), lists).await;

    let mut unseen = Vec::new();
    let mut moments = vec![(&SETS, sets.version)];
    let mut found = vec![(&SETS, sets.items)];
    for (resource, list) in around.into_iter().zip(lists) {
        match list {
            Ok(Listed { items, version }) => {
                moments.push((resource, version));
                found.push((resource, items));
            }
            Err(trouble) if wanted.purpose.needs(resource) || trouble.is_general() => {
                return Err(cluster.failure(resource, namespace, &trouble));
            }
            Err(trouble) => unseen.push(unseen_of(resource, &trouble)),
        }
    }
    let sighting = Sighting {
        place: cluster.place.clone(),
        version: version.ok(),
        namespace: namespace.map(str::to_owned),
        found,
        unseen,
        now: clock(),
    };
    Ok((sighting, moments))
}

fn unseen_of(resource: &'static Resource, trouble: &Trouble) -> Unseen {
    Unseen {
        resource,
        code: trouble.code(),
        message: trouble.message(),
    }
}

/// That there is the set that is meant, or any.
fn check(cluster: &Cluster, wanted: &Wanted, namespace: Option<&str>, sets: &[Value]) -> Result<(), Failure> {
    let text = |set: &Value, pointer: &str| {
        let text = set.pointer(pointer).and_then(Value::as_str);
        one_line(text.unwrap_or_default())
    };
    let is_there = match &wanted.set {
        Some(name) => sets
            .iter()
            .any(|set| set.pointer("/metadata/name").and_then(Value::as_str) == Some(name)),
        None => !sets.is_empty(),
    };
    if is_there {
        return Ok(());
    }
    let place = match namespace {
        Some(namespace) => format!("namespace `{namespace}` of {}", cluster.place),
        None => cluster.place.clone(),
    };
    let asked = match &wanted.set {
        Some(name) => format!("no StatefulSet `{}` in {place}", one_line(name)),
        None => format!("no StatefulSet in {place}"),
    };
    let mut names: Vec<String> = sets
        .iter()
        .map(|set| match namespace {
            Some(_) => text(set, "/metadata/name"),
            None => format!(
                "{}/{}",
                text(set, "/metadata/namespace"),
                text(set, "/metadata/name")
            ),
        })
        .collect();
    names.sort();
    let message = match (names.as_slice(), namespace) {
        ([], None) => asked,
        ([], Some(_)) if wanted.set.is_some() => {
            format!("{asked}, and no other either: -n names another namespace, -A lists all")
        }
        ([], Some(_)) => format!("{asked}: -n names another namespace, -A reads all"),
        (names, _) => format!("{asked}: there is {}", some(names, 20)),
    };
    Err(Failure::new(ErrorCode::Missing, message))
}
