//! Lines of {"object", "version", "old"?} to lines of errors. Not committed.
use std::io::BufRead;
fn main() {
    for line in std::io::stdin().lock().lines() {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let profile: steadfast_core::Profile = line["version"].as_str().unwrap().parse().unwrap();
        let errors = match steadfast_core::validation::create(&line["object"], &profile) {
            Ok(v) => serde_json::json!({"errors": v.errors}),
            Err(e) => serde_json::json!({"decode": e.to_string()}),
        };
        println!("{errors}");
    }
}
