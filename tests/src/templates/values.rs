//! Ordinary and odd values of each kind.

use serde_json::{Value, json};

use crate::worlds::Draw;

/// Times that Go reads, most of which it writes otherwise, and one that it does not read.
pub const TIMES: [&str; 12] = [
    "2026-11-21T00:00:00Z",
    "2026-11-21T00:00:00.123456789Z",
    "2026-11-21T08:00:00+02:00",
    "2026-11-21T8:00:00Z",
    "2026-11-21T08:00:00,5-00:30",
    "2024-02-29T23:59:59+24:60",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.5Z",
    "0001-01-01T00:00:00+01:00",
    "0000-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "1969-12-31T23:59:59.9Z",
];

const TEXTS: [&str; 22] = [
    "",
    "",
    "a",
    "web",
    "default",
    "v1",
    "v2",
    "/",
    "/data",
    "TCP",
    "UDP",
    "Always",
    "Never",
    "HTTP",
    "Memory",
    "RollingUpdate",
    "OnDelete",
    "Retain",
    "<a&b>",
    "é\u{2028}\u{2029}😀",
    "quote\" back\\ tab\t nul\u{0}\u{7f}",
    "0",
];

const IMAGES: [&str; 40] = [
    "",
    "nginx",
    "nginx:latest",
    "nginx:1.27",
    "nginx:LATEST",
    "Nginx",
    "nginx:",
    ":latest",
    "nginx:latest:latest",
    "nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123",
    "nginx:latest@sha256:0123456789012345678901234567890123456789012345678901234567890123",
    "nginx:1@sha256:0123456789012345678901234567890123456789012345678901234567890123",
    "nginx:latest@sha256:012345678901234567890123456789012345678901234567890123456789012",
    "nginx:latest@sha256:ABCDEF789012345678901234567890123456789012345678901234567890123A",
    "nginx:latest@md5:01234567890123456789012345678901",
    "nginx:latest@sha512:0123",
    "nginx@latest",
    "registry.io/nginx",
    "registry.io:5000/nginx",
    "registry.io:5000/nginx:latest",
    "registry.io:/nginx",
    "localhost/nginx",
    "localhost:1/a/b/c:latest",
    "[::1]:5000/nginx",
    "[::1]/nginx:latest",
    "[xyz]/nginx",
    "a_b.com/nginx",
    "a__b/c--d/e.f:latest",
    "a_-b/c",
    "a___b",
    "-a",
    "a-/b",
    "UPPER/nginx",
    "UPPER/nginx:latest",
    "index.docker.io/nginx",
    "docker.io/nginx:latest",
    "a//b",
    "a/",
    " nginx",
    "0123456789012345678901234567890123456789012345678901234567890123",
];

const QUANTITIES: [&str; 66] = [
    "0",
    "00",
    "1",
    "100m",
    "1Gi",
    "1024Mi",
    "1000m",
    "0.5",
    ".5",
    "1.",
    ".",
    "+1",
    "-1",
    "+",
    "-",
    "1.500",
    "1.5",
    "0.500",
    "1500000000",
    "1e3",
    "1E3",
    "1E",
    "1Ei",
    "8Ei",
    "9Ei",
    "-9Ei",
    "0.5Gi",
    "1.5Gi",
    "0.1Ki",
    "1.0001Ki",
    "1025Ki",
    "1026Ki",
    "512Ki",
    "01Gi",
    "+1Gi",
    "1n",
    "1u",
    "0.1n",
    "0.0001m",
    "-0.1n",
    "999999999999999999",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999",
    "1000E",
    "12345E",
    "1e20",
    "1e-9",
    "1e-10",
    "5e-3",
    "1e+2",
    "10e1",
    "100e-4",
    "1e2147483647",
    "1e4294967296",
    "1e",
    "e3",
    "Ki",
    "k",
    "Ei",
    "1 ",
    "\u{a0}2Gi ",
    "1.2345678901234567890",
    "123456789012345.678Mi",
    "1023.9999Ki",
    "1Zi",
];

/// A text, of the kind that stands in the field.
pub fn text(draw: &mut Draw, of: &str, field: &str) -> String {
    match (of, field) {
        ("StatefulSetUpdateStrategy", "type") => {
            let types = ["", "RollingUpdate", "RollingUpdate", "OnDelete", "Recreate"];
            (*draw.pick(&types)).to_owned()
        }
        (_, "image" | "reference") if draw.one_in(4) => image(draw),
        (_, "image" | "reference") => (*draw.pick(&IMAGES)).to_owned(),
        _ => (*draw.pick(&TEXTS)).to_owned(),
    }
}

fn image(draw: &mut Draw) -> String {
    let pieces = [
        "a",
        "b1",
        "A",
        ".",
        "-",
        "_",
        "__",
        "/",
        ":",
        ":latest",
        "@",
        "localhost",
        "[",
        "]",
        "é",
        "latest",
    ];
    (0..draw.between(1, 8)).map(|_| *draw.pick(&pieces)).collect()
}

/// A key of a map.
pub fn key(draw: &mut Draw, kind: &str) -> &'static str {
    if kind == "quantity" {
        draw.pick::<&str>(&[
            "cpu",
            "memory",
            "storage",
            "ephemeral-storage",
            "nvidia.com/gpu",
            "",
            "hugepages-2Mi",
        ])
    } else {
        draw.pick::<&str>(&[
            "app",
            "a/b",
            "",
            "é<>",
            "Z",
            "pod.beta.kubernetes.io/init-containers",
            "pod.alpha.kubernetes.io/init-container-statuses",
        ])
    }
}

/// An int32, often at an edge.
pub fn int32(draw: &mut Draw) -> i64 {
    let small = draw.between(-2, 70_000);
    *draw.pick(&[0, 0, 1, -1, small, i64::from(i32::MAX), i64::from(i32::MIN), 420])
}

/// An int64, often at an edge; of the last two, revisions keep the nearest float64 only.
pub fn int64(draw: &mut Draw) -> i64 {
    let small = draw.between(-2, 70_000);
    *draw.pick(&[
        0,
        0,
        1,
        -1,
        small,
        1 << 40,
        -(1 << 53),
        30,
        3600,
        (1 << 53) + 1,
        i64::MAX,
    ])
}

/// A quantity as text or as a number.
pub fn quantity(draw: &mut Draw) -> Value {
    match draw.below(10) {
        0 => json!(draw.between(-5, 5_000)),
        1 => json!(*draw.pick(&[0.5, 1.5, 100.0, 1e-3, 1e21, 2.0e-10, 0.1])),
        2..=4 => json!(made_up(draw)),
        _ => json!(*draw.pick(&QUANTITIES)),
    }
}

fn made_up(draw: &mut Draw) -> String {
    let digits = |draw: &mut Draw, most| -> String {
        (0..draw.between(0, most))
            .map(|_| *draw.pick(&['0', '0', '1', '2', '5', '8', '9']))
            .collect()
    };
    let sign = *draw.pick(&["", "", "", "+", "-"]);
    let (whole, fraction) = (digits(draw, 21), digits(draw, 12));
    let point = if draw.one_in(2) {
        format!(".{fraction}")
    } else {
        String::new()
    };
    let suffixes = [
        "", "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E-4",
        "e+5", "e12", "e-12", "e30",
    ];
    let suffix = if draw.one_in(60) {
        "x"
    } else {
        *draw.pick(&suffixes)
    };
    format!(
        "{sign}{}{point}{suffix}",
        if whole.is_empty() && point.is_empty() {
            "7"
        } else {
            &whole
        }
    )
}

/// Any JSON, as `fieldsV1` holds it.
pub fn raw(draw: &mut Draw) -> Value {
    draw.pick(&[
        json!({}),
        json!({"f:spec": {"f:replicas": {}}}),
        json!({"a": [1, null, "<"]}),
    ])
    .clone()
}

/// A value of any type, most often the wrong one.
pub fn mistake(draw: &mut Draw) -> Value {
    let mistakes = [
        json!("text"),
        json!("1"),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-0.0),
        json!(2_147_483_648i64),
        json!(9_223_372_036_854_775_808u64),
        json!(1e300),
        json!(true),
        json!([]),
        json!([1]),
        json!([null]),
        json!({}),
        json!({"a": 1}),
        json!({"a": "b"}),
        json!("2026-11-21"),
        json!("1Gb"),
    ];
    draw.pick(&mistakes).clone()
}
