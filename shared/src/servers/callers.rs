//! The callers of the registry: a LangSmith key or access token, whose workspace and permissions LangSmith tells, or an
//! access token of ours.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use langsmith::{AuthInfo, Credential, LangSmith, RequestBudget, UpstreamError, WorkspaceDetails};
use primitives::clock::SharedClock;
use primitives::ids::{UserRef, WorkspaceId};
use primitives::secret::Secret;
use primitives::server_permissions::{ServerPermission, ServerPermissions};
use primitives::timed::TimedMap;

use super::caller_headers::{CallerHeaders, WorkspaceProblem};
use super::own_tokens::OwnTokens;
use crate::key_shape::may_be_key;
use crate::store::SignedInWith;

/// How long LangSmith's answer about a credential is trusted: until a lost permission is noticed.
const BELIEVED: Duration = Duration::from_mins(1);
/// The time limit of the questions to LangSmith.
const BUDGET: Duration = Duration::from_secs(8);
/// The maximum number of requests to LangSmith for one caller: who it is, and the list of workspaces, each once more
/// where LangSmith demands a workspace.
const REQUESTS: u32 = 4;

/// A caller, in one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person, if LangSmith names one.
    pub person: Option<UserRef>,
    /// Whether it is a service key, which is nobody's and may name a person.
    pub is_service_key: bool,
    pub(super) permissions: ServerPermissions,
}

impl Caller {
    /// Whether the caller has a permission in the workspace.
    pub const fn may(&self, permission: ServerPermission) -> bool {
        self.permissions.contains(permission)
    }
}

/// Why a request has no caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallerFailure {
    /// No credential at all.
    #[error("no credential was sent")]
    Missing,
    /// A credential that LangSmith refuses, or a workspace that is not the caller's.
    #[error("the credential is not valid for this workspace")]
    Refused,
    /// An access token of ours that is malformed, expired, revoked or for another resource.
    #[error("the access token is not valid")]
    InvalidToken,
    /// The workspace is not known from the request.
    #[error(transparent)]
    Workspace(#[from] WorkspaceProblem),
    /// LangSmith cannot be asked right now.
    #[error("the credential cannot be checked right now")]
    Unavailable,
}

/// Identifies callers. Its cache is keyed by the hash of the credential and by the workspace that was asked for.
pub struct ServerCallers {
    langsmith: LangSmith,
    own: OwnTokens,
    clock: SharedClock,
    known: TimedMap<String, Result<Arc<Caller>, CallerFailure>>,
}

impl ServerCallers {
    /// The callers that this LangSmith knows, and those with tokens of ours.
    pub fn new(langsmith: &LangSmith, own: OwnTokens, clock: SharedClock) -> Self {
        Self { langsmith: langsmith.clone().with_budget(BUDGET), own, clock, known: TimedMap::new(BELIEVED) }
    }

    /// The caller of a request.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Arc<Caller>, CallerFailure> {
        let sent = CallerHeaders::of(headers)?;
        let credential = match (sent.key, sent.bearer) {
            (Some(key), None) if may_be_key(key) => Credential::ApiKey(Secret::new(key)),
            (None, Some(token)) if self.own.is_ours(token) => {
                // What the consent tells does not say which workspaces an organization has.
                if sent.workspace.is_none() && sent.organization.is_some() {
                    return Err(WorkspaceProblem::BearerNeedsOne.into());
                }
                return self.own.caller(token, sent.workspace.as_ref()).await.map(Arc::new);
            }
            (None, Some(token)) => {
                if sent.workspace.is_none() && sent.organization.is_none() {
                    return Err(WorkspaceProblem::BearerNeedsOne.into());
                }
                Credential::Bearer(Secret::new(token))
            }
            (None, None) => return Err(CallerFailure::Missing),
            // A proxy in front of us may have looked at the other one.
            _ => return Err(CallerFailure::Refused),
        };
        let key = cache_key(&credential, &sent);
        if let Some(known) = self.known.get(&key, self.clock.now()) {
            return known;
        }
        let outcome = self.ask(&credential, &sent).await;
        if outcome != Err(CallerFailure::Unavailable) {
            self.known.put(key, outcome.clone(), self.clock.now());
        }
        outcome
    }

    async fn ask(
        &self,
        credential: &Credential,
        sent: &CallerHeaders<'_>,
    ) -> Result<Arc<Caller>, CallerFailure> {
        let requests = RequestBudget::new(REQUESTS);
        let asked = self.langsmith.caller(credential, sent.workspace.as_ref()).limited_to(&requests);
        let (info, workspaces) = tokio::join!(asked.auth_info(), asked.workspace_details());
        let workspaces = workspaces.map_err(|error| failure(&error))?;
        let workspace = match (&sent.workspace, &sent.organization) {
            (Some(workspace), _) => of_id(&workspaces, workspace)?,
            (None, Some(organization)) => only_of(&workspaces, organization)?,
            (None, None) => home(&workspaces, &info)?,
        };
        let info = match info {
            Ok(info) => info,
            // A LangSmith without this resource still tells the owner of some credentials.
            Err(UpstreamError::NotFound { .. }) => {
                let user = asked.ls_user_id().await.map_err(|error| failure(&error))?;
                AuthInfo { user, organization: None, workspace: None }
            }
            Err(UpstreamError::WorkspaceRequired) => {
                let again = self.langsmith.caller(credential, Some(&workspace.id)).limited_to(&requests);
                again.auth_info().await.map_err(|error| failure(&error))?
            }
            Err(error) => return Err(failure(&error)),
        };
        let names = workspace.permissions.iter().flatten().map(String::as_str);
        Ok(Arc::new(Caller {
            workspace: workspace.id.clone(),
            person: info.user.map(|user| user.reference()),
            is_service_key: is_service_key(credential),
            permissions: ServerPermissions::among(names),
        }))
    }
}

/// By its prefix. That LangSmith names no owner does not say so: not every deployment names those of personal keys.
fn is_service_key(credential: &Credential) -> bool {
    match credential {
        Credential::ApiKey(key) => {
            matches!(SignedInWith::key(key.expose()), SignedInWith::ServiceKey { .. })
        }
        Credential::Bearer(_) => false,
    }
}

/// The workspace that the caller named, if it is one of theirs.
fn of_id<'w>(
    workspaces: &'w [WorkspaceDetails],
    id: &WorkspaceId,
) -> Result<&'w WorkspaceDetails, CallerFailure> {
    workspaces.iter().find(|workspace| workspace.id == *id).ok_or(CallerFailure::Refused)
}

/// The caller's only workspace in an organization.
fn only_of<'w>(
    workspaces: &'w [WorkspaceDetails],
    organization: &str,
) -> Result<&'w WorkspaceDetails, CallerFailure> {
    let is_there = |workspace: &&WorkspaceDetails| workspace.organization_id.as_deref() == Some(organization);
    let mut there = workspaces.iter().filter(is_there);
    match (there.next(), there.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(CallerFailure::Refused),
        (Some(_), Some(_)) => Err(WorkspaceProblem::SeveralInOrganization.into()),
    }
}

/// The workspace in which LangSmith itself would answer.
fn home<'w>(
    workspaces: &'w [WorkspaceDetails],
    info: &Result<AuthInfo, UpstreamError>,
) -> Result<&'w WorkspaceDetails, CallerFailure> {
    match (info, workspaces) {
        (Ok(AuthInfo { workspace: Some(id), .. }), _) => of_id(workspaces, id),
        (_, [only]) => Ok(only),
        (_, []) => Err(CallerFailure::Refused),
        _ => Err(WorkspaceProblem::KeyOfSeveral.into()),
    }
}

fn cache_key(credential: &Credential, sent: &CallerHeaders<'_>) -> String {
    let workspace = sent.workspace.as_ref().map_or("", WorkspaceId::as_str);
    format!("{}/{workspace}/{}", credential.fingerprint(), sent.organization.as_deref().unwrap_or_default())
}

fn failure(error: &UpstreamError) -> CallerFailure {
    match error {
        UpstreamError::Unauthorized | UpstreamError::Forbidden | UpstreamError::NotFound { .. } => {
            CallerFailure::Refused
        }
        UpstreamError::WorkspaceRequired => WorkspaceProblem::KeyOfSeveral.into(),
        error => {
            tracing::warn!(%error, "a caller of the registry could not be checked");
            CallerFailure::Unavailable
        }
    }
}
