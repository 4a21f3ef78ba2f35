//! How large the WebAssembly module is, with which features: what every visitor of a page pays.

use std::path::Path;
use std::process::Command;

use crate::{command, conformance, npm};

/// Features, what they are for, and how many bytes the module may have once it is compressed by brotli.
const BUDGETS: [(&[&str], &str, Option<u64>); 12] = [
    (&[], "reconcile, canonical form, revision names", Some(90_000)),
    (&["sentences"], "the first, and plans in words", None),
    (&["reader"], "the first, and reading YAML", None),
    (&["writer"], "the first, reading and writing YAML", None),
    (&["lint"], "and what an API server says", Some(200_000)),
    (&["diff"], "and what changes, with runbooks", None),
    (&["explain"], "the first, explanations and DNS", None),
    (&["admission"], "the first and admission", None),
    (&["simulator"], "the first and the simulator", None),
    (
        &["reader", "simulator"],
        "the simulator and reading YAML",
        Some(160_000),
    ),
    (
        &["reader", "compare"],
        "and the same under several versions",
        None,
    ),
    (npm::FEATURES, "all of it: the npm package", Some(260_000)),
];

/// Where the table stands in the package's README.
const MARKS: [&str; 2] = ["<!-- size -->", "<!-- /size -->"];

/// `cargo xtask size`: prints a table, and writes the package's own size into its README with `--write`. With `--of
/// FEATURES`, separated by commas, only that row, for whoever tries something.
///
/// # Errors
/// A build that fails, or a module past its budget.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let out = conformance::target()?.join("size");
    let (mut over, mut whole) = (Vec::new(), None);
    println!(
        "{:<44} {:>9} {:>9} {:>9} {:>9}",
        "kB (1,000 bytes)", "raw", "gzip", "brotli", "budget"
    );
    let of = arguments.iter().position(|argument| argument == "--of");
    let of = of.and_then(|at| arguments.get(at + 1));
    let is_asked = |features: &[&str]| of.is_none_or(|of| *of == features.join(","));
    for (features, what, budget) in BUDGETS.into_iter().filter(|(features, ..)| is_asked(features)) {
        let module = npm::module(features, &out)?;
        let size = Size::of(&module)?;
        let shown = |bytes: u64| format!("{:.1}", bytes as f64 / 1_000.0);
        println!(
            "{what:<44} {:>9} {:>9} {:>9} {:>9}",
            shown(size.raw),
            shown(size.gzip),
            shown(size.brotli),
            budget.map_or_else(|| "-".to_owned(), shown)
        );
        if let Some(budget) = budget.filter(|budget| size.brotli > *budget) {
            over.push(format!(
                "{what}: {} bytes of brotli, at most {budget}",
                size.brotli
            ));
        }
        if features == npm::FEATURES {
            whole = Some(size);
        }
    }
    if let Some(size) = whole.filter(|_| arguments.iter().any(|argument| argument == "--write")) {
        size.write()?;
    }
    match over.as_slice() {
        [] => Ok(()),
        over => Err(format!("past the budget: {}", over.join("; "))),
    }
}

/// One module's size in bytes.
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Size {
    /// As a server that compresses once and for all sends it: by Node's zlib at its best.
    fn of(module: &Path) -> Result<Self, String> {
        let script = "const [z, b] = [require('node:zlib'), require('node:fs').readFileSync(process.argv[1])];
            const best = { params: { [z.constants.BROTLI_PARAM_QUALITY]: 11, [z.constants.BROTLI_PARAM_SIZE_HINT]: b.length } };
            console.log([b.length, z.gzipSync(b, { level: 9 }).length, z.brotliCompressSync(b, best).length].join(' '))";
        let printed = command::output(Command::new("node").args(["-e", script]).arg(module))?;
        let numbers: Vec<u64> = printed
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        match numbers.as_slice() {
            &[raw, gzip, brotli] => Ok(Self { raw, gzip, brotli }),
            _ => Err(format!("node printed no sizes: {printed}")),
        }
    }

    fn write(&self) -> Result<(), String> {
        let path = npm::folder().join("README.md");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let table = format!(
            "| | raw | gzip | brotli |\n|---|---|---|---|\n| steadfast.wasm | {} kB | {} kB | {} kB |\n",
            self.raw / 1_000,
            self.gzip / 1_000,
            self.brotli / 1_000
        );
        let parts = text.split_once(MARKS[0]).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(MARKS[1])?;
            Some((before, after))
        });
        let (before, after) =
            parts.ok_or_else(|| format!("{} lacks the marks of its sizes", path.display()))?;
        let new = format!("{before}{}\n{table}{}{after}", MARKS[0], MARKS[1]);
        std::fs::write(&path, new).map_err(|error| format!("{}: {error}", path.display()))
    }
}
