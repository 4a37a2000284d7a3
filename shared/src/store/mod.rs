//! Storage. There is one implementation, DynamoDB through the AWS SDK: on AWS with the service, locally and in tests
//! with a DynamoDB embedded in the process. Tests inject faults and count round trips below the SDK, at its HTTP
//! connector, so that the code under test is the production code.
//!
//! Reads that decide something are by primary key and strongly consistent. Expiry is always compared in code: the store
//! deletes expired items late.

#[cfg(feature = "servers")]
mod auth_providers;
mod client_documents;
mod clients;
mod consent;
mod error;
mod grants;
mod item;
mod keys;
mod listing;
mod live_grants;
mod login;
#[cfg(feature = "servers")]
mod mcp_server_items;
#[cfg(feature = "servers")]
mod mcp_servers;
mod own_credentials;
mod rotations;
mod sessions;
mod signed_in;
#[cfg(feature = "servers")]
mod tool_list_read;
#[cfg(feature = "servers")]
mod tool_lists;
mod vault;
mod workspace_keys;

use aws_sdk_dynamodb::Client;

#[cfg(feature = "servers")]
pub use auth_providers::AuthProviders;
pub use client_documents::StoredDocument;
pub use clients::Clients;
pub use consent::{Consent, ConsentOutcome};
pub use error::StoreError;
pub use grants::{Grants, Write};
pub use keys::Keys;
pub use listing::Part;
#[cfg(feature = "servers")]
pub use mcp_servers::{Change, McpServers, Registration, ServerAtUrl};
pub use own_credentials::{OwnCredentialItem, OwnCredentials};
pub use sessions::{BrowserSession, PendingLogin, Sessions, WorkspaceEntry};
pub use signed_in::{SignedInAs, SignedInWith};
#[cfg(feature = "servers")]
pub use tool_list_read::ToolListRead;
#[cfg(feature = "servers")]
pub use tool_lists::{StoredToolList, ToolListKey, ToolListState, ToolLists};
pub use vault::{VaultItem, VaultItems};
pub use workspace_keys::WorkspaceKeys;

/// All tables of the stack.
#[derive(Clone, Debug)]
pub struct Store {
    /// Registered clients, and the documents of clients that do not register.
    pub clients: Clients,
    /// Consents and their tokens.
    pub grants: Grants,
    /// Pending logins and browser sessions.
    pub sessions: Sessions,
    /// Public keys, our registration at LangSmith, and the brake on credential endings.
    pub keys: Keys,
    /// Sealed upstream credentials.
    pub vault: VaultItems,
    /// Sealed credentials of users for servers other than LangSmith, in the same table.
    pub own_credentials: OwnCredentials,
    /// Wrapped data keys of workspaces, in the table of the MCP servers.
    pub workspace_keys: WorkspaceKeys,
    /// Registered MCP servers.
    #[cfg(feature = "servers")]
    pub mcp_servers: McpServers,
    /// Shared OAuth providers, in the same table.
    #[cfg(feature = "servers")]
    pub auth_providers: AuthProviders,
    /// The tools of MCP servers.
    #[cfg(feature = "servers")]
    pub tool_lists: ToolLists,
}

impl Store {
    /// The tables named `<prefix>-clients`, `<prefix>-grants` and so on.
    pub fn new(client: &Client, prefix: &str) -> Self {
        let table = |name: &str| item::Table::new(client.clone(), format!("{prefix}-{name}"));
        Self {
            clients: Clients::new(table("clients")),
            grants: Grants::new(table("grants")),
            sessions: Sessions::new(table("sessions")),
            keys: Keys::new(table("keys")),
            vault: VaultItems::new(table("vault")),
            own_credentials: OwnCredentials::new(table("vault")),
            workspace_keys: WorkspaceKeys::new(table("mcp-servers")),
            #[cfg(feature = "servers")]
            mcp_servers: McpServers::new(table("mcp-servers")),
            #[cfg(feature = "servers")]
            auth_providers: AuthProviders::new(table("mcp-servers")),
            #[cfg(feature = "servers")]
            tool_lists: ToolLists::new(table("tool-cache")),
        }
    }
}
