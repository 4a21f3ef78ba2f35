//! A case of the third kind: a world that a comparison found, and upstream's answer to it, which nobody rewrites.

use serde_json::Value;
use steadfast_core::{Profile, manifest};

use super::decision::version;
use crate::conformance::{decide, difference};

/// The expectation itself where the plan is what upstream answered; else what is different.
///
/// # Errors
/// A sentence that says what cannot be read.
pub fn text(input: &Value, expected: &str) -> Result<String, String> {
    let profile: Profile = version(&input["kubernetes"])?;
    let document = manifest::read_one(expected.as_bytes()).map_err(|error| format!("the answer: {error}"))?;
    let answer = document.ok_or("the case holds no answer of upstream's")?.value;
    if answer["actions"].as_array().is_none() && answer.get("crash").is_none() {
        return Err("the answer has no `actions`".to_owned());
    }
    let plan = decide(&input["observation"], &profile)?;
    Ok(match difference(&answer, &plan) {
        None => expected.to_owned(),
        Some(difference) => format!("{difference}\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::conformance::decide;
    use crate::worlds;
    use serde_json::{Value, json};
    use steadfast_core::Profile;

    #[test]
    fn an_answer_that_is_the_plan_stands_and_another_gives_the_difference() {
        let profile = Profile::default();
        let plans = (1..200).map(|seed| {
            let observation = worlds::world(seed).observation;
            let plan = decide(&observation, &profile).unwrap();
            (observation, plan)
        });
        let mut tried = 0;
        for (observation, plan) in plans.filter(|(_, plan)| !plan.is_retry() && plan.actions.len() == 1) {
            let mut answer = serde_json::to_value(&plan).unwrap();
            answer["statusWritten"] = answer["statusChanged"].clone();
            let input = json!({"kubernetes": profile.kubernetes(), "observation": observation});
            assert_eq!(text(&input, &answer.to_string()), Ok(answer.to_string()));
            answer["actions"] = json!([]);
            let found = text(&input, &answer.to_string()).unwrap();
            assert!(found.contains("upstream does not"), "{found}");
            tried += 1;
        }
        assert!(tried > 20, "only {tried}");
        let nothing = text(&json!({"kubernetes": "1.37.1", "observation": Value::Null}), "{}");
        assert!(nothing.unwrap_err().contains("`actions`"));
    }
}
