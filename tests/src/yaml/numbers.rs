//! Scalars that look like numbers and moments, right, wrong and nearly right.

use std::fmt::Write;

use crate::worlds::Draw;

/// Digits of a base, sometimes with underscores between them, sometimes one that the base has not.
fn digits(draw: &mut Draw, base: usize, most: usize) -> String {
    const DIGITS: [char; 22] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'A', 'B', 'C', 'D',
        'E', 'F',
    ];
    let underscores = draw.one_in(5);
    let mut text = String::new();
    for _ in 0..draw.below(most + 1) {
        let known = match base {
            16 => DIGITS.len(),
            _ => base,
        };
        let known = if draw.one_in(60) { DIGITS.len() } else { known };
        text.push(DIGITS[draw.below(known)]);
        if underscores && draw.one_in(3) {
            text += *draw.pick(&["_", "_", "__"]);
        }
    }
    text
}

fn sign(draw: &mut Draw) -> &'static str {
    let &sign = draw.weighted(&[(70, ""), (14, "-"), (14, "+"), (1, "--"), (1, "-+")]);
    sign
}

/// A number of any base, an integer at a limit, or a float.
pub fn number(draw: &mut Draw) -> String {
    match draw.below(10) {
        0..=3 => integer(draw),
        4 => limit(draw),
        _ => float(draw),
    }
}

fn integer(draw: &mut Draw) -> String {
    let (prefix, base) = *draw.weighted(&[
        (30, ("", 10)),
        (14, ("0", 8)),
        (8, ("0", 10)),
        (10, ("0x", 16)),
        (3, ("0X", 16)),
        (8, ("0o", 8)),
        (3, ("0O", 8)),
        (8, ("0b", 2)),
        (3, ("0B", 2)),
        (3, ("0b-", 2)),
        (3, ("0x-", 16)),
        (2, ("0b+", 2)),
        (2, ("_", 10)),
    ]);
    let most = if draw.one_in(4) { 70 } else { 5 };
    sign(draw).to_owned() + prefix + &digits(draw, base, most)
}

/// A number within a few of where an integer type ends, in one of the bases.
fn limit(draw: &mut Draw) -> String {
    let edge = *draw.pick(&[
        1i128 << 7,
        1 << 8,
        1 << 15,
        1 << 16,
        1 << 31,
        1 << 32,
        1 << 53,
        1 << 63,
        1 << 64,
        1 << 65,
        10i128.pow(20),
        10i128.pow(21),
    ]);
    let value = edge + i128::from(draw.between(-2, 2));
    let sign = sign(draw);
    match draw.below(7) {
        0 => format!("{sign}0x{value:x}"),
        1 => format!("{sign}0o{value:o}"),
        2 => format!("{sign}0{value:o}"),
        3 => format!("{sign}0b{value:b}"),
        4 => format!("{sign}{value}.0"),
        _ => format!("{sign}{value}"),
    }
}

fn float(draw: &mut Draw) -> String {
    let long = draw.one_in(6);
    let mut text = sign(draw).to_owned();
    text += &digits(draw, 10, if long { 40 } else { 4 });
    if draw.percent(80) {
        text.push('.');
        text += &digits(draw, 10, if long { 40 } else { 4 });
    }
    if draw.percent(45) {
        text += *draw.pick(&["e", "E", "e+", "e-", "E+", "E-", "e", "p", "e--", "e_"]);
        let most = if draw.one_in(6) { 5 } else { 2 };
        text += &digits(draw, 10, most);
    }
    if draw.one_in(12) {
        text += *draw.pick(&["f", "F", "_", ".", "e", "d", "i", "L", "%", "m", "Ki"]);
    }
    text
}

/// A number of base sixty, as YAML 1.1 has it and go-yaml has not.
pub fn sixties(draw: &mut Draw) -> String {
    let mut text = sign(draw).to_owned() + &digits(draw, 10, 3);
    for _ in 0..=draw.below(3) {
        let _ = match draw.below(8) {
            0 => write!(text, ":{}", draw.below(10)),
            1 => write!(text, ":{}", draw.below(200)),
            _ => write!(text, ":{:02}", draw.below(62)),
        };
    }
    if draw.one_in(4) {
        let _ = write!(text, ".{}", digits(draw, 10, 3));
    }
    text
}

/// A date or a moment in one of the ways in which go-yaml reads it, with mistakes.
pub fn moment(draw: &mut Draw) -> String {
    let mut text = match draw.below(8) {
        0 => "!!timestamp ".to_owned(),
        _ => String::new(),
    };
    let padded = draw.percent(70);
    let number = |draw: &mut Draw, most: usize| match padded {
        true => format!("{:02}", draw.below(most)),
        false => draw.below(most).to_string(),
    };
    let year = *draw.pick(&[
        "2001", "2000", "1900", "2024", "1", "20011", "0000", "9999", "-001",
    ]);
    let (month, day) = (number(draw, 14), number(draw, 33));
    text += &format!("{year}-{month}-{day}");
    if draw.percent(60) {
        text += *draw.pick(&["T", "t", " ", "  ", "", "\t", "x"]);
        text += &format!("{}:{}:{}", number(draw, 26), number(draw, 62), number(draw, 62));
        if draw.percent(40) {
            text += *draw.pick(&[".", ".", ","]);
            text += &digits(draw, 10, 11);
        }
        text += *draw.pick(&[
            "", "Z", "z", "+01:00", "-05:00", " Z", " +01:00", "+1:00", "+0100", "+24:00", "+25:00",
            "+00:60", "+00:61",
        ]);
    }
    text
}
