//! What the commands `default` and `lint` say of a file: it must be what the core says.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::answer::{Answer, plain, sets};
use crate::templates::unequal;

/// Runs both commands on the file; in words what differs from the core's answer.
///
/// # Errors
/// A command that cannot be run or prints something else.
pub fn differences(
    steadfast: &Path,
    kubernetes: &str,
    file: &Path,
    core: &Answer,
) -> Result<Vec<String>, String> {
    let run = |arguments: &[&str]| {
        let output = Command::new(steadfast)
            .args(arguments)
            .arg(file)
            .args(["--kubernetes", kubernetes])
            .output()
            .map_err(|error| format!("{}: {error}", steadfast.display()))?;
        let [stdout, stderr] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok::<_, String>((stdout, stderr, output.status.success()))
    };
    let (stdout, stderr, _) = run(&["lint", "-o", "json"])?;
    let linted: Value =
        serde_json::from_str(&stdout).map_err(|error| format!("`lint`: {error}\n{stdout}{stderr}"))?;
    let (stdout, _, is_taken) = run(&["default"])?;
    let stored = if is_taken { sets(&stdout)? } else { Vec::new() };
    let mut found = Vec::new();
    let [errors, warnings] = ["error", "warning"].map(|severity| messages(&linted, severity));
    let texts = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    let (our_errors, our_warnings, our_objects) = match core {
        Answer::Taken { objects, warnings } => (BTreeSet::new(), warnings.clone(), objects.as_slice()),
        Answer::Refused { errors, warnings } => {
            let lines = errors.iter().map(|line| line.text()).collect();
            (texts(lines), warnings.clone(), &[][..])
        }
        Answer::Unread(_) => {
            if errors.is_empty() || is_taken {
                found.push("the commands read what cannot be read".to_owned());
            }
            return Ok(found);
        }
    };
    if errors != our_errors {
        found.push(format!("`lint` says {errors:?}, the core {our_errors:?}"));
    }
    if warnings != our_warnings {
        found.push(format!("`lint` warns {warnings:?}, the core {our_warnings:?}"));
    }
    if stored.len() != our_objects.len() {
        found.push(format!(
            "`default` prints {} sets of {}",
            stored.len(),
            our_objects.len()
        ));
    }
    let pairs = stored.iter().zip(our_objects);
    found.extend(pairs.filter_map(|(stored, ours)| unequal(&plain(stored), ours, "`default`: object")));
    Ok(found)
}

/// The findings of a severity, without those of rules that no API server has.
fn messages(linted: &Value, severity: &str) -> BTreeSet<String> {
    let files = linted["files"].as_array().into_iter().flatten();
    let findings = files.flat_map(|file| file["findings"].as_array().into_iter().flatten());
    let meant = findings.filter(|one| one["severity"] == severity && one["rule"] != "GoverningService");
    let texts = meant.filter_map(|one| one["message"].as_str());
    texts.map(str::to_owned).collect()
}
