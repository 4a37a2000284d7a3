//! Experiments, which the API calls sessions: projects whose runs answer the examples of a dataset.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::datasets::dataset_writes::{Extra, Made};
use crate::workspace_client::parse;
use crate::{UpstreamError, WorkspaceClient};

/// An experiment to be opened.
#[derive(Clone, Copy, Debug)]
pub struct NewExperiment<'e> {
    /// Unique among the projects of its workspace.
    pub name: &'e str,
    /// The dataset that the experiment runs on.
    pub dataset: Uuid,
    /// Free text.
    pub description: Option<&'e str>,
    /// JSON object.
    pub metadata: Option<&'e RawValue>,
    /// How many examples the dataset has: LangSmith computes the progress from it.
    pub num_examples: Option<u64>,
    /// The version of the dataset that the experiment runs on. LangChain's SDK keeps it in the metadata, where
    /// comparisons look up the examples to show.
    pub dataset_version: Option<&'e str>,
    /// The start of the first run, if in the past.
    pub began: Option<OffsetDateTime>,
}

/// A project that may be an experiment.
#[derive(Clone, Debug, Deserialize)]
pub struct Experiment {
    /// Its id.
    pub id: Uuid,
    /// Its workspace.
    pub tenant_id: Uuid,
    /// ISO 8601, usually without zone (UTC).
    pub start_time: String,
    /// Absent while the experiment is open.
    #[serde(default)]
    pub end_time: Option<String>,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// JSON object that contains the metadata.
    #[serde(default)]
    pub extra: Option<Box<RawValue>>,
    /// The dataset of the experiment; a project without one is not an experiment.
    #[serde(default)]
    pub reference_dataset_id: Option<Uuid>,
}

/// LangSmith's statistics of an experiment so far.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ExperimentStats {
    /// Number of runs.
    #[serde(default)]
    pub run_count: Option<u64>,
    /// Scores by feedback key.
    #[serde(default)]
    pub feedback_stats: Option<BTreeMap<String, KeyStats>>,
}

/// The scores under one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct KeyStats {
    /// Number of scores.
    #[serde(default)]
    pub n: Option<u64>,
    /// The mean of the scores; absent when they are not numbers.
    #[serde(default)]
    pub avg: Option<f64>,
}

#[derive(Serialize)]
struct Body<'e> {
    id: Uuid,
    name: &'e str,
    reference_dataset_id: Uuid,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_examples: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<Extra<'e>>,
}

#[derive(Serialize)]
struct End {
    end_time: String,
}

const PATH: &str = "/api/v1/sessions";

impl WorkspaceClient<'_> {
    /// The project with exactly this name.
    pub async fn experiment_named(&self, name: &str) -> Result<Option<Experiment>, UpstreamError> {
        let query = [("limit", "1"), ("name", name), ("include_stats", "false")];
        let found: Vec<Experiment> = self.get(PATH, &query).await?;
        Ok(found.into_iter().next())
    }

    /// Opens an experiment. If its name is taken, the result is the project of that name: created by an attempt whose
    /// answer was lost, which its id proves, or existing before.
    pub async fn open_experiment(&self, new: &NewExperiment<'_>) -> Result<Made<Experiment>, UpstreamError> {
        let (id, now) = (self.fresh_id(), self.now());
        let versioned = new.dataset_version.and_then(|version| with_version(new.metadata, version));
        let body = Body {
            id,
            name: new.name,
            reference_dataset_id: new.dataset,
            start_time: format_time(new.began.map_or(now, |began| began.min(now))),
            description: new.description,
            num_examples: new.num_examples,
            extra: versioned.as_deref().or(new.metadata).map(|metadata| Extra { metadata }),
        };
        let conflict = match self.write(&Method::POST, PATH, &body).await {
            Ok(opened) => return parse(&opened).map(Made::New),
            Err(error @ UpstreamError::Rejected { status: 409, .. }) => error,
            Err(error) => return Err(error),
        };
        match self.experiment_named(new.name).await? {
            Some(opened) if opened.id == id => Ok(Made::New(opened)),
            Some(opened) => Ok(Made::Existing(opened)),
            None => Err(conflict),
        }
    }

    /// Marks an experiment as ended now.
    pub async fn close_experiment(&self, id: Uuid) -> Result<(), UpstreamError> {
        let end = End { end_time: format_time(self.now()) };
        self.write(&Method::PATCH, &format!("{PATH}/{id}"), &end).await.map(drop)
    }

    /// The statistics of an experiment. LangSmith updates them some time after it received a run or a score.
    pub async fn experiment_stats(&self, id: Uuid) -> Result<ExperimentStats, UpstreamError> {
        self.get(&format!("{PATH}/{id}"), &[("include_stats", "true")]).await
    }

    /// The current time.
    pub fn now(&self) -> OffsetDateTime {
        let nanos = i128::from(self.memory().now().millis()) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// The metadata with the dataset version added; `None` if they name one already. The original text is kept, because it
/// may hold values that no parser can represent.
fn with_version(metadata: Option<&RawValue>, version: &str) -> Option<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Metadata<'a> {
        #[serde(borrow)]
        dataset_version: Option<&'a RawValue>,
    }
    let own = metadata.map_or("{}", RawValue::get).trim();
    let is_named = serde_json::from_str::<Metadata<'_>>(own).is_ok_and(|own| own.dataset_version.is_some());
    let members = own.strip_prefix('{')?.strip_suffix('}')?.trim_end();
    let comma = if members.trim_start().is_empty() { "" } else { "," };
    let version = serde_json::Value::from(version);
    let text = format!(r#"{{{members}{comma}"dataset_version":{version}}}"#);
    if is_named { None } else { RawValue::from_string(text).ok() }
}

fn format_time(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_stands_beside_the_metadata() {
        for (own, expected) in [
            (None, Some(r#"{"dataset_version":"v"}"#)),
            (Some("{ }"), Some(r#"{"dataset_version":"v"}"#)),
            (Some(r#"{"a":"\ud800","n":1e400 }"#), Some(r#"{"a":"\ud800","n":1e400,"dataset_version":"v"}"#)),
            (Some(r#"{"dataset_version":"mine"}"#), None),
            (
                Some(r#"{"a":{"dataset_version":1}}"#),
                Some(r#"{"a":{"dataset_version":1},"dataset_version":"v"}"#),
            ),
        ] {
            let raw: Option<Box<RawValue>> = own.map(|own| serde_json::from_str(own).unwrap());
            let versioned = with_version(raw.as_deref(), "v");
            assert_eq!(versioned.as_deref().map(RawValue::get), expected, "{own:?}");
        }
    }
}
