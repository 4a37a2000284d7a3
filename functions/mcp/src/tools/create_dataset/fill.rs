//! The examples of a dataset. Their ids follow from what they hold, so that a call that is repeated, extended or put in
//! another order finds what it has added before.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use shared::langsmith::{Caller, NewExample, Stored, UpstreamError, derived_id};
use uuid::Uuid;

use super::request::Entry;
use crate::tools::batch::batches;
use crate::tools::canonical_json::canonical;
use crate::tools::example_lookup::known;

/// How many examples that cannot be added an error names.
const MAX_NAMED: usize = 5;

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
    /// LangSmith has the ids of these, by their places in the call, but does not show the examples.
    Gone(Vec<usize>),
}

impl From<UpstreamError> for Unfilled {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

/// An example and its place in the call.
type Placed<'e> = (usize, NewExample<'e>);

/// Adds what is missing of `entries`. A dataset that is new has nothing yet.
pub(super) async fn fill(
    caller: &Caller<'_>,
    (dataset, is_new): (Uuid, bool),
    entries: &[Entry],
) -> Result<Filled, Unfilled> {
    let wanted = identified(dataset, entries);
    let before = if is_new { BTreeSet::new() } else { there(caller, dataset, &wanted).await? };
    let missing = without(&wanted, &before);
    let mut others = 0;
    for part in batches(&missing, size) {
        others += add(caller, dataset, part).await?;
    }
    Ok(Filled { created: missing.len() - others, existing: before.len() + others })
}

/// Adds one part; how many of it others have added. A conflict is the work of an attempt whose answer was lost, or of the
/// same call made at the same time; or else an example was deleted, and its id is not given out again.
async fn add(caller: &Caller<'_>, dataset: Uuid, part: &[Placed<'_>]) -> Result<usize, Unfilled> {
    let Stored::Conflict { is_lost } = store(caller, part).await? else { return Ok(0) };
    let found = there(caller, dataset, part).await?;
    let others = if is_lost { 0 } else { found.len() };
    let rest = without(part, &found);
    let (refused, are_others): (Vec<_>, Vec<_>) = separate(caller, &rest, is_lost).await?.into_iter().unzip();
    if refused.is_empty() {
        return Ok(others);
    }
    // The answer to one of these attempts may have been lost, too.
    let gone = without(&refused, &there(caller, dataset, &refused).await?);
    if gone.is_empty() {
        return Ok(others + are_others.into_iter().filter(|is_other| *is_other).count());
    }
    Err(Unfilled::Gone(gone.iter().map(|(place, _)| *place).collect()))
}

/// Adds what can be added, and returns what is refused for itself, and whether no attempt of ours can be why; once that is
/// enough for an error, nothing more is tried.
async fn separate<'e>(
    caller: &Caller<'_>,
    part: &[Placed<'e>],
    is_lost: bool,
) -> Result<Vec<(Placed<'e>, bool)>, UpstreamError> {
    let (mut open, mut refused) = (vec![(part, is_lost)], Vec::new());
    while let Some((part, was_lost)) = open.pop() {
        if part.is_empty() {
            continue;
        }
        let Stored::Conflict { is_lost } = store(caller, part).await? else { continue };
        let is_lost = is_lost || was_lost;
        if let [one] = part {
            refused.push((*one, !is_lost));
            if refused.len() > MAX_NAMED {
                break;
            }
            continue;
        }
        let (left, right) = part.split_at(part.len() / 2);
        open.extend([(right, is_lost), (left, is_lost)]);
    }
    Ok(refused)
}

async fn store(caller: &Caller<'_>, part: &[Placed<'_>]) -> Result<Stored, UpstreamError> {
    let examples: Vec<NewExample<'_>> = part.iter().map(|(_, example)| *example).collect();
    caller.create_examples(&examples).await
}

async fn there(
    caller: &Caller<'_>,
    dataset: Uuid,
    examples: &[Placed<'_>],
) -> Result<BTreeSet<Uuid>, UpstreamError> {
    let ids: Vec<Uuid> = examples.iter().map(|(_, example)| example.id).collect();
    Ok(known(caller, &ids, Some(dataset)).await?.into_keys().collect())
}

fn without<'e>(examples: &[Placed<'e>], ids: &BTreeSet<Uuid>) -> Vec<Placed<'e>> {
    examples.iter().filter(|(_, example)| !ids.contains(&example.id)).copied().collect()
}

/// What the caller is told of examples that cannot be added.
pub(super) fn gone(places: &[usize]) -> String {
    let names: Vec<String> =
        places.iter().take(MAX_NAMED).map(|place| format!("examples[{place}]")).collect();
    let more = if places.len() > MAX_NAMED { " and others" } else { "" };
    format!(
        "{}{more} cannot be added: the same example was in this dataset before and was deleted, and LangSmith does not take \
it again. Leave it out, or change something about it, such as a label in its metadata.",
        names.join(", ")
    )
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
    fn only_a_few_are_named() {
        assert!(gone(&[3]).starts_with("examples[3] cannot be added"));
        assert!(
            gone(&[0, 1, 2, 3, 4, 5])
                .starts_with("examples[0], examples[1], examples[2], examples[3], examples[4] and others")
        );
    }

    #[test]
    fn equal_examples_are_as_many_as_were_given() {
        let equal: Vec<Entry> = (0..3).map(|_| entry("{}", &[])).collect();
        let three = ids(Uuid::nil(), &equal);
        assert_eq!(three.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(three, ids(Uuid::nil(), &equal));
    }
}
