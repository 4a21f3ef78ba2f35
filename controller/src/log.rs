//! Lines of JSON on standard error, one an occurrence.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

static IS_VERBOSE: AtomicBool = AtomicBool::new(false);

/// Says more from now on.
pub fn set_verbose(is_verbose: bool) {
    IS_VERBOSE.store(is_verbose, Ordering::Relaxed);
}

/// What was done.
pub fn debug(message: &str, fields: Value) {
    if IS_VERBOSE.load(Ordering::Relaxed) {
        write("debug", message, fields);
    }
}

/// What one wants to know.
pub fn info(message: &str, fields: Value) {
    write("info", message, fields);
}

/// What one should look at.
pub fn warn(message: &str, fields: Value) {
    write("warning", message, fields);
}

/// What ends the program, or a part of its work.
pub fn error(message: &str, fields: Value) {
    write("error", message, fields);
}

fn write(level: &str, message: &str, fields: Value) {
    let mut line = json!({"time": crate::object::clock().to_string(), "level": level, "message": message});
    if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    // Nobody can be told that nobody can be told.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
