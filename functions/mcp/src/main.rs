//! The MCP endpoint as a Lambda function. Verifies tokens with public keys; has no access to private keys.

use std::process::ExitCode;
use std::sync::Arc;

use langsmith::ControlPlane;
use mcp::auth::CallerAuthenticator;
use mcp::toolsets::agents::{AgentDeps, AgentServers, PATIENCE, RunKeys};
use mcp::{AnswerDeps, Deps, router};
use shared::aws::Aws;
use shared::config::Misconfigured;
use shared::lambda::{serve, warm};
use shared::upstream;
use shared::vault::{Broker, ServerConnections};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(async |config, surroundings| {
        let (clock, random) = (surroundings.clock.clone(), surroundings.random.clone());
        let (public_url, allowed_origins) = (config.public_url()?, config.allowed_origins()?);
        let langsmith = upstream::langsmith(config, clock.clone(), random.clone())?;
        let aws = Aws::new(config)?;
        let times = (clock.clone(), random);
        let (store, vault) = (aws.store(config)?, aws.vault(config, times.clone())?);
        let connections = ServerConnections::new(store.own_credentials.clone(), vault.clone(), clock.clone());
        let upstream = aws.secrets().langsmith_client(config).await?;
        let broker = Broker::new(store.clone(), vault, langsmith.clone(), upstream, times.clone());
        let logins =
            CallerAuthenticator::new(&store, broker, langsmith.clone(), public_url.clone(), clock.clone());
        let logins = if config.api_key_header()? { logins } else { logins.without_api_keys() };
        tokio::join!(warm("the public keys", logins.warm()), warm("LangSmith", langsmith.warm()),);
        let authenticator = Arc::new(logins);
        let (mut toolsets, mut answers) = (mcp::toolsets::langsmith::tools().into(), None);
        let servers = config.agent_servers()?;
        let discovery = config.agent_discovery()?.then(|| ControlPlane::of(&langsmith));
        if !servers.is_empty() || discovery.is_some() {
            let root = aws.secrets().agent_key(config).await?;
            let (http, keys) = (upstream::http(config)?, RunKeys::new(&root, times.1.clone())?);
            let deps = AgentDeps {
                http,
                keys,
                clock: clock.clone(),
                public_url: public_url.clone(),
                connections: Some(connections),
                patience: PATIENCE,
                discovery,
            };
            let servers = AgentServers::new(servers, &toolsets, &deps);
            toolsets =
                servers.offered_by(toolsets).map_err(|taken| Misconfigured::new("AGENT_SERVERS", taken))?;
            answers = Some(AnswerDeps {
                servers,
                consents: authenticator.clone(),
                sessions: store.sessions.clone(),
                langsmith: langsmith.clone(),
                public: deps.public_url,
            });
        }
        let streams = false;
        Ok(router(Deps { public_url, allowed_origins, langsmith, authenticator, toolsets, streams, answers }))
    })
    .await
}
