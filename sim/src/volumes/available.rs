//! The volumes that no claim has yet, by class and size.

use std::sync::Arc;

use serde_json::Value;
use steadfast_core::observed::Document;
use steadfast_core::sorted::SortedMap;

use super::size::bytes;
use crate::scheduler::selector::{Labels, NodeSelector, Selector, labels_of};
use crate::store::{Key, Object};
use crate::view;

/// The volumes that no claim has yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Available {
    classes: SortedMap<String, SortedMap<Place, Offer>>,
    places: SortedMap<Arc<str>, (String, Place)>,
}

/// Size, then name: the smallest volume that will do is taken.
type Place = (u64, Arc<str>);

/// What a volume has to offer.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    modes: Vec<String>,
    volume_mode: String,
    labels: Labels,
    pub(crate) affinity: Option<NodeSelector>,
    /// The claim that it is kept for: namespace, name, and the UID if it is given.
    kept_for: Option<(String, String, Option<String>)>,
}

/// What a claim wants.
#[derive(Clone, Debug)]
pub(crate) struct Want {
    pub(crate) class: String,
    size: u64,
    modes: Vec<String>,
    volume_mode: String,
    selector: Option<Selector>,
    namespace: String,
    name: String,
    uid: String,
}

impl Available {
    /// A volume is new, has changed or (`None`) has gone. True where it may be had now.
    pub(crate) fn put(&mut self, name: &Arc<str>, volume: Option<&Object>) -> bool {
        if let Some((class, place)) = self.places.remove(name)
            && let Some(offers) = self.classes.get_mut(&class)
        {
            offers.remove(&place);
        }
        let Some((volume, offer)) = volume.and_then(|volume| Some((volume, Offer::of(volume)?))) else {
            return false;
        };
        let size = view::text(volume, &["spec", "capacity", "storage"])
            .and_then(bytes)
            .unwrap_or_default();
        let class = view::text_or_empty(volume, &["spec", "storageClassName"]).to_owned();
        let place = (size, name.clone());
        self.places.insert(name.clone(), (class.clone(), place.clone()));
        self.classes.change(class, |offers| offers.insert(place, offer));
        true
    }

    /// Whether this volume may be had.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The volumes that would do, the best first: those kept for this claim, then by size
    /// (`component-helpers/storage/volume/pv_helpers.go`, `FindMatchingVolume`).
    pub(crate) fn offers<'a>(&'a self, want: &'a Want) -> impl Iterator<Item = (&'a Arc<str>, &'a Offer)> {
        let offers = self.classes.get(&want.class).into_iter().flatten();
        let kept = offers
            .clone()
            .filter(|(_, offer)| offer.kept_for.is_some() && offer.satisfies(want));
        let free = self.classes.get(&want.class).into_iter();
        let free = free.flat_map(|offers| offers.iter_from(&(want.size, Arc::from(""))));
        let free = free.filter(|(_, offer)| offer.kept_for.is_none() && offer.satisfies(want));
        kept.chain(free).map(|((_, name), offer)| (name, offer))
    }
}

impl Offer {
    fn of(volume: &dyn Document) -> Option<Self> {
        let phase = view::text(volume, &["status", "phase"]).unwrap_or("Available");
        if view::is_terminating(volume) || !matches!(phase, "Available" | "Pending") {
            return None;
        }
        let claim = view::at(volume, &["spec", "claimRef"]).filter(|claim| !claim.is_null());
        Some(Self {
            modes: strings(volume, &["spec", "accessModes"]),
            volume_mode: view::text(volume, &["spec", "volumeMode"])
                .unwrap_or("Filesystem")
                .to_owned(),
            labels: labels_of(volume),
            affinity: NodeSelector::of(volume, &["spec", "nodeAffinity", "required"]),
            kept_for: claim.map(|claim| {
                let namespace = view::text_or_empty(claim, &["namespace"]).to_owned();
                let uid = view::text(claim, &["uid"])
                    .filter(|uid| !uid.is_empty())
                    .map(str::to_owned);
                (namespace, view::text_or_empty(claim, &["name"]).to_owned(), uid)
            }),
        })
    }

    fn satisfies(&self, want: &Want) -> bool {
        let is_kept_for_it = self.kept_for.as_ref().is_none_or(|(namespace, name, uid)| {
            *namespace == want.namespace
                && *name == want.name
                && uid.as_ref().is_none_or(|uid| *uid == want.uid)
        });
        is_kept_for_it
            && self.volume_mode == want.volume_mode
            && want.modes.iter().all(|mode| self.modes.contains(mode))
            && want
                .selector
                .as_ref()
                .is_none_or(|selector| selector.matches(&self.labels))
    }
}

impl Want {
    /// What this claim wants of a volume of the class `class`.
    pub(crate) fn of(key: &Key, claim: &dyn Document, class: &str) -> Self {
        let size = view::text(claim, &["spec", "resources", "requests", "storage"]);
        let selector = view::at(claim, &["spec", "selector"]).filter(|selector| !selector.is_null());
        Self {
            class: class.to_owned(),
            size: size.and_then(bytes).unwrap_or_default(),
            modes: strings(claim, &["spec", "accessModes"]),
            volume_mode: view::text(claim, &["spec", "volumeMode"])
                .unwrap_or("Filesystem")
                .to_owned(),
            selector: Selector::of_labels(selector),
            namespace: key.namespace.to_string(),
            name: key.name.to_string(),
            uid: view::uid(claim).to_owned(),
        }
    }
}

fn strings(value: &dyn Document, path: &[&str]) -> Vec<String> {
    view::items(value, path)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
