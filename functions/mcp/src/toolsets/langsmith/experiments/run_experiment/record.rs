//! Records results as runs. Their ids are derived from the experiment, the example and the repetition, so that
//! LangSmith recognizes an existing run.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use langsmith::{Experiment, NewRun, Stored, UpstreamError, WorkspaceClient};
use uuid::Uuid;

use super::examples::Subject;
use super::failure::Failure;
use super::feedback::{self, Scores};
use super::open::began;
use super::outcome::Outcome;
use super::pace::AT_ONCE;
use super::recorded::unseen;
use super::request::Wanted;
use super::stamped::{StampedRun, is_old, run_id, size};
use crate::toolset::names::first_few;
use crate::toolset::{ToolError, iso};
use crate::toolsets::langsmith::datasets::batch::batches;

/// Counts of recorded runs and scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Recorded {
    /// New runs.
    pub(super) runs: usize,
    /// Existing runs.
    pub(super) existing: usize,
    /// New runs without the inputs of their examples, which are too large.
    pub(super) without_inputs: usize,
    pub(super) scores: Scores,
}

/// Records the runs and scores of a call.
pub(super) async fn record(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    examples: &BTreeMap<Uuid, Subject>,
    (wanted, there): (&Wanted, &BTreeSet<Uuid>),
) -> Result<Recorded, Failure> {
    let times = (began(experiment)?, caller.now());
    let marked: Vec<StampedRun<'_>> = wanted
        .outcomes
        .iter()
        .filter_map(|outcome| {
            let (id, run) = (run_id(experiment, outcome), outcome.run.as_ref()?);
            (!there.contains(&id)).then(|| StampedRun::new(id, (outcome, run), times))
        })
        .collect();
    let runs: Vec<NewRun<'_>> =
        marked.iter().map(|marked| marked.wire(experiment, examples, &wanted.name)).collect();
    let mut doubts = Doubts::default();
    for part in batches(&runs, size) {
        record_part(caller, part, &mut doubts)
            .await
            .map_err(|error| refused(caller, error, &marked, part))?;
    }
    confirm(caller, experiment, &marked, &doubts).await?;
    let taken = doubts.taken;
    let ids = marked.iter().map(|marked| marked.id);
    let fresh: BTreeSet<Uuid> = ids.filter(|id| !taken.contains_key(id)).collect();
    let scores = feedback::record(caller, experiment, (&wanted.outcomes, &fresh)).await?;
    let is_large = |marked: &&StampedRun<'_>| {
        examples.get(&marked.outcome.example).is_some_and(|example| example.known.inputs.is_none())
    };
    let own: Vec<&StampedRun<'_>> =
        marked.iter().filter(|marked| taken.get(&marked.id) != Some(&RecordedBy::Others)).collect();
    let existing = there.len() + marked.len() - own.len();
    let without_inputs = own.iter().copied().filter(is_large).count();
    Ok(Recorded { runs: own.len(), existing, without_inputs, scores })
}

/// The author of a run that LangSmith refuses as a duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordedBy {
    /// This call, as far as known: an attempt with a lost answer, or the refused batch.
    Own,
    Others,
}

/// Runs to be verified before they are reported as recorded.
#[derive(Debug, Default)]
struct Doubts {
    /// Refused by LangSmith as duplicates.
    taken: BTreeMap<Uuid, RecordedBy>,
    /// Sent in batches that LangSmith accepted with errors.
    reported: BTreeSet<Uuid>,
    /// The first error text of these batches.
    said: Option<String>,
}

/// Records a batch. LangSmith refuses it if one of the runs exists; then each is sent alone, and existing ones stay.
/// None of them was seen before, and the refused batch may have stored all but one: only the runs named in the refusal
/// are the work of others.
async fn record_part(
    caller: &WorkspaceClient<'_>,
    part: &[NewRun<'_>],
    doubts: &mut Doubts,
) -> Result<(), UpstreamError> {
    let refusal = match caller.record_runs(part).await? {
        Stored::All(None) => return Ok(()),
        Stored::All(Some(said)) => {
            tracing::warn!("LangSmith accepts a batch of runs and reports errors");
            doubts.reported.extend(part.iter().map(|run| run.id));
            doubts.said.get_or_insert(said);
            return Ok(());
        }
        Stored::Conflict(refusal) => refusal,
    };
    let whose = |run: &NewRun<'_>| {
        let is_meant = part.len() == 1 || refusal.named.contains(&run.id);
        if is_meant && !refusal.is_lost { RecordedBy::Others } else { RecordedBy::Own }
    };
    for some in part.chunks(AT_ONCE) {
        let stored = try_join_all(some.iter().map(|run| caller.record_run(run))).await?;
        doubts.taken.extend(some.iter().zip(stored).filter_map(|(run, stored)| match stored {
            Stored::All(()) => None,
            Stored::Conflict(_) => Some((run.id, whose(run))),
        }));
    }
    Ok(())
}

/// Verifies that the runs in doubt exist and match this call.
async fn confirm(
    caller: &WorkspaceClient<'_>,
    experiment: &Experiment,
    marked: &[StampedRun<'_>],
    doubts: &Doubts,
) -> Result<(), Failure> {
    let taken = outcomes(marked, |id| doubts.taken.contains_key(id));
    if let Some(outcome) = unseen(caller, experiment, taken).await?.first() {
        let example = outcome.example;
        let message =
            format!("LangSmith has taken a run of example {example} before, but does not show it yet.");
        return Err(Failure::NotYet(message));
    }
    let reported = outcomes(marked, |id| doubts.reported.contains(id));
    let lost = unseen(caller, experiment, reported).await?;
    if lost.is_empty() {
        return Ok(());
    }
    let examples: BTreeSet<Uuid> = lost.iter().map(|outcome| outcome.example).collect();
    let names = first_few(&examples);
    let said = doubts.said.as_deref().filter(|said| !said.is_empty()).unwrap_or("without a reason");
    Err(Failure::NotYet(format!(
        "LangSmith accepted the runs, reported errors ({said}), and does not show those of example {names}."
    )))
}

/// The results whose runs are selected.
fn outcomes<'o>(marked: &[StampedRun<'o>], is_meant: impl Fn(&Uuid) -> bool) -> Vec<&'o Outcome> {
    marked.iter().filter(|marked| is_meant(&marked.id)).map(|marked| marked.outcome).collect()
}

/// The failure of a refused batch. The hosted service refuses all of it for one run that began too long ago.
fn refused(
    caller: &WorkspaceClient<'_>,
    error: UpstreamError,
    marked: &[StampedRun<'_>],
    part: &[NewRun<'_>],
) -> Failure {
    let sent: BTreeSet<Uuid> = part.iter().map(|run| run.id).collect();
    let oldest = marked.iter().filter(|marked| sent.contains(&marked.id)).min_by_key(|marked| marked.began);
    let oldest = oldest.filter(|oldest| is_old(oldest.began, caller.now()));
    match (&error, oldest) {
        (UpstreamError::Rejected { status: 400 | 403 | 422, .. }, Some(oldest)) => {
            let (example, began) = (oldest.outcome.example, iso::rfc3339(oldest.began));
            Failure::Wrong(ToolError::from(&error).with(&format!(
                "LangSmith's hosted service accepts no run that began more than 24 hours ago, and the one of \
                 example {example} began at {began}. Give later times, or leave them out."
            )))
        }
        _ => error.into(),
    }
}
