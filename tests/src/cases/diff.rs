//! A unified diff of two short texts.

/// The lines around a change that are shown.
const CONTEXT: usize = 2;

/// How many lines of a difference are shown.
const MOST: usize = 40;

/// What was expected with `-`, what was found with `+`, and two lines around each change.
pub fn unified(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let lines = edits(&old, &new);
    let is_near = |at: usize| {
        let around = &lines[at.saturating_sub(CONTEXT)..lines.len().min(at + CONTEXT + 1)];
        around.iter().any(|(sign, _)| *sign != ' ')
    };
    let (mut text, mut shown, mut is_gap) = (String::new(), 0, false);
    for (at, (sign, line)) in lines.iter().enumerate() {
        if !is_near(at) {
            is_gap = true;
            continue;
        }
        shown += 1;
        if shown > MOST {
            text.push_str("  … and more\n");
            break;
        }
        if is_gap {
            text.push_str("  …\n");
            is_gap = false;
        }
        text.push_str(format!("{sign} {line}").trim_end());
        text.push('\n');
    }
    text
}

/// The longest common subsequence by the table that everybody knows: cases are short.
fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    let mut length = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i][j] = if old[i] == new[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut edits) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            edits.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || length[i + 1][j] >= length[i][j + 1]) {
            edits.push(('-', old[i]));
            i += 1;
        } else {
            edits.push(('+', new[j]));
            j += 1;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_changed_line_is_shown_with_two_lines_around_it() {
        let diff = unified("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n");
        assert_eq!(diff, "  …\n  b\n  c\n- d\n+ X\n  e\n  f\n");
    }

    #[test]
    fn swapped_lines_are_a_removal_and_an_addition() {
        assert_eq!(unified("a\nb\n", "b\na\n"), "- a\n  b\n+ a\n");
    }
}
