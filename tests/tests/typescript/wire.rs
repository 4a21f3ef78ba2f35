//! `wire.ts`: what crosses the wire, as the Rust types say it.

use steadfast_core::Behaviour as VersionBehaviour;
use steadfast_core::admission::{Mode as PolicyMode, Policy, Verdict as AdmissionVerdict, Violation};
use steadfast_core::compare::Why;
use steadfast_core::diff::{
    Advice, Change, ChangeKind, Diff, Ordinals, Phantom, PhantomReason, PodFates, Restarts, Runbook,
    RunbookStep,
};
use steadfast_core::dns::{
    Answer, Caveat, Kind as RecordType, Lookup, NameState, Names, Outcome as DnsOutcome, PodRecords, Record,
    Resolution, Resolver, Settings as DnsSettings, Why as WhyNoName,
};
use steadfast_core::explain::{
    Diagnosis, DiagnosisCode, Explanation, ObjectName, OrdinalState, PodState, Progress, ProgressCode,
    Proposal, Severity as DiagnosisSeverity, Trouble,
};
use steadfast_core::lint::{Finding, Linted, LintedSet, Rule, Severity};
use steadfast_core::manifest::{self, Location, Notice, NoticeCode, Position};
use steadfast_core::remedy::{Remedy, Risk, RiskCode};
use steadfast_core::{
    Action, Cause, CauseType, Error, ErrorCode, Gate, Kind, Observation, Operation, Plan, Profile, Reason,
    Status, Wait, WaitCode,
};
use steadfast_sim::clock::Millis;
use steadfast_sim::compare::{Comparison, Extent, Parting, Side, VersionAnswer};
use steadfast_sim::faults::{ErrorKind, FaultRule, Verb};
use steadfast_sim::forecast::{
    Blocker, ClaimCounts, ClaimNames, Forecast, Outcome, PodCounts, PodNames, State, Step, StepAction,
    StepEvent, Verdict,
};
use steadfast_sim::scenario::{End, Played};
use steadfast_sim::settings::{
    Absent, AbsentKind, BackOff, Behaviour, BindingMode, NodeSetting, NodesSetting, Phase, Settings, Span,
    StorageClassSetting, What,
};
use steadfast_sim::store::Resource;
use steadfast_sim::trace::{
    ActionRecord, Entry, Fate, Happening, ObjectRecord, PodRow, Refusal, SetName, Trace,
};
use steadfast_sim::verify::LeadsTo;
use ts_rs::{Config, TS};

use super::docs;
use super::print;
use super::syntax::{self, Declaration, Type};

const HEAD: &str = "\
// What goes in and what comes out, exactly as it is written in JSON.
//
// Made from the Rust types: do not edit. After a change of theirs, write it anew with
//     STEADFAST_REWRITE=1 cargo test -p steadfast-tests --test typescript
";

/// What Rust holds as JSON and does not look into.
const BY_HAND: &str = r#"
/** Any value that JSON can write. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A mapping of names to values. */
export type JsonObject = { [field: string]: JsonValue };

/**
 * An object of Kubernetes' API: a literal, what an API server answered, or an object of a client
 * library such as @kubernetes/client-node.
 */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata?: KubernetesMetadata;
  spec?: any;
  status?: any;
  // Not `unknown`: TypeScript would take no instance of a class, such as client-node's V1Pod.
  [field: string]: any;
}

/** `metadata` of a {@link KubernetesObject}. Times may be `Date`s, which JSON writes as text. */
export interface KubernetesMetadata {
  name?: string;
  namespace?: string;
  uid?: string;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  creationTimestamp?: string | Date;
  deletionTimestamp?: string | Date;
  ownerReferences?: readonly KubernetesOwnerReference[];
  [field: string]: any;
}

/** An entry of `metadata.ownerReferences`. */
export interface KubernetesOwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Feature gates under Kubernetes' names, and whether they are on. */
export type FeatureGates = { [gate in Gate]?: boolean };

/** A condition of a StatefulSet's status. */
export interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
  [field: string]: unknown;
}
"#;

/// The whole file.
pub fn text() -> String {
    let sections = [
        ("Objects", None),
        ("An observation", Some(observation())),
        ("A plan", Some(plan())),
        ("Errors", Some(errors())),
        ("A text that was read", Some(reading())),
        ("What an API server would say", Some(linting())),
        ("A difference", Some(difference())),
        ("Why a set is as it is", Some(explanation())),
        ("What DNS says", Some(names())),
        ("What admission says", Some(admission())),
        ("A forecast", Some(forecast())),
        ("Several versions", Some(comparison())),
        ("A story that was played", Some(story())),
        ("How a simulated cluster behaves", Some(settings())),
    ];
    let known: Vec<Declaration> = sections
        .iter()
        .flat_map(|(_, all)| all.clone().unwrap_or_default())
        .collect();
    let mut text = HEAD.to_owned();
    for (title, all) in sections {
        let rule = "-".repeat(96_usize.saturating_sub(title.len()));
        text.push_str(&format!("\n// {title} {rule}\n"));
        match all {
            None => text.push_str(BY_HAND),
            Some(all) => {
                for mut one in all {
                    name_parts(&mut one, &known);
                    text.push('\n');
                    text.push_str(&print::declaration(&one));
                }
            }
        }
    }
    text
}

fn observation() -> Vec<Declaration> {
    vec![of::<Observation>(), of::<Profile>(), of::<Gate>()]
}

fn plan() -> Vec<Declaration> {
    vec![
        of::<Plan>(),
        of::<Action>(),
        of::<Operation>(),
        of::<Reason>(),
        of::<Wait>(),
        of::<WaitCode>(),
        of::<Kind>(),
        of::<Status>(),
    ]
}

fn errors() -> Vec<Declaration> {
    vec![of::<Error>(), of::<ErrorCode>(), of::<Cause>(), of::<CauseType>()]
}

fn reading() -> Vec<Declaration> {
    vec![
        of::<Notice>(),
        of::<NoticeCode>(),
        of::<Location>(),
        of::<manifest::Span>(),
        of::<Position>(),
    ]
}

fn difference() -> Vec<Declaration> {
    vec![
        of::<Diff>(),
        of::<Change>(),
        of::<ChangeKind>(),
        of::<Phantom>(),
        of::<PhantomReason>(),
        of::<PodFates>(),
        of::<Restarts>(),
        of::<Ordinals>(),
        of::<Runbook>(),
        of::<Advice>(),
        of::<RunbookStep>(),
        of::<Remedy>(),
        of::<Risk>(),
        of::<RiskCode>(),
    ]
}

fn linting() -> Vec<Declaration> {
    vec![
        of::<Linted>(),
        of::<LintedSet>(),
        of::<Finding>(),
        of::<Severity>(),
        of::<Rule>(),
    ]
}

fn explanation() -> Vec<Declaration> {
    vec![
        of::<Explanation>(),
        of::<Progress>(),
        of::<ProgressCode>(),
        of::<OrdinalState>(),
        of::<PodState>(),
        of::<Trouble>(),
        of::<Diagnosis>(),
        of::<DiagnosisCode>(),
        of::<DiagnosisSeverity>(),
        of::<ObjectName>(),
        of::<Proposal>(),
        of::<LeadsTo>(),
    ]
}

fn names() -> Vec<Declaration> {
    vec![
        of::<Names>(),
        of::<NameState>(),
        of::<WhyNoName>(),
        of::<Caveat>(),
        of::<Record>(),
        of::<RecordType>(),
        of::<Lookup>(),
        of::<Resolver>(),
        of::<Resolution>(),
        of::<Answer>(),
        of::<DnsOutcome>(),
        all_optional(of::<DnsSettings>()),
        of::<PodRecords>(),
    ]
}

fn admission() -> Vec<Declaration> {
    vec![
        of::<AdmissionVerdict>(),
        of::<Violation>(),
        of::<Policy>(),
        of::<PolicyMode>(),
    ]
}

fn forecast() -> Vec<Declaration> {
    vec![
        of::<Forecast>(),
        of::<Outcome>(),
        of::<Verdict>(),
        of::<State>(),
        of::<Blocker>(),
        of::<PodCounts>(),
        of::<PodNames>(),
        of::<ClaimCounts>(),
        of::<ClaimNames>(),
        of::<Step>(),
        of::<StepAction>(),
        of::<StepEvent>(),
    ]
}

fn comparison() -> Vec<Declaration> {
    vec![
        of::<Comparison>(),
        of::<VersionAnswer>(),
        of::<Parting>(),
        of::<Side>(),
        of::<Extent>(),
        of::<Why>(),
        of::<VersionBehaviour>(),
    ]
}

fn story() -> Vec<Declaration> {
    vec![
        of::<Played>(),
        of::<End>(),
        of::<SetName>(),
        of::<Trace>(),
        of::<Entry>(),
        of::<Happening>(),
        of::<ActionRecord>(),
        of::<Refusal>(),
        of::<ObjectRecord>(),
        of::<Fate>(),
        of::<PodRow>(),
        of::<Resource>(),
        of::<Millis>(),
    ]
}

fn settings() -> Vec<Declaration> {
    vec![
        all_optional(of::<Settings>()),
        of::<NodesSetting>(),
        of::<NodeSetting>(),
        of::<StorageClassSetting>(),
        of::<BindingMode>(),
        of::<Absent>(),
        of::<AbsentKind>(),
        all_optional(of::<BackOff>()),
        of::<Behaviour>(),
        of::<What>(),
        of::<Phase>(),
        of::<Span>(),
        of::<FaultRule>(),
        of::<Verb>(),
        of::<ErrorKind>(),
    ]
}

/// What ts-rs makes of a type, with what it leaves unsaid.
fn of<T: TS>() -> Declaration {
    let config = Config::new().with_large_int("number");
    let declared = T::decl(&config);
    let (_, of) = declared.split_once('=').expect("a type has a definition");
    let lines = |docs: String| {
        syntax::declarations(&format!("\n{docs}export type X = 0;"))
            .remove(0)
            .docs
    };
    let mut declaration = Declaration {
        docs: docs::paragraphs(&T::docs().map(lines).unwrap_or_default()),
        name: T::ident(&config),
        of: syntax::parse(of),
    };
    declaration.of.visit(&mut |of| {
        if let Type::Object(members) = of {
            for member in members {
                member.docs = docs::paragraphs(&member.docs);
            }
        }
    });
    if T::IS_ENUM
        && let Type::Union(all) = &mut declaration.of
    {
        let said = docs::of_variants(std::any::type_name::<T>());
        assert_eq!(said.len(), all.len(), "{}", declaration.name);
        for (one, docs) in all.iter_mut().zip(said) {
            match tag(&mut one.of) {
                // Where an editor shows it once the type is narrowed.
                Some(tag) => tag.docs = docs,
                None => one.docs = docs,
            }
        }
    }
    declaration
}

/// The field that tells which of a union it is.
fn tag(of: &mut Type) -> Option<&mut syntax::Member> {
    match of {
        Type::Object(members) => members
            .first_mut()
            .filter(|member| matches!(member.of, Type::Text(_))),
        Type::Intersection(all) => all.first_mut().and_then(tag),
        _ => None,
    }
}

/// The struct has serde's `default`, which ts-rs does not see.
fn all_optional(mut declaration: Declaration) -> Declaration {
    if let Type::Object(members) = &mut declaration.of {
        members.iter_mut().for_each(|member| member.is_optional = true);
    }
    declaration
}

/// Puts the name of a union in the place of the union, where serde's `flatten` made ts-rs spell it out.
fn name_parts(declaration: &mut Declaration, known: &[Declaration]) {
    let own = declaration.name.clone();
    declaration.of.visit(&mut |of| {
        if let Type::Intersection(all) = of {
            for part in all.iter_mut().filter(|part| matches!(part, Type::Union(_))) {
                let bare = part.bare();
                if let Some(other) = known.iter().find(|one| one.name != own && one.of.bare() == bare) {
                    *part = Type::name(&other.name);
                }
            }
        }
    });
}
