use serde_json::json;

use super::check;

/// Source: `validateOS`, `validateLinux`, `validateWindows`.
#[test]
fn an_operating_system_forbids_what_it_does_not_have() {
    let context = json!({"runAsUser": 1, "seccompProfile": {"type": "RuntimeDefault"}});
    check(&[
        (json!({"os": {"name": ""}}), &["required spec.os.name: "]),
        (
            json!({"os": {"name": "plan9"}}),
            &[r#"unknown spec.os: supported values: "linux", "windows""#],
        ),
        (
            json!({"os": {"name": "linux"}, "securityContext": {"windowsOptions": {}},
                "containers": [{"name": "a", "image": "a:1", "securityContext": {"windowsOptions": {}}}]}),
            &[
                "forbidden spec.securityContext.windowsOptions: windows options cannot be set for a linux pod",
                "forbidden spec.containers[0].securityContext.windowsOptions: windows options cannot be set for a linux pod",
            ],
        ),
        (
            json!({"os": {"name": "windows"}, "hostIPC": true, "hostPID": false, "hostUsers": true, "securityContext": context,
                "initContainers": [{"name": "i", "image": "a:1", "securityContext": {"privileged": false}}]}),
            &[
                "forbidden spec.securityContext.seccompProfile: cannot be set for a windows pod",
                "forbidden spec.securityContext.runAsUser: cannot be set for a windows pod",
                "forbidden spec.hostIPC: cannot be set for a windows pod",
                "forbidden spec.hostUsers: cannot be set for a windows pod",
                "forbidden spec.initContainers[0].securityContext.privileged: cannot be set for a windows pod",
            ],
        ),
    ]);
}

/// Source: `validateWindowsHostProcessPod`.
#[test]
fn all_containers_are_processes_of_the_host_or_none() {
    let own = |is: bool| json!({"windowsOptions": {"hostProcess": is}});
    check(&[
        (json!({"securityContext": own(true), "hostNetwork": true}), &[]),
        (
            json!({"containers": [{"name": "a", "image": "a:1", "securityContext": own(true)}, {"name": "b", "image": "a:1"}]}),
            &[
                "invalid spec: If pod contains any hostProcess containers then all containers must be HostProcess containers",
                "invalid spec.hostNetwork: hostNetwork must be true if pod contains any hostProcess containers",
            ],
        ),
        (
            json!({"securityContext": own(false), "hostNetwork": true,
                "containers": [{"name": "a", "image": "a:1", "securityContext": own(true)}]}),
            &[
                "invalid spec.containers[0].securityContext.windowsOptions.hostProcess: pod hostProcess value must be identical if both are specified, was false",
            ],
        ),
    ]);
}

/// Source: `validateWindowsSecurityContextOptions`.
#[test]
fn a_windows_user_is_checked() {
    let long = "x".repeat(300);
    for (name, expected) in [
        ("me", vec![]),
        (r"dom.example\me", vec![]),
        (r"NET_BIOS\me", vec![]),
        ("", vec!["runAsUserName cannot be an empty string"]),
        ("a\tb", vec!["runAsUserName cannot contain control characters"]),
        (
            r"a\b\c",
            vec!["runAsUserName cannot contain more than one backslash"],
        ),
        (
            r"\me",
            vec!["runAsUserName's Domain doesn't match the NetBios nor the DNS format"],
        ),
        (
            &format!(r"{long}\me"),
            vec![
                "runAsUserName's Domain length must be under 256 characters",
                "runAsUserName's Domain doesn't match the NetBios nor the DNS format",
            ],
        ),
        (r"a\", vec!["runAsUserName's User cannot be empty"]),
        (
            &long,
            vec!["runAsUserName's User length must not be longer than 104 characters"],
        ),
        (
            ". .",
            vec!["runAsUserName's User cannot contain only periods or spaces"],
        ),
        (
            "a@b",
            vec![r#"runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"#],
        ),
    ] {
        let path = "invalid spec.securityContext.windowsOptions.runAsUserName";
        let expected: Vec<String> = expected
            .iter()
            .map(|detail| format!("{path}: {detail}"))
            .collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(&[(
            json!({"securityContext": {"windowsOptions": {"runAsUserName": name}}}),
            &expected,
        )]);
    }
    let path = "spec.securityContext.windowsOptions.gmsaCredentialSpec";
    check(&[
        (
            json!({"securityContext": {"windowsOptions": {"gmsaCredentialSpec": ""}}}),
            &[&format!(
                "invalid {path}: gmsaCredentialSpec cannot be an empty string"
            )],
        ),
        (
            json!({"securityContext": {"windowsOptions": {"gmsaCredentialSpec": "x".repeat(65537)}}}),
            &[&format!(
                "invalid {path}: gmsaCredentialSpec size must be under 64 KiB"
            )],
        ),
    ]);
}
