//! Words: lists, counts, spans of time, and text that came from outside.

/// Text from outside on one line: control characters, which could also move the cursor, are written as Rust escapes.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut line, c| {
            if c.is_control() {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
            line
        })
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// `1 Pod`, `3 Pods`.
pub(crate) fn count(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{} {word}s", grouped(number as u64)),
    }
}

/// `1,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Virtual time for people: `0s`, `0.1s`, `12.3s`, `1m05s`, `2h03m00s`; tenths of a second below a minute.
pub(crate) fn time(millis: u64) -> String {
    let (seconds, tenths) = (millis / 1000, millis % 1000 / 100);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match (seconds, tenths) {
        (0..60, 0) => format!("{seconds}s"),
        (0..60, _) => format!("{seconds}.{tenths}s"),
        (60..3600, _) => format!("{minutes}m{:02}s", seconds % 60),
        _ => format!("{hours}h{:02}m{:02}s", minutes % 60, seconds % 60),
    }
}

/// Names; where there are more than `most`, the first ones and the last.
pub(crate) fn some<T: AsRef<str>>(names: &[T], most: usize) -> String {
    match (
        names.len() > most,
        names.get(..most.saturating_sub(1)),
        names.last(),
    ) {
        (true, Some(first), Some(last)) => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{}, … {}", first.join(", "), last.as_ref())
        }
        _ => list(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_exact_enough() {
        for (millis, expected) in [
            (0, "0s"),
            (5, "0s"),
            (100, "0.1s"),
            (12_349, "12.3s"),
            (59_999, "59.9s"),
            (60_000, "1m00s"),
            (65_500, "1m05s"),
            (3_600_000, "1h00m00s"),
            (86_399_999, "23h59m59s"),
        ] {
            assert_eq!(time(millis), expected);
        }
    }

    #[test]
    fn lists_and_counts_read_as_people_write_them() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(some(&["a", "b", "c", "d", "e"], 3), "a, b, … e");
        assert_eq!(some(&["a", "b"], 2), "a and b");
        assert_eq!(count(1, "Pod"), "1 Pod");
        assert_eq!(count(1000, "Pod"), "1,000 Pods");
        assert_eq!(grouped(123_456_789), "123,456,789");
        assert_eq!(grouped(100), "100");
    }

    #[test]
    fn text_from_outside_cannot_move_the_cursor_or_start_a_line() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
    }
}
