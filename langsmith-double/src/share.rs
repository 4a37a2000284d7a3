//! Public read access by a share token. Assumed: a resource always has the same token, so that sharing it again changes
//! nothing.

use uuid::Uuid;

use crate::data::ids::sample_id;
use crate::reply::ApiError;
use crate::shelf::Shelf;

/// A shared resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared {
    Dataset(Uuid),
    /// A trace, by the id of its root.
    Trace(Uuid),
}

/// A shared resource and its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) workspace: Uuid,
    pub(crate) what: Shared,
}

impl Share {
    /// The share token.
    pub(crate) fn token(self) -> Uuid {
        match self.what {
            Shared::Dataset(id) => sample_id(&format!("shared dataset:{id}")),
            Shared::Trace(id) => sample_id(&format!("shared trace:{id}")),
        }
    }

    /// The resource behind a share token.
    pub(crate) fn opened(shares: &Shelf<Self>, token: Uuid) -> Result<Self, ApiError> {
        let found = shares.lock().iter().find(|share| share.token() == token).copied();
        found.ok_or(ApiError::NotFound("Share token"))
    }
}

impl Shelf<Share> {
    /// Whether the resource is shared.
    pub(crate) fn has(&self, share: Share) -> bool {
        self.lock().contains(&share)
    }

    /// Shares a resource.
    pub(crate) fn put(&self, share: Share) {
        let mut shares = self.lock();
        if !shares.contains(&share) {
            shares.push(share);
        }
    }

    /// Stops sharing a resource.
    pub(crate) fn end(&self, share: Share) {
        self.remove(|other| *other == share);
    }
}
