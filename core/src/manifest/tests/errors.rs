//! What people read when a text cannot be read.

use super::error;
use crate::manifest::{ReadErrorCode, read, read_one, read_within};

/// The message says what is wrong at which place, and where it can, what to do.
#[test]
fn errors_name_the_place_and_a_remedy() {
    let cases = [
        (
            "a:\n  b: 1\n c: 2\n",
            "line 3, column 2: while parsing a block mapping, did not find expected key",
        ),
        (
            "a: b: c\n",
            "line 1, column 5: a `:` is not allowed here: check the indentation, or quote the text that holds it",
        ),
        (
            "a:\n\tb: 1\n",
            "line 2, column 1: tabs cannot indent YAML: use spaces",
        ),
        (
            "a:\n  b: 1\n\tc: 2\n",
            "line 3, column 1: tabs cannot indent YAML: use spaces",
        ),
        (
            "a:\n-\tb\n",
            "line 2, column 2: tabs cannot indent YAML: use spaces",
        ),
        (
            "a: é\n---\nb: [1,\n  2\n",
            "line 3, column 4: this `[` is never closed",
        ),
        ("a: 'x\nb: 1\n", "line 1, column 4: this quote is never closed"),
        (
            "a: 'it's'\n",
            "line 1, column 8: the quoted text ends before this: write `''` for a quote inside of it",
        ),
        (
            "a: \"C:\\dir\"\n",
            "line 1, column 7: found unknown escape character: write `\\\\` for a backslash, or use single quotes",
        ),
        (
            "a: @b\n",
            "line 1, column 4: `@` cannot start a value: quote the text that it begins",
        ),
        ("a: *b\n", "line 1, column 4: unknown anchor `b` referenced"),
        ("a: &b [*b]\n", "line 1, column 8: anchor `b` contains itself"),
        (
            "a: &b.c 1\n",
            "line 1, column 4: anchor `b.c` may hold only letters, digits, `-` and `_`",
        ),
        (
            "a: 1\n<<: b\n",
            "line 2, column 5: map merge requires map or sequence of maps as the value",
        ),
        (
            "a: .inf\n",
            "line 1, column 4: `.inf` has no place in JSON: quote it",
        ),
        (
            "a: !!int x\n",
            "line 1, column 10: cannot decode !!str `x` as a !!int",
        ),
        (
            "a: !!binary x\n",
            "line 1, column 13: !!binary value contains invalid base64 data",
        ),
        (
            ": a\n",
            "line 1, column 1: a key is empty or null: name it, or quote it",
        ),
        (
            "{{ .Values.x }}: 1\n",
            "line 1, column 1: an object or a list cannot be a key: quote text in braces, render templates first",
        ),
        (
            "a: {b?: 1}\n",
            "line 1, column 6: a `?` in brackets starts a key: quote the text that holds it",
        ),
        (
            "a: 1\n--- b\n",
            "line 2, column 4: invalid YAML document separator: after `---` only a comment may stand, not `b`",
        ),
        (
            "%YAML 1.2\n---\na: 1\n",
            "line 1, column 1: only `%YAML 1.1` is understood: remove the directive",
        ),
        (
            "%YAML 1.1\n---\na: 1\n",
            "line 2, column 1: did not find expected <document start>: a `---` line ends the directives",
        ),
        (
            "a: b]\n c: \"d\"e\n",
            "line 2, column 3: a `:` is not allowed here: check the indentation, or quote the text that holds it",
        ),
        (
            "a: \"b\"c\n",
            "line 1, column 7: the quoted text ends before this: write `\\\"` for a quote inside of it",
        ),
        (
            "a: *.b\n",
            "line 1, column 4: `*.b` is no name of an anchor: quote the text that `*` begins",
        ),
        (
            "a: !x!y 1\n",
            "line 1, column 4: found undefined tag handle `!x!`: quote the text that `!` begins",
        ),
        (
            "a: |x\n  b\n",
            "line 1, column 5: after `|` or `>` a block of text begins on the next line: only a comment may stand here",
        ),
        (
            "a: - b\n",
            "line 1, column 4: a `-` is not allowed here: put the item on a line of its own, or quote the text",
        ),
        (
            "a: [- b]\n",
            "line 1, column 5: a `-` in brackets is no item: separate items with commas, or quote it",
        ),
        (
            "a: \"\\ud800\"\n",
            "line 1, column 5: found half a character: write it as `\\U` with eight digits",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(error(text), message, "{text:?}");
    }
}

#[test]
fn json_that_is_broken_or_cut_off_is_explained() {
    let cases = [
        (
            "{\"a\": {\"é\": 1",
            "line 2, column 1: the JSON ends inside an object: is the file cut off?",
        ),
        (
            "{\"a\": [1,",
            "line 2, column 1: the JSON ends inside a value: is the file cut off?",
        ),
        (
            "{\"a\": \"x",
            "line 2, column 1: control character (\\u0000-\\u001F) found while parsing a string",
        ),
        ("{\"é\": 1 \"b\": 2}", "line 1, column 9: expected `,` or `}`"),
        ("{\"a\": 1e999}", "line 1, column 11: a number is too large"),
        (
            "{\"a\": 1}{\"b\": 2}{\"c\": 3}}",
            "line 1, column 25: expected value",
        ),
        (
            "{\"a\": 1}\n{\"b\": ",
            "line 3, column 1: the JSON ends inside a value: is the file cut off?",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(error(text), message, "{text:?}");
    }
}

#[test]
fn what_is_no_text_is_named_by_its_byte() {
    let cases: [(&[u8], &str); 6] = [
        (
            b"\x7fELF\x02\x01\x01\0\0",
            "line 1, column 1: this is not text: byte 0x7f cannot stand in YAML",
        ),
        (
            b"PK\x03\x04",
            "line 1, column 3: this is not text: byte 0x03 cannot stand in YAML",
        ),
        (
            b"a: 1\nb: \0\xff",
            "line 2, column 4: this is not text: byte 0x00 cannot stand in YAML",
        ),
        (
            b"a: \xe9t\xe9\n",
            "line 1, column 4: byte 0xe9 is not UTF-8: save the file as UTF-8 text",
        ),
        (
            "a: 1\nb: x\u{80}".as_bytes(),
            "line 2, column 5: control character U+0080 cannot stand in YAML: remove it",
        ),
        (
            b"\xff\xfea\0\0",
            "line 1, column 2: the last UTF-16 character has only one byte: is the file cut off?",
        ),
    ];
    for (bytes, message) in cases {
        assert_eq!(error(bytes), message, "{bytes:?}");
    }
}

#[test]
fn an_error_in_a_later_document_has_its_place_in_the_file() {
    assert_eq!(
        error("a: 1\n---\nb: 2\n---\nc: [\n"),
        "line 5, column 4: this `[` is never closed"
    );
    assert_eq!(
        error("{\"a\": 1}\n---\nb: [\n"),
        "line 3, column 4: this `[` is never closed"
    );
    assert_eq!(
        error("a: 1\n---\nb: \u{1}\n"),
        "line 3, column 4: this is not text: byte 0x01 cannot stand in YAML"
    );
}

#[test]
fn reading_one_document_fails_only_for_what_stands_in_it() {
    assert!(read_one(b"a: 1\n---\nb: [\n").is_ok());
    assert!(read_one(b"{\"a\": 1} [").is_ok());
    let error = read_one(b"{\"a\": 1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 7: the JSON ends inside an object: is the file cut off?"
    );
    let error = read_one(b"{a: 1").unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 1: this `{` is never closed");
}

#[test]
fn too_much_input_is_refused_by_its_size() {
    let error = read_within(b"a: 123", 5).unwrap_err();
    assert_eq!(error.code, ReadErrorCode::TooLarge);
    assert_eq!(error.position, None);
    assert_eq!(error.to_string(), "the input has 6 bytes: at most 5 are read");
    assert!(read_within(b"a: 123", 6).is_ok());
}

#[test]
fn errors_are_standard_errors_in_lower_case() {
    let error: Box<dyn std::error::Error> = Box::new(read(b"a: [").unwrap_err());
    assert!(error.to_string().starts_with("line 1, column 4: this"));
}
