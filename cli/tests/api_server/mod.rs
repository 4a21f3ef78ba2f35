//! An API server of a few lines: HTTP/1.1 on loopback, lists in pages, watches that say what a test wrote for them.

#![allow(dead_code)]

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};
use steadfast_core::manifest;

use crate::binary::{Scratch, text_of};

/// What a watch does next.
#[derive(Clone, Debug)]
pub enum Say {
    /// One event: its type and its object. The object is stored, or taken out, as well.
    Event(&'static str, Value),
    /// An object changes, and nobody is told.
    Change(Value),
    /// Nothing for so many milliseconds.
    Wait(u64),
    /// The end of this watch.
    End,
}

#[derive(Default)]
struct State {
    /// By plural.
    objects: BTreeMap<String, Vec<Value>>,
    /// By plural or path: the answer's code.
    refused: BTreeMap<String, u16>,
    /// Of how many objects a page is; what is asked for counts for less.
    page: Option<usize>,
    watches: BTreeMap<String, VecDeque<Vec<Say>>>,
    requests: Vec<String>,
    version: String,
    /// Pages that are still answered with 410.
    expired: usize,
}

/// The running server; it ends when it is dropped.
pub struct ApiServer {
    port: u16,
    state: Arc<Mutex<State>>,
    ends: Arc<AtomicBool>,
    accepts: Option<JoinHandle<()>>,
}

const PLURALS: [(&str, &str); 12] = [
    ("StatefulSet", "statefulsets"),
    ("Pod", "pods"),
    ("PersistentVolumeClaim", "persistentvolumeclaims"),
    ("ControllerRevision", "controllerrevisions"),
    ("Service", "services"),
    ("EndpointSlice", "endpointslices"),
    ("Node", "nodes"),
    ("PodDisruptionBudget", "poddisruptionbudgets"),
    ("Deployment", "deployments"),
    ("ReplicaSet", "replicasets"),
    ("DaemonSet", "daemonsets"),
    ("Job", "jobs"),
];

impl ApiServer {
    /// Serves what a dump of the repository holds.
    pub fn of(dump: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let mut state = State {
            version: "v1.37.1-test.1".to_owned(),
            ..State::default()
        };
        let documents = manifest::read(text_of(dump).as_bytes()).unwrap();
        for object in manifest::objects(documents) {
            let mut value = object.value;
            let kind = value["kind"].as_str().unwrap().to_owned();
            let (_, plural) = PLURALS.iter().find(|(known, _)| *known == kind).unwrap();
            // The items of a real list say neither.
            value.as_object_mut().unwrap().remove("kind");
            value.as_object_mut().unwrap().remove("apiVersion");
            state.objects.entry((*plural).to_owned()).or_default().push(value);
        }
        let (state, ends) = (Arc::new(Mutex::new(state)), Arc::new(AtomicBool::new(false)));
        let port = listener.local_addr().unwrap().port();
        let accepts = std::thread::spawn({
            let (state, ends) = (Arc::clone(&state), Arc::clone(&ends));
            move || {
                let mut open = Vec::new();
                while !ends.load(Ordering::Relaxed) {
                    match listener.accept() {
                        Ok((stream, _)) => {
                            let (state, ends) = (Arc::clone(&state), Arc::clone(&ends));
                            open.push(std::thread::spawn(move || serve(&stream, &state, &ends)));
                        }
                        Err(_) => std::thread::sleep(Duration::from_millis(5)),
                    }
                }
                for thread in open {
                    thread.join().unwrap();
                }
            }
        });
        Self {
            port,
            state,
            ends,
            accepts: Some(accepts),
        }
    }

    /// What is asked for this plural or path is answered with this code.
    pub fn refuse(self, what: &str, code: u16) -> Self {
        self.state.lock().unwrap().refused.insert(what.to_owned(), code);
        self
    }

    pub fn pages_of(self, page: usize, expired: usize) -> Self {
        let mut state = self.state.lock().unwrap();
        (state.page, state.expired) = (Some(page), expired);
        drop(state);
        self
    }

    pub fn of_version(self, version: &str) -> Self {
        version.clone_into(&mut self.state.lock().unwrap().version);
        self
    }

    /// One watch of a kind after another does what is written here; later ones say nothing.
    pub fn watched(self, plural: &str, watches: &[&[Say]]) -> Self {
        let watches = watches.iter().map(|watch| watch.to_vec()).collect();
        self.state
            .lock()
            .unwrap()
            .watches
            .insert(plural.to_owned(), watches);
        self
    }

    /// Serves one more object, in place of the one of its name.
    pub fn add(&self, plural: &str, object: Value) {
        store(&self.state, plural, "ADDED", &object);
    }

    /// An object that is served.
    pub fn object(&self, plural: &str, name: &str) -> Value {
        let state = self.state.lock().unwrap();
        let found = state.objects[plural]
            .iter()
            .find(|object| object["metadata"]["name"] == name);
        found.unwrap().clone()
    }

    /// Every request so far: method and target.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Waits until something was asked for.
    pub fn wait_for(&self, what: impl Fn(&str) -> bool) {
        let begun = std::time::Instant::now();
        while !self.requests().iter().any(|request| what(request)) {
            assert!(begun.elapsed().as_secs() < 30, "{:?}", self.requests());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A kubeconfig whose current context is `test`, in the namespace `default`.
    pub fn kubeconfig(&self) -> Scratch {
        kubeconfig(&format!("http://127.0.0.1:{}", self.port))
    }
}

/// A kubeconfig for a server.
pub fn kubeconfig(server: &str) -> Scratch {
    let text = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "here", "cluster": {"server": server}}],
        "users": [{"name": "me", "user": {"token": "t"}}],
        "contexts": [
            {"name": "test", "context": {"cluster": "here", "user": "me"}},
            {"name": "shop", "context": {"cluster": "here", "user": "me", "namespace": "shop"}},
            {"name": "torn", "context": {"cluster": "elsewhere", "user": "me"}}],
    });
    Scratch::new("kubeconfig", text.to_string())
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(accepts) = self.accepts.take() {
            let ended = accepts.join();
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
    }
}

fn serve(stream: &TcpStream, state: &Mutex<State>, ends: &AtomicBool) {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = Vec::new();
    while !ends.load(Ordering::Relaxed) {
        match reader.read_until(b'\n', &mut head) {
            Ok(0) => return,
            Ok(_) if !head.ends_with(b"\r\n\r\n") => {}
            Ok(_) => {
                let request = String::from_utf8(std::mem::take(&mut head)).unwrap();
                let line = request.lines().next().unwrap();
                let (method, rest) = line.split_once(' ').unwrap();
                let target = rest.split(' ').next().unwrap();
                if answer(stream, method, target, state, ends).is_err() {
                    return;
                }
            }
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(_) => return,
        }
    }
}

fn answer(
    mut stream: &TcpStream,
    method: &str,
    target: &str,
    state: &Mutex<State>,
    ends: &AtomicBool,
) -> std::io::Result<()> {
    state.lock().unwrap().requests.push(format!("{method} {target}"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    let plural = path.rsplit('/').next().unwrap().to_owned();
    let namespace = path
        .split_once("/namespaces/")
        .map(|(_, rest)| rest.split('/').next().unwrap().to_owned());
    let refused = {
        let state = state.lock().unwrap();
        state.refused.get(&plural).or(state.refused.get(path)).copied()
    };
    let is_watch = asked("watch").is_some();
    let refused_watch = state
        .lock()
        .unwrap()
        .refused
        .get(&format!("watch {plural}"))
        .copied();
    if let Some(code) = refused.or(refused_watch.filter(|_| is_watch)) {
        return send(
            stream,
            code,
            &status(code, &format!("{plural} is forbidden: nobody may")),
        );
    }
    if path == "/version" {
        let version = state.lock().unwrap().version.clone();
        let info = json!({"major": "1", "minor": "37", "gitVersion": version, "gitCommit": "", "gitTreeState": "",
            "buildDate": "", "goVersion": "", "compiler": "", "platform": ""});
        return send(stream, 200, &info);
    }
    if is_watch {
        let script = state
            .lock()
            .unwrap()
            .watches
            .get_mut(&plural)
            .and_then(VecDeque::pop_front);
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )?;
        for say in script.clone().unwrap_or_default() {
            match say {
                Say::Event(kind, object) => {
                    store(state, &plural, kind, &object);
                    let line = format!("{}\n", json!({"type": kind, "object": object}));
                    write!(stream, "{:x}\r\n{line}\r\n", line.len())?;
                    stream.flush()?;
                }
                Say::Change(object) => store(state, &plural, "MODIFIED", &object),
                Say::Wait(millis) => std::thread::sleep(Duration::from_millis(millis)),
                Say::End => {
                    write!(stream, "0\r\n\r\n")?;
                    return stream.flush();
                }
            }
        }
        while !ends.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(10));
        }
        return Err(std::io::ErrorKind::ConnectionAborted.into());
    }
    let mut state = state.lock().unwrap();
    let from: usize = asked("continue").map_or(0, |token| token.parse().unwrap());
    if from > 0 && state.expired > 0 {
        state.expired -= 1;
        drop(state);
        return send(
            stream,
            410,
            &status(410, "the provided continue parameter is too old"),
        );
    }
    let all: Vec<Value> = state.objects.get(&plural).cloned().unwrap_or_default();
    let all: Vec<Value> = all
        .into_iter()
        .filter(|object| {
            namespace
                .as_deref()
                .is_none_or(|namespace| object["metadata"]["namespace"] == namespace)
        })
        .collect();
    let page = state.page.unwrap_or(usize::MAX);
    drop(state);
    let items: Vec<&Value> = all.iter().skip(from).take(page).collect();
    let end = from + items.len();
    let more = if end < all.len() {
        end.to_string()
    } else {
        String::new()
    };
    let list = json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1000", "continue": more}, "items": items});
    send(stream, 200, &list)
}

fn store(state: &Mutex<State>, plural: &str, kind: &str, object: &Value) {
    let mut state = state.lock().unwrap();
    if ["ADDED", "MODIFIED", "DELETED"].contains(&kind) {
        let objects = state.objects.entry(plural.to_owned()).or_default();
        objects.retain(|known| known["metadata"]["name"] != object["metadata"]["name"]);
        if kind != "DELETED" {
            objects.push(object.clone());
        }
    }
}

pub fn status(code: u16, message: &str) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": "Any", "code": code})
}

fn send(mut stream: &TcpStream, code: u16, body: &Value) -> std::io::Result<()> {
    let body = body.to_string();
    write!(
        stream,
        "HTTP/1.1 {code} Whatever\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()
}
