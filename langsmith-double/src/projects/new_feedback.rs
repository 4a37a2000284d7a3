//! A feedback in a request. Description: `FeedbackCreateSchema`, whose key has 180 characters at most. Assumed: a
//! feedback without a run and without a project is refused, and so is one that names another project or trace than its
//! run's.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Ledger, StoredFeedback, Verdict};
use crate::data::sample_id;
use crate::json::refused;
use crate::reply::ApiError;

const MAX_KEY: usize = 180;

/// `FeedbackCreateSchema`.
#[derive(Debug, Deserialize)]
pub(crate) struct NewFeedback {
    pub(crate) id: Option<Uuid>,
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) score: Value,
    #[serde(default)]
    pub(crate) value: Value,
    #[serde(default)]
    pub(crate) comment: Value,
    #[serde(default)]
    pub(crate) correction: Value,
    pub(crate) run_id: Option<Uuid>,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) trace_id: Option<Uuid>,
    pub(crate) comparative_experiment_id: Option<Uuid>,
    pub(crate) feedback_group_id: Option<Uuid>,
    #[serde(default)]
    pub(crate) feedback_source: Value,
    #[serde(default)]
    pub(crate) extra: Value,
}

impl NewFeedback {
    /// The feedback to store. One without a run is about the project that it names.
    pub(crate) fn stored(
        self,
        ledger: &Ledger,
        workspace: Uuid,
        now: OffsetDateTime,
    ) -> Result<StoredFeedback, ApiError> {
        if self.key.is_empty() || self.key.chars().count() > MAX_KEY {
            return Err(refused("key", "String should have 1 to 180 characters"));
        }
        let (session, run, trace) = self.place(ledger, workspace)?;
        let verdict = Verdict {
            score: self.score,
            value: self.value,
            correction: self.correction,
            comment: self.comment,
        };
        verdict.check()?;
        let about = run.unwrap_or(session);
        Ok(StoredFeedback {
            id: self.id.unwrap_or_else(|| sample_id(&format!("feedback:{about}:{}:{now}", self.key))),
            workspace,
            session,
            run,
            trace,
            key: self.key,
            verdict,
            source: self.feedback_source,
            extra: self.extra,
            comparative: self.comparative_experiment_id,
            group: self.feedback_group_id,
            created: now,
            modified: now,
        })
    }

    fn place(
        &self,
        ledger: &Ledger,
        workspace: Uuid,
    ) -> Result<(Uuid, Option<Uuid>, Option<Uuid>), ApiError> {
        let Some(run) = self.run_id else {
            let session =
                self.session_id.ok_or_else(|| refused("run_id", "A run or a project is required"))?;
            return Ok((ledger.session(workspace, session)?.id, None, None));
        };
        let (session, run) = ledger.run(workspace, run)?;
        if self.session_id.is_some_and(|id| id != session.id) {
            return Err(refused("session_id", "The run is in another project"));
        }
        if self.trace_id.is_some_and(|id| id != run.facts.trace) {
            return Err(refused("trace_id", "The run is in another trace"));
        }
        Ok((session.id, Some(run.facts.id), Some(run.facts.trace)))
    }
}
