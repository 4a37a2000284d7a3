//! A batch: several messages in one request. It permits nothing that the messages could not do one by one.
//!
//! The calls run in sequence, because a later one may build on the writes of an earlier one, and share the time limit
//! of one request. The caller is authenticated again before each call: a batch can outlast the time for which a login
//! is trusted without a new check.

use axum::response::Response;
use http::StatusCode;
use oauth::scope::ScopeSet;
use primitives::deadline::Missed;
use serde_json::value::RawValue;
use shared::web::challenge::Challenge;

use super::{Incoming, reply, unauthenticated};
use crate::auth::{AuthFailure, CallerIdentity};
use crate::call::{self, CallOutcome};
use crate::list;
use crate::protocol::batch::{Part, parse};
use crate::protocol::{Call, List, Outcome, RpcError, reply as rpc};
use crate::toolset::Failure;

/// The size of the answers in bytes at which no further message is served. The total is at most this, plus one answer
/// of the usual size, plus refusals hardly longer than their messages.
const MAX_ANSWERS: usize = 1_048_576;

/// Answers a batch.
pub(super) async fn receive(incoming: &Incoming, identity: &CallerIdentity, body: &[u8]) -> Response {
    let messages = match parse(incoming.offer(), &incoming.parts.headers, body) {
        Ok(messages) if messages.is_empty() => return reply::accepted(),
        Ok(messages) => messages,
        Err(error) => return reply::error(&error),
    };
    let (app, spelling) = (&*incoming.app, incoming.spelling());
    // Clients widen their login on the status and the header (RFC 6750 section 3.1; MCP authorization, "Scope Challenge
    // Handling"), not on an error among the answers. So the whole batch gets one challenge, which names the scopes of
    // all calls and precedes all of them: the client sends the batch again afterwards.
    if let Some(scopes) = missing_scopes(incoming, identity, &messages) {
        let challenge = Challenge::InsufficientScope(scopes);
        return reply::challenge(&app.door.public_url, spelling, None, challenge);
    }
    let calls = Calls { incoming, begun: false, over: None };
    match calls.answer(messages).await {
        Ok(answers) => reply::ok(answers),
        Err(failure) => unauthenticated(&app.door, spelling, failure),
    }
}

fn missing_scopes(incoming: &Incoming, identity: &CallerIdentity, messages: &[Part<'_>]) -> Option<ScopeSet> {
    let offered = (&*incoming.app, &incoming.selection);
    let missing = |message: &Part<'_>| match message {
        Part::Request { outcome: Outcome::Call(call), .. } => call::missing_scopes(offered, identity, call),
        Part::Request { .. } | Part::Refused(_) => None,
    };
    messages.iter().filter_map(missing).reduce(ScopeSet::union)
}

/// The running calls of a batch.
struct Calls<'r> {
    incoming: &'r Incoming,
    /// Whether a call has been answered.
    begun: bool,
    /// The reason to make no further call.
    over: Option<AuthFailure>,
}

impl Calls<'_> {
    /// All answers, in order. Fails when authentication fails before any call is answered.
    async fn answer(mut self, messages: Vec<Part<'_>>) -> Result<Vec<u8>, AuthFailure> {
        let mut answers = Answers::default();
        for message in messages {
            let answer = match message {
                Part::Refused(refused) => rpc::error(refused.id, &refused.error),
                Part::Request { id, .. } if answers.are_full() => rpc::error(Some(id), &full()),
                Part::Request { id, outcome } => match outcome {
                    Outcome::Document(json) => rpc::document(id, &json),
                    Outcome::Small(value) => rpc::value(id, &value),
                    Outcome::Error(error) => rpc::error(Some(id), &error),
                    // Batches belong to a revision before tasks.
                    Outcome::Task(_) => rpc::error(Some(id), &Call::error(Failure::UnknownTask)),
                    Outcome::List(page) => {
                        let answer = self.list(id, &page).await;
                        self.so_far(id, answer)?
                    }
                    Outcome::Call(call) => self.call(id, &call).await?,
                },
            };
            answers.push(&answer);
        }
        Ok(answers.finish())
    }

    async fn list(&self, id: &RawValue, page: &List<'_>) -> Result<Vec<u8>, AuthFailure> {
        if let Some(failure) = self.over {
            return Ok(rpc::error(Some(id), &over(failure)));
        }
        let identity = self.caller().await?;
        let Incoming { app, selection, deadline, .. } = self.incoming;
        Ok(match list::run((app, selection), &identity, page, *deadline).await {
            Ok(json) => rpc::document(id, &json),
            Err(error) => rpc::error(Some(id), &error),
        })
    }

    /// The answer to one call. When the login ends halfway, the answers so far must still be sent: the client learns of
    /// the end from this answer's error, and gets the challenge with its next request.
    async fn call(&mut self, id: &RawValue, call: &Call<'_>) -> Result<Vec<u8>, AuthFailure> {
        if let Some(failure) = self.over {
            return Ok(rpc::error(Some(id), &over(failure)));
        }
        let answer = self.run(id, call).await;
        self.so_far(id, answer)
    }

    /// An answer, or the error for the lack of one, which must not discard the answers so far.
    fn so_far(
        &mut self,
        id: &RawValue,
        answer: Result<Vec<u8>, AuthFailure>,
    ) -> Result<Vec<u8>, AuthFailure> {
        match answer {
            Ok(answer) => {
                self.begun = true;
                Ok(answer)
            }
            Err(failure) if self.begun => {
                self.over = Some(failure);
                Ok(rpc::error(Some(id), &over(failure)))
            }
            Err(failure) => Err(failure),
        }
    }

    async fn run(&self, id: &RawValue, call: &Call<'_>) -> Result<Vec<u8>, AuthFailure> {
        let identity = self.caller().await?;
        let Incoming { app, selection, deadline, parts, .. } = self.incoming;
        match call::run((app, selection), identity, (call, None, &parts.headers), *deadline).await {
            CallOutcome::Output(output) => Ok(call.answer(&app.documents, id, &output)),
            CallOutcome::Failed(failure) => Ok(rpc::error(Some(id), &Call::error(failure))),
            CallOutcome::InsufficientScope(scopes) => {
                Ok(rpc::error(Some(id), &reply::insufficient_scope(scopes)))
            }
            CallOutcome::Dead => Err(AuthFailure::Invalid),
        }
    }

    async fn caller(&self) -> Result<CallerIdentity, AuthFailure> {
        let Incoming { app, parts, deadline, .. } = self.incoming;
        match deadline.limit(app.door.authenticate(&parts.headers)).await {
            Ok(caller) => caller,
            Err(Missed) => Err(AuthFailure::Unavailable),
        }
    }
}

fn over(failure: AuthFailure) -> RpcError {
    match failure {
        AuthFailure::Unavailable => reply::unchecked(),
        AuthFailure::Missing
        | AuthFailure::Invalid
        | AuthFailure::NotAKey
        | AuthFailure::KeyAsToken
        | AuthFailure::Workspace => RpcError::edge(
            StatusCode::UNAUTHORIZED,
            "The access token or API key is not valid any more: log in again or check the key",
        ),
    }
}

fn full() -> RpcError {
    RpcError::edge(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Not processed: the earlier answers of this batch exceed 1 MB. Send this message in a request of its own",
    )
}

/// The array of answers.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Answers {
    fn push(&mut self, answer: &[u8]) {
        self.0.push(if self.0.is_empty() { b'[' } else { b',' });
        self.0.extend_from_slice(answer);
    }

    fn are_full(&self) -> bool {
        self.0.len() > MAX_ANSWERS
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.push(b']');
        self.0
    }
}
