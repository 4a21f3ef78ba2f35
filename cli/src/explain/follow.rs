//! `explain --watch`: a live set followed until it is stable or blocked.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use steadfast_core::explain::ProgressCode;
use steadfast_core::{ErrorCode, Profile};

use super::{Answer, one, table};
use crate::cli::ExplainArguments;
use crate::failure::Failure;
use crate::input::{Choice, Input, Origin};
use crate::live::{self, News, Sighting, Step, Unseen, Wanted};
use crate::outcome::Exit;
use crate::output::Output;
use crate::text::time;

mod display;
mod state;

use display::Display;
use state::State;

/// A set that is blocked for less than this may only be between two states: a watch shows them one at a time.
const GRACE: Duration = Duration::from_secs(5);

/// What is followed.
struct Following {
    state: State,
    profile: Profile,
    unseen: Vec<Unseen>,
    display: Display,
    began: Instant,
    blocked: Option<Instant>,
    /// What is wrong with the watches now.
    broken: Option<String>,
    progress: ProgressCode,
}

/// Why it is over.
enum End {
    /// There is nothing more to wait for.
    Stable,
    Blocked,
    /// The set is no more.
    Gone,
    Timeout,
    Interrupted,
}

pub(super) fn run(
    wanted: &Wanted,
    arguments: &ExplainArguments,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let mut following: Option<Following> = None;
    let limit = arguments
        .timeout
        .map(|span| Duration::from_millis(span.millis().0));
    let end = live::follow(wanted, &mut |step| {
        let news = match step {
            Step::Begin(sighting) => {
                following = Some(Following::begin(*sighting, wanted, arguments, output)?);
                Vec::new()
            }
            Step::News(news) => news,
        };
        match &mut following {
            Some(following) => following.hear(news, limit, output),
            None => Ok(ControlFlow::Continue(())),
        }
    })?;
    let Some(mut following) = following else {
        return Ok(Exit::Unfinished);
    };
    let words = format!(
        "after {}",
        time(
            following
                .began
                .elapsed()
                .as_millis()
                .try_into()
                .unwrap_or(u64::MAX)
        )
    );
    let set = following.state.name();
    let is_blocked = following.progress == ProgressCode::Blocked;
    let (word, _) = table::word_of_progress(following.progress);
    let (exit, words) = match end {
        End::Stable => (Exit::Fine, format!("StatefulSet {set} is {word} {words}")),
        End::Gone => (Exit::Fine, format!("StatefulSet {set} is gone {words}")),
        End::Blocked => (Exit::Blocked, String::new()),
        End::Timeout if is_blocked => (Exit::Blocked, String::new()),
        End::Timeout => (
            Exit::Unfinished,
            format!("StatefulSet {set} has not come to its end {words}: --timeout is over"),
        ),
        End::Interrupted => (
            Exit::Unfinished,
            format!("StatefulSet {set} is no longer followed {words}"),
        ),
    };
    following.display.end(&words, output)?;
    if exit == Exit::Blocked && !arguments.output.is_structured() {
        output.line("")?;
        output.flush()?;
        // What would help is played from all that is there: read once more, whole.
        let (input, choice) = Origin::Live(wanted.clone()).read(&arguments.input, output)?;
        one(input, &choice, arguments, output)?;
    }
    Ok(exit)
}

impl Following {
    fn begin(
        sighting: Sighting,
        wanted: &Wanted,
        arguments: &ExplainArguments,
        output: &mut Output,
    ) -> Result<Self, Failure> {
        let unseen = sighting.unseen.clone();
        for unseen in &unseen {
            output.warn(&format!(
                "{} could not be read: {}",
                unseen.resource.plural, unseen.message
            ))?;
        }
        let choice = Choice::of_live(sighting.namespace.as_deref(), wanted.set.as_deref());
        let input = Input::of_sighting(sighting);
        let profile = input.profile(&arguments.profile, output)?;
        Ok(Self {
            state: State::of(input, &choice, &unseen)?,
            profile,
            unseen,
            display: Display::of(arguments.output, output),
            began: Instant::now(),
            blocked: None,
            broken: None,
            progress: ProgressCode::Progressing,
        })
    }

    /// Takes in what has happened, shows it, and says whether that is the end.
    fn hear(
        &mut self,
        news: Vec<News>,
        limit: Option<Duration>,
        output: &mut Output,
    ) -> Result<ControlFlow<End>, Failure> {
        for one in news {
            match one {
                News::Interrupted => return Ok(ControlFlow::Break(End::Interrupted)),
                News::Tick => {}
                News::Broken(resource, why) => {
                    self.broken = Some(format!(
                        "{} cannot be watched: {why}; trying again",
                        resource.plural
                    ));
                }
                News::Put(resource, object) => {
                    self.broken = None;
                    self.state
                        .put(resource, object)
                        .or_else(|failure| misread(&failure, output))?;
                }
                News::Gone(resource, object) => {
                    self.broken = None;
                    self.state.remove(resource, &object);
                }
                News::All(resource, objects) => {
                    self.broken = None;
                    self.state
                        .replace(resource, objects)
                        .or_else(|failure| misread(&failure, output))?;
                }
            }
        }
        if self.state.is_gone() {
            return Ok(ControlFlow::Break(End::Gone));
        }
        let (explanation, now) = self.state.explain(&self.profile);
        self.progress = explanation.progress.code;
        let answer = Answer {
            explanation,
            played: Vec::new(),
            set: self.state.name(),
            now,
            profile: self.profile.clone(),
            unseen: Some(self.unseen.clone()),
        };
        self.display
            .show(&answer, self.broken.as_deref(), self.began.elapsed(), output)?;
        Ok(self.verdict(limit))
    }

    fn verdict(&mut self, limit: Option<Duration>) -> ControlFlow<End> {
        match self.progress {
            ProgressCode::Stable | ProgressCode::HeldByPartition | ProgressCode::WaitingForManualDelete => {
                return ControlFlow::Break(End::Stable);
            }
            ProgressCode::Blocked => {
                let since = *self.blocked.get_or_insert_with(Instant::now);
                if since.elapsed() >= GRACE {
                    return ControlFlow::Break(End::Blocked);
                }
            }
            _ => self.blocked = None,
        }
        match limit {
            Some(limit) if self.began.elapsed() >= limit => ControlFlow::Break(End::Timeout),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// One object that nobody can read does not end the watch; what it was before stays.
fn misread(failure: &steadfast_core::Error, output: &mut Output) -> Result<(), Failure> {
    match failure.code {
        ErrorCode::Invalid | ErrorCode::WrongKind => {
            output.warn(&crate::text::one_line(&failure.to_string()))
        }
        _ => Err(Failure::from(failure.clone())),
    }
}
