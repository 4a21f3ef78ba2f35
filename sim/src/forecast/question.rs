//! The question as it is written, for hosts that are asked in JSON.

use serde_json::Value;
use steadfast_core::{Cause, Error};

use super::ForecastInput;
use crate::fields::{Fields, Read};
use crate::settings::Settings;
use crate::store::Propagation;

impl ForecastInput {
    /// Reads a question from its JSON form: `objects`, `observed`, `from` (each a list of objects, or one object),
    /// `set`, `delete` (true, or how: `{"cascade": "orphan"}`), `kubernetes`, `featureGates`, `settings`, `apiErrors`,
    /// `until` and `now`. All are optional.
    ///
    /// # Errors
    /// `invalid` with the path of the field, such as `settings.nodes`; `profile` for an unknown version or gate. Objects
    /// are not looked into.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_sim::forecast::{ForecastInput, forecast};
    ///
    /// let input = ForecastInput::parse(json!({
    ///     "kubernetes": "1.34",
    ///     "settings": {"pull": "10s"},
    ///     "objects": {
    ///         "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
    ///         "spec": {
    ///             "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
    ///             "template": {
    ///                 "metadata": {"labels": {"app": "web"}},
    ///                 "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}},
    /// }))?;
    /// assert_eq!(forecast(&input)?.pods.created, 2);
    /// # Ok::<(), steadfast_core::Error>(())
    /// ```
    pub fn parse(mut question: Value) -> Result<Self, Error> {
        let lists = ["objects", "observed", "from"].map(|list| question.get_mut(list).map(Value::take));
        let mut fields = Fields::of_root(&question, "question")?;
        for list in ["objects", "observed", "from"] {
            fields.optional(list);
        }
        let [objects, observed, from] = lists;
        let mut input = Self::of(objects_of("objects", objects)?.unwrap_or_default());
        input.observed = objects_of("observed", observed)?.unwrap_or_default();
        input.from = objects_of("from", from)?;
        input.set = fields.optional_text("set")?.map(str::to_owned);
        input.profile = fields.profile()?;
        input.deletion = deletion(&mut fields)?;
        if let Some(settings) = fields.optional("settings") {
            input.assumes_nodes = settings.get("nodes").is_none_or(Value::is_null);
            input.settings = Settings::parse(settings)?;
        }
        if let Some(rules) = fields.optional("apiErrors") {
            input.faults = Read::read(rules, "apiErrors")?;
        }
        input.until = fields.optional_span("until")?;
        input.now = fields.optional_instant("now")?;
        fields.finish()?;
        Ok(input)
    }
}

/// The objects of a field; one alone is a list of one, and a `List` is its items.
fn objects_of(field: &str, value: Option<Value>) -> Result<Option<Vec<Value>>, Error> {
    let mut found = Vec::new();
    let mut open = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => vec![one],
        Some(other) => {
            let cause = Cause::wrong_type(field, &other, "an object or a list of objects");
            return Err(Error::invalid(vec![cause]));
        }
    };
    open.reverse();
    while let Some(mut object) = open.pop() {
        let is_list = object
            .get("kind")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind == "List");
        match object.get_mut("items").filter(|_| is_list).map(Value::take) {
            Some(Value::Array(items)) => open.extend(items.into_iter().rev()),
            _ => found.push(object),
        }
    }
    Ok(Some(found))
}

fn deletion(fields: &mut Fields<'_>) -> Result<Option<Propagation>, Error> {
    match fields.optional("delete") {
        None | Some(Value::Bool(false)) => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(Propagation::Background)),
        Some(how) => {
            let path = fields.path_of("delete");
            let mut how = Fields::of(how, &path)?;
            let propagation = how.cascade()?.unwrap_or(Propagation::Background);
            how.finish()?;
            Ok(Some(propagation))
        }
    }
}
