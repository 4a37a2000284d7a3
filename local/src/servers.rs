//! The registry of MCP servers, and their tools: two functions over the same callers, tables and keys.

use std::sync::Arc;

use axum::Router;
use langsmith::LangSmith;
use oauth::public_url::PublicUrl;
use outbound::{GuardPolicy, GuardedClient, SystemResolver};
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use shared::servers::{HeaderVault, OwnTokens, ProviderVault, ServerAccess, ServerCallers, ToolCache};
use shared::store::Store;
use shared::vault::SharedWorkspaceVault;

use crate::StartError;
use crate::app::internal;

/// What both functions are made of.
pub(crate) struct ServerParts<'p> {
    pub(crate) store: &'p Store,
    pub(crate) vault: SharedWorkspaceVault,
    pub(crate) langsmith: &'p LangSmith,
    pub(crate) public: &'p PublicUrl,
    /// Whether servers may be on this machine and in private networks.
    pub(crate) allow_private: bool,
    pub(crate) times: (SharedClock, SharedRandom),
}

impl ServerParts<'_> {
    /// The routes of both.
    pub(crate) fn router(self) -> Result<Router, StartError> {
        let Self { store, vault, langsmith, public, allow_private, times } = self;
        let policy = if allow_private { GuardPolicy::PrivateAllowed } else { GuardPolicy::PublicHttps };
        let (clock, random) = times.clone();
        let own_tokens = OwnTokens::new(store, public, clock.clone());
        let callers = Arc::new(ServerCallers::new(langsmith, own_tokens, clock.clone()));
        let registry = registry::router(registry::Deps {
            callers: callers.clone(),
            servers: store.mcp_servers.clone(),
            headers: HeaderVault::new(vault.clone()),
            providers: store.auth_providers.clone(),
            provider_secrets: ProviderVault::new(vault.clone()),
            policy,
            clock,
            random,
        });
        let client = GuardedClient::new(policy, &(Arc::new(SystemResolver) as _)).map_err(internal)?;
        let tool_cache = tool_cache::router(tool_cache::Deps {
            callers,
            cache: ToolCache::new(store.tool_lists.clone(), times),
            servers: ServerAccess {
                servers: store.mcp_servers.clone(),
                headers: HeaderVault::new(vault),
                client,
                policy,
            },
            store: store.clone(),
            policy,
        });
        Ok(registry.merge(tool_cache))
    }
}
