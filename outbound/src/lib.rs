//! The HTTP client for URLs that users give us: registered servers, their documents, client id metadata documents.
//!
//! Such a URL must not lead into our own network, to the metadata of the machine, or to an address that the check did
//! not see (server-side request forgery, CWE-918). Three steps guard it:
//!
//! 1. [`GuardedUrl::parse`] refuses what can be judged from the text: the scheme, user information, addresses in any
//!    spelling, local names.
//! 2. Each name is resolved by [`Resolver`]; if one of its addresses is not allowed, the name is refused. The connection
//!    is made to the checked addresses, so that a name that changes in between (DNS rebinding) gains nothing.
//! 3. [`GuardedClient::send`] follows no redirect, uses no proxy, inflates nothing, and bounds time, head and body.
//!
//! No rules of OAuth, MCP or LangSmith.

pub mod address;
mod checked;
mod client;
mod failure;
mod guarded_url;
mod name;
mod policy;
mod refused;
mod request;
mod resolver;
mod response;

pub use client::{ClientBuildError, GuardedClient};
pub use failure::OutboundFailure;
pub use guarded_url::{GuardedUrl, MAX_URL};
pub use policy::GuardPolicy;
pub use refused::UrlRefused;
pub use request::GuardedRequest;
pub use resolver::{Resolution, Resolver, SystemResolver};
pub use response::{GuardedResponse, Limits, MAX_HEAD};
