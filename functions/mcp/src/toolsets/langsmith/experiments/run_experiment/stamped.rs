//! A result as a run: its id, and its times as recorded.

use std::collections::BTreeMap;

use langsmith::{Experiment, NewRun, NewRunExtra, derived_id_at};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::examples::Subject;
use super::open::began;
use super::outcome::{Outcome, Run, Times};
use crate::toolset::iso;

/// The maximum age of a new run. LangSmith's hosted service refuses a whole request with one that began more than 24
/// hours ago (public report: LangChain's langsmith-data-migration-tool, pull request 152); an hour is for clocks and
/// for the call.
const WINDOW: Duration = Duration::hours(23);

/// The id of a result's run. It is derived from the experiment, the example and the repetition, and begins with the
/// start of the experiment, so that the same result has the same id on another day.
pub(super) fn run_id(experiment: &Experiment, outcome: &Outcome) -> Uuid {
    let parts = [experiment.id.to_string(), outcome.example.to_string(), outcome.repetition.to_string()];
    let [id, example, repetition] = parts.each_ref().map(String::as_str);
    derived_id_at(id_time(experiment), &["run", id, example, repetition])
}

/// The id of a run's score under a key.
pub(super) fn score_id(experiment: &Experiment, run: Uuid, key: &str) -> Uuid {
    derived_id_at(id_time(experiment), &["feedback", &run.to_string(), key])
}

/// The fallback has no effect: nothing is recorded in an experiment whose start cannot be read.
fn id_time(experiment: &Experiment) -> OffsetDateTime {
    began(experiment).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Whether the hosted service may refuse a run that began at `start`.
pub(super) fn is_old(start: OffsetDateTime, now: OffsetDateTime) -> bool {
    now - start > WINDOW
}

/// A run with its times as recorded.
pub(super) struct StampedRun<'o> {
    pub(super) id: Uuid,
    pub(super) outcome: &'o Outcome,
    pub(super) began: OffsetDateTime,
    run: &'o Run,
    start: String,
    end: String,
    dotted_order: String,
}

impl<'o> StampedRun<'o> {
    /// A run without times gets the start of the experiment, so that a repeated call says the same; or the current
    /// time, if that start is too long ago to be recorded.
    pub(super) fn new(
        id: Uuid,
        (outcome, run): (&'o Outcome, &'o Run),
        (opened, now): (OffsetDateTime, OffsetDateTime),
    ) -> Self {
        let moment = if is_old(opened, now) { now } else { opened };
        let times = run.times.unwrap_or(Times { start: moment, end: moment });
        let (start, end) = (iso::rfc3339(times.start), iso::rfc3339(times.end));
        let dotted_order = format!("{}{id}", iso::compact(&start).unwrap_or_default());
        Self { id, outcome, began: times.start, run, start, end, dotted_order }
    }

    pub(super) fn wire<'w>(
        &'w self,
        experiment: &Experiment,
        examples: &'w BTreeMap<Uuid, Subject>,
        name: &'w str,
    ) -> NewRun<'w> {
        let example = examples.get(&self.outcome.example);
        let version = example.and_then(|example| example.version.as_deref());
        NewRun {
            id: self.id,
            trace_id: self.id,
            dotted_order: &self.dotted_order,
            session_id: experiment.id,
            name,
            run_type: "chain",
            start_time: &self.start,
            end_time: &self.end,
            inputs: example.and_then(|example| example.known.inputs.as_deref()),
            outputs: self.run.outputs.as_deref(),
            error: self.run.error.as_deref(),
            reference_example_id: self.outcome.example,
            extra: version.map(NewRunExtra::of_example),
        }
    }
}

/// The approximate size of a run, in bytes.
pub(super) fn size(run: &NewRun<'_>) -> usize {
    const AROUND: usize = 700;
    let json = [run.inputs, run.outputs].into_iter().flatten().map(|value| value.get().len());
    AROUND + run.name.len() + run.error.map_or(0, str::len) + json.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::days(20_000));

    /// The recorded start of a run in an experiment that began this long ago.
    fn start(age: Duration, times: Option<Times>) -> OffsetDateTime {
        let outcome = Outcome { example: Uuid::nil(), repetition: 0, run: None, scores: Vec::new() };
        let run = Run { outputs: None, error: None, times };
        let stamped = StampedRun::new(Uuid::nil(), (&outcome, &run), (NOW - age, NOW));
        assert_eq!(stamped.start, iso::rfc3339(stamped.began));
        stamped.began
    }

    #[test]
    fn a_run_without_times_starts_with_its_experiment_for_23_hours() {
        for age in [Duration::ZERO, Duration::hours(1), Duration::hours(23)] {
            assert_eq!(start(age, None), NOW - age, "{age}");
        }
        for age in [Duration::hours(23) + Duration::seconds(1), Duration::days(400)] {
            assert_eq!(start(age, None), NOW, "{age}");
        }
    }

    #[test]
    fn a_runs_own_times_stay_however_old_they_are() {
        let began = NOW - Duration::days(30);
        for age in [Duration::ZERO, Duration::days(2)] {
            assert_eq!(start(age, Some(Times { start: began, end: NOW })), began, "{age}");
        }
    }
}
