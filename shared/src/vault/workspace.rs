//! Secrets of a workspace, which are no user's: the headers of its MCP servers.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use primitives::ids::WorkspaceId;
use primitives::secret::Secret;

use super::VaultError;

/// Makes texts unreadable for anybody who has access to the table only, under one key per workspace.
pub trait WorkspaceVault: Send + Sync + 'static {
    /// Seals a text for its place: in another place or workspace it does not open.
    fn seal_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        text: &'a Secret,
    ) -> BoxFuture<'a, Result<String, VaultError>>;

    /// Opens a text.
    fn open_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<Secret, VaultError>>;
}

/// A vault shared by every part of a process.
pub type SharedWorkspaceVault = Arc<dyn WorkspaceVault>;

/// The sealing context.
pub(super) fn context(workspace: &WorkspaceId, place: &str) -> String {
    format!("workspace/{workspace}/{place}")
}
