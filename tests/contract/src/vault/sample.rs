//! Sample credentials, and their comparison.

use std::time::Duration;

use langsmith::{ListedDataPlanes, Workspace};
use primitives::clock::Timestamp;
use primitives::ids::{CredentialId, UserRef, WorkspaceId};
use primitives::secret::Secret;
use primitives::server_permissions::ServerPermissions;
use shared::vault::{
    CredentialKind, IdentifiedBy, OAuthTokens, Origin, SharedVault, StoredCredential, VaultError,
};

/// A user.
pub fn ada() -> UserRef {
    UserRef::new("ada")
}

/// The id of a credential.
pub fn id(text: &str) -> CredentialId {
    CredentialId::new(text)
}

/// An API key.
pub fn key(text: &str) -> StoredCredential {
    StoredCredential { kind: CredentialKind::ApiKey(Secret::new(text)), data_planes: data_planes() }
}

/// The result of a list of workspaces, one of which has a data plane.
pub fn data_planes() -> Option<ListedDataPlanes> {
    let workspace = Workspace {
        id: WorkspaceId::new("workspace"),
        display_name: "Workspace".to_owned(),
        handle: None,
        data_plane_url: Some("https://dp.example.com".to_owned()),
        servers: ServerPermissions::EMPTY,
    };
    ListedDataPlanes::of(&[workspace], Timestamp::from_secs(1_900_000_000))
}

/// A login with this access token.
pub fn login(access: &str) -> StoredCredential {
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

/// Everything that a credential holds, in the clear, for comparison.
pub fn content(credential: &StoredCredential) -> String {
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

/// The content of what a vault opens.
pub async fn opens(vault: &SharedVault, at: &str, sealed: &str) -> Result<String, VaultError> {
    vault.open(&ada(), &id(at), sealed).await.map(|opened| content(&opened))
}
