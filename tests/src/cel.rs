//! The ValidatingAdmissionPolicies of `policies/` in a real API server, and the core's verdict on the same requests.
//!
//! Each policy is bound, as one that denies, to a namespace of its own, and asked by dry runs; then all are bound as they are shipped.

mod asks;
mod kubectl;
mod options;
mod shipped;

use std::path::Path;

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_core::manifest;

use asks::{Ask, Operation, asks};
use kubectl::Kubectl;
use options::Options;

/// What a policy is asked.
struct Part {
    /// The policy, such as `P3`.
    policy: &'static str,
    operations: &'static [Operation],
}

const PARTS: [Part; 5] = [
    Part {
        policy: "P2",
        operations: &[Operation::Delete],
    },
    Part {
        policy: "P3",
        operations: &[Operation::Update],
    },
    Part {
        policy: "P4",
        operations: &[Operation::Update],
    },
    Part {
        policy: "P5",
        operations: &[Operation::Create, Operation::Update],
    },
    Part {
        policy: "P6",
        operations: &[Operation::Create, Operation::Update],
    },
];

/// Runs the command; whether nothing differs.
///
/// # Errors
/// A sentence that says what did not run, and why.
pub fn command(arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    let kubectl = Kubectl::of(&options.kubectl, &options.folder)?;
    let profile: Profile = options.kubernetes.parse().map_err(|error| format!("{error}"))?;
    let documents = documents(&options.policies)?;
    let mut drawn = Vec::new();
    for part in &PARTS {
        let mut all = Vec::new();
        for operation in part.operations {
            let count = options.count / part.operations.len();
            all.extend(asks(part.policy, *operation, count, options.seed, &profile)?);
        }
        drawn.push(all);
    }
    // What is there before the policies are.
    for part in &PARTS {
        kubectl.run(&["create", "namespace", &namespace(part.policy)])?;
    }
    let stored: Vec<Value> = drawn.iter().flatten().filter_map(|ask| ask.old.clone()).collect();
    kubectl.all("create", &stored, &[])?.must_be_empty()?;
    let policies: Vec<Value> = documents
        .iter()
        .filter(|one| one["kind"] == "ValidatingAdmissionPolicy")
        .cloned()
        .collect();
    let bindings: Vec<Value> = PARTS.iter().map(|part| binding(part.policy)).collect();
    kubectl
        .all("create", &[policies, bindings].concat(), &[])?
        .must_be_empty()?;

    let (mut denied, mut asked, mut differing) = (0, 0, 0);
    for (part, all) in PARTS.iter().zip(&drawn) {
        if let Some(first) = all.iter().find(|ask| ask.is_denied()) {
            kubectl.wait_until_denied(first)?;
        }
        for operation in part.operations {
            let these: Vec<&Ask> = all.iter().filter(|ask| ask.operation == *operation).collect();
            for (ask, answer) in these.iter().zip(kubectl.answers(&these)?) {
                asked += 1;
                denied += usize::from(ask.is_denied());
                if let Some(difference) = ask.difference(answer.as_deref()) {
                    differing += 1;
                    println!(
                        "seed {}, {} {:?}: {difference}",
                        ask.seed, part.policy, ask.operation
                    );
                }
            }
        }
    }
    println!(
        "Kubernetes {}: {} policies in CEL, {asked} requests by dry run, {denied} denied by the core; {differing} differ",
        options.kubernetes,
        PARTS.len()
    );
    kubectl.run(&["delete", "validatingadmissionpolicybindings", "--all"])?;
    let failed = shipped::check(&kubectl, &documents)?;
    Ok(differing == 0 && failed == 0)
}

/// The namespace in which a policy alone holds.
fn namespace(policy: &str) -> String {
    format!("only-{}", policy.to_lowercase())
}

fn binding(policy: &str) -> Value {
    let name = format!("steadfast-{}", policy.to_lowercase());
    json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": format!("only-{name}")},
        "spec": {"policyName": name, "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace(policy)}}}}})
}

/// All documents of the policies.
fn documents(folder: &Path) -> Result<Vec<Value>, String> {
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let list =
        manifest::read_one(&read(&folder.join("kustomization.yaml"))?).map_err(|error| error.to_string())?;
    let list = list.ok_or("the kustomization is empty")?;
    let mut documents = Vec::new();
    for file in list.value["resources"].as_array().into_iter().flatten() {
        let path = folder.join(file.as_str().unwrap_or_default());
        let read = manifest::read(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        documents.extend(read.into_iter().map(|document| document.value));
    }
    Ok(documents)
}
