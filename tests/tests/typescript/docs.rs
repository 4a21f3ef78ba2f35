//! What the Rust sources say of types, in words that mean something in JavaScript.

use std::path::Path;

/// Names that are others in TypeScript, or say what only Rust has.
const WORDS: [(&str, &str); 4] = [
    ("None", "absent"),
    ("requeue_after", "requeueAfterSeconds"),
    ("Error", "Failure"),
    ("Entry", "TraceEntry"),
];

/// The paragraphs of a doc comment without examples and sections, which speak of Rust.
pub fn paragraphs(lines: &[String]) -> Vec<String> {
    let (mut paragraphs, mut open) = (Vec::new(), String::new());
    let mut is_code = false;
    for line in lines {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if line.starts_with("# ") {
            break;
        } else if line.is_empty() {
            paragraphs.push(std::mem::take(&mut open));
        } else if !is_code {
            open = format!("{open} {line}").trim().to_owned();
        }
    }
    paragraphs.push(open);
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.iter().map(|paragraph| plain(paragraph)).collect()
}

/// The paragraph without links into Rust's documentation and to this project's papers.
fn plain(paragraph: &str) -> String {
    let mut text = paragraph.replace("*/", "* /");
    // `(see [`reread`])`, `(`wire.md`, "Plan")`: they lead to where nobody can follow.
    let leads_nowhere =
        |aside: &&str| aside.starts_with(" (see [") || aside.contains(".md`") || aside.contains("`None`");
    let asides: Vec<String> = asides(paragraph)
        .filter(leads_nowhere)
        .map(str::to_owned)
        .collect();
    asides.iter().for_each(|aside| text = text.replace(aside, ""));
    while let Some(start) = text.find("[`") {
        let end = start + text[start..].find("`]").expect("a link ends") + 2;
        let name = text[start + 2..end - 2].to_owned();
        let target = text[end..].strip_prefix('(').and_then(|rest| rest.find(')'));
        let link_end = target.map_or(end, |length| end + length + 2);
        text.replace_range(
            start..link_end,
            &format!("`{}`", name.rsplit("::").next().unwrap_or(&name)),
        );
    }
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => code(part),
    });
    parts.collect::<Vec<_>>().concat()
}

/// Everything of the form ` (…)`.
fn asides(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices(" (").map(|(start, _)| &text[start..]);
    starts.filter_map(|rest| rest.find(')').map(|end| &rest[..=end]))
}

/// What stood between backticks, with them where it is still code.
fn code(text: &str) -> String {
    let renamed = WORDS
        .iter()
        .find(|(rust, _)| *rust == text)
        .map(|(_, word)| (*word).to_owned());
    match renamed {
        Some(word) if text == "None" => word,
        Some(word) => format!("`{word}`"),
        None if is_snake(text) => format!("`{}`", camel(text)),
        None => format!("`{text}`"),
    }
}

fn is_snake(text: &str) -> bool {
    text.contains('_')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn camel(text: &str) -> String {
    let mut words = text.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_uppercase() + rest
    })
}

/// What is said of each variant of the enum `name`, in order: ts-rs keeps nothing of it. `path` is the enum's path in
/// Rust, as in `steadfast_core::plan::wait::WaitCode`.
pub fn of_variants(path: &str) -> Vec<Vec<String>> {
    let (modules, name) = path.rsplit_once("::").expect("an enum stands in a module");
    let (package, modules) = modules.split_once("::").unwrap_or((modules, "lib"));
    let folder = package.strip_prefix("steadfast_").expect("one of ours");
    let file = format!("../{folder}/src/{}.rs", modules.replace("::", "/"));
    let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file))
        .unwrap_or_else(|error| panic!("{path} is not in {file}: {error}"));
    let head = format!("pub enum {name} {{");
    let lines = source.lines().skip_while(|line| *line != head).skip(1);
    let (mut variants, mut open) = (Vec::new(), Vec::new());
    // As rustfmt lays them out: variants are indented by four, and so is what is said of them.
    for line in lines.take_while(|line| *line != "}") {
        let Some(line) = line.strip_prefix("    ").filter(|line| !line.starts_with(' ')) else {
            continue;
        };
        if let Some(docs) = line.strip_prefix("///") {
            open.push(docs.strip_prefix(' ').unwrap_or(docs).to_owned());
        } else if line.starts_with(|c: char| c.is_ascii_uppercase()) {
            variants.push(paragraphs(&std::mem::take(&mut open)));
        }
    }
    variants
}
