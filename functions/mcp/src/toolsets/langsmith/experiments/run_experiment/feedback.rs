//! Records scores as feedback on runs. Their ids are derived from the run and the key, so that a repeated score
//! replaces itself.

use std::borrow::Cow;
use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use langsmith::{Experiment, NewFeedback, UpstreamError, WorkspaceClient};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::decimals::rounded;
use super::failure::Failure;
use super::outcome::Outcome;
use super::pace::{AT_ONCE, WAITS};
use super::scored;
use super::scores::Score;
use super::stamped::{run_id, score_id};
use crate::toolset::{CallError, ToolError};

/// Counts of the scores of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scores {
    /// New and replaced ones.
    pub(super) recorded: usize,
    /// Existing ones with the same content.
    pub(super) existing: usize,
}

/// Records all scores. The runs in `fresh` are new and have none yet.
pub(super) async fn record(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    (outcomes, fresh): (&[Outcome], &BTreeSet<Uuid>),
) -> Result<Scores, Failure> {
    let given = outcomes.iter().flat_map(|outcome| outcome.scores.iter().map(move |score| (outcome, score)));
    let given: Vec<GivenScore<'_>> = given.map(|(outcome, score)| GivenScore::new(outcome, score)).collect();
    let all: Vec<(&Outcome, NewFeedback<'_>)> =
        given.iter().map(|given| (given.outcome, given.feedback(experiment))).collect();
    let older =
        all.iter().map(|(_, feedback)| *feedback).filter(|feedback| !fresh.contains(&feedback.run_id));
    let there = scored::existing_scores(caller, &older.collect::<Vec<_>>()).await?;
    let missing: Vec<_> = all.iter().filter(|(_, feedback)| !there.contains(&feedback.id)).collect();
    for some in missing.chunks(AT_ONCE) {
        try_join_all(some.iter().map(|(outcome, feedback)| record_score(caller, outcome, feedback))).await?;
    }
    Ok(Scores { recorded: missing.len(), existing: all.len() - missing.len() })
}

/// A score of this call.
struct GivenScore<'o> {
    outcome: &'o Outcome,
    score: &'o Score,
    /// The number at LangSmith's precision.
    number: Option<Cow<'o, RawValue>>,
}

impl<'o> GivenScore<'o> {
    fn new(outcome: &'o Outcome, score: &'o Score) -> Self {
        Self { outcome, score, number: score.score.as_deref().map(rounded) }
    }

    fn feedback(&self, experiment: &Experiment) -> NewFeedback<'_> {
        let run = run_id(experiment, self.outcome);
        NewFeedback {
            id: score_id(experiment, run, &self.score.key),
            run_id: run,
            trace_id: run,
            session_id: experiment.id,
            key: &self.score.key,
            score: self.number.as_deref(),
            value: self.score.value.as_deref(),
            comment: self.score.comment.as_deref(),
        }
    }
}

async fn record_score(
    caller: &WorkspaceClient<'_>,
    outcome: &Outcome,
    feedback: &NewFeedback<'_>,
) -> Result<(), Failure> {
    // Only a run of this call is worth waiting for.
    let mut waits = WAITS.iter().filter(|_| outcome.run.is_some());
    loop {
        match (caller.record_feedback(feedback).await, waits.next()) {
            (Ok(()), _) => return Ok(()),
            (Err(UpstreamError::NotFound { .. }), Some(wait)) if caller.pause(*wait).await => {}
            (Err(UpstreamError::NotFound { .. }), _) => return Err(no_run(outcome)),
            (Err(error), _) => return Err(error.into()),
        }
    }
}

/// Refuses scores without a run for a new experiment, which has no earlier runs.
pub(super) fn check_new(outcomes: &[Outcome]) -> Result<(), CallError> {
    let unrun = outcomes.iter().find(|outcome| outcome.run.is_none());
    unrun.map_or(Ok(()), |outcome| Err(no_run(outcome).early()))
}

fn no_run(outcome: &Outcome) -> Failure {
    let (example, repetition) = (outcome.example, outcome.repetition);
    match outcome.run {
        Some(_) => Failure::NotYet(format!(
            "LangSmith has not stored the run of example {example} yet, so it cannot be scored."
        )),
        None => Failure::Wrong(ToolError::not_found(format!(
            "No run of example {example} (repetition {repetition}) is recorded, so it cannot be scored. Give its outputs or \
error, too."
        ))),
    }
}
