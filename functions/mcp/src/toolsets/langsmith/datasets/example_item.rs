//! An example, with its members in the order that clients of the older server know.

use std::borrow::Cow;

use langsmith::Example;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::json::sink::Sink;
use crate::toolset::paging::members::MemberForm;
use crate::toolset::paging::{Item, Limits, members};
use crate::toolset::schema::tool_schema::{Parameter, any};
use crate::toolsets::langsmith::attachments::{self, Attachment};

/// An example in an answer.
pub(crate) struct ExampleItem<'a> {
    example: Example<'a>,
    attachments: Cow<'static, str>,
}

impl<'a> From<Example<'a>> for ExampleItem<'a> {
    fn from(example: Example<'a>) -> Self {
        Self { attachments: attachments(example.attachment_urls), example }
    }
}

impl Item for ExampleItem<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        use MemberForm::{Exact, Free, Own, Time};
        let example = &self.example;
        let members = [
            ("id", Exact(Some(example.id))),
            ("dataset_id", Exact(example.dataset_id)),
            ("inputs", Free(example.inputs)),
            ("outputs", Free(example.outputs)),
            ("metadata", Free(example.metadata)),
            ("created_at", Time(example.created_at, "+00:00")),
            ("modified_at", Time(example.modified_at, "+00:00")),
            ("runs", Exact(None)),
            ("source_run_id", Exact(example.source_run_id)),
            ("attachments", Own(&self.attachments)),
        ];
        members::write(&members, limits, sink);
    }
}

/// Attachments by name. Nothing is downloaded: `reader`, which clients of the older server expect, is always empty.
fn attachments(urls: Option<&RawValue>) -> Cow<'static, str> {
    let Some(urls) = urls else { return Cow::Borrowed("{}") };
    let mut attachments = Map::new();
    for (name, Attachment { presigned_url, mime_type }) in attachments::by_name(urls.get()) {
        let attachment = json!({ "presigned_url": presigned_url, "reader": [], "mime_type": mime_type });
        attachments.insert(name, attachment);
    }
    Cow::Owned(Value::Object(attachments).to_string())
}

/// The output schema of an example.
pub(crate) fn schema() -> Vec<Parameter> {
    vec![
        ("metadata", any("Metadata; dataset_split lists the splits.")),
        ("source_run_id", any("Its source run, or null.")),
        ("attachments", any("Files by name, each with presigned_url and mime_type.")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> Value {
        let item = ExampleItem::from(serde_json::from_str::<Example<'_>>(json).unwrap());
        let mut text = String::new();
        item.write(Limits { cut: None, part: None }, &mut text);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn attachments_are_links_by_name() {
        let json = r#"{"id":"x","attachment_urls":{"attachment.img":{"presigned_url":"/x?y=1","s3_url":"s","mime_type":"image/png"},
            "attachment.\ud83d":{"presigned_url":"u"},"other":{"presigned_url":"o"},"attachment.broken":{}}}"#;
        assert_eq!(
            shown(json)["attachments"],
            json!({
                "img": {"presigned_url": "/x?y=1", "reader": [], "mime_type": "image/png"},
                "\u{fffd}": {"presigned_url": "u", "reader": [], "mime_type": null},
            })
        );
        for none in
            [r#"{"id":"x"}"#, r#"{"id":"x","attachment_urls":null}"#, r#"{"id":"x","attachment_urls":[1]}"#]
        {
            assert_eq!(shown(none)["attachments"], json!({}), "{none}");
        }
    }

    #[test]
    fn every_member_is_there() {
        let example = shown(r#"{"id":"x"}"#);
        assert_eq!(example.as_object().unwrap().len(), 10);
        assert_eq!((&example["inputs"], &example["runs"]), (&Value::Null, &Value::Null));
    }
}
