//! Every build, test, bench and release step of Steadfast: `cargo xtask NAME`.

// A tool of the repository: what it may not do in a library (stop with a message) is its job here.
#![allow(clippy::indexing_slicing, missing_docs)]

mod admission;
mod bench;
mod chromium;
mod command;
mod conformance;
mod debian;
mod deny;
mod dns;
mod dry_run;
mod e2e;
mod figures;
mod fuzz;
mod kubewarden;
mod live;
mod mutants;
mod npm;
mod order;
mod pace;
mod package;
mod playground;
mod record;
mod reviews;
mod size;
mod soak;
mod test;
mod upstream;
mod wasm;
mod yaml;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  test [--rewrite] [--worlds N] [--seed S]
                    everything CI runs: format, lints, unit tests, cases, recordings, transcripts,
                    WebAssembly imports, and, where Go is there, generated worlds against upstream;
                    --rewrite writes the expectations of the text cases anew, for review
  conformance [--kubernetes V[,V]|all] [--worlds N] [--seed S] [--gates A=true,B=false] [--flip-gates] ...
                    generated worlds against upstream's controller of each version (needs Go);
                    also lives in lockstep, templates, deliberate faults: conformance --help
  admission [--kubernetes V[,V]|all] [--worlds N] [--pairs N] [--seed S] [--show N] [--examples FILE] ...
                    mutated manifests and updates, judged by upstream's API server code and by the core (needs Go);
                    --record: docs/validation-rules.md; --record-vectors: what the tests replay without Go
  dns [--worlds N] [--seed S] [--show N] [--record]
                    Services, EndpointSlices and Pods, asked of CoreDNS' plugin and of the core (needs Go)
  dry-run [--mutants N] [--seed S] [--show]
                    the examples and mutated manifests through a real API server's dry run, and through `default` and `lint` (needs Go)
  yaml [--scalars N] [--documents N] [--seed S] [--show N] [--record] [--limits]
                    scalars and documents, read by sigs.k8s.io/yaml and by the core (needs Go); and how long it takes
                    to read what is made to hold a reader up
  fuzz [--minutes N] [TARGET...]
                    reader, canonical form, validation, diff and lint under random input (needs the nightly toolchain, installs
                    cargo-fuzz); fuzz --keep puts what it found into the corpus
  soak [--worlds N] [--flipped N] [--lives N] [--faulty-lives N] [--templates N] [--waits N] [--no-mutants]
       [--seed S] [--kubernetes V]
                    all of that for all versions at full figures (a million worlds a version; hours),
                    and the tables of the documents written from it
  bench [--playground]
                    how long decisions, parsing and forecasts take; with Go, upstream's beside them;
                    the npm package in Node and Chromium, beside the native core; and a step of the playground
  record [--only EXAMPLE] [--to FOLDER] [--build]
                    tests/recorded made anew on a real control plane (needs Go)
  live              `steadfast explain` against a real API server with a Pod that is not ready: as administrator, with
                    the role of docs/live-role.yaml, and without nodes; and a rollout that is watched (needs Go)
  e2e [--only SUITE[,SUITE]] [--keep]
                    what acts on a cluster, on a real control plane (needs Go); --keep leaves one up for a person
  npm [--build]     wasm/npm/dist, packed, and the tarball used as its users do: publint, types, Node, Vite, webpack,
                    esbuild, pages in Chromium (installed where it can be), workers, workerd, the README's examples;
                    --build only builds
  kubewarden [--build]
                    the Kubewarden policy, a module of at most 250 kB with its metadata in it, and its tests in a waPC host made
                    in JavaScript; --build only builds
  reviews [--count N] [--seed S] [--webhook | --wasmtime | --url URL --cluster C] [--kept]
                    requests for admission, drawn, judged by the core, the npm package and the Kubewarden policy; or by a webhook, or the
                    policy in Kubewarden's own kind of host
  playground [--build|--test] [--keep]
                    js-demo/dist, and a server of it whose address is printed; --build only builds; --test drives every
                    scenario in Chromium and compares it with `steadfast simulate`; --keep: the npm package as it was built
  size [--write]    the WebAssembly module by features: raw, gzip, brotli, and whether it keeps to its budgets;
                    --write: into the package's README
  wasm              core for wasm32-unknown-unknown imports nothing
  deny              licences, bans and sources of all dependencies (installs cargo-deny)
  setup             installs and builds what the others need
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let result = match arguments.first().map(String::as_str) {
        Some("test") => test::run(rest),
        Some("conformance") => conformance::run(rest),
        Some("admission") => admission::run(rest),
        Some("dns") => dns::run(rest),
        Some("dry-run") => dry_run::run(rest),
        Some("yaml") => yaml::run(rest),
        Some("fuzz") => fuzz::run(rest),
        Some("soak") => soak::run(rest),
        Some("bench") => bench::run(rest),
        Some("record") => record::run(rest),
        Some("live") => live::run(rest),
        Some("e2e") => e2e::run(rest),
        Some("npm") => npm::run(rest),
        Some("kubewarden") => kubewarden::run(rest),
        Some("reviews") => reviews::run(rest),
        Some("playground") => playground::run(rest),
        Some("size") => size::run(rest),
        Some("wasm") => wasm::check(),
        Some("deny") => deny::run(),
        Some("setup") => test::setup(),
        Some("help" | "--help" | "-h") | None => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("unknown command `{other}`\n\n{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}
