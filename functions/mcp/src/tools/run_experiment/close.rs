//! Ends an experiment and tells what came of it.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::langsmith::{Caller, Experiment, UpstreamError};

use super::record::Recorded;

/// The most keys that are told.
const MAX_KEYS: usize = 100;

/// What LangSmith has counted.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) runs: u64,
    pub(super) scores: BTreeMap<String, Mean>,
    /// Fewer runs than were recorded a moment ago.
    pub(super) is_pending: bool,
}

/// The scores under one key.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Mean {
    n: u64,
    /// Absent for scores that are no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<f64>,
}

/// Closes `experiment`, in which this call has recorded so much. One that was closed before, and got nothing since,
/// keeps its end.
pub(super) async fn close(
    caller: &Caller<'_>,
    experiment: &Experiment,
    recorded: Recorded,
) -> Result<Summary, UpstreamError> {
    if experiment.end_time.is_none() || recorded.runs > 0 {
        caller.close_experiment(experiment.id).await?;
    }
    let stats = caller.experiment_stats(experiment.id).await?;
    let runs = stats.run_count.unwrap_or(0);
    let scores = stats.feedback_stats.unwrap_or_default().into_iter().take(MAX_KEYS);
    let mean = |(key, stats): (String, shared::langsmith::KeyStats)| {
        (key, Mean { n: stats.n.unwrap_or(0), mean: stats.avg })
    };
    let is_pending = usize::try_from(runs).is_ok_and(|runs| runs < recorded.runs + recorded.existing);
    Ok(Summary { runs, scores: scores.map(mean).collect(), is_pending })
}
