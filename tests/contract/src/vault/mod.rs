//! The promises of every vault, for every kind; and those of the Secrets Manager kind about its secrets.

mod every;
pub mod sample;
mod secrets_manager;
mod workspaces;

use std::sync::Arc;

use aws_sdk_kms::Client as Kms;
use aws_sdk_secretsmanager::Client as Secrets;
use oauth::keys::{Purpose, RootKey};
use primitives::clock::SteppedClock;
use primitives::random::SystemRandom;
use shared::store::WorkspaceKeys;
use shared::vault::{
    Envelope, KmsVault, KmsWorkspaceVault, SecretsManagerVault, SharedVault, SharedWorkspaceVault,
};

/// Ada's secret in the stack `eu`.
const ADAS: &str = "eu/users/ada";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    LocalKey,
    Kms,
    SecretsManager,
}

const KINDS: [Kind; 3] = [Kind::LocalKey, Kind::Kms, Kind::SecretsManager];

pub use every::*;
pub use secrets_manager::*;
pub use workspaces::*;

/// One account, not yet used by any vault.
pub struct Account {
    /// Its secrets.
    pub secrets: Secrets,
    /// Its keys.
    pub kms: Kms,
    /// The wrapping key.
    pub key: String,
    /// The wrapped keys of workspaces. Promises share them.
    pub workspace_keys: WorkspaceKeys,
    /// The vaults' clock; it starts at the services' time.
    pub clock: Arc<SteppedClock>,
    /// The key of the local kind.
    pub root: RootKey,
}

impl Account {
    /// A new instance of the vault of workspaces.
    fn workspace_vault(&self, kind: Kind, stack: &str) -> SharedWorkspaceVault {
        let times = (self.clock.clone() as _, Arc::new(SystemRandom) as _);
        match kind {
            Kind::LocalKey => Arc::new(self.envelope(stack)),
            Kind::Kms => {
                let names = (self.key.clone(), stack.to_owned());
                let keys = self.workspace_keys.clone();
                Arc::new(KmsWorkspaceVault::new(self.kms.clone(), names, keys, times))
            }
            Kind::SecretsManager => {
                let prefix = format!("{stack}/servers/");
                Arc::new(SecretsManagerVault::new(self.secrets.clone(), prefix, times))
            }
        }
    }

    fn envelope(&self, stack: &str) -> Envelope {
        // Another stack has a different root key.
        let other = RootKey::generate(&SystemRandom);
        let root = if stack == "eu" { &self.root } else { &other };
        Envelope::new(root.sealer(Purpose::Vault, Arc::new(SystemRandom)).unwrap())
    }

    /// A new vault instance, as in a function of a stack.
    fn vault(&self, kind: Kind, stack: &str) -> SharedVault {
        let times = (self.clock.clone() as _, Arc::new(SystemRandom) as _);
        match kind {
            Kind::LocalKey => Arc::new(self.envelope(stack)),
            Kind::Kms => {
                Arc::new(KmsVault::new(self.kms.clone(), (self.key.clone(), stack.to_owned()), times))
            }
            Kind::SecretsManager => {
                Arc::new(SecretsManagerVault::new(self.secrets.clone(), format!("{stack}/users/"), times))
            }
        }
    }

    fn eu(&self) -> SharedVault {
        self.vault(Kind::SecretsManager, "eu")
    }

    /// The text of Ada's secret and its current version.
    async fn adas(&self) -> (String, String) {
        let answer = self.secrets.get_secret_value().secret_id(ADAS).send().await.unwrap();
        (answer.secret_string.unwrap(), answer.version_id.unwrap())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::KINDS;

    /// A vault that is no kind here would be held to no promise.
    #[test]
    fn every_vault_is_a_kind() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/src/vault");
        let vaults = std::fs::read_dir(folder).unwrap().map(|entry| {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            source.matches("\nimpl Vault for ").count()
        });
        assert_eq!(vaults.sum::<usize>(), KINDS.len());
    }
}
