//! Which images are on which node, and since when or from when on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::clock::Millis;

/// The images on the nodes. An image is pulled once by each node, and then stays; Pods that need it while it is
/// being pulled wait for the same pull.
#[derive(Clone, Debug, Default)]
pub(crate) struct Images {
    present: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Millis>>,
    /// Images that an observed Pod could not pull.
    unpullable: BTreeSet<Arc<str>>,
}

impl Images {
    /// When the image is on the node, where it is there or on its way.
    pub(crate) fn at(&self, node: &str, image: &str) -> Option<Millis> {
        self.present.get(node)?.get(image).copied()
    }

    /// The image is on the node from `at` on.
    pub(crate) fn put(&mut self, node: &Arc<str>, image: &Arc<str>, at: Millis) {
        self.present
            .entry(node.clone())
            .or_default()
            .entry(image.clone())
            .or_insert(at);
    }

    /// An observed Pod could not pull this image.
    pub(crate) fn put_unpullable(&mut self, image: &Arc<str>) {
        self.unpullable.insert(image.clone());
    }

    /// Whether an observed Pod could not pull this image.
    pub(crate) fn is_unpullable(&self, image: &str) -> bool {
        self.unpullable.contains(image)
    }
}
