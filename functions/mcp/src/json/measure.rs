//! Measures the output of a [copy](super::copy::copy). Every item of a list is measured, and few are written.

use primitives::eight_bytes::quote_or_backslash;

use crate::json::copy::{deep, is_name};
use crate::json::depth::MAX_DEPTH;
use crate::json::sink::{Sink as _, Size};
use crate::json::text::Content;

/// Adds the size of a copy of `json`, as far as the sum matters.
pub(super) fn measure(json: &str, cut: Option<usize>, size: &mut Size) {
    if is_copied_whole(json, cut) {
        size.count += json.len();
        return;
    }
    let (mut at, mut depth, mut in_ids) = (0, 0_usize, false);
    while let Some(byte) = json.as_bytes().get(at) {
        at += 1;
        match byte {
            b'"' => {
                let (content, after) = Content::read(json.get(at..).unwrap_or_default());
                at = json.len() - after.len();
                size.count += 2;
                if is_name(after) {
                    in_ids = cut.is_some() && content.names_ids();
                    size.count += content.written_length();
                } else {
                    size.count += content.size(cut.filter(|_| !content.is_id(in_ids)));
                }
                if size.is_full() {
                    return;
                }
            }
            b'{' | b'[' if depth == MAX_DEPTH => {
                let after = deep(json.get(at - 1..).unwrap_or_default(), cut, size);
                at = json.len() - after.len();
            }
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b',' | b':' => size.count += 2,
            b'{' | b'[' => (depth, size.count) = (depth + 1, size.count + 1),
            b'}' | b']' => (depth, size.count) = (depth.saturating_sub(1), size.count + 1),
            _ => size.count += 1,
        }
    }
}

/// Whether the value is null or one string that is copied byte for byte: most values of a run are ids, times and words.
fn is_copied_whole(json: &str, cut: Option<usize>) -> bool {
    let Some(rest) = json.strip_prefix('"') else { return json == "null" };
    cut.is_none_or(|cut| rest.len() <= cut)
        && rest.is_ascii()
        && quote_or_backslash(rest.as_bytes()) == rest.len().checked_sub(1)
        && rest.ends_with('"')
}
