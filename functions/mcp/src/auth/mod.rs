//! Who calls. The edge asks an [`Authenticator`] once a request, before it looks at the method or the body, and once
//! more when LangSmith itself refuses the credential.

mod api_key;
mod login;
mod standing;

use std::time::Duration;

use futures_util::future::BoxFuture;
use http::HeaderMap;
use shared::ids::{CredentialId, GrantId, UserRef, WorkspaceId};
use shared::langsmith::{Credential, ListedDataPlanes};
use shared::oauth::scope::ScopeSet;

pub use login::Logins;

/// When to come back after a failure of ours.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// An authenticated caller, for the length of one request.
#[derive(Clone, Debug)]
pub struct CallerIdentity {
    /// What LangSmith is asked with.
    pub credential: Credential,
    /// Where the caller may go.
    pub workspace: WorkspaceAccess,
    /// Where LangSmith said, when the caller logged in, that the data of the workspaces is. Nobody has logged in who brings
    /// a key.
    pub data_planes: Option<ListedDataPlanes>,
    /// What the caller may do.
    pub scopes: ScopeSet,
    /// Where the credential came from.
    pub handle: CredentialHandle,
}

/// The workspaces that the caller may name, and the one that is used when they name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceAccess {
    /// Consent covers this workspace and no other.
    One(WorkspaceId),
    /// Consent covers every workspace of the user.
    All {
        /// Used when a call names none.
        default: Option<WorkspaceId>,
    },
    /// The caller sent a LangSmith key of their own: LangSmith decides where it reaches.
    KeyDefault {
        /// The workspace header of the request.
        header: Option<WorkspaceId>,
    },
}

/// Where a credential came from, so that its refusal can be dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialHandle {
    /// A login: the credential lies in the vault and belongs to a grant.
    Grant {
        /// The user as our tokens name them.
        user: UserRef,
        /// The consent that the caller's token belongs to.
        grant: GrantId,
        /// The vault's item.
        credential: CredentialId,
        /// Whether LangSmith has refused it lately.
        suspect: bool,
    },
    /// A LangSmith key in a header of the request, by its fingerprint.
    Header {
        /// [`Secret::fingerprint`](shared::secret::Secret::fingerprint) of the key.
        fingerprint: String,
    },
}

/// Why a request has no caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthFailure {
    /// No credential at all.
    #[error("no credential was sent")]
    Missing,
    /// A credential that is malformed, expired, revoked or not meant for us.
    #[error("the credential is not valid")]
    Invalid,
    /// A key header whose value cannot be a LangSmith key.
    #[error("the key header holds no LangSmith key")]
    NotAKey,
    /// A LangSmith key where an access token belongs.
    #[error("a LangSmith key was sent as an access token")]
    KeyAsToken,
    /// A header that should name a workspace does not. The credential was not looked at.
    #[error("the workspace header is not a UUID")]
    Workspace,
    /// Nobody can tell right now. Must not look like a dead login, because clients delete credentials on 401.
    #[error("the credential cannot be checked right now")]
    Unavailable {
        /// When to come back.
        retry_after: Duration,
    },
}

/// What follows when LangSmith answered 401 to a caller's credential.
#[derive(Clone, Debug)]
pub enum UnauthorizedOutcome {
    /// The credential was refreshed: the call is made once more as this caller.
    Retry(CallerIdentity),
    /// The login is over: the whole answer becomes 401 `invalid_token`, so that the client logs in again.
    Dead,
    /// Not certain enough to end a login: the call ends with a tool error.
    Refused,
}

/// Tells who calls.
pub trait Authenticator: Send + Sync + 'static {
    /// The caller that the headers stand for.
    fn authenticate<'a>(
        &'a self,
        headers: &'a HeaderMap,
    ) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>>;

    /// Called when LangSmith answered 401 to `caller`'s credential.
    fn upstream_unauthorized<'a>(&'a self, caller: &'a CallerIdentity) -> BoxFuture<'a, UnauthorizedOutcome>;

    /// Called when LangSmith accepted `caller`'s credential.
    fn upstream_accepted<'a>(&'a self, caller: &'a CallerIdentity) -> BoxFuture<'a, ()>;
}
