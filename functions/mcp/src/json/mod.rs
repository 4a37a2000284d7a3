//! JSON as text: written, copied, measured and compared without a tree. Knows nothing of tools, pages or LangSmith.

pub(crate) mod canonical;
pub(crate) mod copy;
pub(crate) mod depth;
mod escape;
mod measure;
pub(crate) mod part;
pub(crate) mod same;
pub(crate) mod sink;
mod string;
pub(crate) mod text;

use serde::Serialize;

/// Appends `value` as JSON. Writing to memory cannot fail, and none of our types refuses to be serialised; should one
/// ever do so, `null` keeps the answer well formed.
pub(crate) fn append<T: Serialize>(body: &mut Vec<u8>, value: &T) {
    let start = body.len();
    if serde_json::to_writer(&mut *body, value).is_err() {
        body.truncate(start);
        body.extend_from_slice(b"null");
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn append_text(body: &mut Vec<u8>, text: &str) {
    string::append(body, text);
}
