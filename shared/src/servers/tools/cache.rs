//! Serves the tools of a server: from the table while they are fresh, else from the server, which is asked once for any
//! number of requests, of this process and of others.

use std::sync::Arc;
use std::time::Duration;

use mcp_client::ListFailure;
use primitives::clock::{SharedClock, Timestamp};
use primitives::deadline::Deadline;
use primitives::random::{self, SharedRandom};
use primitives::single_flight::SingleFlight;

use super::fetch::FetchTools;
use super::freshness::{Freshness, fresh_until, freshness};
use super::list::{ListSource, ToolList, Unpackable};
use super::unpacked::UnpackedLists;
use crate::store::{StoreError, StoredToolList, ToolListKey, ToolLists};
use crate::vault::VaultError;

/// The time limit of a fetch.
const FETCH: Duration = Duration::from_secs(10);
/// How long a fetch may hold its lease, which covers its writes. When its holder dies, another one begins after this.
const LEASE: Duration = Duration::from_secs(12);
/// How long a request waits for the fetch of another instance: it leaves time for a fetch of its own before API Gateway
/// ends the request after 29 seconds.
const PATIENCE: Duration = Duration::from_secs(14);
/// The wait between two looks for the list of another instance.
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// The tools of servers. A clone shares the fetches in progress.
#[derive(Clone)]
pub struct ToolCache(Arc<Inner>);

struct Inner {
    lists: ToolLists,
    clock: SharedClock,
    random: SharedRandom,
    flights: SingleFlight<Result<ServedTools, ToolsFailure>>,
    unpacked: UnpackedLists,
}

/// The tools that are asked for.
#[derive(Clone, Debug)]
pub struct ToolsRequest {
    /// The workspace.
    pub workspace: String,
    /// The canonical URL of the server.
    pub url: String,
    /// The provider whose token is sent, if one is.
    pub provider: Option<String>,
    /// The person whose token is sent, if it is a person's.
    pub person: Option<String>,
    /// The revision of the server. A list of another one is void.
    pub revision: String,
    /// Whether to ask the server itself, whatever is stored.
    pub refresh: bool,
    /// When the request arrived, before what is stored was read: a list that was fetched later will do.
    pub arrived_at: Timestamp,
}

/// Tools to be served.
#[derive(Clone, Debug)]
pub struct ServedTools {
    /// The tools.
    pub list: Arc<ToolList>,
    /// When they were fetched.
    pub fetched_at: Timestamp,
    /// Until when they are fresh.
    pub fresh_until: Timestamp,
    /// Whether they were stored before this request.
    pub cached: bool,
    /// Whether they are served because the server cannot list its tools now.
    pub stale: bool,
}

/// Why there are no tools.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ToolsFailure {
    /// The server did not list them.
    #[error(transparent)]
    Server(Arc<ListFailure>),
    /// The list cannot be stored.
    #[error(transparent)]
    Unpackable(#[from] Unpackable),
    /// The server was deleted.
    #[error("the server is gone")]
    Gone,
    /// Another instance fetches them, and does not end.
    #[error("the tools are being fetched")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The headers of the server cannot be opened.
    #[error(transparent)]
    Vault(Arc<VaultError>),
}

impl From<StoreError> for ToolsFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl ToolsRequest {
    /// The key of the list.
    pub fn key(&self) -> ToolListKey<'_> {
        ToolListKey {
            workspace: &self.workspace,
            url: &self.url,
            provider: self.provider.as_deref(),
            person: self.person.as_deref(),
        }
    }
}

impl ToolCache {
    /// A cache in this table.
    pub fn new(lists: ToolLists, (clock, random): (SharedClock, SharedRandom)) -> Self {
        let (flights, unpacked) = (SingleFlight::default(), UnpackedLists::default());
        Self(Arc::new(Inner { lists, clock, random, flights, unpacked }))
    }

    /// The time by its clock.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The tools, given what is stored under the key of the request.
    pub async fn tools(
        &self,
        request: &ToolsRequest,
        stored: Option<&StoredToolList>,
        server: Arc<dyn FetchTools>,
    ) -> Result<ServedTools, ToolsFailure> {
        let now = self.0.clock.now();
        let known = stored.and_then(|stored| self.0.usable(stored, request));
        // Also one of another revision: a changed server is compared with itself.
        let former = stored.and_then(|stored| self.0.unpacked.of(&request.key(), &stored.list, now));
        if let Some(known) = &known
            && !request.refresh
            && freshness(known.fresh_until, now) == Freshness::Fresh
        {
            return Ok(known.clone());
        }
        let flight = format!("{}/{}/{}", request.key().hash(), request.revision, request.refresh);
        // A task: the lease must not be left behind when the caller hangs up.
        let (inner, request) = (self.0.clone(), request.clone());
        let work = async move {
            let task =
                tokio::spawn(async move { inner.renew(&request, (known, former), server.as_ref()).await });
            task.await.unwrap_or(Err(ToolsFailure::Busy))
        };
        self.0.flights.join(&flight, work).await
    }

    /// Forgets a list. One round trip.
    pub async fn forget(&self, key: &ToolListKey<'_>) -> Result<(), StoreError> {
        self.0.lists.forget(key).await
    }
}

impl Inner {
    /// Fetches the tools, or waits for whoever does.
    async fn renew(
        &self,
        request: &ToolsRequest,
        (known, former): (Option<ServedTools>, Option<Arc<ToolList>>),
        server: &dyn FetchTools,
    ) -> Result<ServedTools, ToolsFailure> {
        let (now, patience) = (self.clock.now(), Deadline::after(PATIENCE));
        // Of many requests at once, some have read that there is no list and come here when another one has stored it. A
        // refresh wants a list that is newer than the request.
        let at_least = Duration::from_millis(u64::from(request.refresh));
        let since = request.arrived_at.plus(at_least);
        let lease_id = random::token::<16>(self.random.as_ref());
        while !self.lease(request, &lease_id, since).await? {
            if let Some(known) = known.as_ref().filter(|known| {
                !request.refresh && freshness(known.fresh_until, now) == Freshness::WhileRefreshed
            }) {
                return Ok(known.clone());
            }
            if let Some(list) = self.wait(request, since, patience).await? {
                return Ok(list);
            }
        }
        // A list of a document is replaced by the server's own, once it is no longer fresh.
        let is_of_document = known.as_ref().is_some_and(|known| known.list.source == ListSource::Manifest);
        let may_read_document = !request.refresh && !is_of_document;
        let failure = match server.fetch(may_read_document, Deadline::after(FETCH)).await {
            Ok(fetched) => {
                let now = self.clock.now();
                let list = ToolList::new(fetched.tools, fetched.source, (former.as_deref(), now.millis()));
                let until = fresh_until(fetched.source, fetched.ttl, now);
                match list.pack() {
                    Ok(packed) => {
                        let stored = StoredToolList {
                            revision: request.revision.clone(),
                            list: packed,
                            fetched_at: now.millis(),
                            fresh_until: until.millis(),
                        };
                        self.lists.put(&request.key(), &stored).await?;
                        let list = Arc::new(list);
                        return Ok(ServedTools {
                            list,
                            fetched_at: now,
                            fresh_until: until,
                            cached: false,
                            stale: false,
                        });
                    }
                    Err(error) => error.into(),
                }
            }
            Err(failure) => failure,
        };
        self.lists.release(&request.key(), &lease_id).await?;
        match known {
            Some(known) if failure.keeps_the_list() => Ok(ServedTools { stale: true, ..known }),
            _ => Err(failure),
        }
    }

    /// A stored list, if it is of this revision of the server.
    fn usable(&self, stored: &StoredToolList, request: &ToolsRequest) -> Option<ServedTools> {
        if stored.revision != request.revision {
            return None;
        }
        Some(ServedTools {
            list: self.unpacked.of(&request.key(), &stored.list, self.clock.now())?,
            fetched_at: Timestamp::from_millis(stored.fetched_at),
            fresh_until: Timestamp::from_millis(stored.fresh_until),
            cached: true,
            stale: false,
        })
    }

    async fn lease(
        &self,
        request: &ToolsRequest,
        lease_id: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let times = (since, now, now.plus(LEASE));
        self.lists.lease(&request.key(), (lease_id, &request.revision), times).await
    }

    /// The list that another instance stores; `None` when its lease has ended without one.
    async fn wait(
        &self,
        request: &ToolsRequest,
        since: Timestamp,
        patience: Deadline,
    ) -> Result<Option<ServedTools>, ToolsFailure> {
        loop {
            let state = self.lists.state(&request.key()).await?;
            let stored = state.stored.as_ref().and_then(|stored| self.usable(stored, request));
            if let Some(list) = stored.filter(|list| list.fetched_at >= since) {
                return Ok(Some(list));
            }
            if state.leased_until.is_none_or(|until| until <= self.clock.now()) {
                return Ok(None);
            }
            if patience.remaining() < LOOK_EVERY {
                return Err(ToolsFailure::Busy);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl ToolsFailure {
    /// Whether the last good list is served instead. Not when the server refuses the credential: what it listed was for
    /// somebody whom it knew.
    fn keeps_the_list(&self) -> bool {
        match self {
            Self::Server(failure) => {
                !matches!(**failure, ListFailure::Unauthorized { .. } | ListFailure::Forbidden)
            }
            Self::Unpackable(_) | Self::Gone | Self::Busy | Self::Store(_) | Self::Vault(_) => false,
        }
    }
}
