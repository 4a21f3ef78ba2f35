//! What became of one question, for people.

use steadfast_core::dns::{Answer, Kind, Outcome, Record, Zone, why_not};

use super::Question;
use crate::output::paint::{BAD, FAINT, GOOD, TITLE, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{list, one_line};

pub(super) fn of(question: &Question, zone: &Zone, wide: bool) -> String {
    let kinds: Vec<&str> = question.kinds.iter().map(|kind| kind.name()).collect();
    let (style, word) = match (
        question.resolution.resolves,
        question.resolution.is_forwarded,
        zone.is_planned,
    ) {
        (true, _, true) => (GOOD, "will resolve once the rollout is stable"),
        (true, ..) => (GOOD, "resolves"),
        (false, true, _) => (WAIT, "is for the node's resolver to answer"),
        (false, false, _) => (BAD, "does not resolve"),
    };
    let mut text = format!(
        "{} {} {}\n\n",
        one_line(&question.name),
        paint(style, word),
        paint(
            FAINT,
            &format!("({} from {})", list(&kinds), one_line(&question.asker))
        )
    );
    text.push_str(&asked(&question.resolution.asked, wide));
    if !question.resolver.asks_cluster {
        text.push_str(
            "\nits dnsPolicy lets it ask the node's resolver only, which knows none of the cluster's names\n",
        );
    }
    if let Some(why) = why(question, zone) {
        text.push_str(&format!("\n{} {}\n", paint(TITLE, "why:"), one_line(&why)));
    }
    let denied = question
        .resolution
        .asked
        .iter()
        .rev()
        .find_map(|answer| answer.denial_ttl);
    if let Some(ttl) = denied.filter(|_| !question.resolution.resolves) {
        text.push_str(&paint(
            FAINT,
            &format!("\na resolver that keeps denials may keep this one for {ttl} s\n"),
        ));
    }
    text
}

fn asked(answers: &[Answer], wide: bool) -> String {
    let mut table = Table::new(&["ASKED", "TYPE", "ANSWER"]);
    for answer in answers {
        let name = one_line(&answer.name);
        let kind = answer.kind.name();
        if answer.records.is_empty() {
            let (style, word) = match answer.outcome {
                Outcome::NoData => (WAIT, "no record of this type"),
                Outcome::Forwarded => (WAIT, "forwarded to the node's resolver"),
                _ => (BAD, "NXDOMAIN"),
            };
            table.row(vec![name.into(), kind.into(), Cell::styled(word, style)]);
        }
        for (at, record) in answer.records.iter().enumerate() {
            let is_first = at == 0;
            table.row(vec![
                if is_first { name.clone() } else { String::new() }.into(),
                if is_first { kind } else { "" }.into(),
                one_line(&data(record, answer.kind)).into(),
            ]);
        }
        let additional = answer.additional.iter().filter(|_| wide);
        for record in additional {
            let text = format!("also {} {}", record.name, data(record, answer.kind));
            table.row(vec!["".into(), "".into(), Cell::styled(one_line(&text), FAINT)]);
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

/// Why the name does not resolve: of the first name asked for of which something is known. Search domains make names that
/// nobody means, such as `web-0.web.svc.cluster.local`.
pub(super) fn why(question: &Question, zone: &Zone) -> Option<String> {
    if question.resolution.resolves || question.resolution.is_forwarded {
        return None;
    }
    let asked = &question.resolution.asked;
    let is_whole = |answer: &&Answer| answer.name.len() <= question.name.trim_end_matches('.').len();
    let known = asked
        .iter()
        .find_map(|answer| why_not(zone, &answer.name).filter(|_| is_known(zone, answer)));
    known.or_else(|| {
        asked
            .iter()
            .filter(is_whole)
            .find_map(|answer| why_not(zone, &answer.name))
    })
}

/// Whether the name lies in a namespace of which the input holds something.
fn is_known(zone: &Zone, answer: &Answer) -> bool {
    let below = format!(".svc.{}", zone.settings.cluster_domain);
    let name = answer.name.to_ascii_lowercase();
    let before = name.strip_suffix(below.as_str()).unwrap_or_default();
    before
        .rsplit('.')
        .next()
        .is_some_and(|namespace| zone.has_namespace(namespace))
}
