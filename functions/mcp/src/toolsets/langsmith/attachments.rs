//! Attachments of runs and examples: links by name. Nothing is downloaded.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json::copy::copy;

/// The location of an attachment, and its type.
#[derive(Deserialize)]
pub(crate) struct Attachment {
    pub(crate) presigned_url: String,
    #[serde(default)]
    pub(crate) mime_type: Option<String>,
}

/// The attachments among stored objects, by name.
pub(crate) fn by_name(objects: &str) -> impl Iterator<Item = (String, Attachment)> {
    let objects: Option<Map<String, Value>> =
        serde_json::from_str(objects).or_else(|_| serde_json::from_str(&whole(objects))).ok();
    objects.into_iter().flatten().filter_map(|(key, object)| {
        let name = key.strip_prefix("attachment.")?.to_owned();
        Some((name, serde_json::from_value::<Attachment>(object).ok()?))
    })
}

/// The same JSON without halves of surrogate pairs, which a name may hold.
fn whole(json: &str) -> String {
    let mut whole = String::new();
    copy(json, None, &mut whole);
    whole
}
