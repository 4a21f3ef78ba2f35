//! Which images are on which node, and since when or from when on.

use std::sync::Arc;

use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::Millis;

/// The images on the nodes. An image is pulled once by each node, and then stays; Pods that need it while it is
/// being pulled wait for the same pull.
#[derive(Clone, Debug, Default)]
pub(crate) struct Images {
    present: SortedMap<Arc<str>, SortedMap<Arc<str>, Millis>>,
    /// Images that an observed Pod could not pull.
    unpullable: SortedSet<Arc<str>>,
}

impl Images {
    /// When the image is on the node, where it is there or on its way.
    pub(crate) fn at(&self, node: &str, image: &str) -> Option<Millis> {
        self.present.get(node)?.get(image).copied()
    }

    /// The image is on the node from `at` on.
    pub(crate) fn put(&mut self, node: &Arc<str>, image: &Arc<str>, at: Millis) {
        self.present.change(node.clone(), |images| {
            if !images.contains_key(image) {
                images.insert(image.clone(), at);
            }
        });
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
