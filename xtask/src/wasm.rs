//! Core, built for the browser's processor, asks nothing of its host: its module has no imports.

use crate::{command, conformance};

/// What WebAssembly is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Builds core's example loop, which reaches parsing and every pass, and looks at what its module imports.
///
/// # Errors
/// The target cannot be installed, the build fails, or there is an import.
pub fn check() -> Result<(), String> {
    install_target()?;
    command::run(&mut command::cargo(&[
        "build",
        "--release",
        "--quiet",
        "-p",
        "steadfast-core",
        "--example",
        "controller_loop",
        "--target",
        TARGET,
    ]))?;
    let file = conformance::target()?
        .join(TARGET)
        .join("release/examples/controller_loop.wasm");
    let module = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let imports = imports(&module)?;
    if imports.is_empty() {
        println!("core for {TARGET}: {} kB, no imports", module.len() / 1000);
        return Ok(());
    }
    Err(format!(
        "core's WebAssembly module imports {}: something in it reaches for its host",
        imports.join(", ")
    ))
}

/// Adds the target by rustup where it is missing.
///
/// # Errors
/// rustup is missing or fails.
pub fn install_target() -> Result<(), String> {
    let rustup = || std::process::Command::new("rustup");
    let installed = command::output(rustup().args(["target", "list", "--installed"]))
        .map_err(|error| format!("{error}; install the target {TARGET} for this toolchain"))?;
    if installed.lines().any(|line| line == TARGET) {
        return Ok(());
    }
    println!("installing the Rust target {TARGET} ...");
    command::run(rustup().args(["target", "add", TARGET]))
}

/// Adds the sources of the standard library by rustup where they are missing.
///
/// # Errors
/// rustup is missing or fails.
pub fn install_sources() -> Result<(), String> {
    let rustup = || std::process::Command::new("rustup");
    let installed = command::output(rustup().args(["component", "list", "--installed"]))
        .map_err(|error| format!("{error}; install the component rust-src for this toolchain"))?;
    if installed.lines().any(|line| line == "rust-src") {
        return Ok(());
    }
    println!("installing the sources of the Rust standard library ...");
    command::run(rustup().args(["component", "add", "rust-src"]))
}

/// The imports of a module, as `module.name`.
///
/// # Errors
/// The bytes are not a module.
fn imports(module: &[u8]) -> Result<Vec<String>, String> {
    const IMPORT_SECTION: u8 = 2;
    let mut reader = Reader {
        rest: module
            .strip_prefix(b"\0asm\x01\0\0\0")
            .ok_or("not a WebAssembly module")?,
    };
    while !reader.rest.is_empty() {
        let (id, size) = (reader.byte()?, reader.number()?);
        let mut section = Reader {
            rest: reader.take(size)?,
        };
        if id == IMPORT_SECTION {
            // Only the names are needed, and any entry at all is a failure: the first ones will do.
            let count = section.number()?;
            let first = format!("{}.{}", section.text()?, section.text()?);
            return Ok(if count == 0 {
                Vec::new()
            } else {
                vec![first, format!("{} in all", count)]
            });
        }
    }
    Ok(Vec::new())
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.rest.split_first().ok_or("the module is cut off")?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number of 7 bits a byte, the lowest first.
    fn number(&mut self) -> Result<usize, String> {
        let (mut number, mut shift) = (0usize, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
    }

    fn take(&mut self, size: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or("the module is cut off")?;
        self.rest = rest;
        Ok(taken)
    }

    fn text(&mut self) -> Result<String, String> {
        let size = self.number()?;
        Ok(String::from_utf8_lossy(self.take(size)?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_found_and_its_absence_too() {
        let header = b"\0asm\x01\0\0\0".to_vec();
        assert_eq!(imports(&header), Ok(Vec::new()));
        let mut with_import = header.clone();
        with_import.extend([2, 11, 1, 3, b'e', b'n', b'v', 3, b'n', b'o', b'w', 0, 0]);
        assert_eq!(
            imports(&with_import).map(|found| found[0].clone()),
            Ok("env.now".to_owned())
        );
        assert!(imports(b"text").is_err());
    }
}
