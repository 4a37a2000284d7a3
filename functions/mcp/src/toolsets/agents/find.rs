//! The search for the agent that a tool's name means.

use super::access::Access;
use super::catalog::Agent;
use super::{Agents, faults};
use crate::toolset::{Context, SetError, ToolError};

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
        let list = self.read_list(access, context).await;
        let list = list.map_err(|why| faults::of_search(self.name(), &why))?;
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
