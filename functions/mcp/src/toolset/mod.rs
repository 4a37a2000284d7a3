//! What every source of tools has in common: the [`Tool`], the list that it stands in, its arguments, schemas, pages,
//! outputs and errors. Knows no source: LangSmith's tools are in [`toolsets`](crate::toolsets).

pub(crate) mod arguments;
mod context;
pub(crate) mod errors;
pub(crate) mod iso;
mod output;
pub(crate) mod paging;
pub(crate) mod schema;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::model::ErrorData;
use serde_json::value::RawValue;
use shared::langsmith::UpstreamError;
use shared::oauth::scope::ScopeSet;

pub use context::Context;
pub(crate) use errors::named;
pub use errors::{ErrorKind, ToolError};
pub use output::Output;
pub use rmcp::model::Tool as Descriptor;

/// Why a call has no output.
#[derive(Debug)]
pub enum CallError {
    /// Told to the model, as a result with `isError`.
    Tool(ToolError),
    /// LangSmith failed; told to the model, except that a 401 may first refresh the credential or end the login.
    Upstream(UpstreamError),
    /// LangSmith refused the credential in the middle of several writes, with what was done before.
    Halfway(String),
    /// Told to the client, as a JSON-RPC error.
    Protocol(ErrorData),
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

/// A tool.
pub trait Tool: Send + Sync + 'static {
    /// What `tools/list` says about it.
    fn descriptor(&self) -> Descriptor;

    /// The scopes that a call with these arguments needs.
    fn scopes(&self, arguments: Option<&RawValue>) -> ScopeSet;

    /// Runs the tool. `arguments` is whatever JSON the client sent.
    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult>;
}

/// A call that is answered with a JSON-RPC error.
#[derive(Debug)]
pub(crate) enum Failure {
    UnknownTool(String),
    Protocol(ErrorData),
}

/// The tools that a server has, in the order in which they are listed.
#[derive(Clone, Default)]
pub struct Toolset(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    descriptor: Arc<Descriptor>,
    tool: Arc<dyn Tool>,
}

impl Toolset {
    /// The set and one tool more.
    #[must_use]
    pub fn with(mut self, tool: impl Tool) -> Self {
        self.0.push(Entry { descriptor: Arc::new(tool.descriptor()), tool: Arc::new(tool) });
        self
    }

    /// What `tools/list` says.
    pub fn descriptors(&self) -> Vec<&Descriptor> {
        self.0.iter().map(|entry| entry.descriptor.as_ref()).collect()
    }

    /// The tool of this name.
    pub fn find(&self, name: &str) -> Option<&dyn Tool> {
        self.0.iter().find(|entry| entry.descriptor.name == name).map(|entry| entry.tool.as_ref())
    }
}
