//! One object in words: `web-1 old ready for 12s terminating`.

use serde_json::Value;

/// The words of an object, read from left to right.
pub struct Words<'a> {
    line: &'a str,
    rest: std::iter::Peekable<std::str::SplitWhitespace<'a>>,
}

impl<'a> Words<'a> {
    /// The words, and what is laid over the object at the end: an object may be written `{is: WORDS, with: {...}}`.
    pub fn of(value: &'a Value) -> Result<(Self, Option<&'a Value>), String> {
        let (line, with) = match value {
            Value::String(line) => (line.as_str(), None),
            Value::Object(map) if map.keys().all(|key| key == "is" || key == "with") => (
                map.get("is").and_then(Value::as_str).unwrap_or_default(),
                map.get("with"),
            ),
            other => {
                return Err(format!(
                    "expected words or `{{is: WORDS, with: {{...}}}}`, found `{other}`"
                ));
            }
        };
        if line.is_empty() {
            return Err(format!("an object without a name: `{value}`"));
        }
        Ok((
            Self {
                line,
                rest: line.split_whitespace().peekable(),
            },
            with,
        ))
    }

    /// The next word.
    pub fn next(&mut self) -> Option<&'a str> {
        self.rest.next()
    }

    /// Whether the next word is this one; if so it is read.
    pub fn take(&mut self, word: &str) -> bool {
        self.rest.next_if_eq(&word).is_some()
    }

    /// The next word, which must be there.
    pub fn required(&mut self, what: &str) -> Result<&'a str, String> {
        self.next()
            .ok_or_else(|| format!("`{}` ends where {what} is expected", self.line))
    }

    /// A whole number.
    pub fn number(&mut self, what: &str) -> Result<i64, String> {
        let word = self.required(what)?;
        word.parse()
            .map_err(|_| format!("`{word}` in `{}` is not {what}", self.line))
    }

    /// The error about a word that nothing is known by.
    pub fn unknown(&self, word: &str, known: &str) -> String {
        format!("`{word}` in `{}` is not known; there are {known}", self.line)
    }
}

/// Seconds, written `12s`, `3m`, `1h`.
pub fn span(word: &str) -> Result<i64, String> {
    let (digits, unit) = word.split_at(word.len().saturating_sub(1));
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(format!("`{word}` is no time such as 12s, 3m or 1h")),
    };
    digits
        .parse::<i64>()
        .map(|number| number * factor)
        .map_err(|_| format!("`{word}` is no time such as 12s, 3m or 1h"))
}
