//! The common part of most LangSmith tools: a call works in one workspace, at the host of its data.

use futures_util::future::BoxFuture;
use langsmith::{UpstreamError, WorkspaceClient};
use oauth::scope::{Scope, ScopeSet};
use serde_json::value::RawValue;

use super::begun::{Begun, begin};
use crate::toolset::arguments::placeholders::defaults::{Defaults, says_something};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::refuse_marked;
use crate::toolset::{CallError, CallResult, Context, Descriptor, Tool, ToolError};

/// A tool that reads or writes one workspace.
pub(crate) trait WorkspaceTool: Send + Sync + 'static {
    /// The parsed arguments.
    type Request: Send;

    /// Whether a call with something to do writes. Without arguments, such a tool returns its guide.
    const WRITES: bool = false;

    /// The default values of such a tool's arguments, which give it nothing to do.
    const DEFAULTS: Defaults = &[];

    /// Advice on how to request less when LangSmith's answer is too large to be read.
    const TOO_LARGE_ADVICE: &'static str = "";

    /// A further scope for a call with these arguments.
    fn needs_besides(_arguments: Option<&RawValue>) -> Option<Scope> {
        None
    }

    /// The entry in `tools/list`.
    fn describe(&self) -> Descriptor;

    /// Takes the tool's own arguments. `workspace_id` is already taken, and any remaining one is refused.
    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Self::Request, ToolError>;

    /// Makes the requests to LangSmith.
    fn run(
        &self,
        caller: WorkspaceClient<'_>,
        request: Self::Request,
    ) -> impl Future<Output = CallResult> + Send;
}

impl<T: WorkspaceTool> Tool for T {
    fn descriptor(&self) -> Descriptor {
        self.describe()
    }

    fn scopes(&self, arguments: Option<&RawValue>) -> ScopeSet {
        let writes = Self::WRITES && says_something(arguments, Self::DEFAULTS);
        let usual = if writes { Scope::LangsmithWrite } else { Scope::LangsmithRead };
        [Some(usual), Self::needs_besides(arguments)].into_iter().flatten().collect()
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult> {
        Box::pin(async move {
            if Self::WRITES {
                refuse_marked(arguments)?;
            }
            let parse = |given: &mut Arguments<'_>| self.parse(given);
            let Begun { workspace, request, ignored } = begin(self, context, arguments, parse)?;
            let caller = context.caller_at_data(workspace.as_ref()).await?;
            let done = self.run(caller, request).await;
            ignored.note(done).map_err(|error| advised(error, Self::TOO_LARGE_ADVICE))
        })
    }
}

fn advised(error: CallError, less: &str) -> CallError {
    match error {
        CallError::Upstream(error @ UpstreamError::TooLarge) if !less.is_empty() => {
            tracing::warn!(%error, "LangSmith call failed");
            ToolError::from(&error).with(less).into()
        }
        other => other,
    }
}
