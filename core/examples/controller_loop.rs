//! The loop of a controller on core alone: a world that is a map of objects, in which every Pod runs as soon as it is
//! made. It also is what the WebAssembly check builds, so it reads its manifest as text.

use std::process::ExitCode;

use serde_json::{Value, json};
use steadfast_core::{Error, Kind, Observed, Operation, Profile, Timestamp, explain, manifest, reconcile};

const MANIFEST: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, namespace: default, uid: set-uid, generation: 1}
spec:
  replicas: 3
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let documents = manifest::read(MANIFEST.as_bytes()).map_err(|error| error.to_string())?;
    let set = documents.into_iter().next().ok_or("no document")?.value;
    let mut observed = Observed::of_set(set).map_err(|error| error.to_string())?;
    let mut now = Timestamp::new(1_795_219_200, 0);
    loop {
        let plan = reconcile(&observed, now, &Profile::default());
        if plan.is_empty() {
            return Ok(());
        }
        for action in &plan.actions {
            println!(
                "{now} {} {}: {}",
                action.operation.name(),
                action.name,
                explain::reason(action)
            );
            execute(&mut observed, &action.name, &action.operation).map_err(|error| error.to_string())?;
        }
        for wait in &plan.waits {
            println!("{now} waits {}", explain::wait(wait));
        }
        if let Some(status) = plan.status.filter(|_| plan.status_changed) {
            let mut set = observed.set().object().clone();
            if let (Value::Object(set), Ok(status)) = (&mut set, serde_json::to_value(status)) {
                set.insert("status".to_owned(), status);
            }
            observed.put(set).map_err(|error| error.to_string())?;
        }
        now = now.plus_seconds(1);
    }
}

/// A host would send this to an API server, and learn the outcome by its next observation.
fn execute(observed: &mut Observed, name: &str, operation: &Operation) -> Result<(), Error> {
    if let Operation::DeletePod { .. } = operation {
        observed.remove(Kind::Pod, name);
    }
    let Some(Value::Object(mut object)) = operation.object().cloned() else {
        return Ok(());
    };
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        metadata.insert("uid".to_owned(), json!(format!("uid-of-{name}")));
    }
    if operation.kind() == Kind::Pod {
        let ready = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        object.insert("status".to_owned(), ready);
    }
    observed.put(Value::Object(object))
}
