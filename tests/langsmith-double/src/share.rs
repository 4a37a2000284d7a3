//! What anybody may read who knows a token. Assumed: the token of a thing is always the same, so that sharing it again changes nothing.

use uuid::Uuid;

use crate::data::sample_id;
use crate::reply::ApiError;
use crate::state::Shelf;

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared {
    Dataset(Uuid),
    /// By the root of its trace.
    Trace(Uuid),
}

/// A shared thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) workspace: Uuid,
    pub(crate) what: Shared,
}

impl Share {
    /// The token.
    pub(crate) fn token(self) -> Uuid {
        match self.what {
            Shared::Dataset(id) => sample_id(&format!("shared dataset:{id}")),
            Shared::Trace(id) => sample_id(&format!("shared trace:{id}")),
        }
    }

    /// What a token opens.
    pub(crate) fn opened(shares: &Shelf<Self>, token: Uuid) -> Result<Self, ApiError> {
        let found = shares.lock().iter().find(|share| share.token() == token).copied();
        found.ok_or(ApiError::NotFound("Share token"))
    }
}

impl Shelf<Share> {
    /// Whether it is shared.
    pub(crate) fn has(&self, share: Share) -> bool {
        self.lock().contains(&share)
    }

    /// Shares a thing.
    pub(crate) fn put(&self, share: Share) {
        let mut shares = self.lock();
        if !shares.contains(&share) {
            shares.push(share);
        }
    }

    /// Ends the sharing of a thing.
    pub(crate) fn end(&self, share: Share) {
        self.remove(|other| *other == share);
    }
}
