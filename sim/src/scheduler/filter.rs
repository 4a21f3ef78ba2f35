//! Which node a Pod may go to, and in the scheduler's words why none.
//!
//! Source of rules and words: `pkg/scheduler/framework/plugins`, in the order of the default profile; `types.go`,
//! `FitError`. Not modelled: resources other than the number of Pods, host ports, preferences.

use std::sync::Arc;

use steadfast_core::sorted::{SortedMap, SortedSet};

use super::demand::Demand;
use super::selector::{NodeSelector, Taint};
use super::topology::{Node, Topology};

/// What a Pod's volumes ask of its node.
#[derive(Clone, Debug, Default)]
pub(crate) struct VolumeDemand {
    /// The node affinity of volumes that are bound already.
    pub(crate) affinity: Vec<NodeSelector>,
    /// Zones of volumes by the older label, each with the values that will do.
    pub(crate) zones: Vec<(String, Vec<String>)>,
    /// The node that an unfinished binding was begun for.
    pub(crate) selected: Option<String>,
    /// For each claim without a volume, the node affinities of the volumes it could have: none is any node, an
    /// empty list no node at all.
    pub(crate) choices: Vec<Option<Vec<Option<NodeSelector>>>>,
    /// A claim with access mode ReadWriteOncePod is in use.
    pub(crate) is_taken: bool,
}

/// Why a node is out of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    reason: &'static str,
    /// Whether other Pods on the node are what is in the way, so that preemption is tried.
    is_resolvable: bool,
}

/// The first node, from the emptiest, that this Pod may go to; else the scheduler's message.
pub(crate) fn choose(
    topology: &mut Topology,
    demand: &Demand,
    volumes: &VolumeDemand,
) -> Result<Arc<str>, String> {
    let spread = demand.spread.iter().map(|spread| &spread.term);
    for term in demand.affinity.iter().chain(&demand.anti_affinity).chain(spread) {
        topology.register(term);
    }
    if topology.len() == 0 {
        return Err("no nodes available to schedule pods".to_owned());
    }
    let terms = Terms::of(topology, demand);
    let mut reasons = SortedMap::<&str, usize>::new();
    let mut resolvable = 0;
    for (name, node) in topology.by_load() {
        match reject(topology, demand, volumes, &terms, name, node) {
            None => return Ok(name.clone()),
            Some(rejection) => {
                reasons.change(rejection.reason, |nodes| *nodes += 1);
                resolvable += usize::from(rejection.is_resolvable);
            }
        }
    }
    let mut reasons: Vec<String> = reasons
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    reasons.sort();
    Err(message(topology.len(), &reasons.join(", "), resolvable))
}

/// The message where the Pod cannot be scheduled for a reason that has nothing to do with nodes.
pub(crate) fn refused(nodes: usize, reason: &str) -> String {
    if nodes == 0 {
        "no nodes available to schedule pods".to_owned()
    } else {
        message(nodes, reason, 0)
    }
}

fn message(nodes: usize, reasons: &str, resolvable: usize) -> String {
    let mut preemption = Vec::new();
    if resolvable > 0 {
        preemption.push(format!(
            "{resolvable} No preemption victims found for incoming pod"
        ));
    }
    if nodes > resolvable {
        preemption.push(format!(
            "{} Preemption is not helpful for scheduling",
            nodes - resolvable
        ));
    }
    preemption.sort();
    let available = format!("0/{nodes} nodes are available:");
    format!(
        "{available} {reasons}. preemption: {available} {}.",
        preemption.join(", ")
    )
}

/// What about the terms of one Pod is the same for every node.
struct Terms<'a> {
    held: Vec<&'a super::demand::Term>,
    /// The Pod is the first of those that want to be together.
    is_first: bool,
    /// For each spread constraint the fewest Pods that any eligible domain has.
    fewest: Vec<u64>,
}

impl<'a> Terms<'a> {
    fn of(topology: &'a Topology, demand: &'a Demand) -> Self {
        let fewest = demand.spread.iter().map(|spread| {
            let nodes = topology
                .by_load()
                .filter(|(name, node)| demand.selects(name, &node.labels));
            let domains: SortedSet<&String> = nodes
                .filter_map(|(_, node)| node.labels.get(&spread.term.topology_key))
                .collect();
            let few = spread
                .min_domains
                .is_some_and(|least| i64::try_from(domains.len()).is_ok_and(|n| n < least));
            let counts = domains
                .iter()
                .map(|domain| topology.matching(&spread.term, domain));
            if few { 0 } else { counts.min().unwrap_or_default() }
        });
        Self {
            held: topology.held_against(demand).map(Arc::as_ref).collect(),
            is_first: demand
                .affinity
                .iter()
                .all(|term| !topology.is_matched(term) && term.matches(demand)),
            fewest: fewest.collect(),
        }
    }
}

fn reject(
    topology: &Topology,
    demand: &Demand,
    volumes: &VolumeDemand,
    terms: &Terms<'_>,
    name: &str,
    node: &Node,
) -> Option<Rejection> {
    let never = |reason| {
        Some(Rejection {
            reason,
            is_resolvable: false,
        })
    };
    let occupied = |reason| {
        Some(Rejection {
            reason,
            is_resolvable: true,
        })
    };
    let is_tolerated = |taint: &Taint| {
        demand
            .tolerations
            .iter()
            .any(|toleration| toleration.is_for(taint))
    };
    if node.is_unschedulable && !is_tolerated(&Taint::new("node.kubernetes.io/unschedulable", "NoSchedule")) {
        return never("node(s) were unschedulable");
    }
    let keeps_off = |taint: &&Taint| matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute");
    if !node.taints.iter().filter(keeps_off).all(is_tolerated) {
        return never("node(s) had untolerated taint(s)");
    }
    if !demand.selects(name, &node.labels) {
        return never("node(s) didn't match Pod's node affinity/selector");
    }
    if topology.load(name) >= node.pods {
        return occupied("Too many pods");
    }
    if volumes.is_taken {
        return occupied(
            "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
        );
    }
    if !volumes
        .affinity
        .iter()
        .all(|selector| selector.matches(name, &node.labels))
    {
        return never("node(s) didn't match PersistentVolume's node affinity");
    }
    let is_within =
        |choice: &Option<NodeSelector>| choice.as_ref().is_none_or(|s| s.matches(name, &node.labels));
    let has_choice =
        |choices: &Option<Vec<_>>| choices.as_ref().is_none_or(|list| list.iter().any(is_within));
    let is_selected = volumes.selected.as_ref().is_none_or(|selected| selected == name);
    if !is_selected || !volumes.choices.iter().all(has_choice) {
        return never("node(s) didn't find available persistent volumes to bind");
    }
    // A node without the label has no zones, and fits (`volumezone/volume_zone.go`).
    let is_in = |(label, zones): &(String, Vec<String>)| {
        node.labels.get(label).is_none_or(|zone| zones.contains(zone))
    };
    if !volumes.zones.iter().all(is_in) {
        return never("node(s) had no available volume zone");
    }
    for (spread, fewest) in demand.spread.iter().zip(&terms.fewest) {
        let Some(domain) = node.labels.get(&spread.term.topology_key) else {
            return never("node(s) didn't match pod topology spread constraints (missing required label)");
        };
        let there = topology.matching(&spread.term, domain) + u64::from(spread.term.matches(demand));
        if i64::try_from(there.saturating_sub(*fewest)).is_ok_and(|skew| skew > spread.max_skew) {
            return occupied("node(s) didn't match pod topology spread constraints");
        }
    }
    let has_mates = demand.affinity.iter().all(|term| {
        let domain = node.labels.get(&term.topology_key);
        domain.is_some_and(|domain| terms.is_first || topology.matching(term, domain) > 0)
    });
    if !has_mates {
        return never("node(s) didn't match pod affinity rules");
    }
    let has_rivals = demand.anti_affinity.iter().any(|term| {
        node.labels
            .get(&term.topology_key)
            .is_some_and(|domain| topology.matching(term, domain) > 0)
    });
    if has_rivals {
        return occupied("node(s) didn't match pod anti-affinity rules");
    }
    let is_unwanted = terms.held.iter().any(|term| {
        node.labels
            .get(&term.topology_key)
            .is_some_and(|domain| topology.is_held(term, domain))
    });
    if is_unwanted {
        return occupied("node(s) didn't satisfy existing pods anti-affinity rules");
    }
    None
}
