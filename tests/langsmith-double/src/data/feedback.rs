//! Feedback on runs, as filters and statistics read it. Sample: "Fetch performance metrics" of the documentation has number,
//! mean and values by key. Assumed: the values are those that are texts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a run was given under each key.
pub(crate) type Feedback = BTreeMap<String, Vec<Mark>>;

/// One feedback.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The sample data's feedback has none.
    pub(crate) id: Option<Uuid>,
    pub(crate) score: Option<f64>,
    /// A value that is no number.
    pub(crate) label: Option<String>,
}

impl Mark {
    /// A feedback of the sample data.
    pub(crate) fn sample(score: f64) -> Self {
        Self { id: None, score: Some(score), label: None }
    }
}

/// Number, mean and labels by key, over any number of runs.
pub(crate) fn stats<'a>(runs: impl Iterator<Item = &'a Feedback>) -> Map<String, Value> {
    let mut by_key: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for (key, marks) in runs.flatten() {
        by_key.entry(key).or_default().extend(marks);
    }
    by_key.into_iter().map(|(key, marks)| (key.to_owned(), summary(&marks))).collect()
}

fn summary(marks: &[&Mark]) -> Value {
    let scores: Vec<f64> = marks.iter().filter_map(|mark| mark.score).collect();
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for label in marks.iter().filter_map(|mark| mark.label.as_deref()) {
        *labels.entry(label).or_default() += 1;
    }
    json!({"n": marks.len(), "avg": mean(&scores), "values": labels})
}

fn mean(scores: &[f64]) -> Option<f64> {
    let count = f64::from(u32::try_from(scores.len()).unwrap_or(u32::MAX));
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / count)
}
