//! The vault of a stack.

use std::sync::Arc;

use primitives::clock::SharedClock;
use primitives::random::SharedRandom;

use super::{Aws, VaultKind};
use crate::config::{Config, Misconfigured};
use crate::vault::{KmsVault, SecretsManagerVault, SharedVault};

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
                let client = aws_sdk_kms::Client::new(&self.kms);
                // The stack's name is in the encryption context, which the key's policy checks.
                let names = (config.need("KMS_KEY")?, config.need("SECRET_PREFIX")?);
                Arc::new(KmsVault::new(client, names, times))
            }
        })
    }
}
