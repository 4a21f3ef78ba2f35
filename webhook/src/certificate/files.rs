//! Certificates from files, read again when they change: a Secret that is mounted changes under a running program.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;

use super::{Certificate, Certificates};
use crate::failure::Failure;
use crate::log::Log;
use crate::metrics::Metrics;

/// Where a certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate with its chain, in PEM.
    pub certificate: String,
    /// Its key, in PEM.
    pub key: String,
}

impl Files {
    /// Reads both.
    ///
    /// # Errors
    /// A file that cannot be read, or what [`Certificate::of_pem`] says.
    pub fn read(&self) -> Result<Certificate, Failure> {
        self.bytes()
            .and_then(|(chain, key)| Certificate::of_pem(&chain, &key))
            .map_err(|failure| Failure::new(format!("{}: {failure}", self.certificate)))
    }

    fn bytes(&self) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        let read = |file: &str| {
            std::fs::read(file).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Failure::new(format!("there is no file `{file}`")),
                _ => Failure::new(format!("`{file}` cannot be read: {error}")),
            })
        };
        Ok((read(&self.certificate)?, read(&self.key)?))
    }
}

/// Looks at the files again and again, and at once where somebody asks; takes what they hold once it is whole. It ends with the
/// runtime.
pub async fn follow(
    files: Files,
    (every, asked): (Duration, Arc<Notify>),
    certificates: Arc<Certificates>,
    metrics: Arc<Metrics>,
    log: Log,
) {
    let mut last = files.bytes().ok();
    let mut complained = None;
    loop {
        // Whichever comes first.
        let _ = tokio::time::timeout(every, asked.notified()).await;
        let read = files.bytes();
        if read.is_ok() && read.as_ref().ok() == last.as_ref() {
            continue;
        }
        let read = read.and_then(|(chain, key)| {
            let certificate = Certificate::of_pem(&chain, &key)?;
            Ok((certificate, (chain, key)))
        });
        match read {
            Ok((certificate, bytes)) => {
                (last, complained) = (Some(bytes), None);
                let expiry = certificate.expiry;
                certificates.exchange(certificate);
                metrics.reloads.fetch_add(1, Ordering::Relaxed);
                log.write(
                    "info",
                    "the certificate was exchanged",
                    json!({"expires": expiry}),
                );
            }
            // Half of a change, or a mistake: the one of before goes on, and the next look may see the whole.
            Err(why) if complained.as_ref() != Some(&why) => {
                metrics.reloads_failed.fetch_add(1, Ordering::Relaxed);
                log.write(
                    "error",
                    "the certificate cannot be read again",
                    json!({"error": why.to_string()}),
                );
                complained = Some(why);
            }
            Err(_) => {}
        }
    }
}
