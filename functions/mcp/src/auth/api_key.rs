//! Headless callers that send a LangSmith key in a header. A key is checked with LangSmith on its first request, so
//! that a bad one is refused at once; a good one is remembered by its hash for a while.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use langsmith::{Credential, LangSmith, RefusedKeys, RequestBudget, UpstreamError};
use oauth::scope::ScopeSet;
use primitives::clock::SharedClock;
use primitives::ids::WorkspaceId;
use primitives::secret::Secret;
use primitives::single_flight::SingleFlight;
use primitives::timed::TimedMap;
use shared::key_shape::may_be_key;
use shared::web::headers::{API_KEYS, non_empty_values};
use uuid::Uuid;

use super::{AuthFailure, CallerIdentity, CredentialHandle, WorkspaceAccess};
use shared::web::header_lines::{Ambiguous, agreed};

/// How long a key that LangSmith accepted is trusted without another check.
const BELIEVED: Duration = Duration::from_mins(5);
/// The time limit of a check; the call that follows has the rest of the request's time.
const CHECK_BUDGET: Duration = Duration::from_secs(8);
/// The maximum number of requests to LangSmith in one check: the key's access and, if that answer leaves it open, its
/// owner.
const CHECK_REQUESTS: u32 = 2;

/// The names of the workspace header that the hosted server and the standalone one accept beside a key.
const WORKSPACES: [HeaderName; 2] =
    [HeaderName::from_static("x-tenant-id"), HeaderName::from_static("langsmith-workspace-id")];

/// Checks keys with LangSmith and remembers the results.
pub(super) struct ApiKeys {
    langsmith: LangSmith,
    clock: SharedClock,
    good: TimedMap<String, ()>,
    refused: RefusedKeys,
    /// The checks in progress, by the fingerprints of their keys.
    pending: SingleFlight<Result<(), AuthFailure>>,
}

impl ApiKeys {
    pub(super) fn new(langsmith: LangSmith, clock: SharedClock) -> Self {
        Self {
            langsmith: langsmith.with_budget(CHECK_BUDGET),
            refused: RefusedKeys::new(clock.clone()),
            clock,
            good: TimedMap::new(BELIEVED),
            pending: SingleFlight::default(),
        }
    }

    /// The caller of a request that carries a key; `None` when it carries none.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Option<CallerIdentity>, AuthFailure> {
        let Some(key) = key(headers).map_err(|Ambiguous| AuthFailure::Invalid)? else {
            return Ok(None);
        };
        let key =
            key.to_str().ok().map(str::trim).filter(|key| may_be_key(key)).ok_or(AuthFailure::NotAKey)?;
        let key = Secret::new(key);
        let workspace = workspace(headers)?;
        let fingerprint = key.fingerprint();
        let credential = Credential::ApiKey(key);
        if self.good.get(&fingerprint, self.clock.now()).is_none() {
            self.check(&fingerprint, &credential).await?;
        }
        Ok(Some(CallerIdentity {
            credential,
            workspace: WorkspaceAccess::KeyDefault { header: workspace },
            data_planes: None,
            scopes: ScopeSet::all(),
            handle: CredentialHandle::Header { fingerprint },
        }))
    }

    async fn check(&self, fingerprint: &String, credential: &Credential) -> Result<(), AuthFailure> {
        self.pending.join(fingerprint, self.ask(fingerprint, credential)).await
    }

    /// Asks LangSmith and remembers the answer, unless a check that has just ended has it.
    async fn ask(&self, fingerprint: &String, credential: &Credential) -> Result<(), AuthFailure> {
        if self.refused.has(fingerprint) {
            return Err(AuthFailure::Invalid);
        }
        if self.good.get(fingerprint, self.clock.now()).is_some() {
            return Ok(());
        }
        let requests = RequestBudget::new(CHECK_REQUESTS);
        match self.langsmith.caller(credential, None).limited_to(&requests).accepted().await {
            // A key of a whole organization is good, even where LangSmith demands a workspace.
            Ok(()) | Err(UpstreamError::WorkspaceRequired) => {
                self.good.put(fingerprint.clone(), (), self.clock.now());
                Ok(())
            }
            // Some deployments answer a wrong key with 403.
            Err(UpstreamError::Unauthorized | UpstreamError::Forbidden) => {
                self.refused.remember(fingerprint.clone());
                Err(AuthFailure::Invalid)
            }
            Err(error) => {
                tracing::warn!(%error, "an API key could not be checked");
                Err(AuthFailure::Unavailable)
            }
        }
    }

    /// Whether a key that LangSmith refused in a call fails a new check. Its good result is forgotten first.
    pub(super) async fn is_refused(&self, fingerprint: &str, credential: &Credential) -> bool {
        let fingerprint = fingerprint.to_owned();
        self.good.remove(&fingerprint);
        matches!(self.check(&fingerprint, credential).await, Err(AuthFailure::Invalid))
    }
}

/// The workspace that a header names. Clients whose setting is empty still send the header.
fn workspace(headers: &HeaderMap) -> Result<Option<WorkspaceId>, AuthFailure> {
    let lines = WORKSPACES.into_iter().flat_map(|name| headers.get_all(name));
    let named = agreed(lines).map_err(|Ambiguous| AuthFailure::Workspace)?;
    named.map(workspace_id).transpose()
}

fn workspace_id(text: &str) -> Result<WorkspaceId, AuthFailure> {
    let id = Uuid::try_parse(text).map_err(|_| AuthFailure::Workspace)?;
    Ok(WorkspaceId::new(id.hyphenated().to_string()))
}

/// The value of whichever key header has one. Two values are refused: we forward one of them, and a proxy in front of
/// us may have looked at the other.
fn key(headers: &HeaderMap) -> Result<Option<&HeaderValue>, Ambiguous> {
    let mut values = non_empty_values(headers, API_KEYS);
    let Some(value) = values.next() else { return Ok(None) };
    if values.any(|other| other != value) { Err(Ambiguous) } else { Ok(Some(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0b6ee1b2-9f4a-4a0c-8c51-5ed2a5a6a1aa";
    const OTHER: &str = "b7a4b4de-33b5-4c6e-9a53-6a2d0f6e4f11";

    fn parse_workspace(lines: &[(usize, &str)]) -> Result<Option<String>, AuthFailure> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(WORKSPACES[*name].clone(), value.parse().unwrap());
        }
        workspace(&headers).map(|id| id.map(|id| id.as_str().to_owned()))
    }

    #[test]
    fn a_workspace_may_be_named_twice() {
        let upper = ONE.to_uppercase();
        for lines in [
            vec![(0, ONE)],
            vec![(1, upper.as_str())],
            vec![(0, ONE), (0, ONE), (1, ONE)],
            vec![(0, ""), (1, ONE)],
        ] {
            assert_eq!(parse_workspace(&lines), Ok(Some(ONE.to_owned())), "{lines:?}");
        }
        assert_eq!(parse_workspace(&[(1, &format!("{ONE}, {ONE}"))]), Ok(Some(ONE.to_owned())));
    }

    #[test]
    fn an_empty_header_names_none() {
        for lines in [&[(0, "")][..], &[(0, ""), (1, " ")], &[]] {
            assert_eq!(parse_workspace(lines), Ok(None), "{lines:?}");
        }
    }

    #[test]
    fn an_empty_key_stands_beside_no_other() {
        let key_of = |lines: &[(usize, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(API_KEYS[*name].clone(), value.parse().unwrap());
            }
            key(&headers).map(|key| key.map(|key| key.to_str().unwrap().to_owned()))
        };
        for lines in
            [&[(0, "k")][..], &[(0, "k"), (1, "")], &[(0, " \t"), (1, "k")], &[(0, "k"), (0, ""), (1, "k")]]
        {
            assert_eq!(key_of(lines), Ok(Some("k".to_owned())), "{lines:?}");
        }
        for lines in [&[(0, "")][..], &[(0, " "), (1, "")], &[]] {
            assert_eq!(key_of(lines), Ok(None), "{lines:?}");
        }
        assert_eq!(key_of(&[(0, "k"), (1, "other")]), Err(Ambiguous));
    }

    #[test]
    fn two_workspaces_and_what_is_none_are_refused() {
        for lines in
            [&[(0, ONE), (1, OTHER)][..], &[(0, OTHER), (0, ONE)], &[(0, "team")], &[(0, ONE), (1, "../x")]]
        {
            assert_eq!(parse_workspace(lines), Err(AuthFailure::Workspace), "{lines:?}");
        }
    }
}
