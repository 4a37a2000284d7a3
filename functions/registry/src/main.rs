//! The registry as a Lambda function. Reads and writes servers and the secrets of workspaces; has no access to the
//! credentials of users.

use std::process::ExitCode;
use std::sync::Arc;

use outbound::GuardPolicy;
use registry::{Deps, router};
use shared::aws::Aws;
use shared::lambda::{serve, warm};
use shared::servers::{HeaderVault, OwnTokens, ProviderVault, ServerCallers};
use shared::upstream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(async |config, surroundings| {
        let (clock, random) = (surroundings.clock.clone(), surroundings.random.clone());
        let langsmith = upstream::langsmith(config, clock.clone(), random.clone())?;
        let aws = Aws::new(config)?;
        let store = aws.store(config)?;
        let own_tokens = OwnTokens::new(&store, &config.public_url()?, clock.clone());
        let vault = aws.workspace_vault(config, &store, (clock.clone(), random.clone()))?;
        tokio::join!(warm("the public keys", own_tokens.warm()), warm("LangSmith", langsmith.warm()));
        Ok(router(Deps {
            callers: Arc::new(ServerCallers::new(&langsmith, own_tokens, clock.clone())),
            servers: store.mcp_servers,
            headers: HeaderVault::new(vault.clone()),
            providers: store.auth_providers,
            provider_secrets: ProviderVault::new(vault),
            policy: GuardPolicy::PublicHttps,
            clock,
            random,
        }))
    })
    .await
}
