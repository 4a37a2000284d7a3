//! Opened credentials, for a short time. The key holds the user and the credential, so nothing is shared between
//! callers; a version that LangSmith refuses is dropped.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::broker::Live;
use crate::clock::Timestamp;
use crate::ids::{CredentialId, UserRef};

/// How long an opened credential is kept.
const LIFE: Duration = Duration::from_secs(60);
/// How many are kept.
const MAX_ENTRIES: usize = 10_000;

type Key = (UserRef, CredentialId);

#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<Key, (Timestamp, Live)>>);

impl Cache {
    pub(super) fn get(&self, user: &UserRef, id: &CredentialId, now: Timestamp) -> Option<Live> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, live) = entries.get(&(user.clone(), id.clone()))?;
        (now.since(*since) < LIFE && !live.is_ageing(now)).then(|| live.clone())
    }

    pub(super) fn put(&self, user: &UserRef, id: &CredentialId, live: Live, now: Timestamp) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, (since, _)| now.since(*since) < LIFE);
        }
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert((user.clone(), id.clone()), (now, live));
    }

    pub(super) fn forget(&self, user: &UserRef, id: &CredentialId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(user.clone(), id.clone()));
    }
}
