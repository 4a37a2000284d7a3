//! Examples of datasets: `GET /api/v1/examples`.
//!
//! A page of examples can be megabytes of free-form JSON. It is validated and split in one pass; every field stays a
//! slice of the received bytes. Attachments stay links.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::long_list::List;
use crate::json::received::Received;
use crate::json::scan::{list, members};
use crate::names::cache::Kind;
use crate::transport::body::borrowed;
use crate::{UpstreamError, WorkspaceClient};

/// Which examples to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExampleQuery<'q> {
    /// Only the examples with these ids; all when empty.
    pub ids: &'q [String],
    /// Only examples of the dataset with this id.
    pub dataset: Option<&'q str>,
    /// The dataset as of this time (ISO 8601) or of the version with this tag; the latest version when absent.
    pub as_of: Option<&'q str>,
    /// Only examples in one of these splits.
    pub splits: &'q [String],
    /// Filter expression.
    pub filter: Option<&'q str>,
    /// Only examples whose metadata contains this JSON object.
    pub metadata: Option<&'q str>,
    /// Only examples whose inputs or outputs contain this text.
    pub full_text: Option<&'q str>,
    /// Whether LangSmith inlines values that it stores outside of its database.
    pub inline_s3_urls: bool,
    /// Whether links to attachments are wanted.
    pub attachments: bool,
    /// How many at most (1 to 100).
    pub limit: u32,
    /// How many to skip.
    pub offset: u32,
}

/// The fields to select when attachments are wanted. LangSmith omits attachments by default.
const WITH_ATTACHMENTS: [&str; 9] = [
    "id",
    "dataset_id",
    "inputs",
    "outputs",
    "metadata",
    "created_at",
    "modified_at",
    "source_run_id",
    "attachment_urls",
];

/// An example. Each field is the JSON that LangSmith sent, and `None` when it was absent or null, except the id.
#[derive(Clone, Copy, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are LangSmith's, named as its API names them")]
pub struct Example<'a> {
    #[serde(borrow)]
    pub id: &'a RawValue,
    #[serde(borrow, default)]
    pub dataset_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub inputs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub outputs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub created_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub modified_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub source_run_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub attachment_urls: Option<&'a RawValue>,
}

/// A page of examples, and the total count if LangSmith reported it.
#[derive(Clone, Debug)]
pub struct ExamplePage(Bytes, Option<u64>);

impl ExamplePage {
    /// How many examples match in all, if LangSmith reported it.
    pub fn total(&self) -> Option<u64> {
        self.1
    }

    /// Splits the page. Fails with [`UpstreamError::Malformed`] if it does not conform to the API.
    pub fn split(&self) -> Result<Vec<Example<'_>>, UpstreamError> {
        let found = list::<Found<'_>>(&self.0);
        let examples = found.and_then(|all| all.into_iter().map(Found::example).collect());
        examples.map_or_else(|| borrowed(&self.0).map(|List(all)| all), Ok)
    }
}

/// An example being read, whose id may still be missing.
#[derive(Default)]
struct Found<'a> {
    id: Option<Received<'a>>,
    dataset_id: Option<Received<'a>>,
    inputs: Option<Received<'a>>,
    outputs: Option<Received<'a>>,
    metadata: Option<Received<'a>>,
    created_at: Option<Received<'a>>,
    modified_at: Option<Received<'a>>,
    source_run_id: Option<Received<'a>>,
    attachment_urls: Option<Received<'a>>,
}

members!(Found: id, dataset_id, inputs, outputs, metadata, created_at, modified_at, source_run_id, attachment_urls);

impl<'a> Found<'a> {
    fn example(self) -> Option<Example<'a>> {
        let raw = |value: Option<Received<'a>>| value.map(Received::as_raw_value).transpose().ok();
        Some(Example {
            id: raw(self.id)??,
            dataset_id: raw(self.dataset_id)?,
            inputs: raw(self.inputs)?,
            outputs: raw(self.outputs)?,
            metadata: raw(self.metadata)?,
            created_at: raw(self.created_at)?,
            modified_at: raw(self.modified_at)?,
            source_run_id: raw(self.source_run_id)?,
            attachment_urls: raw(self.attachment_urls)?,
        })
    }
}

/// One received example.
#[derive(Clone, Debug)]
pub struct ExampleBody(Bytes);

impl ExampleBody {
    /// The example. Fails with [`UpstreamError::Malformed`] if it does not conform to the API.
    pub fn read(&self) -> Result<Example<'_>, UpstreamError> {
        borrowed(&self.0)
    }
}

const PATH: &str = "/api/v1/examples";

impl WorkspaceClient<'_> {
    /// The examples that match `query`.
    pub async fn examples(&self, query: &ExampleQuery<'_>) -> Result<ExamplePage, UpstreamError> {
        let answer = self.list_examples(query).await;
        let is_nothing = match &answer {
            Ok(page) => page.0.trim_ascii() == b"[]",
            Err(error) => error.is_not_found(),
        };
        let Some(dataset) = query.dataset.filter(|_| is_nothing) else { return answer };
        match self.renew(Kind::Dataset, dataset).await? {
            None => answer,
            Some(new) => self.list_examples(&ExampleQuery { dataset: Some(&new), ..*query }).await,
        }
    }

    async fn list_examples(&self, query: &ExampleQuery<'_>) -> Result<ExamplePage, UpstreamError> {
        let (limit, offset) = (query.limit.to_string(), query.offset.to_string());
        let inline = if query.inline_s3_urls { "true" } else { "false" };
        let mut parameters = vec![("offset", offset.as_str())];
        parameters.extend(query.ids.iter().map(|id| ("id", id.as_str())));
        parameters.extend(query.as_of.map(|as_of| ("as_of", as_of)));
        parameters.extend(query.splits.iter().map(|split| ("splits", split.as_str())));
        parameters.extend([("inline_s3_urls", inline), ("limit", &limit)]);
        let texts = [
            ("filter", query.filter),
            ("metadata", query.metadata),
            ("full_text_contains", query.full_text),
            ("dataset", query.dataset),
        ];
        parameters.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text?))));
        if query.attachments {
            parameters.extend(WITH_ATTACHMENTS.map(|column| ("select", column)));
        }
        self.get_counted(PATH, &parameters).await.map(|(body, total)| ExamplePage(body, total))
    }

    /// The example with this id, a UUID, as it was at `as_of` (a time or the tag of a version), or as it is now.
    pub async fn example(&self, id: &str, as_of: Option<&str>) -> Result<ExampleBody, UpstreamError> {
        let query: Vec<_> = as_of.map(|as_of| ("as_of", as_of)).into_iter().collect();
        self.get_bytes(&format!("{PATH}/{id}"), &query).await.map(ExampleBody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_stay_as_they_came() {
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let text =
            format!(r#"[{{"id":"x","inputs":{{"a":{deep},"b":"\ud83d\u0000","n":1e400}},"outputs":null}}]"#);
        let page = ExamplePage(Bytes::from(text), None);
        let examples = page.split().unwrap();
        assert!(examples[0].inputs.unwrap().get().ends_with(r#""b":"\ud83d\u0000","n":1e400}"#));
        assert!(examples[0].outputs.is_none());
    }

    #[test]
    fn an_answer_of_another_shape_is_malformed() {
        for text in ["", "{}", "[[]]", "[{}]", r#"[{"id":"x"}"#] {
            assert_eq!(
                ExamplePage(Bytes::from(text), None).split().unwrap_err(),
                UpstreamError::Malformed,
                "{text}"
            );
        }
        assert_eq!(ExampleBody(Bytes::from_static(b"[]")).read().unwrap_err(), UpstreamError::Malformed);
    }
}
