//! `version`: this release and the Kubernetes versions that it knows.

use serde_json::json;
use steadfast_core::Profile;

use crate::cli::VersionArguments;
use crate::failure::Failure;
use crate::outcome::Exit;
use crate::output::Output;

pub(crate) fn run(arguments: &VersionArguments, output: &mut Output) -> Result<Exit, Failure> {
    let (release, newest) = (env!("CARGO_PKG_VERSION"), Profile::default());
    if arguments.output.is_structured() {
        let answer = json!({
            "steadfast": release,
            "kubernetes": newest.kubernetes(),
            "kubernetesVersions": Profile::VERSIONS,
        });
        output.structured(arguments.output, &answer)?;
    } else {
        output.line(&format!("steadfast {release}"))?;
        output.line(&format!(
            "Kubernetes {} (others: {})",
            newest.kubernetes(),
            others(&newest)
        ))?;
    }
    Ok(Exit::Fine)
}

fn others(newest: &Profile) -> String {
    let others: Vec<&str> = Profile::VERSIONS
        .into_iter()
        .filter(|version| *version != newest.kubernetes())
        .collect();
    others.join(", ")
}
