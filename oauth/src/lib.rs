//! The OAuth domain without I/O: clients, redirect URIs, scopes, grants and tokens, and the legal transitions between
//! their states.

pub mod access;
pub mod client;
pub mod client_id;
pub mod code;
pub mod document;
pub mod error;
pub mod grant;
pub mod keys;
pub mod known_client;
pub mod pkce;
pub mod public_url;
pub mod redirect;
pub mod refresh;
pub mod request;
pub mod resource;
pub mod return_to;
pub mod scope;
pub mod seal;
mod servers;
pub mod token;
mod web_uri;
