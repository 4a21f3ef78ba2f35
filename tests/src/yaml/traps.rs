//! The scalars that are compared whatever the seed: what is known to trap readers.

use std::sync::OnceLock;

/// Words that some YAML reads as something else than text.
pub const WORDS: [&str; 29] = [
    "y",
    "n",
    "yes",
    "no",
    "on",
    "off",
    "true",
    "false",
    "null",
    "~",
    "nil",
    "none",
    ".nan",
    ".inf",
    "-.inf",
    "+.inf",
    "nan",
    "inf",
    "infinity",
    "t",
    "f",
    "nulll",
    "yess",
    "onn",
    "-.nan",
    "+.nan",
    "=",
    "<<",
    "undefined",
];

/// What may follow a backslash in double quotes.
pub const ESCAPES: [&str; 22] = [
    "0",
    "a",
    "b",
    "t",
    "\t",
    "n",
    "v",
    "f",
    "r",
    "e",
    " ",
    "\"",
    "/",
    "\\",
    "N",
    "_",
    "L",
    "P",
    "x41",
    "u00e9",
    "U0001F600",
    "\n  ",
];

/// Tags, right and wrong.
pub const TAGS: [&str; 28] = [
    "!!str",
    "!!int",
    "!!float",
    "!!bool",
    "!!null",
    "!!binary",
    "!!timestamp",
    "!!merge",
    "!!seq",
    "!!map",
    "!!set",
    "!!foo",
    "!foo",
    "!",
    "!<tag:yaml.org,2002:int>",
    "!<tag:yaml.org,2002:str>",
    "!<!foo>",
    "!<x>",
    "!<>",
    "!e!foo",
    "!!",
    "!!in%74",
    "!!int%",
    "!%zz",
    "!é",
    "!foo,bar",
    "!!str!x",
    "!a!b!c",
];

/// What tags are tried on.
pub const TAGGED: [&str; 40] = [
    "5",
    "-5",
    "0644",
    "0x1F",
    "0b11",
    "1_000",
    "5.5",
    "1e3",
    ".5",
    ".inf",
    ".nan",
    "18446744073709551615",
    "18446744073709551616",
    "yes",
    "true",
    "n",
    "~",
    "null",
    "",
    "x",
    "<<",
    "=",
    "2001-12-14",
    "2001-12-14T21:59:43Z",
    "aGVsbG8=",
    "aGVs\n  bG8=",
    "aGVsbG8",
    "/w==",
    "'5'",
    "\"5\"",
    "'yes'",
    "\"~\"",
    "''",
    "\"\"",
    "|\n  5",
    ">\n  yes",
    "[]",
    "{}",
    "[5]",
    "*a",
];

/// All traps.
pub fn all() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<String> = Vec::new();
        all.push(String::new());
        all.extend(lines());
        all.extend(words());
        all.extend(escapes());
        all.extend(blocks());
        for tag in TAGS {
            all.extend(TAGGED.iter().map(|scalar| format!("{tag} {scalar}")));
        }
        all.extend(characters());
        all.extend(long());
        all
    })
}

/// Those that are written down one by one.
fn lines() -> impl Iterator<Item = String> {
    let lines = include_str!("../../yaml/scalars.txt").lines();
    lines.filter(|line| !line.starts_with("##")).map(unescaped)
}

/// `\n`, `\r`, `\t`, `\u{..}` and `\\` stand for what they do in Rust.
pub fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        text += before;
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('\\') => text.push('\\'),
            Some('u') => {
                let (code, after) = after
                    .strip_prefix("u{")
                    .and_then(|after| after.split_once('}'))
                    .expect(line);
                let code = u32::from_str_radix(code, 16).expect(line);
                text.push(char::from_u32(code).expect(line));
                chars = after.chars();
            }
            _ => panic!("`{line}` holds an escape that there is not"),
        }
        rest = chars.as_str();
    }
    text + rest
}

/// Each word in each mixture of cases, for short ones, and in the usual three.
fn words() -> Vec<String> {
    let mut all = Vec::new();
    for word in WORDS {
        let letters: Vec<usize> = (0..word.len())
            .filter(|at| word.as_bytes()[*at].is_ascii_alphabetic())
            .collect();
        let mixtures = 1u32 << letters.len().min(5);
        for mixture in 0..mixtures {
            let mut mixed = word.as_bytes().to_vec();
            for (bit, at) in letters.iter().enumerate() {
                if mixture >> bit & 1 == 1 {
                    mixed[*at].make_ascii_uppercase();
                }
            }
            all.extend(String::from_utf8(mixed));
        }
        all.push(format!("'{word}'"));
        all.push(format!("\"{word}\""));
    }
    all
}

/// Every byte after a backslash, and each escape at the start, the end, and between spaces and line breaks.
fn escapes() -> Vec<String> {
    let mut all: Vec<String> = (' '..='~').map(|after| format!("\"a\\{after}b\"")).collect();
    for escape in ESCAPES {
        all.push(format!("\"\\{escape}\""));
        all.push(format!("\" \\{escape} \""));
        all.push(format!("\"a \n  \\{escape}\n  b\""));
        all.push(format!("'a\\{escape}b'"));
    }
    all
}

/// Every header of a block scalar with contents of every indentation.
fn blocks() -> Vec<String> {
    let contents = [
        "",
        "\n",
        "\n\n",
        "\n  a",
        "\n  a\n",
        "\n  a\n\n",
        "\n  a\n  b",
        "\n  a\n   b\n  c",
        "\n  a\n\n  b",
        "\n   a\n  b",
        "\n\n  a",
        "\n   \n  a",
        "\n  \n  a",
        "\n  a\n \n  b",
        "\n a",
        "\n    a\n   b",
        "\n  a\n   \n",
        "\n\ta",
        "\n  \ta\n  b",
        "\n  a\n\tb",
        "\n  # a\n  b",
        "\n  a\n# b",
        "\n  a # b",
        "\n  a \n  b ",
        "\n  a\n\n\n  b\n\n   c\n\n  d",
        "\r\n  a\r\n  b",
        "\n   a\n\n   b\n    c\n\n    d\n   e",
    ];
    let mut all = Vec::new();
    for style in ["|", ">"] {
        for header in [
            "", "-", "+", "1", "2", "1-", "-1", "+2", "2+", "9", "0", "10", "-+", "11",
        ] {
            all.extend(contents.iter().map(|content| format!("{style}{header}{content}")));
        }
        for end in [" ", "\t", " # c", "#c", " #", " x", "\t# c"] {
            all.push(format!("{style}{end}\n  a"));
        }
    }
    all
}

/// Every character up to U+00FF and those at the ends of ranges, alone, in text, and in quotes.
fn characters() -> Vec<String> {
    let ends = [
        0x100, 0x7ff, 0x800, 0x1680, 0x180e, 0x2000, 0x200b, 0x2028, 0x2029, 0x202f, 0x2060, 0x3000, 0xd7ff,
        0xe000, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1_0000, 0x1_f600, 0x1_fffe, 0x10_ffff,
    ];
    let all = (0..=0xff).chain(ends).filter_map(char::from_u32);
    all.flat_map(|c| {
        [
            c.to_string(),
            format!("a{c}b"),
            format!("a {c} b"),
            format!("'{c}'"),
            format!("\"a{c}  b\""),
        ]
    })
    .collect()
}

/// Numbers and keys past all limits.
fn long() -> Vec<String> {
    let digits = "1234567890".repeat(30);
    let mut all: Vec<String> = [20, 40, 80, 160, 300]
        .iter()
        .flat_map(|length| {
            let digits = digits.get(..*length).unwrap_or_default();
            [
                digits.to_owned(),
                format!("-{digits}"),
                format!("0x{digits}"),
                format!("0{digits}"),
                format!("0b{}", "1".repeat(*length)),
                format!("0.{digits}"),
                format!("{digits}.{digits}"),
                format!("{digits}e-{length}"),
                format!("1{}", "0".repeat(*length)),
                format!("0.{}1", "0".repeat(*length)),
            ]
        })
        .collect();
    for exponent in (300..=330).step_by(3) {
        all.extend([
            format!("1e{exponent}"),
            format!("1e-{exponent}"),
            format!("4.9e-{exponent}"),
        ]);
    }
    // A key longer than this is none to go-yaml.
    for length in [126, 127, 128, 129, 1_022, 1_023, 1_024, 1_025, 1_100] {
        all.push("k".repeat(length));
        all.push(format!("'{}'", "k".repeat(length)));
        all.push(format!("\"{}\"", "é".repeat(length / 2)));
        all.push("é".repeat(length));
        all.push(format!("&a !!str {}", "k".repeat(length)));
    }
    all
}
