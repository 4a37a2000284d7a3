//! One feedback on a run or on a whole experiment, and its wire form. Description: `FeedbackSchema`, and the types of
//! `FeedbackCreateSchema`. Assumed: statistics count a boolean as 1 or 0.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::Mark;
use crate::data::moment::zoned;
use crate::json::refused;
use crate::reply::ApiError;

/// A stored feedback.
#[derive(Debug, Clone)]
pub(crate) struct StoredFeedback {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) session: Uuid,
    /// `None` for feedback on the whole project.
    pub(crate) run: Option<Uuid>,
    pub(crate) trace: Option<Uuid>,
    pub(crate) key: String,
    pub(crate) verdict: Verdict,
    pub(crate) source: Value,
    pub(crate) extra: Value,
    pub(crate) comparative: Option<Uuid>,
    pub(crate) group: Option<Uuid>,
    pub(crate) created: OffsetDateTime,
    pub(crate) modified: OffsetDateTime,
}

/// The judgement of a feedback.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdict {
    /// A number, a boolean or null.
    pub(crate) score: Value,
    pub(crate) value: Value,
    pub(crate) correction: Value,
    pub(crate) comment: Value,
}

impl Verdict {
    /// Refuses types that the description does not allow.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if !matches!(self.score, Value::Null | Value::Bool(_) | Value::Number(_)) {
            return Err(refused("score", "Input should be a valid number"));
        }
        if self.value.is_array() {
            return Err(refused("value", "Input should be a valid dictionary"));
        }
        if !matches!(self.comment, Value::Null | Value::String(_)) {
            return Err(refused("comment", "Input should be a valid string"));
        }
        Ok(())
    }

    /// Rounds the score to four decimals.
    pub(crate) fn round(&mut self) {
        if let Some(score) = self.score.as_f64().filter(|_| self.score.is_f64()) {
            self.score = json!((score * 1e4).round() / 1e4);
        }
    }
}

impl StoredFeedback {
    /// The form that filters and statistics use.
    pub(crate) fn mark(&self) -> Mark {
        let score = match &self.verdict.score {
            Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
            score => score.as_f64(),
        };
        let label = self.verdict.value.as_str().map(str::to_owned);
        Mark { id: Some(self.id), score, label }
    }

    /// The feedback as JSON.
    pub(crate) fn wire(&self) -> Value {
        json!({
            "id": self.id,
            "created_at": zoned(self.created),
            "modified_at": zoned(self.modified),
            "key": self.key,
            "score": self.verdict.score,
            "value": self.verdict.value,
            "comment": self.verdict.comment,
            "correction": self.verdict.correction,
            "feedback_group_id": self.group,
            "comparative_experiment_id": self.comparative,
            "run_id": self.run,
            "session_id": self.session,
            "trace_id": self.trace,
            "start_time": null,
            "is_root": self.run == self.trace,
            "feedback_source": self.source,
            "extra": self.extra,
            "feedback_thread_id": null,
        })
    }
}
