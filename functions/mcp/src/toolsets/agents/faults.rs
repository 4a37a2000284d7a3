//! The failures of an Agent Server in the words of this server.

use agent_server::AgentError;

use crate::toolset::{ListError, SetError, ToolError};

/// Of a list.
pub(super) fn of_list(error: &AgentError) -> ListError {
    ListError::Missing { reason: reason(error), url: None }
}

/// Of a call.
pub(super) fn of_call(error: &AgentError) -> SetError {
    match error {
        AgentError::Unauthorized => SetError::Credential { url: None },
        AgentError::OtherWorkspace | AgentError::Forbidden(_) => ToolError::forbidden(reason(error)).into(),
        AgentError::NotFound => ToolError::not_found(reason(error)).into(),
        AgentError::Rejected { .. } => ToolError::invalid(reason(error)).into(),
        AgentError::Conflict
        | AgentError::Server(_)
        | AgentError::Timeout
        | AgentError::Unreachable
        | AgentError::Malformed
        | AgentError::TooLarge => ToolError::of_backend(reason(error)).into(),
    }
}

fn reason(error: &AgentError) -> String {
    match error {
        AgentError::Unauthorized => "It does not accept your credential.".to_owned(),
        AgentError::OtherWorkspace => {
            "It belongs to another workspace than your login: log in again and choose \
                                       the workspace of this deployment."
                .to_owned()
        }
        AgentError::Forbidden(detail) => explained("It does not allow you this.", detail),
        AgentError::NotFound => "It does not have this agent any more.".to_owned(),
        AgentError::Conflict => "The agent is busy with this thread.".to_owned(),
        AgentError::Rejected { detail, .. } => explained("It rejects the request.", detail),
        AgentError::Server(status) => format!("It failed with status {status}."),
        AgentError::Timeout => "It did not answer in time.".to_owned(),
        AgentError::Unreachable => "It cannot be reached.".to_owned(),
        AgentError::Malformed => "Its answer is not one of an Agent Server.".to_owned(),
        AgentError::TooLarge => "Its answer is larger than 8 MiB.".to_owned(),
    }
}

fn explained(what: &str, detail: &str) -> String {
    if detail.is_empty() { what.to_owned() } else { format!("{what} It says: {detail}") }
}
