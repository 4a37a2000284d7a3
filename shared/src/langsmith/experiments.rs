//! Experiments, which the API calls sessions: projects whose runs answer the examples of a dataset.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::caller::parse;
use super::dataset_writes::{Extra, Made};
use super::{Caller, UpstreamError};

/// An experiment to be opened.
#[derive(Clone, Copy, Debug)]
pub struct NewExperiment<'e> {
    /// Unique among the projects of its workspace.
    pub name: &'e str,
    /// The dataset that it is about.
    pub dataset: Uuid,
    /// Free text.
    pub description: Option<&'e str>,
    /// JSON object.
    pub metadata: Option<&'e RawValue>,
    /// When its first run began, if that was before now.
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
    /// Set once it is closed.
    #[serde(default)]
    pub end_time: Option<String>,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// JSON object that holds the metadata.
    #[serde(default)]
    pub extra: Option<Box<RawValue>>,
    /// The dataset that it is about; a project without one is no experiment.
    #[serde(default)]
    pub reference_dataset_id: Option<Uuid>,
}

/// What LangSmith has counted of an experiment so far.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ExperimentStats {
    /// Runs.
    #[serde(default)]
    pub run_count: Option<u64>,
    /// Scores by feedback key.
    #[serde(default)]
    pub feedback_stats: Option<BTreeMap<String, KeyStats>>,
}

/// The scores under one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct KeyStats {
    /// How many.
    #[serde(default)]
    pub n: Option<u64>,
    /// Their mean; scores that are no numbers have none.
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
    extra: Option<Extra<'e>>,
}

#[derive(Serialize)]
struct End {
    end_time: String,
}

const PATH: &str = "/api/v1/sessions";

impl Caller<'_> {
    /// The project with exactly this name.
    pub async fn experiment_named(&self, name: &str) -> Result<Option<Experiment>, UpstreamError> {
        let query = [("limit", "1"), ("name", name), ("include_stats", "false")];
        let found: Vec<Experiment> = self.get(PATH, &query).await?;
        Ok(found.into_iter().next())
    }

    /// Opens an experiment. When its name is taken, that is the experiment: of an attempt whose answer was lost, which is
    /// told by the id, or of somebody before.
    pub async fn open_experiment(&self, new: &NewExperiment<'_>) -> Result<Made<Experiment>, UpstreamError> {
        let id = self.fresh_id();
        let body = Body {
            id,
            name: new.name,
            reference_dataset_id: new.dataset,
            start_time: written(new.began.map_or(self.time_now(), |began| began.min(self.time_now()))),
            description: new.description,
            extra: new.metadata.map(|metadata| Extra { metadata }),
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
        let end = End { end_time: written(self.time_now()) };
        self.write(&Method::PATCH, &format!("{PATH}/{id}"), &end).await.map(drop)
    }

    /// What LangSmith has counted of an experiment. It counts some time after a run or a score was taken.
    pub async fn experiment_stats(&self, id: Uuid) -> Result<ExperimentStats, UpstreamError> {
        self.get(&format!("{PATH}/{id}"), &[("include_stats", "true")]).await
    }

    fn time_now(&self) -> OffsetDateTime {
        let nanos = i128::from(self.memory().now().millis()) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

fn written(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}
