//! The beginning of every call of a LangSmith tool: all arguments are read before any request, and consent decides on
//! their workspace.

use primitives::ids::WorkspaceId;
use serde_json::value::RawValue;

use crate::toolset::arguments::placeholders::ignored::Ignored;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::arguments::unknown::{argument_names, unknown_argument_or};
use crate::toolset::{Context, Tool, ToolError};

/// The contents of a call.
pub(crate) struct Begun<R> {
    /// The workspace of the call.
    pub(crate) workspace: Option<WorkspaceId>,
    /// The tool's own arguments.
    pub(crate) request: R,
    /// Values taken for placeholders, although they may have been meant.
    pub(crate) ignored: Ignored,
}

/// Reads the arguments of a call. `parse` takes the tool's own.
pub(crate) fn begin<R>(
    tool: &impl Tool,
    context: &Context<'_>,
    arguments: Option<&RawValue>,
    parse: impl FnOnce(&mut Arguments<'_>) -> Result<R, ToolError>,
) -> Result<Begun<R>, ToolError> {
    let take = |given: &mut Arguments<'_>| Ok((given.workspace()?, parse(given)?));
    let ((named, request), ignored) = Arguments::read_noting(arguments, take)
        .map_err(|error| unknown_argument_or(error, arguments, &argument_names(&tool.descriptor())))?;
    Ok(Begun { workspace: context.workspace(named)?, request, ignored })
}
