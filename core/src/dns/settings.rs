//! Reading and checking settings.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{PodRecords, Settings, is_name};
use crate::{Cause, Error};

impl Settings {
    /// Reads settings from their JSON form. Fields that are absent are as in [`Settings::default`]; others than ours are
    /// nobody's business.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_core::dns::Settings;
    /// assert_eq!(Settings::parse(&json!({"ttl": 5})).unwrap().ttl, 5);
    /// let error = Settings::parse(&json!({"pods": "all"})).unwrap_err();
    /// assert!(error.message.starts_with("pods: Unsupported value: \"all\""), "{error}");
    /// ```
    ///
    /// # Errors
    /// `invalid` with every field that has a wrong type. What the values may be [`zone`](super::zone) says.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        let Value::Object(fields) = value else {
            return Err(Error::invalid(vec![Cause::wrong_type(
                "settings",
                value,
                "a mapping",
            )]));
        };
        let mut settings = Self::default();
        let mut causes = Vec::new();
        for (name, value) in fields {
            let wrong = |expected: &str| Cause::wrong_type(name, value, expected);
            match (name.as_str(), value) {
                ("clusterDomain", Value::String(domain)) => settings.cluster_domain.clone_from(domain),
                ("clusterDomain", _) => causes.push(wrong("a string")),
                ("ttl", _) => match value.as_u64().map(u32::try_from) {
                    Some(Ok(ttl)) => settings.ttl = ttl,
                    Some(Err(_)) => causes.push(Cause::invalid(name, value, RANGE)),
                    None => causes.push(wrong("a whole number of seconds")),
                },
                ("pods", Value::String(text)) => match PODS.iter().find(|(word, _)| word == text) {
                    Some((_, pods)) => settings.pods = *pods,
                    None => causes.push(Cause::not_supported(name, value, &PODS.map(|(word, _)| word))),
                },
                ("pods", _) => causes.push(wrong("a string")),
                ("endpointPodNames", Value::Bool(is_on)) => settings.endpoint_pod_names = *is_on,
                ("endpointPodNames", _) => causes.push(wrong("true or false")),
                ("namespaces", Value::Array(names)) => {
                    settings.namespaces.clear();
                    for (at, given) in names.iter().enumerate() {
                        match given {
                            Value::String(name) => settings.namespaces.push(name.clone()),
                            other => {
                                let field = format!("namespaces[{at}]");
                                causes.push(Cause::wrong_type(field, other, "a string"));
                            }
                        }
                    }
                }
                ("namespaces", _) => causes.push(wrong("a list")),
                _ => {}
            }
        }
        match causes.is_empty() {
            true => Ok(settings),
            false => Err(Error::invalid(causes)),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let mut causes = Vec::new();
        if !is_name(&self.cluster_domain) {
            let value = Value::String(self.cluster_domain.clone());
            let detail = "must be a domain without a dot at its end, such as `cluster.local`";
            causes.push(Cause::invalid("clusterDomain", &value, detail));
        }
        if self.ttl > 3600 {
            causes.push(Cause::invalid("ttl", &Value::from(self.ttl), RANGE));
        }
        match causes.is_empty() {
            true => Ok(()),
            false => Err(Error::invalid(causes)),
        }
    }
}

/// What `ttl` may be.
const RANGE: &str = "must be in range [0, 3600]";

/// What `pods` may be.
const PODS: [(&str, PodRecords); 3] = [
    ("disabled", PodRecords::Disabled),
    ("insecure", PodRecords::Insecure),
    ("verified", PodRecords::Verified),
];

/// For programs in Rust.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_as_they_are_written() {
        let mut settings = Settings {
            cluster_domain: "example.org".to_owned(),
            ttl: 5,
            endpoint_pod_names: true,
            namespaces: vec!["shop".to_owned(), "bank".to_owned()],
            ..Settings::default()
        };
        for (_, pods) in PODS {
            settings.pods = pods;
            let written = serde_json::to_value(&settings).unwrap();
            assert_eq!(Settings::parse(&written), Ok(settings.clone()), "{written}");
            assert_eq!(serde_json::from_value::<Settings>(written).unwrap(), settings);
        }
        let strange = json!({"somebodyElses": 1});
        assert_eq!(Settings::parse(&strange), Ok(Settings::default()));
    }

    #[test]
    fn every_field_that_is_no_setting_is_told() {
        let wrong = json!({"clusterDomain": 1, "ttl": 1.5, "pods": "all", "endpointPodNames": "no", "namespaces": ["a", 2]});
        let causes = Settings::parse(&wrong).unwrap_err().causes;
        let told: Vec<String> = causes.iter().map(Cause::to_string).collect();
        assert_eq!(
            told,
            [
                "clusterDomain: Invalid value: 1: must be a string, but is a number",
                "endpointPodNames: Invalid value: \"no\": must be true or false, but is a string",
                "namespaces[1]: Invalid value: 2: must be a string, but is a number",
                "pods: Unsupported value: \"all\": supported values: \"disabled\", \"insecure\", \"verified\"",
                "ttl: Invalid value: 1.5: must be a whole number of seconds, but is a number",
            ]
        );
        for (wrong, told) in [
            (json!(null), "settings: Invalid value: null: must be a mapping"),
            (
                json!({"ttl": null}),
                "ttl: Invalid value: null: must be a whole number",
            ),
            (
                json!({"ttl": 4_294_967_296_u64}),
                "ttl: Invalid value: 4294967296: must be in range [0, 3600]",
            ),
            (
                json!({"namespaces": "shop"}),
                "namespaces: Invalid value: \"shop\": must be a list",
            ),
        ] {
            let error = Settings::parse(&wrong).unwrap_err();
            assert!(error.message.starts_with(told), "{error}");
        }
    }
}
