//! A program of the control plane as a child process: it is stopped by its id, at the latest when it is dropped.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running program, with everything it prints in one file.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program`; its output goes to `log`.
    ///
    /// # Errors
    /// The file or the process cannot be created.
    pub fn start(name: &str, program: &Path, args: &[String], log: &Path) -> Result<Self, String> {
        let output = File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
        let errors = output
            .try_clone()
            .map_err(|e| format!("{}: {e}", log.display()))?;
        let child = Command::new(program)
            // By this name it signs what it writes (managedFields), which its file, with a version in its name, does not have.
            .arg0(name)
            .args(args)
            .env("TZ", "UTC") // the logs' times are compared with the audit log's
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
        })
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it has; its exit code, where it has one.
    ///
    /// # Errors
    /// The signal cannot be sent, or it does not end in time.
    pub fn end(&mut self, limit: Duration) -> Result<Option<i32>, String> {
        self.send("-TERM")?;
        self.wait(limit)
    }

    /// Kills it at once, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn wait(&mut self, limit: Duration) -> Result<Option<i32>, String> {
        let what = format!("the end of {}", self.name);
        let child = &mut self.child;
        wait_for(&what, limit, || {
            let status = child.try_wait().map_err(|e| format!("{what}: {e}"))?;
            Ok(status.map(|status| status.code()))
        })
    }

    /// Where its output goes.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// An error with the end of the log if the process has ended by itself.
    ///
    /// # Errors
    /// It has ended.
    pub fn check(&mut self) -> Result<(), String> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                let tail: Vec<&str> = log.lines().rev().take(8).collect();
                let tail: Vec<&str> = tail.into_iter().rev().collect();
                Err(format!("{} ended ({status}):\n{}", self.name, tail.join("\n")))
            }
            Err(e) => Err(format!("{}: {e}", self.name)),
        }
    }

    /// Freezes the process where it is.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn pause(&self) -> Result<(), String> {
        self.send("-STOP")
    }

    /// Lets a paused process go on.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn resume(&self) -> Result<(), String> {
        self.send("-CONT")
    }

    /// Sends a signal, such as `-TERM`.
    ///
    /// # Errors
    /// It cannot be sent.
    pub fn send(&self, signal: &str) -> Result<(), String> {
        let status = Command::new("kill")
            .arg(signal)
            .arg(self.child.id().to_string())
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("kill {signal} {}: {status}", self.name)),
            Err(e) => Err(format!("kill: {e}")),
        }
    }
}

impl Drop for Process {
    /// Kills at once: nothing that these programs keep outlives the recording.
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks again until `ready` gives a value, at most for `limit`; `what` names it in the error.
///
/// # Errors
/// What `ready` fails with, or the time is over.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut ready: impl FnMut() -> Result<Option<T>, String>,
) -> Result<T, String> {
    let started = Instant::now();
    loop {
        if let Some(value) = ready()? {
            return Ok(value);
        }
        if started.elapsed() > limit {
            return Err(format!("waited {} s in vain for {what}", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
