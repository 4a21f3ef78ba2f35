//! Where objects come from: which arguments are files, and which a StatefulSet of a live cluster.

use std::io::{self, IsTerminal};
use std::path::Path;

use steadfast_core::ErrorCode;

use super::{Choice, Input};
use crate::cli::{InputArguments, LiveArguments};
use crate::failure::Failure;
use crate::live::{self, Purpose, Wanted};
use crate::output::Output;
use crate::text::one_line;

/// Where the one input of a command comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// From files.
    Files(Vec<String>),
    /// From a cluster.
    Live(Wanted),
}

/// How kubectl's users write the kind of a set.
const KINDS: [&str; 6] = [
    "sts",
    "statefulset",
    "statefulsets",
    "statefulset.apps",
    "statefulsets.apps",
    "statefulsets.v1.apps",
];

/// What every manifest's file is called.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

impl Origin {
    /// What the arguments mean. A cluster is meant where a set of it is named, where `--context` or another such option is
    /// given, or where `wants_live` says that only a cluster will do; without any argument, the terminal decides.
    pub(crate) fn of(
        arguments: &InputArguments,
        live: &LiveArguments,
        purpose: Purpose,
        wants_live: bool,
    ) -> Result<Self, Failure> {
        let names: Vec<&str> = arguments
            .files
            .iter()
            .filter_map(|argument| set_of(argument))
            .collect();
        let file = arguments
            .filenames
            .iter()
            .chain(
                arguments
                    .files
                    .iter()
                    .filter(|argument| set_of(argument).is_none()),
            )
            .next();
        let is_live = wants_live || live.is_given() || !names.is_empty();
        match (file, names.as_slice()) {
            (Some(file), _) if is_live => Err(not_both(file, live, wants_live)),
            (Some(_), _) => Ok(Self::Files(arguments.all())),
            (None, [_, _, ..]) => Err(Failure::new(
                ErrorCode::Ambiguous,
                "name one StatefulSet; without a name all of the namespace are read",
            )),
            (None, names) if is_live => Ok(Self::Live(wanted(
                names.first().copied(),
                arguments,
                live,
                purpose,
            ))),
            _ if !io::stdin().is_terminal() => Ok(Self::Files(vec!["-".to_owned()])),
            _ if arguments.namespace.is_some() => Ok(Self::Live(wanted(None, arguments, live, purpose))),
            _ => Err(Failure::new(
                ErrorCode::Missing,
                "name a FILE with what a cluster holds, `-` for standard input, or a StatefulSet of a live cluster, such as \
                 `sts/web`; -A reads all",
            )),
        }
    }

    /// Reads it; the choice is which set is meant.
    pub(crate) fn read(
        &self,
        arguments: &InputArguments,
        output: &mut Output,
    ) -> Result<(Input, Choice), Failure> {
        match self {
            Self::Files(files) => {
                let input = Input::read(files, arguments.namespace.as_deref(), output)?;
                Ok((input, Choice::of(arguments)))
            }
            Self::Live(wanted) => {
                let sighting = live::read(wanted).map_err(|failure| match plain_word(arguments) {
                    Some(word) => failure.beside(&format!("; there is no file `{word}` either")),
                    None => failure,
                })?;
                let choice = Choice::of_live(sighting.namespace.as_deref(), wanted.set.as_deref());
                let input = Input::of_sighting(sighting);
                input.tell_unseen(output)?;
                Ok((input, choice))
            }
        }
    }
}

/// Reads arguments of which each is a file or names a set of a cluster, all together as one input.
pub(crate) fn read_each(
    arguments: &[String],
    input: &InputArguments,
    live: &LiveArguments,
    purpose: Purpose,
    output: &mut Output,
) -> Result<Input, Failure> {
    let mut all = Input::default();
    for argument in arguments {
        let read = match set_of(argument) {
            Some(name) => {
                let wanted = wanted(Some(name), input, live, purpose);
                let read = Input::of_sighting(live::read(&wanted)?);
                read.tell_unseen(output)?;
                // Neighbours are there; a rollout is not asked about them.
                let is_other =
                    |set: &super::Found| purpose == Purpose::Plan && set.is_set() && set.name() != name;
                read.split(|object| !is_other(object)).0
            }
            None => Input::read(std::slice::from_ref(argument), input.namespace.as_deref(), output)?,
        };
        all = all.and(read);
    }
    Ok(all)
}

/// All of a namespace, or of a cluster.
pub(crate) fn wanted(
    name: Option<&str>,
    arguments: &InputArguments,
    live: &LiveArguments,
    purpose: Purpose,
) -> Wanted {
    let (namespace, set) = Choice::of(arguments).into_parts();
    Wanted {
        live: live.clone(),
        set: name.map(str::to_owned).or(set),
        namespace: namespace.or_else(|| arguments.namespace.clone()),
        purpose,
    }
}

impl Input {
    /// Says on standard error what a cluster did not let us see.
    fn tell_unseen(&self, output: &mut Output) -> Result<(), Failure> {
        for unseen in self.live.iter().flat_map(|live| &live.unseen) {
            output.warn(&format!(
                "{} could not be read: {}",
                unseen.resource.plural, unseen.message
            ))?;
        }
        Ok(())
    }
}

/// The name of a set of a cluster, where the argument is one and no file: `sts/web`, or `web` where there is no such file.
pub(crate) fn set_of(argument: &str) -> Option<&str> {
    if ENDINGS.iter().any(|ending| argument.ends_with(ending)) {
        return None;
    }
    match argument.split_once('/') {
        Some((kind, name)) if KINDS.contains(&kind) => Some(name).filter(|name| is_name(name)),
        Some(_) => None,
        None => Some(argument).filter(|name| is_name(name) && !Path::new(name).exists()),
    }
}

/// An argument that might have been a file, had there been one.
fn plain_word(arguments: &InputArguments) -> Option<&str> {
    let word = arguments.files.first().filter(|word| !word.contains('/'))?;
    set_of(word)
}

/// Whether an object may be called so: RFC 1123's subdomains, as the API server has them.
fn is_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn not_both(file: &str, live: &LiveArguments, wants_live: bool) -> Failure {
    let file = one_line(file);
    let message = match live.is_given() || wants_live {
        true => {
            let option = match live {
                _ if wants_live => "--watch",
                LiveArguments { context: Some(_), .. } => "--context",
                LiveArguments {
                    kubeconfig: Some(_), ..
                } => "--kubeconfig",
                LiveArguments {
                    all_namespaces: true, ..
                } => "-A",
                _ => "--request-timeout",
            };
            format!(
                "`{file}` is a file, and {option} reads a live cluster: name its StatefulSet as `sts/NAME`, or leave {option} out"
            )
        }
        false => {
            format!("`{file}` is a file: name either files or a StatefulSet of a live cluster, not both")
        }
    };
    Failure::new(ErrorCode::Ambiguous, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_from_a_file() {
        for (argument, name) in [
            ("sts/web", Some("web")),
            ("statefulset/web", Some("web")),
            ("statefulsets.apps/web.v2", Some("web.v2")),
            ("no-such-file", Some("no-such-file")),
            ("no.such.file", Some("no.such.file")),
            // These are files, whether they are there or not.
            ("web.yaml", None),
            ("sts/web.yaml", None),
            ("-", None),
            ("./web", None),
            ("shop/web", None),
            ("Web", None),
            ("sts/", None),
            ("sts/a/b", None),
            ("", None),
            // This one is here: cargo runs tests in the crate's folder.
            ("src", None),
        ] {
            assert_eq!(set_of(argument), name, "{argument}");
        }
    }
}
