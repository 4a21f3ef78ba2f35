//! Inputs made to exhaust a reader give an error, in time and memory that their size explains.

use super::{error, values};
use crate::manifest::{MAX_DEPTH, read};

const TOO_DEEP: &str = "objects and lists nest deeper than 127 levels";
const ALIASES: &str = "document contains excessive aliasing";

#[test]
fn nesting_ends_at_the_limit_in_every_notation() {
    let deep =
        |open: &str, close: &str, levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
    let blocks = |levels: usize| {
        (0..levels)
            .map(|level| format!("{}a:\n", " ".repeat(level)))
            .collect::<String>()
    };
    let texts = [
        |levels| deep_list(levels),
        |levels| format!("{{\"a\": {}}}", deep_list(levels - 1)),
        |levels| "- ".repeat(levels) + "1\n",
    ];
    for text in texts {
        assert!(values(&text(MAX_DEPTH)).is_ok(), "{}", text(MAX_DEPTH));
        assert!(error(text(MAX_DEPTH + 1)).ends_with(TOO_DEEP));
    }
    assert!(values(&deep("{a: ", "}", MAX_DEPTH)).is_ok());
    assert!(error(deep("{a: ", "}", MAX_DEPTH + 1)).ends_with(TOO_DEEP));
    assert!(values(&deep("{\"a\":", "}", MAX_DEPTH)).is_ok());
    assert!(error(deep("{\"a\":", "}", MAX_DEPTH + 1)).ends_with(TOO_DEEP));
    assert!(values(&blocks(MAX_DEPTH)).is_ok());
    assert!(error(blocks(MAX_DEPTH + 1)).ends_with(TOO_DEEP));
    // Half in blocks, half in brackets.
    assert!(values(&format!("{}[[1]]", "- ".repeat(MAX_DEPTH - 2))).is_ok());
    assert!(error(format!("{}[[1]]", "- ".repeat(MAX_DEPTH - 1))).ends_with(TOO_DEEP));
}

fn deep_list(levels: usize) -> String {
    format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn megabytes_of_open_brackets_end_at_the_limit() {
    for open in ["[", "{a: ", "{\"a\":", "- ", "a: [", "&a [", "[{"] {
        let text = open.repeat((8 << 20) / open.len());
        let message = error(text);
        assert!(
            message.ends_with(TOO_DEEP) || message.contains("`:`"),
            "{open}: {message}"
        );
    }
}

#[test]
fn aliases_cannot_nest_deeper_than_text() {
    let mut text = String::from("a0: &a0 [1]\n");
    for level in 1..=MAX_DEPTH {
        text += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert!(error(text).ends_with(TOO_DEEP));
}

#[test]
fn aliases_cannot_multiply_nodes() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(", "));
    }
    assert!(error(text).ends_with(ALIASES));
}

/// The counts are those at which go-yaml v2.4.4 begins to refuse: within 99 % of up to 400,000 nodes, and in the
/// range above.
#[test]
fn aliases_may_repeat_as_often_as_in_go() {
    let text = |items, aliases| format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(items), "*a,".repeat(aliases));
    for (items, aliases) in [(300, 149), (98, 4009), (10, 58_058), (20_000, 24)] {
        assert!(
            values(&text(items, aliases)).is_ok(),
            "{items} items, {aliases} aliases"
        );
        assert!(
            error(text(items, aliases + 1)).ends_with(ALIASES),
            "{items} items, {aliases} aliases"
        );
    }
}

#[test]
fn aliases_cannot_multiply_text() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a,".repeat(99));
    assert!(error(text).ends_with(ALIASES));
}

#[test]
fn anchors_inside_anchors_cannot_multiply_memory() {
    let text = |anchors: usize| {
        format!(
            "{}{}{}",
            "&a [".repeat(anchors),
            "x".repeat(4 << 20),
            "]".repeat(anchors)
        )
    };
    assert!(values(&text(20)).is_ok());
    assert!(error(text(60)).ends_with(ALIASES));
}

#[test]
fn merging_a_mapping_with_itself_ends() {
    assert!(error("a: &a\n  <<: *a\n").ends_with("anchor `a` contains itself"));
}

/// 12 for a document, 6 for an object, 4 for an anchor, 2 for a tag, one for anything else; past the thousandth of its object or list
/// two more for a key and one more for an item; 1,000,000 and one for 9 bytes are allowed.
#[test]
fn what_is_made_of_a_text_is_explained_by_its_size() {
    let too_much = |text: String| {
        error(text).ends_with("there is too much in the text from here on: split it into several files")
    };
    // Each takes 7 bytes and costs 9.
    let pairs = |count: usize| format!("[{}]", "{a: b},".repeat(count));
    assert!(values(&pairs(100_000)).is_ok());
    assert!(too_much(pairs(160_000)));
    let json = |count: usize| format!("{{\"a\": [{}1]}}", "{\"b\":1},".repeat(count));
    assert!(values(&json(100_000)).is_ok());
    assert!(too_much(json(160_000)));
    let documents = |count: usize| "a: 1\n---\n".repeat(count);
    assert_eq!(values(&documents(40_000)).unwrap().len(), 40_000);
    assert!(too_much(documents(80_000)));
    let anchors = |count: usize| "- &a x\n".repeat(count);
    assert!(values(&anchors(160_000)).is_ok());
    assert!(too_much(anchors(200_000)));
    let tags = |count: usize| "- !!str x\n".repeat(count);
    assert!(values(&tags(300_000)).is_ok());
    assert!(too_much(tags(400_000)));
    let keys = |count: usize| (0..count).map(|at| format!("a{at}: b\n")).collect::<String>();
    assert!(values(&keys(300_000)).is_ok());
    assert!(too_much(keys(450_000)));
}

/// What stands in a string costs nothing, and where a text is refused is said to the column.
#[test]
fn commas_in_strings_of_json_are_free() {
    let text = format!(
        "{{\"a\": \"{}\\\"{}\"}}",
        "{,".repeat(1_500_000),
        "[,".repeat(1_500_000)
    );
    assert!(values(&text).is_ok());
    let text = format!("{{\n\"é\": [{}]}}", "{},".repeat(400_000));
    assert!(error(text).starts_with("line 2, column "));
}

#[test]
fn of_keys_that_stand_twice_a_thousand_are_told() {
    assert_eq!(super::only(&"a: 1\n".repeat(2_000)).notices.len(), 1_000);
}

#[test]
fn megabytes_of_one_thing_are_read_or_refused() {
    for piece in [
        "x", " ", "\n", "#", "\"", "'", "!", "&", "*", "%", "|\n", ">", "---\n", "? ", ": ", "\t", "\r", "é",
        "a:\n", "{}", "[],",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        // What comes out is the tables' business; that it comes is this test's.
        let _ = read(text.as_bytes());
    }
}
