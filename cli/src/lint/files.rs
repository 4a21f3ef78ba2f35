//! Which files there are: those that are named, and those in folders that are named.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use steadfast_core::ErrorCode;

use crate::failure::Failure;
use crate::input::read_bytes;

/// A text and where it is from.
pub(crate) struct Text {
    /// The file's name for people.
    pub(crate) name: Rc<str>,
    pub(crate) bytes: Vec<u8>,
    /// It was found in a folder, and not named itself.
    pub(super) is_of_folder: bool,
}

/// The endings of files that may hold manifests.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// How deep folders may lie in each other: deeper is a link that leads back.
const DEEPEST: usize = 64;

/// Reads all files; of folders those that may hold manifests, in order of name.
pub(crate) fn read(names: &[String]) -> Result<Vec<Text>, Failure> {
    let mut texts = Vec::new();
    for name in names {
        let is_folder = name != "-" && fs::metadata(name).is_ok_and(|metadata| metadata.is_dir());
        let mut files = Vec::new();
        if is_folder {
            walk(Path::new(name), DEEPEST, &mut files)?;
        } else {
            files.push(name.clone());
        }
        for file in files {
            let (name, bytes) = read_bytes(&file)?;
            texts.push(Text {
                name,
                bytes,
                is_of_folder: is_folder,
            });
        }
    }
    Ok(texts)
}

/// The files of a folder, and of those in it, that may hold manifests.
pub(crate) fn of_folder(folder: &str) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    walk(Path::new(folder), DEEPEST, &mut found)?;
    Ok(found)
}

/// Finds the files of a folder and of those in it; hidden ones (`.git`) are not looked into.
fn walk(folder: &Path, deeper: usize, found: &mut Vec<String>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let message = format!("this folder cannot be read: {error}");
        Failure::new(ErrorCode::Unreadable, message).in_file(&folder.to_string_lossy())
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    entries.sort();
    for entry in entries {
        let is_hidden = entry
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        if entry.is_dir() {
            if let Some(deeper) = deeper.checked_sub(1) {
                walk(&entry, deeper, found)?;
            }
            continue;
        }
        let ending = entry
            .extension()
            .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            found.push(entry.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
