//! The OAuth domain without I/O: what a client, a redirect URI, a scope, a grant and a token are, and which
//! transitions between them are legal.

pub mod access;
pub mod client;
pub(crate) mod client_id;
pub mod code;
pub mod error;
pub mod grant;
pub mod keys;
pub mod pkce;
pub mod public_url;
pub mod redirect;
pub mod refresh;
pub mod request;
pub mod resource;
pub mod return_to;
pub mod scope;
pub mod seal;
pub mod token;
mod web_uri;
