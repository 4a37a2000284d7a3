//! An annotation queue of runs. Description: `AnnotationQueueSchemaWithRubric` and `AnnotationQueueRunSchema`.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::moment::zoned;

/// An annotation queue.
pub(crate) struct Queue {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) name: String,
    /// Further members from the requests, by the names of the description.
    pub(crate) details: Map<String, Value>,
    pub(crate) created: OffsetDateTime,
    pub(crate) updated: OffsetDateTime,
    /// The runs, in insertion order.
    pub(crate) runs: Vec<QueuedRun>,
}

/// A run in a queue.
#[derive(Debug, Clone)]
pub(crate) struct QueuedRun {
    pub(crate) id: Uuid,
    pub(crate) run: Uuid,
    pub(crate) added: OffsetDateTime,
    pub(crate) reviewed: Option<OffsetDateTime>,
}

/// The allowed members of `details`.
pub(crate) const DETAILS: [&str; 9] = [
    "description",
    "default_dataset",
    "num_reviewers_per_item",
    "enable_reservations",
    "reservation_minutes",
    "reviewer_access_mode",
    "metadata",
    "rubric_items",
    "rubric_instructions",
];

impl Queue {
    /// `AnnotationQueueSchemaWithRubric`, with the number of its runs.
    pub(crate) fn wire(&self) -> Value {
        let mut members: Map<String, Value> =
            DETAILS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        members.extend(self.details.clone());
        let own = json!({
            "id": self.id,
            "tenant_id": self.workspace,
            "name": self.name,
            "created_at": zoned(self.created),
            "updated_at": zoned(self.updated),
            "source_rule_id": null,
            "run_rule_id": null,
            "queue_type": "single",
            "assigned_reviewers": [],
            "total_runs": self.runs.len(),
        });
        if let Value::Object(own) = own {
            members.extend(own);
        }
        if members.get("reviewer_access_mode").is_some_and(Value::is_null) {
            members.insert("reviewer_access_mode".to_owned(), json!("any"));
        }
        members.into()
    }

    /// `AnnotationQueueRunSchema`.
    pub(crate) fn entry(&self, run: &QueuedRun) -> Value {
        json!({
            "id": run.id,
            "run_id": run.run,
            "queue_id": self.id,
            "last_reviewed_time": run.reviewed.map(zoned),
            "added_at": zoned(run.added),
            "source_proposed_example_id": null,
        })
    }
}
