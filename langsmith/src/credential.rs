//! The credential of a caller at LangSmith, and its request header.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use primitives::secret::Secret;

use crate::UpstreamError;

/// One caller's LangSmith credential.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A personal or service API key, sent as `X-Api-Key`.
    ApiKey(Secret),
    /// An access token from LangSmith's OAuth server, sent as a bearer token.
    Bearer(Secret),
}

impl Credential {
    /// The cache key of the credential: its kind and its hash.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::ApiKey(key) => format!("key:{}", key.fingerprint()),
            Self::Bearer(token) => format!("bearer:{}", token.fingerprint()),
        }
    }

    /// Adds the credential to a request. A text that is no valid header value is not a LangSmith credential.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) -> Result<(), UpstreamError> {
        let (name, value) = match self {
            Self::ApiKey(key) => (HeaderName::from_static("x-api-key"), HeaderValue::from_str(key.expose())),
            Self::Bearer(token) => {
                (header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", token.expose())))
            }
        };
        let mut value = value.map_err(|_| UpstreamError::Unauthorized)?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    }
}
