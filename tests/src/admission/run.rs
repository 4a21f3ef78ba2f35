//! Questions in blocks through upstream's program and the core.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bases::Bases;
use super::compare::{Compared, compare};
use super::question::{Candidate, Question};
use super::tally::{Example, Tally};
use crate::conformance::Column;
use crate::templates::{Scheme, smallest};

/// How many seeds a job takes at once.
const BLOCK: u64 = 200;

/// Which questions are asked.
pub struct Plan {
    pub first: u64,
    pub worlds: u64,
    pub pairs: u64,
    pub jobs: usize,
}

/// What came of it.
pub struct Outcome {
    pub tally: Tally,
    pub wall: Duration,
    /// How long upstream's programs were waited for, all jobs together.
    pub upstream: Duration,
}

/// Asks all of it.
///
/// # Errors
/// A program that cannot be started, ends, or answers something else.
pub fn run(plan: &Plan, column: &Column, mut progress: impl FnMut(u64)) -> Result<Outcome, String> {
    let bases = Bases::of(&column.profile);
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let whole = plan.worlds + plan.pairs;
    let (start, sum): (Instant, Mutex<(Tally, Duration)>) = (Instant::now(), Mutex::default());
    let failure: Mutex<Option<String>> = Mutex::new(None);
    let left = AtomicU64::new(plan.jobs as u64);
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs {
            scope.spawn(|| {
                match job(plan, column, &bases, &next, &done) {
                    Ok((tally, upstream)) => {
                        let mut sum = sum.lock().expect("no thread panics with it");
                        sum.0.merge(tally);
                        sum.1 += upstream;
                    }
                    Err(sentence) => {
                        next.store(whole, Ordering::SeqCst);
                        failure
                            .lock()
                            .expect("no thread panics with it")
                            .get_or_insert(sentence);
                    }
                }
                left.fetch_sub(1, Ordering::SeqCst);
            });
        }
        while left.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(20));
            progress(done.load(Ordering::SeqCst));
        }
    });
    if let Some(sentence) = failure.into_inner().expect("no thread panics with it") {
        return Err(sentence);
    }
    let (tally, upstream) = sum.into_inner().expect("no thread panics with it");
    let wall = start.elapsed();
    Ok(Outcome {
        tally,
        wall,
        upstream,
    })
}

/// One line of work, until no question is left: manifests first, then pairs.
fn job(
    plan: &Plan,
    column: &Column,
    bases: &Bases,
    next: &AtomicU64,
    done: &AtomicU64,
) -> Result<(Tally, Duration), String> {
    let mut program = Program::start(&column.program, column)?;
    let mut tally = Tally::default();
    loop {
        let from = next.fetch_add(BLOCK, Ordering::SeqCst);
        let whole = plan.worlds + plan.pairs;
        if from >= whole {
            return Ok((tally, program.waited));
        }
        let block = from..(from + BLOCK).min(whole);
        let mut questions = Vec::new();
        let mut candidates = Vec::new();
        for at in block {
            match at.checked_sub(plan.worlds) {
                None => questions.push(Question::create(plan.first + at, bases)),
                Some(pair) => candidates.push(Candidate::of(plan.first + pair, bases)),
            }
        }
        let manifests: Vec<&Question> = candidates.iter().map(Candidate::question).collect();
        let answers = program.ask(&manifests)?;
        for (candidate, answer) in candidates.into_iter().zip(&answers) {
            questions.push(candidate.pair(answer, bases));
        }
        let answers = program.ask(&questions.iter().collect::<Vec<_>>())?;
        for (question, answer) in questions.iter().zip(answers) {
            let (compared, ours) = judge(question, &answer, column)?;
            tally.add(question, &compared, || Example {
                question: question.clone(),
                theirs: answer,
                ours,
            });
            done.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The comparison, and the core's answer for people.
pub(super) fn judge(
    question: &Question,
    answer: &Value,
    column: &Column,
) -> Result<(Compared, Value), String> {
    let ours = question.ours(&column.profile);
    let compared = compare(question, answer, &ours, &column.profile).map_err(|error| {
        format!(
            "Kubernetes {}, {} {}: {error}\n{}",
            column.title(),
            question.kind(),
            question.seed,
            question.line(&column.gates)
        )
    })?;
    let shown = match ours {
        Err(error) => json!({"error": error}),
        Ok(verdict) => {
            json!({"object": verdict.object, "errors": verdict.errors, "warnings": verdict.warnings,
            "unchecked": verdict.unchecked})
        }
    };
    Ok((compared, shown))
}

/// A program in its mode `--admission`, with the gates of a column.
pub struct Program {
    scheme: Scheme,
    column: Column,
    path: PathBuf,
    waited: Duration,
}

impl Program {
    /// Starts it.
    ///
    /// # Errors
    /// A sentence, where it cannot be started.
    pub fn start(path: &Path, column: &Column) -> Result<Self, String> {
        Ok(Self {
            scheme: Scheme::start_as(path, "--admission")?,
            column: column.clone(),
            path: path.to_owned(),
            waited: Duration::ZERO,
        })
    }

    pub(super) fn ask(&mut self, questions: &[&Question]) -> Result<Vec<Value>, String> {
        let lines: Vec<String> = questions
            .iter()
            .map(|question| question.line(&self.column.gates))
            .collect();
        let start = Instant::now();
        let answers = self
            .scheme
            .ask_all(&lines)
            .map_err(|error| format!("{}: {error}", self.path.display()));
        self.waited += start.elapsed();
        answers
    }

    /// The example made as small as it gets while `differs` still holds of what it shows.
    ///
    /// # Errors
    /// A program that has ended.
    pub fn smaller(
        &mut self,
        example: &Example,
        differs: impl Fn(&Compared) -> bool,
    ) -> Result<Example, String> {
        let mut best = example.clone();
        let mut failure = None;
        for side in ["new", "old"] {
            let Some(begin) = best.question.side(side).cloned() else {
                continue;
            };
            smallest(&begin, |smaller| {
                let mut question = best.question.clone();
                question.put(side, smaller.clone());
                let found = self.ask(&[&question]).and_then(|mut answers| {
                    let theirs = answers.pop().ok_or("no answer")?;
                    let (compared, ours) = judge(&question, &theirs, &self.column)?;
                    Ok((
                        compared,
                        Example {
                            question,
                            theirs,
                            ours,
                        },
                    ))
                });
                match found {
                    Ok((compared, example)) if differs(&compared) => {
                        best = example;
                        true
                    }
                    Ok(_) => false,
                    Err(error) => {
                        failure = Some(error);
                        false
                    }
                }
            });
        }
        failure.map_or(Ok(best), Err)
    }
}
