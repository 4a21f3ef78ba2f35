//! Certificates of an authority that this process makes for itself. Each replica has its own, whose certificate it adds to the CA bundle of
//! the webhook configurations and keeps there; keys never leave the process.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{Certificate, Certificates, dates};
use crate::cluster::{Cluster, Trouble};
use crate::failure::Failure;
use crate::log::{Log, now, seconds};
use crate::metrics::Metrics;

/// For how long a certificate counts, in days, and when it is renewed.
const DAYS: i64 = 30;
const RENEWED: i64 = 20;
const DAY: i64 = 86_400;
/// How many authorities a bundle has at most: those of replicas that are gone fall out.
const AUTHORITIES: usize = 8;
/// How often the bundles are looked at.
const LOOK: Duration = Duration::from_secs(60);
const ATTEMPTS: usize = 10;
/// How long API servers may take to see a bundle that was patched: until then they would not trust what is new.
const SEEN: Duration = Duration::from_secs(5);

/// An authority with one certificate for the webhook.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The authority's certificate, in PEM.
    pub pem: String,
    /// The webhook's certificate.
    pub certificate: Certificate,
    made: i64,
}

impl Authority {
    /// Makes an authority and a certificate for these names.
    ///
    /// # Errors
    /// A name that is none.
    pub fn make(names: &[String]) -> Result<Self, Failure> {
        let unmade = |error: rcgen::Error| Failure::new(format!("no certificate can be made: {error}"));
        let time = |days: i64| {
            let at = steadfast_core::Timestamp::new(seconds() + days * DAY, 0).to_string();
            let number = |from: usize, to: usize| at.get(from..to).and_then(|text| text.parse().ok());
            let (year, month, day): (Option<i32>, _, _) = (
                at.get(..4).and_then(|y| y.parse().ok()),
                number(5, 7),
                number(8, 10),
            );
            rcgen::date_time_ymd(year.unwrap_or(1970), month.unwrap_or(1), day.unwrap_or(1))
        };
        let (from, to) = (time(-1), time(DAYS + 1));
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        // A name of its own, so that authorities of several replicas are told apart.
        let name = format!("steadfast-webhook {} {}", now(), std::process::id());
        authority.distinguished_name.push(DnType::CommonName, name);
        (authority.not_before, authority.not_after) = (from, to);
        let key = KeyPair::generate().map_err(unmade)?;
        let certificate = authority.self_signed(&key).map_err(unmade)?;
        let issuer = Issuer::new(authority, key);

        let mut leaf = CertificateParams::new(names.to_vec()).map_err(unmade)?;
        let name = names.first().map_or("steadfast-webhook", String::as_str);
        leaf.distinguished_name
            .push(DnType::CommonName, name.chars().take(64).collect::<String>());
        leaf.use_authority_key_identifier_extension = true;
        leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        (leaf.not_before, leaf.not_after) = (from, to);
        let key = KeyPair::generate().map_err(unmade)?;
        let signed = leaf.signed_by(&key, &issuer).map_err(unmade)?;
        Ok(Self {
            certificate: Certificate::of_pem(signed.pem().as_bytes(), key.serialize_pem().as_bytes())?,
            pem: certificate.pem(),
            made: seconds(),
        })
    }
}

/// A CA bundle in PEM with this authority in it: it comes last, those that have ended go, and of the others the newest stay.
pub fn bundle(before: &str, authority: &str, now: i64) -> String {
    let certificates = |pem: &str| -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(pem.as_bytes())
            .filter_map(Result::ok)
            .collect()
    };
    let own = certificates(authority);
    let mut all = certificates(before);
    all.retain(|one| !own.contains(one) && dates::end_of(one).is_none_or(|end| end > now));
    let room = AUTHORITIES - 1;
    let mut all: Vec<_> = all.split_off(all.len().saturating_sub(room));
    all.extend(own);
    let pem = |der: &CertificateDer<'_>| {
        let text = STANDARD.encode(der);
        let lines: Vec<String> = text
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    };
    all.iter().map(pem).collect()
}

/// Keeps the authority in the bundles of these configurations (their paths), and makes a new one in time, or where somebody asks. `ready`
/// is told once the API server can trust what it meets here. It ends with the runtime.
pub(crate) async fn follow(
    mut authority: Authority,
    names: Vec<String>,
    (paths, asked): (Vec<String>, Arc<Notify>),
    cluster: Option<Cluster>,
    (certificates, metrics, log): (Arc<Certificates>, Arc<Metrics>, Log),
    ready: impl FnOnce() + Send,
) {
    let mut ready = Some(ready);
    let mut is_asked = false;
    loop {
        let mut next = None;
        if is_asked || seconds() - authority.made > RENEWED * DAY {
            match Authority::make(&names) {
                Ok(made) => next = Some(made),
                Err(why) => log.write(
                    "error",
                    "no certificate can be made",
                    json!({"error": why.to_string()}),
                ),
            }
        }
        let wanted = next.as_ref().unwrap_or(&authority).pem.clone();
        let mut is_known = true;
        for path in &paths {
            let Some(cluster) = &cluster else { continue };
            if let Err(trouble) = trust(cluster, path, &wanted).await {
                is_known = false;
                let fields = json!({"path": path, "error": trouble.to_string()});
                log.write("error", "the CA bundle cannot be patched", fields);
            }
        }
        if is_known {
            // Only what the API server knows is shown.
            if let Some(next) = next {
                tokio::time::sleep(SEEN).await;
                certificates.exchange(next.certificate.clone());
                metrics.reloads.fetch_add(1, Ordering::Relaxed);
                log.write(
                    "info",
                    "the certificate was exchanged",
                    json!({"expires": next.certificate.expiry}),
                );
                authority = next;
                is_asked = false;
            }
            if let Some(ready) = ready.take() {
                ready();
            }
        }
        let pause = if is_known { LOOK } else { Duration::from_secs(2) };
        is_asked |= tokio::time::timeout(pause, asked.notified()).await.is_ok();
    }
}

/// Adds an authority to the bundles of a configuration, where it is not there yet.
async fn trust(cluster: &Cluster, path: &str, authority: &str) -> Result<(), Trouble> {
    for _ in 0..ATTEMPTS {
        let configuration = cluster.read(path).await?;
        let Some(patch) = patch_of(&configuration, authority) else {
            return Ok(());
        };
        match cluster.patch(path, &patch).await {
            // Another replica does the same.
            Err(Trouble::Conflict) => {}
            done => return done,
        }
    }
    Err(Trouble::Conflict)
}

/// What changes in a configuration so that all its webhooks trust an authority; nothing where they do.
fn patch_of(configuration: &Value, authority: &str) -> Option<Value> {
    let webhooks = configuration.get("webhooks")?.as_array()?;
    let mut steps = Vec::new();
    for (at, webhook) in webhooks.iter().enumerate() {
        let before = webhook.pointer("/clientConfig/caBundle").and_then(Value::as_str);
        let before = decoded(before.unwrap_or_default());
        if before.contains(authority.trim()) {
            continue;
        }
        let after = STANDARD.encode(bundle(&before, authority, seconds()));
        steps.push(
            json!({"op": "add", "path": format!("/webhooks/{at}/clientConfig/caBundle"), "value": after}),
        );
    }
    if steps.is_empty() {
        return None;
    }
    let version = configuration.pointer("/metadata/resourceVersion")?;
    // Who changed it in between wins, and it is read again.
    steps.insert(
        0,
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": version}),
    );
    Some(Value::Array(steps))
}

/// The text in base64; empty where it is none.
fn decoded(text: &str) -> String {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    fn made() -> Authority {
        Authority::make(&["steadfast-webhook.steadfast.svc".to_owned()]).unwrap()
    }

    #[test]
    fn a_bundle_keeps_the_authorities_of_other_replicas_and_drops_the_oldest_and_the_ended() {
        let mut bundled = String::new();
        let all: Vec<Authority> = (0..10).map(|_| made()).collect();
        for authority in &all {
            bundled = bundle(&bundled, &authority.pem, seconds());
        }
        let kept: Vec<bool> = all.iter().map(|one| bundled.contains(one.pem.trim())).collect();
        assert_eq!(kept.iter().filter(|kept| **kept).count(), 8);
        assert!(!kept[0] && !kept[1] && kept[9]);
        // One that is there already comes no second time.
        assert_eq!(
            bundle(&bundled, &all[9].pem, seconds()).matches("BEGIN").count(),
            8
        );
        // A month later only the own one is left.
        assert_eq!(
            bundle(&bundled, &all[9].pem, seconds() + 40 * DAY)
                .matches("BEGIN")
                .count(),
            1
        );
    }

    #[test]
    fn a_configuration_is_patched_once() {
        let authority = made();
        let mut configuration = json!({"metadata": {"resourceVersion": "7"},
            "webhooks": [{"clientConfig": {}}, {"clientConfig": {"caBundle": "Cg=="}}]});
        let patch = patch_of(&configuration, &authority.pem).unwrap();
        assert_eq!(
            patch[0],
            json!({"op": "test", "path": "/metadata/resourceVersion", "value": "7"})
        );
        assert_eq!(patch.as_array().unwrap().len(), 3);
        for at in 0..2 {
            configuration["webhooks"][at]["clientConfig"]["caBundle"] = patch[at + 1]["value"].clone();
        }
        assert_eq!(patch_of(&configuration, &authority.pem), None);
    }

    #[test]
    fn what_a_bundle_cannot_be_read_as_is_replaced() {
        let authority = made();
        for bundle in ["", "no base64", "/w=="] {
            let configuration = json!({"metadata": {"resourceVersion": "7"}, "webhooks": [{"clientConfig": {"caBundle": bundle}}]});
            let patch = patch_of(&configuration, &authority.pem).unwrap();
            let after = decoded(patch[1]["value"].as_str().unwrap());
            assert_eq!(after.matches("BEGIN").count(), 1, "{bundle}: {after}");
        }
    }
}
