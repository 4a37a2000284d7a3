//! Authentication. The edge asks an [`Authenticator`] once per request, before it looks at the method or the body, and
//! once more when LangSmith itself refuses the credential.

mod api_key;
mod login;

use futures_util::future::BoxFuture;
use http::HeaderMap;
use langsmith::{Credential, ListedDataPlanes};
use oauth::resource::Resource;
use oauth::scope::ScopeSet;
use primitives::ids::{CredentialId, GrantId, UserRef, WorkspaceId};

pub use login::CallerAuthenticator;

/// An authenticated caller, for the length of one request.
#[derive(Clone, Debug)]
pub struct CallerIdentity {
    /// The credential for requests to LangSmith.
    pub credential: Credential,
    /// The workspaces that the caller may use.
    pub workspace: WorkspaceAccess,
    /// The data planes of the workspaces, as LangSmith listed them at login. `None` for a caller with a LangSmith key,
    /// which involves no login.
    pub data_planes: Option<ListedDataPlanes>,
    /// The scopes of the caller.
    pub scopes: ScopeSet,
    /// The origin of the credential.
    pub handle: CredentialHandle,
}

/// The workspaces that the caller may name, and the default when they name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceAccess {
    /// Consent covers this workspace and no other.
    One(WorkspaceId),
    /// Consent covers every workspace of the user.
    All {
        /// Used when a call names none.
        default: Option<WorkspaceId>,
    },
    /// The caller sent a LangSmith key of their own: LangSmith decides which workspaces it reaches.
    KeyDefault {
        /// The workspace header of the request.
        header: Option<WorkspaceId>,
    },
}

/// The origin of a credential, which decides how its refusal is handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialHandle {
    /// A login: the credential is in the vault and belongs to a grant.
    Grant {
        /// The user, as named in our tokens.
        user: UserRef,
        /// The grant of the caller's token.
        grant: GrantId,
        /// The id of the vault item.
        credential: CredentialId,
        /// Whether LangSmith refused it recently.
        suspect: bool,
    },
    /// A LangSmith key in a header of the request, by its fingerprint.
    Header {
        /// [`Secret::fingerprint`](primitives::secret::Secret::fingerprint) of the key.
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
    /// A workspace header whose value is not a UUID. The credential was not checked.
    #[error("the workspace header is not a UUID")]
    Workspace,
    /// The credential cannot be checked right now. Must not look like a dead login, because clients delete credentials
    /// on 401.
    #[error("the credential cannot be checked right now")]
    Unavailable,
}

/// The consequence of a 401 from LangSmith for a caller's credential.
#[derive(Clone, Debug)]
pub enum UnauthorizedOutcome {
    /// The credential was refreshed: the call is repeated as this caller.
    Retry(CallerIdentity),
    /// The login is dead: the whole answer becomes 401 `invalid_token`, so that the client logs in again.
    Dead,
    /// Not certain enough to end the login: the call ends with a tool error.
    Refused,
}

/// The source of people who act at a page of ours: they have a session here instead of a token, and act by a consent
/// that they gave to an app.
pub trait Consents: Send + Sync + 'static {
    /// The caller who would act with a token of this grant, by this credential of the user.
    fn holder<'a>(
        &'a self,
        user: &'a UserRef,
        grant: &'a GrantId,
        credential: &'a CredentialId,
    ) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>>;
}

/// The edge's only source of callers: a trait, so that tests of the edge need no store and no tokens.
pub trait Authenticator: Send + Sync + 'static {
    /// The caller identified by the headers of a request to this resource. A token for another one identifies nobody.
    fn authenticate<'a>(
        &'a self,
        headers: &'a HeaderMap,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>>;

    /// Called when LangSmith answered 401 to `caller`'s credential.
    fn upstream_unauthorized<'a>(&'a self, caller: &'a CallerIdentity) -> BoxFuture<'a, UnauthorizedOutcome>;

    /// Called when LangSmith accepted `caller`'s credential.
    fn upstream_accepted<'a>(&'a self, caller: &'a CallerIdentity) -> BoxFuture<'a, ()>;
}
