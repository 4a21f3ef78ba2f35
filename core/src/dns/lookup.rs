//! Answers, as the plugin gives them (`plugin/kubernetes/handler.go`, `ServeDNS`; `plugin/backend_lookup.go`).

use crate::sorted::SortedSet;

use super::address::{Host, of_reverse};
use super::find::{Item, NoName, Question, find, is_below, of_address};
use super::record::{Answer, Kind, Outcome, Record};
use super::{Zone, is_name};

/// How many CNAMEs are followed (`maxCnameChainLength`).
const LONGEST_CHAIN: usize = 10;

/// The longest TTL of an SOA record (`SOA`).
const SOA_TTL: u32 = 300;

/// Answers a question as the cluster's DNS does. `name` is a whole name, with a dot at its end or without; search domains are
/// a resolver's affair ([`Resolver`](super::Resolver)). A text that is no name does not exist.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::Observation;
/// use steadfast_core::dns::{Kind, Outcome, Settings, lookup, zone};
/// let observation = Observation::of_value(json!({"services": [
///     {"metadata": {"name": "db", "namespace": "shop"}, "spec": {"type": "ExternalName", "externalName": "db.example.com"}}]}))?;
/// let zone = zone(&observation, &Settings::default())?;
/// let answer = lookup(&zone, "db.shop.svc.cluster.local.", Kind::A);
/// assert_eq!((answer.records[0].kind, answer.leaves_to.as_deref()), (Kind::Cname, Some("db.example.com")));
/// assert_eq!(lookup(&zone, "shop.svc.cluster.local", Kind::A).outcome, Outcome::NoData);
/// assert_eq!(lookup(&zone, "nobody.shop.svc.cluster.local", Kind::A).outcome, Outcome::NxDomain);
/// assert_eq!(lookup(&zone, "example.com", Kind::A).outcome, Outcome::Forwarded);
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn lookup(zone: &Zone, name: &str, kind: Kind) -> Answer {
    let name = name.strip_suffix('.').unwrap_or(name);
    let mut answer = Answer {
        name: name.to_owned(),
        kind,
        outcome: Outcome::Forwarded,
        records: Vec::new(),
        additional: Vec::new(),
        denial_ttl: None,
        leaves_to: None,
    };
    let question = if is_name(name) {
        Question::of(name, zone)
    } else {
        None
    };
    let Some(question) = question else {
        if !is_name(name) {
            answer.outcome = Outcome::NxDomain;
        }
        return answer;
    };
    let found = match kind {
        Kind::A | Kind::Aaaa => addresses(zone, &question, kind, &[], &mut answer.leaves_to),
        Kind::Srv => ports(zone, &question).map(|(records, additional)| {
            answer.additional = additional;
            records
        }),
        Kind::Ptr => pointers(zone, &question),
        Kind::Cname => aliases(zone, &question),
    };
    answer.outcome = match found {
        Err(NoName) if question.falls_through() => Outcome::Forwarded,
        Err(NoName) => Outcome::NxDomain,
        Ok(records) => {
            answer.records = records;
            match answer.records.is_empty() {
                true => Outcome::NoData,
                false => Outcome::Answered,
            }
        }
    };
    if matches!(answer.outcome, Outcome::NoData | Outcome::NxDomain) {
        answer.denial_ttl = Some(zone.settings.ttl.min(SOA_TTL));
    }
    answer
}

/// What the plugin looks up for any type (`Services`).
fn items(zone: &Zone, question: &Question) -> Result<Vec<Item>, NoName> {
    match question.is_of_server() {
        true => Ok(Vec::new()),
        false => find(zone, question),
    }
}

fn record(zone: &Zone, name: &str, kind: Kind, data: String, pod: Option<String>) -> Record {
    Record {
        name: name.to_owned(),
        kind,
        ttl: zone.settings.ttl,
        data,
        pod,
    }
}

/// The address records, through CNAMEs where there are such (`A`, `AAAA`).
fn addresses(
    zone: &Zone,
    question: &Question,
    kind: Kind,
    before: &[String],
    leaves_to: &mut Option<String>,
) -> Result<Vec<Record>, NoName> {
    let (mut records, mut seen) = (Vec::new(), SortedSet::new());
    for item in items(zone, question)? {
        let is_asked = match item.host {
            Host::V4(_) | Host::PlannedV4 => kind == Kind::A,
            Host::V6(_) | Host::PlannedV6 => kind == Kind::Aaaa,
            Host::Name => {
                records.extend(alias(zone, question, kind, &item, before, leaves_to));
                false
            }
        };
        // Twice the same address is one record, written in two ways it is two.
        if is_asked && seen.insert(item.text.clone()) {
            records.push(record(zone, &question.name, kind, item.host.data(), item.pod));
        }
    }
    Ok(records)
}

/// A CNAME and what it leads to; nothing where it leads in a circle, too far, or to no record.
fn alias(
    zone: &Zone,
    question: &Question,
    kind: Kind,
    item: &Item,
    before: &[String],
    leaves_to: &mut Option<String>,
) -> Vec<Record> {
    let target = item.text.strip_suffix('.').unwrap_or(&item.text);
    let is_loop = is_below(target, &question.lower) || before.iter().any(|known| known == target);
    if is_loop || before.len() > LONGEST_CHAIN {
        return Vec::new();
    }
    let mut records = vec![record(zone, &question.name, Kind::Cname, target.to_owned(), None)];
    if !is_below(target, &question.zone) {
        *leaves_to = Some(target.to_owned());
        return records;
    }
    let mut chain = before.to_vec();
    chain.push(target.to_owned());
    let next = Question::in_zone(target, &question.zone);
    let further = addresses(zone, &next, kind, &chain, leaves_to).unwrap_or_default();
    match further.is_empty() {
        true => Vec::new(),
        false => {
            records.extend(further);
            records
        }
    }
}

/// The SRV records, and the addresses of their names (`SRV`).
fn ports(zone: &Zone, question: &Question) -> Result<(Vec<Record>, Vec<Record>), NoName> {
    let mut items = items(zone, question)?;
    // What is only another name has no ports.
    items.retain(|item| item.host != Host::Name);
    // All have the same share, rounded as floating point numbers are, and at least 1.
    let share = (100.0 / (items.len() as f64 * 100.0) * 100.0).floor();
    let weight = (share as u16).max(1);
    let (mut records, mut additional) = (Vec::new(), Vec::new());
    let (mut named, mut addressed) = (SortedSet::new(), SortedSet::new());
    for item in items {
        let Some(port) = item.port else { continue };
        let port = port as u16;
        if named.insert((item.target.clone(), port)) {
            let data = format!("0 {weight} {port} {}", item.target);
            records.push(record(zone, &question.name, Kind::Srv, data, item.pod.clone()));
        }
        if addressed.insert((item.target.clone(), item.text.clone())) {
            let kind = match item.host {
                Host::V6(_) | Host::PlannedV6 => Kind::Aaaa,
                _ => Kind::A,
            };
            additional.push(record(zone, &item.target, kind, item.host.data(), item.pod));
        }
    }
    Ok((records, additional))
}

/// The names of an address (`PTR`; `plugin/kubernetes/reverse.go`, `Reverse`).
fn pointers(zone: &Zone, question: &Question) -> Result<Vec<Record>, NoName> {
    let Some(address) = of_reverse(&question.lower) else {
        return find(zone, question).map(|_| Vec::new());
    };
    let names = of_address(zone, &address.to_string());
    if names.is_empty() {
        return Err(NoName);
    }
    let (mut records, mut seen) = (Vec::new(), SortedSet::new());
    for (name, pod) in names {
        if seen.insert(name.clone()) {
            records.push(record(zone, &question.name, Kind::Ptr, name, pod));
        }
    }
    Ok(records)
}

/// The CNAME itself (`CNAME`).
fn aliases(zone: &Zone, question: &Question) -> Result<Vec<Record>, NoName> {
    let found = items(zone, question)?;
    let first = found.first().filter(|item| item.host == Host::Name);
    let target = first.map(|item| item.text.strip_suffix('.').unwrap_or(&item.text).to_owned());
    let records = target.map(|target| record(zone, &question.name, Kind::Cname, target, None));
    Ok(records.into_iter().collect())
}
