//! Random lives of one StatefulSet, as scenarios of the simulator.
//!
//! A life is drawn from its number alone, for one Kubernetes version. Sets are small, events few, and the spans between
//! them short or long, so that some changes come while the one before is still being made.

use serde_json::{Value, json};
use steadfast_core::Profile;

use super::manifests::{BROKEN, IMAGES, first_set, orphan, retention, strategy};
use super::{minor, timeless};
use crate::worlds::Draw;

/// A story of one set, `web`.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Its number.
    pub seed: u64,
    /// The story, as `Scenario::parse` reads it.
    pub scenario: Value,
    /// Whether the API server refuses calls in it.
    pub has_faults: bool,
}

impl Life {
    /// The life of this number.
    pub fn draw(seed: u64, profile: &Profile, has_faults: bool) -> Self {
        let mut teller = Teller::new(seed, profile, has_faults);
        teller.tell();
        Self {
            seed,
            scenario: teller.scenario(),
            has_faults,
        }
    }
}

struct Teller<'a> {
    draw: Draw,
    profile: &'a Profile,
    has_faults: bool,
    /// The manifest as it was applied last.
    set: Value,
    /// What else there is at the beginning.
    objects: Vec<Value>,
    timeline: Vec<Value>,
    /// When the next event is, in milliseconds.
    at: u64,
    is_deleted: bool,
    watch: &'static str,
    nodes: usize,
    gates: Value,
    seed: u64,
}

impl<'a> Teller<'a> {
    fn new(seed: u64, profile: &'a Profile, has_faults: bool) -> Self {
        let mut draw = Draw::of(seed ^ if has_faults { 0xfa17 } else { 0 });
        let set = first_set(&mut draw, profile);
        let watch = *draw.weighted(&[(14, "0s"), (1, "30ms"), (1, "700ms")]);
        let nodes = draw.between(1, 3) as usize;
        Self {
            draw,
            profile,
            has_faults,
            set,
            objects: Vec::new(),
            timeline: Vec::new(),
            at: 0,
            is_deleted: false,
            watch,
            nodes,
            gates: json!({}),
            seed,
        }
    }

    fn tell(&mut self) {
        if self.draw.one_in(8) {
            let gate = *self.draw.pick(&[
                "MaxUnavailableStatefulSet",
                "StatefulSetSemanticRevisionComparison",
                "StatefulSetRecreateStrategy",
            ]);
            let on = gate == "StatefulSetRecreateStrategy" || self.draw.one_in(2);
            if self.profile.clone().with_gate(gate, on).is_ok() {
                self.gates[gate] = json!(on);
            }
        }
        if self.gates["StatefulSetRecreateStrategy"] == true && self.draw.percent(70) {
            self.set["spec"]["updateStrategy"] = json!({"type": "Recreate"});
        }
        if self.draw.one_in(12) {
            let ordinal = self.draw.below(5);
            self.objects.push(orphan(ordinal, &self.set));
        }
        if self.draw.one_in(20) {
            let claim = format!("data-web-{}", self.draw.below(3));
            self.objects.push(
                json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": claim},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}),
            );
        }
        self.objects.push(self.set.clone());
        if self.has_faults {
            for _ in 0..self.draw.between(1, 3) {
                self.fault();
            }
        }
        for _ in 0..self.draw.between(2, 7) {
            self.pause();
            self.event();
            if self.has_faults && self.draw.percent(60) {
                self.fault();
            }
            if self.has_faults && self.draw.one_in(6) {
                self.fail_while_updating();
            }
        }
        if self.draw.percent(60) {
            // The end is a repair of everything.
            self.pause();
            self.push("clear", json!("all"));
            if !self.is_deleted {
                self.set["spec"]["template"]["spec"]["containers"][0]["image"] =
                    json!(*self.draw.pick(&IMAGES));
                self.apply();
            }
        }
    }

    fn scenario(self) -> Value {
        let until = format!("{}ms", self.at + 7_200_000);
        let mut scenario = json!({
            "name": format!("life {}", self.seed),
            "kubernetes": self.profile.kubernetes(),
            "settings": {"seed": self.seed, "call": "0s", "watch": self.watch, "nodes": self.nodes},
            "objects": self.objects,
            "timeline": self.timeline,
            "until": until,
        });
        if self.gates != json!({}) {
            scenario["featureGates"] = self.gates;
        }
        scenario
    }

    /// With faults everything comes to rest between two events, so that both sides can be compared at the end.
    fn pause(&mut self) {
        let draw = &mut self.draw;
        let span = match self.has_faults {
            true => draw.between(1_200_000, 1_300_000),
            false => match draw.below(10) {
                0 => 0,
                1 => draw.between(1, 200),
                2..=5 => draw.between(200, 12_000),
                6 | 7 => draw.between(12_000, 60_000),
                _ => draw.between(60_000, 900_000),
            },
        };
        self.at += span as u64;
    }

    fn push(&mut self, event: &str, value: Value) {
        let at = format!("{}ms", self.at);
        self.timeline.push(json!({"at": at, event: value}));
    }

    fn apply(&mut self) {
        self.is_deleted = false;
        let set = self.set.clone();
        self.push("apply", set);
    }

    fn event(&mut self) {
        if self.is_deleted && self.draw.percent(75) {
            self.template();
            return self.apply();
        }
        #[rustfmt::skip]
        let kind = *self.draw.weighted(&[
            (18, "scale"), (16, "image"), (6, "breakImage"), (8, "template"), (8, "strategy"), (4, "retention"),
            (4, "minReady"), (3, "history"), (2, "start"), (10, "deletePod"), (4, "deleteSet"), (6, "break"),
            (5, "mend"), (3, "node"), (3, "volume"), (2, "deleteClaim"), (3, "terminate"), (2, "orphan"),
            (2, "evict"), (1, "tick"), (2, "several"), (2, "rename"),
        ]);
        match kind {
            "scale" => {
                let replicas = self.replicas();
                self.set["spec"]["replicas"] = json!(replicas);
                match self.draw.one_in(4) {
                    true => self.apply(),
                    false => self.push("scale", json!({"name": "web", "replicas": replicas})),
                }
            }
            "image" => {
                let image = *self.draw.pick(&IMAGES);
                self.image(image);
            }
            "breakImage" => {
                self.push("imageNeverPulls", json!(BROKEN));
                self.image(BROKEN);
                if self.draw.percent(70) {
                    self.pause();
                    let image = *self.draw.pick(&IMAGES);
                    self.image(image);
                }
            }
            "template" => {
                self.template();
                self.apply();
            }
            "strategy" => {
                self.set["spec"]["updateStrategy"] = self.strategy();
                self.apply();
            }
            "retention" => {
                self.set["spec"]["persistentVolumeClaimRetentionPolicy"] = retention(&mut self.draw);
                self.apply();
            }
            "minReady" if !timeless(self.profile) => {
                self.set["spec"]["minReadySeconds"] = json!(*self.draw.pick(&[0, 1, 5, 30]));
                self.apply();
            }
            "history" => {
                self.set["spec"]["revisionHistoryLimit"] = json!(self.draw.below(3));
                self.apply();
            }
            "start" => {
                self.set["spec"]["ordinals"] = json!({"start": self.draw.below(3)});
                self.apply();
            }
            "several" => {
                self.template();
                self.set["spec"]["replicas"] = json!(self.replicas());
                self.set["spec"]["updateStrategy"] = self.strategy();
                self.apply();
            }
            "deletePod" => {
                let mut event = json!({"name": self.pod()});
                if self.draw.one_in(3) {
                    event["grace"] = json!(0);
                }
                self.push("deletePod", event);
            }
            "deleteSet" => {
                let mut event = json!({"kind": "StatefulSet", "name": "web"});
                if let Some(cascade) = *self.draw.pick(&[
                    None,
                    Some("background"),
                    Some("foreground"),
                    Some("orphan"),
                    Some("orphan"),
                ]) {
                    event["cascade"] = json!(cascade);
                }
                self.push("delete", event);
                self.is_deleted = true;
            }
            "break" => {
                let pod = self.pod();
                let event = *self.draw.pick(&["notReady", "crash", "exits", "exits"]);
                let value = match event {
                    "exits" => json!({"pod": pod, "phase": *self.draw.pick(&["Failed", "Succeeded"])}),
                    _ => json!(pod),
                };
                self.push(event, value);
                if event == "exits" {
                    // Failed Pods are replaced at once, again and again.
                    match self.has_faults {
                        true => self.at += 3_000,
                        false => self.pause(),
                    }
                    self.push("ready", json!("web-*"));
                }
            }
            "mend" => match self.draw.one_in(2) {
                true => self.push("ready", json!("web-*")),
                false => self.push("clear", json!("behaviours")),
            },
            "node" => {
                let node = format!("node-{}", 1 + self.draw.below(self.nodes));
                self.push("node", json!({"name": node, "state": "down"}));
                self.pause();
                self.push("node", json!({"name": node, "state": "up"}));
            }
            "volume" => {
                let claim = self.claim();
                self.push("volumeStuck", json!(claim));
                if self.draw.percent(80) {
                    self.pause();
                    self.push("volumeFreed", json!(claim));
                }
            }
            "deleteClaim" => {
                let claim = self.claim();
                self.push("delete", json!({"kind": "PersistentVolumeClaim", "name": claim}));
            }
            "terminate" => {
                let pod = self.pod();
                self.push("slowTermination", json!({"pod": pod, "for": "20s"}));
                self.push("deletePod", json!(pod));
            }
            "orphan" => {
                let ordinal = self.draw.below(6);
                let pod = orphan(ordinal, &self.set);
                self.push("apply", pod);
            }
            "evict" => {
                let pod = self.pod();
                self.push("evict", json!(pod));
            }
            "rename" => {
                // A Pod of the set loses the label that it is selected by.
                let mut pod = orphan(self.draw.below(3), &self.set);
                pod["metadata"]["labels"] = json!({"app": "other"});
                self.push("apply", pod);
            }
            _ => self.push("tick", json!({})),
        }
    }

    fn image(&mut self, image: &str) {
        self.set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        self.push("image", json!({"set": "web", "image": image}));
    }

    fn template(&mut self) {
        let value = *self
            .draw
            .pick(&["a", "b", "<&>", "\u{2028}", "\u{1f600}", "\"quoted\""]);
        let template = &mut self.set["spec"]["template"];
        if self.draw.one_in(2) {
            template["metadata"]["annotations"] = json!({"note": value});
        } else {
            template["spec"]["containers"][0]["env"] = json!([{"name": "SETTING", "value": value}]);
        }
    }

    fn strategy(&mut self) -> Value {
        strategy(&mut self.draw, self.gates["StatefulSetRecreateStrategy"] == true)
    }

    fn replicas(&mut self) -> usize {
        match self.draw.one_in(25) {
            true => 6 + self.draw.below(7),
            false => self.draw.below(5),
        }
    }

    fn pod(&mut self) -> String {
        format!("web-{}", self.draw.below(4))
    }

    fn claim(&mut self) -> String {
        format!("{}-web-{}", self.draw.pick(&["data", "logs"]), self.draw.below(4))
    }

    /// A Pod fails while its revision becomes an old one, and cannot be deleted: two passes want to.
    fn fail_while_updating(&mut self) {
        self.pause();
        let pod = self.pod();
        let image = *self.draw.pick(&IMAGES);
        self.push(
            "apiError",
            json!({"verb": "delete", "kind": "Pod", "name": pod, "error": "internal", "times": 2}),
        );
        self.push("exits", json!(pod));
        self.image(image);
        self.at += 2_000;
        self.push("ready", json!("web-*"));
    }

    /// The API server refuses the next few calls of one kind.
    fn fault(&mut self) {
        let ordinal = self.draw.below(4);
        let pod = format!("web-{ordinal}");
        let claim = format!("data-web-{ordinal}");
        #[rustfmt::skip]
        let calls = [
            (8, ("create", "Pod", pod.as_str())), (6, ("delete", "Pod", &pod)), (3, ("update", "Pod", &pod)),
            (3, ("patch", "Pod", &pod)), (6, ("update", "StatefulSet", "web")),
            (6, ("create", "PersistentVolumeClaim", &claim)), (4, ("update", "PersistentVolumeClaim", &claim)),
            (3, ("create", "ControllerRevision", "web-*")), (3, ("update", "ControllerRevision", "web-*")),
            (3, ("delete", "ControllerRevision", "web-*")), (2, ("patch", "ControllerRevision", "web-*")),
        ];
        let (verb, kind, name) = *self.draw.weighted(&calls);
        #[rustfmt::skip]
        let error = match (verb, self.draw.below(6)) {
            (_, 0 | 1) => "internal",
            (_, 2) => "timeout",
            (_, 3) => "timeoutAfterWrite",
            // Upstream takes this answer to an adoption for the end of the Pod, a host observes again (`wire.md`).
            ("patch", 4) if kind == "Pod" => "internal",
            ("patch" | "update", 4) => "notFound",
            // An answer that means success to whoever deletes: the Pod is deleted again, if something wakes the controller.
            ("delete", 4) if kind == "Pod" && minor(self.profile) >= 36 => "notFound",
            ("create", 4) => "quota",
            (_, 5) if verb != "delete" => "conflict",
            _ => "webhook",
        };
        let times = self.draw.between(1, 4);
        self.push(
            "apiError",
            json!({"verb": verb, "kind": kind, "name": name, "error": error, "times": times}),
        );
    }
}
