//! Records scores as feedback on runs. Their ids follow from the run and the key, so that a score that comes again replaces
//! itself.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::try_join_all;
use shared::langsmith::{Caller, Experiment, NewFeedback, UpstreamError, derived_id};
use uuid::Uuid;

use super::failure::Failure;
use super::outcome::Outcome;
use super::record::{AT_ONCE, run_id};
use super::scored;
use crate::tools::ToolError;

/// How long a run that was just recorded is waited for, try by try: LangSmith stores it some time after it has taken it
/// in, and may not know it yet when its first score comes, or when it is looked up.
pub(super) const WAITS: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(900), Duration::from_millis(2700)];

/// How many scores there are of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scores {
    /// New ones, and those that were replaced.
    pub(super) recorded: usize,
    /// Those that were there already and say the same.
    pub(super) existing: usize,
}

/// Records all scores. The runs in `fresh` are new, and have none yet.
pub(super) async fn record(
    caller: &Caller<'_>,
    experiment: &Experiment,
    (outcomes, fresh): (&[Outcome], &BTreeSet<Uuid>),
) -> Result<Scores, Failure> {
    let all = outcomes.iter().flat_map(|outcome| {
        let run = run_id(experiment, outcome);
        outcome.scores.iter().map(move |score| {
            let feedback = NewFeedback {
                id: derived_id(&["feedback", &run.to_string(), &score.key]),
                run_id: run,
                trace_id: run,
                session_id: experiment.id,
                key: &score.key,
                score: score.score.as_deref(),
                value: score.value.as_deref(),
                comment: score.comment.as_deref(),
            };
            (outcome, feedback)
        })
    });
    let all: Vec<(&Outcome, NewFeedback<'_>)> = all.collect();
    let older =
        all.iter().map(|(_, feedback)| *feedback).filter(|feedback| !fresh.contains(&feedback.run_id));
    let there = scored::there(caller, &older.collect::<Vec<_>>()).await?;
    let missing: Vec<_> = all.iter().filter(|(_, feedback)| !there.contains(&feedback.id)).collect();
    for some in missing.chunks(AT_ONCE) {
        try_join_all(some.iter().map(|(outcome, feedback)| record_score(caller, outcome, feedback))).await?;
    }
    Ok(Scores { recorded: missing.len(), existing: all.len() - missing.len() })
}

async fn record_score(
    caller: &Caller<'_>,
    outcome: &Outcome,
    feedback: &NewFeedback<'_>,
) -> Result<(), Failure> {
    // Only a run that was recorded just now is worth waiting for.
    let mut waits = WAITS.iter().filter(|_| outcome.run.is_some());
    loop {
        match (caller.record_feedback(feedback).await, waits.next()) {
            (Ok(()), _) => return Ok(()),
            (Err(UpstreamError::NotFound), Some(wait)) if caller.pause(*wait).await => {}
            (Err(UpstreamError::NotFound), _) => return Err(no_run(outcome)),
            (Err(error), _) => return Err(error.into()),
        }
    }
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
