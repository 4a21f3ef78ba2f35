//! `recreate`: what comes of a set that is deleted without its Pods and made anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{steadfast, steadfast_with, text_of};

const STABLE: &str = "tests/recorded/web/stable.yaml";

#[test]
fn larger_claims_are_safe_and_stay_as_they_are() {
    let run = steadfast(&[
        "recreate",
        "examples/web-larger.yaml",
        "--observed",
        STABLE,
        "-o",
        "json",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    let answer = run.json();
    assert_eq!(
        (&answer["safe"], &answer["outcome"]),
        (&true.into(), &"stable".into())
    );
    assert_eq!(answer["pods"][2]["fate"], "untouched");
    assert_eq!(answer["claims"][0]["keeps"][0]["has"], "1Gi");
    assert_eq!(answer["revision"]["before"], answer["revision"]["after"]);
    let yaml = steadfast(&[
        "recreate",
        "examples/web-larger.yaml",
        "--observed",
        STABLE,
        "-o",
        "yaml",
    ]);
    assert!(yaml.out.contains("safe: true"), "{yaml:?}");
}

#[test]
fn other_labels_leave_the_pods_alone_and_exit_with_1() {
    let manifest = text_of("examples/web-larger.yaml")
        .replace("app: nginx", "app: shop")
        .replace("app: web", "app: shop");
    let run = steadfast_with(&["recreate", "-", "--observed", STABLE], manifest.as_bytes());
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.out.starts_with("Not safe: StatefulSet default/web"),
        "{run:?}"
    );
    assert!(run.out.contains("the new selector asks for `shop`"), "{run:?}");
    assert!(run.out.contains("left alone"), "{run:?}");
}

#[test]
fn another_image_restarts_in_the_order_that_is_told() {
    let run = steadfast(&["recreate", "examples/web-v2.yaml", "--observed", STABLE]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out.contains("restarts in this order: web-2, web-1 and web-0"),
        "{run:?}"
    );
}

#[test]
fn bad_input_says_what_is_missing() {
    for (arguments, word) in [
        (&["recreate", "examples/web.yaml"][..], "--observed"),
        (&["recreate", "--observed", STABLE], "no StatefulSet"),
        (
            &["recreate", "examples/quorum.yaml", "--observed", STABLE],
            "`default/quorum`",
        ),
        (
            &["recreate", "examples/web.yaml", "--observed", "examples/web.yaml"],
            "examples/web.yaml",
        ),
        (
            &["recreate", "examples/none.yaml", "--observed", STABLE],
            "none.yaml",
        ),
    ] {
        let run = steadfast(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.err.contains(word), "{arguments:?}: {run:?}");
    }
}
