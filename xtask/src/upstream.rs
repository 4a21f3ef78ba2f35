//! The Go side: upstream's controller behind a line protocol (`tests/upstream/README.md`), a program for each version of
//! Kubernetes, built once for each state of its sources.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::command;

/// The version that is compared where none is named.
pub const NEWEST: &str = "1.37.1";

/// Whether there is a Go toolchain.
pub fn is_go_there() -> bool {
    command::is_there("go", "version")
}

/// The versions that there are programs for, oldest first: the folders of `tests/upstream`.
///
/// # Errors
/// The folder cannot be read.
pub fn versions() -> Result<Vec<String>, String> {
    versions_in(&sources())
}

/// The versions that a list such as `1.34.1,1.37` or `all` names; a version without a patch is its newest one there is.
///
/// # Errors
/// A version that there is no program for: the sentence lists those that there are.
pub fn chosen(list: &str) -> Result<Vec<String>, String> {
    chosen_among(list, &versions()?)
}

/// The program of a version such as `1.37.1`, one of tests/upstream/vVERSION, built where the cache lacks it.
///
/// # Errors
/// No Go, no cache, a module that cannot be fetched, or a build that fails.
pub fn built(version: &str) -> Result<PathBuf, String> {
    let cache = command::cache()?.join("upstream");
    built_by(Path::new("go"), &sources(), &cache, version)
}

/// The program that answers as a cluster's DNS does, of tests/upstream/dns, built where the cache lacks it.
///
/// # Errors
/// As [`built`].
pub fn built_dns() -> Result<PathBuf, String> {
    let cache = command::cache()?.join("upstream");
    let folder = sources().join("dns");
    build(Path::new("go"), &[folder], &cache, "dns", "CoreDNS' plugin")
}

fn sources() -> PathBuf {
    command::repository().join("tests/upstream")
}

fn versions_in(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut versions: Vec<String> = names
        .filter_map(|name| name.strip_prefix('v').map(str::to_owned))
        .filter(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    versions.sort_by_key(|version| numbers(version));
    Ok(versions)
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .filter_map(|number| number.parse().ok())
        .collect()
}

fn chosen_among(list: &str, versions: &[String]) -> Result<Vec<String>, String> {
    if list == "all" {
        return Ok(versions.to_vec());
    }
    let one = |wanted: &str| {
        let wanted = wanted.trim();
        let series = format!("{wanted}.");
        let found = versions
            .iter()
            .rfind(|version| *version == wanted || version.starts_with(&series));
        found.cloned().ok_or_else(|| {
            let known = versions.join(", ");
            format!("there is no program for Kubernetes `{wanted}`; there are {known}")
        })
    };
    list.split(',').map(one).collect()
}

fn built_by(go: &Path, sources: &Path, cache: &Path, version: &str) -> Result<PathBuf, String> {
    let folder = sources.join(format!("v{version}"));
    if !folder.is_dir() {
        return Err(format!(
            "there is no tests/upstream/v{version}: Kubernetes {version} cannot be compared"
        ));
    }
    let parts = [sources.join("harness"), folder];
    build(
        go,
        &parts,
        cache,
        &format!("v{version}"),
        &format!("upstream's controller {version}"),
    )
}

/// Builds the program in the last of the folders, where the cache lacks one of their state. `what` is what people call it.
fn build(go: &Path, folders: &[PathBuf], cache: &Path, name: &str, what: &str) -> Result<PathBuf, String> {
    let folder = folders.last().ok_or("there is no folder to build")?;
    let program = cache.join(format!("{name}-{:016x}", state_of(folders)?));
    if program.exists() {
        return Ok(program);
    }
    if !command::is_there(&go.to_string_lossy(), "version") {
        return Err(format!(
            "there is no `{}` on the path, so {what} cannot be built and nothing is compared: install Go 1.26 or newer",
            go.display()
        ));
    }
    std::fs::create_dir_all(cache).map_err(|error| format!("{}: {error}", cache.display()))?;
    println!("building {what} from its Go module (once, about two minutes) ...");
    let start = Instant::now();
    // Under another name until it is whole: a build that is interrupted leaves nothing behind that looks like a program.
    let unfinished = program.with_extension(format!("part{}", std::process::id()));
    let output = Command::new(go)
        .args(["build", "-o"])
        .arg(&unfinished)
        .arg(".")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run `go build` for {what}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        drop(std::fs::remove_file(&unfinished));
        return Err(failure(what, &said));
    }
    eprint!("{said}");
    std::fs::rename(&unfinished, &program).map_err(|error| format!("{}: {error}", program.display()))?;
    println!("built in {:.0} s", start.elapsed().as_secs_f64());
    Ok(program)
}

/// What Go says where it cannot get a module, in parts.
const UNREACHABLE: [&str; 12] = [
    "dial tcp",
    "no such host",
    "connection refused",
    "i/o timeout",
    "TLS handshake",
    "disabled by GOPROXY",
    "404 Not Found",
    "410 Gone",
    "403 Forbidden",
    "unrecognized import path",
    "invalid proxy",
    "module lookup disabled",
];

fn failure(what: &str, said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let tail = lines
        .get(lines.len().saturating_sub(12)..)
        .unwrap_or_default()
        .join("\n");
    let why = if UNREACHABLE.iter().any(|part| said.contains(part)) {
        "its Go modules cannot be fetched (is the network there, and what does `go env GOPROXY` say?)"
    } else {
        "it does not build"
    };
    format!("{what} was not run: {why}. Go's last words:\n{tail}")
}

/// A number that changes with any file below the folders.
fn state_of(folders: &[PathBuf]) -> Result<u64, String> {
    let mut hasher = DefaultHasher::new();
    for folder in folders {
        let mut files = Vec::new();
        collect(folder, &mut files)?;
        files.sort();
        for file in files {
            file.strip_prefix(folder).unwrap_or(&file).hash(&mut hasher);
            std::fs::read(&file)
                .map_err(|error| format!("{}: {error}", file.display()))?
                .hash(&mut hasher);
        }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::{built_by, chosen_among, versions_in};
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// One test at a time: a script that another thread's new process still holds open for writing cannot be started.
    fn alone() -> MutexGuard<'static, ()> {
        static ALONE: Mutex<()> = Mutex::new(());
        ALONE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A folder with sources of one version and a program `go` that runs this script; it goes with the test.
    struct Place(PathBuf);

    impl Place {
        fn with_go(name: &str, script: &str) -> Self {
            let place = std::env::temp_dir().join(format!("steadfast-xtask-{}-{name}", std::process::id()));
            for folder in ["upstream/harness", "upstream/v1.2.3", "upstream/v1.2.10"] {
                std::fs::create_dir_all(place.join(folder)).unwrap();
            }
            std::fs::write(place.join("upstream/v1.2.3/main.go"), "package main").unwrap();
            let go = place.join("go");
            std::fs::write(&go, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o755)).unwrap();
            Self(place)
        }

        fn build(&self, version: &str) -> Result<PathBuf, String> {
            built_by(
                &self.0.join("go"),
                &self.0.join("upstream"),
                &self.0.join("cache"),
                version,
            )
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn without_go_the_sentence_says_what_is_not_compared() {
        let _alone = alone();
        let place = Place::with_go("none", "exit 0");
        let none = Path::new("/nowhere/go");
        let error = built_by(none, &place.0.join("upstream"), &place.0.join("cache"), "1.2.3").unwrap_err();
        assert!(
            error.contains("nothing is compared") && error.contains("install Go"),
            "{error}"
        );
    }

    #[test]
    fn a_module_that_cannot_be_fetched_is_told_from_a_build_that_fails() {
        let _alone = alone();
        let script = |line: &str| format!("[ \"$1\" = version ] && exit 0\necho '{line}' >&2\nexit 1");
        for line in [
            "go: k8s.io/kubernetes@v1.2.3: Get \"http://127.0.0.1:1/x\": dial tcp 127.0.0.1:1: connect: connection refused",
            "go: k8s.io/api@v0.2.3: module lookup disabled by GOPROXY=off",
        ] {
            let error = Place::with_go("fetch", &script(line)).build("1.2.3").unwrap_err();
            assert!(error.contains("controller 1.2.3 was not run"), "{error}");
            assert!(
                error.contains("cannot be fetched") && error.contains(line),
                "{error}"
            );
        }
        let error = Place::with_go("broken", &script("./main.go:1:1: expected package"))
            .build("1.2.3")
            .unwrap_err();
        assert!(
            error.contains("does not build") && error.contains("main.go:1:1"),
            "{error}"
        );
    }

    #[test]
    fn a_program_is_built_once_for_each_state_of_its_sources() {
        let _alone = alone();
        let place = Place::with_go(
            "once",
            "[ \"$1\" = version ] && exit 0\necho built >> ../../log\n: > \"$3\"",
        );
        let first = place.build("1.2.3").unwrap();
        assert_eq!(place.build("1.2.3").unwrap(), first);
        std::fs::write(place.0.join("upstream/v1.2.10/other.go"), "package main").unwrap();
        assert_eq!(place.build("1.2.3").unwrap(), first, "another version's sources");
        std::fs::write(place.0.join("upstream/harness/shared.go"), "package harness").unwrap();
        assert_ne!(place.build("1.2.3").unwrap(), first, "what all versions share");
        assert_eq!(
            std::fs::read_to_string(place.0.join("log")).unwrap(),
            "built\nbuilt\n"
        );
    }

    #[test]
    fn versions_are_named_in_full_or_by_their_series_or_all_at_once() {
        let _alone = alone();
        let place = Place::with_go("names", "exit 0");
        let versions = versions_in(&place.0.join("upstream")).unwrap();
        assert_eq!(versions, ["1.2.3", "1.2.10"]);
        assert_eq!(chosen_among("all", &versions).unwrap(), versions);
        assert_eq!(chosen_among("1.2", &versions).unwrap(), ["1.2.10"]);
        assert_eq!(
            chosen_among("1.2.3, 1.2", &versions).unwrap(),
            ["1.2.3", "1.2.10"]
        );
        let error = chosen_among("1.3", &versions).unwrap_err();
        assert!(
            error.contains("`1.3`") && error.contains("1.2.3, 1.2.10"),
            "{error}"
        );
        assert!(place.build("1.9.9").unwrap_err().contains("v1.9.9"));
    }
}
