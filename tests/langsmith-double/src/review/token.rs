//! A link through which somebody without a key leaves feedback on one run. Description: `FeedbackIngestTokenSchema`. Assumed:
//! where the link leads to.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::moment::zoned;

/// A token.
#[derive(Debug, Clone)]
pub(crate) struct FeedbackToken {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) run: Uuid,
    pub(crate) key: String,
    pub(crate) expires: OffsetDateTime,
}

impl FeedbackToken {
    /// `FeedbackIngestTokenSchema`; `base` is where it leads to.
    pub(crate) fn wire(&self, base: &str) -> Value {
        json!({
            "id": self.id,
            "url": format!("{base}/feedback/tokens/{}", self.id),
            "expires_at": zoned(self.expires),
            "feedback_key": self.key,
        })
    }
}
