//! `/v1/deepagents/auth-providers`: shared OAuth providers, as far as `legacy_shared_provider` needs them.

mod create;
mod list;

pub(crate) use create::create;
pub(crate) use list::{delete, list};

use serde::Serialize;
use shared::servers::{AuthProvider, ProviderLocation};
use shared::web::time::to_microseconds;

use primitives::clock::Timestamp;

/// A provider in the wire format. Its secret is write-only.
#[derive(Serialize)]
struct ProviderView<'p> {
    id: String,
    tenant_id: &'p str,
    name: &'p str,
    client_id: &'p str,
    has_client_secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoints: Option<EndpointsView<'p>>,
    created_at: String,
}

#[derive(Serialize)]
struct EndpointsView<'p> {
    authorization_endpoint: &'p str,
    token_endpoint: &'p str,
}

impl<'p> ProviderView<'p> {
    fn of(provider: &'p AuthProvider) -> Self {
        let (issuer, endpoints) = match &provider.location {
            ProviderLocation::Issuer(issuer) => (Some(issuer.as_str()), None),
            ProviderLocation::Endpoints { authorization, token } => {
                (None, Some(EndpointsView { authorization_endpoint: authorization, token_endpoint: token }))
            }
        };
        Self {
            id: provider.id.hyphenated().to_string(),
            tenant_id: provider.workspace.as_str(),
            name: provider.name.as_str(),
            client_id: &provider.client_id,
            has_client_secret: provider.sealed_secret.is_some(),
            issuer,
            endpoints,
            created_at: to_microseconds(Timestamp::from_millis(provider.created_at)),
        }
    }
}
