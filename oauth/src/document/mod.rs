//! Clients that describe themselves in a document at the URL that is their identifier
//! (draft-ietf-oauth-client-id-metadata-document-00). The rules for its content; fetching it is not done here.

mod url;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

pub use url::{ClientIdKind, DocumentUrl, NotADocumentUrl};

use crate::client::{ClientMetadata, RegistrationError};

/// The methods of the token endpoint that a document may name. There is no secret that both sides could know. A client
/// with a key pair is served as a public client: we offer no method but `none`, and PKCE binds its codes. ChatGPT's
/// document names `private_key_jwt` and accepts `none`.
const METHODS: [&str; 2] = ["none", "private_key_jwt"];

/// The usable content of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDocument {
    /// The client's self-chosen name; unverified.
    pub client_name: String,
    /// The usable ones of the redirect URIs.
    pub redirect_uris: Vec<String>,
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a JSON object with members of the right types.
    #[error("it is not a JSON object of client metadata")]
    Malformed,
    /// Its `client_id` is missing or is not the URL that it was fetched from, byte for byte.
    #[error("its client_id is not the URL where it is")]
    OtherClient,
    /// It has no `client_name` (MCP 2026-07-28, authorization).
    #[error("it has no client_name")]
    NoName,
    /// It has a secret, which everybody can read.
    #[error("it must not have a client_secret or client_secret_expires_at")]
    Secret,
    /// It names a method that needs a shared secret, or one that we do not know.
    #[error("its token_endpoint_auth_method must be none or private_key_jwt")]
    Method,
    /// What a registration would be refused for, too.
    #[error(transparent)]
    Metadata(#[from] RegistrationError),
}

/// The members that only a document has, or that mean something else there.
#[derive(Deserialize)]
struct OwnMembers {
    client_id: Option<String>,
    client_secret: Option<IgnoredAny>,
    client_secret_expires_at: Option<IgnoredAny>,
    token_endpoint_auth_method: Option<String>,
}

impl ClientDocument {
    /// The document that was fetched from `url`.
    pub fn parse(url: &DocumentUrl, json: &[u8]) -> Result<Self, DocumentError> {
        let own: OwnMembers = serde_json::from_slice(json).map_err(|_| DocumentError::Malformed)?;
        let metadata: ClientMetadata = serde_json::from_slice(json).map_err(|_| DocumentError::Malformed)?;
        if own.client_id.as_deref() != Some(url.id().as_str()) {
            return Err(DocumentError::OtherClient);
        }
        if own.client_secret.is_some() || own.client_secret_expires_at.is_some() {
            return Err(DocumentError::Secret);
        }
        // RFC 7591 means `client_secret_basic` where the member is missing, which a document cannot mean.
        if own.token_endpoint_auth_method.is_some_and(|method| !METHODS.contains(&method.as_str())) {
            return Err(DocumentError::Method);
        }
        let metadata = metadata.checked()?;
        let client_name = metadata.client_name.ok_or(DocumentError::NoName)?;
        Ok(Self { client_name, redirect_uris: metadata.redirect_uris })
    }
}

#[cfg(test)]
mod tests;
