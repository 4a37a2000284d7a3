//! LangSmith as our users' identity provider: we are a public OAuth client of the configured deployment
//! (RFC 8414 discovery, RFC 7591 registration, authorization code with PKCE S256, RFC 8707 `resource`).

mod discovery;
mod metadata;
mod register;
mod token;

pub use discovery::{Discovery, Offered, Silent};
pub use metadata::OAuthMetadata;
pub use token::{OAuthTokenError, TokenSet};

use std::time::Duration;

/// The longest that one request to the authorization server may take. A refresh runs under a lease of 20 s.
const TIMEOUT: Duration = Duration::from_secs(8);
