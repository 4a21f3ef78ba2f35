//! Scalars and documents in blocks through upstream's program and the core.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;

use super::compare::{Form, Ours, difference};
use super::options::Options;
use super::place::PLACES;
use super::{documents, handmade, scalars, traps};
use crate::templates::Scheme;

/// How often a question is asked again that Go answers at random.
const RETRIES: usize = 30;

/// How many questions are asked at once.
const BLOCK: usize = 400;

/// A scalar or a document, with every text in which it is compared.
pub struct Question {
    pub name: String,
    pub is_scalar: bool,
    pub texts: Vec<(&'static str, Form, String)>,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    pub scalars: u64,
    pub documents: u64,
    pub texts: u64,
    /// Texts that both refuse.
    pub refused: u64,
    /// Answers that were another one when asked again.
    pub random: u64,
    pub differences: Vec<Difference>,
    pub wall: Duration,
}

/// A question on which the two differ, with the first text that shows it.
pub struct Difference {
    pub at: usize,
    pub name: String,
    pub is_scalar: bool,
    pub place: &'static str,
    pub text: String,
    pub what: String,
}

/// The questions: what is written by hand, then as many from seeds as are asked for beyond.
pub fn questions(options: &Options) -> Vec<Question> {
    let mut all = Vec::new();
    let of_seed =
        |count: u64, by_hand: usize| options.seed..options.seed + count.saturating_sub(by_hand as u64);
    let limit = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    for trap in traps::all().iter().take(limit(options.scalars)) {
        all.push(of_scalar("trap".to_owned(), trap));
    }
    for seed in of_seed(options.scalars, traps::all().len()) {
        all.push(of_scalar(format!("scalar {seed}"), &scalars::scalar(seed)));
    }
    let by_hand = handmade::all();
    let count = by_hand.len();
    for (name, text) in by_hand.into_iter().take(limit(options.documents)) {
        all.push(of_document(name, text));
    }
    for seed in of_seed(options.documents, count) {
        all.push(of_document(format!("document {seed}"), documents::document(seed)));
    }
    all
}

fn of_scalar(name: String, scalar: &str) -> Question {
    let texts = PLACES
        .iter()
        .map(|place| (place.name, Form::Text, (place.text)(scalar)));
    Question {
        name,
        is_scalar: true,
        texts: texts.collect(),
    }
}

fn of_document(name: String, text: String) -> Question {
    let mut texts = vec![("file", Form::File, text.clone())];
    // What is JSON is read as JSON, which is no matter of sigs.k8s.io/yaml.
    let is_json = text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(&text).is_ok();
    if !is_json {
        texts.push(("text", Form::Text, text));
    }
    Question {
        name,
        is_scalar: false,
        texts,
    }
}

/// Asks all of it.
///
/// # Errors
/// A program that cannot be started, ends, or answers something else.
pub fn run(questions: &[Question], program: &Path, jobs: usize) -> Result<Outcome, String> {
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let sum: Mutex<Result<Outcome, String>> = Mutex::new(Ok(Outcome::default()));
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let done = job(questions, program, &next);
                let mut sum = sum.lock().expect("no thread panics with it");
                match (done, &mut *sum) {
                    (Ok(part), Ok(sum)) => sum.merge(part),
                    (Err(sentence), sum @ Ok(_)) => {
                        next.store(questions.len(), Ordering::SeqCst);
                        *sum = Err(sentence);
                    }
                    (_, Err(_)) => {}
                }
            });
        }
    });
    let mut outcome = sum.into_inner().expect("no thread panics with it")?;
    outcome.differences.sort_by_key(|difference| difference.at);
    outcome.wall = start.elapsed();
    Ok(outcome)
}

fn job(questions: &[Question], program: &Path, next: &AtomicUsize) -> Result<Outcome, String> {
    let mut scheme = Scheme::start_as(program, "--yaml")?;
    let mut outcome = Outcome::default();
    loop {
        let from = next.fetch_add(BLOCK, Ordering::SeqCst);
        if from >= questions.len() {
            return Ok(outcome);
        }
        let block = &questions[from..(from + BLOCK).min(questions.len())];
        let texts = block.iter().flat_map(|question| &question.texts);
        let lines: Vec<String> = texts.map(|(_, form, text)| form.line(text)).collect();
        let mut answers = scheme
            .ask_all(&lines)
            .map_err(|error| format!("{}: {error}", program.display()))?
            .into_iter();
        for (at, question) in block.iter().enumerate() {
            *if question.is_scalar {
                &mut outcome.scalars
            } else {
                &mut outcome.documents
            } += 1;
            let mut is_told = false;
            for (place, form, text) in &question.texts {
                let answer = answers.next().ok_or("an answer is missing")?;
                let ours = Ours::of(*form, text);
                outcome.texts += 1;
                outcome.refused += u64::from(ours.documents.is_err());
                let mut what = difference(*form, &answer, &ours)?;
                // Of keys that are the same in JSON alone Go keeps a random one.
                for _ in 0..RETRIES {
                    if what.is_none() || !ours.may_be_random() {
                        break;
                    }
                    let again = scheme.ask(&form.line(text))?;
                    outcome.random += u64::from(again != answer);
                    what = difference(*form, &again, &ours)?;
                }
                if let Some(what) = what
                    && !is_told
                {
                    is_told = true;
                    outcome.differences.push(Difference {
                        at: from + at,
                        name: question.name.clone(),
                        is_scalar: question.is_scalar,
                        place,
                        text: text.clone(),
                        what,
                    });
                }
            }
        }
    }
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        self.scalars += other.scalars;
        self.documents += other.documents;
        self.texts += other.texts;
        self.refused += other.refused;
        self.random += other.random;
        self.differences.extend(other.differences);
    }

    /// How many scalars, or documents, differ in some place.
    pub fn differing(&self, is_scalar: bool) -> u64 {
        self.differences
            .iter()
            .filter(|difference| difference.is_scalar == is_scalar)
            .count() as u64
    }
}
