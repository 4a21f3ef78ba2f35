//! The browser that the npm package is tested in.

use std::path::PathBuf;

use crate::debian;

/// Under which names it is looked for; the same as in `wasm/npm/test/browser.mjs`.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where Chromium is; where it is not, it is installed with apt-get, if that is there and may be used.
///
/// # Errors
/// It is not there and cannot be installed: what to do.
pub fn find_or_install() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os("STEADFAST_CHROMIUM").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(named)
        } else {
            Err(format!(
                "STEADFAST_CHROMIUM is {}, which is no program",
                named.display()
            ))
        };
    }
    if let Some(found) = on_path() {
        return Ok(found);
    }
    let missing = "Chromium is not there: install it (Debian: `apt-get install chromium`), or name it in STEADFAST_CHROMIUM";
    debian::install("chromium", missing)?;
    on_path().ok_or_else(|| missing.to_owned())
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}
