//! Finds the experiment by its name, or opens it.

use serde_json::Value;
use serde_json::value::RawValue;
use shared::langsmith::{Caller, Experiment, Made, NewExperiment, UpstreamError};
use uuid::Uuid;

use super::request::Wanted;
use crate::tools::dataset_ref::DatasetRef;
use crate::tools::{CallError, ToolError, named};

/// What the call is about, before anything is written.
pub(super) enum Target {
    /// To be opened on this dataset.
    Open(Uuid),
    /// Open, on this dataset.
    Continue(Experiment, Uuid),
}

/// An experiment that is open.
pub(super) struct Opened {
    pub(super) experiment: Experiment,
    pub(super) dataset: Uuid,
    pub(super) is_new: bool,
}

impl Target {
    pub(super) fn dataset(&self) -> Uuid {
        match self {
            Self::Open(dataset) | Self::Continue(_, dataset) => *dataset,
        }
    }
}

/// Looks the experiment and its dataset up.
pub(super) async fn find(caller: &Caller<'_>, wanted: &Wanted) -> Result<Target, CallError> {
    let experiment = async { Ok(caller.experiment_named(&wanted.name).await?) };
    let (dataset, experiment) = tokio::try_join!(dataset(caller, wanted), experiment)?;
    match (experiment, dataset) {
        (Some(experiment), dataset) => {
            let dataset = check(&experiment, dataset, wanted)?;
            Ok(Target::Continue(experiment, dataset))
        }
        (None, Some(dataset)) => Ok(Target::Open(dataset)),
        (None, None) => {
            let name = named(&wanted.name);
            let message =
                format!("Experiment {name} not found. To open it, give dataset_id or dataset_name.");
            Err(ToolError::not_found(message).into())
        }
    }
}

async fn dataset(caller: &Caller<'_>, wanted: &Wanted) -> Result<Option<Uuid>, CallError> {
    let Some(dataset) = wanted.dataset.clone() else { return Ok(None) };
    let id = dataset.id(caller).await?;
    Ok(Some(Uuid::try_parse(&id).map_err(|_| UpstreamError::Malformed)?))
}

/// Opens the experiment if it is not open.
pub(super) async fn open(caller: &Caller<'_>, target: Target, wanted: &Wanted) -> Result<Opened, CallError> {
    let dataset = match target {
        Target::Continue(experiment, dataset) => return Ok(Opened { experiment, dataset, is_new: false }),
        Target::Open(dataset) => dataset,
    };
    let new = NewExperiment {
        name: &wanted.name,
        dataset,
        description: wanted.description.as_deref(),
        metadata: wanted.metadata.as_deref(),
    };
    match caller.open_experiment(&new).await {
        Ok(Made::New(experiment)) => Ok(Opened { experiment, dataset, is_new: true }),
        Ok(Made::Existing(experiment)) => {
            // Somebody else opened it since we looked.
            let dataset = check(&experiment, Some(dataset), wanted)?;
            Ok(Opened { experiment, dataset, is_new: false })
        }
        Err(UpstreamError::NotFound) => Err(no_dataset(caller, wanted, dataset)),
        Err(error) => Err(error.into()),
    }
}

/// The error of a dataset that is gone, although its name was known a moment ago.
pub(super) fn no_dataset(caller: &Caller<'_>, wanted: &Wanted, dataset: Uuid) -> CallError {
    let name = match &wanted.dataset {
        Some(DatasetRef::Name(name)) => {
            caller.forget_dataset(name);
            named(name)
        }
        _ => dataset.to_string(),
    };
    ToolError::not_found(format!("Dataset {name} not found")).into()
}

/// Refuses an experiment that is something else than the call says; its dataset.
fn check(experiment: &Experiment, dataset: Option<Uuid>, wanted: &Wanted) -> Result<Uuid, ToolError> {
    let name = named(&wanted.name);
    let Some(own) = experiment.reference_dataset_id else {
        let message =
            format!("{name} is a tracing project, not an experiment. Choose another experiment_name.");
        return Err(ToolError::invalid(message));
    };
    let differs = [
        ("dataset", dataset.is_some_and(|dataset| dataset != own)),
        ("description", wanted.description.is_some() && wanted.description != experiment.description),
        ("metadata", lacks(experiment.extra.as_deref(), wanted.metadata.as_deref())),
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

/// Whether the metadata in `extra` lacks any of the wanted labels. LangSmith adds labels of its own, and what cannot be
/// compared, such as half a surrogate pair, it keeps in a form of its own.
fn lacks(extra: Option<&RawValue>, wanted: Option<&RawValue>) -> bool {
    let read = |json: &RawValue| serde_json::from_str::<Value>(json.get()).ok();
    let Some(Value::Object(wanted)) = wanted.and_then(read) else { return false };
    let extra = extra.and_then(read).unwrap_or_default();
    let labels = extra.get("metadata");
    wanted.iter().any(|(key, value)| labels.and_then(|labels| labels.get(key)) != Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(extra: &str, wanted: &str) -> bool {
        let raw = |json: &str| serde_json::from_str::<Box<RawValue>>(json).unwrap();
        lacks(Some(&raw(extra)), Some(&raw(wanted)))
    }

    #[test]
    fn labels_of_langsmiths_own_do_not_count() {
        assert!(!missing(r#"{"metadata":{"a":1,"own":2}}"#, r#"{"a":1}"#));
        assert!(missing(r#"{"metadata":{"a":1}}"#, r#"{"a":2}"#) && missing("{}", r#"{"a":1}"#));
        assert!(!missing("{}", "{}") && !lacks(None, None) && !missing("{}", r#"{"a":"\ud800"}"#));
    }
}
