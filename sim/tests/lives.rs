//! Whole lives of the example sets, from the first action to the end, as a person would check them by hand.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use serde_json::{Value, json};
use steadfast_core::manifest;
use steadfast_sim::forecast::{Forecast, ForecastInput, Outcome, State, forecast};
use steadfast_sim::settings::Settings;
use steadfast_sim::store::Propagation;

const WEB: &[u8] = include_bytes!("../../examples/web.yaml");
const WEB_V2: &[u8] = include_bytes!("../../examples/web-v2.yaml");
const WEB_SCALED: &[u8] = include_bytes!("../../examples/web-scaled.yaml");
const BROKEN_IMAGE: &[u8] = include_bytes!("../../examples/broken-image.yaml");
const UNBINDABLE: &[u8] = include_bytes!("../../examples/unbindable-claim.yaml");
const QUORUM: &[u8] = include_bytes!("../../examples/quorum.yaml");
const CACHE: &[u8] = include_bytes!("../../examples/cache.yaml");
const PRIMARY: &[u8] = include_bytes!("../../examples/primary-replicas.yaml");
const BROKEN_DUMP: &[u8] = include_bytes!("../../tests/recorded/web/broken.yaml");

fn read(text: &[u8]) -> Vec<Value> {
    manifest::objects(manifest::read(text).unwrap())
        .into_iter()
        .map(|object| object.value)
        .collect()
}

fn create(text: &[u8]) -> ForecastInput {
    ForecastInput::of(read(text))
}

fn change(from: &[u8], to: &[u8]) -> ForecastInput {
    let mut input = create(to);
    input.from = Some(read(from));
    input
}

fn behaving(mut input: ForecastInput, settings: Value) -> ForecastInput {
    input.settings = Settings::parse(&settings).unwrap();
    input
}

/// Every action with its time and code; revisions by their place, since their names are tested elsewhere.
fn story(forecast: &Forecast) -> Vec<String> {
    let line = |at: f64, action: &steadfast_sim::trace::ActionRecord| {
        let name = if action.operation.ends_with("ControllerRevision") {
            ""
        } else {
            &action.name
        };
        format!("{at:.3} {} {name} {}", action.operation, action.reason.code()).replace("  ", " ")
    };
    let steps = forecast.steps.iter();
    steps
        .flat_map(|step| {
            step.actions
                .iter()
                .map(move |a| line(step.at.0 as f64 / 1000.0, &a.action))
        })
        .collect()
}

/// The rows of `kubectl get pods -w`, without ages, each once in a row.
fn watch(forecast: &Forecast) -> Vec<String> {
    let rows = forecast
        .trace
        .watch("default")
        .map(|(_, row)| format!("{} {} {}", row.name, row.ready, row.status));
    let mut rows: Vec<String> = rows.collect();
    rows.dedup();
    rows
}

#[test]
fn ordered_creation_makes_each_claim_and_pod_once_its_predecessor_is_ready() {
    let forecast = forecast(&create(WEB)).unwrap();
    assert_eq!(
        story(&forecast),
        [
            "0.000 CreateControllerRevision newTemplate",
            "0.005 CreatePersistentVolumeClaim www-web-0 claimMissing",
            "0.010 CreatePod web-0 replicaMissing",
            // 0.1 s to schedule, 2 s to pull, 1 s to start.
            "3.110 CreatePersistentVolumeClaim www-web-1 claimMissing",
            "3.115 CreatePod web-1 replicaMissing",
            "6.215 CreatePersistentVolumeClaim www-web-2 claimMissing",
            "6.220 CreatePod web-2 replicaMissing",
        ]
    );
    assert_eq!(
        watch(&forecast),
        [
            "web-0 0/1 Pending",
            "web-0 0/1 ContainerCreating",
            "web-0 1/1 Running",
            "web-1 0/1 Pending",
            "web-1 0/1 ContainerCreating",
            "web-1 1/1 Running",
            "web-2 0/1 Pending",
            "web-2 0/1 ContainerCreating",
            "web-2 1/1 Running",
        ]
    );
    assert_eq!((forecast.outcome, forecast.claims.created), (Outcome::Stable, 3));
    // The name that a real API server and controller gave this revision.
    assert_eq!(forecast.revision.as_deref(), Some("web-7f7ccb5f97"));
}

#[test]
fn a_rolling_update_goes_from_the_highest_ordinal_down_and_keeps_the_claims() {
    let forecast = forecast(&change(WEB, WEB_V2)).unwrap();
    assert_eq!(
        story(&forecast),
        [
            "0.000 CreateControllerRevision newTemplate",
            "0.005 DeletePod web-2 rollingUpdate",
            "1.005 CreatePod web-2 replicaMissing",
            "4.105 DeletePod web-1 rollingUpdate",
            "5.105 CreatePod web-1 replicaMissing",
            "8.205 DeletePod web-0 rollingUpdate",
            "9.205 CreatePod web-0 replicaMissing",
        ]
    );
    assert_eq!(
        watch(&forecast)[..5],
        [
            "web-2 1/1 Terminating",
            "web-2 0/1 Terminating",
            "web-2 0/1 Pending",
            "web-2 0/1 ContainerCreating",
            "web-2 1/1 Running",
        ]
    );
    assert_eq!(
        (
            forecast.pods.restarted,
            forecast.claims.kept,
            forecast.min_available
        ),
        (3, 3, Some(2))
    );
}

#[test]
fn scaling_down_deletes_one_pod_after_the_other_and_with_the_policy_their_claims() {
    let forecast = forecast(&change(WEB, WEB_SCALED)).unwrap();
    assert_eq!(
        story(&forecast),
        [
            "0.000 UpdatePersistentVolumeClaim www-web-2 claimRetention",
            "0.005 UpdatePersistentVolumeClaim www-web-1 claimRetention",
            "0.010 DeletePod web-2 scaleDown",
            "1.010 DeletePod web-1 scaleDown",
        ]
    );
    assert_eq!(forecast.pod_names.deleted, ["web-1", "web-2"]);
    assert_eq!(forecast.claim_names.deleted, ["www-web-1", "www-web-2"]);
    assert_eq!(
        (forecast.pod_names.untouched, forecast.min_available),
        (vec!["web-0".to_owned()], Some(1))
    );
}

#[test]
fn a_broken_image_blocks_at_its_first_pod_and_the_image_is_named() {
    let settings = json!({"behaviours": [{"image": "*:no-such-tag", "what": "imageNeverPulls"}]});
    let forecast = forecast(&behaving(create(BROKEN_IMAGE), settings)).unwrap();
    assert_eq!(
        (forecast.outcome, forecast.verdict.state),
        (Outcome::Blocked, State::Blocked)
    );
    let blocker = &forecast.verdict.blockers[0];
    assert_eq!((&*blocker.name, &*blocker.reason), ("shop-0", "ImagePullBackOff"));
    assert!(
        blocker
            .message
            .starts_with("Back-off pulling image \"nginx:no-such-tag\""),
        "{}",
        blocker.message
    );
    assert_eq!(
        story(&forecast),
        [
            "0.000 CreateControllerRevision newTemplate",
            "0.005 CreatePod shop-0 replicaMissing"
        ]
    );
    assert!(
        forecast.seconds < 10.0,
        "the last new thing is the back-off, not its repetitions: {}",
        forecast.seconds
    );
}

#[test]
fn a_claim_of_a_class_that_is_not_there_blocks_and_both_pod_and_claim_say_so() {
    let settings = json!({"storageClasses": [{"name": "no-such-class", "exists": false}]});
    let forecast = forecast(&behaving(create(UNBINDABLE), settings)).unwrap();
    assert_eq!(forecast.outcome, Outcome::Blocked);
    let blockers: Vec<(&str, &str)> = forecast
        .verdict
        .blockers
        .iter()
        .map(|b| (&*b.name, &*b.message))
        .collect();
    assert_eq!(blockers[0].0, "archive-0");
    assert!(
        blockers[0].1.contains("unbound immediate PersistentVolumeClaims"),
        "{blockers:?}"
    );
    assert_eq!(
        blockers[1],
        (
            "files-archive-0",
            "storageclass.storage.k8s.io \"no-such-class\" not found"
        )
    );
}

#[test]
fn min_ready_seconds_pass_before_the_next_member() {
    let forecast = forecast(&create(QUORUM)).unwrap();
    let created: Vec<String> = story(&forecast)
        .into_iter()
        .filter(|line| line.contains("CreatePod"))
        .collect();
    // Conditions count whole seconds: ready at 3.110, available 5 s after 3.000, and strictly later.
    assert_eq!(
        created,
        [
            "0.010 CreatePod quorum-0 replicaMissing",
            "8.006 CreatePod quorum-1 replicaMissing",
            "16.006 CreatePod quorum-2 replicaMissing",
        ]
    );
    assert_eq!(forecast.outcome, Outcome::Stable);
}

#[test]
fn parallel_pods_are_created_by_slow_start() {
    let forecast = forecast(&create(CACHE)).unwrap();
    assert_eq!(
        story(&forecast)[1..],
        [
            "0.005 CreatePod cache-0 replicaMissing",
            "0.010 CreatePod cache-1 replicaMissing",
            "0.010 CreatePod cache-2 replicaMissing",
            "0.015 CreatePod cache-3 replicaMissing",
            "0.015 CreatePod cache-4 replicaMissing",
        ]
    );
    assert!(forecast.seconds < 4.0, "{}", forecast.seconds);
}

#[test]
fn an_init_container_runs_before_its_pod_and_every_pod_before_the_next() {
    let forecast = forecast(&create(PRIMARY)).unwrap();
    let rows = watch(&forecast);
    assert_eq!(
        rows[..4],
        [
            "db-0 0/1 Pending",
            "db-0 0/1 Init:0/1",
            "db-0 0/1 PodInitializing",
            "db-0 1/1 Running"
        ]
    );
    let place = |row: &str| rows.iter().position(|other| other == row).unwrap();
    assert!(
        place("db-0 1/1 Running") < place("db-1 0/1 Pending")
            && place("db-1 1/1 Running") < place("db-2 0/1 Pending")
    );
}

#[test]
fn each_cascade_ends_as_it_promises() {
    let delete = |propagation| {
        let mut input = ForecastInput::of(Vec::new());
        input.from = Some(read(WEB));
        input.deletion = Some(propagation);
        forecast(&input).unwrap()
    };
    for (propagation, deleted) in [
        (Propagation::Background, 3),
        (Propagation::Foreground, 3),
        (Propagation::Orphan, 0),
    ] {
        let forecast = delete(propagation);
        assert_eq!(
            (forecast.outcome, forecast.verdict.deleted),
            (Outcome::Stable, true),
            "{propagation:?}"
        );
        assert_eq!(
            (forecast.pods.deleted, forecast.claims.kept),
            (deleted, 3),
            "{propagation:?}"
        );
        assert_eq!(forecast.min_available, Some(3 - deleted), "{propagation:?}");
    }
}

#[test]
fn a_broken_rollout_is_not_repaired_by_a_good_template_and_the_pod_to_delete_is_named() {
    let mut repaired = create(WEB_V2);
    repaired.observed = read(BROKEN_DUMP);
    let stuck = forecast(&repaired).unwrap();
    assert_eq!((stuck.outcome, stuck.pods.untouched), (Outcome::Blocked, 3));
    assert_eq!(
        (
            &*stuck.verdict.blockers[0].name,
            &*stuck.verdict.blockers[0].reason
        ),
        ("web-2", "ImagePullBackOff")
    );
    assert!(
        stuck
            .assumed
            .contains(&"Pod `web-2` stays ImagePullBackOff until it is replaced".to_owned()),
        "{:?}",
        stuck.assumed
    );
}

#[test]
fn the_same_question_has_the_same_answer() {
    let ask = || {
        serde_json::to_string(&forecast(&behaving(change(WEB, WEB_V2), json!({"jitter": 20}))).unwrap())
            .unwrap()
    };
    assert_eq!(ask(), ask());
}
