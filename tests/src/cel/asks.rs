//! The requests: drawn, made such that an API server takes them, and judged by the core.

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_core::admission::{Context, Policy, Request, Settings, Verdict, review};
use steadfast_core::lint::judge;

use super::namespace;
use crate::reviews::Question;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Create,
    Update,
    Delete,
}

/// A request.
pub struct Ask {
    pub seed: u64,
    pub operation: Operation,
    pub name: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
    /// `background`, `foreground` or `orphan`.
    pub cascade: &'static str,
    policy: &'static str,
    /// What the core says, seeing Pods and claims, and seeing none.
    verdicts: [Verdict; 2],
}

/// The shortest name with which no revision's name fits.
const LONG: usize = 62;

/// How many of each kind there must be, where not as many can be drawn as are wanted.
const FEWEST: usize = 8;

/// So many requests for a policy, half of them denied.
pub fn asks(
    policy: &'static str,
    operation: Operation,
    count: usize,
    seed: u64,
    profile: &Profile,
) -> Result<Vec<Ask>, String> {
    let mut asks: Vec<Ask> = Vec::new();
    for seed in seed..seed + 60_000 {
        let Some(ask) = Ask::of(seed, policy, operation, profile) else {
            continue;
        };
        let same = asks.iter().filter(|other| other.is_denied() == ask.is_denied());
        if same.count() < count / 2 {
            asks.push(ask);
        }
        if asks.len() >= count / 2 * 2 {
            return Ok(asks);
        }
    }
    let denied = asks.iter().filter(|ask| ask.is_denied()).count();
    match denied >= FEWEST && asks.len() - denied >= FEWEST {
        true => Ok(asks),
        false => Err(format!(
            "{policy} {operation:?}: only {denied} of the {} requests that could be drawn are denied",
            asks.len()
        )),
    }
}

impl Ask {
    fn of(seed: u64, policy: &'static str, operation: Operation, profile: &Profile) -> Option<Self> {
        let request = Question::request_of(seed);
        let asked = match request["operation"].as_str()? {
            "CREATE" => Operation::Create,
            "UPDATE" => Operation::Update,
            "DELETE" => Operation::Delete,
            _ => return None,
        };
        let is_other = request["subResource"].is_string()
            || request["resource"]["resource"] != "statefulsets"
            || request["resource"]["group"] != "apps"
            || request["userInfo"]["username"] != "somebody";
        if asked != operation || is_other {
            return None;
        }
        // Names that are short enough for anything are frequent, and say little.
        let name = request["name"].as_str().unwrap_or_default();
        if policy == "P5" && operation == Operation::Create && name.len() < 50 && !seed.is_multiple_of(8) {
            return None;
        }
        let objects = [&request["oldObject"], &request["object"]];
        let [old, new] = objects.map(|object| Some(object).filter(|object| object.is_object()));
        // What is torn is no request of a server.
        let is_whole = match operation {
            Operation::Create => new.is_some(),
            Operation::Update => old.is_some() && new.is_some(),
            Operation::Delete => old.is_some(),
        };
        let any = old.or(new).filter(|_| is_whole)?;
        let is_long = policy == "P5" && operation == Operation::Update;
        let name = match is_long {
            // With a shorter name no update can make one that is too long, with a longer one it is so before.
            true => format!("u{seed:0>52}"),
            false => name_of(any, seed, operation),
        };
        let prepared = |object: &Value| prepared(object, &name, policy);
        let old = match old {
            Some(old) => Some(prepared(old)?),
            None => None,
        };
        let mut new = match new {
            Some(new) => Some(prepared(new)?),
            None => None,
        };
        if let Some(new) = new.as_mut().filter(|_| is_long && seed.is_multiple_of(2)) {
            new["spec"]["ordinals"] = json!({"start": 2_147_483_000});
        }
        let is_taken = |new: &Value, old: Option<&Value>| {
            judge(new, old, profile).is_ok_and(|verdict| verdict.errors.is_empty())
        };
        let fits = old.as_ref().is_none_or(|old| is_taken(old, None))
            && new.as_ref().is_none_or(|new| is_taken(new, old.as_ref()));
        if !fits {
            return None;
        }
        let policies = request["options"]["propagationPolicy"].as_str();
        let orphans = request["options"]["orphanDependents"] == json!(true);
        let cascade = match policies {
            _ if orphans => "orphan",
            Some("Orphan") => "orphan",
            Some("Foreground") => "foreground",
            _ => "background",
        };
        let mut request = Request::of_change(old.clone(), new.clone());
        request.options = json!({"propagationPolicy": match cascade {
            "orphan" => "Orphan",
            "foreground" => "Foreground",
            _ => "Background",
        }});
        let settings: serde_json::Map<String, Value> = Policy::ALL
            .iter()
            .map(|one| {
                let mode = if one.name() == policy { "deny" } else { "off" };
                (one.name().to_owned(), mode.into())
            })
            .collect();
        let settings = Settings::parse(&json!({"policies": settings})).expect("they are policies");
        // Whether a revision's name was too long before, CEL does not know: such updates are not asked.
        let created = |set: &Value| Request::of_change(None, Some(set.clone()));
        let had_long_revision = old.as_ref().filter(|_| is_long).is_some_and(|old| {
            let verdict = review(&created(old), &Context::default(), &settings, profile);
            let mut violations = verdict.violations.iter();
            violations.any(|violation| violation.message.starts_with("the revision's name"))
        });
        if had_long_revision {
            return None;
        }
        let seen = old.as_ref().map_or_else(Context::default, surroundings);
        let verdicts =
            [seen, Context::default()].map(|context| review(&request, &context, &settings, profile));
        Some(Self {
            seed,
            operation,
            name,
            old,
            new,
            cascade,
            policy,
            verdicts,
        })
    }

    /// Whether the policy is to deny it: what the core says. Not asked for is the hash in a revision's name, which CEL cannot compute:
    /// with it only the longest names are denied.
    pub fn is_denied(&self) -> bool {
        let [verdict, _] = &self.verdicts;
        let counts = verdict.violations.iter().filter(|violation| {
            let is_hash = violation.message.starts_with("the revision's name");
            violation.is_certain && (!is_hash || (self.name.len() >= LONG && self.old.is_none()))
        });
        !verdict.allowed && counts.count() > 0
    }

    /// What is not as it should be: `answer` is the reason for which the API server denied it.
    pub fn difference(&self, answer: Option<&str>) -> Option<String> {
        let [verdict, _] = &self.verdicts;
        match (self.is_denied(), answer) {
            (false, None) => None,
            (true, None) => Some(format!("let through, and the core says `{}`", verdict.message)),
            (false, Some(answer)) => Some(format!("denied: `{answer}`, and the core lets it through")),
            (true, Some(answer)) => (!self.is_said(answer))
                .then(|| format!("denied: `{answer}`, and the core says `{}`", verdict.message)),
        }
    }

    /// Whether the core says it too: the same clause, or where the core names objects that CEL does not see, its beginning; and the
    /// same remedy.
    fn is_said(&self, answer: &str) -> bool {
        let Some((clause, remedy)) = answer.split_once("; ") else {
            return false;
        };
        // These are said in words of their own.
        if clause.starts_with("P5: the name has") || clause.starts_with("P5: a claim name") {
            return true;
        }
        let all = self.verdicts.iter().flat_map(|verdict| &verdict.violations);
        let mut all = all.map(|violation| {
            let clause = format!("{}: {}", self.policy, violation.message);
            let remedy = format!(
                "{}, or annotate steadfast.dev/allow: {}",
                violation.remedy, self.policy
            );
            (clause, remedy)
        });
        all.any(|(full, advice)| full.starts_with(clause) && remedy == advice)
    }
}

/// A name that no other set has, as long as the drawn one where that was long.
fn name_of(set: &Value, seed: u64, operation: Operation) -> String {
    let drawn = set["metadata"]["name"].as_str().unwrap_or("db");
    let letter = match operation {
        Operation::Create => "c",
        Operation::Update => "u",
        Operation::Delete => "d",
    };
    let digits = drawn.len().max(12) - 1;
    format!("{letter}{seed:0>digits$}")
}

/// The object as a manifest; none where nobody can make it so.
fn prepared(set: &Value, name: &str, policy: &str) -> Option<Value> {
    if set["metadata"]["deletionTimestamp"].is_string() {
        return None;
    }
    let mut metadata = json!({"name": name, "namespace": namespace(policy)});
    for field in ["annotations", "labels"] {
        if set["metadata"][field].is_object() {
            metadata[field] = set["metadata"][field].clone();
        }
    }
    Some(json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": set["spec"]}))
}

/// All Pods and claims that the set has.
fn surroundings(set: &Value) -> Context {
    let name = set["metadata"]["name"].as_str().unwrap_or_default();
    let start = set["spec"]["ordinals"]["start"].as_u64().unwrap_or(0);
    let end = start + set["spec"]["replicas"].as_u64().unwrap_or(1).min(50);
    let object =
        |name: String| json!({"metadata": {"name": name, "namespace": set["metadata"]["namespace"]}});
    let templates = || {
        set["spec"]["volumeClaimTemplates"]
            .as_array()
            .into_iter()
            .flatten()
    };
    let claims = (start..end).flat_map(|ordinal| {
        templates().map(move |template| {
            let template = template["metadata"]["name"].as_str().unwrap_or_default();
            object(format!("{template}-{name}-{ordinal}"))
        })
    });
    let mut context = Context::default();
    context.claims = Some(claims.collect());
    context.pods = Some(
        (start..end)
            .map(|ordinal| object(format!("{name}-{ordinal}")))
            .collect(),
    );
    context
}
