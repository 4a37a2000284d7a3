//! Whether anything of a user's still stands.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::read;
use super::{Grants, StoreError};
use crate::clock::Timestamp;
use crate::ids::UserRef;
use crate::oauth::grant::{Grant, GrantState};

impl Grants {
    /// Whether a grant of this user may still let a request through. One round trip for each megabyte of grants.
    pub async fn any_live(&self, user: &UserRef, now: Timestamp) -> Result<bool, StoreError> {
        let operation = "grants.any_live";
        let mut from = None;
        loop {
            let page = self
                .0
                .client
                .query()
                .table_name(&self.0.name)
                .key_condition_expression("user_ref = :user")
                .expression_attribute_values(":user", AttributeValue::S(user.as_str().to_owned()))
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| StoreError::sdk(operation, &error))?;
            for item in page.items.unwrap_or_default() {
                if is_live(&read(operation, item)?, now) {
                    return Ok(true);
                }
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(false);
            }
        }
    }
}

/// A grant whose holders have all been away for too long stands on paper only: no token of it is good any more.
fn is_live(grant: &Grant, now: Timestamp) -> bool {
    let now = now.secs();
    now < grant.expires_at
        && match grant.state {
            GrantState::CodeIssued => now < grant.code_expires_at,
            GrantState::Active => grant.chains.values().any(|chain| now < chain.expires_at),
            GrantState::Revoked => false,
        }
}
