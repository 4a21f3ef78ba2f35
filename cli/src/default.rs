//! `default`: the object that an API server would store.

use std::io::{self, IsTerminal};

use serde_json::{Value, json};
use steadfast_core::lint::{Rule, Severity, lint};
use steadfast_core::{ErrorCode, manifest};

use crate::cli::{DefaultArguments, Format, ObjectFormat};
use crate::failure::Failure;
use crate::input::Choice;
use crate::lint::files;
use crate::lint::text::told;
use crate::outcome::Exit;
use crate::output::Output;
use crate::text::list;

pub(crate) fn run(arguments: &DefaultArguments, output: &mut Output) -> Result<Exit, Failure> {
    let profile = arguments.profile.profile()?;
    let mut names = arguments.input.all();
    if names.is_empty() {
        if io::stdin().is_terminal() {
            let message = "name a FILE with a StatefulSet, or `-` for standard input";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        names.push("-".to_owned());
    }
    let texts = files::read(&names)?;
    let bytes: Vec<&[u8]> = texts.iter().map(|text| &*text.bytes).collect();
    let linted = lint(&bytes, &[], &profile);
    let choice = Choice::of(&arguments.input);
    let (mut objects, mut passed_over, mut is_refused) = (Vec::new(), Vec::new(), false);
    for (text, linted) in texts.iter().zip(linted) {
        let is_meant = |object: Option<&str>| object.is_none_or(|name| choice.is_called(name));
        let source = String::from_utf8_lossy(&text.bytes);
        let lines: Vec<&str> = source.lines().collect();
        for finding in &linted.findings {
            match finding.severity {
                Severity::Error if is_meant(finding.object.as_deref()) => {
                    is_refused = true;
                    output.error_text(&told(finding, &text.name, &lines))?;
                }
                // What no API server says is for `lint`.
                Severity::Warning
                    if finding.rule != Rule::GoverningService && is_meant(finding.object.as_deref()) =>
                {
                    output.warn(&finding.message)?
                }
                _ => {}
            }
        }
        passed_over.extend(linted.passed_over);
        for set in linted.sets {
            if is_meant(Some(&format!("{}/{}", set.namespace, set.name))) {
                objects.extend(
                    set.object
                        .map(|object| with_namespace(object, arguments.input.namespace.as_deref())),
                );
            }
        }
    }
    passed_over.sort();
    passed_over.dedup();
    if is_refused {
        return Ok(Exit::Refused);
    }
    if objects.is_empty() {
        let found = if passed_over.is_empty() {
            "nothing".to_owned()
        } else {
            list(&passed_over)
        };
        let message = format!("no StatefulSet (apps/v1) in the input, found {found}");
        return Err(Failure::new(ErrorCode::WrongKind, message));
    }
    if !passed_over.is_empty() {
        output.note(&format!("passed over: {}", list(&passed_over)))?;
    }
    print(arguments.output, &objects, output)?;
    Ok(Exit::Fine)
}

fn print(format: ObjectFormat, objects: &[Value], output: &mut Output) -> Result<(), Failure> {
    match (format, objects) {
        (ObjectFormat::Yaml, _) => {
            let texts: Vec<String> = objects.iter().map(manifest::to_yaml).collect();
            output.text(&texts.join("---\n"))
        }
        (ObjectFormat::Json, [one]) => output.structured(Format::Json, one),
        (ObjectFormat::Json, all) => {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": all});
            output.structured(Format::Json, &list)
        }
    }
}

/// The namespace comes from the request, where the manifest names none.
fn with_namespace(mut object: Value, namespace: Option<&str>) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut)
        && !metadata.contains_key("namespace")
    {
        metadata.insert("namespace".to_owned(), namespace.unwrap_or("default").into());
    }
    object
}
