//! The arguments of `run_experiment`.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::outcome::{self, Outcome};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::free_form::{Entries, entries, name, object, plain};
use crate::toolset::arguments::placeholders::defaults::Defaults;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::names;
use crate::toolsets::langsmith::datasets::dataset_ref::{Both, DatasetRef};

/// The maximum number of results in one call.
pub(super) const MAX_RESULTS: usize = 100;

/// The maximum number of scores in one call: each is a request of its own.
const MAX_SCORES: usize = 500;

/// The default values of arguments.
pub(super) const DEFAULTS: Defaults = &[("close", "false")];

/// The parsed call: the guide, or the write.
pub(crate) enum Request {
    /// The guide.
    Guide,
    /// The recording of an experiment.
    Experiment(Wanted),
}

/// An experiment, its new results, and whether to close it.
pub(crate) struct Wanted {
    pub(super) name: String,
    pub(super) dataset: Option<DatasetRef>,
    pub(super) description: Option<String>,
    pub(super) metadata: Option<Box<RawValue>>,
    /// No pair of example and repetition occurs twice.
    pub(super) outcomes: Vec<Outcome>,
    pub(super) close: bool,
}

/// Takes the arguments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
    let guide = arguments.say_nothing(DEFAULTS);
    let name = name(arguments, "experiment_name")?;
    let dataset = dataset(arguments)?;
    // First, because a sign in a result decides whether the description is meant.
    let outcomes = outcomes(arguments)?;
    let (description, metadata) = (arguments.text("description")?, object(arguments, "metadata")?);
    let close = arguments.boolean("close")?.unwrap_or(false);
    match name {
        Some(name) => {
            let wanted = Wanted { name, dataset, description, metadata, outcomes, close };
            Ok(Request::Experiment(wanted))
        }
        None if guide => Ok(Request::Guide),
        None => Err(missing("experiment_name")),
    }
}

fn dataset(arguments: &mut Arguments<'_>) -> Result<Option<DatasetRef>, ToolError> {
    let dataset = DatasetRef::parse(arguments, ("dataset_id", "dataset_name"))?
        .map_err(|Both| ToolError::invalid("Give either dataset_id or dataset_name, not both."))?;
    Ok(match dataset {
        Some(DatasetRef::Name(name)) => Some(DatasetRef::Name(plain("dataset_name", name)?)),
        other => other,
    })
}

fn outcomes(arguments: &mut Arguments<'_>) -> Result<Vec<Outcome>, ToolError> {
    let members = outcome::members();
    let members = &names(&members);
    let may_be_empty = |_: &Arguments<'_>| outcome::MAY_BE_EMPTY;
    let results = Entries { name: "results", most: MAX_RESULTS, members, may_be_empty };
    let outcomes = entries(arguments, results, outcome::parse)?.unwrap_or_default();
    if outcomes.iter().map(|outcome| outcome.scores.len()).sum::<usize>() > MAX_SCORES {
        return Err(ToolError::invalid(format!("results may have at most {MAX_SCORES} scores in all.")));
    }
    let mut seen = BTreeSet::new();
    match outcomes.iter().find(|outcome| !seen.insert((outcome.example, outcome.repetition))) {
        None => Ok(outcomes),
        Some(twice) => Err(ToolError::invalid(format!(
            "results: example_id {} appears twice; give each attempt a repetition of its own.",
            twice.example
        ))),
    }
}
