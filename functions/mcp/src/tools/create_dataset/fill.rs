//! The examples of a dataset. Their ids follow from what they hold, so that a call that is repeated, extended or put in
//! another order finds what it has added before.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use shared::langsmith::{Caller, Conflict, Example, NewExample, Stored, UpstreamError, derived_id};
use uuid::Uuid;

use super::changed::is_changed;
use super::request::Entry;
use super::taken::{MAX_NAMED, Taken};
use crate::tools::batch::batches;
use crate::tools::canonical_json::canonical;
use crate::tools::example_lookup::look_up;

/// The split of an example that names none.
const DEFAULT_SPLIT: &str = "base";

/// What became of the examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) created: usize,
    pub(super) existing: usize,
}

/// Why not all examples were added.
#[derive(Debug)]
pub(super) enum Unfilled {
    Upstream(UpstreamError),
    Taken(Taken),
}

impl From<UpstreamError> for Unfilled {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

/// An example and its place in the call.
type Placed<'e> = (usize, NewExample<'e>);

/// The examples that LangSmith has.
#[derive(Default)]
struct Found {
    ids: BTreeSet<Uuid>,
    /// Those that hold something else since they were added.
    changed: BTreeSet<Uuid>,
}

/// Adds what is missing of `entries`. A dataset that is new has nothing yet.
pub(super) async fn fill(
    caller: &Caller<'_>,
    (dataset, is_new): (Uuid, bool),
    entries: &[Entry],
) -> Result<Filled, Unfilled> {
    let wanted = identified(dataset, entries);
    let before = if is_new { Found::default() } else { there(caller, dataset, &wanted).await? };
    let changed: Vec<usize> = wanted
        .iter()
        .filter(|(_, example)| before.changed.contains(&example.id))
        .map(|(at, _)| *at)
        .collect();
    let missing = without(&wanted, &before.ids);
    let mut others = 0;
    for part in batches(&missing, size) {
        others += match add(caller, dataset, part).await {
            Err(Unfilled::Taken(taken)) => return Err(Unfilled::Taken(Taken { changed, ..taken })),
            added => added?,
        };
    }
    if !changed.is_empty() {
        return Err(Unfilled::Taken(Taken { changed, gone: Vec::new() }));
    }
    Ok(Filled { created: missing.len() - others, existing: before.ids.len() + others })
}

/// Adds one part, of which nothing was there; how many of it others have added meanwhile. A conflict is the work of an
/// attempt whose answer was lost, of the refused request itself, or of the same call made at the same time; or else an
/// example was deleted, and its id is not given out again.
async fn add(caller: &Caller<'_>, dataset: Uuid, part: &[Placed<'_>]) -> Result<usize, Unfilled> {
    let Stored::Conflict(refusal) = store(caller, part).await? else { return Ok(0) };
    let found = there(caller, dataset, part).await?.ids;
    let mut others: BTreeSet<Uuid> = meant(part, &refusal).intersection(&found).copied().collect();
    let (mut rest, mut is_own) = (without(part, &found), refusal.is_lost);
    while !rest.is_empty() {
        let parted = separate(caller, &rest, is_own).await?;
        // The answer to one of these attempts may have been lost, too.
        let gone = without(&parted.refused, &there(caller, dataset, &parted.refused).await?.ids);
        if !gone.is_empty() {
            let gone = gone.iter().map(|(place, _)| *place).collect();
            return Err(Unfilled::Taken(Taken { gone, changed: Vec::new() }));
        }
        others.extend(parted.others);
        (rest, is_own) = (parted.untried, true);
    }
    Ok(others.len())
}

/// What became of examples that were tried in smaller and smaller parts.
struct Parted<'e> {
    /// Refused for themselves.
    refused: Vec<Placed<'e>>,
    /// Those that no attempt of ours can have added.
    others: BTreeSet<Uuid>,
    untried: Vec<Placed<'e>>,
}

/// Adds what can be added, and finds out what is refused for itself; once that is enough for an error, nothing more is tried.
/// `is_own` says that an attempt of ours may have added some already.
async fn separate<'e>(
    caller: &Caller<'_>,
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

/// What of `part` was there before a refused attempt to add it. LangSmith may have added the rest all the same.
fn meant(part: &[Placed<'_>], refusal: &Conflict) -> BTreeSet<Uuid> {
    if refusal.is_lost {
        return BTreeSet::new();
    }
    let ids = part.iter().map(|(_, example)| example.id);
    ids.filter(|id| part.len() == 1 || refusal.named.contains(id)).collect()
}

async fn store(caller: &Caller<'_>, part: &[Placed<'_>]) -> Result<Stored, UpstreamError> {
    let examples: Vec<NewExample<'_>> = part.iter().map(|(_, example)| *example).collect();
    caller.create_examples(&examples).await
}

async fn there(caller: &Caller<'_>, dataset: Uuid, examples: &[Placed<'_>]) -> Result<Found, UpstreamError> {
    let given: BTreeMap<Uuid, &NewExample<'_>> =
        examples.iter().map(|(_, example)| (example.id, example)).collect();
    let ids: Vec<Uuid> = given.keys().copied().collect();
    let changed =
        |id, stored: &Example<'_>| Some(given.get(&id).is_some_and(|given| is_changed(given, stored)));
    let found = look_up(caller, &ids, Some(dataset), &changed).await?;
    let changed = found.iter().filter(|(_, changed)| **changed).map(|(id, _)| *id).collect();
    Ok(Found { ids: found.into_keys().collect(), changed })
}

fn without<'e>(examples: &[Placed<'e>], ids: &BTreeSet<Uuid>) -> Vec<Placed<'e>> {
    examples.iter().filter(|(_, example)| !ids.contains(&example.id)).copied().collect()
}

/// The examples with their ids. Equal ones are told apart by how many came before.
fn identified(dataset: Uuid, entries: &[Entry]) -> Vec<Placed<'_>> {
    let dataset_text = dataset.to_string();
    let mut seen: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut example = |entry| {
        let content = content_id(&dataset_text, entry);
        let count = seen.entry(content).or_default();
        let id = derived_id(&["example", &content.to_string(), &count.to_string()]);
        *count += 1;
        NewExample {
            id,
            dataset_id: dataset,
            inputs: &entry.inputs,
            outputs: entry.outputs.as_deref(),
            metadata: entry.metadata.as_deref(),
            split: entry.split.as_deref(),
        }
    };
    entries.iter().map(|entry: &Entry| example(entry)).enumerate().collect()
}

/// What an example means, however it is written.
fn content_id(dataset: &str, entry: &Entry) -> Uuid {
    let json = |value: Option<&RawValue>| value.map(canonical).unwrap_or_default();
    let [inputs, outputs, metadata] =
        [Some(&*entry.inputs), entry.outputs.as_deref(), entry.metadata.as_deref()].map(json);
    let mut parts = vec!["content", dataset, &inputs, &outputs, &metadata];
    let splits: BTreeSet<&str> = match &entry.split {
        Some(splits) => splits.iter().map(String::as_str).collect(),
        None => BTreeSet::from([DEFAULT_SPLIT]),
    };
    parts.extend(splits);
    derived_id(&parts)
}

fn size((_, example): &Placed<'_>) -> usize {
    const AROUND: usize = 200;
    let json = [Some(example.inputs), example.outputs, example.metadata];
    let splits = example.split.unwrap_or_default().iter().map(String::len);
    AROUND + json.into_iter().flatten().map(|value| value.get().len()).chain(splits).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(inputs: &str, split: &[&str]) -> Entry {
        let split = split.iter().map(|&split| split.to_owned()).collect::<Vec<_>>();
        Entry {
            inputs: serde_json::from_str(inputs).unwrap(),
            outputs: None,
            metadata: None,
            split: (!split.is_empty()).then_some(split),
        }
    }

    fn ids(dataset: Uuid, entries: &[Entry]) -> Vec<Uuid> {
        identified(dataset, entries).iter().map(|(_, example)| example.id).collect()
    }

    #[test]
    fn an_id_follows_from_the_content_and_not_from_the_place() {
        let one = ids(Uuid::nil(), &[entry(r#"{"a": 1}"#, &[]), entry(r#"{"a":2}"#, &[])]);
        let other =
            ids(Uuid::nil(), &[entry(r#"{"b":0}"#, &[]), entry(r#"{"a":2}"#, &[]), entry(r#"{"a":1}"#, &[])]);
        assert_eq!((one[0], one[1]), (other[2], other[1]));
        assert_ne!(one, ids(Uuid::max(), &[entry(r#"{"a":1}"#, &[]), entry(r#"{"a":2}"#, &[])]));
        assert_ne!(one[0], ids(Uuid::nil(), &[entry(r#"{"a":1}"#, &["test"])])[0]);
    }

    #[test]
    fn an_id_follows_from_the_meaning_and_not_from_the_text() {
        let id = |inputs: &str, split: &[&str]| ids(Uuid::nil(), &[entry(inputs, split)])[0];
        let first = id(r#"{"a":1,"b":"é"}"#, &["x", "y"]);
        for (inputs, split) in [
            (r#"{"b":"é","a":1}"#, &["x", "y"][..]),
            (r#"{"a":1,"b":"\u00e9"}"#, &["x", "y"]),
            (r#"{"a":1.0,"b":"é"}"#, &["x", "y"]),
            (r#"{"a":1,"b":"é"}"#, &["y", "x", "y"]),
        ] {
            assert_eq!(id(inputs, split), first, "{inputs} {split:?}");
        }
        assert_eq!(id("{}", &[]), id("{}", &["base"]));
        let different = [
            r#"{"a":9007199254740993}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":"\ud801"}"#,
        ];
        let different: BTreeSet<Uuid> = different.iter().map(|inputs| id(inputs, &[])).collect();
        assert_eq!(different.len(), 4);
    }

    #[test]
    fn a_refusal_is_about_what_it_names_or_about_one_example() {
        let entries = [entry("{}", &[]), entry(r#"{"a":1}"#, &[])];
        let both = identified(Uuid::nil(), &entries);
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

    #[test]
    fn equal_examples_are_as_many_as_were_given() {
        let equal: Vec<Entry> = (0..3).map(|_| entry("{}", &[])).collect();
        let three = ids(Uuid::nil(), &equal);
        assert_eq!(three.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(three, ids(Uuid::nil(), &equal));
    }
}
