//! The closing table.

use std::fmt::Write;

use super::rules::{Rule, WARNING};
use super::run::Outcome;
use super::tally::{Count, PARTS, Tally};

/// The results of a version of which nothing differs.
pub fn line(title: &str, outcome: &Outcome) -> String {
    let asked: u64 = outcome.tally.questions.values().sum();
    format!(
        "Kubernetes {title}: {asked} questions in {:.1} s, {} of them with an error in the Pod template; nothing differs\n",
        outcome.wall.as_secs_f64(),
        outcome.tally.count(PARTS[8])
    )
}

/// A version's results.
pub fn of(title: &str, outcome: &Outcome, show: usize) -> String {
    let Outcome {
        tally,
        wall,
        upstream,
    } = outcome;
    let mut text = String::new();
    let asked: u64 = tally.questions.values().sum();
    let kinds: Vec<String> = tally
        .questions
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let _ = writeln!(
        text,
        "\nKubernetes {title}: {asked} questions ({})",
        kinds.join(", ")
    );
    for part in PARTS {
        let _ = writeln!(text, "  {part:<46} {:>8}", tally.count(part));
    }
    let share = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
    let with_error = tally.count(PARTS[8]);
    let _ = writeln!(
        text,
        "  complete matches: {:.2} % of all, {:.2} % evenly over {} paths",
        share(tally.count(PARTS[9]), with_error),
        100.0 * tally.evenly(),
        tally.paths.len()
    );
    for (title, is_chosen) in [
        (
            "set rules",
            (|rule| !rule.is_of_pod() && rule.kind != WARNING) as fn(&Rule) -> bool,
        ),
        ("Pod template rules", |rule| {
            rule.is_of_pod() && rule.kind != WARNING
        }),
        ("warnings", |rule| rule.kind == WARNING),
    ] {
        text += &recall(title, tally, is_chosen);
    }
    text += &listed("decoders", tally.decode.iter(), show);
    text += &listed("objects", tally.object.iter(), show);
    text += &worst("missing", tally, show, Count::missed);
    text += &worst("false", tally, show, |count| count.only_ours);
    let seconds = wall.as_secs_f64();
    let _ = writeln!(
        text,
        "  {asked} questions in {seconds:.1} s, {:.0} a second; {:.0} µs waited for upstream each",
        asked as f64 / seconds,
        upstream.as_secs_f64() * 1e6 / asked.max(1) as f64
    );
    text
}

/// All rules, as lines of path, type, detail, and how often upstream, both, and the core alone met them.
pub fn rules(tally: &Tally) -> String {
    let mut text = "path\ttype\tdetail\tupstream\tboth\tfalse\n".to_owned();
    for (Rule { path, kind, detail }, count) in &tally.rules {
        let detail = detail.replace(['\t', '\n'], " ");
        let _ = writeln!(
            text,
            "{path}\t{kind}\t{detail}\t{}\t{}\t{}",
            count.theirs, count.both, count.only_ours
        );
    }
    text
}

fn recall(title: &str, tally: &Tally, is_chosen: fn(&Rule) -> bool) -> String {
    let chosen = || {
        tally
            .rules
            .iter()
            .filter(|(rule, count)| is_chosen(rule) && count.theirs > 0)
    };
    let whole = chosen().filter(|(_, count)| count.missed() == 0).count();
    let met: u64 = chosen().map(|(_, count)| count.theirs).sum();
    let both: u64 = chosen().map(|(_, count)| count.both).sum();
    format!(
        "  {title}: {} met by upstream, {whole} of them always here; {both} of {met} occurrences\n",
        chosen().count()
    )
}

fn listed<'a>(title: &str, counts: impl Iterator<Item = (&'a String, &'a Count)>, show: usize) -> String {
    let mut counts: Vec<_> = counts.map(|(words, count)| (count.only_ours, words)).collect();
    counts.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
    let mut text = String::new();
    if !counts.is_empty() {
        let _ = writeln!(text, "  {title}: {} differences", counts.len());
    }
    for (count, words) in counts.into_iter().take(show) {
        let _ = writeln!(text, "    {count:>6}  {words}");
    }
    text
}

fn worst(title: &str, tally: &Tally, show: usize, of: impl Fn(&Count) -> u64) -> String {
    let mut rules: Vec<(u64, u64, &Rule)> = tally
        .rules
        .iter()
        .map(|(rule, count)| (of(count), count.theirs, rule))
        .filter(|(count, ..)| *count > 0)
        .collect();
    rules.sort_by(|one, other| other.0.cmp(&one.0).then(one.2.cmp(other.2)));
    let mut text = String::new();
    if !rules.is_empty() {
        let _ = writeln!(text, "  {title}: {} rules", rules.len());
    }
    for (count, theirs, rule) in rules.into_iter().take(show) {
        let _ = writeln!(text, "    {count:>6} of {theirs:>6}  {}", rule.title());
    }
    text
}
