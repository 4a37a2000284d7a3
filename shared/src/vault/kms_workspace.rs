//! The vault of workspaces with KMS. A workspace has one data key, so that all that is sealed for it costs one call of
//! KMS to open. The wrapped key is an item of the table, which only sealing reads: each sealed value carries it, too.

use aws_sdk_kms::Client;
use futures_util::future::BoxFuture;
use primitives::clock::SharedClock;
use primitives::ids::WorkspaceId;
use primitives::random::SharedRandom;
use primitives::secret::Secret;

use super::VaultError;
use super::data_keys::{DataKey, DataKeys};
use super::workspace::{WorkspaceVault, context};
use crate::store::{StoreError, WorkspaceKeys};

/// How many attempts are made when other instances are faster.
const ATTEMPTS: u32 = 3;

/// Seals under one data key per workspace, which one KMS key wraps.
pub struct KmsWorkspaceVault {
    keys: DataKeys,
    wrapped: WorkspaceKeys,
}

impl KmsWorkspaceVault {
    /// A vault with the names of a KMS key and a stack. The workspaces' wrapped keys are in the stack's table.
    pub fn new(
        client: Client,
        names: (String, String),
        wrapped: WorkspaceKeys,
        times: (SharedClock, SharedRandom),
    ) -> Self {
        Self { keys: DataKeys::new(client, names, "workspace", times), wrapped }
    }

    /// The workspace's key for sealing. A key that does not unwrap any more is replaced: otherwise a workspace could
    /// not have headers again after the stack's KMS key was lost.
    async fn provide(&self, workspace: &WorkspaceId) -> Result<DataKey, VaultError> {
        let mut stored = self.wrapped.get(workspace).await?;
        for _ in 0..ATTEMPTS {
            if let Some(wrapped) = &stored {
                match self.keys.unwrap(workspace.as_str(), wrapped).await {
                    Err(VaultError::Unopenable) => {
                        tracing::error!("a workspace's data key does not open under this stack's key");
                    }
                    decided => return decided,
                }
            }
            let new = self.keys.generate(workspace.as_str()).await?;
            let standing = self.wrapped.replace(workspace, stored.as_deref(), &new.wrapped).await?;
            if standing == new.wrapped {
                self.keys.remember(workspace.as_str(), &new);
                return Ok(new);
            }
            stored = Some(standing);
        }
        Err(VaultError::unavailable("vault.workspace_key", "other instances were faster each time"))
    }
}

impl WorkspaceVault for KmsWorkspaceVault {
    fn seal_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        text: &'a Secret,
    ) -> BoxFuture<'a, Result<String, VaultError>> {
        Box::pin(
            async move { self.provide(workspace).await?.seal(&context(workspace, place), &text.expose()) },
        )
    }

    fn open_text<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        place: &'a str,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<Secret, VaultError>> {
        Box::pin(async move {
            let place = context(workspace, place);
            self.keys.open::<String>(workspace.as_str(), &place, sealed).await.map(Secret::new)
        })
    }
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { operation, cause } | StoreError::Malformed { operation, cause } => {
                Self::Unavailable { operation, cause }
            }
        }
    }
}
