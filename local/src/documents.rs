//! How the documents of clients are fetched, and whether.

use std::sync::Arc;
use std::time::Duration;

use authorize::DocumentDeps;
use oauth::keys::Purpose;
use outbound::address::is_public;
use outbound::{GuardPolicy, GuardedClient, Resolver};
use primitives::deadline::Deadline;
use primitives::random::SharedRandom;
use url::Url;

use crate::StartError;
use crate::app::internal;
use crate::checked::Checked;
use crate::key_files::Keys;
use crate::settings::ClientIdMetadata;

/// The public host whose name is resolved for a demo, which has no LangSmith of its own.
const LANGSMITH: &str = "api.smith.langchain.com";

/// The time for this, at the start: a network without a way out may not answer at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// `None` if clients must register.
pub(crate) async fn of(
    checked: &Checked,
    keys: &Keys,
    resolver: &Arc<dyn Resolver>,
    random: SharedRandom,
) -> Result<Option<DocumentDeps>, StartError> {
    if !is_offered(checked, resolver.as_ref()).await {
        return Ok(None);
    }
    let policy =
        if checked.allow_private_servers { GuardPolicy::PrivateAllowed } else { GuardPolicy::PublicHttps };
    let http = match &checked.authorities {
        Some(pem) => GuardedClient::with_root_certificates(policy, resolver, pem),
        None => GuardedClient::new(policy, resolver),
    };
    let sealer = keys.root.sealer(Purpose::ClientDocument, random).map_err(internal)?;
    let fetches_per_minute = checked.logins_per_minute;
    Ok(Some(DocumentDeps { http: http.map_err(internal)?, fetches_per_minute, sealer }))
}

/// A client that prefers documents does not fall back to registration when its document cannot be fetched: a server that
/// cannot fetch any must not offer it.
async fn is_offered(checked: &Checked, resolver: &dyn Resolver) -> bool {
    match checked.client_id_metadata {
        ClientIdMetadata::On => true,
        ClientIdMetadata::Off => false,
        ClientIdMetadata::Auto => {
            let is_offered =
                checked.allow_private_servers || is_found(checked.langsmith.as_ref(), resolver).await;
            tracing::info!(client_id_metadata = is_offered, "whether the documents of clients are fetched");
            is_offered
        }
    }
}

/// Whether the name of LangSmith's API leads into the Internet. A LangSmith in a private network says nothing of the kind.
async fn is_found(langsmith: Option<&Url>, resolver: &dyn Resolver) -> bool {
    let name = langsmith.map_or(Some(LANGSMITH), Url::domain);
    let Some(name) = name else { return false };
    let found = Deadline::after(PATIENCE).limit(resolver.resolve(name)).await;
    matches!(found, Ok(Ok(addresses)) if !addresses.is_empty() && addresses.iter().all(|one| is_public(*one)))
}
