//! Runs one tool call: scope, time limit, and what follows when LangSmith refuses the credential.

use shared::deadline::{Deadline, Missed};
use shared::langsmith::UpstreamError;
use shared::oauth::scope::{Scope, ScopeSet};

use crate::App;
use crate::auth::{CallerIdentity, UnauthorizedOutcome};
use crate::protocol::Call;
use crate::tools::{CallError, CallResult, Context, Failure, Output, Tool, ToolError};

/// What a call comes to.
#[derive(Debug)]
pub(crate) enum Called {
    /// A result, perhaps one with `isError`.
    Output(Output),
    /// A JSON-RPC error.
    Failed(Failure),
    /// 403: the token lacks scopes.
    InsufficientScope(ScopeSet),
    /// 401: the login is over.
    Dead,
}

/// Runs `call` for `identity`, refreshes included, until `deadline` at the latest.
pub(crate) async fn run(app: &App, identity: CallerIdentity, call: &Call<'_>, deadline: Deadline) -> Called {
    let Some(tool) = app.toolset.find(&call.tool) else {
        return Called::Failed(Failure::UnknownTool(call.tool.clone()));
    };
    let needed: Scope = tool.scope(call.arguments);
    if !identity.scopes.contains(needed) {
        // With what is granted already: many clients ask for exactly the challenged scopes and would lose the others.
        return Called::InsufficientScope(identity.scopes.union([needed].into_iter().collect()));
    }
    tracing::info!(tool = call.tool, "tool call");
    match deadline.limit(attempt(app, tool, identity, call)).await {
        Ok(called) => called,
        Err(Missed) => Called::Output(Output::failed(&ToolError::timed_out())),
    }
}

/// One attempt, and a second one if the credential was refreshed in between. A second refusal is told to the model: the
/// credential is new, so neither refreshing again nor ending the login would be right.
async fn attempt(app: &App, tool: &dyn Tool, identity: CallerIdentity, call: &Call<'_>) -> Called {
    let first = once(app, tool, &identity, call).await;
    if !matches!(first, Err(CallError::Upstream(UpstreamError::Unauthorized))) {
        if first.is_ok() {
            app.authenticator.upstream_accepted(&identity).await;
        }
        return finish(first);
    }
    match app.authenticator.upstream_unauthorized(&identity).await {
        UnauthorizedOutcome::Retry(refreshed) => finish(once(app, tool, &refreshed, call).await),
        UnauthorizedOutcome::Refused => {
            tracing::warn!("LangSmith refuses a credential that is not known to be dead");
            Called::Output(Output::failed(&ToolError::refused()))
        }
        UnauthorizedOutcome::Dead => Called::Dead,
    }
}

async fn once(app: &App, tool: &dyn Tool, identity: &CallerIdentity, call: &Call<'_>) -> CallResult {
    let context = Context::new(&app.langsmith, identity, call.capabilities);
    tool.call(&context, call.arguments).await
}

fn finish(result: CallResult) -> Called {
    match result {
        Ok(output) => Called::Output(output),
        Err(CallError::Tool(error)) => Called::Output(Output::failed(&error)),
        Err(CallError::Upstream(error)) => {
            tracing::warn!(%error, "LangSmith call failed");
            Called::Output(Output::failed(&ToolError::from(&error)))
        }
        Err(CallError::Protocol(error)) => Called::Failed(Failure::Protocol(error)),
    }
}
