//! A page of a server's agents as tools.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use agent_server::{AgentError, Session, TooOld};
use futures_util::StreamExt as _;
use futures_util::stream;
use uuid::Uuid;

use super::access::Access;
use super::catalog::{Agent, AgentList, Found, LIFE, MAX_AGENTS, Unlisted};
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
        Some(list) => Ok(list),
        None => agents.read_list(&access, context).await,
    };
    let list = list.map_err(|why| faults::of_list(&why, agents.remedy(context.identity())))?;
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
    ) -> Result<Arc<AgentList>, Unlisted> {
        let session = self.server.session(&access.credential, context.deadline());
        let found = Found::read(session, &self.settings);
        let (found, version) = tokio::join!(found, self.check_version(session));
        version.map_err(Unlisted::TooOld)?;
        Ok(self.catalog.keep(&access.key, found.map_err(Unlisted::Failed)?, self.naming()))
    }

    /// Asks the server for its version until it is known to be new enough. Without an answer, the list decides.
    async fn check_version(&self, session: Session<'_>) -> Result<(), TooOld> {
        if self.is_probed.load(Ordering::Relaxed) {
            return Ok(());
        }
        match session.info().await {
            Ok(info) => info.too_old().map_or(Ok(()), Err)?,
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
        let unreadable = tools.iter().filter(|tool| tool.is_none()).count();
        let is_last = next.is_none();
        let mut page = ToolPage::new(tools.into_iter().flatten(), next, LIFE).lacking(unreadable);
        if is_last && list.is_cut {
            page.miss(
                self.name(),
                format!("It has more than {MAX_AGENTS} agents; the others are not listed."),
                None,
            );
        }
        (page, unreadable == 0)
    }

    /// The agent's tool; none if its schema cannot be read, or made by the server.
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
