//! Looks up existing examples before a write.

use std::collections::BTreeMap;

use langsmith::{Example, ExampleQuery, UpstreamError, WorkspaceClient};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::toolsets::langsmith::parts::Parts;

/// The maximum number of examples in an answer of LangSmith.
const PAGE: usize = 100;

/// The maximum size of kept inputs, in bytes.
const MAX_INPUTS: usize = 100_000;

/// An existing example.
#[derive(Debug)]
pub(crate) struct ExistingExample {
    pub(crate) dataset: Uuid,
    /// Absent when larger than [`MAX_INPUTS`].
    pub(crate) inputs: Option<Box<RawValue>>,
}

/// The existing examples of `ids`, in `dataset` if one is given.
pub(crate) async fn find_examples(
    caller: &WorkspaceClient<'_>,
    ids: &[Uuid],
    dataset: Option<Uuid>,
) -> Result<BTreeMap<Uuid, ExistingExample>, UpstreamError> {
    look_up(caller, ids, dataset, &|_, example| {
        let inputs = example.inputs.filter(|inputs| inputs.get().len() <= MAX_INPUTS);
        Some(ExistingExample { dataset: id(example.dataset_id)?, inputs: inputs.map(ToOwned::to_owned) })
    })
    .await
}

/// The result of `read` for each existing example of `ids`; `None` from it means a malformed answer. Where a hundred
/// examples are too much for one answer, fewer are requested.
pub(crate) async fn look_up<T>(
    caller: &WorkspaceClient<'_>,
    ids: &[Uuid],
    dataset: Option<Uuid>,
    read: &(impl Fn(Uuid, &Example<'_>) -> Option<T> + Sync),
) -> Result<BTreeMap<Uuid, T>, UpstreamError> {
    let mut found = BTreeMap::new();
    let mut parts = Parts::of(ids, PAGE);
    while let Some(part) = parts.next() {
        match page(caller, part, dataset, read).await {
            Ok(examples) => found.extend(examples),
            Err(UpstreamError::TooLarge) if parts.halve(part) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

async fn page<T>(
    caller: &WorkspaceClient<'_>,
    ids: &[Uuid],
    dataset: Option<Uuid>,
    read: &(impl Fn(Uuid, &Example<'_>) -> Option<T> + Sync),
) -> Result<Vec<(Uuid, T)>, UpstreamError> {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let dataset = dataset.map(|id| id.to_string());
    let query = ExampleQuery {
        ids: &ids,
        dataset: dataset.as_deref(),
        inline_s3_urls: true,
        limit: 100,
        ..ExampleQuery::default()
    };
    let page = caller.examples(&query).await?;
    let read = |example: &Example<'_>| {
        let id = id(Some(example.id))?;
        Some((id, read(id, example)?))
    };
    page.split()?.iter().map(|example| read(example).ok_or(UpstreamError::Malformed)).collect()
}

fn id(raw: Option<&RawValue>) -> Option<Uuid> {
    serde_json::from_str(raw?.get()).ok()
}
