//! Paths in a Pod template. What is checked is upstream's text, not what a file system makes of it.

use crate::validation::report::{At, Report};

/// A rule about a path.
pub(in crate::validation) type PathRule = fn(&At<'_>, &mut Report);

/// Source: `validatePathNoBacksteps`.
pub(in crate::validation) fn without_backsteps(at: &At<'_>, report: &mut Report) {
    if has_backsteps(at.text()) {
        report.invalid(at, "must not contain '..'");
    }
}

/// Source: `validateLocalDescendingPath`.
pub(in crate::validation) fn descending(at: &At<'_>, report: &mut Report) {
    if at.text().starts_with('/') {
        report.invalid(at, "must be a relative path");
    }
    without_backsteps(at, report);
}

/// Source: `ValidateLocalNonReservedPath`.
pub(in crate::validation) fn unreserved(at: &At<'_>, report: &mut Report) {
    descending(at, report);
    // The other rule has said this already of `../a`.
    if at.text().starts_with("..") && !at.text().starts_with("../") {
        report.invalid(at, "must not start with '..'");
    }
}

/// Whether [`unreserved`] has nothing to say.
pub(in crate::validation) fn is_unreserved(path: &str) -> bool {
    !path.starts_with('/') && !has_backsteps(path) && !path.starts_with("..")
}

pub(in crate::validation) fn absolute(at: &At<'_>, report: &mut Report) {
    if !at.text().starts_with('/') {
        report.invalid(at, "must be an absolute path");
    }
}

pub(in crate::validation) fn has_backsteps(path: &str) -> bool {
    path.split('/').any(|step| step == "..")
}
