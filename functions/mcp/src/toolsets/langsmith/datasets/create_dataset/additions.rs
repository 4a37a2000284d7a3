//! The examples to be added to a dataset: the call's own, and those made by LangSmith from runs. Their ids are derived
//! from their contents or runs, so that a repeated, extended or reordered call finds its earlier additions.

use std::collections::{BTreeMap, BTreeSet};

use langsmith::{NewExample, SourceRun, derived_id};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::entry::Entry;
use super::rejected::Place;
use crate::json::canonical::canonical;

/// The maximum number of runs in one call: LangSmith copies the contents of each.
pub(crate) const MAX_RUNS: usize = 100;

/// The split of an example without one of its own.
const DEFAULT_SPLIT: &str = "base";

/// The examples to be added.
pub(crate) struct Additions {
    pub(crate) examples: Vec<Entry>,
    /// The runs for one example each, without duplicates.
    pub(crate) runs: Vec<Uuid>,
}

/// An example and its place in the call.
pub(super) type Placed<'e> = (Place, NewExample<'e>);

impl Additions {
    /// All of them with their ids. Equal examples are told apart by the number of equal ones before them.
    pub(super) fn identified(&self, dataset: Uuid) -> Vec<Placed<'_>> {
        let dataset_text = dataset.to_string();
        let mut seen: BTreeMap<Uuid, usize> = BTreeMap::new();
        let mut all = Vec::with_capacity(self.examples.len() + self.runs.len());
        for (at, entry) in self.examples.iter().enumerate() {
            let content = content_id(&dataset_text, entry);
            let count = seen.entry(content).or_default();
            let id = derived_id(&["example", &content.to_string(), &count.to_string()]);
            *count += 1;
            all.push((Place::Example(at), new_example((dataset, id), entry)));
        }
        for (at, run) in self.runs.iter().enumerate() {
            let id = derived_id(&["example of run", &dataset_text, &run.to_string()]);
            all.push((Place::Run(at), of_run((dataset, id), *run)));
        }
        all
    }
}

fn new_example((dataset_id, id): (Uuid, Uuid), entry: &Entry) -> NewExample<'_> {
    NewExample {
        id,
        dataset_id,
        inputs: Some(&entry.inputs),
        outputs: entry.outputs.as_deref(),
        metadata: entry.metadata.as_deref(),
        split: entry.split.as_deref(),
        source: None,
    }
}

fn of_run((dataset_id, id): (Uuid, Uuid), run: Uuid) -> NewExample<'static> {
    let source = Some(SourceRun::copied(run));
    NewExample { id, dataset_id, inputs: None, outputs: None, metadata: None, split: None, source }
}

/// The id of an example's meaning, independent of the spelling of its JSON.
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

    fn ids(dataset: Uuid, examples: Vec<Entry>) -> Vec<Uuid> {
        let additions = Additions { examples, runs: Vec::new() };
        additions.identified(dataset).iter().map(|(_, example)| example.id).collect()
    }

    #[test]
    fn an_id_follows_from_the_content_and_not_from_the_place() {
        let one = ids(Uuid::nil(), vec![entry(r#"{"a": 1}"#, &[]), entry(r#"{"a":2}"#, &[])]);
        let other = ids(
            Uuid::nil(),
            vec![entry(r#"{"b":0}"#, &[]), entry(r#"{"a":2}"#, &[]), entry(r#"{"a":1}"#, &[])],
        );
        assert_eq!((one[0], one[1]), (other[2], other[1]));
        assert_ne!(one, ids(Uuid::max(), vec![entry(r#"{"a":1}"#, &[]), entry(r#"{"a":2}"#, &[])]));
        assert_ne!(one[0], ids(Uuid::nil(), vec![entry(r#"{"a":1}"#, &["test"])])[0]);
    }

    #[test]
    fn an_id_follows_from_the_meaning_and_not_from_the_text() {
        let id = |inputs: &str, split: &[&str]| ids(Uuid::nil(), vec![entry(inputs, split)])[0];
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
    fn equal_examples_are_as_many_as_were_given() {
        let equal = || (0..3).map(|_| entry("{}", &[])).collect();
        let three = ids(Uuid::nil(), equal());
        assert_eq!(three.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(three, ids(Uuid::nil(), equal()));
    }

    #[test]
    fn a_run_makes_the_same_example_wherever_it_stands() {
        let ids = |dataset, runs: &[Uuid]| {
            let additions = Additions { examples: vec![entry("{}", &[])], runs: runs.to_vec() };
            let all = additions.identified(dataset);
            assert_eq!((all[0].0, all[1].0), (Place::Example(0), Place::Run(0)));
            all.iter().skip(1).map(|(_, example)| example.id).collect::<Vec<_>>()
        };
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let both = ids(Uuid::nil(), &[one, other]);
        assert_eq!(ids(Uuid::nil(), &[other, one]), [both[1], both[0]]);
        assert!(both[0] != both[1] && ids(Uuid::max(), &[one])[0] != both[0]);
    }
}
