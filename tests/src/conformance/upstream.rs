//! The Go side: a process that reads worlds and writes decisions, line by line.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an answer may take, unless it is said otherwise: a decision takes less than a second even on the largest world.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How much of what the program wrote to standard error is kept.
const LAST_WORDS: usize = 4_000;

/// A running harness; it ends when this is dropped.
pub struct Upstream {
    questions: Questions,
    answers: Answers,
}

/// The end that worlds are written to.
pub struct Questions {
    worlds: Option<ChildStdin>,
    _process: Arc<Process>,
}

/// The end that decisions are read from.
pub struct Answers {
    decisions: BufReader<ChildStdout>,
    process: Arc<Process>,
    text: String,
}

impl Upstream {
    /// Starts the program.
    ///
    /// # Errors
    /// A sentence that names the program, where it cannot be started.
    pub fn start(program: &Path) -> Result<Self, String> {
        Self::start_patiently(program, PATIENCE)
    }

    /// Starts the program; where an answer takes longer than `patience` it is ended, and that is an error.
    ///
    /// # Errors
    /// As [`Upstream::start`].
    pub fn start_patiently(program: &Path, patience: Duration) -> Result<Self, String> {
        let mut child = Command::new(program)
            .env("GOMAXPROCS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let worlds = child.stdin.take();
        let decisions = BufReader::with_capacity(1 << 16, child.stdout.take().ok_or("no standard output")?);
        let last_words = Arc::new(Mutex::new(Vec::new()));
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&last_words);
            std::thread::spawn(move || keep_last_words(stderr, &kept));
        }
        let process = Arc::new(Process {
            program: program.to_owned(),
            child: Mutex::new(child),
            last_words,
            waiting_since: Mutex::new(None),
            patience,
            is_given_up: AtomicBool::new(false),
        });
        let watched = Arc::downgrade(&process);
        std::thread::spawn(move || watch(&watched));
        Ok(Self {
            questions: Questions {
                worlds,
                _process: Arc::clone(&process),
            },
            answers: Answers {
                decisions,
                process,
                text: String::new(),
            },
        })
    }

    /// What the program says that it is, such as `1.37.1`.
    ///
    /// # Errors
    /// A sentence, where it cannot be started, does not end, or says nothing of the kind.
    pub fn version(program: &Path) -> Result<String, String> {
        let mut child = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let shown = program.display();
        let until = Instant::now() + Duration::from_secs(20);
        let status = loop {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) => break status,
                None if Instant::now() > until => {
                    drop(child.kill());
                    drop(child.wait());
                    return Err(format!("{shown} --version did not end within 20 s"));
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let mut said = String::new();
        if let Some(stdout) = child.stdout.take() {
            drop(stdout.take(10_000).read_to_string(&mut said));
        }
        let value: Option<Value> = serde_json::from_str(&said).ok();
        let version = value.as_ref().and_then(|value| value["kubernetes"].as_str());
        match version.filter(|_| status.success()) {
            Some(version) => Ok(version.to_owned()),
            None => Err(format!(
                "{shown} --version does not say which Kubernetes it runs ({status}, {:?})",
                said.trim()
            )),
        }
    }

    /// Asks about one world, given as a line.
    ///
    /// # Errors
    /// A sentence, where the process has ended or answers with something that is not JSON.
    pub fn ask(&mut self, line: &str) -> Result<Value, String> {
        self.send(line)?;
        self.receive()
    }

    /// Sends a line without waiting for the answer. No more than a pipe holds may be under way at once, unless
    /// another thread receives ([`Upstream::split`]).
    ///
    /// # Errors
    /// A sentence, where the process has ended.
    pub fn send(&mut self, line: &str) -> Result<(), String> {
        let mut text = line.as_bytes().to_vec();
        text.push(b'\n');
        self.questions
            .write(&text)
            .map_err(|error| format!("{error}{}", self.answers.process.ending()))
    }

    /// The next answer.
    ///
    /// # Errors
    /// A sentence, where the process has ended or answers with something that is not JSON.
    pub fn receive(&mut self) -> Result<Value, String> {
        self.answers.next()
    }

    /// The processor time that the program has used so far, where the system says.
    pub fn processor_time(&self) -> Option<Duration> {
        self.answers.processor_time()
    }

    /// Both ends, for two threads. The process ends with its answers' end.
    pub fn split(self) -> (Questions, Answers) {
        (self.questions, self.answers)
    }
}

impl Questions {
    /// Writes whole lines.
    ///
    /// # Errors
    /// The process has ended; why, its answers say.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), String> {
        let worlds = self.worlds.as_mut().ok_or("the worlds' pipe is closed")?;
        worlds.write_all(lines).map_err(|error| error.to_string())
    }
}

impl Answers {
    /// The next answer.
    ///
    /// # Errors
    /// A sentence, where the process has ended, takes too long, or answers with something that is not JSON.
    pub fn next(&mut self) -> Result<Value, String> {
        value_of(self.next_line()?)
    }

    /// The next answer, not read yet.
    ///
    /// # Errors
    /// A sentence, where the process has ended or takes too long.
    pub fn next_line(&mut self) -> Result<&str, String> {
        self.text.clear();
        self.process.wait_from(Some(Instant::now()));
        let read = self.decisions.read_line(&mut self.text);
        self.process.wait_from(None);
        match read {
            Ok(0) => Err(format!("the Go side has ended{}", self.process.ending())),
            Ok(_) => Ok(&self.text),
            Err(error) => Err(format!(
                "the Go side cannot be read: {error}{}",
                self.process.ending()
            )),
        }
    }

    /// The processor time that the program has used so far, where the system says.
    pub fn processor_time(&self) -> Option<Duration> {
        self.process.processor_time()
    }
}

/// An answer, read.
///
/// # Errors
/// A sentence that quotes what is no JSON.
pub fn value_of(line: &str) -> Result<Value, String> {
    serde_json::from_str(line).map_err(|error| {
        let shown: String = line.trim_end().chars().take(200).collect();
        format!("the Go side wrote {shown:?}, which is no answer: {error}")
    })
}

impl Drop for Answers {
    /// Nobody reads on: a program that still writes, or sleeps, would hold up whoever asks it.
    fn drop(&mut self) {
        drop(
            self.process
                .child
                .lock()
                .expect("no thread panics with it")
                .kill(),
        );
    }
}

struct Process {
    program: PathBuf,
    child: Mutex<Child>,
    last_words: Arc<Mutex<Vec<u8>>>,
    waiting_since: Mutex<Option<Instant>>,
    patience: Duration,
    is_given_up: AtomicBool,
}

impl Process {
    fn wait_from(&self, since: Option<Instant>) {
        *self.waiting_since.lock().expect("no thread panics with it") = since;
    }

    /// How it ended, and what it wrote to standard error last.
    fn ending(&self) -> String {
        let patience = self.patience.as_secs_f64();
        if self.is_given_up.load(Ordering::SeqCst) {
            return format!(": there was no answer for {patience} s, so it was stopped");
        }
        let until = Instant::now() + Duration::from_secs(3);
        let status = loop {
            let ended = self.child.lock().expect("no thread panics with it").try_wait();
            match ended {
                Ok(Some(status)) => break status.to_string(),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => break "its output closed, the process still runs".to_owned(),
            }
        };
        // The thread that listens may still be reading what was written last.
        std::thread::sleep(Duration::from_millis(50));
        let words = self.last_words.lock().expect("no thread panics with it");
        let words = String::from_utf8_lossy(&words);
        match words.trim() {
            "" => format!(" ({status}), {}", self.program.display()),
            words => format!(
                " ({status}), {}; its last words:\n{words}",
                self.program.display()
            ),
        }
    }

    /// User and system time from `/proc`, in ticks of a hundredth of a second as Linux counts them everywhere.
    fn processor_time(&self) -> Option<Duration> {
        let id = self.child.lock().expect("no thread panics with it").id();
        let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let child = self.child.get_mut().expect("no thread panics with it");
        drop(child.kill());
        drop(child.wait());
    }
}

/// Ends a process whose answer is overdue: its reader then meets the end of the output.
fn watch(process: &Weak<Process>) {
    while let Some(process) = process.upgrade() {
        let since = *process.waiting_since.lock().expect("no thread panics with it");
        if since.is_some_and(|since| since.elapsed() > process.patience) {
            process.is_given_up.store(true, Ordering::SeqCst);
            drop(process.child.lock().expect("no thread panics with it").kill());
            return;
        }
        drop(process);
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn keep_last_words(mut stderr: ChildStderr, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0u8; 4_096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer) {
        let mut kept = kept.lock().expect("no thread panics with it");
        kept.extend_from_slice(&buffer[..read]);
        let excess = kept.len().saturating_sub(LAST_WORDS);
        kept.drain(..excess);
    }
}
