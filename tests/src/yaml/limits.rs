//! Inputs that are made to hold a reader up: each is read or refused within two seconds, in the memory that its size explains.

use std::fmt::Write;
use std::time::{Duration, Instant};

use steadfast_core::manifest;

/// How long one may take.
const MOST: Duration = Duration::from_secs(2);

/// How large the large ones are, in bytes.
const SIZE: usize = 50 << 20;

/// An input: what it is, and how it is made.
type Input = (&'static str, fn() -> String);

/// Reads all of them, and prints how long each took; whether none took too long.
pub fn run() -> bool {
    let mut is_sound = true;
    let mut tell = |name: &str, text: &str| {
        let start = Clock::now();
        let read = manifest::read(text.as_bytes());
        let took = start.elapsed();
        is_sound &= took < MOST;
        let outcome = match &read {
            Ok(documents) => format!("{} documents", documents.len()),
            Err(error) => error.to_string().chars().take(80).collect(),
        };
        println!(
            "{} {:>6} ms  {:>4.1} MB  {name}: {outcome}",
            if took < MOST { ' ' } else { '!' },
            took.as_millis(),
            text.len() as f64 / 1e6
        );
    };
    for (name, make) in INPUTS {
        tell(name, &make());
    }
    if let Some(peak) = peak() {
        println!("at most {peak} in memory, a text of 50 MB and what is read of it among it");
    }
    is_sound
}

/// The time that this process has used: others may be at work beside it.
enum Clock {
    Used(Duration),
    Wall(Instant),
}

impl Clock {
    fn now() -> Self {
        used().map_or_else(|| Self::Wall(Instant::now()), Self::Used)
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::Used(before) => used().unwrap_or_default().saturating_sub(*before),
            Self::Wall(before) => before.elapsed(),
        }
    }
}

/// User and system time from `/proc`, in ticks of a hundredth of a second as Linux counts them everywhere.
fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn peak() -> Option<String> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}

const INPUTS: &[Input] = &[
    ("laughs in lists", || laughs("[", ", ", "]", |alias| alias)),
    ("laughs in merges", || laughs("{<<: [", ", ", "]}", |alias| alias)),
    ("laughs in mappings", || {
        let mut text = "a0: &a0 {k: v}\n".to_owned();
        for level in 1..30 {
            let _ = writeln!(text, "a{level}: &a{level} {{x: *a{0}, y: *a{0}}}", level - 1);
        }
        text
    }),
    ("merges of a large mapping", || {
        let keys: String = (0..20_000).map(|at| format!("k{at}: v, ")).collect();
        format!("a: &a {{{keys}}}\nb:\n{}", "- <<: *a\n".repeat(20_000))
    }),
    ("merges of a large mapping into one", || {
        let keys: String = (0..20_000).map(|at| format!("k{at}: v, ")).collect();
        format!("a: &a {{{keys}}}\nb:\n{}", "  <<: *a\n".repeat(20_000))
    }),
    ("aliases of a large text", || {
        format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(10_000))
    }),
    ("aliases of aliases", || {
        let aliases: String = (1..300_000)
            .map(|at| format!("- &a{at} [*a{}]\n", at - 1))
            .collect();
        format!("- &a0 x\n{aliases}")
    }),
    ("10,000 levels of lists", || {
        "[".repeat(10_000) + &"]".repeat(10_000)
    }),
    ("10,000 levels of objects", || {
        "{a: ".repeat(10_000) + &"}".repeat(10_000)
    }),
    ("10,000 levels of JSON", || {
        "{\"a\":[".repeat(5_000) + &"]}".repeat(5_000)
    }),
    ("10,000 levels of dashes", || "- ".repeat(10_000) + "x\n"),
    ("10,000 levels of blocks", || {
        (0..10_000)
            .map(|level| format!("{}a:\n", " ".repeat(level)))
            .collect()
    }),
    ("10,000 levels of keys", || "? ".repeat(10_000) + "x\n"),
    ("brackets without end", || "[".repeat(SIZE)),
    ("JSON brackets without end", || "{\"a\":".repeat(SIZE / 5)),
    ("plain text", || format!("a: {}\n", "x".repeat(SIZE))),
    ("plain words", || format!("a: {}\n", "word ".repeat(SIZE / 5))),
    ("plain lines", || {
        format!("a:\n{}", "  some words\n".repeat(SIZE / 13))
    }),
    ("plain empty lines", || format!("a: b\n{}", "\n".repeat(SIZE))),
    ("plain text of other scripts", || {
        format!("a: {}\n", "é日".repeat(SIZE / 5))
    }),
    ("digits", || format!("a: {}\n", "1".repeat(SIZE))),
    ("digits and underscores", || {
        format!("a: {}\n", "1_".repeat(SIZE / 2))
    }),
    ("digits of a float", || format!("a: 0.{}\n", "1".repeat(SIZE))),
    ("single quotes", || format!("a: '{}'\n", "x''".repeat(SIZE / 3))),
    ("double quotes with escapes", || {
        format!("a: \"{}\"\n", "\\u00e9".repeat(SIZE / 6))
    }),
    ("quoted lines", || format!("a: \"{}\"\n", "x\n".repeat(SIZE / 2))),
    ("a quote without end", || {
        format!("a: \"{}", "x ".repeat(SIZE / 2))
    }),
    ("literal text", || {
        format!("a: |\n{}", "  some words\n".repeat(SIZE / 13))
    }),
    ("folded text", || {
        format!("a: >\n{}", "  some words\n".repeat(SIZE / 13))
    }),
    ("base64", || format!("a: !!binary {}\n", "YWJj".repeat(SIZE / 4))),
    ("keys", || numbered(|at| format!("key{at}: v\n"))),
    ("keys in braces", || {
        format!("{{{}}}", numbered(|at| format!("key{at}: v, ")))
    }),
    ("one key again and again", || "a: 1\n".repeat(SIZE / 5)),
    ("a long key", || format!("? {}\n: v\n", "k".repeat(SIZE))),
    ("a long key without a sign", || {
        format!("{}: v\n", "k".repeat(SIZE))
    }),
    ("items", || "- x\n".repeat(SIZE / 4)),
    ("items in brackets", || format!("[{}]", "x, ".repeat(SIZE / 3))),
    ("pairs in brackets", || format!("[{}]", "a: b, ".repeat(SIZE / 6))),
    ("empty lists in brackets", || {
        format!("[{}]", "[],".repeat(SIZE / 3))
    }),
    ("objects", || "- {a: b, c: [d]}\n".repeat(SIZE / 17)),
    ("documents", || "a: 1\n---\n".repeat(SIZE / 9)),
    ("empty documents", || "---\n".repeat(SIZE / 4)),
    ("anchors", || numbered(|at| format!("- &a{at} x\n"))),
    ("one anchor again and again", || "- &a [x]\n".repeat(SIZE / 9)),
    ("aliases", || format!("- &a x\n{}", "- *a\n".repeat(SIZE / 5))),
    ("tags", || "- !!str x\n".repeat(SIZE / 10)),
    ("tags of percents", || {
        format!("- !{} x\n", "%41".repeat(SIZE / 3))
    }),
    ("comments", || "# comment\n".repeat(SIZE / 10)),
    ("spaces", || " ".repeat(SIZE)),
    ("tabs", || format!("a: b{}", "\t".repeat(SIZE))),
    ("line breaks of Unicode", || "\u{2028}".repeat(SIZE / 3)),
    ("carriage returns", || "a: 1\r".repeat(SIZE / 5)),
    ("question marks", || "? \n".repeat(SIZE / 3)),
    ("question marks in brackets", || {
        format!("[{}]", "? ,".repeat(SIZE / 3))
    }),
    ("colons", || ":".repeat(SIZE)),
    ("dashes", || "- ".repeat(60) + &"-\n".repeat(SIZE / 2)),
    ("a text after the document", || {
        format!("a: 1\n...\n{}", "x: [\n".repeat(SIZE / 5))
    }),
    ("a JSON text", || format!("{{\"a\": \"{}\"}}", "x".repeat(SIZE))),
    ("a JSON text of escapes", || {
        format!("{{\"a\": \"{}\"}}", "\\n".repeat(SIZE / 2))
    }),
    ("half characters in JSON", || {
        format!("{{\"a\": \"{}\"}}", "\\ud800".repeat(SIZE / 6))
    }),
    ("JSON keys", || {
        format!("{{{}\"z\": 1}}", numbered(|at| format!("\"k{at}\": 1, ")))
    }),
    ("one JSON key again and again", || {
        format!("{{{}\"z\": 1}}", "\"a\": 1, ".repeat(SIZE / 8))
    }),
    ("JSON documents", || "{\"a\": 1}\n".repeat(SIZE / 9)),
    ("JSON that turns out to be YAML", || {
        format!("{{\"a\": [{}], b: 1}}", "1, ".repeat(SIZE / 3))
    }),
    ("JSON that is cut off", || {
        format!("{{\"a\": [{}", "1, ".repeat(SIZE / 3))
    }),
    ("no text", || "\u{1}".repeat(SIZE)),
];

/// Each line holds ten of the one before it.
fn laughs(open: &str, between: &str, close: &str, of: fn(String) -> String) -> String {
    let mut text = format!(
        "a0: &a0 {}\n",
        if open.starts_with('{') { "{x: y}" } else { "[x]" }
    );
    for level in 1..12 {
        let aliases = vec![of(format!("*a{}", level - 1)); 10].join(between);
        let _ = writeln!(text, "a{level}: &a{level} {open}{aliases}{close}");
    }
    text
}

/// As many pieces as make a large text.
fn numbered(piece: fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut at = 0;
    while text.len() < SIZE {
        text += &piece(at);
        at += 1;
    }
    text
}
