//! Datasets: `GET /api/v1/datasets`.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::names::cache::Kind;
use crate::{UpstreamError, WorkspaceClient};

/// Which datasets to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatasetQuery<'q> {
    /// Only the datasets with these ids; all when empty.
    pub ids: &'q [String],
    /// `kv`, `llm` or `chat`.
    pub data_type: Option<&'q str>,
    /// Only the dataset with exactly this name.
    pub name: Option<&'q str>,
    /// Only datasets whose name contains this text.
    pub name_contains: Option<&'q str>,
    /// Only datasets whose metadata contains this JSON object.
    pub metadata: Option<&'q str>,
    /// How many at most (1 to 100).
    pub limit: u32,
    /// How many to skip.
    pub offset: u32,
}

/// A dataset. Each field is the JSON that LangSmith sent, and `None` when it was absent or null, except the id.
#[derive(Clone, Copy, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are LangSmith's, named as its API names them")]
pub struct Dataset<'a> {
    #[serde(borrow)]
    pub id: &'a RawValue,
    #[serde(borrow, default)]
    pub name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub inputs_schema_definition: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub outputs_schema_definition: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub description: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub data_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub example_count: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub session_count: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub created_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub modified_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub last_session_start_time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub tenant_id: Option<&'a RawValue>,
}

/// A page of datasets, and the total count if LangSmith reported it.
#[derive(Clone, Debug)]
pub struct DatasetPage(Bytes, Option<u64>);

impl DatasetPage {
    /// How many datasets match in all, if LangSmith reported it.
    pub fn total(&self) -> Option<u64> {
        self.1
    }

    /// Splits the page. Fails with [`UpstreamError::Malformed`] if it does not conform to the API.
    pub fn split(&self) -> Result<Vec<Dataset<'_>>, UpstreamError> {
        serde_json::from_slice(&self.0).map_err(|_| UpstreamError::Malformed)
    }
}

/// One received dataset.
#[derive(Clone, Debug)]
pub struct DatasetBody(Bytes);

impl DatasetBody {
    /// The dataset. Fails with [`UpstreamError::Malformed`] if it does not conform to the API.
    pub fn read(&self) -> Result<Dataset<'_>, UpstreamError> {
        serde_json::from_slice(&self.0).map_err(|_| UpstreamError::Malformed)
    }
}

#[derive(Deserialize)]
struct Found {
    id: String,
}

#[derive(Deserialize)]
struct Version {
    as_of: String,
}

const PATH: &str = "/api/v1/datasets";

impl WorkspaceClient<'_> {
    /// The datasets that match `query`.
    pub async fn datasets(&self, query: &DatasetQuery<'_>) -> Result<DatasetPage, UpstreamError> {
        let (limit, offset) = (query.limit.to_string(), query.offset.to_string());
        let mut parameters = vec![("limit", limit.as_str())];
        parameters.extend(query.ids.iter().map(|id| ("id", id.as_str())));
        let texts = [
            ("data_type", query.data_type),
            ("name", query.name),
            ("name_contains", query.name_contains),
            ("metadata", query.metadata),
        ];
        parameters.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text?))));
        parameters.push(("offset", &offset));
        self.get_counted(PATH, &parameters).await.map(|(body, total)| DatasetPage(body, total))
    }

    /// The dataset with this id, a UUID.
    pub async fn dataset(&self, id: &str) -> Result<DatasetBody, UpstreamError> {
        self.get_bytes(&format!("{PATH}/{id}"), &[]).await.map(DatasetBody)
    }

    /// The dataset with exactly this name, or an empty page.
    pub async fn dataset_named(&self, name: &str) -> Result<DatasetPage, UpstreamError> {
        self.get_bytes(PATH, &[("limit", "1"), ("name", name)]).await.map(|body| DatasetPage(body, None))
    }

    /// The creation time (ISO 8601) of the newest version of the dataset with this id, a UUID; `None` if LangSmith
    /// knows no version, as for a dataset without examples.
    pub async fn dataset_version(&self, id: &str) -> Result<Option<String>, UpstreamError> {
        match self.get::<Version>(&format!("{PATH}/{id}/version"), &[("tag", "latest")]).await {
            Ok(version) => Ok(Some(version.as_of)),
            Err(UpstreamError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The id of the dataset with exactly this name, or `None`.
    pub async fn dataset_id(&self, name: &str) -> Result<Option<String>, UpstreamError> {
        self.resolve_name(Kind::Dataset, name).await
    }

    /// Looks up the id of the dataset with exactly this name at LangSmith.
    pub(crate) async fn find_dataset(&self, name: &str) -> Result<Option<String>, UpstreamError> {
        let found: Vec<Found> = self.get(PATH, &[("limit", "1"), ("name", name)]).await?;
        Ok(found.into_iter().next().map(|dataset| dataset.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_absent_fields_are_the_same() {
        let page = DatasetPage(
            Bytes::from_static(br#"[{"id":"x","description":null,"new_field":[1]},{"id":"y"}]"#),
            None,
        );
        let datasets = page.split().unwrap();
        assert_eq!(datasets[0].id.get(), "\"x\"");
        assert!(datasets[0].description.is_none() && datasets[1].description.is_none());
    }

    #[test]
    fn an_answer_of_another_shape_is_malformed() {
        for text in ["", "{}", "[1]", "[[]]", "[{}]", r#"[{"id":"x"}"#] {
            assert_eq!(
                DatasetPage(Bytes::from(text), None).split().unwrap_err(),
                UpstreamError::Malformed,
                "{text}"
            );
        }
        assert_eq!(DatasetBody(Bytes::from_static(b"[]")).read().unwrap_err(), UpstreamError::Malformed);
    }
}
