//! What every source of tools has in common: the [`Tool`], the list that it stands in, its arguments, schemas, pages,
//! outputs and errors. Knows no source: LangSmith's tools are in [`toolsets`](crate::toolsets).

pub(crate) mod arguments;
mod context;
mod cursor;
pub(crate) mod errors;
mod fixed;
pub(crate) mod iso;
mod output;
mod page;
pub(crate) mod paging;
mod prefix;
mod progress;
pub(crate) mod schema;
mod sets;

use futures_util::future::BoxFuture;
use rmcp::model::ErrorData;
use serde_json::value::RawValue;
use shared::langsmith::UpstreamError;
use shared::oauth::scope::ScopeSet;

pub use context::Context;
pub(crate) use cursor::ListCursor;
pub(crate) use errors::named;
pub use errors::{ErrorKind, ToolError};
pub use fixed::FixedTools;
pub use output::Output;
pub use page::ToolPage;
pub use prefix::{NotAPrefix, Prefix};
pub use progress::Progress;
pub(crate) use progress::{Report, Reports};
pub use rmcp::model::Tool as Descriptor;
pub(crate) use sets::{Found, Named};
pub use sets::{ListError, NameTaken, SetError, Toolset, Toolsets};

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
