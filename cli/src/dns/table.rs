//! The names of a set for people: each ordinal's, and those of its Services.

use std::collections::{BTreeMap, BTreeSet};

use steadfast_core::dns::{Kind, NameState, Record};
use steadfast_core::membership;

use super::Told;
use crate::output::paint::{BAD, FAINT, GOOD, TITLE, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{count, grouped, one_line, some};

/// How many ordinals are shown; of more, those that resolve are counted.
const SHOWN: usize = 12;

/// How many addresses or names stand in a cell.
const IN_CELL: usize = 4;

pub(super) fn of(told: &Told, wide: bool) -> String {
    let mut text = head(told);
    text.push_str(&ordinals(told, wide));
    text.push_str(&advice(&told.names.names));
    text.push_str(&services(told, wide));
    text.push_str(&tail(told));
    text
}

fn head(told: &Told) -> String {
    let wanted = told.names.names.iter().filter(|state| state.is_wanted);
    let whole = wanted.clone().count();
    let good = wanted.filter(|state| state.resolves).count();
    let style = if good == whole { GOOD } else { BAD };
    let (number, what) = match (good == whole, whole) {
        (_, 0) => ("none".to_owned(), "names"),
        (true, 1) => ("the".to_owned(), "name"),
        (true, _) => (format!("all {}", grouped(whole as u64)), "names"),
        (false, _) => (
            format!("{} of {}", grouped(good as u64), grouped(whole as u64)),
            "names",
        ),
    };
    let verb = match (told.zone.is_planned, (good, whole) == (1, 1)) {
        (true, _) => "will resolve",
        (false, true) => "resolves",
        (false, false) => "resolve",
    };
    let mut text = format!(
        "StatefulSet {}: {} {what} {verb}\n",
        one_line(&told.names.set),
        paint(style, &number)
    );
    if told.zone.is_planned {
        text.push_str(
            "  the input has no Pods: this is how it will be once the rollout is stable, with the addresses of then\n",
        );
    }
    text.push('\n');
    text
}

fn ordinals(told: &Told, wide: bool) -> String {
    let is_short = told.names.names.len() > SHOWN && !wide;
    let is_shown = |at: usize, state: &NameState| {
        !is_short || !state.resolves || at < 2 || at + 1 == told.names.names.len()
    };
    let mut table = Table::new(&["ORDINAL", "NAME", "RESOLVES", "TO"]);
    let mut left_out = 0;
    for (at, state) in told.names.names.iter().enumerate() {
        if !is_shown(at, state) {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            table.row(skipped(left_out));
            left_out = 0;
        }
        table.row(row(state));
    }
    table.to_text()
}

fn skipped(number: usize) -> Vec<Cell> {
    let text = format!("{} that resolve", count(number, "more ordinal"));
    vec!["…".into(), Cell::styled(text, FAINT)]
}

fn row(state: &NameState) -> Vec<Cell> {
    let name = state.name.as_deref().unwrap_or("-");
    let ordinal = match state.is_wanted {
        true => state.ordinal.to_string(),
        false => format!("{} (to go)", state.ordinal),
    };
    let (word, to) = match (&state.message, state.addresses.is_empty()) {
        (Some(message), _) => (Cell::styled("no", BAD), message.clone()),
        (None, true) => (Cell::styled("yes", GOOD), format!("the address of {}", state.pod)),
        (None, false) => (Cell::styled("yes", GOOD), state.addresses.join(", ")),
    };
    vec![ordinal.into(), one_line(name).into(), word, one_line(&to).into()]
}

/// What would help, each said once, and what is to be known of names that resolve.
fn advice(states: &[NameState]) -> String {
    let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for state in states {
        if let Some(advice) = &state.advice {
            said.entry(advice).or_default().push(&state.pod);
        }
    }
    let mut text = String::new();
    for (advice, pods) in said {
        text.push_str(&format!(
            "  {} {}: {}\n",
            paint(TITLE, "->"),
            one_line(&some(&pods, IN_CELL)),
            one_line(advice)
        ));
    }
    let caveats: BTreeSet<String> = states
        .iter()
        .filter_map(|state| Some(state.caveat.as_ref()?.to_string()))
        .collect();
    for caveat in caveats {
        text.push_str(&format!("  {} {}\n", paint(WAIT, "mind:"), one_line(&caveat)));
    }
    text
}

/// The records of the Services that are the set's: the one that it names, and those whose endpoints are its Pods.
fn services(told: &Told, wide: bool) -> String {
    let domain = &told.zone.settings.cluster_domain;
    let below = format!("{}.svc.{domain}", told.namespace);
    let pods: BTreeSet<&str> = told.names.names.iter().map(|state| state.pod.as_str()).collect();
    let own = |name: &str| -> Option<String> {
        let rest = name.strip_suffix(below.as_str())?.strip_suffix('.')?;
        Some(rest.rsplit('.').next().unwrap_or(rest).to_owned())
    };
    let records = &told.zone.records;
    let mut services: BTreeSet<String> = told.service.iter().cloned().collect();
    for record in records {
        if record.pod.as_deref().is_some_and(|pod| pods.contains(pod)) {
            services.extend(own(&record.name));
        }
    }
    let mut table = Table::new(&["SERVICE'S NAME", "TYPE", "TO"]);
    let mut groups: BTreeMap<(String, bool, &str, Kind), Vec<&Record>> = BTreeMap::new();
    for record in records {
        let Some(service) = own(&record.name).filter(|service| services.contains(service)) else {
            continue;
        };
        let is_own = record.name == format!("{service}.{below}");
        // The Pods' own names stand above.
        if is_own || record.kind == Kind::Srv || wide {
            let is_after = !is_own;
            groups
                .entry((service, is_after, &record.name, record.kind))
                .or_default()
                .push(record);
        }
    }
    for ((service, _, name, kind), records) in groups {
        table.row(vec![
            one_line(name).into(),
            kind.name().into(),
            one_line(&cell(kind, &format!("{service}.{below}"), &records)).into(),
        ]);
    }
    match table.is_empty() {
        true => String::new(),
        false => format!("\n{}", table.to_text()),
    }
}

/// What the records of one name and type say, those of Pods in the order of their ordinals. `own` is the Service's name.
fn cell(kind: Kind, own: &str, records: &[&Record]) -> String {
    let ordinal = |record: &Record| membership(record.pod.as_deref()?)?.ordinal;
    let mut records = records.to_vec();
    records.sort_by_key(|record| ordinal(record));
    let planned: Option<Vec<&str>> = records
        .iter()
        .map(|record| record.pod.as_deref().filter(|_| record.data.is_empty()))
        .collect();
    if let Some(pods) = planned {
        return format!("the addresses of {}", some(&pods, IN_CELL));
    }
    let texts: Vec<String> = records
        .iter()
        .map(|record| match record.data.is_empty() {
            true => "an address that it is given".to_owned(),
            false if kind == Kind::Srv => port(&record.data, own),
            false => record.data.clone(),
        })
        .collect();
    some(&texts, IN_CELL)
}

/// `HOST:PORT` of an SRV record's `PRIORITY WEIGHT PORT HOST`, the host without the Service's name.
fn port(data: &str, own: &str) -> String {
    let mut words = data.rsplit(' ');
    let (host, port) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let short = host.strip_suffix(own).and_then(|host| host.strip_suffix('.'));
    format!("{}:{port}", short.unwrap_or(host))
}

/// How long what is wrong may be remembered, and whether an answer is too large.
fn tail(told: &Told) -> String {
    let mut text = String::new();
    let is_short = |record: &&Record| {
        told.service.as_ref().is_some_and(|service| {
            record.kind == Kind::A
                && record.name
                    == format!(
                        "{service}.{}.svc.{}",
                        told.namespace, told.zone.settings.cluster_domain
                    )
        })
    };
    if let Some(record) = told.zone.records.iter().find(is_short) {
        let answer = steadfast_core::dns::lookup(&told.zone, &record.name, Kind::A);
        let fit = answer.fit(1232);
        if fit.is_truncated {
            text.push_str(&format!(
                "\n{} has {} addresses: a datagram of 512 bytes holds {}, of 1232 {}, of 4096 {}; over TCP all come\n",
                one_line(&record.name),
                answer.records.len(),
                answer.fit(512).records,
                fit.records,
                answer.fit(4096).records
            ));
        }
    }
    if told
        .names
        .names
        .iter()
        .any(|state| !state.resolves && state.name.is_some())
        && !told.zone.is_planned
    {
        let ttl = told.zone.settings.ttl.min(300);
        text.push_str(&paint(
            FAINT,
            &format!("\nwho has asked for a name that does not resolve may remember that for {ttl} s\n"),
        ));
    }
    text
}
