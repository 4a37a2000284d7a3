//! The failures of an Agent Server in the words of this server.

use agent_server::{AgentError, RunFailure, TooOld};
use langsmith::{DataPlaneProblem, Unusable, UpstreamError};

use super::access::{REFUSED_LOGIN, Remedy};
use super::catalog::Unlisted;
use crate::toolset::{ListError, SetError, ToolError};

/// The failure of a list. The list names the server beside the reason, and the page where the caller can replace a refused
/// credential.
pub(super) fn of_list(why: &Unlisted, remedy: Option<Remedy>) -> ListError {
    let error = match why {
        Unlisted::TooOld(old) => return ListError::Missing { reason: too_old(old), url: None },
        Unlisted::Failed(error) => error,
    };
    let (reason, url) = match (error, remedy) {
        (AgentError::Unauthorized, Some(Remedy::NewLogin(page))) => (REFUSED_LOGIN.to_owned(), Some(page)),
        (
            AgentError::Unauthorized | AgentError::OtherWorkspace,
            Some(Remedy::OwnKey(page) | Remedy::NewLogin(page)),
        ) => (reason(error), Some(page)),
        _ => (reason(error), None),
    };
    ListError::Missing { reason, url }
}

/// The failure to find an agent, because the list of its server failed.
pub(super) fn of_search(server: &str, why: &Unlisted) -> SetError {
    match why {
        Unlisted::TooOld(old) => {
            ToolError::of_backend(format!("{server}: {}", too_old(old))).not_retryable().into()
        }
        Unlisted::Failed(error) => of_server(server, error),
    }
}

fn too_old(TooOld { version, oldest }: &TooOld) -> String {
    format!("It is langgraph-api {version}, which is too old: {oldest} or newer is needed.")
}

/// The reason why a person's deployments are not listed.
pub(super) fn of_control_plane(error: &UpstreamError) -> String {
    let what = match error {
        UpstreamError::Unauthorized => "It does not accept your LangSmith credential.".to_owned(),
        UpstreamError::Forbidden
        | UpstreamError::WorkspaceForbidden(_)
        | UpstreamError::WorkspaceRequired => {
            "It does not show your login the deployments of this workspace.".to_owned()
        }
        UpstreamError::NotFound { .. } => "It has no list of deployments.".to_owned(),
        UpstreamError::Rejected { status, detail } => {
            explained(&format!("It rejects the request with status {status}."), detail)
        }
        UpstreamError::RateLimited { .. } => "Its rate limit is reached.".to_owned(),
        UpstreamError::Server { status } => format!("It answers with status {status}."),
        UpstreamError::Timeout => "It did not answer in time.".to_owned(),
        UpstreamError::Unreachable | UpstreamError::PrivateAddress => "It cannot be reached.".to_owned(),
        UpstreamError::TooLarge => "Its answer is larger than 8 MB.".to_owned(),
        UpstreamError::Malformed
        | UpstreamError::StaleCursor { .. }
        | UpstreamError::Unsupported(_)
        | UpstreamError::DataPlane(_)
        | UpstreamError::UrlTooLong => "Its answer is not a list of deployments.".to_owned(),
    };
    format!("LangSmith's control plane, which lists your deployments: {what}")
}

/// The reason why a deployment is not used.
pub(super) fn of_unusable(why: Unusable) -> &'static str {
    match why {
        Unusable::Host => {
            "Its host is not one that gets LangSmith credentials from here: whoever runs this server can name it as an \
             Agent Server."
        }
        Unusable::Address(DataPlaneProblem::NotHttps) => "Its address is not https.",
        Unusable::Address(DataPlaneProblem::Private) => "Its address is in a private network.",
        Unusable::Address(DataPlaneProblem::Ourselves) => "Its address is this server.",
        Unusable::Address(_) => "Its address is no plain URL.",
    }
}

/// The failure of a request about an agent.
pub(super) fn of_agent(error: &AgentError) -> SetError {
    match error {
        AgentError::NotFound => {
            ToolError::not_found("The Agent Server does not have this agent any more.").into()
        }
        error => of_any(error),
    }
}

/// The failure of the request for a thread.
pub(super) fn of_thread(error: &AgentError) -> SetError {
    match error {
        AgentError::NotFound => {
            ToolError::of_backend("The Agent Server has no threads to run agents on.").into()
        }
        error => of_any(error),
    }
}

/// The failure of a request about a run.
pub(super) fn of_run(error: &AgentError) -> SetError {
    match error {
        AgentError::NotFound => ToolError::not_found(
            "The Agent Server does not have this run: it was deleted, more than a day has passed, or it never began.",
        )
        .into(),
        error => of_any(error),
    }
}

/// The failure to read the outcome of a run that this call has started: the same call again would start another one.
pub(super) fn of_outcome(error: &AgentError) -> SetError {
    match of_run(error) {
        SetError::Tool(error) => error.not_retryable().into(),
        error => error,
    }
}

/// The failure to start a run.
pub(super) fn of_start(error: &AgentError) -> SetError {
    match error {
        AgentError::NotFound => {
            ToolError::not_found("The Agent Server does not have this agent or this run any more.").into()
        }
        error => of_any(error),
    }
}

/// The error that an agent has raised. A model must not repeat on its own what the agent did before that.
pub(super) fn of_graph(failure: &RunFailure) -> SetError {
    ToolError::of_backend(format!("{}: {}", failure.class, failure.message)).not_retryable().into()
}

fn of_any(error: &AgentError) -> SetError {
    of_server("Agent Server", error)
}

fn of_server(server: &str, error: &AgentError) -> SetError {
    let message = format!("{server}: {}", reason(error));
    match error {
        AgentError::Unauthorized => SetError::Credential { url: None },
        AgentError::OtherWorkspace | AgentError::Forbidden(_) => ToolError::forbidden(message).into(),
        AgentError::NotFound => ToolError::not_found(message).into(),
        AgentError::Rejected { .. } => ToolError::invalid(message).into(),
        AgentError::Conflict | AgentError::Server(_) | AgentError::Timeout | AgentError::Unreachable => {
            ToolError::of_backend(message).into()
        }
        AgentError::Malformed | AgentError::TooLarge => ToolError::of_backend(message).not_retryable().into(),
    }
}

fn reason(error: &AgentError) -> String {
    match error {
        AgentError::Unauthorized => "It does not accept your credential.".to_owned(),
        AgentError::OtherWorkspace => {
            "It belongs to another workspace than your credential: log in again and choose the workspace of this \
             deployment, or, if it wants a key of your own, enter one of that workspace."
                .to_owned()
        }
        AgentError::Forbidden(detail) => explained("It does not allow you this.", detail),
        AgentError::NotFound => "It does not know the requested object.".to_owned(),
        AgentError::Conflict => "The agent is busy with this thread.".to_owned(),
        AgentError::Rejected { detail, .. } => explained("It rejects the request.", detail),
        AgentError::Server(status) => format!("It answers with status {status}."),
        AgentError::Timeout => "It did not answer in time.".to_owned(),
        AgentError::Unreachable => "It cannot be reached.".to_owned(),
        AgentError::Malformed => "Its answer is not one of an Agent Server.".to_owned(),
        AgentError::TooLarge => "Its answer is larger than 8 MB.".to_owned(),
    }
}

fn explained(what: &str, detail: &str) -> String {
    if detail.is_empty() { what.to_owned() } else { format!("{what} It says: {detail}") }
}
