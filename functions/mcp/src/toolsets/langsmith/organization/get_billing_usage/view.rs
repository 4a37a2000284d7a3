//! The caller's view of the organization's figures.
//!
//! An API key sees everything that LangSmith shows it, and so does a login for all workspaces. A login for one
//! workspace never learned of the others: it sees its own share only, nothing of the others and no total over several.

use std::collections::BTreeMap;

use langsmith::{RawObject, UpstreamError, WorkspaceClient, WorkspaceDetails};

use super::request::Wanted;
use crate::toolset::{CallError, ToolError, shorten_name};
use crate::toolsets::langsmith::suggest::meant;

/// The visible shares, and the workspaces for their names.
#[derive(Debug)]
pub(super) struct View {
    pub(super) sight: Sight,
    workspaces: Vec<WorkspaceDetails>,
}

/// The visible shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Every workspace's share.
    All,
    /// One share, because the caller asks for it; totals are the organization's.
    Asked(String),
    /// One share, because consent ends there; totals are this share's.
    Own(String),
}

impl View {
    /// The view of a call for `wanted`, under a consent that may be limited to the workspace `own`.
    pub(super) async fn find(
        caller: &WorkspaceClient<'_>,
        wanted: Wanted,
        own: Option<&str>,
    ) -> Result<Self, CallError> {
        match (own, wanted) {
            (Some(own), Wanted::Id(id)) if !id.eq_ignore_ascii_case(own) => Err(ToolError::forbidden(
                "The login does not cover this workspace. Log in again and choose it, or leave workspace out.",
            )
            .into()),
            (Some(own), wanted) => Self::own(caller, own, wanted).await,
            (None, Wanted::Id(id)) => {
                let workspaces = caller.organization_workspace(&id).await?.into_iter().collect();
                Ok(Self { sight: Sight::Asked(id), workspaces })
            }
            (None, Wanted::Name(name)) => Self::by_name(caller.organization_workspaces().await?, &name),
            (None, Wanted::Every) => {
                let workspaces = match caller.organization_workspaces().await {
                    // Names are an extra; figures without them are still figures.
                    Err(UpstreamError::Forbidden | UpstreamError::NotFound { .. }) => Vec::new(),
                    answer => answer?,
                };
                Ok(Self { sight: Sight::All, workspaces })
            }
        }
    }

    async fn own(caller: &WorkspaceClient<'_>, own: &str, wanted: Wanted) -> Result<Self, CallError> {
        let workspace = caller.organization_workspace(own).await?;
        match wanted {
            Wanted::Name(name) if !workspace.as_ref().is_some_and(|own| is_called(own, &name)) => {
                Err(unknown(&name))
            }
            _ => Ok(Self { sight: Sight::Own(own.to_owned()), workspaces: workspace.into_iter().collect() }),
        }
    }

    #[cfg(test)]
    pub(super) fn of(sight: Sight, named: &[(&str, &str)]) -> Self {
        let workspaces = named.iter().map(|(id, name)| tests::workspace(id, name)).collect();
        Self { sight, workspaces }
    }

    fn by_name(workspaces: Vec<WorkspaceDetails>, name: &str) -> Result<Self, CallError> {
        let known: Vec<String> =
            workspaces.iter().filter_map(|workspace| workspace.display_name.clone()).collect();
        let found: Vec<WorkspaceDetails> =
            workspaces.into_iter().filter(|workspace| is_called(workspace, name)).collect();
        match found.as_slice() {
            [] => Err(not_found_among(name, &known).into()),
            [only] => Ok(Self { sight: Sight::Asked(only.id.as_str().to_owned()), workspaces: found }),
            _ => {
                Err(ToolError::invalid("Several workspaces have this name: pass the UUID as workspace.")
                    .into())
            }
        }
    }

    /// The organization to query: that of the call's workspace, or of the first known one.
    pub(super) fn organization(&self, workspace: Option<&str>) -> Option<&str> {
        let of_call = self.workspaces.iter().find(|known| Some(known.id.as_str()) == workspace);
        of_call.or(self.workspaces.first())?.organization_id.as_deref()
    }

    /// The display name of each known workspace, by id.
    pub(super) fn names(&self) -> BTreeMap<&str, &str> {
        let named = self
            .workspaces
            .iter()
            .filter_map(|known| Some((known.id.as_str(), known.display_name.as_deref()?)));
        named.filter(|(_, name)| !name.is_empty()).collect()
    }

    /// A workspace that LangSmith does not show may have been deleted; then figures mention it.
    pub(super) fn check(&self, metrics: &[RawObject]) -> Result<(), ToolError> {
        match &self.sight {
            Sight::Asked(id)
                if self.workspaces.is_empty() && !metrics.iter().any(|metric| mentions(metric, id)) =>
            {
                Err(not_found(id))
            }
            _ => Ok(()),
        }
    }
}

fn is_called(workspace: &WorkspaceDetails, name: &str) -> bool {
    workspace.display_name.as_deref().is_some_and(|own| own.to_lowercase() == name.to_lowercase())
}

fn mentions(metric: &RawObject, workspace: &str) -> bool {
    let groups = metric.get("groups").and_then(|groups| serde_json::from_str::<RawObject>(groups.get()).ok());
    groups.is_some_and(|groups| groups.get(workspace).is_some())
}

fn unknown(name: &str) -> CallError {
    not_found(name).into()
}

fn not_found_among(name: &str, known: &[String]) -> ToolError {
    ToolError::not_found(format!("Workspace {} not found{}", shorten_name(name), meant(name, known)))
}

fn not_found(workspace: &str) -> ToolError {
    ToolError::not_found(format!("Workspace {} not found", shorten_name(workspace)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn workspace(id: &str, name: &str) -> WorkspaceDetails {
        let told = json!({"id": id, "display_name": name, "organization_id": format!("org-of-{id}")});
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn a_name_is_found_in_any_case_and_must_be_unique() {
        let all = || vec![workspace("1", "Main"), workspace("2", "Größe"), workspace("3", "GRÖßE")];
        assert_eq!(View::by_name(all(), "mAIN").unwrap().sight, Sight::Asked("1".into()));
        for (name, kind) in [("main ", "NotFound"), ("größe", "Invalid"), ("other", "NotFound")] {
            let Err(CallError::Tool(error)) = View::by_name(all(), name) else { panic!("{name}") };
            assert_eq!(format!("{:?}", error.kind), kind, "{name}");
        }
    }

    #[test]
    fn the_organization_is_that_of_the_calls_workspace() {
        let view = View { sight: Sight::All, workspaces: vec![workspace("1", "a"), workspace("2", "")] };
        assert_eq!(view.organization(Some("2")), Some("org-of-2"));
        assert_eq!(view.organization(Some("9")), Some("org-of-1"));
        assert_eq!(view.names().into_iter().collect::<Vec<_>>(), [("1", "a")]);
        let empty = View { sight: Sight::All, workspaces: Vec::new() };
        assert_eq!(empty.organization(None), None);
    }

    #[test]
    fn a_deleted_workspace_is_known_by_its_figures() {
        let metrics: Vec<RawObject> =
            serde_json::from_str(r#"[{"groups":null},{"groups":{"1":5}}]"#).unwrap();
        let view = |id: &str| View { sight: Sight::Asked(id.to_owned()), workspaces: Vec::new() };
        assert!(view("1").check(&metrics).is_ok());
        assert_eq!(view("2").check(&metrics), Err(ToolError::not_found("Workspace 2 not found")));
    }
}
