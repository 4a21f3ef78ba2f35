//! How fast the npm package is in Node and Chromium, beside the native core in the same run.

use std::collections::BTreeMap;
use std::process::Command;

use crate::{chromium, command, conformance, npm};

/// What is measured, and what it may cost: times the native figure, or milliseconds.
const ROWS: [(&str, &str, Budget); 8] = [
    (
        "decision-1000",
        "decision on a handle of 1,000 Pods",
        Budget::Times(2.0),
    ),
    (
        "delta-1000",
        "one Pod changed among 1,000, and decision",
        Budget::None,
    ),
    (
        "delta-10000",
        "one Pod changed among 10,000, and decision",
        Budget::Millis(2.0),
    ),
    (
        "text-1000",
        "1,000 Pods: JSON text in, plan text out",
        Budget::Times(2.5),
    ),
    (
        "create-100",
        "ordered creation of 100 Pods forecast",
        Budget::None,
    ),
    (
        "roll-100",
        "ordered rollout of 100 Pods forecast",
        Budget::Millis(30.0),
    ),
    (
        "decision-10000",
        "decision on a handle of 10,000 Pods",
        Budget::None,
    ),
    ("init", "init from a compiled module", Budget::Millis(30.0)),
];

#[derive(Clone, Copy)]
enum Budget {
    None,
    Times(f64),
    Millis(f64),
}

/// Prints the table. A figure past its budget is marked, and fails nothing: times are measured, not tested.
///
/// # Errors
/// Something cannot be built or run. Without Node or Chromium their columns are left out, and it is said.
pub fn run() -> Result<(), String> {
    if !command::is_there("node", "--version") {
        println!("there is no Node.js here: the npm package's times are not measured");
        return Ok(());
    }
    npm::build()?;
    let inputs = conformance::target()?.join("pace");
    command::run(Command::new(conformance::compiled("pace")?).arg(&inputs))?;
    let native = std::fs::read_to_string(inputs.join("native.json"))
        .map_err(|error| format!("{}: {error}", inputs.display()))?;
    let measured = |script: &str| {
        let mut node = Command::new("node");
        node.arg(script).arg(&inputs).current_dir(npm::folder());
        figures(&command::output(&mut node)?)
    };
    let native = figures(&native)?;
    let node = measured("test/pace-in-node.mjs")?;
    let chromium = match chromium::find_or_install() {
        Ok(_) => Some(measured("test/pace-in-chromium.mjs")?),
        Err(sentence) => {
            println!("not measured in Chromium: {sentence}");
            None
        }
    };
    println!(
        "{:<44} {:>10} {:>10} {:>6} {:>10} {:>6}  budget",
        "ms, the median of many runs", "native", "Node", "times", "Chromium", "times"
    );
    for (key, what, budget) in ROWS {
        let native = native.get(key).copied();
        let column = |found: Option<&BTreeMap<String, f64>>| {
            let found = found.and_then(|found| found.get(key).copied());
            let times = found.zip(native).map(|(found, native)| found / native);
            let is_past = match budget {
                Budget::None => false,
                Budget::Times(most) => times.is_some_and(|times| times > most),
                Budget::Millis(most) => found.is_some_and(|micros| micros / 1_000.0 > most),
            };
            let mark = if is_past { "!" } else { " " };
            let times = times.map_or_else(|| "-".to_owned(), |times| format!("{times:.1}"));
            format!("{:>10} {times:>5}{mark}", millis(found))
        };
        let budget = match budget {
            Budget::None => String::new(),
            Budget::Times(most) => format!("{most} times native"),
            Budget::Millis(most) => format!("{most} ms"),
        };
        println!(
            "{what:<44} {:>10} {} {}  {budget}",
            millis(native),
            column(Some(&node)),
            column(chromium.as_ref())
        );
    }
    Ok(())
}

fn millis(micros: Option<f64>) -> String {
    micros.map_or_else(|| "-".to_owned(), |micros| format!("{:.3}", micros / 1_000.0))
}

/// `{"name": microseconds}`.
fn figures(json: &str) -> Result<BTreeMap<String, f64>, String> {
    serde_json::from_str(json).map_err(|error| format!("no figures: {error}: {json}"))
}
