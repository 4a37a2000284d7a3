//! The tools cache and the proxy as a Lambda function. Reads servers and the secrets of workspaces, and writes no more
//! than lists of tools.

use std::process::ExitCode;
use std::sync::Arc;

use outbound::{GuardPolicy, GuardedClient, SystemResolver};
use shared::aws::Aws;
use shared::config::Misconfigured;
use shared::lambda::{serve, warm};
use shared::servers::{HeaderVault, OwnTokens, ServerAccess, ServerCallers, ToolCache};
use shared::upstream;
use tool_cache::{Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(async |config, surroundings| {
        let times = (surroundings.clock.clone(), surroundings.random.clone());
        let langsmith = upstream::langsmith(config, times.0.clone(), times.1.clone())?;
        let aws = Aws::new(config)?;
        let store = aws.store(config)?;
        let vault = aws.workspace_vault(config, &store, times.clone())?;
        let own_tokens = OwnTokens::new(&store, &config.public_url()?, times.0.clone());
        let policy = GuardPolicy::PublicHttps;
        let client = GuardedClient::new(policy, &(Arc::new(SystemResolver) as _))
            .map_err(|error| Misconfigured::new("the guarded client", error))?;
        tokio::join!(warm("the public keys", own_tokens.warm()), warm("LangSmith", langsmith.warm()));
        Ok(router(Deps {
            callers: Arc::new(ServerCallers::new(&langsmith, own_tokens, times.0.clone())),
            cache: ToolCache::new(store.tool_lists.clone(), times),
            servers: ServerAccess {
                servers: store.mcp_servers.clone(),
                headers: HeaderVault::new(vault),
                client,
                policy,
            },
            store,
            policy,
        }))
    })
    .await
}
