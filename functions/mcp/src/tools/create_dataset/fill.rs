//! The examples of a dataset. Their ids follow from what they hold, so that a call that is repeated, extended or put in
//! another order finds what it has added before.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use shared::langsmith::{Caller, NewExample, Stored, UpstreamError, derived_id};
use uuid::Uuid;

use super::request::Entry;
use crate::tools::batch::batches;
use crate::tools::example_lookup::known;
use crate::tools::free_form::minified;

/// What became of the examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) created: usize,
    pub(super) existing: usize,
}

/// Adds what is missing of `entries`. A dataset that is new has nothing yet.
pub(super) async fn fill(
    caller: &Caller<'_>,
    (dataset, is_new): (Uuid, bool),
    entries: &[Entry],
) -> Result<Filled, UpstreamError> {
    let wanted = identified(dataset, entries);
    let ids: Vec<Uuid> = wanted.iter().map(|example| example.id).collect();
    let before: BTreeSet<Uuid> = if is_new {
        BTreeSet::new()
    } else {
        known(caller, &ids, Some(dataset)).await?.into_keys().collect()
    };
    let missing: Vec<NewExample<'_>> =
        wanted.iter().filter(|example| !before.contains(&example.id)).copied().collect();
    for part in batches(&missing, size) {
        add(caller, dataset, part).await?;
    }
    Ok(Filled { created: missing.len(), existing: before.len() })
}

/// Adds one part. A conflict is the work of an attempt whose answer was lost, or of the same call made at the same time.
async fn add(caller: &Caller<'_>, dataset: Uuid, part: &[NewExample<'_>]) -> Result<(), UpstreamError> {
    if caller.create_examples(part).await? == Stored::All {
        return Ok(());
    }
    let ids: Vec<Uuid> = part.iter().map(|example| example.id).collect();
    let there = known(caller, &ids, Some(dataset)).await?;
    let rest: Vec<NewExample<'_>> =
        part.iter().filter(|example| !there.contains_key(&example.id)).copied().collect();
    if rest.is_empty() {
        return Ok(());
    }
    match caller.create_examples(&rest).await? {
        Stored::All => Ok(()),
        Stored::Conflict => {
            let detail = "some of these examples exist, but not in this dataset".to_owned();
            Err(UpstreamError::Rejected { status: 409, detail })
        }
    }
}

/// The examples with their ids. Equal ones are told apart by how many came before.
fn identified(dataset: Uuid, entries: &[Entry]) -> Vec<NewExample<'_>> {
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
    entries.iter().map(|entry: &Entry| example(entry)).collect()
}

fn content_id(dataset: &str, entry: &Entry) -> Uuid {
    let json = |value: Option<&RawValue>| value.map(minified).unwrap_or_default();
    let outputs = json(entry.outputs.as_deref());
    let metadata = json(entry.metadata.as_deref());
    let mut parts = vec!["content", dataset];
    let inputs = minified(&entry.inputs);
    parts.extend([inputs.as_str(), &outputs, &metadata]);
    parts.extend(entry.split.iter().flatten().map(String::as_str));
    derived_id(&parts)
}

fn size(example: &NewExample<'_>) -> usize {
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
        identified(dataset, entries).iter().map(|example| example.id).collect()
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
    fn equal_examples_are_as_many_as_were_given() {
        let equal: Vec<Entry> = (0..3).map(|_| entry("{}", &[])).collect();
        let three = ids(Uuid::nil(), &equal);
        assert_eq!(three.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(three, ids(Uuid::nil(), &equal));
    }
}
