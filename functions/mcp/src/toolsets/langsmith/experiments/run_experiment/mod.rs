//! `run_experiment`: opens an experiment on a dataset, records the outputs of the caller's program and their scores,
//! and closes it with a summary; without arguments, a guide.

mod close;
mod decimals;
mod describe;
mod examples;
mod failure;
mod feedback;
mod open;
mod outcome;
mod pace;
mod record;
mod recorded;
mod request;
mod scored;
mod scores;
mod stamped;

use std::collections::{BTreeMap, BTreeSet};

use langsmith::WorkspaceClient;
use serde::Serialize;
use uuid::Uuid;

use self::close::{Mean, Summary};
use self::failure::{Failure, Stage};
use self::open::Opened;
use self::outcome::Outcome;
use self::request::{Request, Wanted};
use crate::toolset::arguments::placeholders::defaults::Defaults;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{CallError, CallResult, Descriptor, Output, ToolError};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct RunExperiment;

const GUIDE: &str = include_str!("guide.md");

impl WorkspaceTool for RunExperiment {
    type Request = Request;
    const WRITES: bool = true;
    const DEFAULTS: Defaults = request::DEFAULTS;

    fn describe(&self) -> Descriptor {
        describe::describe()
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        request::parse(arguments)
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        match request {
            Request::Guide => Ok(Output::document(GUIDE)),
            Request::Experiment(wanted) => Ok(Output::data(&carry_out(&caller, &wanted).await?)),
        }
    }
}

#[derive(Serialize)]
struct Report<'r> {
    experiment_id: String,
    experiment_name: &'r str,
    dataset_id: String,
    status: &'static str,
    runs_recorded: usize,
    runs_existing: usize,
    #[serde(skip_serializing_if = "is_zero")]
    inputs_left_out: usize,
    scores_recorded: usize,
    scores_existing: usize,
    closed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<BTreeMap<String, Mean>>,
    #[serde(skip_serializing_if = "is_zero")]
    score_keys_left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// All checks come before the first write.
async fn carry_out<'r>(caller: &WorkspaceClient<'_>, wanted: &'r Wanted) -> Result<Report<'r>, CallError> {
    let target = open::find(caller, wanted).await?;
    if target.is_new() {
        feedback::check_new(&wanted.outcomes)?;
    }
    let examples = examples::find(caller, target.dataset(), wanted);
    let (examples, edition) = tokio::try_join!(examples, open::edition(caller, &target, wanted))?;
    let opened = open::open(caller, target, (wanted, &edition)).await?;
    let there = existing_runs(caller, &opened, wanted).await?;
    let recorded = record::record(caller, &opened.experiment, &examples, (wanted, &there)).await;
    let partially_done =
        |(stage, failure): (Stage, Failure)| failure.partially_done(stage, &wanted.name, &opened);
    let recorded = recorded.map_err(|failure| partially_done((Stage::Recording, failure)))?;
    let summary = if wanted.close {
        let said = (wanted.outcomes.as_slice(), recorded);
        Some(close::close(caller, &opened.experiment, said).await.map_err(partially_done)?)
    } else {
        None
    };
    Ok(report(caller, wanted, &opened, (recorded, summary)))
}

/// The runs of the call that existed before it; a new experiment has none.
async fn existing_runs(
    caller: &WorkspaceClient<'_>,
    opened: &Opened,
    wanted: &Wanted,
) -> Result<BTreeSet<Uuid>, CallError> {
    let outcomes: Vec<&Outcome> = wanted.outcomes.iter().filter(|outcome| outcome.run.is_some()).collect();
    if opened.is_new || outcomes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let recorded = recorded::recorded(caller, &opened.experiment, &outcomes).await;
    recorded.map_err(Failure::early)
}

fn report<'r>(
    caller: &WorkspaceClient<'_>,
    wanted: &'r Wanted,
    opened: &Opened,
    (recorded, summary): (record::Recorded, Option<Summary>),
) -> Report<'r> {
    let (id, tenant) = (opened.experiment.id, opened.experiment.tenant_id);
    let page = |root| format!("{root}/o/{tenant}/datasets/{}/compare?selectedSessions={id}", opened.dataset);
    Report {
        experiment_id: id.to_string(),
        experiment_name: &wanted.name,
        dataset_id: opened.dataset.to_string(),
        status: if opened.is_new { "opened" } else { "continued" },
        runs_recorded: recorded.runs,
        runs_existing: recorded.existing,
        inputs_left_out: recorded.without_inputs,
        scores_recorded: recorded.scores.recorded,
        scores_existing: recorded.scores.existing,
        closed: summary.is_some(),
        runs: summary.as_ref().map(|summary| summary.runs),
        score_keys_left_out: summary.as_ref().map_or(0, |summary| summary.keys_left_out),
        pending: summary.as_ref().and_then(|summary| summary.is_pending.then_some(true)),
        scores: summary.map(|summary| summary.scores),
        url: caller.web_root().map(page),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
