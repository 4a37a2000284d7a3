//! One feedback on a run and its wire form.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::Mark;
use crate::data::moment::zoned;

/// A feedback that a request brought.
#[derive(Debug, Clone)]
pub(crate) struct StoredFeedback {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) session: Uuid,
    pub(crate) run: Uuid,
    pub(crate) trace: Uuid,
    pub(crate) key: String,
    /// A number, a boolean or null.
    pub(crate) score: Value,
    pub(crate) value: Value,
    pub(crate) comment: Option<String>,
    pub(crate) source: Value,
    pub(crate) created: OffsetDateTime,
}

impl StoredFeedback {
    /// Keeps the score to four decimals.
    pub(crate) fn round(&mut self) {
        if let Some(score) = self.score.as_f64().filter(|_| self.score.is_f64()) {
            self.score = json!((score * 1e4).round() / 1e4);
        }
    }

    /// What filters and statistics read.
    pub(crate) fn mark(&self) -> Mark {
        let score = match &self.score {
            Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
            score => score.as_f64(),
        };
        let label = self.value.as_str().map(str::to_owned);
        Mark { id: Some(self.id), score, label }
    }

    /// The JSON object.
    pub(crate) fn wire(&self) -> Value {
        json!({
            "id": self.id,
            "created_at": zoned(self.created),
            "modified_at": zoned(self.created),
            "key": self.key,
            "score": self.score,
            "value": self.value,
            "comment": self.comment,
            "correction": null,
            "feedback_group_id": null,
            "comparative_experiment_id": null,
            "run_id": self.run,
            "session_id": self.session,
            "trace_id": self.trace,
            "start_time": null,
            "is_root": self.run == self.trace,
            "feedback_source": self.source,
            "extra": null,
            "feedback_thread_id": null,
        })
    }
}
