//! Named situations of a decision, read off the observation and the plan: which ways through upstream's code a run of
//! worlds has taken. Nothing here asks the library which way it went; a name that is never seen stands in the table as 0.

use std::collections::BTreeMap;

use steadfast_core::observed::{
    IntOrPercent, Phase, Pod, PodManagementPolicy, Revision, StatefulSet, StrategyType,
};
use steadfast_core::{Action, Gate, Observed, Operation, Plan, Profile, Reason, Timestamp, Wait, WaitCode};

/// Every branch, in the order of a sync.
#[rustfmt::skip]
pub const BRANCHES: [&str; 86] = [
    "ordered, RollingUpdate", "ordered, bare RollingUpdate", "ordered, OnDelete", "ordered, Recreate",
    "parallel, RollingUpdate", "parallel, bare RollingUpdate", "parallel, OnDelete", "parallel, Recreate",
    "set: start ordinal above 0", "set: no replicas", "set: more than 500 replicas", "set: being deleted",
    "set: being deleted, revision written", "set: status of another generation",
    "adopt: revision", "adopt: Pod", "adopt: Pod that is corrected too", "release: selector", "release: name",
    "revision: the first", "revision: equal newest", "revision: rollback", "revision: new", "revision: collision",
    "revision: taken by equal data", "revision: semantically equal", "revision: equal numbers",
    "revision: current one is gone", "revision: owned but not selected",
    "pods: two of one ordinal", "pods: no ordinal", "pods: no phase", "pods: Unknown and Ready", "pods: all available",
    "pods: available this very moment", "pods: available a second later", "pods: terminating in range",
    "ordered, ends: Pod created", "ordered, ends: terminal Pod deleted", "ordered, ends: replica not ready",
    "ordered, ends: replica not available", "ordered, ends: replica terminating", "ordered, ends: stale claim",
    "ordered, ends: error", "ordered, ends: condemned deleted", "ordered, ends: condemned waits",
    "ordered, ends: condemned terminating", "ordered, ends: update pass",
    "parallel, ends: error", "parallel, ends: update pass",
    "slow start: beyond one batch", "slow start: beyond 500", "slow start: ended by an error",
    "parallel: Pod created and deleted", "parallel: new Pod updated for its claims", "parallel: scaled and updated",
    "create: current revision below the partition", "create: current revision by count", "create: name is taken",
    "claims: some there, some created", "claims: created beside a terminating one", "claims: stale",
    "claims: handed to a condemned Pod", "claims: taken back or given up", "claims: for an existing Pod",
    "correct: identity", "correct: storage", "correct: claim owners alone",
    "recreate: deletes", "recreate: waits", "recreate: waits for new Pods", "recreate: completes",
    "update: one by one", "update: within a budget", "update: several at once", "update: percentage",
    "update: unavailable old Pods first", "update: waits for the first unavailable", "update: partition holds",
    "status: unchanged", "status: written", "status: absent", "status: completes an update",
    "status: negative count", "status: conditions kept", "requeue: due",
];

/// The branches of this decision, in any order.
pub fn of(observed: &Observed, now: Timestamp, profile: &Profile, plan: &Plan) -> Vec<&'static str> {
    let mut found = Found {
        observed,
        set: observed.set(),
        now,
        profile,
        plan,
        branches: Vec::with_capacity(16),
    };
    found.set();
    found.revisions();
    found.pods();
    found.creations();
    found.ending();
    found.update();
    found.status();
    found.branches
}

struct Found<'a> {
    observed: &'a Observed,
    set: &'a StatefulSet,
    now: Timestamp,
    profile: &'a Profile,
    plan: &'a Plan,
    branches: Vec<&'static str>,
}

impl<'a> Found<'a> {
    fn note(&mut self, is_so: bool, branch: &'static str) {
        if is_so {
            self.branches.push(branch);
        }
    }

    fn set(&mut self) {
        let (set, plan) = (self.set, self.plan);
        let is_bare = set.strategy().rolling.is_none();
        self.branches
            .push(match (self.is_parallel(), set.strategy().kind) {
                (false, StrategyType::OnDelete) => "ordered, OnDelete",
                (false, StrategyType::Recreate) => "ordered, Recreate",
                (false, _) if is_bare => "ordered, bare RollingUpdate",
                (false, _) => "ordered, RollingUpdate",
                (true, StrategyType::OnDelete) => "parallel, OnDelete",
                (true, StrategyType::Recreate) => "parallel, Recreate",
                (true, _) if is_bare => "parallel, bare RollingUpdate",
                (true, _) => "parallel, RollingUpdate",
            });
        self.note(set.start() > 0, "set: start ordinal above 0");
        self.note(set.replicas() == 0, "set: no replicas");
        self.note(set.replicas() > 500, "set: more than 500 replicas");
        let is_deleted = set.metadata().is_terminating();
        self.note(is_deleted, "set: being deleted");
        let is_revision_written = |action: &Action| {
            matches!(
                action.operation,
                Operation::CreateControllerRevision { .. } | Operation::UpdateControllerRevision { .. }
            )
        };
        self.note(
            is_deleted && plan.actions.iter().any(is_revision_written),
            "set: being deleted, revision written",
        );
        let generation = set.object()["metadata"]["generation"].as_i64().unwrap_or(0);
        self.note(
            generation != set.status().observed_generation,
            "set: status of another generation",
        );
    }

    fn revisions(&mut self) {
        let mut updated_pods: Vec<&str> = Vec::new();
        let mut written = None;
        for action in &self.plan.actions {
            match (&action.operation, &action.reason) {
                (Operation::AdoptControllerRevision { .. }, _) => self.branches.push("adopt: revision"),
                (Operation::AdoptPod { .. }, _) => {
                    self.branches.push("adopt: Pod");
                    updated_pods.push(&action.name);
                }
                (Operation::UpdatePod { .. }, _)
                    if action
                        .pod
                        .as_deref()
                        .is_some_and(|pod| updated_pods.contains(&pod)) =>
                {
                    self.branches.push("adopt: Pod that is corrected too");
                }
                (Operation::ReleasePod { .. }, Reason::SelectorMismatch) => {
                    self.branches.push("release: selector");
                }
                (Operation::ReleasePod { .. }, _) => self.branches.push("release: name"),
                (_, Reason::NewTemplate { collisions: 0 }) => written = Some("revision: new"),
                (_, Reason::NewTemplate { .. }) => written = Some("revision: collision"),
                (_, Reason::Rollback { .. }) => written = Some("revision: rollback"),
                _ => {}
            }
        }
        let (set, observed) = (self.set, self.observed);
        let Ok(selector) = set.selector() else { return };
        let is_own = |revision: &&Revision| {
            let owner = revision.metadata().controller();
            selector.matches(&revision.metadata().labels)
                && owner.is_none_or(|owner| owner.uid == set.metadata().uid)
        };
        let mut own: Vec<&Revision> = observed.revisions().filter(is_own).collect();
        own.sort_by_key(|revision| revision.number());
        let is_owned = |revision: &Revision| {
            let owner = revision.metadata().controller();
            owner.is_some_and(|owner| owner.uid == set.metadata().uid)
        };
        self.note(own.is_empty(), "revision: the first");
        self.note(
            own.windows(2).any(|pair| pair[0].number() == pair[1].number()),
            "revision: equal numbers",
        );
        let is_hidden =
            |revision: &Revision| is_owned(revision) && !selector.matches(&revision.metadata().labels);
        self.note(
            observed.revisions().any(is_hidden),
            "revision: owned but not selected",
        );
        let current = &set.status().current_revision;
        self.note(
            !current.is_empty() && !own.iter().any(|revision| *revision.metadata().name == **current),
            "revision: current one is gone",
        );
        if let Some(written) = written {
            self.branches.push(written);
        }
        let is_creation = matches!(written, Some("revision: new" | "revision: collision"));
        let Some(update) = self.plan.status.as_ref().map(|status| &status.update_revision) else {
            return;
        };
        let Some(used) = observed.revision(update).filter(|_| !is_creation) else {
            return;
        };
        let is_listed = own
            .iter()
            .any(|revision| revision.metadata().name == used.metadata().name);
        self.note(!is_listed, "revision: taken by equal data");
        let is_newest = own.last().is_some_and(|newest| newest.number() == used.number());
        self.note(
            is_listed && written.is_none() && is_newest,
            "revision: equal newest",
        );
        let is_semantic = self
            .profile
            .is_enabled(Gate::StatefulSetSemanticRevisionComparison);
        if is_semantic && used.data().bytes() != self.set_data().bytes() {
            self.branches.push("revision: semantically equal");
        }
    }

    /// The data that a revision of the set's template gets.
    fn set_data(&self) -> steadfast_core::RevisionData {
        steadfast_core::RevisionData::of_template(
            self.set.template(),
            self.profile.kubernetes().starts_with("1.33"),
        )
    }

    fn pods(&mut self) {
        let set = self.set;
        let range = set.start()..set.end();
        let mut ordinals: BTreeMap<u64, u32> = BTreeMap::new();
        let mut available = 0;
        for pod in self.observed.pods().filter(|pod| is_of(pod, set)) {
            let Some(ordinal) = pod.ordinal() else {
                self.branches.push("pods: no ordinal");
                continue;
            };
            *ordinals.entry(ordinal).or_default() += 1;
            self.note(pod.phase() == Phase::Absent, "pods: no phase");
            self.note(
                pod.phase() == Phase::Unknown && pod.is_ready(),
                "pods: Unknown and Ready",
            );
            self.note(
                range.contains(&ordinal) && pod.is_terminating(),
                "pods: terminating in range",
            );
            available += u64::from(range.contains(&ordinal) && self.is_available(pod));
            if let Some(since) = pod
                .ready_since()
                .filter(|_| pod.is_ready() && set.min_ready_seconds() > 0)
            {
                let over = self.now.seconds() - since.seconds() - set.min_ready_seconds();
                self.note(over == 0, "pods: available this very moment");
                self.note(over == -1, "pods: available a second later");
            }
        }
        self.note(
            ordinals.values().any(|count| *count > 1),
            "pods: two of one ordinal",
        );
        self.note(
            set.replicas() > 0 && available == set.replicas(),
            "pods: all available",
        );
    }

    fn creations(&mut self) {
        let plan = self.plan;
        let update = plan.status.as_ref().map(|status| status.update_revision.as_str());
        let (mut batches, mut pods) = (Vec::new(), 0u64);
        let mut on_pod: BTreeMap<&str, Vec<&Action>> = BTreeMap::new();
        for action in &plan.actions {
            on_pod
                .entry(action.pod.as_deref().unwrap_or_default())
                .or_default()
                .push(action);
            match (&action.operation, &action.reason) {
                (Operation::CreatePod { .. }, Reason::ReplicaMissing { revision }) => {
                    batches.push(action.batch);
                    pods += 1;
                    let is_old = update.is_some_and(|update| update != revision);
                    let is_bare = self.set.strategy().rolling.is_none();
                    self.note(is_old && !is_bare, "create: current revision below the partition");
                    self.note(is_old && is_bare, "create: current revision by count");
                }
                (_, Reason::ScaleDown { .. } | Reason::Recreate { .. }) => {
                    batches.push(action.batch);
                    pods += 1;
                }
                (_, Reason::ClaimRetention { condemned: true, .. }) => {
                    self.branches.push("claims: handed to a condemned Pod");
                }
                (_, Reason::ClaimRetention { .. }) => self.branches.push("claims: taken back or given up"),
                (
                    _,
                    Reason::PodMismatch {
                        identity,
                        storage,
                        claim_owners,
                    },
                ) => {
                    self.note(*identity, "correct: identity");
                    self.note(*storage, "correct: storage");
                    self.note(
                        *claim_owners && !*identity && !*storage,
                        "correct: claim owners alone",
                    );
                }
                _ => {}
            }
        }
        batches.dedup();
        self.note(
            batches.len() > 1 && (self.is_parallel() || self.set.strategy().kind == StrategyType::Recreate),
            "slow start: beyond one batch",
        );
        self.note(self.is_parallel() && pods > 500, "slow start: beyond 500");
        let is_terminating = |action: &&Action| {
            let pod = action.pod.as_deref();
            plan.waits
                .iter()
                .any(|wait| wait.code == WaitCode::ClaimTermination && wait.pod.as_deref() == pod)
        };
        for (pod, actions) in on_pod {
            let has = |name: &str| actions.iter().any(|action| action.operation.name() == name);
            if !pod.is_empty() && has("CreatePersistentVolumeClaim") {
                let created = actions
                    .iter()
                    .filter(|a| a.operation.name() == "CreatePersistentVolumeClaim")
                    .count();
                self.note(
                    created < self.set.claim_templates().len(),
                    "claims: some there, some created",
                );
                self.note(!has("CreatePod"), "claims: for an existing Pod");
                self.note(
                    actions.iter().any(is_terminating),
                    "claims: created beside a terminating one",
                );
            }
            self.note(
                has("CreatePod") && has("DeletePod"),
                "parallel: Pod created and deleted",
            );
            self.note(
                has("CreatePod") && has("UpdatePod"),
                "parallel: new Pod updated for its claims",
            );
        }
        self.note(self.waits(WaitCode::NameTaken), "create: name is taken");
        self.note(self.waits(WaitCode::ClaimStale), "claims: stale");
        let (mut scaled, mut updated) = (false, false);
        for action in &plan.actions {
            scaled |= matches!(
                action.reason,
                Reason::ScaleDown { .. } | Reason::ReplicaMissing { .. }
            );
            updated |= matches!(action.reason, Reason::RollingUpdate { .. });
        }
        self.note(scaled && updated, "parallel: scaled and updated");
    }

    /// What ended the passes over Pods.
    fn ending(&mut self) {
        let (set, plan) = (self.set, self.plan);
        if set.metadata().is_terminating() || plan.status.is_none() || set.selector().is_err() {
            return;
        }
        if self.is_recreate() && self.recreate() {
            return;
        }
        let failed = plan.waits.iter().find(|wait| wait.retry);
        let is_parallel = self.is_parallel();
        if failed.is_some() {
            let is_cut = plan
                .status
                .as_ref()
                .is_some_and(|status| i64::from(status.replicas) < count(set));
            self.note(is_parallel && is_cut, "slow start: ended by an error");
            self.branches.push(if is_parallel {
                "parallel, ends: error"
            } else {
                "ordered, ends: error"
            });
            return;
        }
        if is_parallel {
            return self.branches.push("parallel, ends: update pass");
        }
        let last = plan.actions.iter().rfind(|action| !action.operation.is_trim());
        let ending = match last.map(|action| &action.reason) {
            Some(Reason::TerminalPhase { .. }) => Some("ordered, ends: terminal Pod deleted"),
            Some(Reason::ScaleDown { .. }) => Some("ordered, ends: condemned deleted"),
            _ if plan
                .actions
                .iter()
                .any(|a| matches!(a.operation, Operation::CreatePod { .. })) =>
            {
                Some("ordered, ends: Pod created")
            }
            _ => plan.waits.iter().find_map(|wait| self.ending_of(wait)),
        };
        self.branches.push(ending.unwrap_or("ordered, ends: update pass"));
    }

    fn ending_of(&self, wait: &Wait) -> Option<&'static str> {
        let is_condemned = self.is_condemned_left();
        let is_of_update = wait.code != WaitCode::ClaimStale
            && self.observed.pods().all(|pod| !is_blocking(self, pod))
            && !is_condemned;
        match wait.code {
            WaitCode::ClaimStale => Some("ordered, ends: stale claim"),
            _ if is_of_update => None,
            WaitCode::PodTermination if is_condemned && self.are_replicas_well() => {
                Some("ordered, ends: condemned terminating")
            }
            _ if is_condemned && self.are_replicas_well() => Some("ordered, ends: condemned waits"),
            WaitCode::PodRunningAndReady => Some("ordered, ends: replica not ready"),
            WaitCode::PodAvailable => Some("ordered, ends: replica not available"),
            WaitCode::PodTermination => Some("ordered, ends: replica terminating"),
            _ => None,
        }
    }

    /// Whether the strategy Recreate ended the passes.
    fn recreate(&mut self) -> bool {
        let plan = self.plan;
        let deletes = plan
            .actions
            .iter()
            .any(|action| matches!(action.reason, Reason::Recreate { .. }));
        let message = self.progressing("message");
        let waits = message == "Deleting old revision pods" && self.waits(WaitCode::PodTermination);
        self.note(deletes, "recreate: deletes");
        self.note(waits, "recreate: waits");
        self.note(
            message == "Waiting for new-revision pods to be created",
            "recreate: waits for new Pods",
        );
        self.note(
            self.progressing("reason") == "RecreateCompleted" && self.plan.status_changed,
            "recreate: completes",
        );
        deletes || waits
    }

    fn update(&mut self) {
        let (set, plan) = (self.set, self.plan);
        let is_budgeted = self.profile.is_enabled(Gate::MaxUnavailableStatefulSet);
        let deleted: Vec<&Action> = plan
            .actions
            .iter()
            .filter(|action| matches!(action.reason, Reason::RollingUpdate { .. }))
            .collect();
        self.note(!deleted.is_empty() && !is_budgeted, "update: one by one");
        self.note(!deleted.is_empty() && is_budgeted, "update: within a budget");
        self.note(deleted.len() > 1, "update: several at once");
        let maximum = set
            .strategy()
            .rolling
            .as_ref()
            .and_then(|rolling| rolling.max_unavailable.as_ref());
        self.note(
            !deleted.is_empty() && is_budgeted && matches!(maximum, Some(IntOrPercent::Text(_))),
            "update: percentage",
        );
        let is_two_phased =
            is_budgeted && self.is_parallel() && self.profile.kubernetes().starts_with("1.37");
        let is_broken = |action: &&Action| {
            self.observed
                .pod(&action.name)
                .is_some_and(|pod| !self.is_available(pod))
        };
        let is_first = is_two_phased && deleted.iter().any(is_broken);
        self.note(is_first, "update: unavailable old Pods first");
        self.note(self.waits(WaitCode::Partition), "update: partition holds");
        let has_ended = self.branches.contains(&"ordered, ends: update pass")
            || self.branches.contains(&"parallel, ends: update pass");
        let awaits = plan.waits.iter().any(|wait| {
            matches!(
                wait.code,
                WaitCode::MaxUnavailable | WaitCode::PodRunningAndReady | WaitCode::PodAvailable
            )
        });
        self.note(
            has_ended && awaits && deleted.is_empty(),
            "update: waits for the first unavailable",
        );
    }

    fn status(&mut self) {
        let (plan, before) = (self.plan, self.set.status());
        let Some(status) = &plan.status else {
            return self.branches.push("status: absent");
        };
        self.branches.push(if plan.status_changed {
            "status: written"
        } else {
            "status: unchanged"
        });
        self.note(
            status.current_revision == status.update_revision
                && before.current_revision != status.current_revision
                && !before.current_revision.is_empty(),
            "status: completes an update",
        );
        self.note(status.current_replicas < 0, "status: negative count");
        self.note(
            status
                .conditions
                .as_ref()
                .is_some_and(|conditions| !conditions.is_empty()),
            "status: conditions kept",
        );
        self.note(plan.requeue_after.is_some(), "requeue: due");
    }

    fn is_parallel(&self) -> bool {
        self.set.policy() == PodManagementPolicy::Parallel
    }

    fn is_recreate(&self) -> bool {
        self.set.strategy().kind == StrategyType::Recreate
            && self.profile.is_enabled(Gate::StatefulSetRecreateStrategy)
    }

    fn waits(&self, code: WaitCode) -> bool {
        self.plan.waits.iter().any(|wait| wait.code == code)
    }

    fn progressing(&self, field: &str) -> &'a str {
        let conditions = self
            .plan
            .status
            .iter()
            .filter_map(|status| status.conditions.as_ref())
            .flatten();
        let mut progressing = conditions.filter(|condition| condition["type"] == "Progressing");
        progressing
            .next()
            .and_then(|condition| condition[field].as_str())
            .unwrap_or_default()
    }

    fn is_available(&self, pod: &Pod) -> bool {
        let since = pod.ready_since().map_or(i64::MAX, |since| since.seconds());
        let wait = self.set.min_ready_seconds();
        pod.is_ready()
            && !pod.is_terminating()
            && (wait == 0 || since.saturating_add(wait) <= self.now.seconds())
    }

    fn is_condemned_left(&self) -> bool {
        let range = self.set.start()..self.set.end();
        let mut own = self.observed.pods().filter(|pod| is_of(pod, self.set));
        own.any(|pod| pod.ordinal().is_some_and(|ordinal| !range.contains(&ordinal)))
    }

    fn are_replicas_well(&self) -> bool {
        let range = self.set.start()..self.set.end();
        let mut own = self.observed.pods().filter(|pod| is_of(pod, self.set));
        own.all(|pod| {
            pod.ordinal().is_none_or(|ordinal| !range.contains(&ordinal)) || !is_blocking(self, pod)
        })
    }
}

fn count(set: &StatefulSet) -> i64 {
    i64::try_from(set.replicas()).unwrap_or(i64::MAX)
}

/// A Pod in range that ends a pass of OrderedReady.
fn is_blocking(found: &Found<'_>, pod: &Pod) -> bool {
    let range = found.set.start()..found.set.end();
    is_of(pod, found.set)
        && pod.ordinal().is_some_and(|ordinal| range.contains(&ordinal))
        && (pod.phase() != Phase::Running || !found.is_available(pod))
}

/// Whether the Pod counts as the set's: by its controller's UID, or as an orphan with the set's name.
fn is_of(pod: &Pod, set: &StatefulSet) -> bool {
    pod.parent() == Some(set.name())
        && pod
            .metadata()
            .controller()
            .is_none_or(|owner| owner.uid == set.metadata().uid)
}
