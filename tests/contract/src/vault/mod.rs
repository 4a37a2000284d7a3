//! The promises of every vault, for every kind; and those of the Secrets Manager kind about its secrets.

mod every;
mod secrets_manager;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kms::Client as Kms;
use aws_sdk_secretsmanager::Client as Secrets;
use langsmith::{ListedDataPlanes, Workspace};
use oauth::keys::{Purpose, RootKey};
use primitives::clock::{SteppedClock, Timestamp};
use primitives::ids::{CredentialId, UserRef, WorkspaceId};
use primitives::random::SystemRandom;
use primitives::secret::Secret;
use shared::vault::{
    CredentialKind, Envelope, IdentifiedBy, KmsVault, OAuthTokens, Origin, SecretsManagerVault, SharedVault,
    StoredCredential, VaultError,
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

/// One account, not yet used by any vault.
pub struct Account {
    /// Its secrets.
    pub secrets: Secrets,
    /// Its keys.
    pub kms: Kms,
    /// The wrapping key.
    pub key: String,
    /// The vaults' clock; it starts at the services' time.
    pub clock: Arc<SteppedClock>,
    /// The key of the local kind.
    pub root: RootKey,
}

impl Account {
    /// A new vault instance, as in a function of a stack.
    fn vault(&self, kind: Kind, stack: &str) -> SharedVault {
        let times = (self.clock.clone() as _, Arc::new(SystemRandom) as _);
        match kind {
            Kind::LocalKey => {
                // Another stack has a different root key.
                let other = RootKey::generate(&SystemRandom);
                let root = if stack == "eu" { &self.root } else { &other };
                Arc::new(Envelope::new(root.sealer(Purpose::Vault, Arc::new(SystemRandom)).unwrap()))
            }
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

fn ada() -> UserRef {
    UserRef::new("ada")
}

fn id(text: &str) -> CredentialId {
    CredentialId::new(text)
}

fn key(text: &str) -> StoredCredential {
    StoredCredential { kind: CredentialKind::ApiKey(Secret::new(text)), data_planes: data_planes() }
}

/// The result of a list of workspaces, one of which has a data plane.
fn data_planes() -> Option<ListedDataPlanes> {
    let workspace = Workspace {
        id: WorkspaceId::new("workspace"),
        display_name: "Workspace".to_owned(),
        handle: None,
        data_plane_url: Some("https://dp.example.com".to_owned()),
    };
    ListedDataPlanes::of(&[workspace], Timestamp::from_secs(1_900_000_000))
}

fn login(access: &str) -> StoredCredential {
    let tokens = OAuthTokens {
        access: Secret::new(access),
        refresh: Some(Secret::new("refresh")),
        issued_at: Timestamp::from_secs(1_900_000_000),
        life: Some(Duration::from_mins(30)),
        origin: Origin { issuer: "https://as.example".to_owned(), client_id: "client".to_owned() },
        identified_by: Some(IdentifiedBy::LsUserId),
    };
    StoredCredential { kind: CredentialKind::OAuth(tokens), data_planes: data_planes() }
}

fn content(credential: &StoredCredential) -> String {
    let data_planes = &credential.data_planes;
    match &credential.kind {
        CredentialKind::ApiKey(key) => format!("key {} {data_planes:?}", key.expose()),
        CredentialKind::OAuth(tokens) => {
            let refresh = tokens.refresh.as_ref().map(Secret::expose);
            let OAuthTokens { access, issued_at, life, origin, identified_by, .. } = tokens;
            format!(
                "login {} {refresh:?} {issued_at:?} {life:?} {origin:?} {identified_by:?} {data_planes:?}",
                access.expose()
            )
        }
    }
}

async fn opens(vault: &SharedVault, at: &str, sealed: &str) -> Result<String, VaultError> {
    vault.open(&ada(), &id(at), sealed).await.map(|opened| content(&opened))
}
