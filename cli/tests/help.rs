//! Help, version, completions, colour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{plugin, steadfast};
use steadfast_core::Profile;

#[test]
fn every_command_has_help_with_examples() {
    for command in [
        "plan",
        "compare",
        "recreate",
        "diff",
        "reconcile",
        "simulate",
        "explain",
        "dns",
        "lint",
        "admit",
        "default",
        "completions",
        "version",
    ] {
        for flag in ["-h", "--help"] {
            let run = steadfast(&[command, flag]);
            assert_eq!(run.code, 0);
            assert!(
                run.out.contains("Usage: steadfast") && run.out.contains("Examples:\n"),
                "{command} {flag}: {run:?}"
            );
        }
    }
    assert!(steadfast(&["--help"]).out.contains("Exit code: 0"));
}

#[test]
fn as_a_plugin_it_calls_itself_kubectl_steadfast() {
    assert!(
        plugin(&["plan", "-h"])
            .out
            .contains("Usage: kubectl steadfast plan"),
        "{:?}",
        plugin(&["plan", "-h"])
    );
    let wrong = plugin(&["plam"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("Usage: kubectl steadfast") && wrong.err.contains("'plan'"),
        "{wrong:?}"
    );
    let both = [
        plugin(&["reconcile", "tests/recorded/web/roll.yaml"]).out,
        steadfast(&["reconcile", "tests/recorded/web/roll.yaml"]).out,
    ];
    assert_eq!(both[0], both[1]);
}

#[test]
fn without_a_command_it_says_what_there_is() {
    let run = steadfast(&[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("reconcile"), "{run:?}");
}

#[test]
fn the_version_names_the_newest_kubernetes() {
    let json = steadfast(&["version", "-o", "json"]).json();
    assert_eq!(json["steadfast"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["kubernetes"], Profile::default().kubernetes());
    assert_eq!(
        json["kubernetesVersions"].as_array().unwrap().len(),
        Profile::VERSIONS.len()
    );
    let text = steadfast(&["version"]).out;
    assert!(
        text.starts_with(&format!("steadfast {}\nKubernetes 1.", env!("CARGO_PKG_VERSION"))),
        "{text}"
    );
    assert!(steadfast(&["--version"]).out.starts_with("steadfast "));
}

#[test]
fn completions_know_the_commands_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = steadfast(&["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(
            run.out.contains("reconcile") && run.out.contains("feature-gates"),
            "{shell}"
        );
    }
    assert!(plugin(&["completions", "bash"]).out.contains("kubectl-steadfast"));
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let dump = ["reconcile", "tests/recorded/web/roll.yaml"];
    assert!(!steadfast(&dump).out.contains('\u{1b}'));
    assert!(
        steadfast(&[&dump[..], &["--color", "always"]].concat())
            .out
            .contains("\u{1b}[32mcreate\u{1b}[0m")
    );
    assert!(
        !steadfast(&[&dump[..], &["--color", "never"]].concat())
            .out
            .contains('\u{1b}')
    );
}

#[test]
fn the_options_of_live_clusters_are_there_in_every_build() {
    for command in ["explain", "dns", "plan", "compare", "recreate", "admit"] {
        let help = steadfast(&[command, "--help"]).out;
        for words in [
            "Live cluster:",
            "--kubeconfig <FILE>",
            "--context <NAME>",
            "-A, --all-namespaces",
            "sts/NAME",
        ] {
            assert!(help.contains(words), "{command}: {words}: {help}");
        }
    }
    assert!(steadfast(&["explain", "--help"]).out.contains("--watch"));
}

/// `cargo test -p steadfast-cli --no-default-features --test help`
#[cfg(not(feature = "live"))]
#[test]
fn a_build_without_a_client_says_how_to_get_one() {
    for arguments in [
        &["explain", "sts/web"][..],
        &["explain", "web", "--watch"],
        &["dns", "-A"],
        &["plan", "sts/web"],
    ] {
        let run = steadfast(arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(
            run.err.contains("cargo install --path cli --features live"),
            "{run:?}"
        );
    }
}
