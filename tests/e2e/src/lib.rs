//! The environment of the black-box tests: our server in process, the LangSmith double, a stepped clock, and a browser
//! and an OAuth client that use nothing but HTTP.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops there, and drives HTTP clients of its own"
)]

pub mod browser;
pub mod client;
pub mod documents;
pub mod grants;
pub mod mcp;
pub mod servers;
pub mod tls;
pub mod way;
mod world;

pub use browser::{Browser, Choice};
pub use client::{Answer, Login, OAuthClient, Tokens};
pub use way::Way;
pub use world::{Options, World};
