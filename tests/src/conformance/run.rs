//! A run: worlds stream through several programs and the core at once.
//!
//! Each job has its own programs and threads: one that makes worlds and writes them, and one for each program that reads
//! its answers, decides, and compares. A reader never waits for another program, so no full pipe can hold up the rest;
//! a window in bytes bounds what is under way. Worlds are sent in blocks, one program after the other.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use steadfast_core::{Profile, reconcile};

use super::question::{Form, Gathered, Question};
use super::tally::Tally;
use super::upstream::{Answers, Questions, Upstream, value_of};
use super::{branch, difference};

/// One program under certain gates: a column of the table.
#[derive(Clone, Debug)]
pub struct Column {
    /// The version, such as `1.37.1`.
    pub kubernetes: String,
    /// The gates that are not as the version has them.
    pub gates: BTreeMap<String, bool>,
    pub profile: Profile,
    pub program: PathBuf,
}

/// What is to be run.
pub struct Run {
    pub columns: Vec<Column>,
    /// The first seed; the worlds are those of the seeds from there on.
    pub first: u64,
    pub worlds: u64,
    pub jobs: usize,
    pub patience: Duration,
    /// How many mismatches of a column are kept in full.
    pub most: usize,
    /// Ends at the first mismatch.
    pub is_stopped_early: bool,
}

/// What a column has shown.
#[derive(Default)]
pub struct Outcome {
    pub tally: Tally,
    pub mismatches: Vec<Mismatch>,
    /// The processor time of the program, where the system says.
    pub upstream_time: Duration,
}

/// A world that the two sides decide differently.
#[derive(Clone, Debug)]
pub struct Mismatch {
    pub seed: u64,
    pub notes: String,
    pub difference: String,
    /// The world as it was asked.
    pub observation: Value,
}

struct Shared<'a> {
    run: &'a Run,
    next: AtomicU64,
    answered: AtomicU64,
    mismatches: AtomicU64,
    is_ended: AtomicBool,
    failure: Mutex<Option<String>>,
}

/// The end of a program that worlds are written to, and what tells its reader which they were.
struct Writer {
    form: Form,
    questions: Questions,
    asked: Sender<Arc<Question>>,
}

/// How many seeds a job takes at once.
const SHARE: u64 = 32;

impl Column {
    /// A version with gates as `profile` has them when `gates` are switched.
    ///
    /// # Errors
    /// An unknown version or gate, or a locked one.
    pub fn of(kubernetes: &str, gates: BTreeMap<String, bool>, program: PathBuf) -> Result<Self, String> {
        let mut profile: Profile = kubernetes
            .parse()
            .map_err(|error: steadfast_core::Error| error.to_string())?;
        for (name, on) in &gates {
            profile = profile.with_gate(name, *on).map_err(|error| error.to_string())?;
        }
        Ok(Self {
            kubernetes: kubernetes.to_owned(),
            gates,
            profile,
            program,
        })
    }

    /// The version and its gates, for people.
    pub fn title(&self) -> String {
        let gates: Vec<String> = self
            .gates
            .iter()
            .map(|(name, on)| format!("{name}={on}"))
            .collect();
        match gates.as_slice() {
            [] => self.kubernetes.clone(),
            gates => format!("{} with {}", self.kubernetes, gates.join(",")),
        }
    }

    /// The start of the line that asks about a world: what follows is the observation, then `}`.
    fn opening(&self, seed: u64) -> String {
        let gates = serde_json::to_string(&self.gates).expect("gates are JSON");
        format!("{{\"id\":{seed},\"featureGates\":{gates},\"observation\":")
    }
}

/// Runs it; `progress` is told now and then how many answers there are and how many differed.
///
/// # Errors
/// A program that ends, hangs, or writes what is no answer: the sentence names the column and the world.
pub fn run(run: &Run, mut progress: impl FnMut(u64, u64)) -> Result<Vec<Outcome>, String> {
    let shared = Shared {
        run,
        next: AtomicU64::new(run.first),
        answered: AtomicU64::new(0),
        mismatches: AtomicU64::new(0),
        is_ended: AtomicBool::new(false),
        failure: Mutex::new(None),
    };
    let outcomes: Mutex<Vec<Outcome>> = Mutex::new(run.columns.iter().map(|_| Outcome::default()).collect());
    let left = AtomicU64::new(run.jobs as u64);
    std::thread::scope(|scope| {
        for _ in 0..run.jobs {
            scope.spawn(|| {
                if let Err(sentence) = job(&shared, &outcomes) {
                    shared.fail(sentence);
                }
                left.fetch_sub(1, Ordering::SeqCst);
            });
        }
        let mut told = Instant::now();
        while left.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(20));
            if told.elapsed() > Duration::from_secs(1) {
                told = Instant::now();
                progress(
                    shared.answered.load(Ordering::SeqCst),
                    shared.mismatches.load(Ordering::SeqCst),
                );
            }
        }
    });
    if let Some(sentence) = shared.failure.into_inner().expect("no thread panics with it") {
        return Err(sentence);
    }
    let mut outcomes = outcomes.into_inner().expect("no thread panics with it");
    for outcome in &mut outcomes {
        outcome.mismatches.sort_by_key(|mismatch| mismatch.seed);
        outcome.mismatches.truncate(run.most);
    }
    Ok(outcomes)
}

impl Shared<'_> {
    /// The first failure counts: the others are mostly its consequences.
    fn fail(&self, sentence: String) {
        self.is_ended.store(true, Ordering::SeqCst);
        self.failure
            .lock()
            .expect("no thread panics with it")
            .get_or_insert(sentence);
    }
}

/// One line of work: its own programs, until no seed is left.
fn job(shared: &Shared<'_>, outcomes: &Mutex<Vec<Outcome>>) -> Result<(), String> {
    let run = shared.run;
    let mut ends = Vec::new();
    for column in &run.columns {
        let upstream = Upstream::start_patiently(&column.program, run.patience)?;
        ends.push(upstream.split());
    }
    std::thread::scope(|scope| {
        let mut writers = Vec::new();
        for (at, (questions, answers)) in ends.into_iter().enumerate() {
            let (sender, receiver) = channel();
            writers.push(Writer {
                form: Form::of(&run.columns[at].kubernetes),
                questions,
                asked: sender,
            });
            scope.spawn(move || match read(shared, &run.columns[at], answers, &receiver) {
                Ok(outcome) => {
                    let mut outcomes = outcomes.lock().expect("no thread panics with it");
                    let whole = &mut outcomes[at];
                    whole.tally.merge(&outcome.tally);
                    whole.mismatches.extend(outcome.mismatches);
                    whole.upstream_time += outcome.upstream_time;
                }
                Err(sentence) => {
                    shared.fail(sentence);
                    // Nobody waits for room in the window for ever.
                    receiver.into_iter().for_each(drop);
                }
            });
        }
        write(shared, &mut writers);
    });
    Ok(())
}

/// Makes each world once in each form that is needed, and sends it to every program.
fn write(shared: &Shared<'_>, writers: &mut [Writer]) {
    let run = shared.run;
    let mut gathered = Gathered::in_forms(writers.iter().map(|writer| writer.form));
    let forms = gathered.forms();
    let end = run.first.saturating_add(run.worlds);
    loop {
        let share = shared.next.fetch_add(SHARE, Ordering::SeqCst);
        if share >= end {
            break;
        }
        for seed in share..end.min(share + SHARE) {
            for form in &forms {
                if shared.is_ended.load(Ordering::SeqCst) {
                    return;
                }
                let question = Question::of(seed, form.world(seed));
                gathered.put(*form, question, |form, block| send(run, writers, form, block));
            }
        }
    }
    gathered.send_all(|form, block| send(run, writers, form, block));
}

/// Asks one program after the other about a whole block.
fn send(run: &Run, writers: &mut [Writer], form: Form, block: &[Arc<Question>]) {
    let mut line = Vec::new();
    for (column, writer) in run.columns.iter().zip(writers) {
        if writer.form != form {
            continue;
        }
        for question in block {
            line.clear();
            line.extend_from_slice(column.opening(question.seed).as_bytes());
            line.extend_from_slice(question.text.as_bytes());
            line.extend_from_slice(b"}\n");
            // A reader that has given up, or a pipe that is closed, is reported by the reader.
            drop(writer.asked.send(Arc::clone(question)));
            drop(writer.questions.write(&line));
        }
    }
}

/// Reads a program's answers, decides, and compares.
fn read(
    shared: &Shared<'_>,
    column: &Column,
    mut answers: Answers,
    questions: &Receiver<Arc<Question>>,
) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    for question in questions {
        let seed = question.seed;
        let at_world = |sentence: String| format!("Kubernetes {}, world {seed}: {sentence}", column.title());
        let answer = answers.next_line().map_err(at_world)?;
        let found = match question.observed() {
            Ok((observed, now)) => {
                let plan = reconcile(observed, now, &column.profile);
                let branches = branch::of(observed, now, &column.profile, &plan);
                outcome.tally.add(
                    &plan,
                    question.notes.first().copied().unwrap_or_default(),
                    &branches,
                );
                if question.is_known_to_agree(answer, &plan) {
                    None
                } else {
                    let theirs = answer_to(seed, answer).map_err(at_world)?;
                    let difference = difference(&theirs, &plan);
                    if difference.is_none() {
                        question.note_agreement(answer, plan);
                    }
                    difference
                }
            }
            Err(sentence) => {
                outcome.tally.worlds += 1;
                Some(format!("the core cannot read it: {sentence}"))
            }
        };
        shared.answered.fetch_add(1, Ordering::Relaxed);
        if let Some(difference) = found {
            shared.mismatches.fetch_add(1, Ordering::Relaxed);
            outcome.tally.mismatches += 1;
            if outcome.mismatches.len() < shared.run.most {
                outcome.mismatches.push(Mismatch {
                    seed,
                    notes: question.notes.join(", "),
                    difference,
                    observation: serde_json::from_str(&question.text).map_err(|error| error.to_string())?,
                });
            }
            if shared.run.is_stopped_early {
                shared.is_ended.store(true, Ordering::SeqCst);
            }
        }
    }
    outcome.upstream_time = answers.processor_time().unwrap_or_default();
    Ok(outcome)
}

/// The answer, which must be that to the question of this seed.
fn answer_to(seed: u64, line: &str) -> Result<Value, String> {
    let theirs = value_of(line)?;
    if theirs["id"] == seed {
        return Ok(theirs);
    }
    let shown: String = theirs.to_string().chars().take(200).collect();
    Err(format!("the Go side answers another question: {shown}"))
}
