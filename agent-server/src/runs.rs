//! Runs of an assistant on a thread.

use std::collections::BTreeMap;

use http::Method;
use http::header::{CONTENT_LOCATION, HeaderMap};
use reqwest::Response;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::send::NO_BODY;
use crate::{AgentError, Outcome, Session};

/// The start of a run.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The input of a graph, as JSON.
    Values(&'a RawValue),
    /// The answers to the open questions of its thread, by their ids. An answer alone would not be seen when it is
    /// false, zero or empty.
    Answers(&'a Map<String, Value>),
}

/// A run to start.
#[derive(Clone, Copy, Debug)]
pub struct RunRequest<'a> {
    /// The assistant.
    pub assistant: Uuid,
    /// Its input.
    pub input: Input<'a>,
    /// Its options.
    pub options: &'a RunOptions,
    /// Headers of the request that name the trace under which the run is traced.
    pub trace: &'a HeaderMap,
}

/// The options of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// The maximum number of steps of the graph.
    pub recursion_limit: Option<u32>,
    /// The LangSmith project that the run is traced to.
    pub project: Option<String>,
    /// What the graph is configured by. The server refuses a run with both kinds.
    pub configuration: Option<Configuration>,
}

/// Values for a graph, in one of the two forms that LangGraph has for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Configuration {
    /// The runtime's `context`.
    Context(BTreeMap<String, String>),
    /// The older `configurable`.
    Configurable(BTreeMap<String, String>),
}

/// The request body.
#[derive(Serialize)]
struct Body<'a> {
    assistant_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<Command<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Config<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    langsmith_tracer: Option<Tracer<'a>>,
    /// What happens while another run of the thread is at work.
    multitask_strategy: &'static str,
    /// What happens once nobody waits for the run any more.
    on_disconnect: &'static str,
}

#[derive(Serialize)]
struct Config<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    recursion_limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configurable: Option<&'a BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct Tracer<'a> {
    project_name: &'a str,
}

#[derive(Serialize)]
struct Command<'a> {
    resume: &'a Map<String, Value>,
}

impl<'a> From<&RunRequest<'a>> for Body<'a> {
    fn from(request: &RunRequest<'a>) -> Self {
        let (input, command) = match request.input {
            Input::Values(values) => (Some(values), None),
            Input::Answers(resume) => (None, Some(Command { resume })),
        };
        let RunOptions { recursion_limit, project, configuration } = request.options;
        let (context, configurable) = match configuration {
            Some(Configuration::Context(values)) => (Some(values), None),
            Some(Configuration::Configurable(values)) => (None, Some(values)),
            None => (None, None),
        };
        let is_configured = recursion_limit.is_some() || configurable.is_some();
        Self {
            assistant_id: request.assistant,
            input,
            command,
            config: is_configured.then_some(Config { recursion_limit: *recursion_limit, configurable }),
            context,
            langsmith_tracer: project.as_deref().map(|project_name| Tracer { project_name }),
            multitask_strategy: "reject",
            on_disconnect: "continue",
        }
    }
}

/// A run that has started. Its answer is read by [`Session::outcome`]; without that, the run goes on.
#[derive(Debug)]
pub struct StartedRun {
    /// The id of the run.
    pub run: Uuid,
    response: Response,
}

/// The state of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Not begun.
    Pending,
    /// At work.
    Running,
    /// At its end, or stopped with questions.
    Success,
    /// Failed.
    Error,
    /// Ended by the server's time limit.
    Timeout,
    /// Cancelled.
    Interrupted,
}

impl RunStatus {
    /// Whether the run has ended.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

/// A run of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// Its id.
    #[serde(rename = "run_id")]
    pub id: Uuid,
    /// Its state.
    pub status: RunStatus,
}

impl Session<'_> {
    /// Starts a run on a thread. The server answers at once with the run's id, and with its outcome later.
    pub async fn start_run(&self, thread: Uuid, request: &RunRequest<'_>) -> Result<StartedRun, AgentError> {
        let path = format!("/threads/{thread}/runs/wait");
        let body = Some(Body::from(request));
        let response = self.send_with(Method::POST, &path, body.as_ref(), Some(request.trace)).await?;
        let run = run_id(&response).ok_or(AgentError::Malformed)?;
        Ok(StartedRun { run, response })
    }

    /// Waits for the outcome of a run. [`AgentError::Timeout`] means that it is still at work.
    pub async fn outcome(&self, started: StartedRun) -> Result<Outcome, AgentError> {
        let body = self.body(started.response).await?;
        Outcome::read(&body)
    }

    /// Waits for the outcome of a run that somebody has started before. [`AgentError::Timeout`] means that it is still
    /// at work. A cancelled run has an outcome, too: the values that it had by then. The outcome of a run that ended
    /// before the request is the state of its thread, with the members of the input and those that the graph keeps to
    /// itself.
    pub async fn join(&self, thread: Uuid, run: Uuid) -> Result<Outcome, AgentError> {
        let path = format!("/threads/{thread}/runs/{run}/join");
        let response = self.send(Method::GET, &path, NO_BODY).await?;
        let body = self.body(response).await?;
        Outcome::read(&body)
    }

    /// A run as it is now.
    pub async fn run(&self, thread: Uuid, run: Uuid) -> Result<Run, AgentError> {
        self.json(Method::GET, &format!("/threads/{thread}/runs/{run}"), NO_BODY).await
    }

    /// The latest run of a thread; [`AgentError::NotFound`] if there is none.
    pub async fn latest_run(&self, thread: Uuid) -> Result<Run, AgentError> {
        self.latest_runs(thread, 1).await?.first().copied().ok_or(AgentError::NotFound)
    }

    /// The latest runs of a thread, at most `limit`, the last one first.
    pub async fn latest_runs(&self, thread: Uuid, limit: usize) -> Result<Vec<Run>, AgentError> {
        self.json(Method::GET, &format!("/threads/{thread}/runs?limit={limit}"), NO_BODY).await
    }

    /// Cancels a run, and waits until it has ended.
    pub async fn cancel(&self, thread: Uuid, run: Uuid) -> Result<(), AgentError> {
        let path = format!("/threads/{thread}/runs/{run}/cancel?wait=1&action=interrupt");
        self.send(Method::POST, &path, NO_BODY).await.map(drop)
    }
}

/// The run's id in `Content-Location: /threads/{thread}/runs/{run}`.
fn run_id(response: &Response) -> Option<Uuid> {
    let location = response.headers().get(CONTENT_LOCATION)?.to_str().ok()?;
    location.rsplit('/').next()?.parse().ok()
}
