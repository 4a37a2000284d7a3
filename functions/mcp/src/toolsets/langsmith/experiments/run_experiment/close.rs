//! Closes an experiment and summarizes it.

use std::collections::BTreeMap;

use langsmith::{Experiment, ExperimentStats, WorkspaceClient};
use serde::Serialize;

use super::failure::{Failure, Stage};
use super::outcome::Outcome;
use super::record::Recorded;

/// The maximum number of score keys in a summary.
const MAX_KEYS: usize = 100;

/// LangSmith's counts.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) runs: u64,
    pub(super) scores: BTreeMap<String, Mean>,
    /// The number of further keys.
    pub(super) keys_left_out: usize,
    /// Whether LangSmith's counts lack a part of this call.
    pub(super) is_pending: bool,
}

/// The scores under one key.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Mean {
    n: u64,
    /// Absent for scores other than numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<f64>,
}

/// Closes `experiment` after this call has recorded its results. A closed one without new runs keeps its end.
pub(super) async fn close(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    (outcomes, recorded): (&[Outcome], Recorded),
) -> Result<Summary, (Stage, Failure)> {
    if experiment.end_time.is_none() || recorded.runs > 0 {
        let closed = caller.close_experiment(experiment.id).await;
        closed.map_err(|error| (Stage::Closing, error.into()))?;
    }
    let stats = caller.experiment_stats(experiment.id).await;
    let stats = stats.map_err(|error| (Stage::Closed, error.into()))?;
    Ok(summary(stats, outcomes, recorded))
}

fn summary(stats: ExperimentStats, outcomes: &[Outcome], recorded: Recorded) -> Summary {
    let runs = stats.run_count.unwrap_or(0);
    let scores = stats.feedback_stats.unwrap_or_default();
    let is_counted =
        |(key, given): (&str, u64)| scores.get(key).is_some_and(|counted| counted.n.unwrap_or(0) >= given);
    let counts_runs = usize::try_from(runs).map_or(true, |runs| runs >= recorded.runs + recorded.existing);
    let is_pending = !counts_runs || !score_counts(outcomes).into_iter().all(is_counted);
    let keys_left_out = scores.len().saturating_sub(MAX_KEYS);
    let scores = scores.into_iter().take(MAX_KEYS);
    let scores =
        scores.map(|(key, stats)| (key, Mean { n: stats.n.unwrap_or(0), mean: stats.avg })).collect();
    Summary { runs, scores, keys_left_out, is_pending }
}

/// The number of this call's numeric scores under each key. Whether LangSmith counts other scores is not known.
fn score_counts(outcomes: &[Outcome]) -> BTreeMap<&str, u64> {
    let mut given = BTreeMap::new();
    for score in outcomes.iter().flat_map(|outcome| &outcome.scores).filter(|score| score.score.is_some()) {
        *given.entry(score.key.as_str()).or_default() += 1;
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::arguments::reader::Arguments;
    use crate::toolsets::langsmith::experiments::run_experiment::outcome;

    fn counted(stats: &str, runs: usize) -> Summary {
        let result =
            r#"{"example_id":"e0000000-0000-4000-8000-000000000001","outputs":{},"scores":{"a":1,"b":"x"}}"#;
        let mut members = Arguments::parse(Some(serde_json::from_str(result).unwrap())).unwrap();
        members.set_may_be_empty(outcome::MAY_BE_EMPTY);
        let outcomes = [outcome::parse(&mut members).unwrap()];
        let recorded = Recorded { runs, ..Recorded::default() };
        summary(serde_json::from_str(stats).unwrap(), &outcomes, recorded)
    }

    #[test]
    fn what_is_not_counted_is_pending() {
        for (stats, is_pending) in [
            (r#"{"run_count":1,"feedback_stats":{"a":{"n":1}}}"#, false),
            (r#"{"run_count":0,"feedback_stats":{"a":{"n":1}}}"#, true),
            (r#"{"run_count":1,"feedback_stats":{"a":{"n":0}}}"#, true),
            (r#"{"run_count":1}"#, true),
        ] {
            assert_eq!(counted(stats, 1).is_pending, is_pending, "{stats}");
        }
    }

    #[test]
    fn keys_that_are_not_told_are_counted() {
        let keys = |count: usize| {
            let stats: Vec<String> = (0..count).map(|key| format!(r#""{key:03}":{{"n":1}}"#)).collect();
            let summary = counted(&format!(r#"{{"feedback_stats":{{{}}}}}"#, stats.join(",")), 0);
            (summary.scores.len(), summary.keys_left_out)
        };
        assert_eq!((keys(MAX_KEYS), keys(MAX_KEYS + 3)), ((MAX_KEYS, 0), (MAX_KEYS, 3)));
    }
}
