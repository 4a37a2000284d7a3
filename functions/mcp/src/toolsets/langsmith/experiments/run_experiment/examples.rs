//! The examples of the results: their inputs become those of the runs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use langsmith::{Example, UpstreamError, WorkspaceClient};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::open::no_dataset;
use super::request::Wanted;
use crate::toolset::names::first_few;
use crate::toolset::{CallError, ToolError, iso};
use crate::toolsets::langsmith::datasets::example_lookup::{ExistingExample, look_up};

/// The maximum size of inputs copied into a run, in bytes.
const MAX_INPUTS: usize = 100_000;

/// The maximum size of a time, in bytes.
const MAX_TIME: usize = 64;

/// The example of one or several results.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) known: ExistingExample,
    /// The time of its last change: a comparison of experiments shows the example in this version.
    pub(super) version: Option<String>,
}

/// The examples of the results. One outside of the dataset is refused by its id.
pub(super) async fn find(
    caller: &WorkspaceClient<'_>,
    dataset: Uuid,
    wanted: &Wanted,
) -> Result<BTreeMap<Uuid, Subject>, CallError> {
    let ids: BTreeSet<Uuid> = wanted.outcomes.iter().map(|outcome| outcome.example).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = match look_up(caller, &ids, Some(dataset), &subject).await {
        Err(UpstreamError::NotFound { .. }) => return Err(no_dataset(caller, wanted, dataset)),
        found => found?,
    };
    let unknown: BTreeSet<Uuid> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
    if unknown.is_empty() {
        return Ok(found);
    }
    let names = first_few(&unknown);
    let message = format!("Example {names} not found in dataset {dataset}. Nothing was recorded.");
    Err(ToolError::not_found(message).into())
}

fn subject(_: Uuid, example: &Example<'_>) -> Option<Subject> {
    let dataset = serde_json::from_str(example.dataset_id?.get()).ok()?;
    let inputs = example.inputs.filter(|inputs| inputs.get().len() <= MAX_INPUTS);
    let known = ExistingExample { dataset, inputs: inputs.map(ToOwned::to_owned) };
    Some(Subject { known, version: example.modified_at.or(example.created_at).and_then(version) })
}

/// A time as LangChain's SDK writes it.
fn version(time: &RawValue) -> Option<String> {
    let time: Cow<'_, str> = serde_json::from_str(time.get()).ok()?;
    (time.len() <= MAX_TIME).then(|| iso::in_utc(&time, "+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_last_change_in_utc() {
        let version = |times: &str| {
            let json = format!(r#"{{"id":"e","dataset_id":"{}"{times}}}"#, Uuid::nil());
            let example: Example<'_> = serde_json::from_str(&json).unwrap();
            subject(Uuid::nil(), &example).unwrap().version
        };
        let changed = r#","created_at":"2026-01-01T00:00:00Z","modified_at":"2026-01-02T00:00:00.5""#;
        assert_eq!(version(changed).as_deref(), Some("2026-01-02T00:00:00.500000+00:00"));
        let created = r#","created_at":"2026-01-01T00:00:00+00:00","modified_at":null"#;
        assert_eq!(version(created).as_deref(), Some("2026-01-01T00:00:00+00:00"));
        let long = format!(r#","created_at":"{}""#, "0".repeat(MAX_TIME + 1));
        assert_eq!((version(""), version(&long)), (None, None));
    }
}
