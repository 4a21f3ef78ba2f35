//! Plausible and odd numbers, quantities and keys.

use serde_json::{Value, json};

use crate::worlds::Draw;

/// An integer, at the edges that the field of this name has.
pub fn integer(draw: &mut Draw, of: &str, field: &str, is_long: bool) -> Value {
    if draw.percent(12) {
        let odd: &[i64] = if is_long {
            &[-1, 0, i64::MAX, i64::MIN, 1 << 31, (1 << 32) + 1]
        } else {
            &[-1, 0, i32::MAX as i64, i32::MIN as i64]
        };
        return json!(*draw.pick(odd));
    }
    let numbers: &[i64] = match (of, field) {
        ("ContainerRestartRuleOnExitCodes", "values") => &[0, 1, 42, 255, 256, -1],
        (_, "containerPort" | "hostPort" | "port") => &[0, 1, 80, 8080, 9100, 5353, 65_535, 65_536, -1],
        (_, "weight") => &[0, 1, 10, 50, 100, 101, -1],
        (_, "defaultMode" | "mode") => &[0, 256, 420, 511, 512, -1],
        (_, "expirationSeconds") => &[0, 599, 600, 3600, 4_294_967_296, 4_294_967_297],
        (_, "maxExpirationSeconds") => &[3599, 3600, 86_400, 7_862_400, 7_862_401, 0],
        (_, "runAsUser" | "runAsGroup" | "fsGroup" | "supplementalGroups" | "user" | "defaultUser") => {
            &[0, 1, 1000, 2_147_483_647, 2_147_483_648, -1]
        }
        (_, "lun") => &[0, 1, 255, 256, -1],
        (_, "partition") => &[0, 1, 3, 255, 256, -1],
        (_, "maxSkew" | "minDomains") => &[0, 1, 2, 5, -1],
        ("EvictionResponder", "priority") => &[0, 1, 100_000, 100_001, 10_000, -1],
        ("SleepAction", "seconds") => &[0, 1, 5, 30, 31, 60, 61, -1],
        (_, "terminationGracePeriodSeconds") => &[0, 1, 5, 30, 60, -1],
        (_, "successThreshold") => &[0, 1, 2, -1],
        _ => &[0, 1, 2, 3, 5, 10, 30, 3600, -1],
    };
    json!(*draw.pick(numbers))
}

/// A number or a text.
pub fn integer_or_text(draw: &mut Draw, field: &str) -> Value {
    let (numbers, texts): (&[i64], &[&str]) = match field {
        "maxUnavailable" => (
            &[0, 1, 2, 100, -1],
            &["25%", "0%", "100%", "101%", "1%", "abc", "1", "", "-1%", "1.5%"],
        ),
        _ => (
            &[0, 1, 80, 8080, 65_535, 65_536, -1],
            &[
                "http",
                "metrics",
                "HTTP",
                "",
                "80",
                "a-very-long-port-name",
                "a--b",
                "-a",
                "http_1",
            ],
        ),
    };
    if draw.percent(50) {
        json!(*draw.pick(numbers))
    } else {
        json!(*draw.pick(texts))
    }
}

/// A quantity; what cannot be read as one refuses the whole manifest, so there is little of that.
pub fn quantity(draw: &mut Draw, field: &str) -> Value {
    if draw.one_in(40) {
        return json!(*draw.pick(&["1Gb", "", "one", "1 Gi"]));
    }
    if draw.percent(10) {
        return json!(draw.between(-2, 5));
    }
    let quantities: &[&str] = match field {
        "divisor" => &[
            "0", "1m", "1", "1k", "1Ki", "1Mi", "1Gi", "2", "10m", "-1", "1M", "1Ti",
        ],
        _ => &[
            "0", "1", "2", "4", "-1", "100m", "250m", "500m", "1500m", "0.5", "1.5", "1Ki", "64Mi", "128Mi",
            "4Mi", "1025m", "1Gi", "2Gi", "5Gi", "10Gi", "1e3", "100M", "0.1", "1n", "3Mi",
        ],
    };
    json!(*draw.pick(quantities))
}

/// A key of a map of this field.
pub fn key(draw: &mut Draw, of: &str, field: &str, kind: &str) -> String {
    let keys: &[&str] = match (kind, of, field) {
        ("quantity", ..) | (_, _, "allocatedResourceStatuses") => &[
            "cpu",
            "memory",
            "ephemeral-storage",
            "storage",
            "hugepages-2Mi",
            "hugepages-1Gi",
            "hugepages-",
            "hugepages-x",
            "example.com/gpu",
            "nvidia.com/gpu",
            "requests.example.com/gpu",
            "requests.cpu",
            "pods",
            "kubernetes.io/batch",
            "Bad Name",
            "bad_name",
            "a/b/c",
            "",
            "/x",
            "attachable-volumes-csi",
            "ephemeral_storage",
        ],
        (_, "PodTemplateSpec", _) | (_, _, "annotations") => &[
            "a",
            "example.com/a",
            "Example.com/a",
            "a/b/c",
            "",
            "bad key",
            "-a",
            "a_b",
            "/x",
            "x/",
            "seccomp.security.alpha.kubernetes.io/pod",
            "container.seccomp.security.alpha.kubernetes.io/nginx",
            "container.apparmor.security.beta.kubernetes.io/nginx",
            "container.apparmor.security.beta.kubernetes.io/other",
            "container.apparmor.security.beta.kubernetes.io/main",
            "pod.alpha.kubernetes.io/initialized",
            "pod.beta.kubernetes.io/init-containers",
            "kubernetes.io/config.mirror",
            "kubernetes.io/config.source",
            "scheduler.alpha.kubernetes.io/critical-pod",
            "scheduler.alpha.kubernetes.io/tolerations",
            "scheduler.alpha.kubernetes.io/preferAvoidPods",
            "controller.kubernetes.io/pod-deletion-cost",
            "security.alpha.kubernetes.io/sysctls",
            "batch.kubernetes.io/job-tracking",
        ],
        (_, _, "nodeSelector") => &[
            "disktype",
            "kubernetes.io/os",
            "beta.kubernetes.io/arch",
            "beta.kubernetes.io/os",
            "bad key",
            "",
            "a/b/c",
            "failure-domain.beta.kubernetes.io/zone",
            "beta.kubernetes.io/instance-type",
            "-a",
        ],
        (_, _, "options" | "volumeAttributes") => {
            &["size", "a/b", "kubernetes.io/pod.name", "K8S.io/x", "", "a b"]
        }
        _ => &[
            "app",
            "tier",
            "example.com/a",
            "Example.com/a",
            "a/b/c",
            "",
            "bad key",
            "-a",
            "a_b",
            "/x",
            "x/",
            "a.b",
            "pod-template-hash",
            "statefulset.kubernetes.io/pod-name",
        ],
    };
    if draw.one_in(15) {
        return super::texts::odd(draw);
    }
    (*draw.pick(keys)).to_owned()
}
