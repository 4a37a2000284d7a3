//! `get_billing_usage`: the usage of the organization, by metric and workspace.

mod request;
mod shape;
mod view;

use futures_util::future::BoxFuture;
use langsmith::UpstreamError;
use oauth::scope::{Scope, ScopeSet};
use primitives::ids::WorkspaceId;
use serde_json::json;
use serde_json::value::RawValue;

use self::request::{Request, Wanted};
use self::shape::Usage;
use self::view::View;
use crate::toolset::schema::tool_schema::{any, flag_or, input, objects, output, reader, text};
use crate::toolset::{CallError, CallResult, Context, Descriptor, Output, Tool, ToolError};
use crate::toolsets::langsmith::begun::{Begun, begin};

/// No workspace tool: it is about an organization, and has a scope of its own.
pub(crate) struct GetBillingUsage;

/// The largest answer, in bytes: about 200,000 characters of JSON, which it contains twice.
const MAX_ANSWER: usize = 450_000;

const DESCRIPTION: &str = "Read what the LangSmith organization used in a period, by billable metric and workspace (for example \
traces). A login for one workspace sees that workspace's share only.";

impl Tool for GetBillingUsage {
    fn descriptor(&self) -> Descriptor {
        let parameters = vec![
            ("starting_on", text("Start of the period (ISO 8601), for example 2026-01-01T00:00:00Z.")),
            ("ending_before", text("End of the period (ISO 8601), exclusive.")),
            ("workspace", text("Show the share of this workspace only: its UUID or its display name.")),
            ("on_current_plan", flag_or(true, "true: only usage on the current plan; false: all usage.")),
        ];
        let metric = vec![
            ("billable_metric_name", any("What was counted.")),
            ("value", any("Total of the organization, or that share.")),
            (
                "groups",
                json!({ "description": "Share of each workspace by its id: workspace_name and value; or null." }),
            ),
        ];
        let members = vec![("usage", objects("One entry for each metric.", metric))];
        let input = input(&["starting_on", "ending_before"], parameters);
        reader("get_billing_usage", "Read billing usage", DESCRIPTION, input, output(members))
    }

    fn scopes(&self, _arguments: Option<&RawValue>) -> ScopeSet {
        Scope::BillingRead.into()
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult> {
        Box::pin(async move {
            let Begun { workspace, request, .. } = begin(self, context, arguments, Request::parse)?;
            let caller = context.caller(workspace.as_ref());
            let own = context.only_workspace().map(WorkspaceId::as_str);
            let view = View::find(&caller, request.workspace.clone(), own).await?;
            let organization = view.organization(workspace.as_ref().map(WorkspaceId::as_str));
            let metrics = caller.usage(&request.query(), organization).await.map_err(refused)?;
            view.check(&metrics)?;
            bounded(Output::data(&Usage::new(&metrics, &view)), &request.workspace)
        })
    }
}

/// LangSmith refuses data of the organization to keys of one workspace (public report: `INSTALL.md` of
/// bogware/terraform-provider-langsmith), and to users without permission to see it.
fn refused(error: UpstreamError) -> CallError {
    match error {
        UpstreamError::Forbidden => ToolError::forbidden(
            "LangSmith does not show the organization's usage to this credential. Use an API key of the \
             organization, not of one workspace, or log in as somebody with access to the organization.",
        )
        .into(),
        error => error.into(),
    }
}

/// An organization may have too many workspaces and metrics for one answer.
fn bounded(output: Output, wanted: &Wanted) -> CallResult {
    if output.size_hint() <= MAX_ANSWER {
        return Ok(output);
    }
    let message = match wanted {
        Wanted::Every => "The figures of all workspaces are too many for one answer: pass workspace.",
        Wanted::Id(_) | Wanted::Name(_) => {
            "The figures of the workspace are too many for one answer: choose a shorter period."
        }
    };
    Err(ToolError::invalid(message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_large_an_answer_says_what_makes_it_smaller() {
        let refused = |wanted: &Wanted| match bounded(Output::data(&"x".repeat(MAX_ANSWER)), wanted) {
            Err(CallError::Tool(error)) => error.message,
            other => panic!("{other:?}"),
        };
        assert!(refused(&Wanted::Every).ends_with("pass workspace."));
        assert!(refused(&Wanted::Name("Main".into())).ends_with("choose a shorter period."));
        assert!(bounded(Output::data(&1), &Wanted::Every).is_ok());
    }
}
