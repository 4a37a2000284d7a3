//! The tools that a request asks for.

use std::sync::Arc;

use outbound::GuardedUrl;
use primitives::clock::Timestamp;
use primitives::ids::{UserId, WorkspaceId};
use primitives::server_permissions::ServerPermission;
use shared::servers::{
    Caller, FetchTools, ServedTools, ServerId, StoredServer, ToolsRequest, UnregisteredServer,
};
use shared::store::ToolListRead;

use crate::Deps;
use crate::error::ToolCacheError;
use crate::query::ToolsQuery;

/// The revision of a URL that is not registered. No server has it.
const UNREGISTERED: &str = "";

/// Which URLs a request may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urls {
    /// Those of registered servers.
    Registered,
    /// Also others, without any stored credential, for callers who may register them.
    Any,
}

/// The tools at a URL.
pub(crate) async fn tools(
    deps: &Deps,
    caller: &Caller,
    query: &ToolsQuery,
    urls: Urls,
) -> Result<ServedTools, ToolCacheError> {
    if !caller.may(ServerPermission::Invoke) {
        return Err(ToolCacheError::NotPermitted);
    }
    let url = GuardedUrl::parse(&query.url, deps.policy)?;
    let mut request = request(caller, &url, query, deps.cache.now());
    let ToolListRead { server, stored } = deps.store.tool_list(&request.key()).await?;
    let fetch: Arc<dyn FetchTools> = match server {
        Some(server) => {
            request.revision = server.revision;
            let id = ServerId::parse(&server.owner).ok_or(ToolCacheError::UnknownServer)?;
            Arc::new(StoredServer { access: deps.servers.clone(), workspace: caller.workspace.clone(), id })
        }
        None if urls == Urls::Any && caller.may(ServerPermission::Create) => {
            Arc::new(UnregisteredServer { client: deps.servers.client.clone(), url })
        }
        None => return Err(ToolCacheError::UnknownServer),
    };
    Ok(deps.cache.tools(&request, stored.as_ref(), fetch).await?)
}

/// Forgets the tools at a URL. They are then fetched again, so who may list them may also forget them.
pub(crate) async fn forget(deps: &Deps, caller: &Caller, query: &ToolsQuery) -> Result<(), ToolCacheError> {
    if !caller.may(ServerPermission::Invoke) {
        return Err(ToolCacheError::NotPermitted);
    }
    let url = GuardedUrl::parse(&query.url, deps.policy)?;
    Ok(deps.cache.forget(&request(caller, &url, query, deps.cache.now()).key()).await?)
}

/// What the list depends on. A person's token is sent only with a provider; without one, every caller of the workspace
/// gets the same list. Only a service key, which is nobody's, may name a person.
fn request(caller: &Caller, url: &GuardedUrl, query: &ToolsQuery, arrived_at: Timestamp) -> ToolsRequest {
    let named = query.user.as_deref().filter(|_| caller.is_service_key).and_then(UserId::of_account);
    let named = || named.map(|user| user.reference());
    let person = query.provider.as_ref().and_then(|_| caller.person.clone().or_else(named));
    ToolsRequest {
        workspace: WorkspaceId::as_str(&caller.workspace).to_owned(),
        url: url.canonical(),
        provider: query.provider.clone(),
        person: person.map(|person| person.as_str().to_owned()),
        revision: UNREGISTERED.to_owned(),
        refresh: query.refresh,
        arrived_at,
    }
}
