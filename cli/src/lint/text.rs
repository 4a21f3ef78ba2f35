//! Findings for people: the line of the file, a marker under what is meant, and what to do.

use steadfast_core::Profile;
use steadfast_core::lint::{Finding, Severity};
use steadfast_core::manifest::Span;

use super::{Report, count, findings};
use crate::failure::Failure;
use crate::output::Output;
use crate::output::paint::{BAD, CHANGE, FAINT, GOOD, TITLE, WAIT, paint};
use crate::text::{count as counted, list, one_line, some};

/// How much of a long line is shown, in characters.
const WIDTH: usize = 100;

pub(super) fn print(reports: &[Report], profile: &Profile, output: &mut Output) -> Result<(), Failure> {
    for report in reports {
        let text = String::from_utf8_lossy(&report.text.bytes);
        let lines: Vec<&str> = text.lines().collect();
        for finding in &report.linted.findings {
            output.text(&told(finding, &report.text.name, &lines))?;
        }
        for set in report.linted.sets.iter().filter(|set| !set.unchecked.is_empty()) {
            let text = format!(
                "{}: {}/{}: not checked: {}",
                report.text.name,
                set.namespace,
                set.name,
                some(&set.unchecked, 8)
            );
            output.note(&text)?;
        }
    }
    output.line(&summary(reports, profile))
}

/// A finding as the errors of compilers are told; the words alone are one after the other.
pub(crate) fn told(finding: &Finding, file: &str, lines: &[&str]) -> String {
    let (word, style) = match finding.severity {
        Severity::Error => ("error", BAD),
        Severity::Warning => ("warning", WAIT),
        Severity::Note => ("note", CHANGE),
    };
    let head = paint(style, &format!("{word}[{}]", finding.rule.name()));
    let message = paint(TITLE, &format!(": {}", one_line(&finding.message)));
    let shown = finding.span.and_then(|span| Shown::of(span, lines));
    let number = finding
        .span
        .map_or_else(String::new, |span| span.start.line.to_string());
    let margin = " ".repeat(number.len());
    let place = match finding.span {
        Some(span) => format!("{file}:{}:{}", span.start.line, span.start.column),
        None => file.to_owned(),
    };
    let bar = paint(FAINT, "|");
    let mut text = format!("{head}{message}\n{margin}{} {place}\n", paint(FAINT, "-->"));
    if let Some(shown) = shown {
        text.push_str(&format!(
            "{margin} {bar}\n{} {bar} {}\n",
            paint(FAINT, &number),
            shown.line
        ));
        text.push_str(&format!(
            "{margin} {bar} {}{}\n",
            shown.before,
            paint(style, &shown.marker)
        ));
    }
    if let Some(remedy) = &finding.remedy {
        text.push_str(&format!(
            "{margin} {} {}\n",
            paint(FAINT, "= help:"),
            one_line(remedy)
        ));
    }
    text.push('\n');
    text
}

/// A line of the file and the marker under it.
struct Shown {
    line: String,
    /// What stands under the characters before the marker.
    before: String,
    marker: String,
}

impl Shown {
    fn of(span: Span, lines: &[&str]) -> Option<Self> {
        let at = |number: u32| usize::try_from(number.checked_sub(1)?).ok();
        let line: Vec<char> = lines.get(at(span.start.line)?)?.chars().collect();
        let start = at(span.start.column)?.min(line.len());
        let end = match span.end.line == span.start.line {
            true => at(span.end.column)?.min(line.len()),
            false => line.len(),
        };
        // Of a long line the part around the marker.
        let from = if line.len() > WIDTH {
            start.saturating_sub(WIDTH / 2)
        } else {
            0
        };
        let until = (from + WIDTH).min(line.len());
        let part = line.get(from..until).unwrap_or_default();
        let plain = |c: &char| if c.is_control() { ' ' } else { *c };
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        Some(Self {
            line: format!(
                "{}{}{}",
                cut(from > 0),
                part.iter().map(plain).collect::<String>(),
                cut(until < line.len())
            ),
            before: " ".repeat(start - from + usize::from(from > 0)),
            marker: "^".repeat(end.min(until).saturating_sub(start).max(1)),
        })
    }
}

/// `2 StatefulSets in 3 files: 1 error, 1 warning (Kubernetes 1.37.1)`.
fn summary(reports: &[Report], profile: &Profile) -> String {
    let sets = reports.iter().map(|report| report.linted.sets.len()).sum();
    let counts = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
    let found: Vec<String> = counts
        .into_iter()
        .map(|(severity, word)| (count(reports, severity), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| counted(number, word))
        .collect();
    let worst = findings(reports).map(|(_, finding)| finding.severity).max();
    let (told, style) = match worst {
        None if sets == 0 => ("nothing to check".to_owned(), WAIT),
        None => ("clean".to_owned(), GOOD),
        Some(Severity::Error) => (list(&found), BAD),
        Some(_) => (list(&found), WAIT),
    };
    format!(
        "{} in {}: {} {}",
        counted(sets, "StatefulSet"),
        counted(reports.len(), "file"),
        paint(style, &told),
        paint(FAINT, &format!("(Kubernetes {})", profile.kubernetes()))
    )
}
