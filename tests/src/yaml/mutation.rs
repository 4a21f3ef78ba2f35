//! Texts with a character or two put in, taken out or changed.

use super::traps;
use crate::worlds::Draw;

const PUT: [&str; 40] = [
    " ", "  ", "\n", "\n  ", "\t", "\r", "-", "- ", "?", "? ", ":", ": ", ",", "[", "]", "{", "}", "#", " #",
    "&a ", "*a", "!", "!!str ", "|", ">", "'", "\"", "%", "@", "`", "~", "<<: ", "a", "0", ".", "\\", "é",
    "\u{85}", "\u{feff}", "---\n",
];

/// One of the traps, changed.
pub fn of_trap(draw: &mut Draw) -> String {
    let text = draw.pick(traps::all()).clone();
    mutated(&text, draw)
}

/// The text with up to three changes.
pub fn mutated(text: &str, draw: &mut Draw) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=draw.below(3) {
        let at = draw.below(chars.len() + 1);
        match draw.below(4) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at < chars.len() => chars[at] = draw.pick(&PUT).chars().next().unwrap_or(' '),
            2 if at < chars.len() => {
                let to = (at + 1 + draw.below(6)).min(chars.len());
                let copied = chars[at..to].to_vec();
                let before = draw.below(chars.len() + 1);
                chars.splice(before..before, copied);
            }
            _ => drop(chars.splice(at..at, draw.pick(&PUT).chars())),
        }
    }
    chars.into_iter().collect()
}
