//! The configuration: the settings of the policies as every delivery has them, and what concerns the server.

use std::time::Duration;

use serde_json::{Map, Value, json};
use steadfast_core::admission::Settings;
use steadfast_core::{Cause, Error, ErrorCode, Profile, manifest};

use crate::failure::Failure;

/// What a configuration file says.
///
/// ```
/// use steadfast_webhook::config::Config;
/// let config = Config::parse(b"policies: {P1: warn}\nserver: {requestTimeout: 3s, bodyLimit: 4Mi}\n")?;
/// assert_eq!(config.server.body_limit, 4 << 20);
/// let error = Config::parse(b"server: {requestTimeout: soon}\n").unwrap_err();
/// assert_eq!(error.causes[0].field, "server.requestTimeout");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `policies`, `namespaces`, `quorum`, `fillServiceName`.
    pub settings: Settings,
    /// `kubernetes`: the version whose rules count; the cluster's where it is not said.
    pub kubernetes: Option<Profile>,
    /// `server`.
    pub server: Server,
}

/// How the server behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// `listen`: address and port.
    pub listen: String,
    /// `bodyLimit`: the longest body, in bytes. An API server takes objects of 3 MB, and a review has two.
    pub body_limit: usize,
    /// `bodyBudget`: how many bytes of bodies are held at once.
    pub body_budget: usize,
    /// `requestTimeout`: how long a request may take, once its headers are there; below the `timeoutSeconds` of the webhook configuration.
    pub request_timeout: Duration,
    /// `headerTimeout`: how long a handshake, and the headers of a request, may take.
    pub header_timeout: Duration,
    /// `idleTimeout`: after how long a silent HTTP/2 connection is asked whether it still is one.
    pub idle_timeout: Duration,
    /// `connections`: how many there are at once.
    pub connections: usize,
    /// `certificateInterval`: how often certificate files are looked at.
    pub certificate_interval: Duration,
    /// `shutdownDelay`: for how long requests are still taken after SIGTERM, while the cluster learns of it.
    pub shutdown_delay: Duration,
    /// `shutdownTimeout`: how long what runs may take after that.
    pub shutdown_timeout: Duration,
    /// `log`: which reviews are written down.
    pub log: Logged,
}

/// Which reviews are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logged {
    /// All.
    All,
    /// Those to which a policy objects.
    Objections,
    /// None.
    None,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "0.0.0.0:8443".to_owned(),
            body_limit: 7 << 20,
            body_budget: 32 << 20,
            request_timeout: Duration::from_secs(4),
            header_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(60),
            connections: 512,
            certificate_interval: Duration::from_secs(10),
            shutdown_delay: Duration::from_secs(5),
            shutdown_timeout: Duration::from_secs(15),
            log: Logged::All,
        }
    }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// No such file, or what [`Self::parse`] says.
    pub fn read(file: &str) -> Result<Self, Failure> {
        let text = std::fs::read(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::new(format!("there is no file `{file}`")),
            _ => Failure::new(format!("`{file}` cannot be read: {error}")),
        })?;
        Self::parse(&text).map_err(|error| Failure::in_file(file, &error))
    }

    /// Reads YAML or JSON; nothing at all is the default.
    ///
    /// # Errors
    /// Text that cannot be read, fields that are not known, and values that are none, each with its path.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let document =
            manifest::read_one(text).map_err(|error| Error::new(ErrorCode::Unreadable, error.to_string()))?;
        let mut fields = match document.map(|document| document.value) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(other) => {
                let cause = Cause::wrong_type("configuration", &other, "a mapping");
                return Err(Error::invalid(vec![cause]));
            }
        };
        let mut causes = Vec::new();
        let server = Server::parse(&fields.remove("server").unwrap_or_default(), &mut causes);
        let kubernetes = match fields.remove("kubernetes") {
            None | Some(Value::Null) => None,
            Some(Value::String(version)) => match version.parse() {
                Ok(profile) => Some(profile),
                Err(error) => {
                    let error: Error = error;
                    causes.extend(error.causes);
                    None
                }
            },
            Some(other) => {
                causes.push(Cause::wrong_type(
                    "kubernetes",
                    &other,
                    "a version such as `\"1.36\"`",
                ));
                None
            }
        };
        let settings = Settings::parse(&Value::Object(fields)).unwrap_or_else(|error| {
            causes.extend(error.causes);
            Settings::default()
        });
        match causes.is_empty() {
            true => Ok(Self {
                settings,
                kubernetes,
                server,
            }),
            false => Err(Error::invalid(causes)),
        }
    }

    /// The JSON Schema of a configuration (draft 2020-12).
    pub fn schema() -> Value {
        let mut schema = Settings::schema();
        let time = json!({"type": "string", "pattern": "^[0-9]+(ms|s|m)$"});
        let size = json!({"oneOf": [{"type": "integer", "minimum": 1024}, {"type": "string", "pattern": "^[0-9]+(Ki|Mi)$"}]});
        let mut server = Map::new();
        for field in FIELDS {
            server.insert(
                field.to_owned(),
                match field {
                    "listen" => json!({"type": "string"}),
                    "log" => json!({"type": "string", "enum": LOGGED.map(|(name, _)| name)}),
                    "connections" => json!({"type": "integer", "minimum": 1}),
                    "bodyLimit" | "bodyBudget" => size.clone(),
                    _ => time.clone(),
                },
            );
        }
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.insert("kubernetes".to_owned(), json!({"type": "string"}));
            properties.insert(
                "server".to_owned(),
                json!({"type": "object", "additionalProperties": false, "properties": server}),
            );
        }
        if let Some(title) = schema.get_mut("title") {
            *title = "Configuration of steadfast-webhook".into();
        }
        schema
    }
}

const FIELDS: [&str; 11] = [
    "bodyBudget",
    "bodyLimit",
    "certificateInterval",
    "connections",
    "headerTimeout",
    "idleTimeout",
    "listen",
    "log",
    "requestTimeout",
    "shutdownDelay",
    "shutdownTimeout",
];

const LOGGED: [(&str, Logged); 3] = [
    ("all", Logged::All),
    ("objections", Logged::Objections),
    ("none", Logged::None),
];

impl Server {
    fn parse(value: &Value, causes: &mut Vec<Cause>) -> Self {
        let mut server = Self::default();
        let fields = match value {
            Value::Null => return server,
            Value::Object(fields) => fields,
            other => {
                causes.push(Cause::wrong_type("server", other, "a mapping"));
                return server;
            }
        };
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            let field = format!("server.{name}");
            let mut wrong = |expected: &str| causes.push(Cause::invalid(&*field, value, expected));
            let mut time = |to: &mut Duration| match value.as_str().and_then(span) {
                Some(span) => *to = span,
                None => wrong("must be a time such as `500ms`, `4s` or `1m`"),
            };
            match name.as_str() {
                "requestTimeout" => time(&mut server.request_timeout),
                "headerTimeout" => time(&mut server.header_timeout),
                "idleTimeout" => time(&mut server.idle_timeout),
                "certificateInterval" => time(&mut server.certificate_interval),
                "shutdownDelay" => time(&mut server.shutdown_delay),
                "shutdownTimeout" => time(&mut server.shutdown_timeout),
                "bodyLimit" | "bodyBudget" => match size(value) {
                    Some(size) if name == "bodyLimit" => server.body_limit = size,
                    Some(size) => server.body_budget = size,
                    None => wrong("must be a size such as `7Mi`, at least 1Ki and at most 1024Mi"),
                },
                "connections" => match value.as_u64().and_then(|number| usize::try_from(number).ok()) {
                    Some(number @ 1..=100_000) => server.connections = number,
                    _ => wrong("must be a number from 1 to 100000"),
                },
                "listen" => match value.as_str() {
                    Some(listen) => listen.clone_into(&mut server.listen),
                    None => wrong("must be an address and a port, such as `0.0.0.0:8443`"),
                },
                "log" => {
                    let found = LOGGED.iter().find(|(name, _)| value.as_str() == Some(name));
                    match found {
                        Some((_, logged)) => server.log = *logged,
                        None => wrong("must be `all`, `objections` or `none`"),
                    }
                }
                other => causes.push(Cause::not_supported("server", &other.into(), &FIELDS)),
            }
        }
        if server.body_budget < server.body_limit {
            let given = Value::from(server.body_budget);
            let message = "must not be below `bodyLimit`";
            causes.push(Cause::invalid("server.bodyBudget", &given, message));
        }
        server
    }
}

fn span(text: &str) -> Option<Duration> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    let number: u64 = number.parse().ok()?;
    let span = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        _ => return None,
    };
    (span <= Duration::from_secs(86_400)).then_some(span)
}

fn size(value: &Value) -> Option<usize> {
    let bytes = match value {
        Value::String(text) => {
            let (number, unit) = match (text.strip_suffix("Ki"), text.strip_suffix("Mi")) {
                (Some(number), _) => (number, 1 << 10),
                (_, Some(number)) => (number, 1 << 20),
                _ => (text.as_str(), 1),
            };
            number.parse::<usize>().ok()?.checked_mul(unit)?
        }
        other => usize::try_from(other.as_u64()?).ok()?,
    };
    (1 << 10..=1 << 30).contains(&bytes).then_some(bytes)
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_path() {
        let text = b"policies: {P11: deny}\nkubernetes: '1.2'\nserver: {bodyLimit: 1, connections: 0, log: some, idle: 1s}\n";
        let error = Config::parse(text).unwrap_err();
        let fields: Vec<&str> = error.causes.iter().map(|cause| &*cause.field).collect();
        assert_eq!(
            fields,
            [
                "server.bodyLimit",
                "server.connections",
                "server",
                "server.log",
                "kubernetes",
                "policies"
            ]
        );
        for text in [&b"[]"[..], b"a: [", b"\xff", b"server: 3"] {
            assert!(Config::parse(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(Config::parse(b"").unwrap(), Config::default());
    }

    #[test]
    fn the_schema_has_every_field() {
        let schema = Config::schema();
        let server = schema["properties"]["server"]["properties"].as_object().unwrap();
        assert_eq!(server.keys().collect::<Vec<_>>(), FIELDS);
        assert!(schema["properties"]["policies"].is_object());
        // Each field of the schema is one that is read.
        for field in FIELDS {
            let error = Config::parse(format!("server: {{{field}: [1]}}").as_bytes()).unwrap_err();
            assert_eq!(error.causes[0].field, format!("server.{field}"));
        }
    }

    #[test]
    fn sizes_and_times_are_read() {
        let config = Config::parse(b"server: {bodyLimit: 2048, bodyBudget: 64Ki, requestTimeout: 1500ms, shutdownDelay: 0s, log: none}").unwrap();
        assert_eq!(
            (config.server.body_limit, config.server.body_budget),
            (2048, 65_536)
        );
        assert_eq!(config.server.request_timeout, Duration::from_millis(1500));
        assert_eq!(config.server.log, Logged::None);
    }
}
