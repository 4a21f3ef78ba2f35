//! Steadfast for WebAssembly: bindings on core and simulator that translate and never decide.
//!
//! Everything crosses the boundary as JSON text, in the forms of `wire.md`: JSON text is what costs least on the way in
//! (packaging facts: 42 ms against 92 ms for a thousand Pods as JavaScript values), and what loses nothing (numbers past
//! 2^53). Every answer is a tagged union, `{"ok": true, "value": …}` or `{"ok": false, "error": …}`; nothing here throws.
//! What has a state is a handle: [`Observation`] and [`Simulation`]. The npm package `steadfast` puts types and
//! JavaScript values around it.

mod answer;
#[cfg(feature = "compare")]
mod compare;
#[cfg(feature = "diff")]
mod diff;
#[cfg(feature = "explain")]
mod explain;
#[cfg(feature = "lint")]
mod lint;
mod observation;
mod options;
#[cfg(feature = "simulator")]
mod question;
#[cfg(feature = "admission")]
mod review;
#[cfg(feature = "simulator")]
mod simulation;
#[cfg(feature = "reader")]
mod text;
#[cfg(feature = "sentences")]
mod words;

use serde_json::{Value, json};
use steadfast_core::canonical::{UnknownFields, canonical_with};
use steadfast_core::{Error, Plan, Profile};
use wasm_bindgen::prelude::wasm_bindgen;

use answer::{answer, json};
pub use observation::Observation;
use options::Options;
#[cfg(feature = "simulator")]
pub use simulation::Simulation;

/// Memory in constant time, and in less code than the standard library's.
#[cfg(target_family = "wasm")]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// The plan for an observation. `options`: `{"kubernetes"?, "featureGates"?, "now"?}`, or nothing.
///
/// ```
/// let observation = r#"{"now": "2026-11-21T00:00:00Z", "pods": [], "persistentVolumeClaims": [], "controllerRevisions": [],
///     "statefulSet": {"metadata": {"name": "web", "uid": "u"}, "spec": {
///         "replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}}}}}"#;
/// let plan = steadfast_wasm::reconcile(observation, "");
/// assert!(plan.starts_with(r#"{"ok":true,"value":{"actions":[{"type":"CreateControllerRevision""#), "{plan}");
/// assert!(steadfast_wasm::reconcile("{", "").starts_with(r#"{"ok":false,"error":{"code":"unreadable""#));
/// ```
#[wasm_bindgen]
pub fn reconcile(observation: &str, options: &str) -> String {
    let plan = || -> Result<Plan, Error> {
        let options = Options::parse(options)?;
        let mut handle = Observation::default();
        handle.fill(observation, &options)?;
        handle.decide(&options)
    };
    answer(plan())
}

/// The name of the revision of a set's template: of a manifest, or of a set that an API server returned.
#[wasm_bindgen(js_name = revisionName)]
pub fn revision_name(set: &str, options: &str) -> String {
    let name = || steadfast_core::revision_name_of(&json(set)?, &Options::parse(options)?.profile);
    answer(name())
}

/// A set as an API server of this version stores it: `{"object", "unknown"}`. Fields that the version does not know are
/// kept, and named in `unknown`.
#[wasm_bindgen]
pub fn canonical(set: &str, options: &str) -> String {
    let form = || -> Result<Value, Error> {
        let profile = Options::parse(options)?.profile;
        let canonical = canonical_with(&json(set)?, &profile, UnknownFields::Keep)?;
        Ok(json!({"object": canonical.object, "unknown": canonical.unknown}))
    };
    answer(form())
}

/// Why actions are taken and what waits await, as clauses: a list of `{"action": …}` of a plan, `{"record": …}` of a trace and
/// `{"wait": …}` becomes a list of texts.
///
/// ```
/// let wait = r#"[{"wait": {"code": "podRunningAndReady", "kind": "Pod", "name": "web-0", "retry": false}}]"#;
/// let told = steadfast_wasm::sentences(wait);
/// assert_eq!(told, r#"{"ok":true,"value":["for Pod web-0 to be Running and Ready"]}"#);
/// ```
#[cfg(feature = "sentences")]
#[wasm_bindgen]
pub fn sentences(given: &str) -> String {
    answer(words::sentences(given))
}

/// What this build is: its version, the versions of Kubernetes that it knows, and its features.
#[wasm_bindgen]
pub fn about() -> String {
    let features: Vec<&str> = [
        ("sentences", cfg!(feature = "sentences")),
        ("reader", cfg!(feature = "reader")),
        ("writer", cfg!(feature = "writer")),
        ("lint", cfg!(feature = "lint")),
        ("diff", cfg!(feature = "diff")),
        ("explain", cfg!(feature = "explain")),
        ("admission", cfg!(feature = "admission")),
        ("simulator", cfg!(feature = "simulator")),
        ("compare", cfg!(feature = "compare")),
    ]
    .into_iter()
    .filter_map(|(name, is_in)| is_in.then_some(name))
    .collect();
    answer(Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "kubernetes": {"newest": Profile::default().kubernetes(), "versions": Profile::VERSIONS, "rows": Profile::ROWS},
        "features": features,
    })))
}

/// The objects of a text, YAML or JSON, as kubectl reads it: `[{"object", "line"}]` with what kubectl passes over in silence
/// as `notices`.
#[cfg(feature = "reader")]
#[wasm_bindgen]
pub fn read(text: &str) -> String {
    answer(text::read(text))
}

/// A value as YAML, as kubectl writes it.
#[cfg(feature = "writer")]
#[wasm_bindgen]
pub fn write(value: &str) -> String {
    answer(json(value).map(|value| steadfast_core::manifest::to_yaml(&value)))
}

/// What an API server would say of the StatefulSets of a text, each finding with its place: `{"sets", "findings",
/// "passedOver"}`. Sets that the text `from` holds too are judged as updates of those.
///
/// ```
/// let text = "apiVersion: apps/v1\nkind: StatefulSet\nspec: {replica: 3}\n";
/// let linted = steadfast_wasm::lint(text, "", "");
/// assert!(linted.contains(r#""message":"spec.selector: Required value""#), "{linted}");
/// assert!(linted.contains(r#""remedy":"did you mean `replicas`?""#), "{linted}");
/// ```
#[cfg(feature = "lint")]
#[wasm_bindgen]
pub fn lint(text: &str, from: &str, options: &str) -> String {
    answer(lint::lint(text, from, options))
}

/// What an API server would store for the StatefulSet of a text: `{"object", "warnings", "unchecked"}`.
#[cfg(feature = "lint")]
#[wasm_bindgen]
pub fn defaulted(text: &str, options: &str) -> String {
    answer(lint::defaulted(text, options))
}

/// What changes between the StatefulSets of two texts, after defaulting: each change with its place in the new text, whether
/// it is allowed, makes a revision, restarts Pods; and a runbook where fields cannot be changed.
#[cfg(feature = "diff")]
#[wasm_bindgen]
pub fn diff(old: &str, new: &str, options: &str) -> String {
    answer(diff::diff(old, new, options))
}

/// Why a set is as it is (`wire.md`, "Explanation"): of an observation, or of the set `of`, `[NAMESPACE/]NAME`, in a dump.
/// Remedies are played from what was observed unless `unplayed`; `options` as for `reconcile`.
///
/// ```
/// let dump = r#"[{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "uid": "u"}, "spec": {
///     "replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}}}}]"#;
/// let explained = steadfast_wasm::explain(dump, "", true, r#"{"now": "2026-11-21T00:00:00Z"}"#);
/// assert!(explained.starts_with(r#"{"ok":true,"value":{"progress":{"code":"progressing""#), "{explained}");
/// ```
#[cfg(feature = "explain")]
#[wasm_bindgen]
pub fn explain(input: &str, of: &str, unplayed: bool, options: &str) -> String {
    answer(explain::explain(input, of, unplayed, options))
}

/// What the cluster's DNS says of a set: `{"set", "isPlanned", "clusterDomain", "ttl", "names", "records"}`. `settings`:
/// `{"clusterDomain"?, "ttl"?, "pods"?, "endpointPodNames"?, "namespaces"?}`, or nothing.
#[cfg(feature = "explain")]
#[wasm_bindgen]
pub fn dns(input: &str, of: &str, settings: &str) -> String {
    answer(explain::dns(input, of, settings))
}

/// What becomes of a name that a Pod asks for: `{"name", "types"?, "from"?}`.
#[cfg(feature = "explain")]
#[wasm_bindgen]
pub fn lookup(input: &str, of: &str, question: &str, settings: &str) -> String {
    answer(explain::lookup(input, of, question, settings))
}

/// What admission's policies say of a request: an AdmissionReview, or the `request` in one. `context` is an observation, of which
/// any part may be absent; `settings` those of admission; each may be empty.
///
/// ```
/// let request = r#"{"uid": "r", "operation": "CREATE", "namespace": "shop", "name": "db",
///     "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"}, "object": {"metadata": {"name": "db"}, "spec": {
///         "selector": {"matchLabels": {"app": "db"}}, "template": {"metadata": {"labels": {"app": "db"}}}}}}"#;
/// let verdict = steadfast_wasm::review(request, r#"{"workloads": []}"#, r#"{"policies": {"P9": "deny"}}"#, "");
/// assert!(verdict.starts_with(r#"{"ok":true,"value":{"allowed":false,"code":403,"message":"P9: there is no serviceName"#), "{verdict}");
/// ```
#[cfg(feature = "admission")]
#[wasm_bindgen]
pub fn review(request: &str, context: &str, settings: &str, options: &str) -> String {
    answer(review::review(request, context, settings, options))
}

/// What a manifest or a change does, to the end (`wire.md`, "Forecast").
#[cfg(feature = "simulator")]
#[wasm_bindgen]
pub fn plan(question: &str) -> String {
    answer(question::forecast_of(question))
}

/// The question of `plan`, or a story, under several versions of Kubernetes: where the answers part, and why. `versions` is a
/// list of names, such as `["1.35.0", "1.37"]`, or of `{"kubernetes"?, "featureGates"?}`.
#[cfg(feature = "compare")]
#[wasm_bindgen]
pub fn compare(question: &str, is_story: bool, versions: &str) -> String {
    answer(compare::comparison_of(question, is_story, versions))
}

/// A story played to its end (`wire.md`, "Scenario"): `{"at", "atRest", "ends", "trace"}`.
#[cfg(feature = "simulator")]
#[wasm_bindgen]
pub fn simulate(scenario: &str) -> String {
    use steadfast_sim::scenario::{Scenario, play};
    let played = || play(&Scenario::parse(&question::story(scenario)?)?);
    answer(played())
}
