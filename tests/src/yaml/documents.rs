//! Documents from a seed: a tree, written down in one of the ways in which people and programs write YAML.

use super::mutation;
use super::scalars;
use crate::worlds::Draw;

/// The document of a seed, or the file with several.
pub fn document(seed: u64) -> String {
    let mut draw = Draw::of(seed ^ 0xd0c0_0000_0000);
    let mut writer = Writer {
        text: String::new(),
        draw: &mut draw,
        anchors: 0,
    };
    writer.file();
    let text = writer.text;
    let text = match draw.below(12) {
        0 => text.replace('\n', "\r\n"),
        1 => text.trim_end().to_owned(),
        2 => format!("\u{feff}{text}"),
        _ => text,
    };
    if draw.percent(35) {
        mutation::mutated(&text, &mut draw)
    } else {
        text
    }
}

struct Writer<'d> {
    text: String,
    draw: &'d mut Draw,
    anchors: usize,
}

impl Writer<'_> {
    fn file(&mut self) {
        if self.draw.one_in(12) {
            self.text += *self.draw.pick(&[
                "%YAML 1.1\n---\n",
                "%TAG !e! tag:yaml.org,2002:\n---\n",
                "%YAML 1.1 # c\n---\n",
                "# c\n\n",
            ]);
        } else if self.draw.one_in(5) {
            self.text += *self.draw.pick(&["---\n", "--- # c\n", "---\n---\n"]);
        }
        for at in 0..=self.draw.below(3).saturating_sub(1) {
            if at > 0 {
                self.text +=
                    *self
                        .draw
                        .pick(&["---\n", "---\n", "--- # c\n", "...\n", "...\n---\n", "---\n---\n"]);
            }
            self.anchors = 0;
            match self.draw.below(8) {
                0 => self.list(0, 0),
                1 => {
                    self.flow(0);
                    self.text.push('\n');
                }
                _ => self.mapping(0, 0),
            }
        }
    }

    /// A comment, blank lines, or mostly nothing.
    fn between(&mut self, indent: usize) {
        if self.draw.one_in(9) {
            let column = *self.draw.pick(&[0, indent, indent, indent + 1]);
            self.text += &" ".repeat(column);
            self.text += *self
                .draw
                .pick(&["# c\n", "#\n", "\n", " \n", "# k: v\n", "\t\n", "\t# c\n"]);
        }
    }

    fn line_end(&mut self) {
        self.text +=
            *self
                .draw
                .weighted(&[(40, "\n"), (3, " # c\n"), (2, " \n"), (1, "\t# c\n"), (1, " #\n")]);
    }

    fn mapping(&mut self, indent: usize, depth: usize) {
        let entries = 1 + self.draw.below(4);
        for at in 0..entries {
            if at > 0 || !self.is_within_line() {
                self.between(indent);
                self.indent(indent);
            }
            if self.draw.one_in(25) {
                self.text += "? ";
                let key = self.key();
                self.text += &key;
                self.line_end();
                self.indent(indent);
                self.text += ":";
            } else {
                let key = self.key();
                self.text += &key;
                self.text += *self.draw.weighted(&[(30, ":"), (1, " :"), (1, "\t:")]);
            }
            self.value(indent, depth);
        }
    }

    fn list(&mut self, indent: usize, depth: usize) {
        let items = 1 + self.draw.below(3);
        for at in 0..items {
            if at > 0 || !self.is_within_line() {
                self.between(indent);
                self.indent(indent);
            }
            self.text += "-";
            if depth < 5 && self.draw.percent(35) {
                let gap = *self.draw.weighted(&[(20, 1), (3, 2), (2, 3)]);
                self.text += &" ".repeat(gap);
                if self.draw.one_in(6) {
                    self.list(indent + 1 + gap, depth + 1);
                } else {
                    self.mapping(indent + 1 + gap, depth + 1);
                }
            } else {
                self.value(indent, depth);
            }
        }
    }

    /// What follows `key:` or `-`.
    fn value(&mut self, indent: usize, depth: usize) {
        let below = *self.draw.weighted(&[(12, 2), (4, 4), (3, 1), (2, 3)]);
        match self.draw.below(20) {
            0..=3 if depth < 5 => {
                self.properties();
                self.line_end();
                self.mapping(indent + below, depth + 1);
            }
            4..=6 if depth < 5 => {
                self.properties();
                self.line_end();
                // A list may stand at the indentation of its key, but not of its dash.
                let is_key = self.text.trim_end().ends_with(':');
                let deeper = if is_key && self.draw.percent(50) { 0 } else { below };
                self.list(indent + deeper, depth + 1);
            }
            7..=8 => {
                self.text.push(' ');
                self.properties();
                self.text.push(' ');
                self.flow(depth);
                self.line_end();
            }
            9 if self.anchors > 0 => {
                let anchor = self.draw.below(self.anchors + 1);
                self.text += &format!(" *x{anchor}");
                self.line_end();
            }
            10 => self.block(indent + below),
            11 => self.line_end(),
            _ => {
                self.properties();
                self.text.push(' ');
                let scalar = self.scalar();
                self.text += &scalar;
                self.line_end();
            }
        }
    }

    fn properties(&mut self) {
        if self.draw.one_in(8) {
            self.text += &format!(" &x{}", self.anchors);
            self.anchors += usize::from(self.draw.percent(90));
        }
        if self.draw.one_in(40) {
            self.text += *self
                .draw
                .pick(&[" !!str", " !!map", " !foo", " !!seq", " !", " !e!str"]);
        }
    }

    fn block(&mut self, indent: usize) {
        let header = *self.draw.pick(&["|", ">", "|-", ">-", "|+", ">+", "| # c"]);
        self.text.push(' ');
        self.text += header;
        self.text.push('\n');
        for _ in 0..self.draw.below(5) {
            let column = indent + *self.draw.weighted(&[(12, 0), (2, 1), (1, 3)]);
            self.text += &" ".repeat(column);
            self.text += *self.draw.pick(&[
                "a", "b c", "# d", "- e", "k: v", "", "", "x\ty", "set -e", "é", "'", "{{",
            ]);
            self.text.push('\n');
        }
    }

    fn flow(&mut self, depth: usize) {
        let is_list = self.draw.percent(50);
        let json = self.draw.one_in(4);
        self.text.push(if is_list { '[' } else { '{' });
        let count = self.draw.below(4);
        for at in 0..count {
            if at > 0 {
                self.text +=
                    *self
                        .draw
                        .weighted(&[(20, ", "), (4, ","), (3, ",\n  "), (1, " , # c\n"), (1, ",\n")]);
            }
            if !is_list || self.draw.one_in(12) {
                let key = if json {
                    format!("\"{}\"", self.draw.pick(&["a", "b", "c d"]))
                } else {
                    self.key()
                };
                self.text += &key;
                self.text += *self
                    .draw
                    .weighted(&[(20, ": "), (3, ":"), (1, " : "), (1, ":\n   ")]);
            }
            if depth < 4 && self.draw.one_in(4) {
                self.flow(depth + 1);
            } else if self.anchors > 0 && self.draw.one_in(8) {
                let anchor = self.draw.below(self.anchors + 1);
                self.text += &format!("*x{anchor}");
            } else {
                let scalar = if json {
                    (*self
                        .draw
                        .pick(&["1", "true", "null", "\"x\"", "-2.5e3", "[]", "{}", "\"\\u00e9\""]))
                    .to_owned()
                } else {
                    self.scalar()
                };
                self.text += &scalar;
            }
        }
        self.text += *self
            .draw
            .weighted(&[(20, ""), (2, " "), (2, "\n"), (1, ","), (1, "\n  ")]);
        self.text.push(if is_list { ']' } else { '}' });
    }

    fn key(&mut self) -> String {
        if self.anchors > 0 && self.draw.one_in(40) {
            return format!("*x{}", self.draw.below(self.anchors));
        }
        let keys = [
            (60, "a"),
            (30, "b"),
            (20, "name"),
            (20, "x.y/z"),
            (8, "n"),
            (8, "y"),
            (4, "1"),
            (4, "\"q\""),
            (4, "'r s'"),
            (10, "<<"),
            (3, "on"),
            (2, "0x1"),
            (2, "1e3"),
            (3, "c d"),
            (1, "~"),
            (1, "!!str 5"),
            (2, "é"),
            (2, "-a"),
            (1, "\"\""),
        ];
        (*self.draw.weighted(&keys)).to_owned()
    }

    fn scalar(&mut self) -> String {
        if self.draw.one_in(6) {
            let seed = self.draw.below(1 << 30) as u64;
            return scalars::scalar(seed);
        }
        let scalars = [
            "x",
            "word",
            "1",
            "0644",
            "yes",
            "n",
            "~",
            "",
            "\"a b\"",
            "'it''s'",
            "1.5",
            "nginx:1.25",
            "a b c",
            "\"\\n\"",
            "500m",
            "{}",
            "[]",
            "-1",
            "a: b",
            "$(X)",
            "http://x:80/y",
            "\"x\n  y\"",
            "'x\n  y'",
            "x\n  y",
            "2001-01-01",
        ];
        (*self.draw.pick(&scalars)).to_owned()
    }

    fn indent(&mut self, columns: usize) {
        let columns = if self.draw.one_in(60) {
            columns + self.draw.below(3)
        } else {
            columns
        };
        self.text += &" ".repeat(columns);
    }

    /// Whether something has been written in the line already, such as a dash.
    fn is_within_line(&self) -> bool {
        !self.text.is_empty() && !self.text.ends_with('\n')
    }
}
