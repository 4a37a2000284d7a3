//! A link through which somebody without a key leaves feedback on one run. Description: `FeedbackIngestTokenSchema`.
//! Assumed: the URL of the link.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::moment::zoned;

/// A feedback token for one run and key.
#[derive(Debug, Clone)]
pub(crate) struct FeedbackToken {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) run: Uuid,
    pub(crate) key: String,
    pub(crate) expires: OffsetDateTime,
}

impl FeedbackToken {
    /// `FeedbackIngestTokenSchema`; `base` is the base URL of the link.
    pub(crate) fn wire(&self, base: &str) -> Value {
        json!({
            "id": self.id,
            "url": format!("{base}/feedback/tokens/{}", self.id),
            "expires_at": zoned(self.expires),
            "feedback_key": self.key,
        })
    }
}
