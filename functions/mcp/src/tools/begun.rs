//! How every call of a LangSmith tool begins: its arguments are read to the last one before anything is asked, and consent
//! decides on the workspace that they name.

use serde_json::value::RawValue;
use shared::ids::WorkspaceId;

use super::args::Arguments;
use super::ignored::Ignored;
use super::unknown::rather;
use super::{Context, Tool, ToolError};

/// What a call says.
pub(super) struct Begun<R> {
    /// The workspace that it works in.
    pub(super) workspace: Option<WorkspaceId>,
    /// The tool's own arguments.
    pub(super) request: R,
    /// The arguments that say nothing, but may have been meant.
    pub(super) ignored: Ignored,
}

/// Reads the arguments of a call. `parse` takes the tool's own.
pub(super) fn begin<R>(
    tool: &impl Tool,
    context: &Context<'_>,
    arguments: Option<&RawValue>,
    parse: impl FnOnce(&mut Arguments<'_>) -> Result<R, ToolError>,
) -> Result<Begun<R>, ToolError> {
    let take = |given: &mut Arguments<'_>| Ok((given.workspace()?, parse(given)?));
    let ((named, request), ignored) = Arguments::read_noting(arguments, take)
        .map_err(|error| rather(error, arguments, &tool.descriptor()))?;
    Ok(Begun { workspace: context.workspace(named)?, request, ignored })
}
