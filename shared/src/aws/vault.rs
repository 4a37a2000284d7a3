//! The vault of a stack.

use std::sync::Arc;

use primitives::clock::SharedClock;
use primitives::random::SharedRandom;

use super::{Aws, VaultKind};
use crate::config::{Config, Misconfigured};
use crate::vault::{KmsVault, SecretsManagerVault, SharedVault, SharedWorkspaceVault};

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
            VaultKind::Kms { .. } => Arc::new(self.kms_vault(config, times)?),
        })
    }

    /// The vault that seals secrets of workspaces, by the same variables. Its secrets in Secrets Manager are
    /// `<SECRET_PREFIX>/servers/<workspace>`.
    pub fn workspace_vault(
        &self,
        config: &Config,
        times: (SharedClock, SharedRandom),
    ) -> Result<SharedWorkspaceVault, Misconfigured> {
        Ok(match VaultKind::of(config)? {
            VaultKind::SecretsManager { .. } => {
                let prefix = format!("{}/servers/", config.need("SECRET_PREFIX")?);
                Arc::new(SecretsManagerVault::new(self.secrets_manager(), prefix, times))
            }
            VaultKind::Kms { .. } => Arc::new(self.kms_vault(config, times)?.for_workspaces()),
        })
    }

    fn kms_vault(
        &self,
        config: &Config,
        times: (SharedClock, SharedRandom),
    ) -> Result<KmsVault, Misconfigured> {
        let client = aws_sdk_kms::Client::new(&self.kms);
        // The stack's name is in the encryption context, which the key's policy checks.
        let names = (config.need("KMS_KEY")?, config.need("SECRET_PREFIX")?);
        Ok(KmsVault::new(client, names, times))
    }
}
