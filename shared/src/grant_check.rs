//! Whether a token's grant still stands. The answer is cached for at most five seconds: that is how long a revocation
//! takes to be seen everywhere.

use std::sync::Arc;
use std::time::Duration;

use crate::store::{Grants, StoreError, Write};
use oauth::access::AccessClaims;
use oauth::grant::Grant;
use oauth::token::ChainId;
use primitives::clock::{SharedClock, Timestamp};
use primitives::ids::{GrantId, UserRef};
use primitives::timed::TimedMap;

/// How long a check is cached.
const BELIEVED: Duration = Duration::from_secs(5);
/// How long an instance remembers that it has marked a generation as used. Marking it again changes nothing.
const MARKED: Duration = Duration::from_hours(1);

type Holder = (UserRef, GrantId, ChainId, u32);

/// The grant check of one instance; its caches save round trips and writes.
pub struct GrantCheck {
    grants: Grants,
    clock: SharedClock,
    checked: TimedMap<Holder, Arc<Grant>>,
    marked: TimedMap<Holder, ()>,
}

impl GrantCheck {
    /// Checks in this table.
    pub const fn new(grants: Grants, clock: SharedClock) -> Self {
        Self { grants, clock, checked: TimedMap::new(BELIEVED), marked: TimedMap::new(MARKED) }
    }

    /// The grant of a token, if it stands. A missing grant is a revoked one. At most one round trip.
    pub async fn check(&self, claims: &AccessClaims) -> Result<Option<Arc<Grant>>, StoreError> {
        let now = self.clock.now();
        let holder = holder(claims);
        if let Some(grant) = self.checked.get(&holder, now) {
            return Ok(grant.stands(now).then_some(grant));
        }
        let found = if self.marked.get(&holder, now).is_some() {
            self.grants.get(&claims.sub, &claims.grant).await?
        } else {
            self.mark(claims, now).await?
        };
        let Some(grant) = found.filter(|grant| grant.stands(now)).map(Arc::new) else { return Ok(None) };
        self.marked.put(holder.clone(), (), now);
        self.checked.put(holder, grant.clone(), now);
        Ok(Some(grant))
    }

    /// The first use of a generation: marking it is the check. A generation that was rotated in the meantime is not
    /// marked, and the returned grant tells whether it stands.
    async fn mark(&self, claims: &AccessClaims, now: Timestamp) -> Result<Option<Grant>, StoreError> {
        let generation = (&claims.chain, claims.generation);
        Ok(match self.grants.mark_used(&claims.sub, &claims.grant, generation, now).await? {
            Write::Applied(grant) => Some(*grant),
            Write::Refused(grant) => grant.map(|grant| *grant),
        })
    }

    /// Forgets the cached check after this instance has ended the grant.
    pub fn forget(&self, claims: &AccessClaims) {
        self.checked.remove(&holder(claims));
    }
}

fn holder(claims: &AccessClaims) -> Holder {
    (claims.sub.clone(), claims.grant.clone(), claims.chain.clone(), claims.generation)
}
