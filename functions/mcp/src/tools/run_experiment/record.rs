//! Records results as runs. Their ids follow from the experiment, the example and the repetition, so that LangSmith sees
//! whether it has a run already.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use shared::langsmith::{Caller, Experiment, NewRun, Stored, UpstreamError, derived_id};
use uuid::Uuid;

use super::failure::Failure;
use super::feedback::{self, Scores};
use super::open::{began, no_dataset};
use super::outcome::{Outcome, Run, Times};
use super::recorded::confirm;
use super::request::Wanted;
use crate::tools::batch::batches;
use crate::tools::example_lookup::{Known, known, named};
use crate::tools::{CallError, ToolError, iso, period};

/// How many requests are under way at the same time.
pub(super) const AT_ONCE: usize = 8;

/// How much was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Recorded {
    /// New ones.
    pub(super) runs: usize,
    /// Runs that were there already.
    pub(super) existing: usize,
    /// New ones without the inputs of their examples, which are too large.
    pub(super) without_inputs: usize,
    pub(super) scores: Scores,
}

/// The examples that the results are about. One that the dataset does not have is refused by its id.
pub(super) async fn examples(
    caller: &Caller<'_>,
    dataset: Uuid,
    wanted: &Wanted,
) -> Result<BTreeMap<Uuid, Known>, CallError> {
    let ids: BTreeSet<Uuid> = wanted.outcomes.iter().map(|outcome| outcome.example).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = match known(caller, &ids, Some(dataset)).await {
        Err(UpstreamError::NotFound) => return Err(no_dataset(caller, wanted, dataset)),
        found => found?,
    };
    let unknown: BTreeSet<Uuid> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
    if unknown.is_empty() {
        return Ok(found);
    }
    let names = named(&unknown);
    let message = format!("Example {names} not found in dataset {dataset}. Nothing was recorded.");
    Err(ToolError::not_found(message).into())
}

/// Records everything.
pub(super) async fn record(
    caller: &Caller<'_>,
    experiment: &Experiment,
    examples: &BTreeMap<Uuid, Known>,
    (wanted, there): (&Wanted, &BTreeSet<Uuid>),
) -> Result<Recorded, Failure> {
    let opened = began(experiment)?;
    let marked: Vec<Marked<'_>> = wanted
        .outcomes
        .iter()
        .filter_map(|outcome| {
            let (id, run) = (run_id(experiment, outcome), outcome.run.as_ref()?);
            (!there.contains(&id)).then(|| Marked::new(id, outcome, run, opened))
        })
        .collect();
    let runs: Vec<NewRun<'_>> =
        marked.iter().map(|marked| marked.wire(experiment, examples, &wanted.name)).collect();
    let mut taken = BTreeMap::new();
    for part in batches(&runs, size) {
        taken.extend(record_part(caller, part).await?);
    }
    let unsure = marked.iter().filter(|marked| taken.contains_key(&marked.id));
    confirm(caller, experiment, unsure.map(|marked| marked.outcome).collect()).await?;
    let ids = marked.iter().map(|marked| marked.id);
    let fresh: BTreeSet<Uuid> = ids.filter(|id| !taken.contains_key(id)).collect();
    let scores = feedback::record(caller, experiment, (&wanted.outcomes, &fresh)).await?;
    let is_large = |marked: &&Marked<'_>| {
        examples.get(&marked.outcome.example).is_some_and(|example| example.inputs.is_none())
    };
    let own: Vec<&Marked<'_>> =
        marked.iter().filter(|marked| taken.get(&marked.id) != Some(&Whose::Others)).collect();
    let existing = there.len() + marked.len() - own.len();
    let without_inputs = own.iter().copied().filter(is_large).count();
    Ok(Recorded { runs: own.len(), existing, without_inputs, scores })
}

/// Who recorded a run that LangSmith refuses because it has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// This call, as far as can be known: an attempt whose answer was lost, or the batch that was refused.
    Own,
    Others,
}

/// One batch. LangSmith refuses it when it has one of the runs; then each goes alone, and those that are there stay: they
/// are returned. None of them was seen before, and the refused batch may have brought all but one: only what its refusal is
/// about is the work of others.
async fn record_part(caller: &Caller<'_>, part: &[NewRun<'_>]) -> Result<Vec<(Uuid, Whose)>, UpstreamError> {
    let Stored::Conflict(refusal) = caller.record_runs(part).await? else {
        return Ok(Vec::new());
    };
    let whose = |run: &NewRun<'_>| {
        let is_meant = part.len() == 1 || refusal.named.contains(&run.id);
        if is_meant && !refusal.is_lost { Whose::Others } else { Whose::Own }
    };
    let mut taken = Vec::new();
    for some in part.chunks(AT_ONCE) {
        let stored = try_join_all(some.iter().map(|run| caller.record_run(run))).await?;
        taken.extend(some.iter().zip(stored).filter_map(|(run, stored)| match stored {
            Stored::All(()) => None,
            Stored::Conflict(_) => Some((run.id, whose(run))),
        }));
    }
    Ok(taken)
}

/// The id of the run that a result is, or belongs to.
pub(super) fn run_id(experiment: &Experiment, outcome: &Outcome) -> Uuid {
    let parts = [experiment.id.to_string(), outcome.example.to_string(), outcome.repetition.to_string()];
    let [experiment, example, repetition] = parts.each_ref().map(String::as_str);
    derived_id(&["run", experiment, example, repetition])
}

/// A run with what is written of its times.
struct Marked<'o> {
    id: Uuid,
    outcome: &'o Outcome,
    run: &'o Run,
    start: String,
    end: String,
    dotted_order: String,
}

impl<'o> Marked<'o> {
    /// A run without times takes place when the experiment was opened: a repeated call must say the same.
    fn new(id: Uuid, outcome: &'o Outcome, run: &'o Run, opened: time::OffsetDateTime) -> Self {
        let times = run.times.unwrap_or(Times { start: opened, end: opened });
        let (start, end) = (period::written(times.start), period::written(times.end));
        let dotted_order = format!("{}{id}", iso::compact(&start).unwrap_or_default());
        Self { id, outcome, run, start, end, dotted_order }
    }

    fn wire<'w>(
        &'w self,
        experiment: &Experiment,
        examples: &'w BTreeMap<Uuid, Known>,
        name: &'w str,
    ) -> NewRun<'w> {
        NewRun {
            id: self.id,
            trace_id: self.id,
            dotted_order: &self.dotted_order,
            session_id: experiment.id,
            name,
            run_type: "chain",
            start_time: &self.start,
            end_time: &self.end,
            inputs: examples.get(&self.outcome.example).and_then(|known| known.inputs.as_deref()),
            outputs: self.run.outputs.as_deref(),
            error: self.run.error.as_deref(),
            reference_example_id: self.outcome.example,
        }
    }
}

fn size(run: &NewRun<'_>) -> usize {
    const AROUND: usize = 600;
    let json = [run.inputs, run.outputs].into_iter().flatten().map(|value| value.get().len());
    AROUND + run.name.len() + run.error.map_or(0, str::len) + json.sum::<usize>()
}
