//! The suite `admission`: the webhook, registered with a real API server, asked by kubectl and by many at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command;
use crate::conformance::built;
use crate::record::binaries::{Binaries, kubernetes_version};
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;

mod asking;
mod running;
mod storm;

use asking::{Asker, Outcome};
use running::Webhook;

const LIMIT: Duration = Duration::from_secs(90);
const NAMESPACE: &str = "shop";
const SCALE: &str = "/apis/apps/v1/namespaces/shop/statefulsets/db/scale";

/// Starts it all, and tells what happened for each kind of change.
///
/// # Errors
/// A program that does not start, or an answer that is not the expected one.
pub fn run() -> Result<(), String> {
    let program = built(&["-p", "steadfast-webhook"], "steadfast-webhook")?;
    let repository = command::repository();
    let binaries = Binaries::ready(repository)?;
    let kubectl = binaries.server.kubectl.clone();
    println!("Kubernetes {}", kubernetes_version(repository)?);
    let mut cluster = Cluster::start(repository, binaries)?;
    cluster.start_controller()?;
    let asker = Asker::new(kubectl, &cluster);

    let base = repository.join("webhook/deploy/base").display().to_string();
    // A dry run of all of it first: the API server reads each manifest by its schema.
    asker.must(&["create", "namespace", "steadfast"])?;
    let applied = asker.must(&["apply", "-k", &base, "--dry-run=server", "--validate=strict"])?;
    println!(
        "the base is taken as it is: {} objects",
        applied.out.lines().count()
    );
    asker.must(&["apply", "-k", &base])?;
    let mut webhook = Webhook::new(program, &cluster, &asker)?;
    register(&asker, &webhook)?;
    asker.must(&["create", "namespace", NAMESPACE])?;
    asker.must_with(&["create", "-f", "-"], &set(3).to_string())?;
    asker.must(&["-n", NAMESPACE, "wait", READY, "sts/db", "--timeout=60s"])?;
    webhook.start("slow", &webhook.stranger()?)?;
    before_the_cache_has_listed(&asker, &webhook)?;
    webhook.stop();

    let account = webhook.account()?;
    webhook.start("first", &account)?;
    webhook.wait_ready()?;
    until_denied(&asker)?;
    changes(&asker)?;
    break_glass(&asker, &cluster)?;
    deletions(&asker)?;
    storm::burst(&asker, &cluster)?;
    storm::rotation(&asker, &cluster, &webhook)?;
    outages(&asker, &mut webhook, &account)?;
    Ok(())
}

/// The webhook's configuration, with its address on loopback in place of its Service.
fn register(asker: &Asker, webhook: &Webhook) -> Result<(), String> {
    let url = format!("https://127.0.0.1:{}/validate", webhook.port);
    let patch = json!([{"op": "replace", "path": "/webhooks/0/clientConfig", "value": {"url": url}}]);
    configure(asker, &patch)
}

fn configure(asker: &Asker, patch: &Value) -> Result<(), String> {
    let patch = patch.to_string();
    let configuration = ["validatingwebhookconfiguration", "steadfast-webhook"];
    asker.must(&[
        "patch",
        configuration[0],
        configuration[1],
        "--type=json",
        "-p",
        &patch,
    ])?;
    Ok(())
}

fn fail_by(asker: &Asker, policy: &str) -> Result<(), String> {
    configure(
        asker,
        &json!([{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": policy}]),
    )?;
    // API servers hear of it by a watch.
    std::thread::sleep(Duration::from_secs(2));
    Ok(())
}

fn set(replicas: i64) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "namespace": NAMESPACE}, "spec": {
        "replicas": replicas, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
        "podManagementPolicy": "Parallel",
        "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Delete"},
        "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [
            {"name": "db", "image": "db:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
            "storageClassName": "standard", "resources": {"requests": {"storage": "1Gi"}}}}]}})
}

/// While lists are missing nothing is denied, who asks is warned, and the server is not ready; once it may read, it is.
fn before_the_cache_has_listed(asker: &Asker, webhook: &Webhook) -> Result<(), String> {
    println!("\n== before the cache has listed: an account that may read nothing yet");
    let says = "the scale of StatefulSet db is not judged: the set could not be read";
    // Until its CA is known, `failurePolicy: Ignore` lets changes through without a word.
    let outcome = wait_for("a warning of the cache", LIMIT, || {
        let outcome = asker.kubectl(&SCALE_IN);
        Ok((outcome.err.contains(says) || outcome.code != 0).then_some(outcome))
    })?;
    outcome.show("kubectl scale");
    outcome.allowed(Some(says))?;
    if webhook.is_ready() {
        return Err("it said that it is ready".to_owned());
    }
    asker.must(&[
        "create",
        "clusterrolebinding",
        "late",
        "--clusterrole=steadfast-webhook",
        "--serviceaccount=steadfast:stranger",
    ])?;
    let began = Instant::now();
    webhook.wait_ready()?;
    println!("it may read now: ready {} ms later", began.elapsed().as_millis());
    asker.kubectl(&SCALE_IN).denied(GONE)
}

fn until_denied(asker: &Asker) -> Result<(), String> {
    println!("\n== the webhook as the account of webhook/deploy/base, all policies at their defaults");
    let began = Instant::now();
    wait_for("the first denial", LIMIT, || {
        let outcome = asker.kubectl(&SCALE_IN);
        Ok((outcome.code != 0).then_some(()))
    })?;
    println!(
        "the first denial came {} ms after it was ready",
        began.elapsed().as_millis()
    );
    Ok(())
}

/// A change that is denied, or is not, and that changes nothing.
const SCALE_IN: [&str; 6] = [
    "-n",
    NAMESPACE,
    "scale",
    "sts/db",
    "--replicas=1",
    "--dry-run=server",
];
const READY: &str = "--for=jsonpath={.status.readyReplicas}=3";
const GONE: &str = "P1: whenScaled is Delete: scaling in deletes data-db-1, data-db-2";

fn changes(asker: &Asker) -> Result<(), String> {
    println!("\n== changes");
    let ask = |what: &str, arguments: &[&str], input: Option<&Value>| -> Outcome {
        let input = input.map(ToString::to_string);
        let outcome = asker.kubectl_with(arguments, input.as_deref());
        outcome.show(what);
        outcome
    };
    let n = ["-n", NAMESPACE];
    let on = |rest: &[&'static str]| -> Vec<&'static str> { [&n[..], rest].concat() };
    let mut other = set(1);
    other["metadata"]["name"] = json!("cache");
    other["spec"]["serviceName"] = json!("missing");
    other["spec"]["selector"]["matchLabels"]["app"] = json!("cache");
    other["spec"]["template"]["metadata"]["labels"]["app"] = json!("cache");
    ask(
        "create, with a Service that is not there",
        &["create", "-f", "-"],
        Some(&other),
    )
    .allowed(Some("P9: Service missing does not exist"))?;
    let mut dry = other.clone();
    dry["metadata"]["name"] = json!("dry");
    ask(
        "create, as a dry run",
        &["create", "--dry-run=server", "-f", "-"],
        Some(&dry),
    )
    .allowed(Some("P9: Service missing does not exist"))?;
    if asker.kubectl(&on(&["get", "sts/dry"])).code == 0 {
        return Err("a dry run stored something".to_owned());
    }
    ask("kubectl scale", &on(&["scale", "sts/db", "--replicas=1"]), None).denied(GONE)?;
    ask(
        "kubectl scale, as a dry run",
        &on(&["scale", "sts/db", "--replicas=1", "--dry-run=server"]),
        None,
    )
    .denied(GONE)?;
    let mut scale: Value = serde_json::from_str(&asker.must(&["get", "--raw", SCALE])?.out)
        .map_err(|error| format!("the scale: {error}"))?;
    scale["spec"]["replicas"] = json!(1);
    ask(
        "PUT of /scale, as an autoscaler does",
        &["replace", "--raw", SCALE, "-f", "-"],
        Some(&scale),
    )
    .denied(GONE)?;
    for (kind, patch) in [
        ("merge", r#"{"spec":{"replicas":1}}"#),
        ("strategic", r#"{"spec":{"replicas":1}}"#),
        ("json", r#"[{"op":"replace","path":"/spec/replicas","value":1}]"#),
    ] {
        let kind = format!("--type={kind}");
        let arguments = [&n[..], &["patch", "sts/db", &kind, "-p", patch]].concat();
        ask(&format!("patch {kind}"), &arguments, None).denied(GONE)?;
        let arguments = [&arguments[..], &["--subresource=scale"]].concat();
        if kind != "--type=strategic" {
            ask(&format!("patch {kind} of /scale"), &arguments, None).denied(GONE)?;
        }
    }
    let by = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--field-manager=gitops",
        "-f",
        "-",
    ];
    ask("server-side apply", &by, Some(&set(1))).denied(GONE)?;
    ask("client-side apply", &["apply", "-f", "-"], Some(&set(1))).denied(GONE)?;
    let flip =
        r#"{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain","whenDeleted":"Retain"}}}"#;
    ask(
        "retention to Retain",
        &[&n[..], &["patch", "sts/db", "--type=merge", "-p", flip]].concat(),
        None,
    )
    .allowed(None)?;
    let back = flip.replace("Retain", "Delete");
    let arguments = [&n[..], &["patch", "sts/db", "--type=merge", "-p", &back]].concat();
    ask("retention back to Delete", &arguments, None).denied("P3: whenScaled and whenDeleted change")?;
    asker.must(&on(&["annotate", "sts/db", "steadfast.dev/allow=P3"]))?;
    ask("the same, with the annotation", &arguments, None)
        .allowed(Some("P3, which steadfast.dev/allow lets through"))?;
    asker.must(&on(&["annotate", "sts/db", "steadfast.dev/allow-"]))?;
    let status = r#"{"status":{"replicas":3,"observedGeneration":1}}"#;
    let arguments = [
        &n[..],
        &[
            "patch",
            "sts/db",
            "--subresource=status",
            "--type=merge",
            "-p",
            status,
        ],
    ]
    .concat();
    ask("a status update", &arguments, None).allowed(None)?;
    ask("a label", &on(&["label", "sts/db", "team=a"]), None).allowed(None)?;
    ask("scaling out", &on(&["scale", "sts/db", "--replicas=4"]), None).allowed(None)?;
    asker.must(&["create", "namespace", "other"])?;
    let mut excluded = other;
    excluded["metadata"]["namespace"] = json!("kube-system");
    let outcome = ask("create in kube-system", &["create", "-f", "-"], Some(&excluded));
    if outcome.err.contains("P9") {
        return Err("kube-system is not excluded".to_owned());
    }
    outcome.allowed(None)
}

/// An annotation lets a change through, and the audit log has it.
fn break_glass(asker: &Asker, cluster: &Cluster) -> Result<(), String> {
    println!("\n== break-glass");
    let n = ["-n", NAMESPACE];
    asker.must(
        &[
            &n[..],
            &[
                "wait",
                "--for=jsonpath={.status.readyReplicas}=4",
                "sts/db",
                "--timeout=60s",
            ],
        ]
        .concat(),
    )?;
    asker.must(&[&n[..], &["annotate", "sts/db", "steadfast.dev/allow=P1"]].concat())?;
    let outcome = wait_for("the cache to see the annotation", LIMIT, || {
        let outcome = asker.kubectl(&[&n[..], &["scale", "sts/db", "--replicas=3"]].concat());
        Ok((outcome.code == 0).then_some(outcome))
    })?;
    outcome.show("kubectl scale to 3, annotated");
    outcome.allowed(Some("P1, which steadfast.dev/allow lets through"))?;
    asker.must(&[&n[..], &["annotate", "sts/db", "steadfast.dev/allow-"]].concat())?;
    let audit = std::fs::read_to_string(&cluster.audit.path).map_err(|e| format!("the audit log: {e}"))?;
    let recorded = audit
        .lines()
        .filter(|line| line.contains(r#""statefulsets.steadfast.dev/allowed":"P1""#));
    println!("the audit log has it: {} time(s)", recorded.clone().count());
    match recorded.count() {
        0 => Err("the audit log says nothing of the annotation".to_owned()),
        _ => Ok(()),
    }
}

fn deletions(asker: &Asker) -> Result<(), String> {
    println!("\n== deletions");
    let says = "P2: whenDeleted is Delete: the deletion deletes data-db-0, data-db-1, data-db-2";
    for cascade in ["background", "foreground"] {
        let flag = format!("--cascade={cascade}");
        let outcome = asker.kubectl(&["-n", NAMESPACE, "delete", "sts/db", &flag, "--wait=false"]);
        outcome.show(&format!("delete {flag}"));
        outcome.denied(says)?;
    }
    let outcome = asker.kubectl(&["-n", NAMESPACE, "delete", "sts", "--all", "--dry-run=server"]);
    outcome.show("delete --all, as a dry run");
    outcome.denied(says)?;
    let outcome = asker.kubectl(&["-n", NAMESPACE, "delete", "sts/db", "--cascade=orphan"]);
    outcome.show("delete --cascade=orphan");
    outcome.allowed(None)?;
    asker.must_with(&["create", "-f", "-"], &set(3).to_string())?;
    asker.must(&["-n", NAMESPACE, "wait", READY, "sts/db", "--timeout=60s"])?;
    println!("made anew, it has taken its Pods and claims back");
    until_denied_again(asker)
}

fn until_denied_again(asker: &Asker) -> Result<(), String> {
    wait_for("the cache to see the set", LIMIT, || {
        let outcome = asker.kubectl(&SCALE_IN);
        Ok((outcome.code != 0 && outcome.err.contains(GONE)).then_some(()))
    })
}

/// The webhook killed, with both failure policies, and started again.
fn outages(asker: &Asker, webhook: &mut Webhook, account: &std::path::Path) -> Result<(), String> {
    println!("\n== outages");
    webhook.stop();
    fail_by(asker, "Ignore")?;
    let outcome = asker.kubectl(&SCALE_IN);
    outcome.show("scaling in, the webhook killed, failurePolicy Ignore");
    outcome.allowed(None)?;
    fail_by(asker, "Fail")?;
    let outcome = asker.kubectl(&SCALE_IN);
    outcome.show("scaling in, the webhook killed, failurePolicy Fail");
    outcome.denied("failed calling webhook \"statefulsets.steadfast.dev\"")?;
    let status = r#"{"status":{"replicas":3}}"#;
    let outcome = asker.kubectl(&[
        "-n",
        NAMESPACE,
        "patch",
        "sts/db",
        "--subresource=status",
        "--type=merge",
        "-p",
        status,
    ]);
    outcome.show("a status update meanwhile");
    outcome.allowed(None)?;
    let mut own = set(1);
    (own["metadata"]["name"], own["metadata"]["namespace"]) = (json!("own"), json!("steadfast"));
    let outcome = asker.kubectl_with(&["create", "--dry-run=server", "-f", "-"], Some(&own.to_string()));
    outcome.show("a set in the webhook's own namespace meanwhile");
    outcome.allowed(None)?;
    let began = Instant::now();
    webhook.start("again", account)?;
    webhook.wait_ready()?;
    until_denied_again(asker)?;
    println!(
        "started again, with an authority of its own: it denies after {} ms",
        began.elapsed().as_millis()
    );
    let began = Instant::now();
    webhook.terminate()?;
    println!(
        "SIGTERM: ended by itself after {} ms",
        began.elapsed().as_millis()
    );
    fail_by(asker, "Ignore")
}
