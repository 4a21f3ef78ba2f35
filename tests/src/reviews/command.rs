//! The command: questions and the core's verdicts as lines, for those who ask the other deliveries.

use std::io::Write;

use serde_json::{Value, json};

use super::Question;

const HELP: &str = "\
reviews [--count N] [--seed S] [--cluster C] [--objects FILE]

Prints a line for each seed from S on: {\"seed\", \"review\", \"context\", \"settings\", \"kubernetes\", \"verdict\" or \"error\", \"patched\"}.
--cluster: all are asked of the one cluster of that seed; --objects: what it holds, as a List for kubectl.
";

/// Runs it.
///
/// # Errors
/// An argument that is none, or an output that cannot be written.
pub fn command(arguments: &[String], out: &mut impl Write) -> Result<(), String> {
    let (mut count, mut seed, mut cluster, mut objects) = (1_000, 1, None, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| format!("{argument} needs a value"));
        let number = |text: &String| {
            let digits = text.replace('_', "");
            digits
                .parse::<u64>()
                .map_err(|_| format!("`{text}` is no number"))
        };
        match argument.as_str() {
            "--count" => count = number(value()?)?,
            "--seed" => seed = number(value()?)?,
            "--cluster" => cluster = Some(number(value()?)?),
            "--objects" => objects = Some(value()?.clone()),
            _ => return Err(format!("unknown argument `{argument}`\n\n{HELP}")),
        }
    }
    if let Some(file) = objects {
        let list = list(&Question::of_cluster(seed, cluster.ok_or("--objects needs --cluster")?).context);
        std::fs::write(&file, list.to_string()).map_err(|error| format!("{file}: {error}"))?;
    }
    for seed in seed..seed + count {
        let question = match cluster {
            Some(cluster) => Question::of_cluster(seed, cluster),
            None => Question::of(seed),
        };
        let mut line = json!({"seed": seed, "review": question.review, "context": question.context,
            "settings": question.settings, "kubernetes": question.kubernetes});
        match question.verdict() {
            Ok(verdict) => {
                if let Some(patched) = question.patched(&verdict) {
                    line["patched"] = patched;
                }
                line["verdict"] = json!(verdict);
            }
            Err(error) => line["error"] = json!(error),
        }
        writeln!(out, "{line}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// All objects of a context.
fn list(context: &Value) -> Value {
    let fields = context.as_object().into_iter().flatten();
    let objects = fields.flat_map(|(_, value)| match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    });
    json!({"apiVersion": "v1", "kind": "List", "items": objects.collect::<Vec<Value>>()})
}
