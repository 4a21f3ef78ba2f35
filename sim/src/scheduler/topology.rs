//! The nodes, what they hold, and for each affinity term how many Pods match it where: kept up to date with each
//! change, so that a Pod is placed without looking at all others.

use std::sync::Arc;

use steadfast_core::observed::Document;
use steadfast_core::sorted::{SortedMap, SortedSet};

use super::demand::{Demand, Term};
use super::selector::{Labels, Taint, labels_of};
use crate::store::Key;
use crate::view;

/// The nodes and the Pods on them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Topology {
    nodes: SortedMap<Arc<str>, Node>,
    /// Nodes from the emptiest to the fullest, then by name.
    by_load: SortedSet<(usize, Arc<str>)>,
    /// The Pods on each node, also on nodes that do not exist (yet).
    placed: SortedMap<Arc<str>, SortedMap<Key, Arc<Demand>>>,
    terms: SortedMap<Arc<Term>, Counts>,
}

/// What the scheduler reads of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) labels: Labels,
    pub(crate) taints: Vec<Taint>,
    pub(crate) is_unschedulable: bool,
    /// How many Pods it takes.
    pub(crate) pods: usize,
}

/// How many Pods match a term, and hold it as anti-affinity, by the value of the term's topology label.
#[derive(Clone, Debug, Default)]
struct Counts {
    matching: SortedMap<String, u64>,
    holders: SortedMap<String, u64>,
}

impl Node {
    /// Reads a Node object. A node that is not ready counts as tainted the way the node lifecycle controller will
    /// taint it.
    pub(crate) fn of(node: &dyn Document) -> Self {
        let mut taints = Taint::of_node(node);
        match view::condition(node, "Ready") {
            Some("True") | None => {}
            Some("Unknown") => taints.push(Taint::new("node.kubernetes.io/unreachable", "NoSchedule")),
            Some(_) => taints.push(Taint::new("node.kubernetes.io/not-ready", "NoSchedule")),
        }
        let pods = view::at(node, &["status", "allocatable", "pods"]);
        let pods = pods
            .and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()))
            .unwrap_or(110);
        Self {
            labels: labels_of(node),
            taints,
            is_unschedulable: view::is_true(node, &["spec", "unschedulable"]),
            pods: usize::try_from(pods).unwrap_or(usize::MAX),
        }
    }
}

impl Topology {
    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node of this name.
    pub(crate) fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.get(name)
    }

    /// How many Pods a node holds.
    pub(crate) fn load(&self, name: &str) -> usize {
        self.placed.get(name).map_or(0, SortedMap::len)
    }

    /// The nodes from the emptiest to the fullest, then by name.
    pub(crate) fn by_load(&self) -> impl Iterator<Item = (&Arc<str>, &Node)> {
        self.by_load
            .iter()
            .filter_map(|(_, name)| self.nodes.get_key_value(name))
    }

    /// A node is new, has changed or (`None`) has gone. True where that could let a Pod in that found no place.
    pub(crate) fn put_node(&mut self, name: &Arc<str>, node: Option<Node>) -> bool {
        if self.nodes.get(name) == node.as_ref() {
            return false;
        }
        self.count_node(name, false);
        let load = self.load(name);
        match node {
            Some(node) => {
                self.nodes.insert(name.clone(), node);
                self.by_load.insert((load, name.clone()));
            }
            None => {
                self.nodes.remove(name);
                self.by_load.remove(&(load, name.clone()));
            }
        }
        self.count_node(name, true);
        true
    }

    /// A Pod is on this node now.
    pub(crate) fn place(&mut self, node: &Arc<str>, pod: &Key, demand: &Arc<Demand>) {
        for term in &demand.anti_affinity {
            self.register(term);
        }
        let load = self.load(node);
        self.placed.change(node.clone(), |pods| {
            pods.insert(pod.clone(), demand.clone());
        });
        self.reload(node, load);
        self.count(node, demand, true);
    }

    /// A Pod has left this node.
    pub(crate) fn remove(&mut self, node: &Arc<str>, pod: &Key) {
        let load = self.load(node);
        let Some(pods) = self.placed.get_mut(node) else {
            return;
        };
        let Some(demand) = pods.remove(pod) else { return };
        if pods.is_empty() {
            self.placed.remove(node);
        }
        self.reload(node, load);
        self.count(node, &demand, false);
    }

    /// Starts to count the Pods of a term, where that is not done already.
    pub(crate) fn register(&mut self, term: &Arc<Term>) {
        if self.terms.contains_key(term) {
            return;
        }
        let mut counts = Counts::default();
        for (node, pods) in &self.placed {
            let Some(domain) = self
                .nodes
                .get(node)
                .and_then(|node| node.labels.get(&term.topology_key))
            else {
                continue;
            };
            counts.add(domain, term, pods.values());
        }
        self.terms.insert(term.clone(), counts);
    }

    /// How many Pods match the term where the label has this value.
    pub(crate) fn matching(&self, term: &Term, domain: &str) -> u64 {
        self.terms
            .get(term)
            .and_then(|counts| counts.matching.get(domain))
            .copied()
            .unwrap_or_default()
    }

    /// Whether any Pod anywhere matches the term.
    pub(crate) fn is_matched(&self, term: &Term) -> bool {
        self.terms
            .get(term)
            .is_some_and(|counts| !counts.matching.is_empty())
    }

    /// The terms that Pods hold as anti-affinity and that this Pod matches.
    pub(crate) fn held_against<'a>(&'a self, pod: &'a Demand) -> impl Iterator<Item = &'a Arc<Term>> {
        let held = self.terms.iter().filter(|(_, counts)| !counts.holders.is_empty());
        held.map(|(term, _)| term).filter(|term| term.matches(pod))
    }

    /// Whether a Pod there holds the term as anti-affinity.
    pub(crate) fn is_held(&self, term: &Term, domain: &str) -> bool {
        self.terms
            .get(term)
            .is_some_and(|counts| counts.holders.contains_key(domain))
    }

    fn reload(&mut self, node: &Arc<str>, before: usize) {
        if self.by_load.remove(&(before, node.clone())) {
            self.by_load.insert((self.load(node), node.clone()));
        }
    }

    fn count_node(&mut self, name: &Arc<str>, is_there: bool) {
        let Some(pods) = self.placed.get(name) else { return };
        let pods: Vec<Arc<Demand>> = pods.values().cloned().collect();
        for demand in &pods {
            self.count(name, demand, is_there);
        }
    }

    fn count(&mut self, node: &Arc<str>, demand: &Demand, is_there: bool) {
        let Some(node) = self.nodes.get(node) else { return };
        for (term, counts) in self.terms.iter_mut() {
            let Some(domain) = node.labels.get(&term.topology_key) else {
                continue;
            };
            if term.matches(demand) {
                step(&mut counts.matching, domain, is_there);
            }
            if demand.anti_affinity.contains(term) {
                step(&mut counts.holders, domain, is_there);
            }
        }
    }
}

impl Counts {
    fn add<'a>(&mut self, domain: &str, term: &Arc<Term>, pods: impl Iterator<Item = &'a Arc<Demand>>) {
        for demand in pods {
            if term.matches(demand) {
                step(&mut self.matching, domain, true);
            }
            if demand.anti_affinity.contains(term) {
                step(&mut self.holders, domain, true);
            }
        }
    }
}

/// One more, or one less; a count of none is not kept.
fn step(counts: &mut SortedMap<String, u64>, domain: &str, is_there: bool) {
    match counts.get_mut(domain) {
        Some(count) if is_there => *count += 1,
        Some(count) if *count > 1 => *count -= 1,
        Some(_) => {
            counts.remove(domain);
        }
        None if is_there => {
            counts.insert(domain.to_owned(), 1);
        }
        None => {}
    }
}
