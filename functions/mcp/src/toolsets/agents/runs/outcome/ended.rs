//! The result of a run that has ended, or stopped with questions.

use std::collections::{BTreeMap, BTreeSet};

use agent_server::{AgentError, Outcome, RunStatus};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use super::running::running;
use crate::toolset::{Output, SetError, ToolError};
use crate::toolsets::agents::envelope::{Envelope, Status};
use crate::toolsets::agents::faults;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;
use crate::toolsets::agents::runs::questions::{OpenQuestions, asked};

/// The result of a run with this outcome. A run that was cancelled, or ended by the server's time limit, has values, too:
/// only its status tells.
pub(super) async fn outcome(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    (run, outcome): (Uuid, Outcome),
) -> Result<Output, SetError> {
    if let Outcome::Values(_) = outcome {
        match call.session().run(handle.thread, run).await {
            Ok(run) => {
                if let Some(result) = not_at_its_end(call, handle, run.status) {
                    return result;
                }
            }
            Err(AgentError::Timeout | AgentError::Unreachable) => return running(call, handle),
            Err(error) => return Err(faults::of_outcome(&error)),
        }
    }
    of(call, handle, (run, outcome))
}

/// The result of a run that ends now, or ended before. A late outcome is the state of the thread, of which only the
/// agent's output is shown.
pub(super) async fn joined(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    (run, mut outcome): (Uuid, Outcome),
) -> Result<Output, SetError> {
    if let Outcome::Values(state) = &outcome {
        let outputs = call.agents.catalog.outputs(&call.access.key, call.session(), handle.assistant).await;
        let outputs = outputs.map_err(|error| faults::of_run(&error))?;
        outcome = Outcome::Values(of_output(state, outputs.as_ref()));
    }
    of(call, handle, (run, outcome))
}

/// The result of a run with this status; `None` if the agent itself has ended it, or stopped with questions.
pub(super) fn not_at_its_end(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    status: RunStatus,
) -> Option<Result<Output, SetError>> {
    match status {
        RunStatus::Interrupted => Some(Ok(Output::data(&Envelope::of(Status::Cancelled)))),
        RunStatus::Timeout => {
            let error = ToolError::of_backend("The Agent Server ended the run at its time limit.");
            Some(Err(error.not_retryable().into()))
        }
        RunStatus::Pending | RunStatus::Running => Some(running(call, handle)),
        RunStatus::Success | RunStatus::Error => None,
    }
}

fn of(call: &AgentCall<'_>, handle: &RunHandle, (run, outcome): (Uuid, Outcome)) -> Result<Output, SetError> {
    match outcome {
        Outcome::Values(values) => Ok(Output::data(&Envelope::completed(&values))),
        Outcome::Failed(failure) => Err(faults::of_graph(&failure)),
        Outcome::Interrupted(open) => asked(call, handle, &OpenQuestions::of(run, open)),
    }
}

/// The members of a thread's state that belong to the agent's output: a late result has the same ones as a result that
/// was waited for. If the server does not name them, all do.
fn of_output(state: &RawValue, outputs: Option<&BTreeSet<String>>) -> Box<RawValue> {
    let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(state.get()).ok();
    let (Some(outputs), Some(mut members)) = (outputs, members) else { return state.to_owned() };
    members.retain(|name, _| outputs.contains(name));
    to_raw_value(&members).unwrap_or_else(|_| state.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(state: &str, outputs: Option<&[&str]>) -> String {
        let outputs = outputs.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        of_output(serde_json::from_str(state).unwrap(), outputs.as_ref()).get().to_owned()
    }

    #[test]
    fn a_late_output_has_the_members_of_the_output() {
        let names: Option<&[&str]> = Some(&["answer", "more"]);
        assert_eq!(output(r#"{"question":"?","answer": 1.50}"#, names), r#"{"answer":1.50}"#);
        assert_eq!(output(r#"["a"]"#, names), r#"["a"]"#);
        assert_eq!(output(r#"{"a":1}"#, None), r#"{"a":1}"#);
    }
}
