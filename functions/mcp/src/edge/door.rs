//! What a request passes before anything is read from it: its resource, and the checks of origin and credential.

use std::sync::Arc;

use http::HeaderMap;
use oauth::public_url::PublicUrl;
use oauth::resource::Resource;

use super::Origins;
use crate::auth::{AuthFailure, Authenticator, CallerIdentity};

/// The door of an endpoint.
#[derive(Clone)]
pub(crate) struct Door {
    /// Names the endpoint's own resource.
    pub(crate) public_url: PublicUrl,
    pub(crate) origins: Arc<Origins>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    resource: Resource,
}

impl Door {
    /// The door of the MCP endpoint.
    pub(crate) fn new(
        public_url: PublicUrl,
        allowed_origins: Vec<String>,
        authenticator: Arc<dyn Authenticator>,
    ) -> Self {
        let origins = Arc::new(Origins::new(&public_url, allowed_origins));
        Self { public_url, origins, authenticator, resource: Resource::MCP }
    }

    /// The door of another resource.
    pub(crate) fn at(&self, resource: Resource) -> Self {
        Self { public_url: self.public_url.at(&resource), resource, ..self.clone() }
    }

    /// The caller, if the credential is for this resource.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<CallerIdentity, AuthFailure> {
        self.authenticator.authenticate(headers, &self.resource).await
    }
}
