//! The search for the agent that a tool's name means.

use super::Agents;
use super::access::Access;
use super::catalog::Agent;
use crate::toolset::{Context, ListError, SetError, ToolError};

impl Agents {
    /// The agent of this name. A name that is not in the cached list may be new, so the list is read again, once.
    pub(super) async fn find(
        &self,
        access: &Access,
        context: &Context<'_>,
        name: &str,
    ) -> Result<Agent, SetError> {
        if let Some(agent) = self.catalog.cached(&access.key).and_then(|list| list.find(name).cloned()) {
            return Ok(agent);
        }
        let list = self.read_list(access, context).await.map_err(|error| match error {
            // The server refuses the caller's own key, which they can replace there.
            ListError::Missing { url: Some(url), .. } => SetError::Credential { url: Some(url) },
            ListError::Missing { reason, url: None } => ToolError::of_backend(reason).into(),
            ListError::Cursor => SetError::UnknownTool,
        })?;
        if let Some(agent) = list.find(name) {
            return Ok(agent.clone());
        }
        match list.renamed(name) {
            Some(now) => {
                let now = self.shown(now);
                Err(ToolError::not_found(format!("This agent's tool is called {now} now.")).into())
            }
            None => Err(SetError::UnknownTool),
        }
    }
}
