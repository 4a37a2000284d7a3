//! Finds the results already recorded, and checks that they match the call: a score must not stand beside outputs other
//! than its own. LangSmith does not replace the outputs of an ended run.

use std::collections::{BTreeMap, BTreeSet};

use langsmith::{Experiment, Received, Run as StoredRun, RunQuery, UpstreamError, WorkspaceClient};
use uuid::Uuid;

use super::failure::Failure;
use super::open::since;
use super::outcome::{Outcome, Run};
use super::pace::WAITS;
use super::stamped::run_id;
use crate::json::same;
use crate::toolset::{ToolError, iso};
use crate::toolsets::langsmith::parts::Parts;

/// The maximum number of runs in an answer of LangSmith.
const PAGE: usize = 100;

/// The columns for finding and comparing a result.
const COLUMNS: [&str; 5] = ["id", "trace_id", "start_time", "outputs", "error"];

/// The existing runs of these results. One with other contents is an error.
pub(super) async fn recorded(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    outcomes: &[&Outcome],
) -> Result<BTreeSet<Uuid>, Failure> {
    // LangSmith allows three times as many queries with a start time, over a week at most.
    let since = iso::rfc3339(since(experiment, outcomes)?);
    found(caller, experiment, outcomes, Some(&since)).await
}

/// Like [`recorded`], for the runs that started at `since` or later.
async fn found(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    outcomes: &[&Outcome],
    since: Option<&str>,
) -> Result<BTreeSet<Uuid>, Failure> {
    let wanted: BTreeMap<Uuid, (&Outcome, &Run)> = outcomes
        .iter()
        .filter_map(|outcome| Some((run_id(experiment, outcome), (*outcome, outcome.run.as_ref()?))))
        .collect();
    let ids: Vec<String> = wanted.keys().map(Uuid::to_string).collect();
    let mut there = BTreeSet::new();
    let mut parts = Parts::of(&ids, PAGE);
    while let Some(part) = parts.next() {
        match page(caller, experiment, (part, since), &wanted).await {
            Ok(found) => there.extend(found),
            Err(Failure::Upstream(UpstreamError::TooLarge)) if parts.halve(part) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there)
}

/// The results of `open` whose runs LangSmith does not show, even after waiting. Runs from elsewhere (an attempt whose
/// answer was lost, a concurrent call, a start long before the experiment) must match this call.
///
/// LangSmith allows few queries without a start time, so that one comes last, and alone. It has no bound at all, not
/// even a day before the experiment: a run that LangSmith refuses exists, and where old runs are accepted it may have
/// begun at any time.
pub(super) async fn unseen<'o>(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    mut open: Vec<&'o Outcome>,
) -> Result<Vec<&'o Outcome>, Failure> {
    let since = iso::rfc3339(since(experiment, &open)?);
    let mut waits = WAITS.iter();
    while !open.is_empty() {
        drop_found(caller, experiment, &mut open, Some(&since)).await?;
        match waits.next() {
            Some(wait) if !open.is_empty() && caller.pause(*wait).await => {}
            _ => break,
        }
    }
    drop_found(caller, experiment, &mut open, None).await?;
    Ok(open)
}

async fn drop_found(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    open: &mut Vec<&Outcome>,
    since: Option<&str>,
) -> Result<(), Failure> {
    let there = found(caller, experiment, open, since).await?;
    open.retain(|outcome| !there.contains(&run_id(experiment, outcome)));
    Ok(())
}

async fn page(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    (ids, since): (&[String], Option<&str>),
    wanted: &BTreeMap<Uuid, (&Outcome, &Run)>,
) -> Result<Vec<Uuid>, Failure> {
    let projects = [experiment.id.to_string()];
    let query = RunQuery {
        projects: &projects,
        ids: Some(ids),
        start_time: since,
        any_age: since.is_none(),
        select: &COLUMNS,
        ..RunQuery::default()
    };
    let page = caller.runs(&query).await?;
    let mut found = Vec::new();
    for stored in page.split()?.runs {
        let id = stored.id.and_then(|id| serde_json::from_str::<Uuid>(id.get()).ok());
        let id = id.ok_or(UpstreamError::Malformed)?;
        let Some((outcome, run)) = wanted.get(&id) else { continue };
        if is_other(run, &stored)? {
            return Err(Failure::Wrong(other(outcome)));
        }
        found.push(id);
    }
    Ok(found)
}

/// Whether a stored run differs. An absent value equals an empty one.
fn is_other(run: &Run, stored: &StoredRun<'_>) -> Result<bool, UpstreamError> {
    let stored_error = stored.error.and_then(|error| serde_json::from_str::<String>(error.get()).ok());
    let stored_outputs = stored.outputs.map(Received::as_raw_value).transpose()?;
    Ok(run.error.as_deref().unwrap_or_default() != stored_error.as_deref().unwrap_or_default()
        || same::is_other(run.outputs.as_deref(), stored_outputs))
}

fn other(outcome: &Outcome) -> ToolError {
    let (example, repetition) = (outcome.example, outcome.repetition);
    ToolError::invalid(format!(
        "Example {example} (repetition {repetition}) is recorded in this experiment already with other outputs or another \
error, and stays as it is. Record another attempt with another repetition or experiment_name."
    ))
}
