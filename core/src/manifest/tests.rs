//! Tests of the reader and the writer. What Go does was asked of Go: see the heads of the `.txt` files.

mod cases;
mod errors;
mod limits;
mod lists;
mod mutations;
mod positions;
mod write;

use serde_json::Value;

use super::{Document, read, read_one};

/// The values of all documents, or the error's text.
fn values(text: &str) -> Result<Vec<Value>, String> {
    let documents = read(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(documents.into_iter().map(|document| document.value).collect())
}

/// The error's text.
fn error(text: impl AsRef<[u8]>) -> String {
    match read(text.as_ref()) {
        Ok(documents) => panic!("read {documents:?}"),
        Err(error) => error.to_string(),
    }
}

/// The only document.
fn only(text: &str) -> Document {
    let mut documents = read(text.as_bytes()).unwrap();
    assert_eq!(documents.len(), 1, "{documents:?}");
    documents.remove(0)
}

/// The value of the first document.
fn one(text: &str) -> Value {
    read_one(text.as_bytes()).unwrap().unwrap().value
}
