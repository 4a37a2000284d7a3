//! Login and consent as a Lambda function. It seals credentials and opens none. With KMS its role does not permit
//! opening; with Secrets Manager it must read the secret of the user who logs in, which holds the data key and the API
//! keys that it extends.

use std::num::NonZeroU16;
use std::process::ExitCode;
use std::sync::Arc;

use authorize::{Deps, DocumentDeps, router};
use oauth::keys::{Purpose, RootKey};
use outbound::{GuardPolicy, GuardedClient, SystemResolver};
use primitives::ids::ClientId;
use primitives::random::SharedRandom;
use shared::aws::Aws;
use shared::config::Misconfigured;
use shared::lambda::{serve, warm};
use shared::upstream;
use shared::vault::{ConnectedServer, ServerConnections};

/// Of one instance. Documents are few and are used again for long; whoever makes up many must not make us fetch as fast as
/// the gateway lets requests through.
const FETCHES_PER_MINUTE: NonZeroU16 = NonZeroU16::new(60).unwrap();

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(async |config, surroundings| {
        let (public, random) = (config.public_url()?, surroundings.random.clone());
        let agent_servers = config.agent_servers()?;
        let offers_agents = config.agent_discovery()? || !agent_servers.is_empty();
        let langsmith = upstream::langsmith(config, surroundings.clock.clone(), random.clone())?;
        let aws = Aws::new(config)?;
        let (store, secrets) = (aws.store(config)?, aws.secrets());
        let vault = aws.vault(config, (surroundings.clock.clone(), random.clone()))?;
        let own = (store.own_credentials.clone(), vault.clone());
        let (root, upstream, (), ()) = tokio::join!(
            secrets.root_key(config),
            secrets.langsmith_client(config),
            warm("the store", async { store.clients.get(&ClientId::new("-")).await.map(drop) }),
            warm("LangSmith", langsmith.warm()),
        );
        let (root, upstream) = (root?, upstream?);
        Ok(router(Deps {
            // API Gateway counts for all instances together.
            logins_per_minute: None,
            minter: root.minter()?,
            tickets: root.sealer(Purpose::Ticket, random.clone())?,
            sessions: root.sealer(Purpose::Session, random.clone())?,
            documents: config.client_id_metadata()?.then(|| documents(&root, random.clone())).transpose()?,
            offers_agents,
            own_servers: agent_servers.iter().filter_map(ConnectedServer::of).collect(),
            server_connections: ServerConnections::new(own.0, own.1, surroundings.clock.clone()),
            vault,
            store,
            langsmith,
            upstream,
            public,
            clock: surroundings.clock.clone(),
            random,
        }))
    })
    .await
}

fn documents(root: &RootKey, random: SharedRandom) -> Result<DocumentDeps, Misconfigured> {
    let http = GuardedClient::new(GuardPolicy::PublicHttps, &(Arc::new(SystemResolver) as _))
        .map_err(|error| Misconfigured::new("CLIENT_ID_METADATA", error))?;
    let sealer = root.sealer(Purpose::ClientDocument, random)?;
    Ok(DocumentDeps { http, fetches_per_minute: FETCHES_PER_MINUTE, sealer })
}
