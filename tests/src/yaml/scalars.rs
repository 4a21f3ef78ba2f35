//! Scalars from a seed, as they would be typed: quotes, tags, anchors and line breaks belong to them.

use super::{mutation, numbers, quoted, traps};
use crate::worlds::Draw;

/// The scalar of a seed.
pub fn scalar(seed: u64) -> String {
    let mut draw = Draw::of(seed);
    if draw.percent(12) {
        with_properties(&mut draw)
    } else {
        content(&mut draw)
    }
}

/// A scalar without anchor and tag.
fn content(draw: &mut Draw) -> String {
    type Kind = fn(&mut Draw) -> String;
    let kinds: [(usize, Kind); 11] = [
        (20, numbers::number),
        (6, numbers::moment),
        (5, numbers::sixties),
        (9, word),
        (14, plain),
        (8, plain_lines),
        (9, quoted::single),
        (13, quoted::double),
        (10, quoted::block),
        (8, mutation::of_trap),
        (4, realistic),
    ];
    draw.weighted(&kinds)(draw)
}

/// An anchor, a tag, both in either order, or twice, before a scalar or before nothing.
fn with_properties(draw: &mut Draw) -> String {
    let mut text = String::new();
    for _ in 0..=draw.below(2) {
        text += match draw.below(3) {
            0 => *draw.pick(&["&a", "&b-1", "&_", "&a.b", "&é", "&", "&a:", "&0"]),
            _ => *draw.pick(&traps::TAGS),
        };
        text += *draw.pick(&[" ", " ", " ", "  ", "\t", "", "\n", "\n  "]);
    }
    if draw.one_in(10) {
        return text;
    }
    let of_tag = draw.percent(50);
    text + &match of_tag {
        true => (*draw.pick(&traps::TAGGED)).to_owned(),
        false => content(draw),
    }
}

/// A word that means something to some YAML, its letters in any case, sometimes with something at its end.
fn word(draw: &mut Draw) -> String {
    let word = draw.pick(&traps::WORDS);
    let case = draw.below(4);
    let mut text: String = word
        .chars()
        .enumerate()
        .map(|(at, letter)| match case {
            0 => letter,
            1 => letter.to_ascii_uppercase(),
            2 if at == 0 => letter.to_ascii_uppercase(),
            3 if draw.percent(50) => letter.to_ascii_uppercase(),
            _ => letter,
        })
        .collect();
    if draw.one_in(6) {
        text += *draw.pick(&[
            " ", "\t", " #", "#", ":", ".", "_", "-", "!", "\u{a0}", "\u{feff}", ",",
        ]);
    }
    text
}

/// What characters plain text is made of: most often letters, then what YAML reads as a sign, then odd ones.
fn piece(draw: &mut Draw) -> &'static str {
    const SIGNS: [&str; 34] = [
        "-", "?", ":", ",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`", "<",
        "=", "~", ".", "/", "\\", "_", "+", "$", "(", ")", ";", "^", "\t", "<<",
    ];
    const ODD: [&str; 20] = [
        "é",
        "ß",
        "日",
        "😀",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{fffd}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{10ffff}",
        "\u{301}",
        "\u{200b}",
        "\u{fffe}",
        "\u{7f}",
        "\u{9f}",
        "\u{1}",
        "\u{ad}",
    ];
    const LETTERS: [&str; 14] = [
        "a", "b", "x", "y", "n", "e", "0", "1", "7", "9", "A", "N", "ab", "word",
    ];
    let &piece = match draw.below(20) {
        0..=9 => draw.pick(&LETTERS),
        10..=13 => draw.pick(&[" ", " ", ": ", " #", "- ", ", "]),
        14..=18 => draw.pick(&SIGNS),
        _ => draw.pick(&ODD),
    };
    piece
}

/// Text without quotes on one line.
fn plain(draw: &mut Draw) -> String {
    (0..=draw.below(7)).map(|_| piece(draw)).collect()
}

/// Text without quotes on several lines, indented by little more or less than it should.
fn plain_lines(draw: &mut Draw) -> String {
    let mut text = plain(draw);
    for _ in 0..=draw.below(3) {
        text += *draw.pick(&[
            "\n", "\n", "\n", "\n\n", "\n \n", "\r\n", "\r", " \n", "\n\t\n", "\u{85}",
        ]);
        text += *draw.pick(&["  ", "  ", "  ", " ", "    ", "", "\t", "  \t"]);
        text += &plain(draw);
    }
    text
}

/// What stands in manifests.
fn realistic(draw: &mut Draw) -> String {
    let words = [
        "500m",
        "1Gi",
        "nginx:1.25",
        "10.0.0.0/8",
        "$(POD_NAME)",
        "100%",
        "8080/TCP",
        "app.kubernetes.io/name",
        "1e3Gi",
        "0.5",
        "5s",
        "10m30s",
        "/bin/sh",
        "-c",
        "--flag=1",
        "a=b,c=d",
        "*.example.com",
        "0 4 * * *",
        "@daily",
        "%d",
        "{{ .Values.x }}",
        "http://x:80/?a=b#c",
        "C:\\dir",
        "sha256:0e12",
        "1.30",
        "v1",
        "0755",
        "1_000",
        "12:30:45",
        "2024-01-01",
        "null",
        "on",
        "n",
        "<none>",
        "[::1]:80",
        "a,b",
        "\"x\":y",
        "it's",
        "&&",
        "| grep",
        "> out",
        "!= x",
    ];
    let mut text = (*draw.pick(&words)).to_owned();
    for _ in 0..draw.below(3) {
        text += *draw.pick(&[" ", "", "/", ":", "-", ", ", " #"]);
        text += *draw.pick(&words);
    }
    text
}
