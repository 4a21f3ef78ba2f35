//! Upstream's program in a mode such as `--canonical`, asked many lines at once.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A running program; it ends when this is dropped.
pub struct Scheme {
    child: Child,
    questions: Option<BufWriter<ChildStdin>>,
    answers: BufReader<ChildStdout>,
}

impl Scheme {
    /// Starts the program in its mode `--canonical`.
    ///
    /// # Errors
    /// A sentence, where it cannot be started.
    pub fn start(program: &Path) -> Result<Self, String> {
        Self::start_as(program, "--canonical")
    }

    /// Starts the program in a mode in which a line is an answer to a line.
    ///
    /// # Errors
    /// As [`Scheme::start`].
    pub fn start_as(program: &Path, mode: &str) -> Result<Self, String> {
        let mut child = Command::new(program)
            .arg(mode)
            .env("GOMAXPROCS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let questions = child.stdin.take().map(BufWriter::new);
        let answers = BufReader::with_capacity(1 << 20, child.stdout.take().ok_or("no standard output")?);
        Ok(Self {
            child,
            questions,
            answers,
        })
    }

    /// Asks about one set.
    ///
    /// # Errors
    /// A sentence, where the program has ended.
    pub fn ask(&mut self, line: &str) -> Result<Value, String> {
        self.ask_all(&[line.to_owned()])
            .and_then(|mut answers| answers.pop().ok_or("no answer".into()))
    }

    /// Asks about many sets; the answers come in order.
    ///
    /// # Errors
    /// A sentence, where the program has ended.
    pub fn ask_all(&mut self, lines: &[String]) -> Result<Vec<Value>, String> {
        let questions = self.questions.as_mut().ok_or("the program was ended")?;
        std::thread::scope(|scope| {
            // Both directions at once: a pipe holds less than a block of sets.
            let writer = scope.spawn(move || -> std::io::Result<()> {
                for line in lines {
                    questions.write_all(line.as_bytes())?;
                    questions.write_all(b"\n")?;
                }
                questions.flush()
            });
            let mut answers = Vec::with_capacity(lines.len());
            for _ in lines {
                let mut text = String::new();
                let read = self
                    .answers
                    .read_line(&mut text)
                    .map_err(|error| error.to_string())?;
                if read == 0 {
                    return Err("the program has ended".to_owned());
                }
                answers.push(serde_json::from_str(&text).map_err(|error| error.to_string())?);
            }
            match writer.join() {
                Ok(written) => written.map(|()| answers).map_err(|error| error.to_string()),
                Err(_) => Err("the writer ended".into()),
            }
        })
    }
}

impl Drop for Scheme {
    fn drop(&mut self) {
        self.questions.take();
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What the program prints about its schema.
///
/// # Errors
/// A sentence, where it cannot be run.
pub fn schema_dump(program: &Path) -> Result<String, String> {
    let output = Command::new(program)
        .arg("--schema")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("{} --schema failed", program.display()))
    }
}

/// The line that asks about a set, and about a revision's data where there is one.
pub fn question(set: &Value, data: Option<&Value>) -> String {
    match data {
        Some(data) => json!({"set": set, "revisionData": data}).to_string(),
        None => json!({"set": set}).to_string(),
    }
}
