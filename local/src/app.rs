//! Assembles the functions into one process.

use std::fmt::Display;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use langsmith::oauth::UpstreamClient;
use langsmith::{ControlPlane, DataPlaneSettings, LangSmith};
use mcp::AnswerDeps;
use mcp::auth::CallerAuthenticator;
use mcp::toolsets::agents::{AgentDeps, AgentServers, RunKeys};
use oauth::access::AccessSigner;
use oauth::keys::{Jwks, Purpose};
use oauth::public_url::PublicUrl;
use shared::public_keys::PublicKeys;
use shared::store::Store;
use shared::vault::{Broker, ConnectedServer, Envelope, ServerConnections, SharedVault};
use shared::web::outer_layers::layers_of_pages;
use url::Url;

use crate::checked::Checked;
use crate::created_files::CreatedFiles;
use crate::database::{self, Database};
use crate::drain::drain;
use crate::key_files::Keys;
use crate::lock::DataDirLock;
use crate::servers::ServerParts;
use crate::{
    Environment, Running, Settings, StartError, banner, console, demo, documents, serve, signals, telemetry,
};

/// Every route of the process, for the test of the HTTP behaviour that all share.
pub const ROUTES: [&[&str]; 7] = [
    &metadata::ROUTES,
    &register::ROUTES,
    &authorize::ROUTES,
    &token::ROUTES,
    &mcp::ROUTES,
    &registry::ROUTES,
    &tool_cache::ROUTES,
];

/// Starts, prints the address, and serves until Ctrl-C or SIGTERM.
pub async fn run(settings: Settings) -> Result<(), StartError> {
    telemetry::start(settings.log);
    let mut running = start(settings).await?;
    let key = running.double.is_some().then_some(langsmith_double::data::ADA_KEY);
    running.probe();
    // Before the text that tells people that they may stop the server.
    let ended = signals::end();
    let langsmith = running.langsmith.endpoint().as_str().trim_end_matches('/');
    console::print(&banner::text(&running.public, langsmith, running.signs_in, key));
    ended.await;
    running.stop().await;
    Ok(())
}

/// Starts with the system clock and randomness.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    start_in(settings, Environment::default()).await
}

/// Starts in a given environment.
pub async fn start_in(settings: Settings, environment: Environment) -> Result<Running, StartError> {
    let checked = Checked::new(&settings)?;
    let listeners = serve::listen(&settings).await?;
    let port = listeners.first().map(serve::local_port).transpose()?.unwrap_or(settings.port);
    let public = match &checked.public {
        Some(public) => public.clone(),
        None => format!("http://localhost:{port}").parse().map_err(internal)?,
    };
    let (double, endpoint) = if let Some(endpoint) = checked.langsmith.clone() {
        (None, endpoint)
    } else {
        let double = demo::start(public.join(authorize::CALLBACK_PATH)).await?;
        let endpoint = Url::parse(&double.url()).map_err(internal)?;
        (Some(double), endpoint)
    };
    let Environment { clock, random, limits, .. } = &environment;
    let langsmith = LangSmith::new(endpoint, checked.http.clone(), clock.clone(), random.clone());
    let langsmith = langsmith.with_data_planes(DataPlaneSettings {
        ourselves: Url::parse(public.issuer()).ok(),
        private: settings.private_data_planes,
        ca_file: settings.ca_file.clone(),
    });
    let limits = *limits;
    let signs_in = !matches!(checked.upstream.client, UpstreamClient::None);
    // From here on files are written.
    let mut made = CreatedFiles::default();
    let (lock, database, keys) = open(&settings, &environment, &mut made)?;
    let router = router(&checked, environment, &database, &keys, public.clone(), langsmith.clone()).await?;
    made.keep();
    let (end, _) = tokio::sync::watch::channel(false);
    let places = settings.max_connections.get().into();
    let mut servers = serve::serve(listeners, &router, limits, places, &end);
    servers.spawn(database::sweep(database, end.subscribe()));
    Ok(Running { public, langsmith, signs_in, servers, end, double, lock })
}

type Opened = (Option<DataDirLock>, Database, Keys);

fn open(
    settings: &Settings,
    environment: &Environment,
    made: &mut CreatedFiles,
) -> Result<Opened, StartError> {
    let random = environment.random.as_ref();
    let Some(directory) = settings.data_dir() else {
        return Ok((None, Database::memory()?, Keys::fresh(random)?));
    };
    let lock = DataDirLock::acquire(&directory, made)?;
    let database = directory.join("database.sqlite");
    let keys = Keys::of(&directory, &database, random, made)?;
    for end in ["", "-wal", "-shm"] {
        made.note(&directory.join(format!("database.sqlite{end}")));
    }
    Ok((Some(lock), Database::open(&database)?, keys))
}

async fn router(
    checked: &Checked,
    environment: Environment,
    database: &Database,
    keys: &Keys,
    public: PublicUrl,
    langsmith: LangSmith,
) -> Result<Router, StartError> {
    let Environment { clock, random, resolver, between, toolsets, agent_patience, .. } = environment;
    let store = Store::new(&database::client(between(database.http_client())), database::PREFIX);
    let jwks = Jwks { keys: vec![keys.signing.public().map_err(internal)?] };
    store.keys.publish(&jwks).await.map_err(|error| StartError::Database(error.to_string()))?;

    let sealer = |purpose| keys.root.sealer(purpose, random.clone());
    let minter = keys.root.minter().map_err(internal)?;
    let vault: SharedVault = Arc::new(Envelope::new(sealer(Purpose::Vault).map_err(internal)?));
    let times = (clock.clone(), random.clone());
    let broker =
        Broker::new(store.clone(), vault.clone(), langsmith.clone(), checked.upstream.clone(), times.clone());
    let logins = CallerAuthenticator::new(&store, broker, langsmith.clone(), public.clone(), clock.clone());

    let parts = ServerParts {
        store: &store,
        vault: Arc::new(Envelope::new(sealer(Purpose::Vault).map_err(internal)?)),
        langsmith: &langsmith,
        public: &public,
        allow_private: checked.allow_private_servers,
        times,
    };
    let server_routes = parts.router()?;
    let register = register::router(register::Deps {
        store: store.clone(),
        clock: clock.clone(),
        random: random.clone(),
    });
    let token = token::router(token::Deps {
        store: store.clone(),
        minter: minter.clone(),
        signer: AccessSigner::new(&keys.signing).map_err(internal)?,
        keys: Arc::new(PublicKeys::new(store.keys.clone(), public.clone(), clock.clone())),
        public: public.clone(),
        clock: clock.clone(),
        random: random.clone(),
    });
    let endpoint = langsmith.endpoint().clone();
    let sessions = store.sessions.clone();
    let connections = ServerConnections::new(store.own_credentials.clone(), vault.clone(), clock.clone());
    let documents = documents::of(checked, keys, &resolver, random.clone()).await?;
    let authorize = authorize::router(authorize::Deps {
        store,
        minter,
        tickets: sealer(Purpose::Ticket).map_err(internal)?,
        sessions: sealer(Purpose::Session).map_err(internal)?,
        logins_per_minute: Some(checked.logins_per_minute),
        own_servers: checked.agent_servers.iter().filter_map(ConnectedServer::of).collect(),
        server_connections: connections.clone(),
        documents: documents.clone(),
        offers_agents: checked.discover_agents || !checked.agent_servers.is_empty(),
        vault,
        langsmith: langsmith.clone(),
        upstream: checked.upstream.clone(),
        public: public.clone(),
        clock: clock.clone(),
        random: random.clone(),
    });
    let agents = AgentDeps {
        http: checked.http.clone(),
        keys: RunKeys::new(&keys.root, random.clone()).map_err(internal)?,
        clock: clock.clone(),
        public_url: public.clone(),
        connections: Some(connections),
        patience: agent_patience,
        discovery: checked.discover_agents.then(|| ControlPlane::of(&langsmith)),
    };
    let servers = AgentServers::new(checked.agent_servers.clone(), &toolsets, &agents);
    let toolsets = servers.offered_by(toolsets).map_err(internal)?;
    let authenticator = Arc::new(logins);
    let answers = AnswerDeps {
        servers,
        consents: authenticator.clone(),
        sessions,
        langsmith: langsmith.clone(),
        public: public.clone(),
    };
    let mcp = mcp::router(mcp::Deps {
        public_url: public.clone(),
        allowed_origins: checked.origins.clone(),
        langsmith,
        authenticator,
        toolsets,
        streams: true,
        answers: Some(answers),
    });
    let about = metadata::About {
        langsmith: endpoint,
        api_keys: true,
        client_documents: documents.is_some(),
        demo_key: checked.langsmith.is_none().then_some(langsmith_double::data::ADA_KEY),
    };
    let metadata = metadata::router(&public, about).map_err(internal)?;
    let all = Router::new()
        .merge(metadata)
        .merge(register)
        .merge(token)
        .merge(authorize)
        .merge(mcp)
        .merge(server_routes);
    Ok(layers_of_pages(all, random, &public).layer(from_fn(drain)))
}

pub(crate) fn internal(error: impl Display) -> StartError {
    StartError::Internal(error.to_string())
}
