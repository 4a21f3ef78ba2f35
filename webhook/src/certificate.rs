//! The certificate that connections are answered with, exchanged while they run.

use std::sync::{Arc, RwLock};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

mod dates;
mod files;
mod self_made;

pub use files::{Files, follow as follow_files};
pub(crate) use self_made::follow as follow_self_made;
pub use self_made::{Authority, bundle};

use crate::failure::Failure;

/// A certificate with its key, and when it ends.
#[derive(Clone, Debug)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    /// `notAfter`, in seconds since 1970; nothing where it cannot be told.
    pub expiry: Option<i64>,
}

impl Certificate {
    /// Of a chain and a key in PEM.
    ///
    /// # Errors
    /// No certificate, no key, or a key of another certificate.
    pub fn of_pem(chain: &[u8], key: &[u8]) -> Result<Self, Failure> {
        use rustls::pki_types::pem::PemObject;
        use rustls::pki_types::{CertificateDer, PrivateKeyDer};
        let unreadable = |what: &str, error: &dyn std::fmt::Display| {
            Failure::new(format!(
                "the {what} cannot be read: {}",
                error.to_string().to_lowercase()
            ))
        };
        let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(|error| unreadable("certificate", &error))?;
        let Some(first) = chain.first() else {
            return Err(Failure::new(
                "the certificate cannot be read: there is no `BEGIN CERTIFICATE` in it",
            ));
        };
        let expiry = dates::end_of(first);
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| unreadable("key", &error))?;
        let key = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => Failure::new("the key is not that of the certificate"),
            error => unreadable("certificate or the key", &error),
        })?;
        Ok(Self {
            key: Arc::new(key),
            expiry,
        })
    }
}

/// The certificate of now. Handshakes take what is there at their time; connections that stand are not touched.
#[derive(Debug)]
pub struct Certificates {
    current: RwLock<Certificate>,
}

impl Certificates {
    /// Begins with this one.
    pub fn new(first: Certificate) -> Arc<Self> {
        Arc::new(Self {
            current: RwLock::new(first),
        })
    }

    /// From now on another one.
    pub fn exchange(&self, next: Certificate) {
        *self
            .current
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = next;
    }

    /// When the certificate of now ends, in seconds since 1970.
    pub fn expiry(&self) -> Option<i64> {
        self.now().expiry
    }

    fn now(&self) -> Certificate {
        self.current
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// How connections are answered.
    ///
    /// # Errors
    /// The provider knows no version of TLS; that of this program does.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, Failure> {
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::new(format!("there is no TLS: {error}")))?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now().key)
    }
}

/// The cryptography of this program.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
