//! Why an API server did not answer as hoped.

use std::time::Duration;

use kube::Error;

/// What went wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// 401: the server does not know who asks.
    Unauthorized(String),
    /// 403: who asks may not.
    Forbidden(String),
    /// 404: the server has no such kind.
    NotServed,
    /// 410: what was said before is forgotten; the list must be read anew.
    Gone,
    /// Another answer that is none.
    Refused(u16, String),
    /// There was no answer in this time.
    Slow(Duration),
    /// There is no way to the server.
    Unreachable(String),
    /// There are no credentials to ask with: a helper program or a file failed.
    NoCredentials(String),
    /// The answer is not what an API server says.
    Unreadable(String),
}

impl Trouble {
    /// What an answer of an API server means that says `Failure`.
    pub(super) fn of_status(code: u16, message: &str) -> Self {
        let message = crate::text::one_line(message.trim());
        match code {
            401 => Self::Unauthorized(message),
            403 => Self::Forbidden(message),
            404 => Self::NotServed,
            410 => Self::Gone,
            code => Self::Refused(code, message),
        }
    }

    /// The code of `Unseen`.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "forbidden",
            Self::NotServed => "notServed",
            _ => "failed",
        }
    }

    /// Whether no other request will fare better.
    pub(super) fn is_general(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized(_) | Self::Unreachable(_) | Self::NoCredentials(_)
        )
    }

    /// What happened, as a sentence without a subject.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Unauthorized(message) => format!("who asks is not known (401): {message}"),
            Self::Forbidden(message) => message.clone(),
            Self::NotServed => "the cluster does not serve this kind (404)".to_owned(),
            Self::Gone => "the list changed while it was read (410)".to_owned(),
            Self::Refused(code, message) if message.is_empty() => format!("the server answered {code}"),
            Self::Refused(code, message) => format!("the server answered {code}: {message}"),
            Self::Slow(limit) => format!(
                "no answer within {}",
                crate::text::time(limit.as_millis().try_into().unwrap_or(u64::MAX))
            ),
            Self::Unreachable(why) | Self::NoCredentials(why) => why.clone(),
            Self::Unreadable(why) => format!("the answer is none of an API server: {why}"),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(status) => Self::of_status(status.code, &status.message),
            Error::Auth(_) => Self::NoCredentials(innermost(&error)),
            Error::SerdeError(_) | Error::FromUtf8(_) => Self::Unreadable(innermost(&error)),
            // Of all that can be wrong on the way the innermost says most.
            _ => Self::Unreachable(innermost(&error)),
        }
    }
}

/// The last error of a chain, which says what happened and not what could therefore not be done.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    // A chain that goes in a circle must not hold anybody up.
    for _ in 0..16 {
        match last.source() {
            Some(source) => last = source,
            None => break,
        }
    }
    let text = last.to_string();
    let text = text
        .split_once(" (os error")
        .map_or(text.as_str(), |(before, _)| before);
    let mut letters = text.chars();
    let lowered = letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect::<String>());
    crate::text::one_line(&lowered.unwrap_or_else(|| "nothing is known of the cause".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_told_and_not_the_layers_around_it() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let error = Error::Service(Box::new(refused));
        assert_eq!(
            Trouble::from(error),
            Trouble::Unreachable("connection refused".to_owned())
        );
    }

    #[test]
    fn an_answer_is_told_by_its_code() {
        assert_eq!(Trouble::of_status(403, "nodes is forbidden").code(), "forbidden");
        assert_eq!(Trouble::of_status(404, "").code(), "notServed");
        assert!(Trouble::of_status(401, "").is_general());
        assert_eq!(
            Trouble::of_status(500, "boom\u{1b}[2J").message(),
            "the server answered 500: boom\\u{1b}[2J"
        );
    }
}
