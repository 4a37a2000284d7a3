//! `agent_run_result`: the outcome of a run that was started before, by this instance or another one.

use std::collections::BTreeMap;
use std::time::Duration;

use agent_server::{AgentError, Outcome, Run, RunStatus};
use primitives::deadline::Deadline;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::keys::RunHandle;
use super::wait;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{Output, SetError, ToolError};
use crate::toolsets::agents::envelope::{Envelope, Status};
use crate::toolsets::agents::faults;

/// The usual wait, in seconds.
const WAIT: i64 = 20;

/// How long the call may wait for the run. Its request's own limit counts as well.
pub(super) fn wait(arguments: &mut Arguments<'_>) -> Result<Duration, ToolError> {
    let seconds = arguments.at_least(0, "wait_seconds")?.unwrap_or(WAIT);
    Ok(Duration::from_secs(seconds.unsigned_abs()))
}

/// The outcome of the call's latest run, or that it is still at work.
pub(super) async fn result(
    caller: &Caller<'_>,
    handle: &RunHandle,
    wait: Duration,
) -> Result<Output, SetError> {
    let failed = |error: AgentError| faults::of_run(&error);
    let run = caller.session().latest_run(handle.thread).await.map_err(failed)?;
    if run.status.is_over() {
        return of_ended(caller, handle, run).await;
    }
    let Caller { agents, context, access, .. } = caller;
    // Longer than any request, and not beyond the clock's end.
    let deadline = context.deadline().earlier(Deadline::after(wait.min(Duration::from_hours(1))));
    let session = agents.server.session(&access.credential, deadline);
    match wait::while_reporting(context, session.join(handle.thread, run.id)).await {
        Err(AgentError::Timeout | AgentError::Unreachable) => wait::running(caller, handle),
        Err(error) => Err(failed(error)),
        // A cancelled run has values, too: only its status tells.
        Ok(Outcome::Values(values)) => {
            let run = caller.session().run(handle.thread, run.id).await.map_err(failed)?;
            match not_at_its_end(caller, handle, run.status) {
                Some(result) => result,
                None => wait::of(caller, handle, Outcome::Values(values)),
            }
        }
        Ok(outcome) => wait::of(caller, handle, outcome),
    }
}

/// The result of a run that is over.
async fn of_ended(caller: &Caller<'_>, handle: &RunHandle, run: Run) -> Result<Output, SetError> {
    if let Some(result) = not_at_its_end(caller, handle, run.status) {
        return result;
    }
    let (session, failed) = (caller.session(), |error: AgentError| faults::of_run(&error));
    let mut outcome = session.join(handle.thread, run.id).await.map_err(failed)?;
    if let Outcome::Values(state) = &outcome {
        let schemas = session.schemas(handle.assistant).await.map_err(failed)?;
        outcome = Outcome::Values(of_output(state, schemas.output.as_ref()));
    }
    wait::of(caller, handle, outcome)
}

/// The result of a run with this status; `None` if the agent itself has ended it, or stopped with questions.
fn not_at_its_end(
    caller: &Caller<'_>,
    handle: &RunHandle,
    status: RunStatus,
) -> Option<Result<Output, SetError>> {
    match status {
        RunStatus::Interrupted => Some(Ok(Output::data(&Envelope::of(Status::Cancelled)))),
        RunStatus::Timeout => {
            Some(Err(ToolError::of_backend("The Agent Server ended the run at its time limit.").into()))
        }
        RunStatus::Pending | RunStatus::Running => Some(wait::running(caller, handle)),
        RunStatus::Success | RunStatus::Error => None,
    }
}

/// The members of a thread's state that belong to the agent's output: a late result has the same ones as a result that
/// was waited for. Without a schema of the output, all do.
fn of_output(state: &RawValue, schema: Option<&Map<String, Value>>) -> Box<RawValue> {
    let names = schema.and_then(|schema| schema.get("properties")?.as_object());
    let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(state.get()).ok();
    let (Some(names), Some(mut members)) = (names, members) else { return state.to_owned() };
    members.retain(|name, _| names.contains_key(name));
    to_raw_value(&members).unwrap_or_else(|_| state.to_owned())
}

/// The error for questions that are not open.
pub(super) fn already_answered() -> ToolError {
    ToolError::invalid(
        "This run has no open question: it was answered or cancelled before. agent_run_result returns its outcome.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn output(state: &str, schema: Value) -> String {
        let Value::Object(schema) = schema else { panic!("an object") };
        of_output(serde_json::from_str(state).unwrap(), Some(&schema)).get().to_owned()
    }

    #[test]
    fn a_late_output_has_the_members_of_the_output() {
        let schema = json!({"type": "object", "properties": {"answer": {}, "more": {}}});
        assert_eq!(output(r#"{"question":"?","answer": 1.50}"#, schema.clone()), r#"{"answer":1.50}"#);
        assert_eq!(output(r#"["a"]"#, schema), r#"["a"]"#);
        assert_eq!(output(r#"{"a":1}"#, json!({"type": "object"})), r#"{"a":1}"#);
    }
}
