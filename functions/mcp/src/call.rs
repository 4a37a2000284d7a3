//! Runs one tool call: scopes, time limit, and the consequences of a credential that LangSmith refuses.

use std::pin::pin;
use std::time::Duration;

use http::HeaderMap;
use langsmith::UpstreamError;
use oauth::scope::ScopeSet;
use primitives::deadline::{Deadline, Missed};
use shared::mcp::selection::{SwitchedOff, ToolSelection};

use crate::App;
use crate::auth::{CallerIdentity, UnauthorizedOutcome};
use crate::protocol::Call;
use crate::toolset::{
    CallError, CallResult, Context, Failure, FoundTool, NamedSet, Output, Progress, Reports, SetError, Tool,
    ToolError, trace,
};

/// The time reserved for the answer after LangSmith's time limit: it reports what was done by then.
const ANSWERING: Duration = Duration::from_secs(1);

/// The time limit of a call of a named set's tool that has reported progress to a client that reads it: the client sees
/// that the work goes on, and can end it. A call that reports nothing has the usual limit: its answer has not begun,
/// and proxies would close the connection.
const STREAM_LIMIT: Duration = Duration::from_mins(15);

/// The outcome of a call.
#[derive(Debug)]
pub(crate) enum CallOutcome {
    /// A result, possibly with `isError`.
    Output(Output),
    /// A JSON-RPC error.
    Failed(Failure),
    /// 403: the token lacks scopes.
    InsufficientScope(ScopeSet),
    /// 401: the login is over.
    Dead,
}

/// Runs `call` for `identity`, refreshes included, until `deadline` at the latest, if `selection` includes its tool.
/// The tool may report its progress. `headers` are those of the request.
pub(crate) async fn run(
    (app, selection): (&App, &ToolSelection),
    identity: CallerIdentity,
    (call, reports, headers): (&Call<'_>, Option<&Reports>, &HeaderMap),
    deadline: Deadline,
) -> CallOutcome {
    let Some(tool) = app.toolsets.find(&call.tool) else {
        return CallOutcome::Failed(Failure::UnknownTool(call.tool.clone()));
    };
    if let Some(why) = tool.switched_off(selection, &call.tool) {
        return failed(&switched_off(&call.tool, why));
    }
    if let Some(scopes) = missing_scopes((app, selection), &identity, call) {
        return CallOutcome::InsufficientScope(scopes);
    }
    tracing::info!(tool = call.tool, "tool call");
    let left = deadline.remaining().saturating_sub(ANSWERING);
    if left.is_zero() {
        // A write started now might be sent without time to read its answer.
        return failed(&ToolError::timed_out());
    }
    let progress = Progress::new(reports, call.progress_token);
    match tool {
        FoundTool::Fixed(tool) => {
            let upstream = app.langsmith.deadline().earlier(Deadline::after(left));
            let outcome = attempt(app, tool, identity, (call, progress, upstream));
            deadline.limit(outcome).await.unwrap_or_else(|Missed| failed(&ToolError::timed_out()))
        }
        FoundTool::Named { named, tool } => {
            let limit = if progress.is_wanted() { STREAM_LIMIT } else { left };
            let context =
                Context::new((&app.langsmith, Deadline::after(limit)), &identity, call.capabilities);
            let context =
                context.with_input(call.input).traced(trace::of(headers, call.trace)).reporting(progress);
            let (longest, mut outcome) =
                (Deadline::after(limit + ANSWERING), pin!(of_set((named, tool), &context, call)));
            let mut in_time = deadline.limit(&mut outcome).await;
            if in_time.is_err() && progress.has_begun() {
                in_time = longest.limit(outcome).await;
            }
            in_time.unwrap_or_else(|Missed| failed(&ToolError::silent(named.answering(tool))))
        }
    }
}

fn failed(error: &ToolError) -> CallOutcome {
    CallOutcome::Output(Output::failed(error))
}

/// A call of a named set's tool. Its outcome never affects the login.
async fn of_set((named, tool): (&NamedSet, &str), context: &Context<'_>, call: &Call<'_>) -> CallOutcome {
    let error = match named.set.call(context, tool, call.arguments).await {
        Ok(output) => return CallOutcome::Output(output),
        Err(SetError::UnknownTool) => return CallOutcome::Failed(Failure::UnknownTool(call.tool.clone())),
        Err(SetError::UnknownTask) => return CallOutcome::Failed(Failure::UnknownTask),
        Err(SetError::RequestState) => return CallOutcome::Failed(Failure::RequestState),
        Err(SetError::Tool(error)) => error,
        Err(SetError::Credential { url }) => {
            tracing::warn!(set = %named.prefix, "a caller's credential for a set of tools is refused");
            ToolError::not_connected(named.answering(tool), url.as_deref())
        }
    };
    failed(&error)
}

/// The scopes to challenge for when the caller lacks some: the required ones plus those already granted, since many
/// clients request exactly the challenged scopes and would lose the others. A tool that is switched off needs none: no
/// scope would enable it.
pub(crate) fn missing_scopes(
    (app, selection): (&App, &ToolSelection),
    identity: &CallerIdentity,
    call: &Call<'_>,
) -> Option<ScopeSet> {
    let tool = app.toolsets.find(&call.tool)?;
    if tool.switched_off(selection, &call.tool).is_some() {
        return None;
    }
    let needed = tool.scopes(call.arguments);
    (!identity.scopes.covers(needed)).then(|| identity.scopes.union(needed))
}

fn switched_off(tool: &str, why: SwitchedOff) -> ToolError {
    ToolError::forbidden(match why {
        SwitchedOff::ReadOnly => format!(
            "{tool} is switched off: the client's settings make this connection read-only, by the header \
             X-MCP-Readonly or by readonly in the server's URL."
        ),
        SwitchedOff::NotSelected => format!(
            "{tool} is switched off: it is not among the tools that the client's settings select, by the \
             headers X-MCP-Toolsets and X-MCP-Tools or by toolsets and tools in the server's URL."
        ),
    })
}

/// One attempt, and a second one if the credential was refreshed in between. A second refusal is reported to the model:
/// the credential is new, so neither another refresh nor the end of the login would be right. Both attempts share one
/// time limit.
async fn attempt(
    app: &App,
    tool: &dyn Tool,
    identity: CallerIdentity,
    call: (&Call<'_>, Progress<'_>, Deadline),
) -> CallOutcome {
    let (first, at_langsmith) = once(app, tool, &identity, call).await;
    let done = match first {
        Err(CallError::Upstream(UpstreamError::Unauthorized)) => None,
        Err(CallError::PartiallyDone(done)) => Some(done),
        first => {
            if at_langsmith && first.is_ok() {
                app.door.authenticator.upstream_accepted(&identity).await;
            }
            return finish(first);
        }
    };
    match app.door.authenticator.upstream_unauthorized(&identity).await {
        UnauthorizedOutcome::Retry(refreshed) => {
            finish(again(once(app, tool, &refreshed, call).await.0, done.as_deref()))
        }
        UnauthorizedOutcome::Refused => {
            tracing::warn!("LangSmith refuses a credential that is not known to be dead");
            failed(&with_done(ToolError::refused(), done.as_deref()))
        }
        UnauthorizedOutcome::Dead => CallOutcome::Dead,
    }
}

/// The result of a second attempt. A failure also reports what the first attempt has done.
fn again(second: CallResult, done: Option<&str>) -> CallResult {
    let Some(done) = done else { return second };
    second.map_err(|error| match error {
        CallError::Upstream(error) => ToolError::from(&error).with(done).into(),
        CallError::Tool(error) if !error.message.contains(done) => error.with(done).into(),
        CallError::PartiallyDone(more) if more != done => CallError::PartiallyDone(format!("{done} {more}")),
        error => error,
    })
}

fn with_done(error: ToolError, done: Option<&str>) -> ToolError {
    match done {
        Some(done) => error.with(done),
        None => error,
    }
}

/// The result, and whether it proves the credential good at LangSmith itself: a data plane's answer does not.
async fn once(
    app: &App,
    tool: &dyn Tool,
    identity: &CallerIdentity,
    (call, progress, upstream): (&Call<'_>, Progress<'_>, Deadline),
) -> (CallResult, bool) {
    let context = Context::new((&app.langsmith, upstream), identity, call.capabilities).reporting(progress);
    let result = tool.call(&context, call.arguments).await.map_err(|error| located(&context, error));
    (result, context.is_at_langsmith())
}

/// The failure, with its data plane if there is one. The callers deal with refused credentials.
fn located(context: &Context<'_>, error: CallError) -> CallError {
    match error {
        CallError::Upstream(UpstreamError::Unauthorized | UpstreamError::DataPlane(_)) => error,
        CallError::Upstream(error) => {
            let tool_error = ToolError::from(&error);
            let located = context.located(tool_error.clone());
            if located == tool_error {
                return CallError::Upstream(error);
            }
            tracing::warn!(%error, "a data plane's call failed");
            CallError::Tool(located)
        }
        CallError::Tool(error) => CallError::Tool(context.located(error)),
        error => error,
    }
}

fn finish(result: CallResult) -> CallOutcome {
    match result {
        Ok(output) => CallOutcome::Output(output),
        Err(CallError::Tool(error)) => failed(&error),
        Err(CallError::Upstream(error)) => {
            tracing::warn!(%error, "LangSmith call failed");
            failed(&ToolError::from(&error))
        }
        Err(CallError::PartiallyDone(done)) => {
            let error = ToolError::from(&UpstreamError::Unauthorized);
            failed(&error.with(&done))
        }
        Err(CallError::Protocol(error)) => CallOutcome::Failed(Failure::Protocol(error)),
    }
}
