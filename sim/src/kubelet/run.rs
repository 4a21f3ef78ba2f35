//! How a Pod gets from its node to running and ready, step by step.

use steadfast_core::Timestamp;

use super::pod::{Pod, RestartPolicy, Stage, predecessor};
use super::{Kubelet, Turn, config};
use crate::clock::Millis;
use crate::settings::{Fate, Phase, Runs, Span, is_like};
use crate::store::{Key, Object};
use crate::view;

/// How long a failed pull shows as such before the kubelet speaks of backing off.
const PULL_FAILED: Millis = Millis(1000);
/// A container that ran for so long starts its back-off anew (twice the longest back-off, `flowcontrol.Backoff`).
const FORGIVEN: i64 = 600;

impl Kubelet {
    /// Looks whether a Pod that waits for something can go on.
    pub(super) fn go_on(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        let Some(object) = turn.world.store.get(turn.key).cloned() else {
            return;
        };
        if object.is_terminating() {
            self.stop(pod, &object, turn);
            return;
        }
        match pod.stage {
            Stage::Mounting => self.mount(pod, &object, turn),
            Stage::Unconfigured(at) => self.begin(pod, at, turn),
            Stage::Following => self.follow(pod, turn),
            // Observed running, but not ready: it is taken to be on its way.
            Stage::Running if !pod.is_ready() && !pod.is_due => self.await_readiness(pod, turn),
            _ => {}
        }
    }

    /// The Pod's timer is due.
    pub(super) fn tick(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        if pod.stopping.is_some() {
            self.finish_stop(pod, turn);
            return;
        }
        match pod.stage {
            Stage::Pulling(at) => self.pulled(pod, at, turn),
            Stage::PullFailed(at) => back_off_pull(pod, at, turn),
            Stage::PullBackOff(at) => self.pull(pod, at, turn),
            Stage::Initializing(at) => self.initialized(pod, at, turn),
            Stage::Starting => self.started(pod, turn),
            Stage::Running => pod.set_ready(),
            Stage::BackOff(at) => restart(pod, at, turn),
            _ => {}
        }
    }

    /// The settings have changed.
    pub(super) fn reread(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        let fate = pod.fate(turn.key, turn.world.settings);
        if pod.stopping.is_some() {
            if let Some(object) = turn.world.store.get(turn.key).cloned() {
                self.change_stop(pod, &object, &fate, turn);
            }
            return;
        }
        match (pod.stage, fate.runs) {
            (Stage::Running, Runs::Crash) => self.crash(pod, turn),
            (Stage::Running, Runs::Exits(phase)) => exit(pod, phase, turn),
            (Stage::Running, Runs::NotReady) if pod.is_ready() || pod.is_due => {
                pod.cancel();
                pod.set_unready();
                unhealthy(turn);
            }
            (Stage::Running, Runs::Well) if !pod.is_ready() && !pod.is_due => pod.set_ready(),
            (Stage::Frozen, _) if fate.is_mended => {
                pod.stage = Stage::Mounting;
                self.go_on(pod, turn);
            }
            (Stage::Mounting | Stage::Unconfigured(_), _) => self.go_on(pod, turn),
            _ => {}
        }
    }

    /// The Pod goes on when the object `key` changes.
    fn awaits(&mut self, key: Key, pod: &Key) {
        self.awaited.change(key, |waiting| waiting.insert(pod.clone()));
    }

    fn mount(&mut self, pod: &mut Pod, object: &Object, turn: &mut Turn<'_, '_>) {
        pod.start_time.get_or_insert(turn.world.wall.whole_seconds());
        pod.is_dirty = true;
        if let Some(lack) = config::of_volumes(turn.key, object, turn.world) {
            self.awaits(lack.key, turn.key);
            if pod.said.as_ref() != Some(&lack.message) {
                pod.said = Some(lack.message.clone());
                turn.event("Warning", "FailedMount", lack.message);
            }
            return;
        }
        if pod.ip.is_none() {
            let is_host = view::is_true(object, &["spec", "hostNetwork"]);
            pod.ip = if is_host {
                pod.host_ip.clone()
            } else {
                Some(self.address())
            };
        }
        self.pull(pod, pod.next(), turn);
    }

    /// Sees to it that the images of a step are on the node.
    fn pull(&mut self, pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
        let fate = pod.fate(turn.key, turn.world.settings);
        let (now, node) = (turn.world.now, pod.node.clone());
        let mut until = now;
        let mut begun = Vec::new();
        for container in pod.step(at).iter().filter(|container| !container.is_running()) {
            match self.images.at(&node, &container.image) {
                Some(there) => until = until.max(there),
                None if begun.contains(&container.image) => {}
                None => {
                    let image = &container.image;
                    begun.push(image.clone());
                    until.0 += turn
                        .world
                        .settings
                        .varied(turn.world.settings.pull, turn.world.random)
                        .0;
                    if !self.is_unpullable(image, &fate) {
                        self.images.put(&node, image, until);
                    }
                    turn.event("Normal", "Pulling", format!("Pulling image \"{image}\""));
                }
            }
        }
        pod.stage = Stage::Pulling(at);
        if until > now {
            turn.schedule(pod, "pull", Millis(until.0 - now.0));
        } else {
            self.pulled(pod, at, turn);
        }
    }

    fn pulled(&mut self, pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
        let fate = pod.fate(turn.key, turn.world.settings);
        let now = turn.world.now;
        let node = pod.node.clone();
        let mut has_failed = false;
        for container in pod
            .step(at)
            .iter_mut()
            .filter(|container| !container.is_running())
        {
            let image = container.image.clone();
            match self.images.at(&node, &image) {
                Some(there) if there <= now => {
                    if there == now && there > Millis(0) {
                        let span = turn.world.settings.pull;
                        let message = format!(
                            "Successfully pulled image \"{image}\" in {span} ({span} including waiting)."
                        );
                        turn.event("Normal", "Pulled", message);
                    }
                }
                _ if self.is_unpullable(&image, &fate) => {
                    has_failed = true;
                    let error = format!(
                        "rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": not found"
                    );
                    turn.event(
                        "Warning",
                        "Failed",
                        format!("Failed to pull image \"{image}\": {error}"),
                    );
                    turn.event("Warning", "Failed", "Error: ErrImagePull".to_owned());
                    container.wait("ErrImagePull", Some(error));
                }
                // What could not be pulled when the pull began can be now.
                _ => self.images.put(&node, &image, now),
            }
        }
        if has_failed {
            pod.pulls += 1;
            pod.stage = Stage::PullFailed(at);
            pod.is_dirty = true;
            if at >= pod.init.len() {
                // Containers are started one by one: those that have their image run.
                let wall = turn.world.wall;
                let lucky = pod
                    .main
                    .iter_mut()
                    .filter(|c| !c.is_running() && !c.lacks_image());
                lucky.for_each(|container| {
                    container.run(wall);
                    container.is_ready = true;
                });
            }
            turn.schedule(pod, "pull", PULL_FAILED);
        } else {
            pod.pulls = 0;
            self.begin(pod, at, turn);
        }
    }

    fn is_unpullable(&self, image: &str, fate: &Fate) -> bool {
        fate.unpullable.iter().any(|pattern| is_like(pattern, image))
            || (self.images.is_unpullable(image) && !fate.is_mended)
    }

    /// The images are there: makes the containers of a step.
    fn begin(&mut self, pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
        let Some(object) = turn.world.store.get(turn.key).cloned() else {
            return;
        };
        let world = &*turn.world;
        let lacks = pod
            .step(at)
            .iter()
            .map(|c| config::of_container(turn.key, &object, &c.name, world));
        let lacks: Vec<_> = lacks.collect();
        let mut is_lacking = false;
        for (container, lack) in pod.step(at).iter_mut().zip(lacks) {
            let Some(lack) = lack else { continue };
            is_lacking = true;
            container.wait("CreateContainerConfigError", Some(lack.message.clone()));
            turn.event("Warning", "Failed", format!("Error: {}", lack.message));
            self.awaits(lack.key, turn.key);
        }
        if is_lacking {
            pod.stage = Stage::Unconfigured(at);
            pod.is_dirty = true;
            return;
        }
        match pod.init.get_mut(at) {
            Some(container) => {
                container.run(turn.world.wall);
                pod.is_dirty = true;
                turn.event("Normal", "Started", "Container started".to_owned());
                if at == 0 {
                    self.follow(pod, turn);
                } else {
                    initialize(pod, at, turn);
                }
            }
            None => start(pod, turn),
        }
    }

    /// Goes on with the first init container once the Pod before is ready, where that is asked for.
    fn follow(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        let Some(object) = turn.world.store.get(turn.key) else {
            return;
        };
        let before = predecessor(turn.key, object, turn.world.store);
        let is_ready = |key: &Key| {
            let before = turn.world.store.get(key);
            before.is_some_and(|pod| view::condition(pod, "Ready") == Some("True") && !pod.is_terminating())
        };
        match before.filter(|before| !is_ready(before)) {
            Some(before) => {
                pod.stage = Stage::Following;
                self.awaits(before, turn.key);
            }
            None => initialize(pod, 0, turn),
        }
    }

    fn initialized(&mut self, pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
        let fate = pod.fate(turn.key, turn.world.settings);
        let wall = turn.world.wall;
        let Some(container) = pod.init.get_mut(at) else {
            return;
        };
        pod.is_dirty = true;
        if !container.is_running() {
            container.run(wall);
        }
        let fails = fate.init.is_some_and(|fails| match fails.0 {
            Some(name) => *name == *container.name,
            None => at == 0,
        });
        if fails {
            container.end(1, wall);
            self.failed(pod, at, turn);
            return;
        }
        if container.is_sidecar {
            container.is_ready = true;
        } else {
            container.end(0, wall);
        }
        container.crashes = 0;
        self.pull(pod, pod.next().max(at + 1), turn);
    }

    fn started(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        let fate = pod.fate(turn.key, turn.world.settings);
        let wall = turn.world.wall;
        for container in pod.main.iter_mut().filter(|container| !container.is_running()) {
            container.run(wall);
            turn.event("Normal", "Started", "Container started".to_owned());
        }
        pod.stage = Stage::Running;
        pod.is_dirty = true;
        match fate.runs {
            Runs::Crash => self.crash(pod, turn),
            Runs::Exits(phase) => exit(pod, phase, turn),
            Runs::NotReady => {
                pod.set_unready();
                unhealthy(turn);
            }
            Runs::Well => self.await_readiness(pod, turn),
        }
    }

    fn await_readiness(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        if pod.fate(turn.key, turn.world.settings).runs == Runs::NotReady {
            return;
        }
        let settings = turn.world.settings;
        let probed = pod
            .main
            .iter()
            .map(|container| container.ready_after)
            .max()
            .unwrap_or_default();
        let delay = settings.varied(
            settings.readiness.unwrap_or(Span::of_millis(probed)),
            turn.world.random,
        );
        if delay == Millis(0) {
            pod.set_ready();
        } else {
            turn.schedule(pod, "readiness", delay);
        }
    }

    /// The first container ends with an error.
    fn crash(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        pod.cancel();
        let wall = turn.world.wall;
        if let Some(container) = pod.main.first_mut() {
            if let super::container::State::Running { since } = container.state
                && wall.seconds().saturating_sub(since.seconds()) >= FORGIVEN
            {
                container.crashes = 0;
            }
            container.end(1, wall);
        }
        self.failed(pod, pod.init.len(), turn);
    }

    /// A container of this step has failed: it is started again, the first time at once.
    fn failed(&mut self, pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
        pod.is_dirty = true;
        if pod.restarts == RestartPolicy::Never {
            exit(pod, Phase::Failed, turn);
            return;
        }
        let uid = pod.uid.clone();
        let Some(container) = pod.step(at).first_mut() else {
            return;
        };
        container.crashes = container.crashes.saturating_add(1);
        if container.crashes == 1 {
            restart(pod, at, turn);
            return;
        }
        let wait = turn.world.settings.crash_back_off.wait(container.crashes - 1);
        let name = container.name.clone();
        let full = format!("{}_{}({uid})", turn.key.name, turn.key.namespace);
        let message = format!(
            "back-off {} restarting failed container={name} pod={full}",
            Span(wait)
        );
        container.back_off(message);
        turn.event(
            "Warning",
            "BackOff",
            format!("Back-off restarting failed container {name} in pod {full}"),
        );
        pod.stage = Stage::BackOff(at);
        turn.schedule(pod, "back-off", wait);
    }
}

impl Pod {
    fn set_ready(&mut self) {
        self.is_dirty = true;
        self.main
            .iter_mut()
            .for_each(|container| container.is_ready = true);
    }

    pub(super) fn set_unready(&mut self) {
        self.is_dirty = true;
        self.main
            .iter_mut()
            .for_each(|container| container.is_ready = false);
    }

    /// Ends all containers that run.
    fn end_all(&mut self, exit_code: i64, wall: Timestamp) {
        let all = self.init.iter_mut().chain(&mut self.main);
        all.filter(|container| container.is_running())
            .for_each(|container| container.end(exit_code, wall));
    }
}

fn initialize(pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
    pod.stage = Stage::Initializing(at);
    let delay = turn
        .world
        .settings
        .varied(turn.world.settings.start, turn.world.random);
    turn.schedule(pod, "start", delay);
}

fn start(pod: &mut Pod, turn: &mut Turn<'_, '_>) {
    pod.stage = Stage::Starting;
    let delay = turn
        .world
        .settings
        .varied(turn.world.settings.start, turn.world.random);
    turn.schedule(pod, "start", delay);
}

fn restart(pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
    if at < pod.init.len() {
        initialize(pod, at, turn);
    } else {
        start(pod, turn);
    }
}

fn back_off_pull(pod: &mut Pod, at: usize, turn: &mut Turn<'_, '_>) {
    let wait = turn.world.settings.pull_back_off.wait(pod.pulls);
    for container in pod
        .step(at)
        .iter_mut()
        .filter(|container| container.lacks_image())
    {
        let error = match &container.state {
            super::container::State::Waiting {
                message: Some(message),
                ..
            } => message.clone(),
            _ => String::new(),
        };
        let image = container.image.clone();
        container.wait(
            "ImagePullBackOff",
            Some(format!(
                "Back-off pulling image \"{image}\": ErrImagePull: {error}"
            )),
        );
        turn.event("Normal", "BackOff", format!("Back-off pulling image \"{image}\""));
        turn.event("Warning", "Failed", "Error: ImagePullBackOff".to_owned());
    }
    pod.stage = Stage::PullBackOff(at);
    pod.is_dirty = true;
    turn.schedule(pod, "back-off", Millis(wait.0.saturating_sub(PULL_FAILED.0)));
}

/// All containers end for good.
fn exit(pod: &mut Pod, phase: Phase, turn: &mut Turn<'_, '_>) {
    pod.cancel();
    pod.end_all(i64::from(phase == Phase::Failed), turn.world.wall);
    pod.set_unready();
    pod.stage = Stage::Finished(phase);
}

fn unhealthy(turn: &mut Turn<'_, '_>) {
    turn.event("Warning", "Unhealthy", "Readiness probe failed: ".to_owned());
}
