//! What became of one question, for people.

use steadfast_core::dns::{Answer, Kind, Outcome, Record, Zone, names, why_not};

use super::Question;
use crate::output::paint::{BAD, FAINT, GOOD, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{list, one_line};

pub(super) fn of(question: &Question, zone: &Zone, wide: bool) -> String {
    let kinds: Vec<&str> = question.kinds.iter().map(|kind| kind.name()).collect();
    let why = why(question, zone);
    let (style, word) = match &question.resolution {
        found if found.resolves && zone.is_planned => (GOOD, "will resolve once the rollout is stable"),
        found if found.resolves => (GOOD, "resolves"),
        found if found.is_forwarded && why.is_none() => (WAIT, "is for the node's resolver to answer"),
        _ => (BAD, "does not resolve"),
    };
    let mut text = format!(
        "{} {} {}\n",
        one_line(&question.name),
        paint(style, word),
        paint(
            FAINT,
            &format!("({} from {})", list(&kinds), one_line(&question.asker))
        )
    );
    if let Some(why) = &why {
        text.push_str(&format!("  {}\n", one_line(why)));
    }
    if !question.resolver.asks_cluster {
        text.push_str(
            "  its dnsPolicy lets it ask the node's resolver only, which knows none of the cluster's names\n",
        );
    }
    text.push('\n');
    text.push_str(&asked(&question.resolution.asked, wide));
    let mut answers = question.resolution.asked.iter();
    let denied = answers.find_map(|answer| answer.denial_ttl);
    if let Some(ttl) = denied.filter(|_| why.is_some()) {
        text.push_str(&paint(
            FAINT,
            &format!("\na resolver that keeps denials may keep these for {ttl} s\n"),
        ));
    }
    text
}

/// The questions with their answers; types of a name that have the same answer stand together.
fn asked(answers: &[Answer], wide: bool) -> String {
    let mut table = Table::new(&["ASKED", "TYPE", "ANSWER"]);
    for same in answers.chunk_by(|one, other| {
        one.name == other.name
            && one.records.is_empty()
            && other.records.is_empty()
            && one.outcome == other.outcome
    }) {
        let Some(answer) = same.first() else { continue };
        let name = one_line(&answer.name);
        let kinds: Vec<&str> = same.iter().map(|answer| answer.kind.name()).collect();
        let kind = kinds.join(", ");
        if answer.records.is_empty() {
            let (style, word) = match answer.outcome {
                Outcome::NoData => (WAIT, "no record of this type"),
                Outcome::Forwarded => (WAIT, "forwarded to the node's resolver"),
                _ => (BAD, "NXDOMAIN"),
            };
            table.row(vec![name.into(), kind.into(), Cell::styled(word, style)]);
            continue;
        }
        for (at, record) in answer.records.iter().enumerate() {
            let [name, kind] = [&name, &kind].map(|text| if at == 0 { text.clone() } else { String::new() });
            let data = one_line(&data(record, answer.kind));
            table.row(vec![name.into(), kind.into(), data.into()]);
        }
        for record in answer.additional.iter().filter(|_| wide) {
            let text = format!("also {} {}", record.name, data(record, answer.kind));
            table.row(vec![
                Cell::default(),
                Cell::default(),
                Cell::styled(one_line(&text), FAINT),
            ]);
        }
    }
    table.to_text()
}

fn data(record: &Record, asked: Kind) -> String {
    let text = match (record.data.is_empty(), &record.pod) {
        (false, _) => record.data.clone(),
        (true, Some(pod)) => format!("the address of {pod}"),
        (true, None) => "an address that it is given".to_owned(),
    };
    match record.kind == asked || record.data.is_empty() {
        true => text,
        false => format!("{} {text}", record.kind.name()),
    }
}

/// Why the name does not resolve. Search domains make names that nobody means, such as `web-0.web.svc.cluster.local`, and a name
/// that is not the cluster's goes through them too: so only a name of which something is known has a reason.
pub(super) fn why(question: &Question, zone: &Zone) -> Option<String> {
    if question.resolution.resolves || !question.resolver.asks_cluster {
        return None;
    }
    let below = format!(".svc.{}", zone.settings.cluster_domain);
    let states = names(zone);
    let is_meant = |answer: &&Answer| {
        let name = answer.name.to_ascii_lowercase();
        let is_pod = states.iter().any(|state| state.name.as_deref() == Some(&name));
        let mut labels = name.strip_suffix(below.as_str()).unwrap_or_default().rsplit('.');
        let (namespace, service) = (
            labels.next().unwrap_or_default(),
            labels.next().unwrap_or_default(),
        );
        let is_short = !question.name.contains('.') && zone.has_namespace(namespace);
        is_pod || is_short || zone.has_service(namespace, service)
    };
    let is_whole = |answer: &&Answer| answer.name.len() <= question.name.len();
    let asked = &question.resolution.asked;
    let meant = asked.iter().filter(is_meant).chain(asked.iter().filter(is_whole));
    meant.filter_map(|answer| why_not(zone, &answer.name)).next()
}
