//! One request and its response, as JSON or as a stream of events.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use outbound::{GuardedClient, GuardedRequest, GuardedResponse, Limits, OutboundFailure};
use primitives::deadline::Deadline;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::ServerAddress;
use crate::answer::{self, AnswerForm};
use crate::failure::ListFailure;
use crate::message::Request;
use crate::sse::Events;

/// The maximum size of all answers of one list, in bytes.
pub(crate) const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The longest pause of a server within an answer.
const IDLE: Duration = Duration::from_secs(5);
/// How long the end of a session may take: the list is there already.
const FAREWELL: Duration = Duration::from_secs(1);

pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The connection to a server, with what is left of the limits.
pub(crate) struct Exchange<'e> {
    client: &'e GuardedClient,
    server: &'e ServerAddress,
    deadline: Deadline,
    remaining: usize,
}

/// A response.
pub(crate) struct Received {
    pub(crate) result: Box<RawValue>,
    /// The header fields of the answer.
    pub(crate) headers: HeaderMap,
}

impl<'e> Exchange<'e> {
    pub(crate) const fn new(
        client: &'e GuardedClient,
        server: &'e ServerAddress,
        deadline: Deadline,
    ) -> Self {
        Self { client, server, deadline, remaining: MAX_BYTES }
    }

    /// Sends a request, with these headers of the protocol, and returns its result.
    pub(crate) async fn call<P: Serialize>(
        &mut self,
        request: &Request<'_, P>,
        protocol: HeaderMap,
    ) -> Result<Received, ListFailure> {
        let mut answer = self.send(Method::POST, json(request)?, protocol).await?;
        let challenge = answer.headers.get(WWW_AUTHENTICATE);
        let failed = ListFailure::of_status(answer.status, challenge);
        if let Some(failure @ (ListFailure::Unauthorized { .. } | ListFailure::Forbidden)) = failed {
            return Err(failure);
        }
        let headers = std::mem::take(&mut answer.headers);
        let result = match AnswerForm::of(&headers) {
            AnswerForm::Events => self.of_stream(answer).await,
            AnswerForm::Json => self.of_body(answer).await,
        };
        match (result, failed) {
            (Ok(result), None) => Ok(Received { result, headers }),
            // A status tells less than an error of JSON-RPC in the body, and more than a body that is none.
            (Err(failure @ (ListFailure::Rpc { .. } | ListFailure::Outbound(_))), _)
            | (_, Some(failure))
            | (Err(failure), None) => Err(failure),
        }
    }

    /// Sends a notification, whose answer has no body that counts.
    pub(crate) async fn notify<P: Serialize>(
        &mut self,
        notification: &Request<'_, P>,
        protocol: HeaderMap,
    ) -> Result<(), ListFailure> {
        let answer = self.send(Method::POST, json(notification)?, protocol).await?;
        ListFailure::of_status(answer.status, None).map_or(Ok(()), Err)
    }

    /// Ends a session. Servers may refuse that (MCP 2025-11-25, "Session Management"), so the outcome does not count.
    pub(crate) async fn end_session(mut self, protocol: HeaderMap) {
        self.deadline = self.deadline.earlier(Deadline::after(FAREWELL));
        let _refused_or_gone = self.send(Method::DELETE, Vec::new(), protocol).await;
    }

    async fn send(
        &self,
        method: Method,
        body: Vec<u8>,
        protocol: HeaderMap,
    ) -> Result<GuardedResponse, OutboundFailure> {
        let mut headers = self.server.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        if !body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.extend(protocol);
        let request = GuardedRequest::new(method, &self.server.url).headers(headers).body(body);
        let limits = Limits { body: self.remaining, deadline: self.deadline, idle: IDLE };
        self.client.send(request, limits).await
    }

    async fn of_body(&mut self, answer: GuardedResponse) -> Result<Box<RawValue>, ListFailure> {
        let body = answer.whole().await?;
        self.remaining = self.remaining.saturating_sub(body.len());
        answer::in_body(&body)
    }

    async fn of_stream(&mut self, mut answer: GuardedResponse) -> Result<Box<RawValue>, ListFailure> {
        let mut events = Events::default();
        while let Some(chunk) = answer.next_chunk().await? {
            self.remaining = self.remaining.saturating_sub(chunk.len());
            if let Some(result) = answer::in_events(&mut events, &chunk)? {
                return Ok(result);
            }
        }
        Err(ListFailure::NotMcp)
    }
}

fn json<P: Serialize>(request: &Request<'_, P>) -> Result<Vec<u8>, ListFailure> {
    serde_json::to_vec(request).map_err(|_| ListFailure::NotMcp)
}
