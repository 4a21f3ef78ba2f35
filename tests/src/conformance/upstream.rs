//! The Go side: a process that reads worlds and writes decisions, line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running harness; it ends when this is dropped.
pub struct Upstream {
    process: Child,
    worlds: Option<ChildStdin>,
    decisions: BufReader<ChildStdout>,
}

impl Upstream {
    /// Starts the program.
    ///
    /// # Errors
    /// A sentence that names the program, where it cannot be started.
    pub fn start(program: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            .env("GOMAXPROCS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let worlds = process.stdin.take();
        let decisions = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        Ok(Self {
            process,
            worlds,
            decisions,
        })
    }

    /// Asks about one world, given as a line.
    ///
    /// # Errors
    /// A sentence, where the process has ended or answers with something that is not JSON.
    pub fn ask(&mut self, line: &str) -> Result<Value, String> {
        self.send(line)?;
        self.receive()
    }

    /// Sends a line without waiting for the answer. No more than a pipe holds may be under way at once.
    ///
    /// # Errors
    /// A sentence, where the process has ended.
    pub fn send(&mut self, line: &str) -> Result<(), String> {
        let worlds = self.worlds.as_mut().ok_or("the worlds' pipe is closed")?;
        worlds
            .write_all(line.as_bytes())
            .and_then(|()| worlds.write_all(b"\n"))
            .map_err(|error| error.to_string())
    }

    /// The next answer.
    ///
    /// # Errors
    /// A sentence, where the process has ended or answers with something that is not JSON.
    pub fn receive(&mut self) -> Result<Value, String> {
        let mut answer = String::new();
        match self.decisions.read_line(&mut answer) {
            Ok(0) => Err(format!("the Go side has ended: {:?}", self.process.wait())),
            Ok(_) => serde_json::from_str(&answer)
                .map_err(|error| format!("the Go side wrote {answer:?}: {error}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        drop(self.worlds.take());
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
