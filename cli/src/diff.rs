//! `diff`: two manifests compared as an API server compares them, and what to do where it refuses.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::canonical::canonical;
use steadfast_core::diff::{Advice, Diff, Runbook, applied, diff, runbook};
use steadfast_core::explain::{Diagnosis, explain_change};
use steadfast_core::{ErrorCode, Profile};
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::intake;
use steadfast_sim::verify::{Verification, verify_watched};

use crate::cli::DiffArguments;
use crate::failure::Failure;
use crate::input::{Choice, Found, Input, STANDARD_INPUT};
use crate::outcome::Exit;
use crate::output::Output;
use crate::progress::Progress;

mod print;

/// What is printed for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// `NAMESPACE/NAME`.
    set: String,
    kubernetes: String,
    #[serde(flatten)]
    diff: Diff,
    /// What is wrong with the change, or worth knowing, the worst first.
    diagnoses: Vec<Diagnosis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook: Option<Runbook>,
    /// What came of the runbook in the simulator, or of what it warns of.
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<Verification>,
}

/// The objects before and after, and the set in both.
struct Question {
    old: Input,
    new: Input,
    before: Found,
    after: Found,
}

pub(crate) fn run(arguments: &DiffArguments, output: &mut Output) -> Result<Exit, Failure> {
    let profile = arguments.profile.profile()?;
    let question = Question::of(arguments, output)?;
    let Question { before, after, .. } = &question;
    for set in [before, after] {
        // Once each, so that an error says of which file it speaks.
        canonical(&set.value, &profile).map_err(|error| set.locate(error))?;
    }
    let wanted = match before.is_stored() {
        true => applied(&after.value, &before.value),
        false => after.value.clone(),
    };
    let mut found = diff(&before.value, &wanted, &profile).map_err(|error| after.locate(error))?;
    locate(&mut found, after);
    let manifest = file_name(after);
    let runbook =
        runbook(&before.value, &after.value, &manifest, &profile).map_err(|error| after.locate(error))?;
    let verification = match &runbook {
        Some(runbook) => played(&question, runbook, &profile, output)?,
        None => None,
    };
    let diagnoses = explain_change(&before.value, &wanted, &found, runbook.as_ref(), &profile);
    let is_same = found.changes.is_empty() && found.allowed;
    let answer = Answer {
        set: after.full_name(),
        kubernetes: profile.to_string(),
        diff: found,
        diagnoses,
        runbook,
        verification,
    };
    if arguments.output.is_structured() {
        output.structured(arguments.output, &answer)?;
    } else {
        print::print(&answer, after.file(), arguments.output, output)?;
    }
    Ok(if is_same { Exit::Fine } else { Exit::Different })
}

impl Question {
    fn of(arguments: &DiffArguments, output: &mut Output) -> Result<Self, Failure> {
        let namespace = arguments.input.namespace.as_deref();
        let files = arguments.input.all();
        let (old, new) = match (arguments.from.as_slice(), files.as_slice()) {
            ([], [old, new]) => (std::slice::from_ref(old), std::slice::from_ref(new)),
            (from @ [_, ..], new @ [_, ..]) => (from, new),
            _ => {
                let message = "name two files OLD NEW, or the old ones with --from OLD and the new ones";
                return Err(Failure::new(ErrorCode::Missing, message));
            }
        };
        if old.iter().chain(new).filter(|file| *file == "-").count() > 1 {
            let message = "standard input can be read once: name a FILE for the other side";
            return Err(Failure::new(ErrorCode::Ambiguous, message));
        }
        let old = Input::read(old, namespace, output)?;
        let new = Input::read(new, namespace, output)?;
        let after = Choice::of(&arguments.input).find(&new)?.clone();
        let before = Choice::exactly(&after)
            .find(&old)
            .map_err(|failure| match old.files.as_slice() {
                [file] => failure.in_file(file),
                _ => failure,
            })?;
        Ok(Self {
            before: before.clone(),
            after,
            old,
            new,
        })
    }
}

/// Gives changes and errors their lines in the new manifest.
fn locate(found: &mut Diff, after: &Found) {
    for change in &mut found.changes {
        let position = change.new.as_ref().and_then(|_| after.position_of(&change.field));
        change.line = position.map(|position| position.line);
        change.column = position.map(|position| position.column);
    }
    for error in &mut found.errors {
        let position = after.nearest_position_of(&error.field);
        error.line = position.map(|position| position.line);
        error.column = position.map(|position| position.column);
    }
}

/// What the new manifest is called in commands.
fn file_name(after: &Found) -> String {
    match after.file() {
        STANDARD_INPUT => "NEW.yaml".to_owned(),
        file => file.to_owned(),
    }
}

/// Plays the runbook, or what it warns of, from the old set as it runs and is stable. What cannot be played is said.
fn played(
    question: &Question,
    runbook: &Runbook,
    profile: &Profile,
    output: &mut Output,
) -> Result<Option<Verification>, Failure> {
    let objects = |input: &Input, set: &Found| -> Vec<Value> {
        let is_meant = |object: &&Found| {
            let is_set = object.is_set() && object.full_name() == set.full_name();
            // Other sets have nothing to do with it; Pods of a dump come back with their set, and nodes are assumed.
            is_set || matches!(object.kind(), "Service" | "StorageClass" | "PodDisruptionBudget")
        };
        let meant = input.objects.iter().filter(is_meant);
        meant
            .map(manifest_of)
            .filter(|object| intake::key_of(object).is_ok())
            .collect()
    };
    let mut input = ForecastInput::of(objects(&question.new, &question.after));
    input.from = Some(objects(&question.old, &question.before));
    input.set = Some(question.after.full_name());
    input.profile = profile.clone();
    let mut progress = Progress::start(output.shows_progress());
    let verification = verify_watched(&input, &runbook.remedies(), &mut |now| {
        progress.show(
            now.at,
            &format!("{} of {} available", now.available, now.replicas),
        );
        true
    });
    progress.clear();
    match verification {
        Ok(verification) => Ok(Some(verification)),
        Err(error) => {
            let what = if runbook.advice == Advice::Harmful {
                "what it warns of"
            } else {
                "the runbook"
            };
            output.note(&format!("{what} could not be played in the simulator: {error}"))?;
            Ok(None)
        }
    }
}

/// The object as a manifest: what an API server returned is applied again as if it were one.
fn manifest_of(object: &Found) -> Value {
    let mut value = object.value.clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
            metadata.remove(field);
        }
    }
    value
}
