//! The sources of tools (a fixed [`Tool`], or a [`Toolset`] that is asked for its tools), and the common parts of tools:
//! arguments, schemas, pages, outputs, errors. LangSmith is the first source, and its limits and errors are
//! known here: [`Context`] reaches it, `errors` words its failures, `paging::bounded` follows its offsets. What
//! concerns one subject of LangSmith belongs to [`toolsets`](crate::toolsets).

pub(crate) mod arguments;
mod context;
mod cursor;
pub(crate) mod errors;
mod fixed;
mod input;
pub(crate) mod iso;
pub(crate) mod names;
mod output;
mod page;
pub(crate) mod paging;
mod progress;
pub(crate) mod schema;
mod sets;
mod subject;
mod task;
pub(crate) mod trace;

use futures_util::future::BoxFuture;
use langsmith::UpstreamError;
use oauth::scope::ScopeSet;
use rmcp::model::ErrorData;
use serde_json::value::RawValue;

pub use context::Context;
pub(crate) use cursor::{ListCursor, SetPage};
pub(crate) use errors::shorten_name;
pub use errors::{ErrorKind, ToolError};
pub use fixed::FixedTools;
pub use input::{Input, Response, Responses};
pub use output::Output;
pub use page::ToolPage;
pub(crate) use page::is_full;
pub use progress::Progress;
pub(crate) use progress::{Report, Reports};
pub use rmcp::model::Tool as Descriptor;
pub(crate) use sets::{Alone, FoundTool, NamedSet};
pub use sets::{ListError, NameTaken, SetError, Toolset, Toolsets};
pub use shared::mcp::prefix::{NotAPrefix, Prefix};
pub(crate) use subject::Subject;
pub(crate) use task::{EXTENSION as TASKS_EXTENSION, declares_tasks};
pub use task::{Task, TaskAnswer, TaskRequest, TaskState};

/// The failure of a call.
#[derive(Debug)]
pub enum CallError {
    /// Reported to the model, as a result with `isError`.
    Tool(ToolError),
    /// LangSmith failed; reported to the model, except that a 401 may first refresh the credential or end the login.
    Upstream(UpstreamError),
    /// LangSmith refused the credential in the middle of several writes; the text names the completed ones.
    PartiallyDone(String),
    /// Reported to the client, as a JSON-RPC error.
    Protocol(ErrorData),
}

impl CallError {
    /// The failure of a call without a cursor, which cannot be told to leave the cursor out.
    pub(crate) fn without_cursor(error: UpstreamError) -> Self {
        match error {
            UpstreamError::StaleCursor { detail } => ToolError::discontinued(&detail).into(),
            error => error.into(),
        }
    }
}

impl From<ToolError> for CallError {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

impl From<UpstreamError> for CallError {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

/// The outcome of a call.
pub type CallResult = Result<Output, CallError>;

/// A tool of the server.
pub trait Tool: Send + Sync + 'static {
    /// Its entry in `tools/list`.
    fn descriptor(&self) -> Descriptor;

    /// The scopes that a call with these arguments requires.
    fn scopes(&self, arguments: Option<&RawValue>) -> ScopeSet;

    /// Runs the tool. `arguments` is unchecked JSON from the client.
    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult>;
}

/// The failure of a call as a JSON-RPC error.
#[derive(Debug)]
pub(crate) enum Failure {
    UnknownTool(String),
    RequestState,
    UnknownTask,
    Task(ToolError),
    Protocol(ErrorData),
}
