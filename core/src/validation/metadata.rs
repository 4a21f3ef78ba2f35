//! Labels and annotations, wherever they stand.
//!
//! Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go`, `pkg/api/validation/objectmeta.go`.

use super::names;
use super::report::{At, Report};

/// Source: `ValidateLabels`, which says everything at the map itself.
pub(super) fn labels(at: &At<'_>, minor: u8, report: &mut Report) {
    for (key, value) in at.entries() {
        report.invalid_for(at, names::is_label_key(key, minor));
        report.invalid_for(at, names::is_label_value(value.text(), minor));
    }
}

/// Source: `ValidateAnnotations`.
pub(super) fn annotations(at: &At<'_>, minor: u8, report: &mut Report) {
    const MOST: usize = 256 * 1024;
    let mut size = 0;
    for (key, value) in at.entries() {
        report.invalid_for(at, names::is_label_key(&key.to_lowercase(), minor));
        size += key.len() + value.text().len();
    }
    if size > MOST {
        report.too_long(at, MOST);
    }
}
