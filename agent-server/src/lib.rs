//! The client of LangGraph's Agent Server: its assistants, threads and runs over REST. Knows neither MCP nor OAuth, and
//! nothing about what an agent's values mean.
//!
//! An Agent Server runs graphs. An assistant is a graph with settings, a run is one execution, and a thread keeps the
//! state of the runs on it. The Python edition, the JavaScript edition and LangSmith's deployments have this API in
//! common.

mod assistants;
mod credential;
mod error;
mod info;
mod outcome;
mod runs;
mod send;
mod threads;

pub use assistants::{Assistant, AssistantPage, Schemas};
pub use credential::Credential;
pub use error::AgentError;
pub use info::{Info, TooOld};
pub use outcome::{Interrupt, Outcome, RunFailure};
pub use runs::{Configuration, Input, Run, RunOptions, RunRequest, RunStatus, StartedRun};
pub use threads::{InterruptedThread, NewThread, ThreadState, Ttl};

use primitives::deadline::Deadline;
use reqwest::Client;
use url::Url;

/// One Agent Server.
#[derive(Clone, Debug)]
pub struct AgentServer {
    http: Client,
    /// Its address without a trailing slash. A server may be mounted below a path.
    base: String,
}

/// An Agent Server as one caller sees it, until a deadline.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    server: &'a AgentServer,
    credential: &'a Credential,
    deadline: Deadline,
}

impl AgentServer {
    /// The server at `address`, an absolute URL without query and fragment.
    pub fn new(http: Client, address: &Url) -> Self {
        Self { http, base: address.as_str().trim_end_matches('/').to_owned() }
    }

    /// The same server for the requests of one caller, each of which is complete at `deadline` or fails.
    pub fn session<'a>(&'a self, credential: &'a Credential, deadline: Deadline) -> Session<'a> {
        Session { server: self, credential, deadline }
    }
}
