//! Where a scalar stands in a document.

/// The places, by their names.
pub const PLACES: [Place; 6] = [
    Place {
        name: "value",
        text: |scalar| format!("v: {scalar}\n"),
    },
    Place {
        name: "item",
        text: |scalar| format!("- {scalar}\n- z\n"),
    },
    Place {
        name: "key",
        text: key,
    },
    Place {
        name: "nested value",
        text: |scalar| format!("a:\n - b: {scalar}\n   c: z\n"),
    },
    Place {
        name: "item in brackets",
        text: |scalar| format!("[{scalar}, z]\n"),
    },
    Place {
        name: "value in braces",
        text: |scalar| format!("{{ v: {scalar} , c: z}}\n"),
    },
];

/// A place: a name, and the document that has a scalar there.
pub struct Place {
    pub name: &'static str,
    pub text: fn(&str) -> String,
}

/// A key of one line before its colon; one of several after a question mark.
fn key(scalar: &str) -> String {
    if scalar.contains(['\n', '\r']) {
        format!("? {scalar}\n: v\n")
    } else {
        format!("{scalar}: v\n")
    }
}
