//! LangSmith as our users' identity provider: we are an OAuth client of the configured deployment (RFC 8414 discovery,
//! authorization code with PKCE S256, RFC 8707 `resource`, OIDC `userinfo`, RFC 7591 registration on request).

mod client;
mod discovery;
mod metadata;
mod register;
mod token;
mod userinfo;

pub use client::{
    ClientAuthentication, ClientSetting, ClientSettings, DEFAULT_SCOPES, RegisteredClient, Unusable,
    UpstreamClient, UpstreamOAuth,
};
pub use discovery::{Discovery, Offered, Silent};
pub use metadata::OAuthMetadata;
pub use token::{OAuthTokenError, TokenSet};
pub use userinfo::UserInfo;

use std::time::Duration;

/// The timeout of a request to the authorization server. A refresh runs under a lease of 20 s.
const TIMEOUT: Duration = Duration::from_secs(8);
