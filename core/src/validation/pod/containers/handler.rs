//! What is done to find out how a container fares, and when it starts and stops.
//!
//! Source: `validateLifecycle`, `validateProbe`, `validateHandler`.

use super::super::Options;
use super::super::rule::{Rule, apply, not_negative};
use super::Pod;
use crate::validation::names::{is_http_header_name, is_port_name, is_port_number};
use crate::validation::report::{At, Report};

/// The lifecycle and the probes of one container.
pub(super) fn all(container: &At<'_>, pod: &Pod<'_>, report: &mut Report) {
    let lifecycle = container.field("lifecycle");
    for hook in ["postStart", "preStop"].map(|name| lifecycle.field(name)) {
        if hook.is_present() {
            handler(&hook, pod, report);
        }
    }
    let signal = lifecycle.field("stopSignal");
    if signal.is_present() {
        stop_signal(&signal, &pod.spec.field("os"), report);
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.field(name);
        if !probe.is_present() {
            continue;
        }
        handler(&probe, pod, report);
        apply(PROBE, &probe, pod.options, report);
        let (successes, grace) = (
            probe.field("successThreshold"),
            probe.field("terminationGracePeriodSeconds"),
        );
        if name == "readinessProbe" {
            if grace.is_present() {
                report.invalid(&grace, "must not be set for readinessProbes");
            }
        } else if successes.number() != 1 {
            report.invalid(&successes, "must be 1");
        }
    }
}

const PROBE: &[Rule] = &[
    not_negative("initialDelaySeconds"),
    not_negative("timeoutSeconds"),
    not_negative("periodSeconds"),
    not_negative("successThreshold"),
    not_negative("failureThreshold"),
    Rule::Within(
        "terminationGracePeriodSeconds",
        1,
        i64::MAX,
        "must be greater than 0",
    ),
];

type Check = fn(&At<'_>, &Pod<'_>, &mut Report);

const KINDS: [(&str, Check); 5] = [
    ("exec", |at, _, report| {
        let command = at.field("command");
        if command.len() == 0 {
            report.required(&command, "");
        }
    }),
    ("httpGet", |at, pod, report| {
        apply(HTTP_GET, at, pod.options, report)
    }),
    ("tcpSocket", |at, _, report| port(&at.field("port"), report)),
    ("grpc", |at, pod, report| {
        port(&at.field("port"), report);
        apply(
            &[Rule::OneOf("mode", &["Plaintext", "TLS"])],
            at,
            pod.options,
            report,
        );
    }),
    ("sleep", sleep),
];

/// Source: `validateHandler`.
fn handler(at: &At<'_>, pod: &Pod<'_>, report: &mut Report) {
    let mut count = 0;
    for (name, check) in KINDS {
        let kind = at.field(name);
        if !kind.is_present() {
            continue;
        }
        count += 1;
        if count > 1 {
            report.forbidden(&kind, "may not specify more than 1 handler type");
        } else {
            check(&kind, pod, report);
        }
    }
    if count == 0 {
        report.required(at, "must specify a handler type");
    }
}

/// Source: `validateHTTPGetAction`.
const HTTP_GET: &[Rule] = &[
    Rule::Needs("path"),
    Rule::Other(|at, _, report| port(&at.field("port"), report)),
    Rule::OneOf("scheme", &["HTTP", "HTTPS"]),
    Rule::Other(headers_and_protocol),
];

fn headers_and_protocol(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    const PROTOCOLS: &[&str] = &["HTTP1", "HTTP2"];
    let headers = at.field("httpHeaders");
    for header in headers.items() {
        // Upstream leaves out which one it means.
        let name = header.field("name");
        report.invalid_for(&headers.showing(&name), is_http_header_name(name.text()));
    }
    let (protocol, host) = (at.field("protocol"), at.field("host"));
    if !protocol.is_present() {
        return;
    }
    if !PROTOCOLS.contains(&protocol.text()) {
        report.not_supported(&protocol, PROTOCOLS);
    } else if protocol.text() == "HTTP2" && at.field("scheme").text() != "HTTP" {
        report.invalid(&protocol, "is only supported with HTTP (H2C)");
    } else if protocol.text() == "HTTP2" && !host.text().is_empty() {
        report.invalid(&host, "must be empty when `protocol` is \"HTTP2\"");
    }
}

/// A number or the name of a port of the container. Source: `ValidatePortNumOrName`.
fn port(at: &At<'_>, report: &mut Report) {
    let errors = match at.value().as_str() {
        Some(name) => is_port_name(name),
        None => is_port_number(at.number()),
    };
    report.invalid_for(at, errors);
}

/// Source: `validateSleepAction`. A Pod without a grace period is refused elsewhere.
fn sleep(at: &At<'_>, pod: &Pod<'_>, report: &mut Report) {
    let grace = pod.spec.field("terminationGracePeriodSeconds");
    let seconds = at.field("seconds");
    let at = at.with(seconds.value());
    let seconds = seconds.number();
    if grace.is_present() && (seconds < 0 || seconds > grace.number()) {
        let grace = grace.number();
        let sentence = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        report.invalid(&at, sentence);
    }
}

/// Source: `validateStopSignal`.
fn stop_signal(at: &At<'_>, os: &At<'_>, report: &mut Report) {
    let signals: Vec<&str> = match os.field("name").text() {
        _ if !os.is_present() => {
            let sentence = "may not be set for containers with empty `spec.os.name`";
            return report.forbidden(at, sentence);
        }
        "windows" => vec!["SIGKILL", "SIGTERM"],
        "linux" => LINUX_SIGNALS.split(' ').collect(),
        _ => return,
    };
    if !signals.contains(&at.text()) {
        report.not_supported(at, &signals);
    }
}

/// In the order of upstream's sentence, which is that of bytes.
const LINUX_SIGNALS: &str = "SIGABRT SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT \
    SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGRTMAX SIGRTMAX-1 SIGRTMAX-10 SIGRTMAX-11 SIGRTMAX-12 SIGRTMAX-13 \
    SIGRTMAX-14 SIGRTMAX-2 SIGRTMAX-3 SIGRTMAX-4 SIGRTMAX-5 SIGRTMAX-6 SIGRTMAX-7 SIGRTMAX-8 SIGRTMAX-9 SIGRTMIN \
    SIGRTMIN+1 SIGRTMIN+10 SIGRTMIN+11 SIGRTMIN+12 SIGRTMIN+13 SIGRTMIN+14 SIGRTMIN+15 SIGRTMIN+2 SIGRTMIN+3 \
    SIGRTMIN+4 SIGRTMIN+5 SIGRTMIN+6 SIGRTMIN+7 SIGRTMIN+8 SIGRTMIN+9 SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM SIGTRAP \
    SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ";
