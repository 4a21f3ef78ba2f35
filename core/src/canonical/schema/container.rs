//! Containers, their environment and probes. Made by `bin/canonical tables`; see the parent.

use super::Kind::{self, Bool, Int32, Int64, IntOrText, Quantity, Text};
use super::Shape::{List, Map, One};
use super::volume::{OBJECT_FIELD_SELECTOR, RESOURCE_FIELD_SELECTOR};
use super::{Default, Struct, field};
use crate::canonical::rules::Rule;

pub(in crate::canonical) static APP_ARMOR_PROFILE: Struct = Struct {
    rule: None,
    fields: &[
        field("localhostProfile", One(Text)).pointer(),
        field("type", One(Text)).always(),
    ],
};

pub(in crate::canonical) static CAPABILITIES: Struct = Struct {
    rule: None,
    fields: &[field("add", List(Text)), field("drop", List(Text))],
};

pub(in crate::canonical) static CONFIG_MAP_ENV_SOURCE: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text)), field("optional", One(Bool)).pointer()],
};

pub(in crate::canonical) static CONFIG_MAP_KEY_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[
        field("key", One(Text)).always(),
        field("name", One(Text)),
        field("optional", One(Bool)).pointer(),
    ],
};

pub(in crate::canonical) static CONTAINER: Struct = Struct {
    rule: Some(Rule::Container),
    fields: &[
        field("args", List(Text)),
        field("command", List(Text)),
        field("env", List(Kind::Struct(&ENV_VAR))),
        field("envFrom", List(Kind::Struct(&ENV_FROM_SOURCE))),
        field("image", One(Text)),
        field("imagePullPolicy", One(Text)),
        field("lifecycle", One(Kind::Struct(&LIFECYCLE))).pointer(),
        field("livenessProbe", One(Kind::Struct(&PROBE))).pointer(),
        field("name", One(Text)).always(),
        field("ports", List(Kind::Struct(&CONTAINER_PORT))),
        field("readinessProbe", One(Kind::Struct(&PROBE))).pointer(),
        field("resizePolicy", List(Kind::Struct(&CONTAINER_RESIZE_POLICY))),
        field("resources", One(Kind::Struct(&RESOURCE_REQUIREMENTS))).always(),
        field("restartPolicy", One(Text)).pointer(),
        field("restartPolicyRules", List(Kind::Struct(&CONTAINER_RESTART_RULE))).since(34),
        field("securityContext", One(Kind::Struct(&SECURITY_CONTEXT))).pointer(),
        field("startupProbe", One(Kind::Struct(&PROBE))).pointer(),
        field("stdin", One(Bool)),
        field("stdinOnce", One(Bool)),
        field("terminationMessagePath", One(Text)).or(&Default::Text("/dev/termination-log")),
        field("terminationMessagePolicy", One(Text)).or(&Default::Text("File")),
        field("tty", One(Bool)),
        field("volumeDevices", List(Kind::Struct(&VOLUME_DEVICE))),
        field("volumeMounts", List(Kind::Struct(&VOLUME_MOUNT))),
        field("workingDir", One(Text)),
    ],
};

pub(in crate::canonical) static CONTAINER_PORT: Struct = Struct {
    rule: None,
    fields: &[
        field("containerPort", One(Int32)).always(),
        field("hostIP", One(Text)),
        field("hostPort", One(Int32)),
        field("name", One(Text)),
        field("protocol", One(Text)).or(&Default::Text("TCP")),
    ],
};

pub(in crate::canonical) static CONTAINER_RESIZE_POLICY: Struct = Struct {
    rule: None,
    fields: &[
        field("resourceName", One(Text)).always(),
        field("restartPolicy", One(Text)).always(),
    ],
};

pub(in crate::canonical) static CONTAINER_RESTART_RULE: Struct = Struct {
    rule: None,
    fields: &[
        field("action", One(Text)).since(34),
        field(
            "exitCodes",
            One(Kind::Struct(&CONTAINER_RESTART_RULE_ON_EXIT_CODES)),
        )
        .pointer()
        .since(34),
    ],
};

pub(in crate::canonical) static CONTAINER_RESTART_RULE_ON_EXIT_CODES: Struct = Struct {
    rule: None,
    fields: &[
        field("operator", One(Text)).since(34),
        field("values", List(Int32)).since(34),
    ],
};

pub(in crate::canonical) static ENV_FROM_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("configMapRef", One(Kind::Struct(&CONFIG_MAP_ENV_SOURCE))).pointer(),
        field("prefix", One(Text)),
        field("secretRef", One(Kind::Struct(&SECRET_ENV_SOURCE))).pointer(),
    ],
};

pub(in crate::canonical) static ENV_VAR: Struct = Struct {
    rule: None,
    fields: &[
        field("name", One(Text)).always(),
        field("value", One(Text)),
        field("valueFrom", One(Kind::Struct(&ENV_VAR_SOURCE))).pointer(),
    ],
};

pub(in crate::canonical) static ENV_VAR_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("configMapKeyRef", One(Kind::Struct(&CONFIG_MAP_KEY_SELECTOR))).pointer(),
        field("fieldRef", One(Kind::Struct(&OBJECT_FIELD_SELECTOR))).pointer(),
        field("fileKeyRef", One(Kind::Struct(&FILE_KEY_SELECTOR)))
            .pointer()
            .since(34),
        field("resourceFieldRef", One(Kind::Struct(&RESOURCE_FIELD_SELECTOR))).pointer(),
        field("secretKeyRef", One(Kind::Struct(&SECRET_KEY_SELECTOR))).pointer(),
    ],
};

pub(in crate::canonical) static EPHEMERAL_CONTAINER: Struct = Struct {
    rule: Some(Rule::Container),
    fields: &[
        field("args", List(Text)),
        field("command", List(Text)),
        field("env", List(Kind::Struct(&ENV_VAR))),
        field("envFrom", List(Kind::Struct(&ENV_FROM_SOURCE))),
        field("image", One(Text)),
        field("imagePullPolicy", One(Text)),
        field("lifecycle", One(Kind::Struct(&LIFECYCLE))).pointer(),
        field("livenessProbe", One(Kind::Struct(&PROBE))).pointer(),
        field("name", One(Text)).always(),
        field("ports", List(Kind::Struct(&CONTAINER_PORT))),
        field("readinessProbe", One(Kind::Struct(&PROBE))).pointer(),
        field("resizePolicy", List(Kind::Struct(&CONTAINER_RESIZE_POLICY))),
        field("resources", One(Kind::Struct(&RESOURCE_REQUIREMENTS))).always(),
        field("restartPolicy", One(Text)).pointer(),
        field("restartPolicyRules", List(Kind::Struct(&CONTAINER_RESTART_RULE))).since(34),
        field("securityContext", One(Kind::Struct(&SECURITY_CONTEXT))).pointer(),
        field("startupProbe", One(Kind::Struct(&PROBE))).pointer(),
        field("stdin", One(Bool)),
        field("stdinOnce", One(Bool)),
        field("targetContainerName", One(Text)),
        field("terminationMessagePath", One(Text)).or(&Default::Text("/dev/termination-log")),
        field("terminationMessagePolicy", One(Text)).or(&Default::Text("File")),
        field("tty", One(Bool)),
        field("volumeDevices", List(Kind::Struct(&VOLUME_DEVICE))),
        field("volumeMounts", List(Kind::Struct(&VOLUME_MOUNT))),
        field("workingDir", One(Text)),
    ],
};

pub(in crate::canonical) static EXEC_ACTION: Struct = Struct {
    rule: None,
    fields: &[field("command", List(Text))],
};

pub(in crate::canonical) static FILE_KEY_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[
        field("key", One(Text)).always().since(34),
        field("optional", One(Bool))
            .pointer()
            .or(&Default::False)
            .since(34),
        field("path", One(Text)).always().since(34),
        field("volumeName", One(Text)).always().since(34),
    ],
};

pub(in crate::canonical) static GRPC_ACTION: Struct = Struct {
    rule: None,
    fields: &[
        field("mode", One(Text)).pointer().since(37),
        field("port", One(Int32)).always(),
        field("service", One(Text))
            .pointer()
            .always()
            .or(&Default::Text("")),
    ],
};

pub(in crate::canonical) static HTTP_GET_ACTION: Struct = Struct {
    rule: None,
    fields: &[
        field("host", One(Text)),
        field("httpHeaders", List(Kind::Struct(&HTTP_HEADER))),
        field("path", One(Text)).or(&Default::Text("/")),
        field("port", One(IntOrText)).always(),
        field("protocol", One(Text)).pointer().since(37),
        field("scheme", One(Text)).or(&Default::Text("HTTP")),
    ],
};

pub(in crate::canonical) static HTTP_HEADER: Struct = Struct {
    rule: None,
    fields: &[
        field("name", One(Text)).always(),
        field("value", One(Text)).always(),
    ],
};

pub(in crate::canonical) static LIFECYCLE: Struct = Struct {
    rule: None,
    fields: &[
        field("postStart", One(Kind::Struct(&LIFECYCLE_HANDLER))).pointer(),
        field("preStop", One(Kind::Struct(&LIFECYCLE_HANDLER))).pointer(),
        field("stopSignal", One(Text)).pointer(),
    ],
};

pub(in crate::canonical) static LIFECYCLE_HANDLER: Struct = Struct {
    rule: None,
    fields: &[
        field("exec", One(Kind::Struct(&EXEC_ACTION))).pointer(),
        field("httpGet", One(Kind::Struct(&HTTP_GET_ACTION))).pointer(),
        field("sleep", One(Kind::Struct(&SLEEP_ACTION))).pointer(),
        field("tcpSocket", One(Kind::Struct(&TCP_SOCKET_ACTION))).pointer(),
    ],
};

pub(in crate::canonical) static PROBE: Struct = Struct {
    rule: None,
    fields: &[
        field("exec", One(Kind::Struct(&EXEC_ACTION))).pointer(),
        field("failureThreshold", One(Int32)).or(&Default::Int(3)),
        field("grpc", One(Kind::Struct(&GRPC_ACTION))).pointer(),
        field("httpGet", One(Kind::Struct(&HTTP_GET_ACTION))).pointer(),
        field("initialDelaySeconds", One(Int32)),
        field("periodSeconds", One(Int32)).or(&Default::Int(10)),
        field("successThreshold", One(Int32)).or(&Default::Int(1)),
        field("tcpSocket", One(Kind::Struct(&TCP_SOCKET_ACTION))).pointer(),
        field("terminationGracePeriodSeconds", One(Int64)).pointer(),
        field("timeoutSeconds", One(Int32)).or(&Default::Int(1)),
    ],
};

pub(in crate::canonical) static RESOURCE_CLAIM: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text)).always(), field("request", One(Text))],
};

pub(in crate::canonical) static RESOURCE_REQUIREMENTS: Struct = Struct {
    rule: None,
    fields: &[
        field("claims", List(Kind::Struct(&RESOURCE_CLAIM))),
        field("limits", Map(Quantity)),
        field("requests", Map(Quantity)),
    ],
};

pub(in crate::canonical) static SE_LINUX_OPTIONS: Struct = Struct {
    rule: None,
    fields: &[
        field("level", One(Text)),
        field("role", One(Text)),
        field("type", One(Text)),
        field("user", One(Text)),
    ],
};

pub(in crate::canonical) static SECCOMP_PROFILE: Struct = Struct {
    rule: None,
    fields: &[
        field("localhostProfile", One(Text)).pointer(),
        field("type", One(Text)).always(),
    ],
};

pub(in crate::canonical) static SECRET_ENV_SOURCE: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text)), field("optional", One(Bool)).pointer()],
};

pub(in crate::canonical) static SECRET_KEY_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[
        field("key", One(Text)).always(),
        field("name", One(Text)),
        field("optional", One(Bool)).pointer(),
    ],
};

pub(in crate::canonical) static SECURITY_CONTEXT: Struct = Struct {
    rule: None,
    fields: &[
        field("allowPrivilegeEscalation", One(Bool)).pointer(),
        field("appArmorProfile", One(Kind::Struct(&APP_ARMOR_PROFILE))).pointer(),
        field("capabilities", One(Kind::Struct(&CAPABILITIES))).pointer(),
        field("privileged", One(Bool)).pointer(),
        field("procMount", One(Text)).pointer(),
        field("readOnlyRootFilesystem", One(Bool)).pointer(),
        field("runAsGroup", One(Int64)).pointer(),
        field("runAsNonRoot", One(Bool)).pointer(),
        field("runAsUser", One(Int64)).pointer(),
        field("seLinuxOptions", One(Kind::Struct(&SE_LINUX_OPTIONS))).pointer(),
        field("seccompProfile", One(Kind::Struct(&SECCOMP_PROFILE))).pointer(),
        field(
            "windowsOptions",
            One(Kind::Struct(&WINDOWS_SECURITY_CONTEXT_OPTIONS)),
        )
        .pointer(),
    ],
};

pub(in crate::canonical) static SLEEP_ACTION: Struct = Struct {
    rule: None,
    fields: &[field("seconds", One(Int64)).always()],
};

pub(in crate::canonical) static TCP_SOCKET_ACTION: Struct = Struct {
    rule: None,
    fields: &[field("host", One(Text)), field("port", One(IntOrText)).always()],
};

pub(in crate::canonical) static VOLUME_DEVICE: Struct = Struct {
    rule: None,
    fields: &[
        field("devicePath", One(Text)).always(),
        field("name", One(Text)).always(),
    ],
};

pub(in crate::canonical) static VOLUME_MOUNT: Struct = Struct {
    rule: None,
    fields: &[
        field("bindMountOptions", List(Text)).since(37),
        field("mountPath", One(Text)).always(),
        field("mountPropagation", One(Text)).pointer(),
        field("name", One(Text)).always(),
        field("readOnly", One(Bool)),
        field("recursiveReadOnly", One(Text)).pointer(),
        field("subPath", One(Text)),
        field("subPathExpr", One(Text)),
    ],
};

pub(in crate::canonical) static WINDOWS_SECURITY_CONTEXT_OPTIONS: Struct = Struct {
    rule: None,
    fields: &[
        field("gmsaCredentialSpec", One(Text)).pointer(),
        field("gmsaCredentialSpecName", One(Text)).pointer(),
        field("hostProcess", One(Bool)).pointer(),
        field("runAsUserName", One(Text)).pointer(),
    ],
};

pub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[
    (&APP_ARMOR_PROFILE, "AppArmorProfile"),
    (&CAPABILITIES, "Capabilities"),
    (&CONFIG_MAP_ENV_SOURCE, "ConfigMapEnvSource"),
    (&CONFIG_MAP_KEY_SELECTOR, "ConfigMapKeySelector"),
    (&CONTAINER, "Container"),
    (&CONTAINER_PORT, "ContainerPort"),
    (&CONTAINER_RESIZE_POLICY, "ContainerResizePolicy"),
    (&CONTAINER_RESTART_RULE, "ContainerRestartRule"),
    (
        &CONTAINER_RESTART_RULE_ON_EXIT_CODES,
        "ContainerRestartRuleOnExitCodes",
    ),
    (&ENV_FROM_SOURCE, "EnvFromSource"),
    (&ENV_VAR, "EnvVar"),
    (&ENV_VAR_SOURCE, "EnvVarSource"),
    (&EPHEMERAL_CONTAINER, "EphemeralContainer"),
    (&EXEC_ACTION, "ExecAction"),
    (&FILE_KEY_SELECTOR, "FileKeySelector"),
    (&GRPC_ACTION, "GRPCAction"),
    (&HTTP_GET_ACTION, "HTTPGetAction"),
    (&HTTP_HEADER, "HTTPHeader"),
    (&LIFECYCLE, "Lifecycle"),
    (&LIFECYCLE_HANDLER, "LifecycleHandler"),
    (&PROBE, "Probe"),
    (&RESOURCE_CLAIM, "ResourceClaim"),
    (&RESOURCE_REQUIREMENTS, "ResourceRequirements"),
    (&SE_LINUX_OPTIONS, "SELinuxOptions"),
    (&SECCOMP_PROFILE, "SeccompProfile"),
    (&SECRET_ENV_SOURCE, "SecretEnvSource"),
    (&SECRET_KEY_SELECTOR, "SecretKeySelector"),
    (&SECURITY_CONTEXT, "SecurityContext"),
    (&SLEEP_ACTION, "SleepAction"),
    (&TCP_SOCKET_ACTION, "TCPSocketAction"),
    (&VOLUME_DEVICE, "VolumeDevice"),
    (&VOLUME_MOUNT, "VolumeMount"),
    (&WINDOWS_SECURITY_CONTEXT_OPTIONS, "WindowsSecurityContextOptions"),
];
