//! The Lambda authorizer of API Gateway. Reads the public keys and nothing else.

use std::process::ExitCode;

use authorizer::Authorizer;
use shared::aws::Aws;
use shared::lambda::{answer, warm};
use shared::mcp::scopes::ToolScopes;
use shared::public_keys::PublicKeys;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    answer(async |config, surroundings| {
        let (public, api_keys) = (config.public_url()?, config.api_key_header()?);
        let scopes = ToolScopes::new(&config.agent_servers()?, config.agent_discovery()?);
        let store = Aws::new(config)?.store(config)?;
        let keys = PublicKeys::new(store.keys, public.clone(), surroundings.clock.clone());
        warm("the public keys", keys.warm()).await;
        Ok(Authorizer { keys, public, api_keys, scopes })
    })
    .await
}
