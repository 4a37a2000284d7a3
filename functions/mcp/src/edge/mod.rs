//! The HTTP side of `/mcp` (MCP Streamable HTTP): the checks before a message is parsed, and the form of every answer.
//! All errors are JSON-RPC bodies: on a 400, clients inspect the body to detect the server's era. The only exception is
//! the 404 of an endpoint that does not exist, which is an Agent Server's own.

mod accept;
mod agents;
mod batch;
mod browser;
mod content_type;
mod door;
mod origin;
mod reply;
mod selection;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use oauth::public_url::Spelling;
use primitives::deadline::{Deadline, Missed};
use shared::mcp::selection::ToolSelection;
use shared::mcp::toolsets::is_parameter;
use shared::web::body::{self, BodyError};
use shared::web::challenge::Challenge;
use shared::web::cors;

pub(crate) use agents::{AgentEndpoints, handle_agents};
pub(crate) use door::Door;
pub(crate) use origin::Origins;

use crate::App;
use crate::auth::{AuthFailure, CallerIdentity};
use crate::call::{self, CallOutcome};
use crate::list;
use crate::protocol::{self, Call, Message, Offer, Outcome, RpcError};
use crate::task::{self, TaskFailure};
use crate::toolset::Reports;

/// The maximum size of a message: 1 MB.
const MAX_BODY: usize = 1_048_576;

/// The time limit of a request: authentication, a refresh of the upstream token and the call itself.
const LIMIT: Duration = Duration::from_secs(25);

/// Answers any request to `/mcp`.
pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    enter(&app.door, Some(app.clone()), request).await
}

/// Answers a request at a door. Behind one without an app there is nothing.
async fn enter(door: &Door, app: Option<Arc<App>>, request: Request) -> Response {
    // A preflight carries no credential and precedes all other checks (Fetch standard, CORS protocol).
    if cors::is_preflight(request.method()) {
        return cors::preflight();
    }
    // Without CORS headers: a page of a forbidden origin cannot read the answer.
    if !door.origins.allow(request.headers()) {
        return reply::error(&RpcError::edge(StatusCode::FORBIDDEN, "This Origin may not call the server"));
    }
    if browser::asks(request.method(), request.headers()) {
        return browser::lead_home(&door.public_url);
    }
    let mut response = answer(door, app, request).await;
    cors::expose(response.headers_mut());
    response
}

/// A request of an authenticated caller.
struct Incoming {
    app: Arc<App>,
    parts: Parts,
    selection: ToolSelection,
    deadline: Deadline,
    /// The channel for the reports of tools, if the answer may be a stream.
    reports: Option<Reports>,
}

impl Incoming {
    fn spelling(&self) -> Spelling<'_> {
        spelling(&self.parts)
    }

    fn may_stream(&self, message: &[u8]) -> bool {
        self.app.streams && accept::takes_events(&self.parts.headers) && stream::may_want_reports(message)
    }

    fn offer(&self) -> Offer<'_> {
        Offer::new(&self.app.documents, &self.selection)
    }
}

fn spelling(parts: &Parts) -> Spelling<'_> {
    Spelling::of(parts.uri.path(), parts.uri.query(), is_parameter)
}

async fn answer(door: &Door, app: Option<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let deadline = Deadline::after(LIMIT);
    // Before the check of the method: clients probe with GET and need the challenge, not a 405.
    let identity = match deadline.limit(door.authenticate(&parts.headers)).await {
        Ok(Ok(identity)) => identity,
        Ok(Err(failure)) => return unauthenticated(door, spelling(&parts), failure),
        Err(Missed) => return reply::unavailable(),
    };
    let Some(app) = app else { return reply::not_found() };
    let message = match read(&parts.method, &parts.headers, body).await {
        Ok(message) => message,
        Err(error) => return reply::error(&error),
    };
    let selection = match selection::of(&parts) {
        Ok(selection) => selection,
        Err(error) => return reply::error(&error),
    };
    let mut incoming = Incoming { app, parts, selection, deadline, reports: None };
    if !incoming.may_stream(&message) {
        return receive(&incoming, identity, &message).await;
    }
    stream::answer(async move |reports| {
        incoming.reports = Some(reports);
        receive(&incoming, identity, &message).await
    })
    .await
}

fn unauthenticated(door: &Door, spelling: Spelling<'_>, failure: AuthFailure) -> Response {
    match failure {
        AuthFailure::Missing => reply::challenge(&door.public_url, spelling, None, Challenge::Missing),
        AuthFailure::Invalid => reply::challenge(&door.public_url, spelling, None, Challenge::InvalidToken),
        AuthFailure::NotAKey => reply::challenge(&door.public_url, spelling, None, Challenge::NotAKey),
        AuthFailure::KeyAsToken => reply::challenge(&door.public_url, spelling, None, Challenge::KeyAsToken),
        AuthFailure::Workspace => reply::error(&RpcError::edge(
            StatusCode::BAD_REQUEST,
            "X-Tenant-Id (or LANGSMITH-WORKSPACE-ID) must be the UUID of a workspace",
        )),
        AuthFailure::Unavailable => reply::unavailable(),
    }
}

/// The body of a well-formed POST.
async fn read(method: &Method, headers: &HeaderMap, body: axum::body::Body) -> Result<Bytes, RpcError> {
    if method != Method::POST {
        return Err(RpcError::edge(
            StatusCode::METHOD_NOT_ALLOWED,
            "Send messages with POST; there is no stream to open",
        ));
    }
    if !content_type::is_json(headers) {
        return Err(RpcError::edge(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type must be application/json",
        ));
    }
    if !accept::takes_json(headers) {
        return Err(RpcError::edge(StatusCode::NOT_ACCEPTABLE, "Accept must allow application/json"));
    }
    body::read(body, MAX_BODY).await.map_err(|error| match error {
        BodyError::TooLarge => {
            RpcError::edge(StatusCode::PAYLOAD_TOO_LARGE, "The message is larger than 1 MB")
        }
        BodyError::Interrupted => RpcError::edge(StatusCode::BAD_REQUEST, "The body ended early"),
        BodyError::TooSlow => RpcError::edge(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time"),
    })
}

async fn receive(incoming: &Incoming, identity: CallerIdentity, message: &[u8]) -> Response {
    if protocol::is_batch(message) {
        return batch::receive(incoming, &identity, message).await;
    }
    let (app, spelling) = (&*incoming.app, incoming.spelling());
    let request = match protocol::parse(message) {
        Ok(Message::Request(request)) => request,
        Ok(Message::Notification | Message::Response) => return reply::accepted(),
        Err(refused) => return reply::rpc_error(refused.id, &refused.error),
    };
    match protocol::dispatch(incoming.offer(), &incoming.parts.headers, &request) {
        Outcome::Document(json) => reply::ok(protocol::reply::document(request.id, &json)),
        Outcome::Small(value) => reply::ok(protocol::reply::value(request.id, &value)),
        Outcome::Error(error) => reply::rpc_error(Some(request.id), &error),
        Outcome::List(page) => {
            match list::run((app, &incoming.selection), &identity, &page, incoming.deadline).await {
                Ok(json) => reply::ok(protocol::reply::document(request.id, &json)),
                Err(error) => reply::rpc_error(Some(request.id), &error),
            }
        }
        Outcome::Task(call) => match task::run(app, &identity, &call, incoming.deadline).await {
            Ok(members) => reply::ok(app.documents.task_result(request.id, &members)),
            Err(TaskFailure::Failed(failure)) => reply::rpc_error(Some(request.id), &Call::error(failure)),
            Err(TaskFailure::InsufficientScope(scopes)) => {
                let challenge = Challenge::InsufficientScope(scopes);
                reply::challenge(&app.door.public_url, spelling, Some(request.id), challenge)
            }
        },
        Outcome::Call(call) => {
            let reports = incoming.reports.as_ref();
            match call::run(
                (app, &incoming.selection),
                identity,
                (&call, reports, &incoming.parts.headers),
                incoming.deadline,
            )
            .await
            {
                CallOutcome::Output(output) => reply::ok(call.answer(&app.documents, request.id, &output)),
                CallOutcome::Failed(failure) => reply::rpc_error(Some(request.id), &Call::error(failure)),
                CallOutcome::Dead => reply::challenge(
                    &app.door.public_url,
                    spelling,
                    Some(request.id),
                    Challenge::InvalidToken,
                ),
                CallOutcome::InsufficientScope(scopes) => reply::challenge(
                    &app.door.public_url,
                    spelling,
                    Some(request.id),
                    Challenge::InsufficientScope(scopes),
                ),
            }
        }
    }
}
