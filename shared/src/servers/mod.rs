//! MCP servers that a workspace has registered: the rules of their fields, and the sealing of their headers.

mod auth;
mod auth_provider;
mod caller_headers;
mod callers;
mod credential_headers;
mod header_vault;
mod own_tokens;
mod server;
mod tools;

pub use auth::{AuthRefused, OAuthMode, ServerAuth};
pub use auth_provider::{AuthProvider, ProviderLocation, ProviderVault};
pub use caller_headers::WorkspaceProblem;
pub use callers::{Caller, CallerFailure, ServerCallers};
pub use credential_headers::{CredentialHeader, CredentialHeaders, HeaderRefused};
pub use header_vault::HeaderVault;
pub use own_tokens::OwnTokens;
pub use server::{NameRefused, RegisteredServer, ServerId, ServerName};
pub use tools::{
    AccessFailure, FetchTools, FetchedTools, ListSource, ListedTool, ServedTools, ServerAccess, StoredServer,
    ToolCache, ToolList, ToolsFailure, ToolsRequest, Unpackable, UnregisteredServer,
};
