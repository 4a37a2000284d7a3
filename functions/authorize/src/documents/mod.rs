//! Clients that identify themselves by the URL of a document: the document is fetched when a request names it, and used
//! again as long as its response allows. A document that cannot be fetched or used is not remembered, so that a client's
//! developer who mends it can go on at once.

mod fault;
mod fetch;
mod freshness;

use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use oauth::document::{ClientDocument, DocumentUrl};
use oauth::grant::PURGE_DELAY;
use oauth::known_client::KnownClient;
use oauth::seal::Sealer;
use outbound::GuardedClient;
use primitives::clock::{SharedClock, Timestamp};
use primitives::ids::ClientId;
use primitives::single_flight::SingleFlight;
use primitives::timed::TimedMap;
use serde::{Deserialize, Serialize};
use shared::store::{Clients, StoredDocument};

use crate::Deps;
use crate::login::Throttle;

pub(crate) use fault::DocumentFault;

/// How many documents one instance keeps in memory, of up to 5 KB each. The table has all of them.
const ROOM: usize = 200;
/// How long it keeps them at most; each has a lifetime of its own.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// What a deployment needs to serve clients with documents.
#[derive(Clone)]
pub struct DocumentDeps {
    /// Fetches them.
    pub http: GuardedClient,
    /// How many this process fetches per minute: each is for a caller who has shown nothing yet.
    pub fetches_per_minute: NonZeroU16,
    /// Seals them in the table ([`Purpose::ClientDocument`](oauth::keys::Purpose::ClientDocument)).
    pub sealer: Sealer,
}

/// The documents of clients.
pub(crate) struct Documents {
    deps: DocumentDeps,
    clients: Clients,
    clock: SharedClock,
    throttle: Throttle,
    remembered: TimedMap<ClientId, Kept>,
    flights: SingleFlight<Result<Arc<KnownClient>, DocumentFault>>,
}

/// A document that may be used again.
#[derive(Clone)]
struct Kept {
    client: Arc<KnownClient>,
    fresh_until: Timestamp,
}

/// What is sealed in the table. The lifetime, too: an old document must not be given a new one.
#[derive(Serialize, Deserialize)]
struct Sealed {
    document: ClientDocument,
    fresh_until: u64,
}

impl Documents {
    pub(crate) fn new(deps: &Deps, documents: DocumentDeps) -> Self {
        Self {
            clients: deps.store.clients.clone(),
            clock: deps.clock.clone(),
            throttle: Throttle::new(documents.fetches_per_minute, deps.clock.clone()),
            deps: documents,
            remembered: TimedMap::with_room(LONGEST, ROOM),
            flights: SingleFlight::default(),
        }
    }

    /// The client with this identifier. Concurrent requests for one client fetch once.
    pub(crate) async fn client(&self, id: &ClientId) -> Result<Arc<KnownClient>, DocumentFault> {
        let url = DocumentUrl::parse(id)?;
        if let Some(client) = self.remembered(id) {
            return Ok(client);
        }
        self.flights.join(id.as_str(), Box::pin(self.found(&url))).await
    }

    fn remembered(&self, id: &ClientId) -> Option<Arc<KnownClient>> {
        let now = self.clock.now();
        self.remembered.get(id, now).filter(|kept| now < kept.fresh_until).map(|kept| kept.client)
    }

    async fn found(&self, url: &DocumentUrl) -> Result<Arc<KnownClient>, DocumentFault> {
        if let Some(sealed) = self.stored(url).await? {
            return Ok(self.remember(url, sealed));
        }
        self.throttle.take().map_err(DocumentFault::TooMany)?;
        let fetched = fetch::fetch(&self.deps.http, url, self.clock.now()).await?;
        tracing::info!(target: "audit", event = "client_document_fetched", client = %url.id());
        let Some(lifetime) = fetched.lifetime else {
            return Ok(Arc::new(KnownClient::of_document(url, fetched.document)));
        };
        let fresh_until = self.clock.now().plus(lifetime).secs();
        let sealed = Sealed { document: fetched.document, fresh_until };
        self.store(url, &sealed).await;
        Ok(self.remember(url, sealed))
    }

    fn remember(&self, url: &DocumentUrl, sealed: Sealed) -> Arc<KnownClient> {
        let client = Arc::new(KnownClient::of_document(url, sealed.document));
        let kept = Kept { client: client.clone(), fresh_until: Timestamp::from_secs(sealed.fresh_until) };
        self.remembered.put(url.id().clone(), kept, self.clock.now());
        client
    }

    /// The fresh document of the table. One that was sealed under another key, or for another URL, is none.
    async fn stored(&self, url: &DocumentUrl) -> Result<Option<Sealed>, DocumentFault> {
        let found = self.clients.document(url.id()).await?;
        let opened = found.and_then(|text| self.deps.sealer.open::<Sealed>(&context(url), &text).ok());
        Ok(opened.filter(|sealed| self.clock.now() < Timestamp::from_secs(sealed.fresh_until)))
    }

    /// A document that cannot be stored is fetched again by the next instance; the person need not wait for that.
    async fn store(&self, url: &DocumentUrl, sealed: &Sealed) {
        let Ok(text) = self.deps.sealer.seal(&context(url), sealed) else { return };
        let purge_at = sealed.fresh_until.saturating_add(PURGE_DELAY.as_secs());
        let stored = StoredDocument { sealed: text, purge_at };
        if let Err(error) = self.clients.keep_document(url.id(), &stored).await {
            tracing::warn!(%error, "a client's document could not be stored");
        }
    }
}

fn context(url: &DocumentUrl) -> String {
    format!("client-document/{}", url.id())
}
