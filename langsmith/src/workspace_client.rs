//! The client for one request: a borrowed credential, a workspace and a deadline, which apply to every call made
//! through it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use primitives::random::Random;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::time::sleep;

use crate::datasets::stored::{Conflict, Stored, ids};
use crate::memory::Memory;
use crate::names::cache::ResolvedNames;
use crate::transport::endpoint::{Place, Query};
use crate::transport::retry;
use crate::transport::send::Answer;
use crate::{Credential, DataPlane, LangSmith, RequestBudget, UpstreamError};

const TENANT: HeaderName = HeaderName::from_static("x-tenant-id");
const ORGANIZATION: HeaderName = HeaderName::from_static("x-organization-id");

/// Calls LangSmith on behalf of one caller.
#[derive(Clone, Copy)]
pub struct WorkspaceClient<'a> {
    langsmith: &'a LangSmith,
    credential: &'a Credential,
    workspace: Option<&'a WorkspaceId>,
    organization: Option<&'a str>,
    deadline: Deadline,
    requests: Option<&'a RequestBudget>,
    resolved: Option<&'a ResolvedNames>,
    data_plane: Option<&'a DataPlane>,
}

/// Facts recorded from the answers to a request, beside the body of the last one.
#[derive(Debug, Default)]
struct Noted {
    conflict: Conflict,
    total: Option<u64>,
}

impl<'a> WorkspaceClient<'a> {
    pub(crate) fn new(
        langsmith: &'a LangSmith,
        credential: &'a Credential,
        workspace: Option<&'a WorkspaceId>,
        deadline: Deadline,
    ) -> Self {
        Self {
            langsmith,
            credential,
            workspace,
            organization: None,
            deadline,
            requests: None,
            resolved: None,
            data_plane: None,
        }
    }

    /// The same caller, limited to this number of requests, retries included.
    #[must_use]
    pub const fn limited_to(mut self, requests: &'a RequestBudget) -> Self {
        self.requests = Some(requests);
        self
    }

    /// The same caller, who waits at most this long: for answers that the call can do without.
    pub(crate) fn until_at_most(self, wait: Duration) -> Self {
        Self { deadline: self.deadline.earlier(Deadline::after(wait)), ..self }
    }

    /// The same caller, recording in `resolved` which names were resolved from memory.
    #[must_use]
    pub const fn noting(mut self, resolved: &'a ResolvedNames) -> Self {
        self.resolved = Some(resolved);
        self
    }

    pub(crate) fn resolved_names(&self) -> Option<&'a ResolvedNames> {
        self.resolved
    }

    /// The same caller without a workspace, for resources of the organization. An access token must name the
    /// organization (OpenAPI "Bearer Auth"); an API key belongs to one.
    pub(crate) fn of_organization<'b>(&self, organization: Option<&'b str>) -> WorkspaceClient<'b>
    where
        'a: 'b,
    {
        let organization = organization.filter(|_| matches!(self.credential, Credential::Bearer(_)));
        WorkspaceClient { workspace: None, organization, ..self.at_langsmith() }
    }

    /// The same caller, whose calls go to the workspace's data plane, except those for resources of the organization.
    #[must_use]
    pub const fn at(mut self, data_plane: Option<&'a DataPlane>) -> Self {
        self.data_plane = data_plane;
        self
    }

    /// The same caller, whose calls go to LangSmith itself.
    pub(crate) const fn at_langsmith(&self) -> Self {
        Self { data_plane: None, ..*self }
    }

    /// The same caller without a workspace, whose calls go to LangSmith itself.
    pub(crate) const fn nowhere(&self) -> Self {
        Self { workspace: None, ..self.at_langsmith() }
    }

    /// The API that the caller's requests go to.
    pub(crate) fn place(&self) -> &'a Place {
        self.data_plane.map_or(&self.langsmith.place, DataPlane::place)
    }

    /// The HTTP client for that API.
    pub(crate) fn http(&self) -> Result<&'a reqwest::Client, UpstreamError> {
        match self.data_plane {
            Some(_) => self.langsmith.data_planes.client(),
            None => Ok(&self.langsmith.http),
        }
    }

    pub(crate) const fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// Waits before another attempt. Returns `false` at once if too little time would be left for it.
    pub async fn pause(&self, wait: Duration) -> bool {
        let fits = retry::fits(wait, self.deadline.remaining());
        if fits {
            sleep(wait).await;
        }
        fits
    }

    /// The same caller in `workspace`, an id that LangSmith itself reported for this caller.
    pub(crate) fn in_workspace<'b>(&self, workspace: &'b WorkspaceId) -> WorkspaceClient<'b>
    where
        'a: 'b,
    {
        WorkspaceClient { workspace: Some(workspace), ..*self }
    }

    pub(crate) fn langsmith(&self) -> &'a LangSmith {
        self.langsmith
    }

    pub(crate) fn memory(&self) -> &'a Memory {
        &self.langsmith.memory
    }

    pub(crate) fn random(&self) -> &'a dyn Random {
        self.langsmith.random.as_ref()
    }

    pub(crate) fn endpoint(&self) -> &'a reqwest::Url {
        self.langsmith.endpoint()
    }

    pub(crate) fn credential(&self) -> &'a Credential {
        self.credential
    }

    pub(crate) fn workspace(&self) -> Option<&'a WorkspaceId> {
        self.workspace
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query<'_>,
    ) -> Result<T, UpstreamError> {
        parse(&self.get_bytes(path, query).await?)
    }

    pub(crate) async fn get_bytes(&self, path: &str, query: &Query<'_>) -> Result<Bytes, UpstreamError> {
        self.send(&Method::GET, path, query, None).await
    }

    /// A list, and the total count where LangSmith reports it.
    pub(crate) async fn get_counted(
        &self,
        path: &str,
        query: &Query<'_>,
    ) -> Result<(Bytes, Option<u64>), UpstreamError> {
        let mut noted = Noted::default();
        let body = self.send_noting(&Method::GET, path, query, None, &mut noted).await?;
        Ok((body, noted.total))
    }

    /// A read that LangSmith's API makes a POST.
    pub(crate) async fn post_query<B: Serialize>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<Bytes, UpstreamError> {
        self.send_json(&Method::POST, path, body).await
    }

    /// An idempotent write. LangSmith answers it with JSON or an empty body: any other text does not prove that
    /// anything was written.
    pub(crate) async fn write<B: Serialize>(
        &self,
        method: &Method,
        path: &str,
        body: &B,
    ) -> Result<Bytes, UpstreamError> {
        checked(self.send_json(method, path, body).await?)
    }

    /// Creates objects that carry their own ids, or that are unique otherwise, so that a 409 means that they exist
    /// already.
    pub(crate) async fn store<B: Serialize>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<Stored<Bytes>, UpstreamError> {
        let mut noted = Noted::default();
        let body = json(body)?;
        let answer = self.send_noting(&Method::POST, path, &[], Some(body), &mut noted).await;
        match answer.and_then(checked) {
            Ok(answer) => Ok(Stored::All(answer)),
            Err(UpstreamError::Rejected { status: 409, .. }) => Ok(Stored::Conflict(noted.conflict)),
            Err(error) => Err(error),
        }
    }

    async fn send_json<B: Serialize>(
        &self,
        method: &Method,
        path: &str,
        body: &B,
    ) -> Result<Bytes, UpstreamError> {
        self.send(method, path, &[], Some(json(body)?)).await
    }

    async fn send(
        &self,
        method: &Method,
        path: &str,
        query: &Query<'_>,
        body: Option<Bytes>,
    ) -> Result<Bytes, UpstreamError> {
        self.send_noting(method, path, query, body, &mut Noted::default()).await
    }

    /// Like `send`, recording facts from the answers in `noted`.
    async fn send_noting(
        &self,
        method: &Method,
        path: &str,
        query: &Query<'_>,
        body: Option<Bytes>,
        noted: &mut Noted,
    ) -> Result<Bytes, UpstreamError> {
        let answer = self.send_there(method, path, query, body, noted).await;
        match (answer, self.data_plane) {
            (Err(error), Some(data_plane)) => Err(self.failed_at(data_plane, error).await),
            (answer, _) => answer,
        }
    }

    /// Sends with retries. `noted` gets the evidence to judge a refusal by: whether an earlier attempt may have
    /// succeeded although its answer was lost, and which ids a 409 names.
    async fn send_there(
        &self,
        method: &Method,
        path: &str,
        query: &Query<'_>,
        body: Option<Bytes>,
        noted: &mut Noted,
    ) -> Result<Bytes, UpstreamError> {
        let headers = self.headers(body.is_some())?;
        let (http, url) = (self.http()?, self.place().url_with(path, query)?);
        let mut attempt = 1;
        if !self.may_send() {
            return Err(UpstreamError::Unreachable);
        }
        loop {
            let mut request = http.request(method.clone(), url.clone()).headers(headers.clone());
            if let Some(body) = &body {
                request = request.body(body.clone());
            }
            let answer = self.langsmith.attempt(request, self.deadline).await;
            if let Ok(answer) = &answer {
                noted.total = answer.total;
                if answer.status == StatusCode::CONFLICT {
                    noted.conflict.named = ids(&answer.body);
                }
            }
            let error = match answer.and_then(Answer::success) {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            let remains = self.deadline.remaining();
            let random = self.langsmith.random.as_ref();
            let wait = retry::delay(&error, attempt, remains, random).filter(|_| self.may_send());
            let Some(wait) = wait else { return Err(retry::given_up(error)) };
            noted.conflict.is_lost |= !matches!(error, UpstreamError::RateLimited { .. });
            sleep(wait).await;
            attempt += 1;
        }
    }

    fn may_send(&self) -> bool {
        self.requests.is_none_or(RequestBudget::take_request)
    }

    pub(crate) fn headers(&self, json: bool) -> Result<HeaderMap, UpstreamError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if json {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(workspace) = self.workspace {
            // A text that is no valid header value is not the id of a LangSmith workspace.
            let value = HeaderValue::from_str(workspace.as_str()).map_err(|_| UpstreamError::Forbidden)?;
            headers.insert(TENANT, value);
        }
        if let Some(organization) = self.organization {
            let value = HeaderValue::from_str(organization).map_err(|_| UpstreamError::Malformed)?;
            headers.insert(ORGANIZATION, value);
        }
        self.credential.apply(&mut headers)?;
        Ok(headers)
    }
}

fn json<B: Serialize>(body: &B) -> Result<Bytes, UpstreamError> {
    serde_json::to_vec(body).map(Bytes::from).map_err(|_| UpstreamError::Malformed)
}

/// Checks the answer to a write: JSON or empty.
fn checked(answer: Bytes) -> Result<Bytes, UpstreamError> {
    if !answer.is_empty() {
        parse::<IgnoredAny>(&answer)?;
    }
    Ok(answer)
}

/// The body as `T`, or [`UpstreamError::Malformed`].
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, UpstreamError> {
    serde_json::from_slice(body).map_err(|_| UpstreamError::Malformed)
}
