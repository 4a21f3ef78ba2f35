//! kubectl as a user runs it: what comes out, and with which code.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::record::cluster::Cluster;

/// Who asks: the administrator.
pub struct Asker {
    kubectl: PathBuf,
    kubeconfig: PathBuf,
    cache: PathBuf,
}

/// What came of it.
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Asker {
    pub fn new(kubectl: PathBuf, cluster: &Cluster) -> Self {
        Self {
            kubectl,
            kubeconfig: cluster.kubeconfig(),
            cache: cluster.folder().join("kubectl"),
        }
    }

    /// kubectl with these arguments, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.kubectl);
        command
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .arg("--cache-dir")
            .arg(&self.cache)
            .args(arguments);
        command
    }

    pub fn kubectl(&self, arguments: &[&str]) -> Outcome {
        self.kubectl_with(arguments, None)
    }

    pub fn kubectl_with(&self, arguments: &[&str], input: Option<&str>) -> Outcome {
        let run = || -> std::io::Result<Outcome> {
            let mut command = self.command(arguments);
            let stdin = if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            };
            let mut child = command
                .stdin(stdin)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()?;
            if let (Some(text), Some(mut pipe)) = (input, child.stdin.take()) {
                pipe.write_all(text.as_bytes())?;
            }
            let output = child.wait_with_output()?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
            Ok(Outcome {
                code: output.status.code().unwrap_or(-1),
                out: text(&output.stdout),
                err: text(&output.stderr),
            })
        };
        run().unwrap_or_else(|error| Outcome {
            code: -1,
            out: String::new(),
            err: format!("kubectl: {error}"),
        })
    }

    /// What must succeed.
    pub fn must(&self, arguments: &[&str]) -> Result<Outcome, String> {
        self.kubectl(arguments).or_error(arguments)
    }

    pub fn must_with(&self, arguments: &[&str], input: &str) -> Result<Outcome, String> {
        self.kubectl_with(arguments, Some(input)).or_error(arguments)
    }
}

impl Outcome {
    fn or_error(self, arguments: &[&str]) -> Result<Self, String> {
        match self.code {
            0 => Ok(self),
            code => Err(format!(
                "kubectl {} ended with {code}: {}",
                arguments.join(" "),
                self.err
            )),
        }
    }

    /// Tells what happened, in a line.
    pub fn show(&self, what: &str) {
        let answer = if self.code == 0 { "allowed" } else { "denied" };
        let said = self.err.replace('\n', " | ");
        let said: String = said.chars().take(230).collect();
        println!(
            "{what}: {answer}{}{said}",
            if said.is_empty() { "" } else { ": " }
        );
    }

    pub fn denied(&self, says: &str) -> Result<(), String> {
        match self.code != 0 && self.err.contains(says) {
            true => Ok(()),
            false => Err(format!("not denied with `{says}`: {} {}", self.out, self.err)),
        }
    }

    /// Allowed, with a warning where one is expected.
    pub fn allowed(&self, warning: Option<&str>) -> Result<(), String> {
        let is_said = warning.is_none_or(|warning| self.err.contains(&format!("Warning: {warning}")));
        match self.code == 0 && is_said {
            true => Ok(()),
            false => Err(format!(
                "not allowed as expected ({warning:?}): {} {}",
                self.out, self.err
            )),
        }
    }
}
