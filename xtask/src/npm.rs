//! The npm package: the module, the glue, the entries, and everything that its users do with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use crate::{chromium, command, conformance, order, wasm};

/// What is in the package.
pub const FEATURES: &[&str] = &["sentences", "writer", "diff", "explain", "admission", "compare"];

/// The folder of the package's sources.
pub fn folder() -> PathBuf {
    command::repository().join("wasm/npm")
}

/// `cargo xtask npm [--build]`: the package, and with it everything that its users do.
///
/// # Errors
/// As [`build`]; no Chromium; one of its users' tests.
pub fn run(arguments: &[String]) -> Result<(), String> {
    build()?;
    if arguments.iter().any(|argument| argument == "--build") {
        println!("built: {}", folder().join("dist").display());
        return Ok(());
    }
    consumers()
}

/// Packs what was built, and uses the tarball as its users do.
///
/// # Errors
/// No Chromium; one of its users' tests.
pub fn consumers() -> Result<(), String> {
    chromium::find_or_install()?;
    run_node(&["consumers/run.mjs"])
}

/// Builds `wasm/npm/dist`.
///
/// # Errors
/// Something that cannot be installed or built.
pub fn build() -> Result<(), String> {
    install()?;
    let glue = folder().join("glue");
    module(FEATURES, &glue)?;
    run_node(&["build.mjs"])
}

/// The module with these features, as it is shipped, and its glue in `out`; the module's path.
///
/// # Errors
/// As [`build`].
pub fn module(features: &[&str], out: &Path) -> Result<PathBuf, String> {
    let module = Module {
        package: "steadfast-wasm",
        features,
    };
    let built = module.build()?;
    std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    bind(&built, out)?;
    let module = out.join("steadfast_bg.wasm");
    shrink(&module)?;
    put_in_order(&module)?;
    Ok(module)
}

/// A crate as a WebAssembly module.
pub struct Module<'a> {
    /// The crate's name.
    pub package: &'a str,
    /// Its features; none of those that are on by default.
    pub features: &'a [&'a str],
}

impl Module<'_> {
    /// Builds it together with the standard library, without the words of all panics; the module's path.
    ///
    /// # Errors
    /// Something that cannot be installed or built.
    pub fn build(&self) -> Result<PathBuf, String> {
        wasm::install_target()?;
        wasm::install_sources()?;
        install()?;
        let mut build = command::cargo(&[
            "build",
            "--quiet",
            "-p",
            self.package,
            "--no-default-features",
            "--features",
            &self.features.join(","),
            "--profile",
            "wasm",
            "--target",
            wasm::TARGET,
            // The standard library is built from its sources, without the words of all panics. What JSON is made of (lists, maps;
            // for a policy memory too) is in it, and costs nothing to be built for speed: the simulator is a third faster, the module no larger.
            "-Zbuild-std=std,panic_abort",
            "-Zbuild-std-features=optimize_for_size",
        ]);
        for name in ["alloc", "compiler_builtins", "core", "dlmalloc", "std"] {
            build.args(["--config", &format!("profile.wasm.package.{name}.opt-level=3")]);
        }
        // These two switches of cargo, and three of rustc's in `flags`, are not promised to stay: the stable compiler takes them
        // where it is told so.
        build.env("RUSTC_BOOTSTRAP", "1");
        command::run(build.env("CARGO_ENCODED_RUSTFLAGS", flags()))?;
        let file = format!("wasm/{}.wasm", self.package.replace('-', "_"));
        Ok(conformance::target()?.join(wasm::TARGET).join(file))
    }
}

/// What the compiler is told, besides what it is told anyway: the places of the sources on this machine, which messages
/// of the standard library and of dependencies would name, are no part of the module.
fn flags() -> String {
    let given = |name: &str| std::env::var(name).ok().filter(|flags| !flags.is_empty());
    let mut flags: Vec<String> = given("CARGO_ENCODED_RUSTFLAGS").map_or_else(
        || {
            given("RUSTFLAGS").map_or_else(Vec::new, |flags| {
                flags.split_whitespace().map(str::to_owned).collect()
            })
        },
        |flags| flags.split('\u{1f}').map(str::to_owned).collect(),
    );
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registries = home.and_then(|home| std::fs::read_dir(home.join("registry/src")).ok());
    let folders = registries
        .into_iter()
        .flatten()
        .flatten()
        .map(|folder| folder.path());
    flags.extend(folders.map(|folder| format!("--remap-path-prefix={}=crates", folder.display())));
    // What would panic traps, without a word: lints see to it that nothing of ours does. What crates that are built for speed
    // have made of generic code (JSON's maps above all) is taken by the others as it is.
    flags.extend(
        [
            "-Cpanic=immediate-abort",
            "-Zshare-generics=yes",
            "-Zunstable-options",
            "-Zlocation-detail=none",
            // Whatever says `#[inline]` may be this large: by default it is 325, which makes a forecast no quicker.
            "-Cllvm-args=-inlinehint-threshold=40",
        ]
        .map(str::to_owned),
    );
    flags.join("\u{1f}")
}

/// Writes the glue.
fn bind(built: &Path, out: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(built).out_name("steadfast");
    let generated = bindgen
        .web(true)
        .map_err(|error| format!("wasm-bindgen: {error:#}"))?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .encode_into(EncodeInto::Always)
        .reset_state_function(true)
        .generate(out);
    generated.map_err(|error| format!("wasm-bindgen: {error:#}"))
}

/// What wasm-opt makes quicker, and smaller once it is compressed; its `-Oz` makes fewer bytes, but ones that compress worse.
/// Functions that only call another, or do as little, are put where they are called: the compiler leaves them, since they are
/// no smaller there, but the module is no larger either, and a forecast takes a tenth less.
///
/// The place of a field is added by the instruction that reads it, which is a fifteenth of a decision. That supposes that no
/// pointer and the place of a field are past 4 GiB together, so that they would be one of the lowest 1,024 addresses: those are the
/// end of the stack.
const PASSES: [&str; 19] = [
    "--enable-bulk-memory",
    "--inlining",
    "--always-inline-max-function-size",
    "6",
    "--one-caller-inline-max-function-size",
    "0",
    "--flexible-inline-max-function-size",
    "0",
    "--dce",
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    "--simplify-locals",
    "--coalesce-locals",
    "--optimize-instructions",
    "--rse",
    "--reorder-locals",
    "--low-memory-unused",
    "--optimize-added-constants",
    "--vacuum",
];

fn shrink(module: &Path) -> Result<(), String> {
    let mut optimise = Command::new(folder().join("node_modules/.bin/wasm-opt"));
    optimise.arg(module).args(PASSES).args([
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
        "-o",
    ]);
    command::run(optimise.arg(module))
}

fn put_in_order(module: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", module.display());
    let ordered = order::by_likeness(&std::fs::read(module).map_err(told)?)?;
    std::fs::write(module, ordered).map_err(told)
}

/// Installs the packages of the lock file, where they are not installed yet.
///
/// # Errors
/// npm is missing or fails.
pub fn install() -> Result<(), String> {
    install_in(&folder())
}

/// The same for the packages of another folder.
///
/// # Errors
/// npm is missing or fails.
pub fn install_in(folder: &Path) -> Result<(), String> {
    let (lock, installed) = (
        folder.join("package-lock.json"),
        folder.join("node_modules/.installed"),
    );
    let lock = std::fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if std::fs::read(&installed).is_ok_and(|of| of == lock) {
        return Ok(());
    }
    if !command::is_there("npm", "--version") {
        return Err("npm is not there: install Node.js 20 or newer".to_owned());
    }
    let shown = folder.strip_prefix(command::repository()).unwrap_or(folder);
    println!("installing the npm packages of {} ...", shown.display());
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder);
    command::run(npm.stdin(Stdio::null()))?;
    std::fs::write(&installed, lock).map_err(|error| format!("{}: {error}", installed.display()))
}

/// Runs Node in the package's folder.
///
/// # Errors
/// It is missing or fails.
pub fn run_node(arguments: &[&str]) -> Result<(), String> {
    let mut node = Command::new("node");
    command::run(node.args(arguments).current_dir(folder()).stdin(Stdio::null()))
}
