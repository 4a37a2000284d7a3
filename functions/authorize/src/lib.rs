//! `/authorize`: login to LangSmith, consent, and the authorization code (RFC 6749 section 4.1, OAuth 2.1). Behind the
//! same login, `/connections` lists a person's connections and ends them.
//!
//! No request state is kept in memory, and GET changes nothing: a form carries its request sealed in a ticket that is
//! bound to the browser's cookie, which is also its CSRF protection.
//!
//! The pages work without script, so every action is a form. No focusable control has an `id`: a page that opens ours
//! with `#id` would focus it and could trick someone who holds Enter into pressing Allow.

mod asking;
mod browser;
mod connections;
mod consent;
mod destination;
mod documents;
mod entry;
mod error;
mod form;
mod login;
mod logout;
mod redirect;
mod session;
mod signed_in;
mod ticket;
#[cfg(test)]
mod well_made;
mod workspaces;

use std::num::NonZeroU16;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use langsmith::oauth::UpstreamOAuth;
use langsmith::{LangSmith, RefusedKeys};
use oauth::public_url::PublicUrl;
use oauth::return_to::{CONNECTIONS_PATH, ReturnTo};
use oauth::seal::Sealer;
use oauth::token::Minter;
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use shared::store::Store;
use shared::vault::{ConnectedServer, ServerConnections, SharedVault};
use shared::web::cors;
use tracing::Instrument as _;

use crate::documents::Documents;
use crate::error::AuthorizeError;
use crate::login::{Throttle, Throttles, Upstream};

pub use documents::DocumentDeps;

/// Every route of this function.
pub const ROUTES: [&str; 13] = [
    "/authorize",
    "/authorize/answer/{link}",
    "/authorize/callback",
    "/authorize/consent",
    "/authorize/login/key",
    "/authorize/login/langsmith",
    "/authorize/logout",
    CONNECTIONS_PATH,
    "/connections/connect",
    "/connections/disconnect",
    "/connections/end",
    "/connections/end-all",
    "/connections/logout",
];

/// The path that LangSmith sends the browser back to.
pub const CALLBACK_PATH: &str = "/authorize/callback";

/// The dependencies of the function.
#[derive(Clone)]
pub struct Deps {
    /// The tables.
    pub store: Store,
    /// Mints codes.
    pub minter: Minter,
    /// Seals tickets ([`Purpose::Ticket`](oauth::keys::Purpose::Ticket)).
    pub tickets: Sealer,
    /// Seals the secrets of a pending login ([`Purpose::Session`](oauth::keys::Purpose::Session)).
    pub sessions: Sealer,
    /// How the documents of clients are fetched; `None` if clients must register.
    pub documents: Option<DocumentDeps>,
    /// Whether the deployment has agents, so that there is a permission to run them.
    pub offers_agents: bool,
    /// The servers to which each person connects with a key or token of their own.
    pub own_servers: Vec<ConnectedServer>,
    /// The people's connections to these servers.
    pub server_connections: ServerConnections,
    /// Seals upstream credentials.
    pub vault: SharedVault,
    /// The client of the LangSmith API.
    pub langsmith: LangSmith,
    /// Our OAuth client at LangSmith.
    pub upstream: UpstreamOAuth,
    /// The issuer and the base of every published URL.
    pub public: PublicUrl,
    /// The clock that expiries are compared with.
    pub clock: SharedClock,
    /// How many logins of each kind may begin per minute; `None` where a component in front of us counts them.
    pub logins_per_minute: Option<NonZeroU16>,
    /// Randomness for cookies, grants and codes.
    pub random: SharedRandom,
}

/// The shared state of the handlers.
struct App {
    deps: Deps,
    upstream: Upstream,
    refused_keys: RefusedKeys,
    /// Absent where a component in front of us counts the logins.
    throttles: Option<Throttles>,
    /// Absent where clients must register.
    documents: Option<Documents>,
}

impl App {
    /// Counts a login that is about to cause a call to LangSmith, where we count.
    fn count_login(
        &self,
        way: fn(&Throttles) -> &Throttle,
        return_to: &ReturnTo,
    ) -> Result<(), AuthorizeError> {
        self.throttles.as_ref().map_or(Ok(()), |throttles| way(throttles).begin(return_to))
    }
}

/// Runs `work` in a separate task and waits for it, so that a client disconnect cannot cancel it.
async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, AuthorizeError>> + Send + 'static,
) -> Result<T, AuthorizeError> {
    tokio::spawn(work.in_current_span()).await?
}

/// The routes, with every error as a page or a redirect: a person sees it in the browser.
pub fn router(deps: Deps) -> Router {
    let upstream = Upstream::new(&deps);
    let errors = from_fn_with_state(deps.public.clone(), error::show);
    let only = |allow: &'static str| move || async move { AuthorizeError::WrongMethod { allow } };
    let read_only = only("GET, HEAD");
    let post_only = only("POST");
    let app = Arc::new(App {
        refused_keys: RefusedKeys::new(deps.clock.clone()),
        throttles: deps.logins_per_minute.map(|a_minute| Throttles::new(a_minute, &deps.clock)),
        documents: deps.documents.clone().map(|documents| Documents::new(&deps, documents)),
        deps,
        upstream,
    });
    Router::new()
        .route("/authorize/login/langsmith", post(login::with_langsmith).fallback(post_only))
        .route("/authorize/login/key", post(login::with_key).fallback(post_only))
        .route("/authorize", get(entry::show).fallback(read_only))
        .route("/authorize/answer/{link}", get(login::for_answer).fallback(read_only))
        .route("/authorize/callback", get(login::callback).fallback(read_only))
        .route("/authorize/consent", post(consent::decide).fallback(post_only))
        .route("/authorize/logout", post(logout::logout::<ticket::Consent>).fallback(post_only))
        .route(CONNECTIONS_PATH, get(connections::show).fallback(read_only))
        .route("/connections/connect", post(connections::connect).fallback(post_only))
        .route("/connections/disconnect", post(connections::disconnect).fallback(post_only))
        .route("/connections/end", post(connections::end).fallback(post_only))
        .route("/connections/end-all", post(connections::end_all).fallback(post_only))
        .route("/connections/logout", post(logout::logout::<ticket::Connections>).fallback(post_only))
        .layer(errors)
        .layer(from_fn(cors::preflights))
        .with_state(app)
}
