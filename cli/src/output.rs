//! What is printed: colour where the terminal takes it, JSON and YAML for programs, notes on standard error.

use std::io::{self, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Effects, Style};
use serde::Serialize;
use serde_json::Value;
use steadfast_core::manifest;

use crate::cli::{Color, Format};
use crate::failure::Failure;

/// The two streams of a command.
pub(crate) struct Output {
    out: io::BufWriter<AutoStream<io::Stdout>>,
    err: AutoStream<io::Stderr>,
}

/// Colours, by what they mean.
pub(crate) mod paint {
    use super::{AnsiColor, Effects, Style};

    const fn color(color: AnsiColor) -> Style {
        Style::new().fg_color(Some(anstyle::Color::Ansi(color)))
    }

    /// Column titles and what an answer is about.
    pub(crate) const TITLE: Style = Style::new().effects(Effects::BOLD);
    /// What is beside the point.
    pub(crate) const FAINT: Style = Style::new().effects(Effects::DIMMED);
    /// Something comes to be, or is well.
    pub(crate) const GOOD: Style = color(AnsiColor::Green);
    /// Something goes, or is not well.
    pub(crate) const BAD: Style = color(AnsiColor::Red);
    /// Something changes.
    pub(crate) const CHANGE: Style = color(AnsiColor::Cyan);
    /// Something is waited for.
    pub(crate) const WAIT: Style = color(AnsiColor::Yellow);

    /// The text in this style.
    pub(crate) fn paint(style: Style, text: &str) -> String {
        format!("{style}{text}{style:#}")
    }
}

impl Output {
    pub(crate) fn new(color: Color) -> Self {
        let (out, err) = match color {
            Color::Auto => (AutoStream::auto(io::stdout()), AutoStream::auto(io::stderr())),
            Color::Always => (AutoStream::always(io::stdout()), AutoStream::always(io::stderr())),
            Color::Never => (AutoStream::never(io::stdout()), AutoStream::never(io::stderr())),
        };
        Self {
            out: io::BufWriter::with_capacity(1 << 16, out),
            err,
        }
    }

    /// Whether somebody sees a line that is written over and over.
    pub(crate) fn shows_progress(&self) -> bool {
        self.err.is_terminal()
    }

    /// Whether answers go to a terminal on which the cursor can be moved.
    pub(crate) fn is_screen(&self) -> bool {
        self.out.get_ref().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// Prints text as it is.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Prints a line.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "{line}")?)
    }

    /// Prints a value in the form that a program asked for: indented JSON, or YAML.
    pub(crate) fn structured(&mut self, format: Format, value: &impl Serialize) -> Result<(), Failure> {
        if format == Format::Yaml {
            let value = serde_json::to_value(value).map_err(io::Error::other)?;
            return self.text(&manifest::to_yaml(&value));
        }
        serde_json::to_writer_pretty(&mut self.out, value).map_err(io::Error::from)?;
        self.line("")
    }

    /// Prints a value as one line of JSON.
    pub(crate) fn json_line(&mut self, value: &Value) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.out, value).map_err(io::Error::from)?;
        self.line("")
    }

    /// Sends what is printed so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Says something about the answer, beside it: on standard error.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), Failure> {
        let line = paint::paint(paint::FAINT, &format!("note: {}", crate::text::one_line(text)));
        Ok(writeln!(self.err, "{line}")?)
    }

    /// Says what a reader should mind: `warning: …`.
    pub(crate) fn warn(&mut self, text: &str) -> Result<(), Failure> {
        self.complain("warning", text)
    }

    /// Prints text as it is on standard error.
    pub(crate) fn error_text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.err.write_all(text.as_bytes())?)
    }

    /// A line on standard error that begins with a word in colour.
    pub(crate) fn complain(&mut self, word: &str, text: &str) -> Result<(), Failure> {
        let style = if word == "error" { paint::BAD } else { paint::WAIT };
        let head = paint::paint(style.effects(Effects::BOLD), &format!("{word}:"));
        Ok(writeln!(self.err, "{head} {text}")?)
    }
}
