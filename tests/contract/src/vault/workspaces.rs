//! The promises about the secrets of workspaces.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use primitives::ids::WorkspaceId;
use primitives::random::{SystemRandom, token};
use primitives::secret::Secret;
use shared::vault::VaultError;

use super::{Account, KINDS, Kind};

/// A workspace that no other promise uses.
fn workspace() -> WorkspaceId {
    WorkspaceId::new(token::<8>(&SystemRandom))
}

/// Every instance opens a workspace's text; another workspace, another place and another stack do not.
pub async fn a_workspaces_text_opens_in_its_place_alone(account: &Account) {
    let (one, two) = (workspace(), workspace());
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
    let workspace = workspace();
    let mut versions = BTreeSet::new();
    for number in 0..5 {
        let vault = account.workspace_vault(Kind::SecretsManager, "eu");
        vault.seal_text(&workspace, &number.to_string(), &Secret::new("k")).await.unwrap();
        let name = format!("eu/servers/{workspace}");
        let secret = account.secrets.get_secret_value().secret_id(name).send().await.unwrap();
        versions.insert(secret.version_id.unwrap());
    }
    assert_eq!(versions.len(), 1);
}

/// With KMS, everything that is sealed for a workspace carries the same wrapped key, even what several instances seal at
/// once for a workspace without one: a vault unwraps one key to open it all.
pub async fn a_workspace_has_one_data_key_of_kms(account: &Account) {
    let (one, two) = (workspace(), workspace());
    let seal = async |workspace: &WorkspaceId, place: usize| {
        let vault = account.workspace_vault(Kind::Kms, "eu");
        vault.seal_text(workspace, &place.to_string(), &Secret::new(place.to_string())).await.unwrap()
    };
    let mut sealed = join_all((0..8).map(|place| seal(&one, place))).await;
    sealed.push(seal(&one, 8).await);
    let wrapped: BTreeSet<_> = sealed.iter().map(|sealed| sealed.split_once('.').unwrap().0).collect();
    assert_eq!(wrapped.len(), 1);
    let vault = account.workspace_vault(Kind::Kms, "eu");
    for (place, sealed) in sealed.iter().enumerate() {
        let place = place.to_string();
        assert_eq!(vault.open_text(&one, &place, sealed).await.unwrap().expose(), place);
    }
    let other = seal(&two, 0).await;
    assert!(!wrapped.contains(other.split_once('.').unwrap().0), "a key of its own");
}

/// A key that KMS does not unwrap stands in nobody's way: the workspace gets another one, once, and what was sealed under
/// the first opens where it did.
pub async fn a_data_key_of_a_workspace_that_is_lost_is_replaced(account: &Account) {
    let workspace = workspace();
    let seal = async |stack: &str| {
        let vault = account.workspace_vault(Kind::Kms, stack);
        vault.seal_text(&workspace, "place", &Secret::new("k")).await.unwrap()
    };
    let wrapped = |sealed: &str| sealed.split_once('.').unwrap().0.to_owned();
    let before = seal("eu").await;
    // To the stack `us`, the key of `eu` is one that does not open.
    let after = join_all((0..4).map(|_| seal("us"))).await;
    let keys: BTreeSet<_> = after.iter().chain([&seal("us").await]).map(|sealed| wrapped(sealed)).collect();
    assert_eq!(keys.len(), 1);
    assert!(!keys.contains(&wrapped(&before)));
    for (stack, sealed) in [("eu", &before), ("us", &after[0])] {
        let vault = account.workspace_vault(Kind::Kms, stack);
        assert_eq!(vault.open_text(&workspace, "place", sealed).await.unwrap().expose(), "k");
    }
}
