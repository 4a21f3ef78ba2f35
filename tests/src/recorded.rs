//! What a real control plane showed and did next: `tests/recorded/`.

use std::path::{Path, PathBuf};

use serde_json::Value;
use steadfast_core::manifest;

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ has a parent")
        .to_owned()
}

/// The files of all examples whose names end like this, with their names such as `web/roll.yaml`, in order.
pub fn files(ending: &str) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let folders = std::fs::read_dir(root().join("tests/recorded")).expect("tests/recorded is there");
    for example in folders.flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(example.path()).expect("a folder").flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(ending) {
                found.push((format!("{}/{name}", example.file_name().display()), file.path()));
            }
        }
    }
    found.sort();
    found
}

/// The objects of a manifest or a dump.
pub fn objects(file: &Path) -> Vec<Value> {
    let documents = manifest::read(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    manifest::objects(documents)
        .into_iter()
        .map(|object| object.value)
        .collect()
}

/// A JSON file.
pub fn json(file: &Path) -> Value {
    serde_json::from_slice(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
