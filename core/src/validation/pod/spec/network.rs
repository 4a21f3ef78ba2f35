//! The Pod in the network: DNS, names of its host, aliases, ports.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validatePodDNSConfig` and its neighbours.

use crate::validation::gates::{self, PodGate};
use crate::validation::pod::Options;
use crate::validation::report::{At, Report};
use crate::validation::{ip, names};

/// In the host's network a port is the host's port. A template may leave that out, unlike a Pod.
///
/// Source: `validatePodHostNetworkDeps`.
pub(super) fn host_ports(spec: &At<'_>, report: &mut Report) {
    if !spec.field("hostNetwork").flag() {
        return;
    }
    for container in spec.field("containers").items() {
        for port in container.field("ports").items() {
            let host = port.field("hostPort");
            if host.number() != 0 && host.number() != port.field("containerPort").number() {
                report.invalid(&host, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
}

/// Source: `validatePodDNSConfig`.
pub(super) fn dns(spec: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let config = spec.field("dnsConfig");
    let servers = config.field("nameservers");
    if spec.field("dnsPolicy").text() == "None" {
        if !config.is_present() {
            return report.required(&config, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if servers.len() == 0 {
            return report.required(
                &servers,
                "must provide at least one DNS nameserver when `dnsPolicy` is None",
            );
        }
    }
    if servers.len() > 3 {
        report.invalid(&servers, "must not have more than 3 nameservers");
    }
    for server in servers.items() {
        address(&server, options, report);
    }
    let searches = config.field("searches");
    if searches.len() > 32 {
        report.invalid(&searches, "must not have more than 32 search paths");
    }
    // With a space between each two.
    let length = searches
        .items()
        .map(|search| search.text().len() + 1)
        .sum::<usize>();
    if length > 2048 + 1 {
        report.invalid(
            &searches,
            "must not have more than 2048 characters (including spaces) in the search list",
        );
    }
    for search in searches.items().filter(|search| search.text() != ".") {
        let name = search.text().strip_suffix('.').unwrap_or(search.text());
        report.invalid_for(
            &search,
            names::is_dns1123_subdomain_with_underscore(name, options.minor),
        );
    }
    for option in config.field("options").items() {
        if option.field("name").text().is_empty() {
            report.required(&option, "must not be empty");
        }
    }
}

/// Source: `validatePodHostName`.
pub(super) fn host_name(spec: &At<'_>, report: &mut Report) {
    let name = spec.field("hostnameOverride");
    if !name.is_present() {
        return;
    }
    for rival in ["setHostnameAsFQDN", "hostNetwork"] {
        if spec.field(rival).flag() {
            report.forbidden(&name, format!("may not be specified when {rival} is true"));
        }
    }
    if name.text().len() > 64 {
        report.too_long(&name, 64);
    }
    report.invalid_for(&name, names::is_dns1123_subdomain(name.text()));
}

/// Source: `ValidateHostAliases`.
pub(super) fn host_aliases(aliases: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for alias in aliases.items() {
        address(&alias.field("ip"), options, report);
        for name in alias.field("hostnames").items() {
            report.invalid_for(&name, names::is_dns1123_subdomain(name.text()));
        }
    }
}

/// Source: `IsValidIPForLegacyField`.
fn address(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let is_strict = gates::is_on(PodGate::StrictIPCIDRValidation, options.minor);
    report.invalid_for(at, ip::is_ip(at.text(), is_strict));
}
