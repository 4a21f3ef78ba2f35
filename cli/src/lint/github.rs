//! Annotations of GitHub Actions: one workflow command a finding, which its pages show beside the line.

use steadfast_core::lint::{Finding, Severity};

use super::{Report, findings};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn print(reports: &[Report], output: &mut Output) -> Result<(), Failure> {
    for (report, finding) in findings(reports) {
        output.line(&annotation(&report.text.name, finding))?;
    }
    Ok(())
}

/// `::error file=web.yaml,line=6,col=13,endLine=6,endColumn=15,title=FieldValueInvalid::message`.
fn annotation(file: &str, finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut line = format!("::{command} file={}", property(file));
    if let Some(span) = finding.span {
        let (start, end) = (span.start, span.end);
        line.push_str(&format!(",line={},endLine={}", start.line, end.line));
        // Columns are only taken within one line.
        if start.line == end.line {
            line.push_str(&format!(
                ",col={},endColumn={}",
                start.column,
                end.column.max(start.column)
            ));
        }
    }
    let remedy = finding.remedy.as_ref().map(|remedy| format!("\n{remedy}"));
    let message = format!("{}{}", finding.message, remedy.unwrap_or_default());
    line.push_str(&format!(",title={}::{}", finding.rule.name(), data(&message)));
    line
}

/// Text of a command, as the runner reads it back.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a property, which ends at a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
