//! The tools of registered servers: fetched once for everybody who may see them, kept, and served.

mod access;
mod cache;
mod fetch;
mod freshness;
mod list;
mod unpacked;

pub use access::{AccessFailure, ServerAccess};
pub use cache::{ServedTools, ToolCache, ToolsFailure, ToolsRequest};
pub use fetch::{FetchTools, FetchedTools, StoredServer, UnregisteredServer};
pub use list::{ListSource, ListedTool, ToolList, Unpackable};
