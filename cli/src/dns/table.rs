//! The names of a set for people: each ordinal's, and those of its Services.

use std::collections::{BTreeMap, BTreeSet};

use steadfast_core::dns::{Kind, NameState, Record};

use super::Names;
use crate::output::paint::{BAD, FAINT, GOOD, TITLE, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{count, one_line, some};

/// How many ordinals are shown; of more, those that resolve are counted.
const SHOWN: usize = 12;

/// How many addresses or names stand in a cell.
const IN_CELL: usize = 4;

pub(super) fn of(names: &Names, wide: bool) -> String {
    let mut text = head(names);
    text.push_str(&ordinals(names, wide));
    text.push_str(&advice(&names.names));
    text.push_str(&services(names, wide));
    text.push_str(&tail(names));
    text
}

fn head(names: &Names) -> String {
    let known = names.names.iter().filter(|state| state.is_wanted);
    let whole = known.clone().count();
    let good = known.filter(|state| state.resolves).count();
    let (style, word) = match (good == whole, names.zone.is_planned) {
        (true, true) => (GOOD, "will resolve".to_owned()),
        (true, false) => (GOOD, "resolve".to_owned()),
        (false, true) => (BAD, "will not all resolve".to_owned()),
        (false, false) => (BAD, format!("resolve as to {good} of {whole}")),
    };
    let mut text = format!(
        "The names of StatefulSet {} {}\n",
        one_line(&names.set),
        paint(style, &word)
    );
    if names.zone.is_planned {
        text.push_str(
            "  the input has no Pods: this is how it will be once the rollout is stable, with the addresses of then\n",
        );
    }
    text.push('\n');
    text
}

fn ordinals(names: &Names, wide: bool) -> String {
    let is_short = names.names.len() > SHOWN && !wide;
    let is_shown =
        |at: usize, state: &NameState| !is_short || !state.resolves || at < 2 || at + 1 == names.names.len();
    let mut table = Table::new(&["ORDINAL", "NAME", "RESOLVES", "TO"]);
    let mut left_out = 0;
    for (at, state) in names.names.iter().enumerate() {
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
fn services(names: &Names, wide: bool) -> String {
    let domain = &names.zone.settings.cluster_domain;
    let below = format!("{}.svc.{domain}", names.namespace);
    let pods: BTreeSet<&str> = names.names.iter().map(|state| state.pod.as_str()).collect();
    let own = |name: &str| -> Option<String> {
        let rest = name.strip_suffix(below.as_str())?.strip_suffix('.')?;
        Some(rest.rsplit('.').next().unwrap_or(rest).to_owned())
    };
    let records = &names.zone.records;
    let mut services: BTreeSet<String> = names.service.iter().cloned().collect();
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
    for ((_, _, name, kind), records) in groups {
        table.row(vec![
            one_line(name).into(),
            kind.name().into(),
            one_line(&cell(kind, &records)).into(),
        ]);
    }
    match table.is_empty() {
        true => String::new(),
        false => format!("\n{}", table.to_text()),
    }
}

fn cell(kind: Kind, records: &[&Record]) -> String {
    let texts: Vec<String> = records
        .iter()
        .map(|record| match (record.data.is_empty(), &record.pod) {
            (false, _) if kind == Kind::Srv => port(&record.data),
            (false, _) => record.data.clone(),
            (true, Some(pod)) => format!("the address of {pod}"),
            (true, None) => "an address that it is given".to_owned(),
        })
        .collect();
    some(&texts, IN_CELL)
}

/// `HOST:PORT` of an SRV record's `PRIORITY WEIGHT PORT HOST`.
fn port(data: &str) -> String {
    let mut words = data.rsplit(' ');
    match (words.next(), words.next()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        _ => data.to_owned(),
    }
}

/// How long what is wrong may be remembered, and whether an answer is too large.
fn tail(names: &Names) -> String {
    let mut text = String::new();
    let is_short = |record: &&Record| {
        names.service.as_ref().is_some_and(|service| {
            record.kind == Kind::A
                && record.name
                    == format!(
                        "{service}.{}.svc.{}",
                        names.namespace, names.zone.settings.cluster_domain
                    )
        })
    };
    if let Some(record) = names.zone.records.iter().find(is_short) {
        let answer = steadfast_core::dns::lookup(&names.zone, &record.name, Kind::A);
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
    if names
        .names
        .iter()
        .any(|state| !state.resolves && state.name.is_some())
        && !names.zone.is_planned
    {
        let ttl = names.zone.settings.ttl.min(300);
        text.push_str(&paint(
            FAINT,
            &format!("\nwho has asked for a name that does not resolve may remember that for {ttl} s\n"),
        ));
    }
    text
}
