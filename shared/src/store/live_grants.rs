//! Whether a user still has a live grant.

use oauth::grant::Grant;
use primitives::clock::Timestamp;
use primitives::ids::UserRef;

use super::listing::{Part, part};
use super::{Grants, StoreError};

impl Grants {
    /// Whether a grant of this user may still permit a request. One round trip for each megabyte of grants.
    pub async fn any_live(&self, user: &UserRef, now: Timestamp) -> Result<bool, StoreError> {
        let operation = "grants.any_live";
        let mut from = None;
        loop {
            let Part::<Grant> { found, next } = part(operation, self.of(user, from.as_ref())).await?;
            if found.iter().any(|grant| grant.is_live(now)) {
                return Ok(true);
            }
            from = next;
            if from.is_none() {
                return Ok(false);
            }
        }
    }
}
