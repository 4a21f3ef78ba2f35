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
    let shown: Vec<String> = imports.into_iter().take(5).collect();
    Err(format!(
        "core's WebAssembly module imports {}: something in it reaches for its host",
        shown.join(", ")
    ))
}

/// Adds the target by rustup where it is missing.
///
/// # Errors
/// rustup is missing or fails.
pub fn install_target() -> Result<(), String> {
    add_target(TARGET)
}

/// Adds any target by rustup where it is missing.
///
/// # Errors
/// rustup is missing or fails.
pub fn add_target(target: &str) -> Result<(), String> {
    let rustup = || std::process::Command::new("rustup");
    let installed = command::output(rustup().args(["target", "list", "--installed"]))
        .map_err(|error| format!("{error}; install the target {target} for this toolchain"))?;
    if installed.lines().any(|line| line == target) {
        return Ok(());
    }
    println!("installing the Rust target {target} ...");
    command::run(rustup().args(["target", "add", target]))
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
/// The bytes are not a module, or it imports something else than functions, memories, tables and globals.
pub fn imports(module: &[u8]) -> Result<Vec<String>, String> {
    const IMPORT_SECTION: u8 = 2;
    let mut reader = Reader {
        rest: module
            .strip_prefix(b"\0asm\x01\0\0\0")
            .ok_or("not a WebAssembly module")?,
    };
    let mut names = Vec::new();
    while !reader.rest.is_empty() {
        let (id, size) = (reader.byte()?, reader.number()?);
        let mut section = Reader {
            rest: reader.take(size)?,
        };
        if id == IMPORT_SECTION {
            for _ in 0..section.number()? {
                names.push(format!("{}.{}", section.text()?, section.text()?));
                section.pass_over_type()?;
            }
        }
    }
    Ok(names)
}

/// Adds a custom section to a module.
pub fn append_section(module: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut section = number(name.len());
    section.extend(name.as_bytes());
    section.extend(content);
    module.push(0);
    module.extend(number(section.len()));
    module.extend(section);
}

/// A number of 7 bits a byte, the lowest first.
fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
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

    /// What an import is: a function's type, a table, a memory or a global.
    fn pass_over_type(&mut self) -> Result<(), String> {
        let limits = |reader: &mut Self| -> Result<(), String> {
            let has_most = reader.byte()? & 1 == 1;
            reader.number()?;
            if has_most {
                reader.number()?;
            }
            Ok(())
        };
        match self.byte()? {
            0 => self.number().map(drop),
            1 => self.byte().and_then(|_| limits(self)),
            2 => limits(self),
            3 => self.byte().and_then(|_| self.byte()).map(drop),
            other => Err(format!("an import of the unknown kind {other}")),
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
        with_import.extend([2, 20, 2, 3, b'e', b'n', b'v', 3, b'n', b'o', b'w', 0, 0]);
        with_import.extend([3, b'e', b'n', b'v', 1, b'm', 2, 0, 1]);
        assert_eq!(
            imports(&with_import),
            Ok(vec!["env.now".to_owned(), "env.m".to_owned()])
        );
        assert!(imports(b"text").is_err());
    }

    #[test]
    fn a_section_is_added_at_the_end_with_its_length() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        append_section(&mut module, "notes", &[b'x'; 200]);
        assert_eq!(module[8..12], [0, 0xce, 1, 5]);
        assert_eq!((module.len(), imports(&module)), (8 + 3 + 206, Ok(Vec::new())));
    }
}
