//! What the LangSmith tools have in common: arguments are read to the last one before anything is asked, and the call
//! works in one workspace.

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use shared::langsmith::Caller;
use shared::oauth::scope::Scope;

use super::args::{Arguments, given};
use super::{CallResult, Context, Descriptor, Tool, ToolError};

/// A tool that reads or writes one workspace.
pub(crate) trait WorkspaceTool: Send + Sync + 'static {
    /// What the arguments say.
    type Request: Send;

    /// What `tools/list` says about it.
    fn describe(&self) -> Descriptor;

    /// Whether a call that gives it something to do writes. Called with nothing, such a tool explains itself.
    const WRITES: bool = false;

    /// Takes the tool's own arguments. `workspace_id` is taken already, and what is left over is refused.
    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Self::Request, ToolError>;

    /// Asks LangSmith.
    fn run(&self, caller: Caller<'_>, request: Self::Request) -> impl Future<Output = CallResult> + Send;
}

impl<T: WorkspaceTool> Tool for T {
    fn descriptor(&self) -> Descriptor {
        self.describe()
    }

    fn scope(&self, arguments: Option<&RawValue>) -> Scope {
        if Self::WRITES && given(arguments) { Scope::LangsmithWrite } else { Scope::LangsmithRead }
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult> {
        Box::pin(async move {
            let mut arguments = Arguments::parse(arguments)?;
            let workspace = arguments.workspace()?;
            let request = self.parse(&mut arguments)?;
            arguments.finish()?;
            let workspace = context.workspace(workspace)?;
            self.run(context.caller(workspace.as_ref()), request).await
        })
    }
}
