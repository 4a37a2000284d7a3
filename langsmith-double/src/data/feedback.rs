//! Feedback on runs, in the form that filters and statistics use. Sample: "Fetch performance metrics" of the
//! documentation has count, mean and values by key. Assumed: the values are those that are strings.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The feedback on a run, by key.
pub(crate) type Feedback = BTreeMap<String, Vec<Mark>>;

/// One feedback on a run.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// `None` in the sample data.
    pub(crate) id: Option<Uuid>,
    pub(crate) score: Option<f64>,
    /// A value that is no number.
    pub(crate) label: Option<String>,
}

impl Mark {
    /// A feedback with only a score, for the sample data.
    pub(crate) fn sample(score: f64) -> Self {
        Self { id: None, score: Some(score), label: None }
    }
}

/// Count, mean and labels by key, over any number of runs.
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
