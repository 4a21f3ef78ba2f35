//! Values to YAML, laid out as `kubectl get -o yaml` lays them out.

use std::cmp::Ordering;

use serde_json::Value;

use super::float;
use super::write_scalar::{self, Shape, Style};

/// Writes a value as YAML, ending in a line break, as `sigs.k8s.io/yaml` (`JSONToYAML`) and so `kubectl` does:
/// keys in go-yaml's natural order, list items not indented below their key, literal blocks for text of several
/// lines, other lines folded past column 80. Strings that Go's reader would take for something else are quoted,
/// so that [`super::read_one`] gives the same value again. An integral float comes back as an integer, since
/// JSON made of YAML knows no difference.
///
/// Two strings are written more carefully than Go does: `<<`, which it would merge, and text with U+2028 or
/// U+2029, which YAML 1.2 readers do not take for line breaks.
pub fn to_yaml(value: &Value) -> String {
    let mut writer = Writer {
        out: String::new(),
        indent: None,
        column: 0,
        is_blank: true,
        is_indented: true,
    };
    writer.node(value, false);
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    writer.out
}

/// The state of libyaml's emitter, as far as block style needs it.
pub(super) struct Writer {
    out: String,
    /// The column of the innermost collection; `None` outside of any.
    indent: Option<usize>,
    pub(super) column: usize,
    /// Whether the last character was white space that a token may follow.
    is_blank: bool,
    /// Whether the line has nothing but indentation and `- `, `? ` and `: ` so far.
    is_indented: bool,
}

impl Writer {
    fn node(&mut self, value: &Value, in_mapping: bool) {
        match value {
            Value::Null => self.text("null", false),
            Value::Bool(value) => self.text(if *value { "true" } else { "false" }, false),
            Value::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() => self.text(&float::text_of(float), false),
                _ => self.text(&number.to_string(), false),
            },
            Value::String(text) => self.string(text, false),
            Value::Array(items) if items.is_empty() => self.token("[]", true),
            Value::Object(map) if map.is_empty() => self.token("{}", true),
            Value::Array(items) => {
                let outer = self.indent;
                let stays = in_mapping && !self.is_indented;
                self.indent = Some(outer.map_or(0, |column| if stays { column } else { column + 2 }));
                for item in items {
                    self.start_line();
                    self.indicator("-");
                    self.node(item, false);
                }
                self.indent = outer;
            }
            Value::Object(map) => {
                let outer = self.indent;
                self.indent = Some(outer.map_or(0, |column| column + 2));
                for (key, value) in sorted(map.iter().collect()) {
                    self.start_line();
                    self.key(key);
                    self.node(value, true);
                }
                self.indent = outer;
            }
        }
    }

    fn key(&mut self, key: &str) {
        if key.len() <= 128 && !Shape::of(key).is_multiline {
            self.string(key, true);
            self.token(":", false);
            return;
        }
        self.indicator("?");
        self.string(key, false);
        self.start_line();
        self.indicator(":");
    }

    fn string(&mut self, text: &str, is_key: bool) {
        let outer = self.indent;
        // Where the scalar's own further lines start.
        self.indent = Some(outer.map_or(2, |column| column + 2));
        match write_scalar::style_of(text, is_key) {
            Style::Plain => self.text(text, !is_key),
            Style::SingleQuoted => write_scalar::single_quoted(self, text, !is_key),
            Style::DoubleQuoted => write_scalar::double_quoted(self, text, !is_key),
            Style::Literal => write_scalar::literal(self, text),
        }
        self.indent = outer;
    }

    fn text(&mut self, text: &str, may_fold: bool) {
        self.space();
        write_scalar::plain(self, text, may_fold);
        self.ended();
    }

    /// `-`, `?` or `:` before a node that may go on in the same line, indented.
    fn indicator(&mut self, token: &str) {
        let is_indented = self.is_indented;
        self.token(token, true);
        self.is_indented = is_indented;
    }

    pub(super) fn token(&mut self, token: &str, wants_space: bool) {
        if wants_space {
            self.space();
        }
        token.chars().for_each(|c| self.put(c));
        self.ended();
    }

    /// Marks that what comes next follows a token directly.
    pub(super) fn ended(&mut self) {
        self.is_blank = false;
        self.is_indented = false;
    }

    /// Breaks the line where something stands in it already, and indents.
    pub(super) fn start_line(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.is_indented || self.column > indent || self.column == indent && !self.is_blank {
            self.put('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.is_blank = true;
        self.is_indented = true;
    }

    pub(super) fn line_break(&mut self) {
        self.put('\n');
        self.is_blank = true;
        self.is_indented = true;
    }

    pub(super) fn put(&mut self, c: char) {
        self.out.push(c);
        self.column = if c == '\n' { 0 } else { self.column + 1 };
        self.is_indented &= c == ' ' || c == '\n';
    }

    fn space(&mut self) {
        if !self.is_blank {
            self.put(' ');
        }
    }
}

/// Sorts by go-yaml's order. A merge sort of its own: that order is not transitive for all texts, which the
/// standard library's sort may answer with a panic.
fn sorted<V: Copy>(entries: Vec<(&String, V)>) -> Vec<(&String, V)> {
    if entries.len() < 2 {
        return entries;
    }
    let (left, right) = entries.split_at(entries.len() / 2);
    let mut left = sorted(left.to_vec()).into_iter().peekable();
    let mut right = sorted(right.to_vec()).into_iter().peekable();
    let mut merged = Vec::with_capacity(entries.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if natural(b.0, a.0) == Ordering::Less {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// go-yaml's order of keys (`sorter.go`): letters after everything else, runs of digits by their number.
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(a, b)| a != b) else {
        return a.len().cmp(&b.len());
    };
    let (Some(x), Some(y)) = (a.get(at), b.get(at)) else {
        return Ordering::Equal;
    };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // After a digit other than 0, a 0 is no leading zero: both numbers get the same first digit.
    let digits_before = a.iter().take(at).rev().take_while(|c| c.is_numeric());
    let inside_number = (*x == '0' || *y == '0') && digits_before.into_iter().any(|c| *c != '0');
    let number = |chars: &[char]| {
        let digits = chars.iter().skip(at).take_while(|c| c.is_ascii_digit());
        let start = i64::from(inside_number);
        let fold = |n: i64, c: &char| {
            n.wrapping_mul(10)
                .wrapping_add(i64::from(u32::from(*c) - u32::from('0')))
        };
        (digits.clone().fold(start, fold), digits.count())
    };
    number(&a).cmp(&number(&b)).then(x.cmp(y))
}
