//! Quoted scalars and block scalars.

use std::fmt::Write;

use super::traps;
use crate::worlds::Draw;

/// What ends a line inside a scalar, with the beginning of the next.
fn line_break(draw: &mut Draw) -> String {
    let breaks = [
        "\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n  \n", " \n", "\t\n", "\n\t\n", "\u{85}", "\u{2028}",
    ];
    let starts = ["  ", "  ", "  ", "   ", " ", "", "\t", "  \t", "    "];
    format!("{}{}", draw.pick(&breaks), draw.pick(&starts))
}

fn inside(draw: &mut Draw) -> &'static str {
    const PIECES: [&str; 36] = [
        "a", "b", "yes", "0644", "1e3", "~", "null", " ", "  ", ": ", " #", "- ", "-", "#", ",", "[", "]",
        "{", "}", "&a", "*a", "!!int", "|", ">", "%", "@", "`", "?", "\t", "é", "日本", "😀", "\u{a0}",
        "\u{feff}", "<<", "---",
    ];
    let &piece = draw.pick(&PIECES);
    piece
}

/// Text in single quotes, sometimes with a quote too few or something after it.
pub fn single(draw: &mut Draw) -> String {
    let mut text = "'".to_owned();
    for _ in 0..draw.below(6) {
        match draw.below(9) {
            0 => text += "''",
            1 => text += &line_break(draw),
            2 => text += *draw.pick(&["\"", "\\", "\\n", "\\'"]),
            _ => text += inside(draw),
        }
    }
    text.push('\'');
    after(draw, &mut text);
    text
}

/// Text in double quotes with escapes.
pub fn double(draw: &mut Draw) -> String {
    let mut text = "\"".to_owned();
    for _ in 0..draw.below(6) {
        match draw.below(9) {
            0..=2 => text += &escape(draw),
            3 => text += &line_break(draw),
            4 => text += *draw.pick(&["'", "''", "\\\n", "\\\n  ", "\\\r\n ", "\\ ", "\\\t"]),
            _ => text += inside(draw),
        }
    }
    text.push('"');
    after(draw, &mut text);
    text
}

fn escape(draw: &mut Draw) -> String {
    let mut text = String::new();
    let _ = match draw.below(8) {
        0 => write!(text, "\\x{:02x}", draw.below(256)),
        1 => write!(text, "\\u{:04X}", draw.below(0x1_0000)),
        2 => write!(
            text,
            "\\u{:04x}",
            draw.pick(&[0x85, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xfeff, 0xfffe, 0xffff, 0])
        ),
        3 => write!(
            text,
            "\\U{:08x}",
            draw.pick(&[0x41, 0x1_f600, 0x10_ffff, 0x11_0000, 0xd800, 0xffff_ffffu32])
        ),
        4 => write!(
            text,
            "\\{}",
            draw.pick(&["x4", "xg1", "u12", "u12g4", "U1234567", "q", "'", "(", "1", "é"])
        ),
        _ => write!(text, "\\{}", draw.pick(&traps::ESCAPES)),
    };
    text
}

/// What may stand after a closing quote, and what may not.
fn after(draw: &mut Draw, text: &mut String) {
    if draw.one_in(8) {
        *text += *draw.pick(&[
            " ", " # c", "#c", "\t", "\t#c", " x", "x", "\"", "'", ",", "\n", "\n  # c", "\n  x",
        ]);
    }
}

/// A block scalar: a header, then lines indented by about as much as they should be.
pub fn block(draw: &mut Draw) -> String {
    let mut text = (*draw.pick(&["|", ">"])).to_owned();
    text += *draw.pick(&[
        "", "", "", "-", "+", "2", "1", "2-", "-2", "+1", "3", "9", "0", "--", "22", "1+",
    ]);
    text += *draw.pick(&["", "", "", "", "", " ", " # c", "#c", "\t", "\t# c", " x"]);
    let lines = draw.below(6);
    for _ in 0..lines {
        text += *draw.pick(&["\n", "\n", "\n", "\n", "\n", "\r\n", "\r"]);
        text += *draw.pick(&["  ", "  ", "  ", "  ", " ", "   ", "", "\t", "  \t", "    "]);
        text += *draw.pick(&[
            "a",
            "b",
            "- x",
            "# c",
            "k: v",
            "",
            "",
            "\t",
            "a b",
            "'q'",
            "\\",
            "é",
            "  x",
            "word word",
            "---",
            "...",
            "a ",
            "\u{feff}",
            "\u{85}",
            "\u{2028}",
            "%",
        ]);
    }
    if draw.one_in(6) {
        text += *draw.pick(&["\n", "\n\n", "\n  ", "\n   ", "\n# c", "\n  # c", "\r\n"]);
    }
    text
}
