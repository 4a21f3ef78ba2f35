//! Texts in quotation marks, as the API server's errors have them.

/// A text as Go's `%q` writes it. What Go takes for unprintable beyond control characters stays as it is: its tables would be
/// some kilobytes of WebAssembly, and so are those of Rust's own `{:?}`, which writes another form besides.
///
/// ```
/// use steadfast_core::quoted;
/// assert_eq!(quoted("say \"hi\"\n"), r#""say \"hi\"\n""#);
/// ```
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0b' => quoted.push_str("\\v"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as `fmt.Sprintf("%q", …)` prints it.
    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        for (text, expected) in [
            ("web-0", r#""web-0""#),
            ("", r#""""#),
            ("a\"b\\c'd", r#""a\"b\\c'd""#),
            (
                "\0\x07\x08\t\n\x0b\x0c\r\x1f\x7f",
                r#""\x00\a\b\t\n\v\f\r\x1f\x7f""#,
            ),
            ("é\u{85}", "\"é\\u0085\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
