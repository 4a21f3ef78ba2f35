//! Requests for admission, drawn: what an API server might ask, what stands around the set, and which settings hold. All deliveries
//! of admission must give the same verdict on each.
//!
//! Everything comes from a seed. They are drawn so that every policy objects to some and lets others through, and so that each
//! list of objects is at times not known.

mod around;
mod change;
mod command;
mod set;

use serde_json::{Map, Value, json};
use steadfast_core::admission::{Context, Request, Settings, Verdict, review};
use steadfast_core::{Error, Observation, Profile};

use crate::worlds::Draw;

pub use command::command;

/// Where all sets are.
pub const NAMESPACE: &str = "shop";

/// A request, and all that is judged with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// An AdmissionReview.
    pub review: Value,
    /// What stands around the set, in the form of an observation; a list that is absent is not known.
    pub context: Value,
    /// The settings of admission.
    pub settings: Value,
    /// The version of Kubernetes.
    pub kubernetes: &'static str,
}

impl Question {
    /// The question of a seed.
    pub fn of(seed: u64) -> Self {
        let mut draw = Draw::of(seed ^ 0xad317);
        let stored = set::set(&mut draw);
        let (request, around_of) = change::request(&stored, &mut draw);
        Self {
            review: json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}),
            context: around::around(&around_of, &stored, &mut draw),
            settings: settings(&mut draw),
            kubernetes: *draw.weighted(&[(6, "1.37"), (2, "1.36"), (1, "1.35.0"), (1, "1.33")]),
        }
    }

    /// The question of a seed to the one cluster of another seed: its context is all that the cluster holds, and its settings are those by
    /// default. So can a delivery be asked that reads a cluster.
    pub fn of_cluster(seed: u64, cluster: u64) -> Self {
        let mut draw = Draw::of(cluster ^ 0xad317);
        let stored = set::set(&mut draw);
        let context = around::whole(&stored, &mut draw);
        let mut draw = Draw::of(seed ^ 0xc1a5);
        let (request, _) = change::request(&stored, &mut draw);
        Self {
            review: json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}),
            context,
            settings: json!({}),
            kubernetes: "1.37",
        }
    }

    /// The request of [`Question::of`] alone.
    pub fn request_of(seed: u64) -> Value {
        let mut draw = Draw::of(seed ^ 0xad317);
        let stored = set::set(&mut draw);
        change::request(&stored, &mut draw).0
    }

    /// The core's verdict.
    ///
    /// # Errors
    /// A review that cannot be read. Context and settings always can.
    pub fn verdict(&self) -> Result<Verdict, Error> {
        let settings = Settings::parse(&self.settings).expect("settings are drawn from those that there are");
        let context = Observation::of_value(self.context.clone()).expect("a context is an observation");
        let profile: Profile = self.kubernetes.parse().expect("the version is known");
        let request = Request::parse(&self.review)?;
        Ok(review(&request, &Context::from(context), &settings, &profile))
    }

    /// The object that would be stored where the verdict fills something in.
    pub fn patched(&self, verdict: &Verdict) -> Option<Value> {
        let object = &self.review["request"]["object"];
        verdict.patched(object).filter(|_| verdict.allowed)
    }
}

/// As by default, or each policy in any mode.
fn settings(draw: &mut Draw) -> Value {
    let mut settings = Map::new();
    if draw.percent(60) {
        let mut policies = Map::new();
        for number in 1..=10 {
            if draw.percent(60) {
                let mode = *draw.weighted(&[(5, "deny"), (3, "warn"), (2, "off")]);
                policies.insert(format!("P{number}"), mode.into());
            }
        }
        settings.insert("policies".to_owned(), policies.into());
    }
    if draw.percent(5) {
        let excluded = *draw.pick(&["shop", "sh*", "kube-*", "*"]);
        settings.insert("namespaces".to_owned(), json!({"exclude": [excluded]}));
    }
    if draw.percent(30) {
        let quorum = draw
            .pick(&[json!("off"), json!("majority"), json!(2), json!(4)])
            .clone();
        settings.insert("quorum".to_owned(), quorum);
    }
    if draw.percent(45) {
        settings.insert("fillServiceName".to_owned(), json!(draw.percent(80)));
    }
    settings.into()
}
