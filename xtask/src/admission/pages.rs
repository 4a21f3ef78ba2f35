//! The pages about the comparison with upstream's API server, made from what runs have recorded, never by hand.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value};

use crate::command;
use crate::figures::{grouped, put_between};

/// Where runs are recorded.
pub const RESULTS: &str = "tests/admission-results.json";

const RULES: &str = "docs/validation-rules.md";
const DOCUMENT: &str = "docs/validation.md";
const MARKS: [&str; 2] = ["<!-- admission -->", "<!-- /admission -->"];

/// Writes the page of rules, and the table of the page about validation.
///
/// # Errors
/// No results, or a document that cannot be read or written, or lacks the marks.
pub fn write() -> Result<(), String> {
    let results = command::repository().join(RESULTS);
    let text = std::fs::read_to_string(&results).map_err(|error| format!("{RESULTS}: {error}"))?;
    let results: Value = serde_json::from_str(&text).map_err(|error| format!("{RESULTS}: {error}"))?;
    let path = command::repository().join(DOCUMENT);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let new = put_between(&text, MARKS, &table(&results))
        .ok_or_else(|| format!("{DOCUMENT} lacks the marks `{}` and `{}`", MARKS[0], MARKS[1]))?;
    std::fs::write(&path, new).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    std::fs::write(command::repository().join(RULES), page(&results))
        .map_err(|error| format!("{RULES}: {error}"))?;
    println!("{RULES} and the table of {DOCUMENT} are written from {RESULTS}");
    Ok(())
}

/// Upstream's count, those of it that are here too, and those that are only here.
#[derive(Clone, Copy, Default, PartialEq)]
struct Cell {
    met: u64,
    both: u64,
    only_here: u64,
}

impl Cell {
    fn of(value: &Value) -> Self {
        let at = |index: usize| value[index].as_u64().unwrap_or_default();
        match value.as_u64() {
            Some(met) => Self {
                met,
                both: met,
                only_here: 0,
            },
            None => Self {
                met: at(0),
                both: at(1),
                only_here: at(2),
            },
        }
    }

    const fn is_whole(self) -> bool {
        self.met == self.both && self.only_here == 0
    }

    fn add(&mut self, other: Self) {
        self.met += other.met;
        self.both += other.both;
        self.only_here += other.only_here;
    }
}

fn rows<'a>(results: &'a Value, table: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    results[table].as_object().into_iter().flat_map(Map::iter)
}

/// The versions, oldest first: their texts stand in that order.
fn versions(results: &Value) -> Vec<&str> {
    rows(results, "runs")
        .map(|(version, _)| version.as_str())
        .collect()
}

fn table(results: &Value) -> String {
    let mut text = "| Kubernetes | manifests | updates, of the status | objects, revision names | rules of the set | warnings | Pod template: with an \
        error | of these complete | evenly over paths | false errors |\n|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for version in versions(results) {
        let run = &results["runs"][version];
        let asked = |kind: &str| grouped(run["questions"][kind].as_u64().unwrap_or_default());
        let part = |part: &str| run["parts"][part].as_u64().unwrap_or_default();
        let differ = |parts: &[&str]| match parts.iter().map(|name| part(name)).sum::<u64>() {
            0 => "same".to_owned(),
            count => format!("{} differ", grouped(count)),
        };
        let cells = [
            version.to_owned(),
            asked("create"),
            format!("{}, {}", asked("update"), asked("status")),
            differ(&["decode disagreements", "object mismatches", "revision mismatches"]),
            differ(&["set-rule mismatches"]),
            differ(&["warning mismatches", "unknown-field mismatches"]),
            grouped(part("Pod template: mutants with an upstream error")),
            grouped(part("Pod template: complete matches of those")),
            evenly(results, version),
            grouped(part("Pod template: mutants with a false error")),
        ];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// The share of complete matches, each path of the Pod template counted alike.
fn evenly(results: &Value, version: &str) -> String {
    let cells = rows(results, "paths").map(|(_, row)| Cell::of(&row[version]));
    let shares: Vec<f64> = cells
        .filter(|cell| cell.met > 0)
        .map(|cell| cell.both as f64 / cell.met as f64)
        .collect();
    if shares.is_empty() {
        return "-".to_owned();
    }
    let share = 100.0 * shares.iter().sum::<f64>() / shares.len() as f64;
    // Never rounded up to all.
    format!("{} % of {}", (share * 1000.0).floor() / 1000.0, shares.len())
}

const HEAD: &str = "\
# Rules of validation, compared with upstream

Made by `cargo xtask admission --record` from the run whose figures [validation.md](validation.md) shows; do not edit. A rule is a
field's path and a type of error, or a warning's path; `[]` stands for any index or key. The numbers say how often upstream's API
server code met it, in all versions behind a type and in each version at the end of a line; it counts as matched where the core said
the same of the same question: path, type and detail.

";

/// Whether a rule, path and type, belongs to a part of the page.
type IsOf = fn(&str, &str) -> bool;

/// What is always matched at one place: fields with types, each with how often it was met, and the counts of all versions.
#[derive(Default)]
struct Row<'a> {
    fields: BTreeMap<&'a str, Vec<(&'a str, u64)>>,
    sums: Vec<Cell>,
}

fn page(results: &Value) -> String {
    let versions = versions(results);
    let mut text = HEAD.to_owned();
    let parts: [(&str, IsOf); 3] = [
        ("the set", |path, kind| kind != "Warning" && !is_of_pod(path)),
        ("the Pod template", |path, kind| {
            kind != "Warning" && is_of_pod(path)
        }),
        ("warnings", |_, kind| kind == "Warning"),
    ];
    let _ = writeln!(
        text,
        "| Kubernetes | {} |\n|---|{}|",
        parts.map(|(title, _)| title).join(" | "),
        "---|".repeat(parts.len()).trim_end_matches('|')
    );
    for version in &versions {
        let cells = parts.map(|(_, is_of)| summary(results, version, is_of));
        let _ = writeln!(text, "| {version} | {} |", cells.join(" | "));
    }
    text += &unmatched(results, &versions);
    for (title, is_of) in parts {
        let _ = write!(text, "\n## Always matched: {title}\n\n");
        text += &matched(results, &versions, is_of);
    }
    text
}

fn summary(results: &Value, version: &str, is_of: IsOf) -> String {
    let mut sum = Cell::default();
    let (mut count, mut whole) = (0, 0);
    for (rule, row) in rows(results, "rules") {
        let (path, kind) = split(rule);
        let cell = Cell::of(&row[version]);
        if is_of(path, kind) && cell.met > 0 {
            count += 1;
            whole += u64::from(cell.is_whole());
            sum.add(cell);
        }
    }
    format!(
        "{whole} of {count} rules, {} of {} times",
        grouped(sum.both),
        grouped(sum.met)
    )
}

fn unmatched(results: &Value, versions: &[&str]) -> String {
    let mut text = "\n## Not always matched\n\n".to_owned();
    let head =
        "| path | type | Kubernetes | met upstream | also here | only here |\n|---|---|---|---|---|---|\n";
    let empty = text.len() + head.len();
    text += head;
    for (rule, row) in rows(results, "rules") {
        let (path, kind) = split(rule);
        for version in versions {
            let cell = Cell::of(&row[*version]);
            if !cell.is_whole() {
                let _ = writeln!(
                    text,
                    "| `{path}` | {} | {version} | {} | {} | {} |",
                    short(kind),
                    grouped(cell.met),
                    grouped(cell.both),
                    grouped(cell.only_here)
                );
            }
        }
    }
    if text.len() == empty {
        return "\n## Not always matched\n\nNone.\n".to_owned();
    }
    text
}

/// One line for each place, whose fields have all been matched always in all versions. Each field's types come with how often
/// they were met in all versions together.
fn matched(results: &Value, versions: &[&str], is_of: IsOf) -> String {
    let mut places: BTreeMap<&str, Row<'_>> = BTreeMap::new();
    for (rule, row) in rows(results, "rules") {
        let (path, kind) = split(rule);
        let cells: Vec<Cell> = versions.iter().map(|version| Cell::of(&row[*version])).collect();
        if !is_of(path, kind) || !cells.iter().all(|cell| cell.is_whole()) {
            continue;
        }
        let (place, field) = path.rsplit_once('.').unwrap_or(("", path));
        let Row { fields, sums } = places.entry(place).or_default();
        let met = cells.iter().map(|cell| cell.met).sum();
        fields.entry(field).or_default().push((short(kind), met));
        sums.resize(versions.len(), Cell::default());
        for (sum, cell) in sums.iter_mut().zip(cells) {
            sum.add(cell);
        }
    }
    let mut text = format!(
        "| at | fields | {} |\n|---|---|{}\n",
        versions.join(" | "),
        "---|".repeat(versions.len())
    );
    for (place, Row { fields, sums }) in places {
        let fields: Vec<String> = fields
            .into_iter()
            .map(|(field, kinds)| match (field, kinds.as_slice()) {
                ("", _) => "(text alone)".to_owned(),
                (field, [("Warning", met)]) => format!("`{field}` {}", grouped(*met)),
                (field, kinds) => {
                    let kinds = kinds
                        .iter()
                        .map(|(kind, met)| format!("{kind} {}", grouped(*met)));
                    format!("`{field}` {}", kinds.collect::<Vec<_>>().join(" "))
                }
            })
            .collect();
        let place = match place {
            "" => String::new(),
            place => format!("`{place}`"),
        };
        let counts: Vec<String> = sums.iter().map(|sum| grouped(sum.met)).collect();
        let _ = writeln!(
            text,
            "| {place} | {} | {} |",
            fields.join(", "),
            counts.join(" | ")
        );
    }
    text
}

fn split(rule: &str) -> (&str, &str) {
    rule.rsplit_once(' ').unwrap_or(("", rule))
}

fn short(kind: &str) -> &str {
    kind.trim_start_matches("FieldValue")
}

fn is_of_pod(path: &str) -> bool {
    path.strip_prefix("spec.template.spec")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{evenly, page, table};
    use serde_json::{Value, json};

    fn results() -> Value {
        json!({
            "runs": {"1.36.4": {"questions": {"create": 2000, "update": 1800, "status": 200}, "parts": {
                "Pod template: mutants with an upstream error": 900, "Pod template: complete matches of those": 899,
                "warning mismatches": 1}}},
            "rules": {
                "metadata.name FieldValueRequired": {"1.36.4": 7},
                "metadata.name FieldValueInvalid": {"1.36.4": 8},
                "spec.template.spec.os FieldValueNotSupported": {"1.36.4": [1200, 1199, 2]},
                " Warning": {"1.36.4": 3},
            },
            "paths": {"spec.template.spec.os": {"1.36.4": [4, 3, 0]}, "spec.template.spec.x": {"1.36.4": 5}},
        })
    }

    #[test]
    fn a_version_has_one_line_and_is_never_better_than_it_is() {
        let line = "| 1.36.4 | 2,000 | 1,800, 200 | same | same | 1 differ | 900 | 899 | 87.5 % of 2 | 0 |";
        assert_eq!(table(&results()).lines().nth(2), Some(line));
        let mut results = results();
        results["paths"] = json!({"a": {"1.36.4": [1_000_000, 999_999, 0]}});
        assert_eq!(evenly(&results, "1.36.4"), "99.999 % of 1");
    }

    #[test]
    fn what_is_always_matched_is_one_line_a_place_and_the_rest_is_listed() {
        let page = page(&results());
        for line in [
            "| 1.36.4 | 2 of 2 rules, 15 of 15 times | 0 of 1 rules, 1,199 of 1,200 times | 1 of 1 rules, 3 of 3 times |",
            "| `spec.template.spec.os` | NotSupported | 1.36.4 | 1,200 | 1,199 | 2 |",
            "| `metadata` | `name` Invalid 8 Required 7 | 15 |",
            "|  | (text alone) | 3 |",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} in\n{page}");
        }
    }
}
