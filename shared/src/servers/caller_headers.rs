//! The request headers that name a caller of the registry and their workspace.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use primitives::ids::WorkspaceId;
use uuid::Uuid;

use super::callers::CallerFailure;
use crate::web::header_lines::agreed;
use crate::web::headers::{API_KEYS, bearer, is_langsmith_key, non_empty_values};

const WORKSPACE: HeaderName = HeaderName::from_static("x-tenant-id");
const ORGANIZATION: HeaderName = HeaderName::from_static("x-organization-id");

/// Why a request does not tell the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkspaceProblem {
    /// A header whose value is no UUID, or two values.
    #[error("X-Tenant-Id and X-Organization-Id must each be one UUID")]
    NotAnId,
    /// An access token without a workspace.
    #[error("An access token needs the workspace in X-Tenant-Id")]
    BearerNeedsOne,
    /// An organization in which the caller has several workspaces.
    #[error("The organization has several workspaces of yours: name one in X-Tenant-Id")]
    SeveralInOrganization,
    /// A key of several workspaces.
    #[error("The key is valid in several workspaces: name one in X-Tenant-Id")]
    KeyOfSeveral,
}

/// The headers. An empty one counts as none.
#[derive(Debug)]
pub(super) struct CallerHeaders<'h> {
    /// The LangSmith key.
    pub(super) key: Option<&'h str>,
    /// The access token.
    pub(super) bearer: Option<&'h str>,
    /// `X-Tenant-Id`.
    pub(super) workspace: Option<WorkspaceId>,
    /// `X-Organization-Id`, in lower case as LangSmith writes it.
    pub(super) organization: Option<String>,
}

impl<'h> CallerHeaders<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> Result<Self, CallerFailure> {
        let text = |value: &'h http::HeaderValue| value.to_str().map_err(|_| CallerFailure::Refused);
        let mut keys = non_empty_values(headers, API_KEYS);
        let key = keys.next().map(text).transpose()?.map(str::trim);
        if keys.any(|other| Some(other.as_bytes()) != key.map(str::as_bytes)) {
            return Err(CallerFailure::Refused);
        }
        let mut tokens = non_empty_values(headers, [AUTHORIZATION]);
        let token = tokens.next().map(text).transpose()?;
        if tokens.next().is_some() {
            return Err(CallerFailure::Refused);
        }
        let token = token.map(|token| bearer(token).ok_or(CallerFailure::Refused)).transpose()?;
        // A key where a token belongs is a key.
        let (key, bearer) = match (key, token) {
            (None, Some(token)) if is_langsmith_key(token) => (Some(token), None),
            both => both,
        };
        let id = |name: &HeaderName| {
            let text = agreed(headers.get_all(name)).map_err(|_| WorkspaceProblem::NotAnId)?;
            text.map(|text| Uuid::try_parse(text).map(|id| id.hyphenated().to_string()))
                .transpose()
                .map_err(|_| WorkspaceProblem::NotAnId)
        };
        Ok(Self {
            key,
            bearer,
            workspace: id(&WORKSPACE)?.map(WorkspaceId::new),
            organization: id(&ORGANIZATION)?,
        })
    }
}
