//! The webhook as a process on loopback, as an account of the cluster.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::asking::Asker;
use crate::record::cluster::Cluster;
use crate::record::process::{Process, wait_for};
use crate::record::server::free_port;

const LIMIT: Duration = Duration::from_secs(60);

/// The webhook; it is killed when it is dropped.
pub struct Webhook {
    program: PathBuf,
    folder: PathBuf,
    administrator: PathBuf,
    /// Tokens of service accounts.
    tokens: [String; 2],
    pub port: u16,
    process: Option<Process>,
}

impl Webhook {
    /// Not started yet. Its port stays the same.
    pub fn new(program: PathBuf, cluster: &Cluster, asker: &Asker) -> Result<Self, String> {
        asker.must(&["-n", "steadfast", "create", "serviceaccount", "stranger"])?;
        let subject = "--serviceaccount=steadfast:stranger";
        let rights = [
            "--verb=get,patch",
            "--resource=validatingwebhookconfigurations",
            "--resource-name=steadfast-webhook",
        ];
        asker.must(&[&["create", "clusterrole", "stranger"], &rights[..]].concat())?;
        asker.must(&[
            "create",
            "clusterrolebinding",
            "stranger",
            "--clusterrole=stranger",
            subject,
        ])?;
        let token = |name: &str| {
            let token = asker.must(&["-n", "steadfast", "create", "token", name]);
            token.map(|outcome| outcome.out)
        };
        let webhook = Self {
            program,
            folder: cluster.folder().to_owned(),
            administrator: cluster.kubeconfig(),
            tokens: [token("steadfast-webhook")?, token("stranger")?],
            port: free_port()?,
            process: None,
        };
        let config = "server: {shutdownDelay: 0s, shutdownTimeout: 5s}\n";
        webhook.write("webhook.yaml", config)?;
        Ok(webhook)
    }

    /// The kubeconfig of the account that webhook/deploy/base gives it.
    pub fn account(&self) -> Result<PathBuf, String> {
        self.kubeconfig("webhook", &self.tokens[0])
    }

    /// The kubeconfig of an account that may read nothing yet.
    pub fn stranger(&self) -> Result<PathBuf, String> {
        self.kubeconfig("stranger", &self.tokens[1])
    }

    /// Starts it with a certificate of its own making.
    pub fn start(&mut self, name: &str, kubeconfig: &Path) -> Result<(), String> {
        let flags = [
            format!("--config={}", self.folder.join("webhook.yaml").display()),
            format!("--listen=127.0.0.1:{}", self.port),
            format!("--kubeconfig={}", kubeconfig.display()),
            "--self-made=127.0.0.1".to_owned(),
            "--patch-validating=steadfast-webhook".to_owned(),
        ];
        let log = self.folder.join(format!("webhook-{name}.log"));
        let mut process = Process::start("steadfast-webhook", &self.program, &flags, &log)?;
        wait_for("the webhook to listen", LIMIT, || {
            process.check()?;
            Ok(text(&log).contains("\"listening\"").then_some(()))
        })?;
        self.process = Some(process);
        Ok(())
    }

    /// Whether it said that it is ready.
    pub fn is_ready(&self) -> bool {
        self.log().contains("\"msg\":\"ready\"")
    }

    pub fn wait_ready(&self) -> Result<(), String> {
        wait_for("the webhook to be ready", LIMIT, || {
            Ok(self.is_ready().then_some(()))
        })
    }

    /// Kills it at once.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Has it make a new certificate, and waits until it is shown.
    pub fn renew(&self) -> Result<(), String> {
        let before = self.exchanges();
        self.running()?.send("-HUP")?;
        wait_for("the new certificate", LIMIT, || {
            Ok((self.exchanges() > before).then_some(()))
        })
    }

    /// Asks it to end, and waits until it has.
    pub fn terminate(&mut self) -> Result<(), String> {
        self.running()?.send("-TERM")?;
        wait_for("the webhook to end", LIMIT, || {
            Ok(self.log().contains("\"msg\":\"ended\"").then_some(()))
        })?;
        self.process = None;
        Ok(())
    }

    fn exchanges(&self) -> usize {
        self.log().matches("the certificate was exchanged").count()
    }

    fn running(&self) -> Result<&Process, String> {
        self.process
            .as_ref()
            .ok_or_else(|| "the webhook does not run".to_owned())
    }

    fn log(&self) -> String {
        self.process
            .as_ref()
            .map(|process| text(process.log()))
            .unwrap_or_default()
    }

    fn kubeconfig(&self, name: &str, token: &str) -> Result<PathBuf, String> {
        let administrator = text(&self.administrator);
        let mut kubeconfig: Value =
            serde_json::from_str(&administrator).map_err(|e| format!("the kubeconfig: {e}"))?;
        kubeconfig["users"][0]["user"] = json!({"token": token});
        self.write(&format!("{name}.account.kubeconfig"), &kubeconfig.to_string())
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(path)
    }
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
