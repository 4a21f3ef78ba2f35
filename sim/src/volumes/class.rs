//! The storage class of a claim: as the settings list it, as its object says, or as assumed.

use steadfast_core::observed::Document;

use crate::settings::{BindingMode, Settings, Span};
use crate::store::{Key, Object, Resource, Store};
use crate::view;

/// The annotation of a claim with the node that its volume is to be made for.
pub(crate) const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
/// The provisioner of classes whose volumes nobody makes.
pub(crate) const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";
/// The provisioner of classes that name none.
const PROVISIONER: &str = "sim.steadfast.dev";

/// What is known of a claim's storage class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) mode: BindingMode,
    pub(crate) delay: Span,
    pub(crate) provisions: bool,
    pub(crate) exists: bool,
    pub(crate) provisioner: String,
}

impl Class {
    /// The class of a claim; `None` where it has none and gets none.
    pub(crate) fn of(claim: &dyn Document, settings: &Settings, store: &Store) -> Option<Self> {
        match view::text(claim, &["spec", "storageClassName"]) {
            Some("") => None,
            Some(name) => Some(Self::named(name, settings, store)),
            None => Some(Self::named(&default_class(settings, store)?, settings, store)),
        }
    }

    fn named(name: &str, settings: &Settings, store: &Store) -> Self {
        let object = store.get(&Key::new(Resource::StorageClass, "", name));
        let provisioner = object
            .and_then(|object| view::text(object, &["provisioner"]))
            .unwrap_or(PROVISIONER);
        let is_listed = settings.storage_classes.iter().any(|class| class.name == name);
        let listed = settings.storage_class(name);
        let mut class = Self {
            name: name.to_owned(),
            mode: listed.mode,
            delay: listed.delay,
            provisions: listed.provisions && provisioner != NO_PROVISIONER,
            exists: listed.exists,
            provisioner: provisioner.to_owned(),
        };
        if !is_listed && let Some(object) = object {
            let waits = view::text(object, &["volumeBindingMode"]) == Some("WaitForFirstConsumer");
            class.mode = if waits {
                BindingMode::WaitForFirstConsumer
            } else {
                BindingMode::Immediate
            };
        }
        class
    }

    /// Whether a volume is bound only once a Pod has been given a node.
    pub(crate) fn waits(&self) -> bool {
        self.mode == BindingMode::WaitForFirstConsumer
    }
}

/// A default class that is an object in the cluster counts before the assumed one.
fn default_class(settings: &Settings, store: &Store) -> Option<String> {
    let marked = |object: &Object| {
        view::text(
            object,
            &[
                "metadata",
                "annotations",
                "storageclass.kubernetes.io/is-default-class",
            ],
        ) == Some("true")
    };
    let object = store
        .list(Resource::StorageClass, None)
        .find(|(_, object)| marked(object));
    object
        .map(|(key, _)| key.name.to_string())
        .or_else(|| settings.default_class().map(str::to_owned))
}
