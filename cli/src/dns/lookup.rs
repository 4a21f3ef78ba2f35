//! What became of one question, for people.

use steadfast_core::dns::{Answer, Kind, Lookup, Outcome, Record};

use crate::output::paint::{BAD, FAINT, GOOD, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{list, one_line};

pub(super) fn of(question: &Lookup, wide: bool) -> String {
    let kinds: Vec<&str> = question.types.iter().map(|kind| kind.name()).collect();
    let why = &question.why;
    let (style, word) = match &question.resolution {
        found if found.resolves && question.is_planned => (GOOD, "will resolve once the rollout is stable"),
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
    if let Some(why) = why {
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
