//! JSON as text: written, copied, measured and compared without a tree. Knows no tool. Of LangSmith it knows one thing:
//! `Received`, values that the client has already split and checked.

pub(crate) mod canonical;
pub(crate) mod copy;
pub(crate) mod depth;
mod escape;
mod measure;
pub(crate) mod object;
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

/// The value as JSON. Texts, flags and lists of them can always be serialised.
pub(crate) fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Appends `text` as a JSON string.
pub(crate) fn append_text(body: &mut Vec<u8>, text: &str) {
    string::append(body, text);
}
