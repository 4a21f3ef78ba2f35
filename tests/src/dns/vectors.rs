//! Worlds with the answers of CoreDNS, recorded, so that the comparison runs without Go: compressed JSON lines, `{"world",
//! "answers"}` each.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::compare::{Reply, Tally, differences};
use super::{ours, world};

/// Where they are kept.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/dns.jsonl.gz")
}

/// How many worlds are kept of those that show nothing new.
const PLAIN: usize = 240;

/// Text length of a world that is taken for itself.
const SMALL: usize = 9_000;

/// Records worlds anew: those that show what none before did, and small ones.
///
/// # Errors
/// A program that does not answer, or answers something else than the core: that is to be mended first.
pub fn record(ask: &mut dyn FnMut(&Value) -> Result<Vec<Reply>, String>) -> Result<String, String> {
    let (mut text, mut tally, mut plain) = (String::new(), Tally::default(), 0);
    for seed in 1.. {
        let world = world(seed);
        let line = world.to_string();
        let theirs = ask(&world)?;
        let found = differences(&world, &theirs, &ours(&world)?);
        if let Some(first) = found.first() {
            return Err(format!(
                "seed {seed}: {first}\nnothing is recorded until this is mended"
            ));
        }
        let before = tally.never_seen().len();
        let mut with = tally.clone();
        with.add(&world, &theirs);
        let is_new = with.never_seen().len() < before;
        let is_plain = line.len() < SMALL && plain < PLAIN;
        if is_new || is_plain {
            plain += usize::from(is_plain);
            tally = with;
            text += &format!("{}\n", json!({"world": world, "answers": theirs}));
        }
        if plain == PLAIN && tally.never_seen().is_empty() {
            break;
        }
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(text.as_bytes())
        .map_err(|error| error.to_string())?;
    let bytes = encoder.finish().map_err(|error| error.to_string())?;
    let path = file();
    std::fs::write(&path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(format!(
        "{}: {} worlds, {} bytes",
        path.display(),
        tally.worlds,
        bytes.len()
    ))
}

/// Answers every recorded world again: what was seen, and what differs.
///
/// # Errors
/// A file that is missing, empty, or not what [`record`] writes.
pub fn replay(path: &Path) -> Result<(Tally, Vec<String>), String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut text = String::new();
    let read = GzDecoder::new(bytes.as_slice()).read_to_string(&mut text);
    read.map_err(|error| format!("{shown}: {error}"))?;
    let (mut tally, mut found) = (Tally::default(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let wrong = |error: String| format!("{shown}, line {}: {error}", at + 1);
        let mut entry: Value = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let theirs: Vec<Reply> =
            serde_json::from_value(entry["answers"].take()).map_err(|error| wrong(error.to_string()))?;
        let world = &entry["world"];
        let ours = ours(world).map_err(wrong)?;
        found.extend(differences(world, &theirs, &ours));
        tally.add(world, &ours);
    }
    match tally.worlds {
        0 => Err(format!("{shown} holds no world")),
        _ => Ok((tally, found)),
    }
}
