//! A server, callers, and clients of both eras.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use futures_util::future::{BoxFuture, ready};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use http_body_util::BodyExt;
use kit::{modern_headers, modern_meta, request, tool_call};
use langsmith::{
    ControlPlane, Credential, DataPlaneSettings, LangSmith, ListedDataPlanes, Workspace, http_client,
};
use langsmith_double::data::{ADA_KEY, GRACE_KEY, LIMITED_KEY, ORGANIZATION_KEY, TEAM_WORKSPACE};
use langsmith_double::{Dataset, Double, Handle, Options};
use mcp::auth::{
    AuthFailure, Authenticator, CallerIdentity, CredentialHandle, UnauthorizedOutcome, WorkspaceAccess,
};
use mcp::toolset::Toolsets;
use mcp::toolsets::langsmith::tools;
use mcp::{Deps, router};
use oauth::resource::{Resource, ServerName};
use oauth::scope::{Scope, ScopeSet};
use primitives::clock::{Clock as _, SteppedClock, Timestamp};
use primitives::ids::WorkspaceId;
use primitives::random::SystemRandom;
use primitives::secret::Secret;
use primitives::server_permissions::ServerPermissions;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;
use tower::ServiceExt;

use crate::deployment::{Deployed, Deployment, Need};

/// The public URL of the server under test.
pub(crate) const PUBLIC_URL: &str = "http://localhost:8484";

/// The default time limit for LangSmith in a call.
pub(crate) const BUDGET: Duration = Duration::from_secs(20);

/// A server with its own LangSmith.
pub(crate) struct Server {
    /// The host of the team's data.
    pub(crate) double: Double,
    /// The rest of LangSmith, if the data is elsewhere.
    control_plane: Option<Double>,
    pub(crate) authenticator: Arc<Bearers>,
    /// The clock of the server's caches.
    pub(crate) clock: Arc<SteppedClock>,
    langsmith: LangSmith,
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// A server whose calls have `budget` as their time limit for LangSmith.
    pub(crate) async fn with_budget(budget: Duration) -> Self {
        Self::deployed(Deployment::of_this_run(), "", budget, Options::default()).await
    }

    /// A server whose LangSmith has this sample data.
    pub(crate) async fn with_data(data: Dataset) -> Self {
        let options = Options { data, ..Options::default() };
        Self::deployed(Deployment::of_this_run(), "", BUDGET, options).await
    }

    /// A server with a self-hosted LangSmith, whose API is below `/api`.
    pub(crate) async fn self_hosted() -> Self {
        Self::deployed(Deployment::of_this_run(), "/api", BUDGET, Options::default()).await
    }

    /// A server for a test whose needs not every deployment meets.
    pub(crate) async fn needing(needs: &[Need]) -> Self {
        Self::needing_with_data(needs, Options::default().data).await
    }

    /// The same with this sample data.
    pub(crate) async fn needing_with_data(needs: &[Need], data: Dataset) -> Self {
        let deployment = Deployment::of_this_run().or_lenient(needs);
        Self::deployed(deployment, "", BUDGET, Options { data, ..Options::default() }).await
    }

    /// A server with such a LangSmith, for any deployment of the run.
    pub(crate) async fn with_langsmith(options: Options) -> Self {
        Self::deployed(Deployment::Whole(options.service), "", BUDGET, options).await
    }

    /// A server with another LangSmith than the double.
    pub(crate) async fn before(endpoint: &str) -> Self {
        Self::of(langsmith_double::start(Options::default()).await.unwrap(), endpoint, BUDGET)
    }

    async fn deployed(deployment: Deployment, path: &str, budget: Duration, options: Options) -> Self {
        let Deployed { endpoint, double, control_plane } = deployment.start(options, path).await;
        let server = Self::of(double, &endpoint, budget);
        if control_plane.is_some() {
            *server.authenticator.data_plane.lock().unwrap() = Some((server.double.url(), server.now()));
        }
        Self { control_plane, ..server }
    }

    /// A server with this double, which others share.
    pub(crate) fn of_double(double: Double) -> Self {
        let endpoint = double.url();
        Self::of(double, &endpoint, BUDGET)
    }

    fn of(double: Double, endpoint: &str, budget: Duration) -> Self {
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(Double::now())));
        let authenticator = Arc::new(Bearers::default());
        let (http, random) = (http_client(None).unwrap(), Arc::new(SystemRandom));
        let langsmith = LangSmith::new(endpoint.parse().unwrap(), http, clock.clone(), random);
        let ourselves = Some(PUBLIC_URL.parse().unwrap());
        let langsmith =
            langsmith.with_data_planes(DataPlaneSettings { ourselves, ..DataPlaneSettings::default() });
        let router = routes(langsmith.clone().with_budget(budget), &authenticator, tools().into(), true);
        Self { double, control_plane: None, authenticator, clock, langsmith, router }
    }

    /// Replaces the time limit for LangSmith.
    pub(crate) fn set_budget(&mut self, budget: Duration) {
        let langsmith = self.langsmith.clone().with_budget(budget);
        self.router = routes(langsmith, &self.authenticator, tools().into(), true);
    }

    /// Replaces the timeout for reading the flags of the deployment.
    pub(crate) fn set_flags_timeout(&mut self, timeout: Duration) {
        self.langsmith = self.langsmith.clone().with_flags_timeout(timeout);
        self.set_budget(BUDGET);
    }

    /// Replaces the tools.
    pub(crate) fn set_tools(&mut self, toolsets: Toolsets) {
        self.router = routes(self.langsmith.clone().with_budget(BUDGET), &self.authenticator, toolsets, true);
    }

    /// Replaces the tools, on a server that only answers with JSON.
    pub(crate) fn set_tools_without_streams(&mut self, toolsets: Toolsets) {
        self.router =
            routes(self.langsmith.clone().with_budget(BUDGET), &self.authenticator, toolsets, false);
    }

    pub(crate) async fn start() -> Self {
        Self::with_budget(BUDGET).await
    }

    pub(crate) fn langsmith(&self) -> Handle {
        self.double.handle()
    }

    /// LangSmith's own API, for the team's data.
    pub(crate) fn api(&self) -> String {
        format!("{}/api/v1", self.double.url())
    }

    /// The URL of LangSmith's pages.
    pub(crate) fn pages(&self) -> String {
        self.control_plane.as_ref().unwrap_or(&self.double).url()
    }

    /// The control plane beside LangSmith.
    pub(crate) fn control_plane(&self) -> ControlPlane {
        ControlPlane::of(&self.langsmith)
    }

    /// The double that has the control plane.
    pub(crate) fn control_plane_double(&self) -> Handle {
        self.control_plane.as_ref().unwrap_or(&self.double).handle()
    }

    /// The server's current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sends any request, and returns the answer before its end.
    pub(crate) async fn open(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends any request, and reads the answer to its end.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Posts a text as Ada.
    pub(crate) async fn post(&self, body: impl Into<Body>) -> Answer {
        self.send(post("ada").body(body.into()).unwrap()).await
    }

    /// A legacy request as `bearer`.
    pub(crate) async fn legacy(&self, bearer: &str, method: &str, params: Value) -> Answer {
        self.send(post(bearer).body(request(method, &params).to_string().into()).unwrap()).await
    }

    /// A legacy tool call as `bearer`.
    pub(crate) async fn call_as(&self, bearer: &str, tool: &str, arguments: Value) -> Answer {
        self.send(post(bearer).body(tool_call(tool, &arguments).to_string().into()).unwrap()).await
    }

    /// The structured content of a successful tool call as Ada.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call_as("ada", tool, arguments).await.result();
        assert_eq!(result["isError"], false, "{result}");
        result["structuredContent"].clone()
    }

    /// The error body of a failed tool call as Ada.
    pub(crate) async fn fail(&self, tool: &str, arguments: Value) -> Value {
        self.call_as("ada", tool, arguments).await.tool_error()
    }
}

fn routes(langsmith: LangSmith, authenticator: &Arc<Bearers>, toolsets: Toolsets, streams: bool) -> Router {
    router(Deps {
        public_url: PUBLIC_URL.parse().unwrap(),
        allowed_origins: vec!["https://app.example.com".to_owned()],
        langsmith,
        authenticator: authenticator.clone(),
        toolsets,
        streams,
        answers: None,
    })
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The result in a 200.
    pub(crate) fn result(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        let mut body = self.json();
        assert_eq!((&body["jsonrpc"], body.get("error")), (&json!("2.0"), None), "{body}");
        body["result"].take()
    }

    /// The JSON-RPC error code of an answer with this status.
    pub(crate) fn error(&self, status: u16) -> i64 {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/json");
        let body = self.json();
        assert!(body["error"]["message"].is_string() && body.get("id").is_some(), "{body}");
        body["error"]["code"].as_i64().unwrap()
    }

    /// The body of a result with `isError`, which the text repeats.
    pub(crate) fn tool_error(&self) -> Value {
        let result = self.result();
        assert_eq!(result["isError"], true, "{result}");
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"]);
        assert!(text["error"].is_string() && text["retryable"].is_boolean(), "{text}");
        text
    }
}

/// A time as LangSmith's first API writes it.
pub(crate) fn stored(time: Timestamp) -> String {
    let time = OffsetDateTime::UNIX_EPOCH + Duration::from_millis(time.millis());
    time.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]"))
        .unwrap()
}

/// A POST with the usual headers of clients.
pub(crate) fn post(bearer: &str) -> http::request::Builder {
    bare(Method::POST)
        .header(AUTHORIZATION, format!("Bearer {bearer}"))
        .header(CONTENT_TYPE, "application/json")
        .header("accept", "application/json, text/event-stream")
}

/// A request without headers.
pub(crate) fn bare(method: Method) -> http::request::Builder {
    Request::builder().method(method).uri("/mcp")
}

/// A modern request as Ada: `_meta`, and headers that repeat the body. `headers` replace those; an empty value removes.
pub(crate) fn modern(method: &str, params: Value, headers: &[(&str, &str)]) -> Request<Body> {
    let mut params = params;
    params["_meta"] = modern_meta();
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    modern_with(method, &params, &name, headers)
}

/// The same with `params` exactly as given.
pub(crate) fn modern_with(
    method: &str,
    params: &Value,
    name: &str,
    headers: &[(&str, &str)],
) -> Request<Body> {
    let mut message = request(method, params);
    // Ids may be texts, too.
    message["id"] = json!("m");
    let mut request = post("ada").body(Body::from(message.to_string())).unwrap();
    for (name, value) in modern_headers(method, name).into_iter().chain(headers.iter().copied()) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().remove(&name);
        if !value.is_empty() {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
    }
    request
}

/// Callers by name: the bearer token identifies the caller.
#[derive(Default)]
pub(crate) struct Bearers {
    /// The outcomes of refused credentials, in order; after them [`UnauthorizedOutcome::Refused`].
    pub(crate) outcomes: Mutex<VecDeque<UnauthorizedOutcome>>,
    /// The number of reports that LangSmith accepted a credential.
    pub(crate) accepted: AtomicUsize,
    /// The number of reports that LangSmith refused a credential.
    pub(crate) refused: AtomicUsize,
    /// The data plane of the team's workspace, if it has one, and since when logins know of it.
    data_plane: Mutex<Option<(String, Timestamp)>>,
    /// A test's own callers, by their bearer tokens.
    more: Mutex<BTreeMap<String, CallerIdentity>>,
}

impl Bearers {
    /// Adds a caller with this bearer token.
    pub(crate) fn know(&self, bearer: &str, caller: CallerIdentity) {
        self.more.lock().unwrap().insert(bearer.to_owned(), caller);
    }

    fn known(&self, headers: &HeaderMap) -> Option<CallerIdentity> {
        let header = headers.get(AUTHORIZATION)?.to_str().unwrap();
        self.more.lock().unwrap().get(header.strip_prefix("Bearer ")?).cloned()
    }

    /// A login stores the data planes of its workspaces; with a key, they are looked up.
    fn with_data_plane(&self, caller: CallerIdentity) -> CallerIdentity {
        let Some((data_plane, since)) = self.data_plane.lock().unwrap().clone() else { return caller };
        let data_planes = match caller.workspace {
            WorkspaceAccess::KeyDefault { .. } => None,
            WorkspaceAccess::One(_) | WorkspaceAccess::All { .. } => {
                data_planes_of(team_id(), &data_plane, since)
            }
        };
        CallerIdentity { data_planes, ..caller }
    }
}

impl Authenticator for Bearers {
    fn authenticate<'a>(
        &'a self,
        headers: &'a HeaderMap,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>> {
        let of_server =
            headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer at-"));
        let caller = match self.known(headers) {
            Some(caller) => Ok(caller),
            // A token for the resource of one Agent Server.
            None if of_server.is_some() => {
                let is_there = of_server == resource.server().map(ServerName::as_str);
                let caller = identity(ADA_KEY, WorkspaceAccess::One(team_id()), ScopeSet::all());
                if is_there { Ok(caller) } else { Err(AuthFailure::Invalid) }
            }
            None => identify(headers).map(|caller| self.with_data_plane(caller)),
        };
        Box::pin(ready(caller))
    }

    fn upstream_unauthorized<'a>(&'a self, _: &'a CallerIdentity) -> BoxFuture<'a, UnauthorizedOutcome> {
        self.refused.fetch_add(1, Ordering::SeqCst);
        let next = self.outcomes.lock().unwrap().pop_front();
        Box::pin(ready(next.unwrap_or(UnauthorizedOutcome::Refused)))
    }

    fn upstream_accepted<'a>(&'a self, _: &'a CallerIdentity) -> BoxFuture<'a, ()> {
        self.accepted.fetch_add(1, Ordering::SeqCst);
        Box::pin(ready(()))
    }
}

fn identify(headers: &HeaderMap) -> Result<CallerIdentity, AuthFailure> {
    let header = headers.get(AUTHORIZATION).ok_or(AuthFailure::Missing)?.to_str().unwrap();
    let team = WorkspaceAccess::One(team_id());
    let all = ScopeSet::all();
    Ok(match header.strip_prefix("Bearer ").unwrap() {
        "ada" => identity(ADA_KEY, team, all),
        "ada-everywhere" => identity(ADA_KEY, WorkspaceAccess::All { default: None }, all),
        "ada-key" => identity(ADA_KEY, WorkspaceAccess::KeyDefault { header: None }, all),
        "ada-key-team" => identity(ADA_KEY, WorkspaceAccess::KeyDefault { header: Some(team_id()) }, all),
        "organization" => identity(ORGANIZATION_KEY, WorkspaceAccess::KeyDefault { header: None }, all),
        "ada-reader" => identity(ADA_KEY, team, [Scope::LangsmithRead].into_iter().collect()),
        "ada-writer" => {
            identity(ADA_KEY, team, [Scope::LangsmithRead, Scope::LangsmithWrite].into_iter().collect())
        }
        "ada-publisher" => identity(ADA_KEY, team, Scope::LangsmithPublish.into()),
        "ada-billing" => identity(ADA_KEY, team, [Scope::BillingRead].into_iter().collect()),
        "grace" => identity(GRACE_KEY, team, all),
        "grace-everywhere" => identity(GRACE_KEY, WorkspaceAccess::All { default: None }, all),
        "limited" => identity(LIMITED_KEY, team, all),
        "stale" => identity("lsv2_pt_nobody", team, all),
        "unknown-today" => return Err(AuthFailure::Unavailable),
        _ => return Err(AuthFailure::Invalid),
    })
}

fn team_id() -> WorkspaceId {
    WorkspaceId::new(TEAM_WORKSPACE.to_string())
}

/// The data planes stored at a login, with one for this workspace.
pub(crate) fn data_planes_of(id: WorkspaceId, data_plane: &str, at: Timestamp) -> Option<ListedDataPlanes> {
    let (display_name, data_plane_url) = ("Sample Workspace".to_owned(), Some(data_plane.to_owned()));
    let servers = ServerPermissions::EMPTY;
    ListedDataPlanes::of(&[Workspace { id, display_name, handle: None, data_plane_url, servers }], at)
}

/// A caller with this key.
pub(crate) fn identity(key: &str, workspace: WorkspaceAccess, scopes: ScopeSet) -> CallerIdentity {
    let key = Secret::new(key);
    let handle = CredentialHandle::Header { fingerprint: key.fingerprint() };
    // As after a login without any data plane.
    let data_planes = ListedDataPlanes::of(&[], Timestamp::from_secs(0));
    CallerIdentity { credential: Credential::ApiKey(key), workspace, data_planes, scopes, handle }
}
