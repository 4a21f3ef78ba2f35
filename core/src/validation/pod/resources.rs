//! Requests and limits: of containers, of the Pod as a whole, and the Pod's overhead.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateResourceRequirements`, `validatePodResources`, and
//! `k8s.io/component-helpers/resource`, `AggregateContainerRequests`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::Options;
use super::ratchet::items;
use crate::canonical::quantity::Quantity;
use crate::validation::names;
use crate::validation::report::{At, Report};

/// Whose resources they are, which decides what may be named.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    Container,
    Pod,
}

/// Checks the requirements at `at`; `claims` are the names of the Pod's resource claims.
///
/// Source: `validateResourceRequirements`.
pub(super) fn requirements(
    at: &At<'_>,
    owner: Owner,
    claims: &[&str],
    options: &Options<'_>,
    report: &mut Report,
) {
    let (limits, requests) = (at.field("limits"), at.field("requests"));
    amounts(at, &limits, &requests, owner, options, report);
    claim_names(&at.field("claims"), claims, report);
}

/// What every container of the Pod costs besides what it asks for.
///
/// Source: `validateOverhead`, which reads it as limits, so that `limits` gets into the path.
pub(super) fn overhead(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let limits = at.alias("limits", at);
    let requests = at.field("");
    amounts(at, &limits, &requests, Owner::Container, options, report);
}

/// The resources of the Pod as a whole.
///
/// Source: `validatePodResources`.
pub(super) fn of_pod(spec: &At<'_>, claims: &[&str], options: &Options<'_>, report: &mut Report) {
    let at = spec.field("resources");
    if !at.is_present() {
        return;
    }
    if spec.field("os").field("name").text() == "windows" {
        return report.forbidden(&at, "may not be set for a windows pod");
    }
    let claimed = at.field("claims");
    if claimed.is_present() {
        report.forbidden(&claimed, "claims may not be set for Resources at pod-level");
    }
    requirements(&at, Owner::Pod, claims, options, report);
    consistency(spec, &at, report);
}

/// Whether a value is not a multiple of the page size that its name says.
///
/// Source: `checkContainerUseIndivisibleHugePagesValues`.
pub(super) fn has_indivisible_huge_pages(resources: &At<'_>) -> bool {
    resources
        .entries()
        .any(|(name, amount)| is_huge_page(name) && !is_divisible(name, &quantity(amount.value())))
}

fn amounts(
    at: &At<'_>,
    limits: &At<'_>,
    requests: &At<'_>,
    owner: Owner,
    options: &Options<'_>,
    report: &mut Report,
) {
    let mut has_huge_pages = false;
    let mut has_cpu_or_memory = false;
    for (list, is_request) in [(limits, false), (requests, true)] {
        for (name, amount) in list.entries() {
            resource_name(name, &amount, owner, options, report);
            let found = quantity(amount.value());
            if found.is_negative() {
                report.invalid(&amount, "must be greater than or equal to 0");
            }
            if (INTEGERS.contains(&name) || is_extended(name, options)) && !found.is_whole() {
                report.invalid(&amount, "must be an integer");
            }
            if is_request {
                within_limit(name, &found, limits, requests, report);
            }
            has_cpu_or_memory |= ["cpu", "memory"].contains(&name);
            if is_huge_page(name) {
                has_huge_pages = true;
                if !options.allows_indivisible_huge_pages && !is_divisible(name, &found) {
                    let sentence = format!("{found} is not positive integer multiple of {name}");
                    report.invalid(&amount, sentence);
                }
            }
        }
    }
    if has_huge_pages && !has_cpu_or_memory {
        report.forbidden(at, "HugePages require cpu or memory");
    }
}

fn within_limit(name: &str, request: &Quantity<'_>, limits: &At<'_>, requests: &At<'_>, report: &mut Report) {
    // Upstream's `IsOvercommitAllowed`.
    let may_exceed = is_native(name) && !is_huge_page(name);
    let limit = limits.value().get(name).map(quantity);
    let Some(limit) = limit else {
        if !may_exceed {
            report.required(limits, "Limit must be set for non overcommitable resources");
        }
        return;
    };
    let rule = match request.compare(&limit) {
        Ordering::Equal => return,
        _ if !may_exceed => "equal to",
        Ordering::Greater => "less than or equal to",
        Ordering::Less => return,
    };
    let shown = Value::from(request.to_string());
    let sentence = format!("must be {rule} {name} limit of {limit}");
    report.invalid(&requests.with(&shown), sentence);
}

/// Source: `ValidateContainerResourceName`, `validatePodResourceName`, `validateResourceName`.
fn resource_name(name: &str, at: &At<'_>, owner: Owner, options: &Options<'_>, report: &mut Report) {
    let shown = Value::from(name);
    let at = &at.with(&shown);
    let is_plain = !name.contains('/');
    let errors = names::is_label_key(name, options.minor);
    let is_wrong = if errors.is_empty() {
        let is_standard = STANDARD.contains(&name) || INTEGERS.contains(&name) || is_huge_page_quota(name);
        if is_plain && !is_standard {
            report.invalid(at, "must be a standard resource type or fully qualified");
        }
        is_plain && !is_standard
    } else {
        report.invalid_for(at, errors);
        true
    };
    match owner {
        Owner::Pod if !is_wrong && !["cpu", "memory"].contains(&name) && !is_huge_page(name) => {
            report.not_supported(at, &["cpu", HUGE_PAGES, "memory"]);
        }
        Owner::Container
            if is_plain && !["cpu", "memory", "ephemeral-storage"].contains(&name) && !is_huge_page(name) =>
        {
            report.invalid(at, "must be a standard resource for containers");
        }
        Owner::Container if !is_native(name) && !is_extended(name, options) => {
            report.invalid(at, "doesn't follow extended resource name standard");
        }
        _ => {}
    }
}

/// Source: `validateResourceClaimNames`.
fn claim_names(at: &At<'_>, claims: &[&str], report: &mut Report) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (claim, value) in at.items().zip(at.value().as_array().into_iter().flatten()) {
        let [name, asked] = ["name", "request"].map(|field| text(value, field));
        let request = claim.field("request");
        if name.is_empty() {
            report.required(&claim, "");
            continue;
        }
        let shown = Value::from(name);
        let claim = claim.with(&shown);
        if seen.contains(&(name, "")) {
            report.duplicate(&claim);
        } else {
            if !asked.is_empty() {
                report.invalid_for(&request, names::is_dns1123_label(asked));
            }
            let overlaps = seen
                .iter()
                .filter(|(other, part)| *other == name && (asked.is_empty() || *part == asked));
            let shown = if asked.is_empty() {
                name.to_owned()
            } else {
                [name, "/", asked].concat()
            };
            for _ in overlaps {
                report.duplicate(&claim.with(&Value::from(shown.as_str())));
            }
            seen.push((name, asked));
        }
        if !claims.contains(&name) {
            let mut known = claims.to_vec();
            known.sort_unstable();
            known.dedup();
            let known = if known.is_empty() {
                " which is empty".to_owned()
            } else {
                format!(": {}", known.join(", "))
            };
            report.say(
                crate::CauseType::FieldValueNotFound,
                &claim,
                format!("must be one of the names in pod.spec.resourceClaims{known}"),
            );
        }
    }
}

/// The Pod's requests and limits against those of its containers.
///
/// Source: `validatePodResourceConsistency`.
fn consistency(spec: &At<'_>, at: &At<'_>, report: &mut Report) {
    let requests = at.field("requests");
    for (name, sum) in aggregate(spec.value(), "requests") {
        let own = requests.key(name);
        if own.is_present() && sum.compare(&quantity(own.value())) == Ordering::Greater {
            report.invalid(
                &own,
                format!("must be greater than or equal to aggregate container requests of {sum}"),
            );
        }
    }
    let limits = at.field("limits");
    for (name, sum) in aggregate(spec.value(), "limits") {
        let own = limits.key(name);
        if is_huge_page(name) && own.is_present() && sum.compare(&quantity(own.value())) == Ordering::Greater
        {
            report.invalid(
                &own,
                format!("must be greater than or equal to aggregate container limits of {sum}"),
            );
        }
    }
    for (index, container) in spec.field("containers").items().enumerate() {
        for (name, limit) in amounts_of(container.value(), "limits") {
            let own = limits.value().get(name).map(quantity);
            if let Some(own) = own
                && limit.compare(&own) == Ordering::Greater
            {
                // The order of the path is upstream's.
                report.invalid(
                    &at.field("containers")
                        .alias_item(index, &container)
                        .key(name)
                        .field("limits")
                        .with(&Value::from(limit.to_string())),
                    format!("must be less than or equal to pod limits of {own}"),
                );
            }
        }
    }
}

type Amounts<'a> = Vec<(&'a str, Quantity<'a>)>;

/// What the containers take together: all that run at once, or more where an init container needs more.
fn aggregate<'a>(spec: &'a Value, list: &str) -> Amounts<'a> {
    let mut sum = Amounts::new();
    let mut sidecars = Amounts::new();
    let mut greatest = Amounts::new();
    for container in items(spec, "containers") {
        add(&mut sum, &amounts_of(container, list));
    }
    for container in items(spec, "initContainers") {
        let mut own = amounts_of(container, list);
        if text(container, "restartPolicy") == "Always" {
            add(&mut sum, &own);
            add(&mut sidecars, &own);
            own.clone_from(&sidecars);
        } else {
            add(&mut own, &sidecars);
        }
        raise(&mut greatest, own);
    }
    raise(&mut sum, greatest);
    sum
}

fn amounts_of<'a>(container: &'a Value, list: &str) -> Amounts<'a> {
    let entries = container.get("resources").and_then(|of| of.get(list));
    let entries = entries.and_then(Value::as_object).into_iter().flat_map(Map::iter);
    entries
        .map(|(name, amount)| (name.as_str(), quantity(amount)))
        .collect()
}

fn add<'a>(sum: &mut Amounts<'a>, more: &Amounts<'a>) {
    for (name, amount) in more {
        match sum.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => {
                if let Some(both) = known.plus(amount) {
                    *known = both;
                }
            }
            None => sum.push((name, amount.clone())),
        }
    }
}

fn raise<'a>(least: &mut Amounts<'a>, other: Amounts<'a>) {
    for (name, amount) in other {
        match least.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if amount.compare(known) == Ordering::Greater => *known = amount,
            Some(_) => {}
            None => least.push((name, amount)),
        }
    }
}

/// The text in `field`; empty where it is absent.
pub(super) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The quantity in canonical form, which is always readable.
fn quantity(value: &Value) -> Quantity<'_> {
    let read = Quantity::parse(value.as_str().unwrap_or_default());
    read.unwrap_or_else(|_| Quantity::zero())
}

const HUGE_PAGES: &str = "hugepages-";

/// Counted in whole numbers. Source: `integerResources`.
const INTEGERS: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

/// The others that need no prefix. Source: `standardResources`.
const STANDARD: [&str; 11] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "storage",
    "requests.storage",
];

fn is_huge_page(name: &str) -> bool {
    name.starts_with(HUGE_PAGES)
}

fn is_huge_page_quota(name: &str) -> bool {
    is_huge_page(name.strip_prefix("requests.").unwrap_or(name))
}

/// Source: `IsHugePageResourceValueDivisible`.
fn is_divisible(name: &str, amount: &Quantity<'_>) -> bool {
    let size = name
        .strip_prefix(HUGE_PAGES)
        .and_then(|size| Quantity::parse(size).ok());
    size.is_some_and(|size| {
        size.is_whole() && size.value() > 0 && amount.value().checked_rem(size.value()) == Some(0)
    })
}

/// Source: `IsNativeResource`.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Source: `IsExtendedResourceName`.
fn is_extended(name: &str, options: &Options<'_>) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::is_label_key(&format!("requests.{name}"), options.minor).is_empty()
}
