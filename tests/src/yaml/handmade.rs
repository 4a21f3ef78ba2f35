//! The documents that are compared whatever the seed: traps written by hand, and the repository's own examples.

use std::path::{Path, PathBuf};

/// A document with its name.
pub type Named = (String, String);

/// All of them.
pub fn all() -> Vec<Named> {
    let mut all = traps(include_str!("../../yaml/documents.txt"));
    all.extend(traps(include_str!(
        "../../../core/src/manifest/tests/documents.txt"
    )));
    all.extend(examples());
    all
}

/// The cases of a table: `=== NAME`, the text, and perhaps `=> ` lines with answers, which are not needed here.
fn traps(table: &str) -> Vec<Named> {
    let cases = table.split("\n=== ").skip(1);
    cases
        .map(|case| {
            let (name, text) = case.split_once('\n').unwrap_or((case, ""));
            let text = match text.find("\n=> ") {
                _ if text.starts_with("=> ") => "",
                Some(answers) => text.get(..=answers).unwrap_or_default(),
                None => text,
            };
            // The split takes the last line break of every case but the last.
            let text = if text.is_empty() || text.ends_with('\n') {
                text.to_owned()
            } else {
                format!("{text}\n")
            };
            (name.to_owned(), signs(&text))
        })
        .collect()
}

fn signs(text: &str) -> String {
    let signs = [
        ("{CR}", "\r"),
        ("{TAB}", "\t"),
        ("{BOM}", "\u{feff}"),
        ("{NEL}", "\u{85}"),
        ("{LS}", "\u{2028}"),
        ("{PS}", "\u{2029}"),
        ("{END}\n", ""),
    ];
    signs
        .iter()
        .fold(text.to_owned(), |text, (sign, for_it)| text.replace(sign, for_it))
}

/// Every YAML file of examples/.
fn examples() -> Vec<Named> {
    let mut files = Vec::new();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    collect(&repository.join("examples"), &mut files);
    files.sort();
    assert!(files.len() > 5, "there are {} examples", files.len());
    files
        .into_iter()
        .map(|file| {
            let text =
                std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let name = file.strip_prefix(repository).unwrap_or(&file);
            (name.display().to_string(), text)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "json")
        {
            files.push(path);
        }
    }
}
