//! HTTP to LangSmith: the client, its endpoint's URLs, bounded bodies, deadlines and retries. Knows no resource of
//! the API.

pub mod body;
pub(crate) mod client;
pub(crate) mod endpoint;
pub(crate) mod request_budget;
pub(crate) mod retry;
pub(crate) mod send;
pub(crate) mod unreachable;
