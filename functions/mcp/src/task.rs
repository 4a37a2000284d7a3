//! Answers the methods of the tasks extension: the set that knows tasks is asked.

use oauth::scope::ScopeSet;
use primitives::deadline::{Deadline, Missed};

use crate::App;
use crate::auth::CallerIdentity;
use crate::protocol::TaskCall;
use crate::toolset::{Context, Failure, SetError, TaskAnswer, ToolError};

/// Why a request about a task has no result.
pub(crate) enum TaskFailure {
    Failed(Failure),
    InsufficientScope(ScopeSet),
}

/// The members of the request's result, as JSON with a final comma.
pub(crate) async fn run(
    app: &App,
    identity: &CallerIdentity,
    call: &TaskCall<'_>,
    deadline: Deadline,
) -> Result<Vec<u8>, TaskFailure> {
    let tasks = app.toolsets.tasks().ok_or(TaskFailure::Failed(Failure::UnknownTask));
    let (named, scope) = tasks?;
    let needed: ScopeSet = scope.into();
    if !identity.scopes.covers(needed) {
        return Err(TaskFailure::InsufficientScope(identity.scopes.union(needed)));
    }
    let context = Context::new((&app.langsmith, deadline), identity, call.capabilities);
    let answer = deadline.limit(named.set.task(&context, &call.id, call.request)).await;
    let failed = match answer {
        Ok(Ok(TaskAnswer::Acknowledged)) => return Ok(b"{".to_vec()),
        Ok(Ok(TaskAnswer::Task(task))) => {
            let mut members = task.in_detail();
            members.push(b',');
            return Ok(members);
        }
        Ok(Err(SetError::UnknownTask | SetError::UnknownTool | SetError::RequestState)) => {
            Failure::UnknownTask
        }
        Ok(Err(SetError::Tool(error))) => Failure::Task(error),
        Ok(Err(SetError::Credential { url })) => {
            Failure::Task(ToolError::not_connected(named.prefix.as_str(), url.as_deref()))
        }
        Err(Missed) => Failure::Task(ToolError::silent(named.prefix.as_str())),
    };
    Err(TaskFailure::Failed(failed))
}
