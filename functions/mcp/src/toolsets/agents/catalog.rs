//! The caches of one server's agents: per caller the list of agents with their names, and the pages of tools made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agent_server::{AgentError, Assistant, Session, TooOld};
use primitives::clock::SharedClock;
use primitives::timed::TimedMap;
use shared::mcp::agent_servers::AgentServerSettings;
use uuid::Uuid;

use super::names::{self, Naming};
use super::schema::AgentSchema;
use crate::toolset::ToolPage;

/// The lifetime of a list, here and in clients.
pub(super) const LIFE: Duration = Duration::from_mins(1);

/// The maximum number of assistants that are read for a caller; the rest has no tools.
pub(super) const MAX_AGENTS: usize = 2_000;

/// The caches of one server.
pub(super) struct Catalog {
    clock: SharedClock,
    lists: TimedMap<String, Arc<AgentList>>,
    schemas: Arc<TimedMap<SchemaKey, Arc<AgentSchema>>>,
}

/// The caller, and the version of an assistant.
type SchemaKey = (String, Uuid, Option<u64>, Option<String>);

/// An agent and its name as a tool, within the set.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) assistant: Assistant,
}

/// A caller's agents, by id.
pub(super) struct AgentList {
    pub(super) agents: Vec<Agent>,
    /// Whether the server has more.
    pub(super) is_cut: bool,
    /// Names of earlier lists, and the agents that had them.
    earlier: BTreeMap<String, Uuid>,
    pages: Mutex<BTreeMap<Option<Uuid>, ToolPage>>,
}

/// Why a server's agents are not known.
pub(super) enum Unlisted {
    TooOld(TooOld),
    Failed(AgentError),
}

/// The assistants that a server shows to a caller.
pub(super) struct Found {
    assistants: Vec<Assistant>,
    is_cut: bool,
}

impl Found {
    /// The assistants that the server has now, as far as `settings` offer them.
    pub(super) async fn read(
        session: Session<'_>,
        settings: &AgentServerSettings,
    ) -> Result<Self, AgentError> {
        let mut assistants: Vec<Assistant> = Vec::new();
        let (mut next, mut is_cut) = (Some(0), false);
        while let Some(offset) = next {
            let page = session.assistants(offset, &settings.metadata).await?;
            assistants
                .extend(page.assistants.into_iter().filter(|assistant| settings.offers(&assistant.graph_id)));
            is_cut = page.next.is_some_and(|next| next >= MAX_AGENTS);
            next = page.next.filter(|_| !is_cut);
        }
        assistants.sort_by_key(|assistant| assistant.assistant_id);
        assistants.dedup_by_key(|assistant| assistant.assistant_id);
        Ok(Self { assistants, is_cut })
    }
}

impl Catalog {
    pub(super) fn new(clock: SharedClock) -> Self {
        let schemas = Arc::new(TimedMap::new(Duration::from_hours(1)));
        Self { clock, lists: TimedMap::new(LIFE), schemas }
    }

    /// A catalog of the same agents under other names.
    pub(super) fn renaming(&self) -> Self {
        Self { clock: self.clock.clone(), lists: TimedMap::new(LIFE), schemas: self.schemas.clone() }
    }

    /// The cached list of the caller with this key, if it is not too old.
    pub(super) fn cached(&self, key: &String) -> Option<Arc<AgentList>> {
        self.lists.get(key, self.clock.now())
    }

    /// Caches what was found as the list of the caller with this key, named as `naming` says.
    pub(super) fn keep(&self, key: &String, found: Found, naming: Naming) -> Arc<AgentList> {
        let list = AgentList::new(found, naming, self.lists.last(key).as_deref());
        self.lists.update(key.clone(), self.clock.now(), |_| Arc::new(list))
    }

    /// Forgets the caller's list, except the names in it: the next one still knows them.
    pub(super) fn forget(&self, key: &String) {
        self.lists.expire(key);
    }

    /// The names of the members of an assistant's output; `None` if the server does not name them, or does not have the
    /// assistant any more.
    pub(super) async fn outputs(
        &self,
        key: &String,
        session: Session<'_>,
        assistant: Uuid,
    ) -> Result<Option<BTreeSet<String>>, AgentError> {
        let agents = self.cached(key);
        let known = agents.as_ref().and_then(|list| list.of(assistant));
        let schema = match known {
            Some(agent) => self.schema(key, session, &agent.assistant).await,
            None => session.schemas(assistant).await.map(|schemas| Arc::new(AgentSchema::new(schemas))),
        };
        match schema {
            Err(AgentError::NotFound) => Ok(None),
            schema => Ok(schema?.outputs().cloned()),
        }
    }

    /// The schemas of an agent, as the caller sees them.
    pub(super) async fn schema(
        &self,
        key: &str,
        session: Session<'_>,
        assistant: &Assistant,
    ) -> Result<Arc<AgentSchema>, AgentError> {
        let version = (assistant.version, assistant.updated_at.clone());
        let place = (key.to_owned(), assistant.assistant_id, version.0, version.1);
        let now = self.clock.now();
        if let Some(schema) = self.schemas.get(&place, now) {
            return Ok(schema);
        }
        let schemas = session.schemas(assistant.assistant_id).await?;
        let schema = Arc::new(AgentSchema::new(schemas));
        self.schemas.put(place, schema.clone(), now);
        Ok(schema)
    }
}

impl AgentList {
    fn new(Found { assistants, is_cut }: Found, naming: Naming, last: Option<&Self>) -> Self {
        let shown: Vec<(Uuid, &str)> =
            assistants.iter().map(|assistant| (assistant.assistant_id, shown_name(assistant))).collect();
        let names = names::unique(&shown, naming);
        let agents: Vec<Agent> =
            names.into_iter().zip(assistants).map(|(name, assistant)| Agent { name, assistant }).collect();
        let mut earlier = BTreeMap::new();
        if let Some(last) = last {
            earlier.extend(last.earlier.iter().map(|(name, id)| (name.clone(), *id)));
            earlier
                .extend(last.agents.iter().map(|agent| (agent.name.clone(), agent.assistant.assistant_id)));
            let remain: BTreeSet<Uuid> = agents.iter().map(|agent| agent.assistant.assistant_id).collect();
            earlier.retain(|_, id| remain.contains(id));
        }
        Self { agents, is_cut, earlier, pages: Mutex::default() }
    }

    /// The agent of this name.
    pub(super) fn find(&self, name: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.name == name)
    }

    /// The agent with this id.
    fn of(&self, assistant: Uuid) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.assistant.assistant_id == assistant)
    }

    /// The present name of the agent that had this one before, or that had it alone before others were named alike.
    pub(super) fn renamed(&self, name: &str) -> Option<&str> {
        let id = self.earlier.get(name)?;
        self.of(*id).map(|agent| agent.name.as_str())
    }

    pub(super) fn page(&self, after: Option<Uuid>) -> Option<ToolPage> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&after).cloned()
    }

    /// Keeps a page. There are no more of them than agents, whatever cursors a client makes up.
    pub(super) fn keep(&self, after: Option<Uuid>, page: &ToolPage) {
        let is_ours =
            after.is_none_or(|id| self.agents.iter().any(|agent| agent.assistant.assistant_id == id));
        if !is_ours {
            return;
        }
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(after, page.clone());
    }
}

/// The assistant's name; one without a name goes by its graph's.
pub(super) fn shown_name(assistant: &Assistant) -> &str {
    assistant.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&assistant.graph_id)
}
