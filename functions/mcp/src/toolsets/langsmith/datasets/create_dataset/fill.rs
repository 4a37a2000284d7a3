//! Adds examples to a dataset, each once: earlier additions are found by their ids.

use std::collections::{BTreeMap, BTreeSet};

use langsmith::{Conflict, Example, NewExample, Stored, UpstreamError, WorkspaceClient};
use uuid::Uuid;

use super::additions::{Additions, Placed};
use super::changed::is_changed;
use super::rejected::{Place, RejectedExamples};
use crate::toolset::names::MAX_NAMED;
use crate::toolsets::langsmith::datasets::batch::batches;
use crate::toolsets::langsmith::datasets::example_lookup::look_up;

/// The outcome of adding examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    /// The ids of the call's examples, in its order.
    pub(crate) ids: Vec<Uuid>,
    pub(crate) created: usize,
    pub(crate) existing: usize,
}

/// The cause of an incomplete addition.
#[derive(Debug)]
pub(crate) enum Unfilled {
    Upstream(UpstreamError),
    Rejected(RejectedExamples),
    /// LangSmith does not know the source run of an example.
    NoRun,
}

impl From<UpstreamError> for Unfilled {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

/// The examples stored at LangSmith.
#[derive(Default)]
struct ExistingExamples {
    ids: BTreeSet<Uuid>,
    /// Examples with changed contents since their addition.
    changed: BTreeSet<Uuid>,
}

/// Adds the missing examples of `additions`. A new dataset has none yet.
pub(crate) async fn fill(
    caller: &WorkspaceClient<'_>,
    (dataset, is_new): (Uuid, bool),
    additions: &Additions,
) -> Result<Filled, Unfilled> {
    match add_missing(caller, (dataset, is_new), &additions.identified(dataset)).await {
        Err(Unfilled::Upstream(UpstreamError::NotFound { .. })) if !additions.runs.is_empty() => {
            Err(Unfilled::NoRun)
        }
        filled => filled,
    }
}

async fn add_missing(
    caller: &WorkspaceClient<'_>,
    (dataset, is_new): (Uuid, bool),
    wanted: &[Placed<'_>],
) -> Result<Filled, Unfilled> {
    let before =
        if is_new { ExistingExamples::default() } else { existing_examples(caller, dataset, wanted).await? };
    let changed: Vec<Place> = wanted
        .iter()
        .filter(|(_, example)| before.changed.contains(&example.id))
        .map(|(at, _)| *at)
        .collect();
    let missing = without(wanted, &before.ids);
    let mut others = 0;
    for part in batches(&missing, size) {
        others += match add(caller, dataset, part).await {
            Err(Unfilled::Rejected(taken)) => {
                return Err(Unfilled::Rejected(RejectedExamples { changed, ..taken }));
            }
            added => added?,
        };
    }
    if !changed.is_empty() {
        return Err(Unfilled::Rejected(RejectedExamples { changed, gone: Vec::new() }));
    }
    Ok(Filled {
        ids: wanted.iter().map(|(_, example)| example.id).collect(),
        created: missing.len() - others,
        existing: before.ids.len() + others,
    })
}

/// Adds a batch of examples that did not exist, and returns the number of those added by others meanwhile. A conflict
/// comes from an attempt whose answer was lost, from the refused request itself, or from the same call made
/// concurrently; or else an example was deleted, and its id cannot be used again.
async fn add(caller: &WorkspaceClient<'_>, dataset: Uuid, part: &[Placed<'_>]) -> Result<usize, Unfilled> {
    let Stored::Conflict(refusal) = store(caller, part).await? else { return Ok(0) };
    let found = existing_examples(caller, dataset, part).await?.ids;
    let mut others: BTreeSet<Uuid> = meant(part, &refusal).intersection(&found).copied().collect();
    let (mut rest, mut is_own) = (without(part, &found), refusal.is_lost);
    while !rest.is_empty() {
        let parted = separate(caller, &rest, is_own).await?;
        // The answer to one of these attempts may have been lost, too.
        let gone = without(&parted.refused, &existing_examples(caller, dataset, &parted.refused).await?.ids);
        if !gone.is_empty() {
            let gone = gone.iter().map(|(place, _)| *place).collect();
            return Err(Unfilled::Rejected(RejectedExamples { gone, changed: Vec::new() }));
        }
        others.extend(parted.others);
        (rest, is_own) = (parted.untried, true);
    }
    Ok(others.len())
}

/// The outcome of trying examples in smaller and smaller batches.
struct Parted<'e> {
    /// Refused even alone.
    refused: Vec<Placed<'e>>,
    /// Examples that were certainly added by others.
    others: BTreeSet<Uuid>,
    untried: Vec<Placed<'e>>,
}

/// Adds all acceptable examples, and isolates those refused even alone; once they are enough for an error, nothing more
/// is tried. `is_own`: an attempt of ours may already have added some.
async fn separate<'e>(
    caller: &WorkspaceClient<'_>,
    part: &[Placed<'e>],
    is_own: bool,
) -> Result<Parted<'e>, UpstreamError> {
    let (mut open, mut refused, mut others) = (vec![(part, is_own)], Vec::new(), BTreeSet::new());
    while let Some((part, is_own)) = open.pop() {
        if part.is_empty() {
            continue;
        }
        let Stored::Conflict(refusal) = store(caller, part).await? else { continue };
        if !is_own {
            others.extend(meant(part, &refusal));
        }
        if let [one] = part {
            refused.push(*one);
            if refused.len() > MAX_NAMED {
                break;
            }
            continue;
        }
        let (left, right) = part.split_at(part.len() / 2);
        open.extend([(right, true), (left, true)]);
    }
    let untried = open.into_iter().rev().flat_map(|(part, _)| part.iter().copied()).collect();
    Ok(Parted { refused, others, untried })
}

/// The examples of `part` that existed before a refused attempt to add it. LangSmith may have added the rest all the
/// same.
fn meant(part: &[Placed<'_>], refusal: &Conflict) -> BTreeSet<Uuid> {
    if refusal.is_lost {
        return BTreeSet::new();
    }
    let ids = part.iter().map(|(_, example)| example.id);
    ids.filter(|id| part.len() == 1 || refusal.named.contains(id)).collect()
}

async fn store(caller: &WorkspaceClient<'_>, part: &[Placed<'_>]) -> Result<Stored, UpstreamError> {
    let examples: Vec<NewExample<'_>> = part.iter().map(|(_, example)| *example).collect();
    caller.create_examples(&examples).await
}

async fn existing_examples(
    caller: &WorkspaceClient<'_>,
    dataset: Uuid,
    examples: &[Placed<'_>],
) -> Result<ExistingExamples, UpstreamError> {
    let given: BTreeMap<Uuid, &NewExample<'_>> =
        examples.iter().map(|(_, example)| (example.id, example)).collect();
    let ids: Vec<Uuid> = given.keys().copied().collect();
    let changed =
        |id, stored: &Example<'_>| Some(given.get(&id).is_some_and(|given| is_changed(given, stored)));
    let found = look_up(caller, &ids, Some(dataset), &changed).await?;
    let changed = found.iter().filter(|(_, changed)| **changed).map(|(id, _)| *id).collect();
    Ok(ExistingExamples { ids: found.into_keys().collect(), changed })
}

fn without<'e>(examples: &[Placed<'e>], ids: &BTreeSet<Uuid>) -> Vec<Placed<'e>> {
    examples.iter().filter(|(_, example)| !ids.contains(&example.id)).copied().collect()
}

fn size((_, example): &Placed<'_>) -> usize {
    const AROUND: usize = 200;
    let json = [example.inputs, example.outputs, example.metadata];
    let splits = example.split.unwrap_or_default().iter().map(String::len);
    AROUND + json.into_iter().flatten().map(|value| value.get().len()).chain(splits).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_about_what_it_names_or_about_one_example() {
        let additions = Additions { examples: Vec::new(), runs: vec![Uuid::nil(), Uuid::max()] };
        let both = additions.identified(Uuid::nil());
        let (one, other) = (both[0].1.id, both[1].1.id);
        let refusal = |is_lost, named: &[Uuid]| Conflict { is_lost, named: named.iter().copied().collect() };
        for (part, refusal, expected) in [
            (&both[..], refusal(false, &[]), &[][..]),
            (&both, refusal(false, &[other, Uuid::max()]), &[other]),
            (&both, refusal(true, &[other]), &[]),
            (&both[..1], refusal(false, &[]), &[one]),
            (&both[..1], refusal(true, &[one]), &[]),
        ] {
            assert_eq!(meant(part, &refusal), expected.iter().copied().collect(), "{refusal:?}");
        }
    }
}
