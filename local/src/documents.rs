//! How the documents of clients are fetched.

use std::sync::Arc;

use authorize::DocumentDeps;
use oauth::keys::Purpose;
use outbound::{GuardPolicy, GuardedClient, Resolver};
use primitives::random::SharedRandom;

use crate::StartError;
use crate::app::internal;
use crate::checked::Checked;
use crate::key_files::Keys;

/// `None` if clients must register.
pub(crate) fn of(
    checked: &Checked,
    keys: &Keys,
    resolver: &Arc<dyn Resolver>,
    random: SharedRandom,
) -> Result<Option<DocumentDeps>, StartError> {
    if !checked.client_documents {
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
