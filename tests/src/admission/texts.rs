//! Plausible and odd texts, by struct and field.

use super::names;
use crate::worlds::Draw;

/// A text for the field: mostly one that belongs there, or nearly.
pub fn text(draw: &mut Draw, of: &str, field: &str) -> String {
    if draw.percent(15) {
        return odd(draw);
    }
    let texts = choices(of, field).unwrap_or_else(|| names::of_name(field));
    (*draw.pick(texts)).to_owned()
}

/// A text that most rules refuse, some of them only for its length.
pub fn odd(draw: &mut Draw) -> String {
    match draw.below(16) {
        0 => "a".repeat(63),
        1 => "a".repeat(64),
        2 => format!("{}.{}", "a".repeat(63), "b".repeat(63)),
        3 => "a".repeat(254),
        4 => format!("{}/{}", "p.".repeat(126) + "pp", "n"),
        5 => "x".repeat(300),
        _ => (*draw.pick(&[
            "",
            "Upper",
            "under_score",
            "trailing-",
            "-leading",
            "dot.",
            ".dot",
            "a b",
            "a/b",
            "é",
            "日本",
            "a..b",
            "*",
            "$(X)",
            "0",
            "..",
            "a:b",
            "\t",
            "a\nb",
            "a,b",
            "1234",
            "a=b",
            "UPPER.CASE",
            "true",
        ]))
        .to_owned(),
    }
}

/// Values of enumerations and of fields whose name alone does not say what they are.
fn choices(of: &str, field: &str) -> Option<&'static [&'static str]> {
    Some(match (of, field) {
        ("StatefulSetUpdateStrategy", "type") => &[
            "RollingUpdate",
            "OnDelete",
            "Recreate",
            "rollingUpdate",
            "Other",
            "",
        ],
        ("LabelSelectorRequirement", "operator") => {
            &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "in", ""]
        }
        ("NodeSelectorRequirement", "operator") => {
            &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "in", ""]
        }
        ("Toleration", "operator") => &["Equal", "Exists", "Lt", "Gt", "In", "", "equal"],
        ("ContainerRestartRuleOnExitCodes", "operator") => &["In", "NotIn", "Exists", ""],
        ("NodeSelectorRequirement" | "LabelSelectorRequirement", "values") => {
            &["a", "b", "", "4", "4.5", "-1", "A b", "a_b", "node-1", "x/y"]
        }
        ("NodeSelectorRequirement", "key") => &[
            "metadata.name",
            "zone",
            "kubernetes.io/arch",
            "bad key",
            "",
            "a/b/c",
            "metadata.namespace",
        ],
        ("PodSpec", "restartPolicy") => &["Always", "OnFailure", "Never", "Other", ""],
        ("Container" | "EphemeralContainer", "restartPolicy") => {
            &["Always", "Never", "OnFailure", "Other", ""]
        }
        ("ContainerResizePolicy", "restartPolicy") => &["NotRequired", "RestartContainer", "Always", ""],
        ("SeccompProfile" | "AppArmorProfile", "type") => {
            &["RuntimeDefault", "Localhost", "Unconfined", "Other", ""]
        }
        ("HostPathVolumeSource", "type") => &[
            "",
            "Directory",
            "DirectoryOrCreate",
            "File",
            "FileOrCreate",
            "Socket",
            "CharDevice",
            "BlockDevice",
            "Other",
        ],
        ("AzureDiskVolumeSource", "kind") => &["Shared", "Dedicated", "Managed", "Other", ""],
        ("PodOS", "name") => &["linux", "windows", "darwin", ""],
        ("EnvVar", "name") | (_, "prefix") => &[
            "FOO", "foo.bar", "foo-bar", "1FOO", "a b", "a=b", "", "..", ".", "MODE", "é",
        ],
        ("ContainerPort", "name") => &[
            "http",
            "metrics",
            "HTTP",
            "a-very-long-port-name",
            "80",
            "a--b",
            "-a",
            "a_b",
            "web",
        ],
        ("Sysctl", "name") => &[
            "net.core.somaxconn",
            "kernel.shm_rmid_forced",
            "kernel/shm",
            "a..b",
            "",
            "Kernel.x",
            "net/ipv4/ip_forward",
            "kernel.msgmax",
            "fs.mqueue.x",
            "net.ipv4.tcp_syncookies",
        ],
        ("HTTPHeader", "name") => &["X-Probe", "Accept", "bad header", "", "é", "a:b"],
        ("EvictionResponder", "name") => &[
            "example.com/responder",
            "responder",
            "",
            "a/b/c",
            "Example.com/x",
            "k8s.io/x",
            "/x",
        ],
        ("PodSchedulingGate", "name") | (_, "conditionType") => {
            &["example.com/ready", "ready", "Bad/", "/x", "a/b/c", "", "a b"]
        }
        ("HTTPGetAction", "path") => &["/", "", "healthz", "/a?b=c"],
        ("HostPathVolumeSource", "path") => &["/var", "../x", "a/../b", "", "/a/..", "var"],
        ("NFSVolumeSource", "path") => &["/exports", "exports", "", "/"],
        ("HTTPGetAction", "protocol") => &["HTTP1", "HTTP2", "HTTP3", ""],
        ("GRPCAction", "mode") => &["TLS", "Plaintext", "Other", ""],
        ("VolumeMount" | "VolumeDevice", "name") => &[
            "data",
            "raw",
            "config",
            "cache",
            "unknown",
            "",
            "empty",
            "host",
            "projected",
            "env",
            "certificates",
            "model",
            "root",
            "dev",
            "clone",
            "filled",
            "claim",
            "ephemeral",
            "image",
            "Upper",
        ],
        ("ResourceClaim", "name") | ("PodResourceClaim", "name") => {
            &["gpu", "net", "other", "", "Upper", "a.b"]
        }
        ("SecretKeySelector" | "ConfigMapKeySelector" | "KeyToPath" | "FileKeySelector", "key") => {
            &["token", "a/b", "..", ".a", "", "a b", "k", "A_b", "FOO", "..x"]
        }
        ("Toleration", "key") => &[
            "dedicated",
            "",
            "a/b",
            "a/b/c",
            "bad key",
            "node.kubernetes.io/unreachable",
        ],
        ("TypedLocalObjectReference" | "TypedObjectReference", "kind") => {
            &["PersistentVolumeClaim", "VolumeSnapshot", "", "Other"]
        }
        ("OwnerReference", "apiVersion") => &["v1", "apps/v1", "", "a/b/c", "example.com/v1"],
        ("OwnerReference", "kind") => &["Event", "Database", ""],
        ("ObjectMeta", "name") => &[
            "web",
            "web.example.com",
            "Web",
            "a_b",
            "a",
            "data",
            "web-",
            "0web",
        ],
        ("ObjectMeta", "generateName") => &["web-", "web", "Web-", "a_b", "web.", "-"],
        ("ObjectMeta", "finalizers") => &[
            "example.com/x",
            "orphan",
            "foregroundDeletion",
            "bad",
            "",
            "a/b/c",
            "Bad/x",
        ],
        ("ObjectMeta", "uid") => &["00000000-0000-0000-0000-00000000000a", "x"],
        ("ObjectMeta", "resourceVersion") => &["41", "41", "40", ""],
        ("ManagedFieldsEntry", "operation") => &["Apply", "Update", "Other", ""],
        ("ManagedFieldsEntry", "fieldsType") => &["FieldsV1", "Other", ""],
        ("PersistentVolumeClaim", "apiVersion") => &["apps/v1", "v1", ""],
        ("PersistentVolumeClaim", "kind") => &["StatefulSet", "PersistentVolumeClaim", ""],
        ("PersistentVolumeClaimSpec", "storageClassName") => &["fast", "", "Fast", "a.b", "a_b"],
        ("ScaleIOVolumeSource", "storageMode") => &["ThickProvisioned", "ThinProvisioned", "Other", ""],
        _ => return None,
    })
}
