use serde_json::{Value, json};

use super::{check, check_in};

fn context(fragment: Value) -> Value {
    json!({"securityContext": fragment})
}

/// Source: `validatePodSpecSecurityContext`.
#[test]
fn the_security_context_is_checked() {
    let range = "must be between 0 and 2147483647, inclusive";
    check(&[
        (
            context(
                json!({"fsGroup": -1, "runAsUser": 2147483648_i64, "runAsGroup": -1, "supplementalGroups": [0, -1]}),
            ),
            &[
                &format!("invalid spec.securityContext.fsGroup: {range}"),
                &format!("invalid spec.securityContext.runAsUser: {range}"),
                &format!("invalid spec.securityContext.runAsGroup: {range}"),
                &format!("invalid spec.securityContext.supplementalGroups[1]: {range}"),
            ],
        ),
        (
            context(
                json!({"fsGroupChangePolicy": "", "supplementalGroupsPolicy": "x", "seLinuxChangePolicy": "x"}),
            ),
            &[
                r#"unknown spec.securityContext.fsGroupChangePolicy: supported values: "Always", "OnRootMismatch""#,
                r#"unknown spec.securityContext.supplementalGroupsPolicy: supported values: "Merge", "Strict""#,
                r#"unknown spec.securityContext.seLinuxChangePolicy: supported values: "MountOption", "Recursive""#,
            ],
        ),
    ]);
    // The gate SELinuxMount is on from 1.37.
    check_in(
        "1.36",
        &context(json!({"seLinuxChangePolicy": "MountOption"})),
        &[r#"unknown spec.securityContext.seLinuxChangePolicy: supported values: "Recursive""#],
    );
}

/// Source: `validateSeccompProfileField`, `ValidateAppArmorProfileField`.
#[test]
fn profiles_are_checked() {
    let seccomp = |profile: Value| context(json!({"seccompProfile": profile}));
    let armor = |profile: Value| context(json!({"appArmorProfile": profile}));
    let types = r#"supported values: "Localhost", "RuntimeDefault", "Unconfined""#;
    let (s, a) = (
        "spec.securityContext.seccompProfile",
        "spec.securityContext.appArmorProfile",
    );
    check(&[
        (
            seccomp(json!({})),
            &[&format!(
                "required {s}.type: type is required when seccompProfile is set"
            )],
        ),
        (
            seccomp(json!({"type": "x", "localhostProfile": "y"})),
            &[
                &format!("unknown {s}.type: {types}"),
                &format!("invalid {s}.localhostProfile: can only be set when seccomp type is Localhost"),
            ],
        ),
        (
            seccomp(json!({"type": "Localhost"})),
            &[&format!(
                "required {s}.localhostProfile: must be set when seccomp type is Localhost"
            )],
        ),
        (
            seccomp(json!({"type": "Localhost", "localhostProfile": "/a/../b"})),
            &[
                &format!("invalid {s}.localhostProfile: must be a relative path"),
                &format!("invalid {s}.localhostProfile: must not contain '..'"),
            ],
        ),
        (
            armor(json!({"localhostProfile": "x"})),
            &[&format!(
                "required {a}.type: type is required when appArmorProfile is set"
            )],
        ),
        (
            armor(json!({"type": "x"})),
            &[&format!("unknown {a}.type: {types}")],
        ),
        (
            armor(json!({"type": "Localhost", "localhostProfile": " "})),
            &[&format!(
                "invalid {a}.localhostProfile: must not be padded with whitespace"
            )],
        ),
        (
            armor(json!({"type": "Localhost"})),
            &[&format!(
                "required {a}.localhostProfile: must be set when AppArmor type is Localhost"
            )],
        ),
        (
            armor(json!({"type": "Localhost", "localhostProfile": "x".repeat(4096)})),
            &[&format!(
                "long {a}.localhostProfile: may not be more than 4095 bytes"
            )],
        ),
        (
            armor(json!({"type": "Unconfined", "localhostProfile": ""})),
            &[&format!(
                "invalid {a}.localhostProfile: can only be set when AppArmor type is Localhost"
            )],
        ),
    ]);
}

/// Source: `validateSysctls`, `ValidateHostSysctl`.
#[test]
fn kernel_parameters_are_checked() {
    let sysctls = |names: &[&str], host: &str| {
        let list: Vec<Value> = names
            .iter()
            .map(|name| json!({"name": name, "value": "1"}))
            .collect();
        json!({"securityContext": {"sysctls": list}, host: true})
    };
    let form = r"must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    let at = "spec.securityContext.sysctls";
    check(&[
        (
            sysctls(
                &[
                    "net.ipv4.tcp_syncookies",
                    "net/ipv4/conf/eno2.100/rp_filter",
                    "a",
                    "a",
                    "",
                    "a..b",
                ],
                "hostIPC",
            ),
            &[
                &format!("duplicate {at}[3].name: "),
                &format!("required {at}[4].name: "),
                &format!("invalid {at}[5].name: {form}"),
            ],
        ),
        (
            sysctls(&["net.ipv4.x", "net/ipv4/x", "net*"], "hostNetwork"),
            &[
                &format!("invalid {at}[0].name: may not be specified when 'hostNetwork' is true"),
                &format!("invalid {at}[1].name: may not be specified when 'hostNetwork' is true"),
                &format!("invalid {at}[2].name: {form}"),
            ],
        ),
        (
            sysctls(&["kernel.sem", "kernel.hostname", "fs.mqueue.msg_max"], "hostIPC"),
            &[
                &format!("invalid {at}[0].name: may not be specified when 'hostIPC' is true"),
                &format!("invalid {at}[2].name: may not be specified when 'hostIPC' is true"),
            ],
        ),
    ]);
}

/// Source: `validateShareProcessNamespace`; up to 1.36 part of `validatePodSpecSecurityContext`, with its path.
#[test]
fn processes_are_shared_with_the_host_or_among_containers() {
    let fragment = json!({"shareProcessNamespace": true, "hostPID": true});
    let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
    check_in(
        "1.36",
        &fragment,
        &[&format!(
            "invalid spec.securityContext.shareProcessNamespace: {detail}"
        )],
    );
    check_in(
        "1.37",
        &fragment,
        &[&format!("invalid spec.shareProcessNamespace: {detail}")],
    );
}

/// Source: `validateHostUsers`.
#[test]
fn a_user_namespace_shares_nothing_with_the_host() {
    check(&[
        (
            json!({"hostUsers": false, "hostNetwork": true, "hostPID": true, "hostIPC": true,
                "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "v"}}],
                "containers": [{"name": "a", "image": "a:1", "volumeDevices": [{"name": "v", "devicePath": "/v"}]}]}),
            &[
                "forbidden spec.hostNetwork: when `hostUsers` is false",
                "forbidden spec.HostPID: when `hostUsers` is false",
                "forbidden spec.HostIPC: when `hostUsers` is false",
                "forbidden spec.containers[0].volumeDevices: when `hostUsers` is false",
            ],
        ),
        (json!({"hostUsers": true, "hostPID": true}), &[]),
    ]);
}
