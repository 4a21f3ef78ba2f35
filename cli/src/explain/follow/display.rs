//! How a rollout that is followed is shown: on a terminal as one picture that is drawn over and over, else as a line for each
//! change, or for programs as a document for each.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use steadfast_core::explain::{OrdinalState, PodState};

use super::super::{Answer, table};
use crate::cli::Format;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::paint::{FAINT, GOOD, WAIT, paint};
use crate::text::{one_line, time};

/// How it is shown.
pub(super) enum Display {
    /// On a terminal: how many lines the picture on it has.
    Picture { lines: usize, wide: bool },
    /// The states that were told last, by Pod, and the verdict.
    Lines {
        pods: BTreeMap<String, String>,
        verdict: Option<String>,
        broken: Option<String>,
    },
    /// The document that was written last, but for the time.
    Documents {
        format: Format,
        last: Option<steadfast_core::explain::Explanation>,
    },
}

/// What a terminal has where it does not say.
const SIZE: (usize, usize) = (80, 24);
/// Of how many cells the bar is.
const BAR: usize = 30;

impl Display {
    pub(super) fn of(format: Format, output: &Output) -> Self {
        match format {
            Format::Json | Format::Yaml => Self::Documents { format, last: None },
            _ if output.is_screen() => Self::Picture {
                lines: 0,
                wide: format == Format::Wide,
            },
            _ => Self::Lines {
                pods: BTreeMap::new(),
                verdict: None,
                broken: None,
            },
        }
    }

    /// Shows how it stands now.
    pub(super) fn show(
        &mut self,
        answer: &Answer,
        trouble: Option<&str>,
        elapsed: Duration,
        output: &mut Output,
    ) -> Result<(), Failure> {
        match self {
            Self::Picture { lines, wide } => {
                let picture = picture(answer, trouble, elapsed, *wide, size());
                draw(&picture, lines, output)?;
            }
            Self::Lines {
                pods,
                verdict,
                broken,
            } => {
                for line in changes(answer, pods, verdict) {
                    output.line(&line)?;
                }
                if broken.as_deref() != trouble
                    && let Some(trouble) = trouble
                {
                    output.warn(trouble)?;
                }
                *broken = trouble.map(str::to_owned);
            }
            Self::Documents { format, last } => {
                if last.as_ref() != Some(&answer.explanation) {
                    *last = Some(answer.explanation.clone());
                    match format {
                        Format::Yaml => {
                            output.line("---")?;
                            output.structured(*format, &answer.to_json())?;
                        }
                        _ => output.json_line(&answer.to_json())?,
                    }
                }
            }
        }
        output.flush()
    }

    /// Says how it ended.
    pub(super) fn end(&mut self, words: &str, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Documents { .. } if !words.is_empty() => output.note(words),
            Self::Picture { .. } | Self::Lines { .. } if !words.is_empty() => output.line(words),
            _ => Ok(()),
        }
    }
}

/// Draws the picture over the last one.
fn draw(picture: &[String], lines: &mut usize, output: &mut Output) -> Result<(), Failure> {
    // Movements of the cursor are no colours: they are written past what takes those away.
    output.flush()?;
    if *lines > 0 {
        let mut out = std::io::stdout();
        write!(out, "\r\u{1b}[{lines}A\u{1b}[J")?;
        out.flush()?;
    }
    *lines = picture.len();
    picture.iter().try_for_each(|line| output.line(line))
}

/// How many columns and lines there are.
fn size() -> (usize, usize) {
    #[cfg(feature = "live")]
    if let Some((terminal_size::Width(width), terminal_size::Height(height))) = terminal_size::terminal_size()
    {
        return (usize::from(width).max(20), usize::from(height).max(8));
    }
    SIZE
}

/// The lines of the picture: at most one less than the terminal has, none wider than it.
fn picture(
    answer: &Answer,
    trouble: Option<&str>,
    elapsed: Duration,
    wide: bool,
    (width, height): (usize, usize),
) -> Vec<String> {
    let progress = &answer.explanation.progress;
    let (word, style) = table::word_of_progress(progress.code);
    let elapsed = time(elapsed.as_secs().saturating_mul(1000));
    let mut lines = vec![
        format!(
            "StatefulSet {} is {} {}",
            one_line(&answer.set),
            paint(style, word),
            paint(FAINT, &format!("(Kubernetes {}, {elapsed})", answer.profile))
        ),
        bar(&answer.explanation.ordinals),
        format!("  {}", one_line(&progress.message)),
    ];
    lines.extend(trouble.map(|trouble| format!("  {}", paint(WAIT, &one_line(trouble)))));
    lines.push(String::new());
    let table = table::ordinals(answer, wide);
    lines.extend(table.lines().map(str::to_owned));
    let most = height.saturating_sub(2);
    if lines.len() > most {
        let more = lines.len() + 1 - most;
        lines.truncate(most.saturating_sub(1));
        lines.push(paint(FAINT, &format!("and {more} more lines")));
    }
    lines.iter().map(|line| fitted(line, width)).collect()
}

/// `##########....  2 of 3 available, 1 updated`.
fn bar(ordinals: &[OrdinalState]) -> String {
    let Count {
        wanted,
        available,
        updated,
        going,
    } = Count::of(ordinals);
    let both = ordinals
        .iter()
        .filter(|state| state.is_wanted && state.is_updated && state.state == PodState::Available)
        .count();
    let filled = (BAR * both).checked_div(wanted).unwrap_or(BAR);
    let going = match going {
        0 => String::new(),
        going => format!(", {going} to go"),
    };
    format!(
        "  {}{}  {available} of {wanted} available, {updated} updated{going}",
        paint(GOOD, &"#".repeat(filled)),
        paint(FAINT, &".".repeat(BAR - filled)),
    )
}

struct Count {
    wanted: usize,
    available: usize,
    updated: usize,
    going: usize,
}

impl Count {
    fn of(ordinals: &[OrdinalState]) -> Self {
        let wanted = || ordinals.iter().filter(|state| state.is_wanted);
        Self {
            wanted: wanted().count(),
            available: wanted()
                .filter(|state| state.state == PodState::Available)
                .count(),
            updated: wanted().filter(|state| state.is_updated).count(),
            going: ordinals.len() - wanted().count(),
        }
    }
}

/// The line cut to a width; escapes have none.
fn fitted(line: &str, width: usize) -> String {
    let mut fitted = String::with_capacity(line.len());
    let (mut columns, mut escapes, mut cut) = (0, false, false);
    for c in line.chars() {
        match c {
            '\u{1b}' => escapes = true,
            _ if escapes => {
                fitted.push(c);
                escapes = c != 'm';
                continue;
            }
            _ if columns + 1 < width => columns += 1,
            _ if !cut => {
                cut = true;
                fitted.push('…');
                continue;
            }
            // Colours that were begun are ended behind the cut.
            _ => continue,
        }
        fitted.push(c);
    }
    fitted
}

/// A line for each change since the last: when, the verdict, what changed.
fn changes(
    answer: &Answer,
    pods: &mut BTreeMap<String, String>,
    verdict: &mut Option<String>,
) -> Vec<String> {
    let ordinals = &answer.explanation.ordinals;
    let progress = &answer.explanation.progress;
    let now = answer.now.whole_seconds();
    let code = serde_json::to_value(progress.code).unwrap_or_default();
    let code = code.as_str().unwrap_or_default();
    let line = |what: &str| format!("{now}  {code:<11}  {}", one_line(what));
    let mut lines = Vec::new();
    let is_first = verdict.is_none();
    if is_first {
        let Count {
            wanted,
            available,
            updated,
            ..
        } = Count::of(ordinals);
        lines.push(line(&format!(
            "StatefulSet {}: {available} of {wanted} available, {updated} updated (Kubernetes {})",
            answer.set, answer.profile
        )));
    }
    let told: BTreeMap<String, String> = ordinals
        .iter()
        .map(|state| (state.pod.clone(), words(state)))
        .collect();
    for state in ordinals {
        let words = told.get(&state.pod);
        // Of what was there at first only what is not well is told.
        let is_well = state.state == PodState::Available && state.is_updated;
        if pods.get(&state.pod) != words && !(is_first && is_well) {
            lines.push(line(&format!(
                "Pod {}: {}",
                state.pod,
                words.map_or("", String::as_str)
            )));
        }
    }
    for gone in pods.keys().filter(|pod| !told.contains_key(*pod)) {
        lines.push(line(&format!("Pod {gone}: gone")));
    }
    *pods = told;
    let sentence = format!("{code}: {}", progress.message);
    if verdict.as_ref() != Some(&sentence) {
        lines.push(line(&progress.message));
        *verdict = Some(sentence);
    }
    lines
}

/// How a Pod stands, without times.
fn words(state: &OrdinalState) -> String {
    let (word, _) = table::word_of(state);
    let mut words = word.to_owned();
    if let Some(revision) = &state.revision {
        let mark = if state.is_updated { "" } else { " (old)" };
        words.push_str(&format!(", revision {revision}{mark}"));
    }
    if let Some(trouble) = &state.trouble {
        words.push_str(&format!(", {}", trouble.reason));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_to_the_width_and_its_colours_are_ended() {
        assert_eq!(fitted("0123456789", 11), "0123456789");
        assert_eq!(fitted("0123456789", 6), "01234…");
        assert_eq!(
            fitted("ab\u{1b}[32mcdefgh\u{1b}[0m", 5),
            "ab\u{1b}[32mcd…\u{1b}[0m"
        );
        assert_eq!(fitted("\u{1b}[1m\u{1b}[0m", 5), "\u{1b}[1m\u{1b}[0m");
    }
}
