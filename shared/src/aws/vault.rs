//! The vault of a stack.

use std::sync::Arc;

use primitives::clock::SharedClock;
use primitives::random::SharedRandom;

use super::{Aws, VaultKind};
use crate::config::{Config, Misconfigured};
use crate::store::Store;
use crate::vault::{KmsVault, KmsWorkspaceVault, SecretsManagerVault, SharedVault, SharedWorkspaceVault};

impl Aws {
    /// The vault that seals upstream credentials, as configured by `VAULT`, `SECRET_PREFIX` and, for KMS, `KMS_KEY`.
    pub fn vault(
        &self,
        config: &Config,
        times: (SharedClock, SharedRandom),
    ) -> Result<SharedVault, Misconfigured> {
        Ok(match VaultKind::of(config)? {
            VaultKind::SecretsManager { prefix } => {
                Arc::new(SecretsManagerVault::new(self.secrets_manager(), prefix, times))
            }
            VaultKind::Kms { .. } => {
                let (client, names) = self.kms(config)?;
                Arc::new(KmsVault::new(client, names, times))
            }
        })
    }

    /// The vault that seals secrets of workspaces, by the same variables. Its secrets in Secrets Manager are
    /// `<SECRET_PREFIX>/servers/<workspace>`; the keys that KMS wraps are in the table of the servers.
    pub fn workspace_vault(
        &self,
        config: &Config,
        store: &Store,
        times: (SharedClock, SharedRandom),
    ) -> Result<SharedWorkspaceVault, Misconfigured> {
        Ok(match VaultKind::of(config)? {
            VaultKind::SecretsManager { .. } => {
                let prefix = format!("{}/servers/", config.need("SECRET_PREFIX")?);
                Arc::new(SecretsManagerVault::new(self.secrets_manager(), prefix, times))
            }
            VaultKind::Kms { .. } => {
                let (client, names) = self.kms(config)?;
                Arc::new(KmsWorkspaceVault::new(client, names, store.workspace_keys.clone(), times))
            }
        })
    }

    /// The client of KMS, and the names of the key and of the stack. The stack's name is in the encryption context, which
    /// the key's policy checks.
    fn kms(&self, config: &Config) -> Result<(aws_sdk_kms::Client, (String, String)), Misconfigured> {
        let names = (config.need("KMS_KEY")?, config.need("SECRET_PREFIX")?);
        Ok((aws_sdk_kms::Client::new(&self.kms), names))
    }
}
