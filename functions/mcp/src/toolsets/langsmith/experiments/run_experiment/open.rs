//! Finds the experiment by its name, or opens it.

use langsmith::{Experiment, Made, NamedKind, NewExperiment, UpstreamError, WorkspaceClient};
use serde::Deserialize;
use serde_json::value::RawValue;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::outcome::Outcome;
use super::request::Wanted;
use crate::json::same::lacks;
use crate::toolset::{CallError, ToolError, iso, shorten_name};
use crate::toolsets::langsmith::datasets::dataset_ref::DatasetRef;
use crate::toolsets::langsmith::suggest::meant;

/// The beginning of the search for runs, before the start of their experiment: results may be recorded in any order,
/// the earliest last.
const BEFORE: Duration = Duration::days(3);

/// The experiment of the call, before anything is written.
pub(super) enum Target {
    /// To be opened on this dataset.
    Open(Uuid),
    /// Open, on this dataset.
    Continue(Experiment, Uuid),
}

/// The state of a dataset when an experiment is opened on it.
#[derive(Debug, Default)]
pub(super) struct Edition {
    examples: Option<u64>,
    /// The time of its last change (ISO 8601).
    version: Option<String>,
}

/// An open experiment.
pub(super) struct Opened {
    pub(super) experiment: Experiment,
    pub(super) dataset: Uuid,
    pub(super) is_new: bool,
}

impl Target {
    /// Whether the experiment is not open yet.
    pub(super) fn is_new(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    pub(super) fn dataset(&self) -> Uuid {
        match self {
            Self::Open(dataset) | Self::Continue(_, dataset) => *dataset,
        }
    }
}

/// Looks up the experiment and its dataset.
pub(super) async fn find(caller: &WorkspaceClient<'_>, wanted: &Wanted) -> Result<Target, CallError> {
    let experiment = async { Ok(caller.experiment_named(&wanted.name).await?) };
    let (dataset, experiment) = tokio::try_join!(dataset(caller, wanted), experiment)?;
    match (experiment, dataset) {
        (Some(experiment), dataset) => {
            let dataset = check(&experiment, dataset, wanted)?;
            Ok(Target::Continue(experiment, dataset))
        }
        (None, Some(dataset)) => Ok(Target::Open(dataset)),
        (None, None) => {
            let known = caller.first_names(NamedKind::Project).await;
            let (name, meant) = (shorten_name(&wanted.name), meant(&wanted.name, &known));
            let end = if meant.is_empty() { "." } else { "" };
            let message = format!(
                "Experiment {name} not found{meant}{end} To open it, give dataset_id or dataset_name."
            );
            Err(ToolError::not_found(message).into())
        }
    }
}

async fn dataset(caller: &WorkspaceClient<'_>, wanted: &Wanted) -> Result<Option<Uuid>, CallError> {
    let Some(dataset) = wanted.dataset.clone() else { return Ok(None) };
    if let DatasetRef::Name(name) = &dataset {
        // The results go to the dataset with that name now.
        caller.forget_dataset(name);
    }
    let id = dataset.id(caller).await?;
    Ok(Some(Uuid::try_parse(&id).map_err(|_| UpstreamError::Malformed)?))
}

/// The state of the dataset for a new experiment.
pub(super) async fn edition(
    caller: &WorkspaceClient<'_>,
    target: &Target,
    wanted: &Wanted,
) -> Result<Edition, CallError> {
    let Target::Open(dataset) = target else { return Ok(Edition::default()) };
    let id = dataset.to_string();
    match tokio::try_join!(caller.dataset(&id), caller.dataset_version(&id)) {
        Ok((body, version)) => {
            let count = body.read()?.example_count;
            let examples = count.and_then(|count| count.get().parse().ok());
            Ok(Edition { examples, version: version.map(|version| iso::in_utc(&version, "+00:00")) })
        }
        Err(UpstreamError::NotFound { .. }) => Err(no_dataset(caller, wanted, *dataset)),
        Err(error) => Err(error.into()),
    }
}

/// Opens the experiment if it is not open.
pub(super) async fn open(
    caller: &WorkspaceClient<'_>,
    target: Target,
    (wanted, edition): (&Wanted, &Edition),
) -> Result<Opened, CallError> {
    let dataset = match target {
        Target::Continue(experiment, dataset) => return Ok(Opened { experiment, dataset, is_new: false }),
        Target::Open(dataset) => dataset,
    };
    let new = NewExperiment {
        name: &wanted.name,
        dataset,
        description: wanted.description.as_deref(),
        metadata: wanted.metadata.as_deref(),
        num_examples: edition.examples,
        dataset_version: edition.version.as_deref(),
        began: earliest(&wanted.outcomes),
    };
    match caller.open_experiment(&new).await {
        Ok(Made::New(experiment)) => Ok(Opened { experiment, dataset, is_new: true }),
        Ok(Made::Existing(experiment)) => {
            // Somebody else has opened it meanwhile.
            let dataset = check(&experiment, Some(dataset), wanted)?;
            Ok(Opened { experiment, dataset, is_new: false })
        }
        Err(UpstreamError::NotFound { .. }) => Err(no_dataset(caller, wanted, dataset)),
        Err(error) => Err(error.into()),
    }
}

/// The error for a dataset that is gone, although its name was known a moment ago.
pub(super) fn no_dataset(caller: &WorkspaceClient<'_>, wanted: &Wanted, dataset: Uuid) -> CallError {
    let name = match &wanted.dataset {
        Some(DatasetRef::Name(name)) => {
            caller.forget_dataset(name);
            shorten_name(name)
        }
        _ => dataset.to_string(),
    };
    ToolError::not_found(format!("Dataset {name} not found")).into()
}

/// Refuses an experiment that contradicts the call, and returns its dataset.
fn check(experiment: &Experiment, dataset: Option<Uuid>, wanted: &Wanted) -> Result<Uuid, ToolError> {
    let name = shorten_name(&wanted.name);
    let Some(own) = experiment.reference_dataset_id else {
        let message =
            format!("{name} is a tracing project, not an experiment. Choose another experiment_name.");
        return Err(ToolError::invalid(message));
    };
    let differs = [
        ("dataset", dataset.is_some_and(|dataset| dataset != own)),
        ("description", wanted.description.is_some() && wanted.description != experiment.description),
        ("metadata", lacks(labels(experiment.extra.as_deref()), wanted.metadata.as_deref())),
    ];
    let found: Vec<&str> =
        differs.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
    if found.is_empty() {
        return Ok(own);
    }
    Err(ToolError::invalid(format!(
        "An experiment named {name} exists already ({}) with another {}. It was left as it is: choose another experiment_name, \
or leave out what differs to continue it.",
        experiment.id,
        found.join(", ")
    )))
}

/// The start of the experiment.
pub(super) fn began(experiment: &Experiment) -> Result<OffsetDateTime, UpstreamError> {
    iso::parse_time(&experiment.start_time).ok_or(UpstreamError::Malformed)
}

fn earliest<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Option<OffsetDateTime> {
    let runs = outcomes.into_iter().filter_map(|outcome| outcome.run.as_ref());
    runs.filter_map(|run| run.times.map(|times| times.start)).min()
}

/// The earliest start time in the search for the runs of these results. A run recorded with an even earlier start, and
/// now given another one, is found only through LangSmith's refusal.
pub(super) fn since(experiment: &Experiment, outcomes: &[&Outcome]) -> Result<OffsetDateTime, UpstreamError> {
    let began = began(experiment)?;
    let began = earliest(outcomes.iter().copied()).map_or(began, |earliest| earliest.min(began));
    Ok(began.checked_sub(BEFORE).filter(|since| since.year() > 0).unwrap_or(began))
}

/// The metadata in `extra`.
fn labels(extra: Option<&RawValue>) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Extra<'a> {
        #[serde(borrow, default)]
        metadata: Option<&'a RawValue>,
    }
    serde_json::from_str::<Extra<'_>>(extra?.get()).ok()?.metadata
}
