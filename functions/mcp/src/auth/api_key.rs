//! Headless callers with a LangSmith key in a header. The key is checked with LangSmith on its first request, so that
//! a bad one is told at once, and a good one is remembered by its hash for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use shared::clock::SharedClock;
use shared::ids::WorkspaceId;
use shared::key_shape::may_be_key;
use shared::langsmith::{Credential, LangSmith, RefusedKeys, RequestBudget, UpstreamError};
use shared::oauth::scope::ScopeSet;
use shared::secret::Secret;
use shared::timed::TimedMap;
use shared::web::headers::API_KEYS;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{AuthFailure, CallerIdentity, CredentialHandle, RETRY_AFTER, WorkspaceAccess};

/// How long a good key is believed.
const BELIEVED: Duration = Duration::from_mins(5);
/// How long a check may take; the call that follows has the rest of the request's time.
const CHECK_BUDGET: Duration = Duration::from_secs(8);
/// How often a check may ask LangSmith: who the key belongs to and, where it does not say that, what it may see.
const CHECK_REQUESTS: u32 = 2;

/// The names under which the hosted server and the standalone one take the workspace beside a key.
const WORKSPACES: [HeaderName; 2] =
    [HeaderName::from_static("x-tenant-id"), HeaderName::from_static("langsmith-workspace-id")];

/// A check under way, and in the end what came of it.
type Check = OnceCell<Result<(), AuthFailure>>;

/// Checks keys.
pub(super) struct ApiKeys {
    langsmith: LangSmith,
    clock: SharedClock,
    good: TimedMap<String, ()>,
    refused: RefusedKeys,
    /// Many requests with one unknown key at once are one question. Those who wait for a check hold it; here it is only
    /// found, so that nothing is left of it when they hang up.
    under_way: Mutex<BTreeMap<String, Weak<Check>>>,
}

impl ApiKeys {
    pub(super) fn new(langsmith: LangSmith, clock: SharedClock) -> Self {
        Self {
            langsmith: langsmith.with_budget(CHECK_BUDGET),
            refused: RefusedKeys::new(clock.clone()),
            clock,
            good: TimedMap::new(BELIEVED),
            under_way: Mutex::default(),
        }
    }

    /// The caller of a request that carries a key; `None` when it carries none.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Option<CallerIdentity>, AuthFailure> {
        let Some(key) = first(headers, API_KEYS).map_err(|Ambiguous| AuthFailure::Invalid)? else {
            return Ok(None);
        };
        let key =
            key.to_str().ok().map(str::trim).filter(|key| may_be_key(key)).ok_or(AuthFailure::NotAKey)?;
        let key = Secret::new(key);
        let workspace = first(headers, WORKSPACES).map_err(|Ambiguous| AuthFailure::Workspace)?;
        let workspace = workspace.map(workspace_id).transpose()?;
        let fingerprint = key.fingerprint();
        let credential = Credential::ApiKey(key);
        if self.good.get(&fingerprint, self.clock.now()).is_none() {
            self.check(&fingerprint, &credential).await?;
        }
        Ok(Some(CallerIdentity {
            credential,
            workspace: WorkspaceAccess::KeyDefault { header: workspace },
            scopes: ScopeSet::all(),
            handle: CredentialHandle::Header { fingerprint },
        }))
    }

    async fn check(&self, fingerprint: &String, credential: &Credential) -> Result<(), AuthFailure> {
        let check = self.under_way(fingerprint);
        *check.get_or_init(|| self.ask(fingerprint, credential)).await
    }

    /// The check of this key that others wait for, or a new one.
    fn under_way(&self, fingerprint: &str) -> Arc<Check> {
        let mut checks = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let known = checks.get(fingerprint).and_then(Weak::upgrade);
        // One that is over tells nothing new: what is to be remembered of it is remembered.
        if let Some(check) = known.filter(|check| !check.initialized()) {
            return check;
        }
        checks.retain(|_, check| check.strong_count() > 0);
        let check = Arc::new(Check::new());
        checks.insert(fingerprint.to_owned(), Arc::downgrade(&check));
        check
    }

    /// Asks LangSmith, unless a check that has just ended told, and remembers what it says.
    async fn ask(&self, fingerprint: &String, credential: &Credential) -> Result<(), AuthFailure> {
        if self.refused.has(fingerprint) {
            return Err(AuthFailure::Invalid);
        }
        if self.good.get(fingerprint, self.clock.now()).is_some() {
            return Ok(());
        }
        let requests = RequestBudget::new(CHECK_REQUESTS);
        match self.langsmith.caller(credential, None).within(&requests).ls_user_id().await {
            // A key of a whole organization is a good key, even where it must name a workspace.
            Ok(_) | Err(UpstreamError::WorkspaceRequired) => {
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
                Err(AuthFailure::Unavailable { retry_after: RETRY_AFTER })
            }
        }
    }

    /// Whether LangSmith refuses a key that it refused in a call. Forgets it first.
    pub(super) async fn is_refused(&self, fingerprint: &str, credential: &Credential) -> bool {
        let fingerprint = fingerprint.to_owned();
        self.good.remove(&fingerprint);
        matches!(self.check(&fingerprint, credential).await, Err(AuthFailure::Invalid))
    }
}

fn workspace_id(value: &HeaderValue) -> Result<WorkspaceId, AuthFailure> {
    let text = value.to_str().map_err(|_| AuthFailure::Workspace)?;
    let id = Uuid::try_parse(text.trim()).map_err(|_| AuthFailure::Workspace)?;
    Ok(WorkspaceId::new(id.hyphenated().to_string()))
}

/// Two values that differ.
struct Ambiguous;

/// The value of whichever header is there. Two values are refused: it goes into a header of ours, and whatever stands in
/// front of us may have looked at the other one.
fn first(headers: &HeaderMap, names: [HeaderName; 2]) -> Result<Option<&HeaderValue>, Ambiguous> {
    let mut values = names.into_iter().flat_map(|name| headers.get_all(name));
    let Some(value) = values.next() else { return Ok(None) };
    if values.any(|other| other != value) { Err(Ambiguous) } else { Ok(Some(value)) }
}
