//! A webhook on loopback with a cache that tests fill, and clients of it.

#![allow(dead_code)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_webhook::cache::{Cache, KINDS, Kind};
use steadfast_webhook::certificate::{Authority, Certificates};
use steadfast_webhook::config::Config;
use steadfast_webhook::log::Log;
use steadfast_webhook::server::{Server, State};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub const HOST: &str = "webhook.test";

/// What was written to the log.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A webhook that runs.
pub struct Webhook {
    pub address: SocketAddr,
    pub state: Arc<State>,
    pub cache: Arc<Cache>,
    pub certificates: Arc<Certificates>,
    pub authority: Authority,
    pub written: Written,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<bool>,
}

impl Webhook {
    /// With a cluster in which Pods and claims of `shop/db` are there.
    pub async fn start(config: &str) -> Self {
        let webhook = Self::unlisted(config).await;
        webhook.fill();
        webhook
    }

    /// With a cache that has listed nothing yet.
    pub async fn unlisted(config: &str) -> Self {
        let mut config = Config::parse(config.as_bytes()).unwrap();
        config.server.listen = "127.0.0.1:0".to_owned();
        let authority = Authority::make(&[HOST.to_owned()]).unwrap();
        let certificates = Certificates::new(authority.certificate.clone());
        let cache = Arc::new(Cache::new());
        let written = Written::default();
        let log = Log::to(written.clone());
        let state = State::new(
            &config,
            Profile::default(),
            Some(Arc::clone(&cache)),
            Arc::clone(&certificates),
            log,
        );
        let server = Server::bind(Arc::clone(&state)).await.unwrap();
        let address = server.address().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let task = tokio::spawn(server.serve(async {
            let _ = ended.await;
        }));
        Self {
            address,
            state,
            cache,
            certificates,
            authority,
            written,
            end: Some(end),
            task,
        }
    }

    pub fn fill(&self) {
        for kind in KINDS {
            self.cache.replace(kind, []);
        }
        let named = |name: String| json!({"metadata": {"name": name, "namespace": "shop"}});
        self.cache.replace(kind("statefulsets"), [set(3)]);
        self.cache
            .replace(kind("pods"), (0..3).map(|n| named(format!("db-{n}"))));
        self.cache.replace(
            kind("persistentvolumeclaims"),
            (0..3).map(|n| named(format!("data-db-{n}"))),
        );
        self.cache.replace(
            kind("services"),
            [json!({"metadata": {"name": "db", "namespace": "shop"},
            "spec": {"clusterIP": "None", "selector": {"app": "db"}}})],
        );
    }

    pub fn ask_to_end(&mut self) {
        let _ = self.end.take().unwrap().send(());
    }

    /// Whether all that ran came to its end.
    pub async fn ended(self) -> bool {
        tokio::time::timeout(Duration::from_secs(20), self.task)
            .await
            .unwrap()
            .unwrap()
    }

    /// A TLS connection that trusts this authority.
    pub async fn tls(&self, authority: &Authority, protocol: &[u8]) -> std::io::Result<TlsStream<TcpStream>> {
        tls(self.address, authority, protocol).await
    }

    pub async fn connect(&self) -> Client {
        Client::of(self.tls(&self.authority, b"http/1.1").await.unwrap()).await
    }

    /// One POST over a connection of its own: status and body.
    pub async fn post(&self, path: &str, body: impl Into<Bytes>) -> (u16, Value) {
        self.connect().await.post(path, "application/json", body).await
    }

    pub async fn review(&self, request: &Value) -> Value {
        let (code, answer) = self.post("/validate", request.to_string()).await;
        assert_eq!(code, 200, "{answer}");
        answer["response"].clone()
    }

    pub async fn read(&self, path: &str) -> (u16, String) {
        let request = Request::get(path).body(Full::default()).unwrap();
        let answer = self.connect().await.send(request).await.unwrap();
        (
            answer.status().as_u16(),
            String::from_utf8(answer.into_body().to_vec()).unwrap(),
        )
    }
}

pub async fn tls(
    address: SocketAddr,
    authority: &Authority,
    protocol: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await?;
    let connector = TlsConnector::from(Arc::new(config));
    connector
        .connect(ServerName::try_from(HOST).unwrap(), stream)
        .await
}

/// An HTTP/1.1 connection.
pub struct Client(hyper::client::conn::http1::SendRequest<Full<Bytes>>);

impl Client {
    pub async fn of(stream: TlsStream<TcpStream>) -> Self {
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Bytes>> {
        self.0.ready().await?;
        let (parts, body) = self.0.send_request(request).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }

    pub async fn post(&mut self, path: &str, kind: &str, body: impl Into<Bytes>) -> (u16, Value) {
        let request = Request::post(path)
            .header("host", HOST)
            .header("content-type", kind)
            .body(Full::new(body.into()))
            .unwrap();
        let answer = self.send(request).await.unwrap();
        let code = answer.status();
        let body = answer.into_body();
        assert!(code != StatusCode::OK || !body.is_empty());
        (code.as_u16(), serde_json::from_slice(&body).unwrap_or_default())
    }
}

/// An HTTP/2 connection, as API servers make it.
pub async fn h2(stream: TlsStream<TcpStream>) -> hyper::client::conn::http2::SendRequest<Full<Bytes>> {
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    sender
}

pub fn kind(plural: &str) -> &'static Kind {
    KINDS.into_iter().find(|kind| kind.plural == plural).unwrap()
}

/// `shop/db`, whose claims go when it is scaled in or deleted.
pub fn set(replicas: i64) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "namespace": "shop", "uid": "u"},
        "spec": {"replicas": replicas, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Delete"},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [
                {"name": "db", "image": "db", "env": [{"name": "PASSWORD", "value": "hunter2"}],
                 "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]}})
}

pub fn ask(operation: &str, sub: &str, object: Value, old: Value) -> Value {
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "r-1",
        "operation": operation, "subResource": sub, "namespace": "shop", "name": "db",
        "kind": {"group": "apps", "version": "v1", "kind": "StatefulSet"},
        "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"},
        "userInfo": {"username": "jane"}, "object": object, "oldObject": old, "dryRun": false,
        "options": {"kind": "UpdateOptions", "apiVersion": "meta.k8s.io/v1"}}})
}

pub fn scale(replicas: i64) -> Value {
    json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "db", "namespace": "shop"}, "spec": {"replicas": replicas}})
}

/// Scaling `shop/db` in from 3 to 1, which P1 denies.
pub fn scaling_in() -> Value {
    ask("UPDATE", "", set(1), set(3))
}
