//! A stored run: the values that filters use, and every field already serialized. Documentation: "Run (span) data
//! format" has the three statuses; "Query threads" looks for `thread_id` in the metadata, then for the two other keys.
//!
//! Answers are assembled from the serialized fields, so that a page of 100 runs costs copies and no serialization: the
//! double must never be the bottleneck of a benchmark.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::column::{COLUMNS, Selection};
use super::feedback::{Feedback, Mark, stats};

/// One run of a trace.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) facts: Facts,
    /// `"name":value` for each of [`COLUMNS`].
    fields: Vec<Box<str>>,
}

/// The values that filters and statistics use.
#[derive(Clone)]
pub(crate) struct Facts {
    pub(crate) id: Uuid,
    pub(crate) trace: Uuid,
    pub(crate) parent: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) run_type: &'static str,
    pub(crate) start: OffsetDateTime,
    /// The end; equal to the start as long as the run is pending.
    pub(crate) end: OffsetDateTime,
    pub(crate) pending: bool,
    pub(crate) error: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) feedback: Feedback,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) prompt_cost_nanos: u64,
    pub(crate) completion_cost_nanos: u64,
    pub(crate) first_token: Option<OffsetDateTime>,
    pub(crate) execution_order: u32,
    pub(crate) reference_example: Option<Uuid>,
    /// Inputs, outputs, error and name in lower case, for full-text search.
    pub(crate) text: String,
}

impl Facts {
    /// Seconds from start to end.
    pub(crate) fn latency(&self) -> f64 {
        (self.end - self.start).as_seconds_f64()
    }

    /// `pending`, `success` or `error`; the sample data has no pending run.
    pub(crate) fn status(&self) -> &'static str {
        match (&self.error, self.pending) {
            (Some(_), _) => "error",
            (None, true) => "pending",
            (None, false) => "success",
        }
    }

    /// The thread of the run, from the metadata keys by which the platform groups.
    pub(crate) fn thread(&self) -> Option<&str> {
        ["thread_id", "session_id", "conversation_id"]
            .iter()
            .find_map(|key| self.metadata.get(*key)?.as_str())
    }

    /// The sort key: start, then id, so that no two runs are equal.
    pub(crate) fn position(&self) -> (OffsetDateTime, Uuid) {
        (self.start, self.id)
    }
}

impl Run {
    /// A run from its facts and columns. Columns missing in `values` are `null` in answers.
    pub(crate) fn new(facts: Facts, values: &Map<String, Value>) -> Self {
        let field = |name: &&str| {
            let value = values.get(*name).unwrap_or(&Value::Null);
            format!("\"{name}\":{value}").into_boxed_str()
        };
        Self { facts, fields: COLUMNS.iter().map(field).collect() }
    }

    /// Adds a feedback under its key, in place of one with the same id.
    pub(crate) fn mark(&mut self, key: &str, mark: Mark) {
        self.forget(mark.id);
        self.facts.feedback.entry(key.to_owned()).or_default().push(mark);
        self.show_feedback();
    }

    /// Removes a feedback.
    pub(crate) fn unmark(&mut self, id: Uuid) {
        self.forget(Some(id));
        self.show_feedback();
    }

    fn forget(&mut self, id: Option<Uuid>) {
        self.facts.feedback.values_mut().for_each(|marks| marks.retain(|other| other.id != id));
        self.facts.feedback.retain(|_, marks| !marks.is_empty());
    }

    fn show_feedback(&mut self) {
        let stats = Value::Object(stats(std::iter::once(&self.facts.feedback)));
        self.set("feedback_stats", &stats.to_string());
    }

    /// Sets a column to this JSON.
    pub(crate) fn set(&mut self, name: &str, json: &str) {
        let place = COLUMNS.iter().position(|column| *column == name);
        if let Some(field) = place.and_then(|place| self.fields.get_mut(place)) {
            *field = format!("\"{name}\":{json}").into_boxed_str();
        }
    }

    /// The JSON of a column.
    pub(crate) fn column(&self, name: &str) -> &str {
        let place = COLUMNS.iter().position(|column| *column == name);
        let field = place.and_then(|place| self.fields.get(place));
        field.and_then(|field| field.split_once(':')).map_or("null", |(_, value)| value)
    }

    /// Appends the run as a JSON object with the selected fields.
    pub(crate) fn write(&self, selection: &Selection, out: &mut String) {
        out.push('{');
        let fields = selection.indices().iter().filter_map(|index| self.fields.get(*index));
        for (position, field) in fields.enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push_str(field);
        }
        out.push('}');
    }
}
