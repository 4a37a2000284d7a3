//! The promises about the secrets of workspaces.

use std::collections::BTreeSet;

use primitives::ids::WorkspaceId;
use primitives::secret::Secret;
use shared::vault::VaultError;

use super::{Account, KINDS, Kind};

/// Every instance opens a workspace's text; another workspace, another place and another stack do not.
pub async fn a_workspaces_text_opens_in_its_place_alone(account: &Account) {
    let (one, two) = (WorkspaceId::new("one"), WorkspaceId::new("two"));
    for kind in KINDS {
        let vault = account.workspace_vault(kind, "eu");
        let sealed = vault.seal_text(&one, "place", &Secret::new("upstream-key")).await.unwrap();
        vault.seal_text(&two, "place", &Secret::new("k")).await.unwrap();
        assert!(!sealed.contains("upstream"), "{kind:?}");
        for vault in [&vault, &account.workspace_vault(kind, "eu")] {
            let opened = vault.open_text(&one, "place", &sealed).await.unwrap();
            assert_eq!(opened.expose(), "upstream-key", "{kind:?}");
            for (workspace, place) in [(&two, "place"), (&one, "another")] {
                let moved = vault.open_text(workspace, place, &sealed).await.map(drop);
                assert_eq!(moved, Err(VaultError::Unopenable), "{kind:?} {place}");
            }
        }
        let other = account.workspace_vault(kind, "us");
        other.seal_text(&one, "place", &Secret::new("k")).await.unwrap();
        assert_eq!(other.open_text(&one, "place", &sealed).await.map(drop), Err(VaultError::Unopenable));
        for garbage in ["", ".", "1.AAAA", "é.\0"] {
            let opened = vault.open_text(&one, "place", garbage).await.map(drop);
            assert_eq!(opened, Err(VaultError::Unopenable), "{kind:?} {garbage}");
        }
    }
}

/// A workspace has one secret, whatever is sealed for it: each secret costs money every month.
pub async fn a_workspace_has_one_secret(account: &Account) {
    let workspace = WorkspaceId::new("ws");
    let mut versions = BTreeSet::new();
    for number in 0..5 {
        let vault = account.workspace_vault(Kind::SecretsManager, "eu");
        vault.seal_text(&workspace, &number.to_string(), &Secret::new("k")).await.unwrap();
        let secret = account.secrets.get_secret_value().secret_id("eu/servers/ws").send().await.unwrap();
        versions.insert(secret.version_id.unwrap());
    }
    assert_eq!(versions.len(), 1);
}
