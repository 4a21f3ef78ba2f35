//! Asks the Kubewarden policy in the waPC host on wasmtime that Kubewarden's policy server is made of.
//!
//! Each line of standard input is a question, `{"payload": …, "context": …}`: the payload of `validate`, and what the cluster holds, in
//! the form of an observation. Each line of standard output is the policy's answer, or `{"error": …}`. The policy is named by the
//! first argument.

use std::error::Error;
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use wapc::WapcHost;
use wasmtime_provider::WasmtimeEngineProviderBuilder;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let path = std::env::args().nth(1).ok_or("which policy? its file is the argument")?;
    let module = std::fs::read(&path).map_err(|error| format!("`{path}`: {error}"))?;
    let context = Arc::new(Mutex::new(Value::Null));
    let answering = Arc::clone(&context);
    let host = WapcHost::new(
        Box::new(WasmtimeEngineProviderBuilder::new().module_bytes(&module).build()?),
        Some(Box::new(move |_, binding, namespace, operation, payload| {
            let context = answering.lock().unwrap_or_else(PoisonError::into_inner);
            answer(&context, [binding, namespace, operation], payload)
        })),
    )?;
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let mut question: Value = serde_json::from_str(&line?)?;
        *context.lock().unwrap_or_else(PoisonError::into_inner) = question["context"].take();
        let answer = match host.call("validate", question["payload"].to_string().as_bytes()) {
            Ok(answer) => serde_json::from_slice(&answer)?,
            Err(error) => json!({"error": {"message": error.to_string()}}),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// What a policy server says of its cluster; a list that the context lacks is refused.
fn answer(context: &Value, asked: [&str; 3], payload: &[u8]) -> Result<Vec<u8>, Failure> {
    let question: Value = serde_json::from_slice(payload)?;
    let [binding, namespace, operation] = asked;
    let kind = question["kind"].as_str().unwrap_or_default();
    let found = match (binding, namespace, operation) {
        ("kubewarden", "kubernetes", "get_resource") => match &context["statefulSet"] {
            Value::Null => return Err(format!("{kind} {} not found", question["name"]).into()),
            set => set.clone(),
        },
        ("kubewarden", "kubernetes", "list_resources_by_namespace") => {
            let within = question["namespace"].as_str().unwrap_or_default();
            let items = items(context, kind, within).ok_or_else(|| format!("{kind} may not be listed"))?;
            json!({"apiVersion": question["api_version"], "kind": format!("{kind}List"), "metadata": {}, "items": items})
        }
        _ => return Err(format!("nothing here answers {binding} {namespace} {operation}").into()),
    };
    Ok(found.to_string().into_bytes())
}

/// The objects of a kind in a namespace, as items of a list: without what they are.
fn items(context: &Value, kind: &str, namespace: &str) -> Option<Vec<Value>> {
    let list = match kind {
        "Pod" => "pods",
        "PersistentVolumeClaim" => "persistentVolumeClaims",
        "Service" => "services",
        "PodDisruptionBudget" => "podDisruptionBudgets",
        _ => "workloads",
    };
    let mut items = Vec::new();
    for object in context[list].as_array()? {
        let own = match object["metadata"]["namespace"].as_str() {
            None | Some("") => "default",
            Some(own) => own,
        };
        if own != namespace || (list == "workloads" && object["kind"] != kind) {
            continue;
        }
        let mut object = object.clone();
        if let Value::Object(fields) = &mut object {
            fields.remove("kind");
            fields.remove("apiVersion");
        }
        items.push(object);
    }
    Some(items)
}
