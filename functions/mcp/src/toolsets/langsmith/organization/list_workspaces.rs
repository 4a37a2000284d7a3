//! `list_workspaces`: the possible values of `workspace_id`. LangSmith may show a credential more workspaces than the
//! consent covers; those are left out.

use futures_util::future::BoxFuture;
use langsmith::{WorkspaceDetails, shown_data_plane};
use oauth::scope::{Scope, ScopeSet};
use primitives::ids::WorkspaceId;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::Total;
use crate::toolset::paging::serialized::Serialized;
use crate::toolset::schema::tool_schema::{flag_or, input, integer_or, output, reader, text};
use crate::toolset::{CallResult, Context, Descriptor, Output, Tool, ToolError, paging};
use crate::toolsets::langsmith::begun::{Begun, begin};

/// No workspace tool: it is about several workspaces.
pub(crate) struct ListWorkspaces;

const DESCRIPTION: &str =
    "List the workspaces that workspace_id may name: those that the login or key covers.";

impl Tool for ListWorkspaces {
    fn descriptor(&self) -> Descriptor {
        let parameters = vec![
            ("limit", integer_or(20, "How many, at most 100.")),
            ("offset", integer_or(0, "How many to skip.")),
            ("query", text("Part of the name.")),
            ("more_info", flag_or(false, "true: permissions, too.")),
        ];
        let workspace = vec![
            ("id", text("Pass it as workspace_id.")),
            ("is_default", serde_json::json!({"type": "boolean", "description": "The default workspace."})),
        ];
        let members = paging::list_members("workspaces", "By name.", workspace);
        reader("list_workspaces", "List workspaces", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn scopes(&self, _arguments: Option<&RawValue>) -> ScopeSet {
        Scope::LangsmithRead.into()
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult> {
        Box::pin(async move {
            let Begun { workspace, request, .. } = begin(self, context, arguments, Request::parse)?;
            let found = context.caller(workspace.as_ref()).workspace_details().await?;
            let (only, default) = (context.only_workspace(), context.workspace(None)?);
            let covered = found.iter().filter(|found| only.is_none_or(|only| is(found, only)));
            let mut listed: Vec<WorkspaceItem<'_>> = covered
                .filter(|found| request.is_meant(found))
                .map(|found| WorkspaceItem::new(found, default.as_ref(), request.more_info))
                .collect();
            // LangSmith promises no order, and pages need one.
            listed.sort_by_cached_key(|listed| (listed.display_name.map(str::to_lowercase), listed.id));
            Ok(Output::json(request.page(&listed)?))
        })
    }
}

fn is(workspace: &WorkspaceDetails, id: &WorkspaceId) -> bool {
    workspace.id.as_str().eq_ignore_ascii_case(id.as_str())
}

/// A workspace in the answer. Facts that LangSmith does not give are absent.
#[derive(Serialize)]
struct WorkspaceItem<'w> {
    id: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'w str>,
    /// Absent where only LangSmith knows it: a key without a workspace header works in one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_default: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_handle: Option<&'w str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<&'w str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_personal: Option<bool>,
    /// The same form as in errors; the rest of the URL is not for callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_plane_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_name: Option<&'w str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<&'w [String]>,
}

impl<'w> WorkspaceItem<'w> {
    fn new(workspace: &'w WorkspaceDetails, default: Option<&WorkspaceId>, more_info: bool) -> Self {
        Self {
            id: workspace.id.as_str(),
            display_name: workspace.display_name.as_deref(),
            is_default: default.map(|default| is(workspace, default)),
            tenant_handle: workspace.tenant_handle.as_deref(),
            organization_id: workspace.organization_id.as_deref(),
            is_personal: workspace.is_personal,
            data_plane_url: workspace.data_plane_url.as_deref().and_then(shown_data_plane),
            role_name: workspace.role_name.as_deref(),
            permissions: workspace.permissions.as_deref().filter(|_| more_info),
        }
    }
}

/// The workspaces to list.
struct Request {
    limit: u32,
    offset: u32,
    /// A part of the name, in lower case.
    part: Option<String>,
    more_info: bool,
}

impl Request {
    fn parse(arguments: &mut Arguments<'_>) -> Result<Self, ToolError> {
        Ok(Self {
            limit: arguments.limit()?.unwrap_or(20),
            offset: arguments.offset()?,
            part: arguments.text("query")?.map(|part| part.to_lowercase()),
            more_info: arguments.boolean("more_info")?.unwrap_or(false),
        })
    }

    fn is_meant(&self, workspace: &WorkspaceDetails) -> bool {
        let name = workspace.display_name.as_deref().unwrap_or_default();
        self.part.as_ref().is_none_or(|part| name.to_lowercase().contains(part.as_str()))
    }

    /// LangSmith lists all of them at once; the answer is a page of that list.
    fn page(&self, listed: &[WorkspaceItem<'_>]) -> Result<String, ToolError> {
        let part = listed.iter().skip(self.offset as usize).take(self.limit as usize);
        let items = Serialized::all(part).map_err(|error| ToolError::from(&error))?;
        let total = Total::Known(listed.len() as u64);
        Ok(paging::list_with(total, "workspaces", &items, self.offset))
    }
}
