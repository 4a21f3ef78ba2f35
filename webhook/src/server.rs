//! Connections: TLS, HTTP/1.1 and HTTP/2, with a limit on every wait, and an end that lets finish what runs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use serde_json::json;
use steadfast_core::Profile;
use steadfast_core::admission::Settings;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

mod answer;

use crate::cache::Cache;
use crate::certificate::Certificates;
use crate::config;
use crate::failure::Failure;
use crate::log::Log;
use crate::metrics::Metrics;

/// How many streams a connection has at once, and how many bytes of headers: API servers need a few of each.
const STREAMS: u32 = 128;
const HEADERS: u32 = 16 << 10;
/// How long an HTTP/2 client may take to say that it is there.
const PONG: Duration = Duration::from_secs(10);

/// All that a request is answered from.
#[derive(Debug)]
pub struct State {
    /// The settings of the policies.
    pub settings: Settings,
    /// The rules that count, and what to do with requests.
    pub server: config::Server,
    /// What the cluster holds; nothing where none is read.
    pub cache: Option<Arc<Cache>>,
    /// What connections are answered with.
    pub certificates: Arc<Certificates>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is written down.
    pub log: Log,
    profile: std::sync::RwLock<Arc<Profile>>,
    /// What keeps the server from being ready beside the cache.
    is_trusted: AtomicBool,
    is_ending: AtomicBool,
    /// Of the bytes of bodies, in KiB.
    budget: Semaphore,
}

impl State {
    /// A state in which the rules of a version count.
    pub fn new(
        config: &config::Config,
        profile: Profile,
        cache: Option<Arc<Cache>>,
        certificates: Arc<Certificates>,
        log: Log,
    ) -> Arc<Self> {
        Arc::new(Self {
            settings: config.settings.clone(),
            server: config.server.clone(),
            cache,
            certificates,
            metrics: Arc::default(),
            log,
            profile: std::sync::RwLock::new(Arc::new(profile)),
            is_trusted: AtomicBool::new(true),
            is_ending: AtomicBool::new(false),
            budget: Semaphore::new(config.server.body_budget >> 10),
        })
    }

    /// From now on the rules of another version count.
    pub fn judge_by(&self, profile: Profile) {
        *self
            .profile
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(profile);
    }

    fn profile(&self) -> Arc<Profile> {
        Arc::clone(
            &self
                .profile
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// Whether API servers trust the certificate yet.
    pub fn is_trusted(&self, is_trusted: bool) {
        self.is_trusted.store(is_trusted, Ordering::Relaxed);
    }

    /// What is not there yet; nothing where requests are welcome.
    pub fn unready(&self) -> Option<String> {
        if self.is_ending.load(Ordering::Relaxed) {
            return Some("it is about to end".to_owned());
        }
        if !self.is_trusted.load(Ordering::Relaxed) {
            return Some("the CA bundle is not patched yet".to_owned());
        }
        let unlisted = self.cache.as_ref()?.unlisted();
        let names: Vec<String> = unlisted
            .into_iter()
            .map(|(plural, trouble)| match trouble {
                Some(trouble) => format!("{plural} ({trouble})"),
                None => plural.to_owned(),
            })
            .collect();
        (!names.is_empty()).then(|| format!("not listed yet: {}", names.join(", ")))
    }
}

/// A socket that listens.
#[allow(missing_debug_implementations, reason = "the acceptor has none")]
pub struct Server {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    state: Arc<State>,
}

impl Server {
    /// Listens where the configuration says.
    ///
    /// # Errors
    /// An address that is none, or is taken.
    pub async fn bind(state: Arc<State>) -> Result<Self, Failure> {
        let listen = &state.server.listen;
        let listener = TcpListener::bind(listen.as_str())
            .await
            .map_err(|error| Failure::new(format!("cannot listen on `{listen}`: {error}")))?;
        let acceptor = TlsAcceptor::from(Arc::new(state.certificates.server_config()?));
        Ok(Self {
            listener,
            acceptor,
            state,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> Result<SocketAddr, Failure> {
        let address = self.listener.local_addr();
        address.map_err(|error| Failure::new(format!("nobody knows where it listens: {error}")))
    }

    /// Serves until `end` is there, then for `shutdownDelay` more, and then waits for what runs. Returns whether all of it came to its end.
    pub async fn serve(self, end: impl Future<Output = ()>) -> bool {
        let (state, metrics) = (&self.state, &self.state.metrics);
        let places = Arc::new(Semaphore::new(state.server.connections));
        let (last_call, called) = watch::channel(false);
        let mut connections = JoinSet::new();
        let end = async {
            end.await;
            state.is_ending.store(true, Ordering::Relaxed);
            tokio::time::sleep(state.server.shutdown_delay).await;
        };
        let mut end = std::pin::pin!(end);
        loop {
            // Where all places are taken the next connection waits in the system's queue.
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (self.listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                () = &mut end => break,
                Some(_) = connections.join_next() => continue,
                accepted = accepted => accepted,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Mostly no more file descriptors: some will be free again.
                    state.log.write(
                        "error",
                        "a connection cannot be taken",
                        json!({"error": error.to_string()}),
                    );
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let connection = Connection {
                acceptor: self.acceptor.clone(),
                state: Arc::clone(state),
                called: called.clone(),
            };
            connections.spawn(async move {
                connection.state.metrics.connected(1);
                connection.run(stream).await;
                connection.state.metrics.connected(-1);
                drop(place);
            });
        }
        drop(self.listener);
        let _ = last_call.send(true);
        let rest = async { while connections.join_next().await.is_some() {} };
        let is_whole = tokio::time::timeout(state.server.shutdown_timeout, rest)
            .await
            .is_ok();
        metrics.connected(0);
        is_whole
    }
}

struct Connection {
    acceptor: TlsAcceptor,
    state: Arc<State>,
    called: watch::Receiver<bool>,
}

impl Connection {
    async fn run(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let limit = self.state.server.header_timeout;
        let mut called = self.called.clone();
        let handshake = tokio::time::timeout(limit, self.acceptor.accept(stream));
        let Ok(Ok(stream)) = handshake.await else {
            self.state
                .metrics
                .handshakes_failed
                .fetch_add(1, Ordering::Relaxed);
            return;
        };
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let io = TokioIo::new(stream);
        let service = service_fn(|request| answer::answer(request, Arc::clone(&self.state)));
        // The errors of a connection are its client's: it hangs up, or speaks something else.
        if is_h2 {
            let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            builder
                .timer(TokioTimer::new())
                .max_concurrent_streams(STREAMS)
                .max_header_list_size(HEADERS)
                .keep_alive_interval(self.state.server.idle_timeout)
                .keep_alive_timeout(PONG);
            let state = Arc::clone(&self.state);
            // Streams run apart from their connection, and so hold what they need.
            let service = service_fn(move |request| answer::answer(request, Arc::clone(&state)));
            let mut connection = std::pin::pin!(builder.serve_connection(io, service));
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = called.wait_for(|called| *called) => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        } else {
            let mut builder = hyper::server::conn::http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .header_read_timeout(limit)
                .max_buf_size(HEADERS as usize * 2);
            let mut connection = std::pin::pin!(builder.serve_connection(io, service));
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = called.wait_for(|called| *called) => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        }
    }
}
