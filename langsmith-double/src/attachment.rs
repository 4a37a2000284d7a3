//! Attachments of examples and runs. SDK: links are under `attachment.{name}`, with `presigned_url` and `mime_type`.
//! Assumed: `s3_url`, and `application/octet-stream` as the default type of a file.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

use crate::multipart::Part;

/// A file attached to an example or a run.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) mime_type: String,
    pub(crate) content: Bytes,
}

impl Attachment {
    /// The attachment in a form part.
    pub(crate) fn of(name: &str, part: Part) -> Self {
        let mime_type = part.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        Self { name: name.to_owned(), mime_type, content: part.content }
    }
}

/// Links to the attachments of the `example` or `run` with this id, in the platform's form; `base` is the URL that
/// serves them.
pub(crate) fn links(attachments: &[Attachment], owner: (&str, Uuid), base: &str) -> Value {
    if attachments.is_empty() {
        return Value::Null;
    }
    let (kind, id) = owner;
    let entry = |attachment: &Attachment| {
        let name: String = byte_serialize(attachment.name.as_bytes()).collect();
        let urls = json!({
            "presigned_url": format!("{base}/public/download?{kind}={id}&name={name}"),
            "s3_url": format!("{kind}s/{id}/{name}"),
            "mime_type": attachment.mime_type,
        });
        (format!("attachment.{}", attachment.name), urls)
    };
    attachments.iter().map(entry).collect::<Map<_, _>>().into()
}
