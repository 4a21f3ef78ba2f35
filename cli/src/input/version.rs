//! Which Kubernetes an input is of.

use steadfast_core::Profile;

use super::Input;
use crate::cli::ProfileArguments;
use crate::failure::Failure;
use crate::output::Output;

impl Input {
    /// The profile that is asked for; else that of the cluster which the input was read from; else the newest.
    pub(crate) fn profile(
        &self,
        arguments: &ProfileArguments,
        output: &mut Output,
    ) -> Result<Profile, Failure> {
        let Some(live) = self.live.as_ref().filter(|_| !arguments.names_version()) else {
            return arguments.profile();
        };
        let nearest = match &live.version {
            Some(version) if version.parse::<Profile>().is_ok() => {
                return arguments.profile_or(Some(version));
            }
            Some(version) => {
                let nearest = nearest(version);
                output.warn(&format!(
                    "{} runs Kubernetes {version}, which is not known here: taken as {nearest}",
                    live.place
                ))?;
                nearest
            }
            None => {
                let nearest = newest();
                output.warn(&format!(
                    "{} does not tell its version: taken as {nearest}; --kubernetes names another",
                    live.place
                ))?;
                nearest
            }
        };
        arguments.profile_or(Some(nearest))
    }
}

fn newest() -> &'static str {
    Profile::VERSIONS.last().copied().unwrap_or_default()
}

/// The oldest known version for one that is older than all, else the newest.
fn nearest(version: &str) -> &'static str {
    let minor = |version: &str| {
        version
            .split('.')
            .nth(1)
            .and_then(|minor| minor.parse::<u32>().ok())
    };
    let oldest = Profile::VERSIONS.first().copied().unwrap_or_default();
    match minor(version) < minor(oldest) && version.starts_with("1.") {
        true => oldest,
        false => newest(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_not_known_is_taken_as_the_nearest_that_is() {
        assert_eq!(nearest("1.29.3"), "1.33");
        assert_eq!(nearest("1.99.0"), "1.37");
        assert_eq!(nearest("2.0.0"), "1.37");
    }
}
