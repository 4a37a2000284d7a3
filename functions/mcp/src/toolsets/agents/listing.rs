//! A page of a server's agents as tools.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use agent_server::{AgentError, Session};
use futures_util::StreamExt as _;
use futures_util::stream;
use uuid::Uuid;

use super::access::Access;
use super::catalog::{Agent, AgentList, LIFE};
use super::{Agents, descriptor, faults};
use crate::toolset::{Context, Descriptor, ListError, ToolPage};

/// The number of agents in a page.
const PAGE: usize = 100;

/// How many schemas are asked for at once.
const AT_ONCE: usize = 8;

/// The page after the agent whose id is `cursor`.
pub(super) async fn page(
    agents: &Agents,
    context: &Context<'_>,
    cursor: Option<&str>,
) -> Result<ToolPage, ListError> {
    let after: Option<Uuid> = cursor.map(str::parse).transpose().map_err(|_| ListError::Cursor)?;
    let access = agents.access(context.identity()).await?;
    let list = match agents.catalog.cached(&access.key) {
        Some(list) => list,
        None => agents.read_list(&access, context).await?,
    };
    if let Some(page) = list.page(after) {
        return Ok(page);
    }
    let (page, is_complete) = agents.page_of(&list, after, &access, context).await;
    if is_complete {
        list.keep(after, &page);
    }
    Ok(page)
}

impl Agents {
    /// The caller's agents, as the server has them now.
    pub(super) async fn read_list(
        &self,
        access: &Access,
        context: &Context<'_>,
    ) -> Result<Arc<AgentList>, ListError> {
        let session = self.server.session(&access.credential, context.deadline());
        let list = self.catalog.read(&access.key, session, &self.settings, self.naming());
        let (list, version) = tokio::join!(list, self.check_version(session));
        version?;
        list.map_err(|error| faults::of_list(&error, self.remedy(context.identity())))
    }

    /// Asks the server for its version, once. Without an answer, the list decides, and the next one asks again.
    async fn check_version(&self, session: Session<'_>) -> Result<(), ListError> {
        if self.is_probed.load(Ordering::Relaxed) {
            return Ok(());
        }
        match session.info().await {
            Ok(info) => info.too_old().map_or(Ok(()), |old| Err(faults::of_version(&old)))?,
            Err(AgentError::NotFound) => {}
            Err(_) => return Ok(()),
        }
        self.is_probed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The page, and whether every schema in it could be read.
    async fn page_of(
        &self,
        list: &AgentList,
        after: Option<Uuid>,
        access: &Access,
        context: &Context<'_>,
    ) -> (ToolPage, bool) {
        let start = list.agents.partition_point(|agent| Some(agent.assistant.assistant_id) <= after);
        let rest = list.agents.get(start..).unwrap_or_default();
        let shown = rest.get(..PAGE.min(rest.len())).unwrap_or_default();
        let final_one = shown.last().filter(|_| rest.len() > PAGE);
        let next = final_one.map(|agent| agent.assistant.assistant_id.to_string());
        let asked: Vec<_> = shown.iter().map(|agent| self.descriptor(agent, access, context)).collect();
        let tools: Vec<Option<Descriptor>> = stream::iter(asked).buffered(AT_ONCE).collect().await;
        let is_complete = tools.iter().all(Option::is_some);
        (ToolPage::new(tools.into_iter().flatten(), next, LIFE), is_complete)
    }

    /// The agent's tool. The Agent Server, too, leaves out an agent whose schema cannot be made.
    async fn descriptor(&self, agent: &Agent, access: &Access, context: &Context<'_>) -> Option<Descriptor> {
        let session = self.server.session(&access.credential, context.deadline());
        match self.catalog.schema(&access.key, session, &agent.assistant).await {
            Ok(schema) => Some(descriptor::of(agent, &schema)),
            Err(error) => {
                tracing::warn!(server = %self.settings.name, %error, "an agent is not listed: no schema");
                None
            }
        }
    }
}
