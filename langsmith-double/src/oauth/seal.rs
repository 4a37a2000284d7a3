//! Self-contained values: `<prefix><payload>.<tag>`, base64url.
//!
//! The key is public, since the double has only sample data; the tag merely rejects garbage and truncated values.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

const KEY: &[u8] = b"langsmith-double: not a secret";

/// Encodes a value under a prefix.
pub(super) fn seal<T: Serialize>(prefix: &str, value: &T) -> String {
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default());
    let tag = tag(prefix, &payload);
    format!("{prefix}{payload}.{tag}")
}

/// Decodes a value that [`seal`] encoded under the same prefix.
pub(super) fn open<T: DeserializeOwned>(prefix: &str, text: &str) -> Option<T> {
    let (payload, given) = text.strip_prefix(prefix)?.split_once('.')?;
    if given != tag(prefix, payload) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn tag(prefix: &str, payload: &str) -> String {
    let tag = sign(&Key::new(HMAC_SHA256, KEY), format!("{prefix}{payload}").as_bytes());
    URL_SAFE_NO_PAD.encode(tag.as_ref().get(..12).unwrap_or_default())
}
