//! The link to the page on which a person answers an agent's questions: sealed, so that it names neither the person nor
//! the run, and only good for that person's browser.

use std::time::Duration;

use oauth::keys::KeyError;
use oauth::return_to::{ANSWER_PATH, SealedLink};
use primitives::clock::Timestamp;
use primitives::ids::{CredentialId, GrantId, UserRef};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::auth::{CallerIdentity, CredentialHandle};
use crate::toolsets::agents::runs::keys::{RunHandle, RunKeys};

/// The lifetime of a link: as long as the server keeps the run's thread.
const LIFE: Duration = Duration::from_hours(24);

/// The sealing context.
const CONTEXT: &str = "answer link";

/// The content of a link: the run, and the consent by whose credential the page reaches the Agent Server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnswerLink {
    #[serde(flatten)]
    pub(crate) handle: RunHandle,
    #[serde(rename = "u")]
    pub(crate) user: UserRef,
    #[serde(rename = "g")]
    pub(crate) grant: GrantId,
    #[serde(rename = "k")]
    pub(crate) credential: CredentialId,
    /// Until when it is valid, in seconds since 1970.
    #[serde(rename = "e")]
    until: u64,
}

impl RunKeys {
    /// The path of the page about a run for the caller; `None` for a caller without a login, who has no browser here.
    pub(crate) fn answer_path(
        &self,
        identity: &CallerIdentity,
        handle: &RunHandle,
        now: Timestamp,
    ) -> Option<String> {
        let CredentialHandle::Grant { user, grant, credential, .. } = &identity.handle else { return None };
        let link = AnswerLink {
            handle: handle.clone(),
            user: user.clone(),
            grant: grant.clone(),
            credential: credential.clone(),
            until: now.plus(LIFE).secs(),
        };
        let sealed =
            self.sealer.seal(CONTEXT, &link).ok().filter(|sealed| sealed.len() <= SealedLink::MAX)?;
        Some(format!("{ANSWER_PATH}{sealed}"))
    }

    /// Seals what a form of the page carries.
    pub(crate) fn seal_form(&self, context: &str, carried: &impl Serialize) -> Result<String, KeyError> {
        self.sealer.seal(context, carried)
    }

    /// Opens what a form of the page carried.
    pub(crate) fn open_form<T: DeserializeOwned>(&self, context: &str, given: &str) -> Option<T> {
        self.sealer.open(context, given).ok()
    }

    /// The content of a link of ours that is not too old.
    pub(crate) fn open_link(&self, sealed: &str, now: Timestamp) -> Option<AnswerLink> {
        let sealed = Some(sealed).filter(|sealed| sealed.len() <= SealedLink::MAX)?;
        let link: AnswerLink = self.sealer.open(CONTEXT, sealed).ok()?;
        (now.secs() < link.until).then_some(link)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use langsmith::Credential;
    use oauth::keys::RootKey;
    use oauth::scope::ScopeSet;
    use primitives::random::SystemRandom;
    use primitives::secret::Secret;
    use uuid::Uuid;

    use super::*;
    use crate::auth::WorkspaceAccess;

    const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);

    fn caller(handle: CredentialHandle) -> CallerIdentity {
        CallerIdentity {
            credential: Credential::Bearer(Secret::new("t")),
            workspace: WorkspaceAccess::All { default: None },
            data_planes: None,
            scopes: ScopeSet::all(),
            handle,
        }
    }

    #[test]
    fn a_link_is_good_for_a_day_and_only_whole() {
        let keys = RunKeys::new(&RootKey::generate(&SystemRandom), Arc::new(SystemRandom)).unwrap();
        let (server, begun) = ("s".repeat(32), NOW.secs());
        let handle = RunHandle { server, assistant: Uuid::max(), thread: Uuid::max(), begun };
        let grant = CredentialHandle::Grant {
            user: UserRef::new("u".repeat(43)),
            grant: GrantId::new("g".repeat(22)),
            credential: CredentialId::new("c".repeat(43)),
            suspect: false,
        };
        let path = keys.answer_path(&caller(grant), &handle, NOW).unwrap();
        let sealed = path.strip_prefix(ANSWER_PATH).unwrap();
        let at = |hours| keys.open_link(sealed, NOW.plus(Duration::from_hours(hours)));
        assert_eq!(at(0).map(|link| link.handle), Some(handle.clone()));
        assert!(at(23).is_some() && at(24).is_none());
        assert!(keys.open_link(&sealed[1..], NOW).is_none() && keys.open_link("", NOW).is_none());
        // Neither a handle nor a link serves as the other.
        assert!(keys.open("ada", sealed).is_err());
        assert!(keys.open_link(&keys.seal("ada", &handle).unwrap(), NOW).is_none());
        let key = CredentialHandle::Header { fingerprint: "f".into() };
        assert_eq!(keys.answer_path(&caller(key), &handle, NOW), None);
    }
}
