//! What is asked: the request, and what stands around the set, out of files or a cluster.

use std::path::Path;

use serde_json::Value;
use steadfast_core::admission::{Context, Operation, Request, SubResource};
use steadfast_core::canonical::canonical;
use steadfast_core::diff::applied;
use steadfast_core::lint::judge;
use steadfast_core::{ErrorCode, Profile};

use crate::cli::{AdmitArguments, Cascade};
use crate::failure::Failure;
use crate::input::{Choice, Found, Input, read_each, set_of};
use crate::lint::files;
use crate::live::Purpose;
use crate::output::Output;
use crate::plan::are_old_and_new;

/// A request with all that is judged with it.
pub(crate) struct Question {
    pub(crate) request: Request,
    pub(crate) context: Context,
    pub(crate) profile: Profile,
}

/// What there is, and what is to be.
struct Parts {
    /// What exists.
    observed: Input,
    /// What is applied.
    manifests: Input,
    /// Which set is meant.
    choice: Choice,
}

/// The lists of a context, and the kinds in them.
const LISTS: [(&str, &[&str]); 5] = [
    ("pods", &["Pod"]),
    ("persistentVolumeClaims", &["PersistentVolumeClaim"]),
    ("services", &["Service"]),
    ("podDisruptionBudgets", &["PodDisruptionBudget"]),
    (
        "workloads",
        &["StatefulSet", "Deployment", "ReplicaSet", "DaemonSet", "Job"],
    ),
];

impl Question {
    pub(crate) fn of(arguments: &AdmitArguments, output: &mut Output) -> Result<Self, Failure> {
        let mut parts = Parts::read(arguments, output)?;
        let profile = parts.observed.profile(&arguments.profile, output)?;
        let is_review = |object: &Found| object.kind() == "AdmissionReview";
        let (reviews, others) = parts.manifests.split(is_review);
        if let Some(review) = reviews.objects.first() {
            if reviews.objects.len() + others.objects.len() > 1 {
                let message =
                    "an AdmissionReview says it all: name one, and what stands around it with --observed";
                return Err(Failure::new(ErrorCode::Ambiguous, message).in_file(review.file()));
            }
            if arguments.scale.is_some() || arguments.delete || !arguments.from.is_empty() {
                let message = "an AdmissionReview says what is done: leave --scale, --delete and --from out";
                return Err(Failure::new(ErrorCode::Ambiguous, message).in_file(review.file()));
            }
            return Self::of_review(review, &parts.observed, profile);
        }
        parts.manifests = others;
        parts.into_question(arguments, profile, output)
    }

    /// The question that an API server asked.
    fn of_review(review: &Found, observed: &Input, profile: Profile) -> Result<Self, Failure> {
        let request = Request::parse(&review.value).map_err(|error| review.locate(error))?;
        let mut context = context(observed, &Input::default(), None);
        let is_it =
            |set: &&Found| set.name() == request.name && set.namespace() == request.namespace && set.is_set();
        context.stored_set = observed.sets().find(is_it).map(|set| set.value.clone());
        Ok(Self {
            request,
            context,
            profile,
        })
    }

    /// `NAMESPACE/NAME` of what is changed.
    pub(crate) fn set(&self) -> String {
        let Request { namespace, name, .. } = &self.request;
        let generated = || {
            let metadata = self.request.object.get("metadata")?;
            Some(format!("{}…", metadata.get("generateName")?.as_str()?))
        };
        let name = match name.as_str() {
            "" => generated().unwrap_or_default(),
            name => name.to_owned(),
        };
        format!("{namespace}/{name}")
    }

    /// What is done, in words: `scaling StatefulSet shop/web from 3 to 1`.
    pub(crate) fn deed(&self) -> String {
        let request = &self.request;
        let what = match (request.group.as_str(), request.resource.as_str()) {
            ("apps", "statefulsets") => format!("StatefulSet {}", self.set()),
            (_, resource) => format!("{resource} {}", self.set()),
        };
        let replicas = |scale: &Value| {
            scale
                .pointer("/spec/replicas")
                .and_then(Value::as_u64)
                .unwrap_or(0)
        };
        match (request.sub_resource, request.operation) {
            (SubResource::Scale, _) => format!(
                "scaling {what} from {} to {}",
                replicas(&request.old_object),
                replicas(&request.object)
            ),
            (SubResource::Other, _) => format!("changing a part of {what} that no policy is about"),
            (_, Operation::Create) => format!("creating {what}"),
            (_, Operation::Update) => format!("changing {what}"),
            (_, Operation::Delete) => {
                let policy = request.options.get("propagationPolicy").and_then(Value::as_str);
                let how = policy.map(str::to_lowercase);
                format!(
                    "deleting {what}{}",
                    how.map(|how| format!(" (--cascade={how})")).unwrap_or_default()
                )
            }
            _ => format!("connecting to {what}"),
        }
    }
}

impl Parts {
    fn read(arguments: &AdmitArguments, output: &mut Output) -> Result<Self, Failure> {
        let files = arguments.input.all();
        let read = |named: &[String], output: &mut Output| {
            let input = &arguments.input;
            read_each(named, input, &arguments.live, Purpose::Admit, output)
        };
        let all = || files.iter().chain(&arguments.observed).chain(&arguments.from);
        if all().filter(|file| *file == "-").count() > 1 {
            let message = "standard input can be read once: name a FILE for the other";
            return Err(Failure::new(ErrorCode::Ambiguous, message));
        }
        if files.is_empty() && arguments.observed.is_empty() {
            let message = "name a FILE with an AdmissionReview or a StatefulSet, or `-` for standard input";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        let mut observed = Input::default();
        for name in &arguments.observed {
            observed = observed.and(match Path::new(name).is_dir() {
                true => Input::read(
                    &files::of_folder(name)?,
                    arguments.input.namespace.as_deref(),
                    output,
                )?,
                false => read(std::slice::from_ref(name), output)?,
            });
        }
        if !arguments.from.is_empty() {
            observed = observed.and(read(&arguments.from, output)?);
        }
        let manifests = match files.as_slice() {
            [old, new] if arguments.from.is_empty() => {
                let old = read(std::slice::from_ref(old), output)?;
                let new = read(std::slice::from_ref(new), output)?;
                match are_old_and_new(&old, &new) {
                    true => {
                        // What was observed may hold the set too: it is what OLD says that changes.
                        let is_old = |set: &Found| {
                            set.is_set() && old.sets().any(|one| one.full_name() == set.full_name())
                        };
                        observed = observed.split(|object| !is_old(object)).0.and(old);
                        new
                    }
                    false => {
                        let (stored, rest) = old.and(new).split(Found::is_stored);
                        observed = observed.and(stored);
                        rest
                    }
                }
            }
            files => {
                let named = read(files, output)?;
                let (stored, rest) = named.split(Found::is_stored);
                // A cluster's objects all are, and it is known which lists were read.
                observed = observed.and(stored);
                rest
            }
        };
        if arguments.live.is_given() && observed.live.is_none() {
            let message = "nothing here is read from a live cluster: name its StatefulSet as sts/NAME, or leave --context and its \
                           like out";
            return Err(Failure::new(ErrorCode::Ambiguous, message));
        }
        let live = files.iter().chain(&arguments.observed);
        let live = live.filter_map(|name| set_of(name)).next();
        let choice = match live.filter(|_| arguments.input.set.is_none()) {
            Some(name) => Choice::of_live(arguments.input.namespace.as_deref(), Some(name)),
            None => Choice::of(&arguments.input),
        };
        Ok(Self {
            observed,
            manifests,
            choice,
        })
    }

    fn into_question(
        self,
        arguments: &AdmitArguments,
        profile: Profile,
        output: &mut Output,
    ) -> Result<Question, Failure> {
        let Self {
            observed,
            manifests,
            choice,
        } = &self;
        let is_there = manifests.sets().next().is_some();
        let found = match is_there {
            true => choice.find(manifests)?,
            false => choice.find(observed)?,
        };
        let exactly = Choice::exactly(found);
        let stored = match observed.sets().any(|set| exactly.is_for(set)) {
            true => Some(exactly.find(observed)?),
            false => None,
        };
        for set in [Some(found), stored].into_iter().flatten() {
            // What cannot be read is no question for a policy.
            canonical(&set.value, &profile).map_err(|error| set.locate(error))?;
        }
        let mut context = context(observed, manifests, Some(found));
        let request = if let Some(replicas) = arguments.scale {
            let set = stored.unwrap_or(found);
            context.stored_set = Some(set.value.clone());
            Request::of_scale(&set.value, replicas)
        } else if arguments.delete {
            let policy = match arguments.cascade {
                Cascade::Background => "Background",
                Cascade::Foreground => "Foreground",
                Cascade::Orphan => "Orphan",
            };
            Request::of_deletion(stored.unwrap_or(found).value.clone(), policy)
        } else if is_there {
            let old = stored.map(|set| set.value.clone());
            let new = match &old {
                Some(old) if stored.is_some_and(Found::is_stored) => applied(&found.value, old),
                _ => found.value.clone(),
            };
            refusal(&new, old.as_ref(), found, &profile, output)?;
            Request::of_change(old, Some(new))
        } else {
            let message = "nothing is changed: name the new manifest too, or give --scale or --delete";
            return Err(Failure::new(ErrorCode::Missing, message).in_file(found.file()));
        };
        Ok(Question {
            request,
            context,
            profile,
        })
    }
}

/// Says where an API server refuses the change whatever the policies say.
fn refusal(
    new: &Value,
    old: Option<&Value>,
    found: &Found,
    profile: &Profile,
    output: &mut Output,
) -> Result<(), Failure> {
    let verdict = judge(new, old, profile).map_err(|error| found.locate(error))?;
    let Some(first) = verdict.errors.first() else {
        return Ok(());
    };
    let more = match verdict.errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    output.warn(&format!(
        "{}: the API server itself refuses it: {first}{more}; `steadfast lint` says it all",
        found.line_of(&first.field)
    ))
}

/// What stands around the set. What is applied together with it counts where the rest of its list is known; its own Service counts
/// in any case.
fn context(observed: &Input, manifests: &Input, set: Option<&Found>) -> Context {
    let of = |input: &Input, kinds: &[&str], but: &[Found]| -> Vec<Value> {
        let is_there = |object: &Found| {
            let is_same = |one: &Found| one.kind() == object.kind() && one.full_name() == object.full_name();
            but.iter().any(is_same)
        };
        let objects = input.objects.iter();
        let meant = objects.filter(|object| kinds.contains(&object.kind()) && !is_there(object));
        meant.map(|object| object.value.clone()).collect()
    };
    let is_itself =
        |object: &Found| set.is_some_and(|set| object.is_set() && object.full_name() == set.full_name());
    let mut lists = LISTS.map(|(list, kinds)| {
        let is_of_list = |object: &Found| kinds.contains(&object.kind()) && !is_itself(object);
        let is_known = observed.knows(list, is_of_list);
        is_known.then(|| [of(manifests, kinds, &[]), of(observed, kinds, &manifests.objects)].concat())
    });
    let own = set.and_then(|set| set.value.pointer("/spec/serviceName")?.as_str().zip(Some(set)));
    if let (Some((name, set)), [.., services @ None, _, _]) = (own, &mut lists) {
        let mut found = manifests.objects.iter();
        let is_own = |object: &Found| {
            object.kind() == "Service" && object.name() == name && object.namespace() == set.namespace()
        };
        if found.any(is_own) {
            *services = Some(of(manifests, &["Service"], &[]));
        }
    }
    let [pods, claims, services, budgets, workloads] = lists;
    let mut context = Context::default();
    context.pods = pods;
    context.claims = claims;
    context.services = services;
    context.disruption_budgets = budgets;
    context.workloads = workloads;
    context
}
