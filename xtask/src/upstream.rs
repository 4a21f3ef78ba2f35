//! The Go side: upstream's controller behind a line protocol (`tests/upstream/README.md`), built once for each state of
//! its sources.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::command;

/// Whether there is a Go toolchain.
pub fn is_go_there() -> bool {
    command::is_there("go", "version")
}

/// The program of a version such as `1.37.1`, one of tests/upstream/vVERSION, built where the cache lacks it.
///
/// # Errors
/// No Go, no cache, or a build that fails.
pub fn built(version: &str) -> Result<PathBuf, String> {
    if !is_go_there() {
        return Err("there is no `go` on the path: install Go 1.26 or newer".to_owned());
    }
    let sources = command::repository().join("tests/upstream");
    let folder = sources.join(format!("v{version}"));
    let program = command::cache()?
        .join("upstream")
        .join(format!("v{version}-{:016x}", state_of(&sources)?));
    if program.exists() {
        return Ok(program);
    }
    println!("building upstream's controller {version} from its Go module (once, about two minutes) ...");
    let start = Instant::now();
    command::run(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(folder),
    )?;
    println!("built in {:.0} s", start.elapsed().as_secs_f64());
    Ok(program)
}

/// A number that changes with any file below the folder.
fn state_of(folder: &Path) -> Result<u64, String> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut hasher);
        std::fs::read(&file)
            .map_err(|error| format!("{}: {error}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "bin" {
            collect(&path, files)?;
        } else if path.is_file() && path.extension().is_none_or(|extension| extension != "md") {
            files.push(path);
        }
    }
    Ok(())
}
