//! How vaults handle the faults of their services, and how often they call them.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::sync::Arc;
use std::time::Duration;

use aws_fakes::Fakes;
use contract::vault::sample::{ada, content, id, login, opens};
use local::database::{self, Database, PREFIX};
use primitives::clock::{Clock as _, SteppedClock, Timestamp};
use primitives::ids::WorkspaceId;
use primitives::random::SystemRandom;
use primitives::secret::Secret;
use shared::store::{Store, WorkspaceKeys};
use shared::vault::{
    KmsVault, KmsWorkspaceVault, SecretsManagerVault, SharedVault, SharedWorkspaceVault, VaultError,
};

const MINUTE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Kms,
    SecretsManager,
}

/// One account with the services of all vaults.
struct World {
    clock: Arc<SteppedClock>,
    fakes: Fakes,
    workspace_keys: WorkspaceKeys,
}

fn world() -> World {
    let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(1_900_000_000)));
    let time = clock.clone();
    let fakes = Fakes::new(move || time.now().secs());
    let tables = database::client(Database::memory().unwrap().http_client());
    World { clock, fakes, workspace_keys: Store::new(&tables, PREFIX).workspace_keys }
}

impl World {
    /// A new instance of a function.
    fn vault(&self, kind: Kind) -> SharedVault {
        let times = (self.clock.clone() as _, Arc::new(SystemRandom) as _);
        match kind {
            Kind::Kms => {
                Arc::new(KmsVault::new(self.fakes.kms(), ("key".to_owned(), "eu".to_owned()), times))
            }
            Kind::SecretsManager => {
                let prefix = "eu/users/".to_owned();
                Arc::new(SecretsManagerVault::new(self.fakes.secrets_manager(), prefix, times))
            }
        }
    }

    /// A new instance of a function that uses secrets of workspaces.
    fn workspace_vault(&self, kind: Kind) -> SharedWorkspaceVault {
        let times = (self.clock.clone() as _, Arc::new(SystemRandom) as _);
        match kind {
            Kind::Kms => {
                let (names, keys) = (("key".to_owned(), "eu".to_owned()), self.workspace_keys.clone());
                Arc::new(KmsWorkspaceVault::new(self.fakes.kms(), names, keys, times))
            }
            Kind::SecretsManager => {
                let prefix = "eu/servers/".to_owned();
                Arc::new(SecretsManagerVault::new(self.fakes.secrets_manager(), prefix, times))
            }
        }
    }

    fn eu(&self) -> SharedVault {
        self.vault(Kind::SecretsManager)
    }
}

/// A transient failure must not look like a dead login.
#[tokio::test]
async fn a_fault_of_the_service_is_told_as_one_and_passes() {
    let faults = [
        (Kind::Kms, "GenerateDataKey", "Decrypt"),
        (Kind::SecretsManager, "GetSecretValue", "GetSecretValue"),
    ];
    for (kind, sealing, opening) in faults {
        for code in
            ["ThrottlingException", "AccessDeniedException", "KMSInternalException", "InternalServiceError"]
        {
            let world = world();
            let vault = world.vault(kind);
            let unavailable = |outcome: Result<String, VaultError>| match outcome {
                Err(VaultError::Unavailable { cause, .. }) => assert_eq!(cause, code),
                other => panic!("{kind:?} {code}: {other:?}"),
            };
            world.fakes.fail_next(sealing, code);
            unavailable(vault.seal(&ada(), &id("one"), &login("a")).await);
            let sealed = vault.seal(&ada(), &id("one"), &login("a")).await.unwrap();
            let vault = world.vault(kind);
            world.fakes.fail_next(opening, code);
            unavailable(opens(&vault, "one", &sealed).await);
            assert_eq!(opens(&vault, "one", &sealed).await, Ok(content(&login("a"))));
        }
    }
}

#[tokio::test]
async fn the_service_is_asked_once_in_a_while_and_again_after_a_refusal() {
    for kind in [Kind::Kms, Kind::SecretsManager] {
        let world = world();
        let sealed = world.vault(kind).seal(&ada(), &id("one"), &login("a")).await.unwrap();
        let vault = world.vault(kind);
        world.fakes.calls();
        for _ in 0..3 {
            opens(&vault, "one", &sealed).await.unwrap();
        }
        assert_eq!(world.fakes.calls().len(), 1, "{kind:?}");
        world.clock.advance(MINUTE * 5);
        opens(&vault, "one", &sealed).await.unwrap();
        assert_eq!(world.fakes.calls().len(), 1, "{kind:?}");
        if kind == Kind::SecretsManager {
            vault.forget(&ada());
            opens(&vault, "one", &sealed).await.unwrap();
            assert_eq!(world.fakes.calls(), ["GetSecretValue"]);
        }
    }
}

/// Each call costs time and money, and a list opens everything that is sealed for its workspace.
#[tokio::test]
async fn all_values_of_a_workspace_cost_one_call_in_five_minutes() {
    let workspace = WorkspaceId::new("ws");
    for (kind, opening) in [(Kind::Kms, "Decrypt"), (Kind::SecretsManager, "GetSecretValue")] {
        let world = world();
        let mut sealed = Vec::new();
        for place in ["one", "two", "three", "four"] {
            let vault = world.workspace_vault(kind);
            sealed.push((place, vault.seal_text(&workspace, place, &Secret::new(place)).await.unwrap()));
        }
        let vault = world.workspace_vault(kind);
        for wait in [Duration::ZERO, MINUTE * 5] {
            world.clock.advance(wait);
            world.fakes.calls();
            for _ in 0..2 {
                for (place, sealed) in &sealed {
                    assert_eq!(vault.open_text(&workspace, place, sealed).await.unwrap().expose(), *place);
                }
            }
            assert_eq!(world.fakes.calls(), [opening]);
        }
        // Another value is sealed under what has just opened the others.
        vault.seal_text(&workspace, "five", &Secret::new("five")).await.unwrap();
        assert_eq!(world.fakes.calls(), [] as [&str; 0], "{kind:?}");
    }
}

/// The first key serves the instance that has made it, and nothing is sealed under a key that nobody else would find.
#[tokio::test]
async fn a_workspaces_first_key_costs_one_call() {
    let (world, workspace) = (world(), WorkspaceId::new("ws"));
    let vault = world.workspace_vault(Kind::Kms);
    world.fakes.fail_next("GenerateDataKey", "ThrottlingException");
    let refused = vault.seal_text(&workspace, "place", &Secret::new("k")).await;
    assert!(matches!(refused, Err(VaultError::Unavailable { .. })), "{refused:?}");
    assert_eq!(world.workspace_keys.get(&workspace).await.unwrap(), None);
    world.fakes.calls();
    let sealed = vault.seal_text(&workspace, "place", &Secret::new("k")).await.unwrap();
    vault.open_text(&workspace, "place", &sealed).await.unwrap();
    assert_eq!(world.fakes.calls(), ["GenerateDataKey"]);
    let kept = world.workspace_keys.get(&workspace).await.unwrap().unwrap();
    assert!(sealed.starts_with(&kept));
    // A failed call of KMS is no lost key.
    world.fakes.fail_next("Decrypt", "AccessDeniedException");
    let refused = world.workspace_vault(Kind::Kms).seal_text(&workspace, "place", &Secret::new("k")).await;
    assert!(matches!(refused, Err(VaultError::Unavailable { .. })), "{refused:?}");
    assert_eq!(world.workspace_keys.get(&workspace).await.unwrap(), Some(kept));
}

#[tokio::test]
async fn what_was_prepared_opens_without_a_call_and_a_failed_preparation_hurts_nobody() {
    let world = world();
    let sealed = world.eu().seal(&ada(), &id("one"), &login("a")).await.unwrap();
    let vault = world.eu();
    world.fakes.fail_next("GetSecretValue", "ThrottlingException");
    vault.prepare(&ada()).await;
    assert_eq!(opens(&vault, "one", &sealed).await, Ok(content(&login("a"))));
    let vault = world.eu();
    vault.prepare(&ada()).await;
    world.fakes.calls();
    assert_eq!(opens(&vault, "one", &sealed).await, Ok(content(&login("a"))));
    assert!(world.fakes.calls().is_empty());
}

#[tokio::test]
async fn who_sees_nothing_of_a_secret_that_another_instance_has_just_made_shares_it() {
    let world = world();
    world.eu().seal(&ada(), &id("one"), &login("a")).await.unwrap();
    // Secrets Manager shows nothing to the loser of a race at first.
    world.fakes.fail_next("GetSecretValue", "ResourceNotFoundException");
    let sealed = world.eu().seal(&ada(), &id("two"), &login("b")).await.unwrap();
    assert_eq!(opens(&world.eu(), "two", &sealed).await, Ok(content(&login("b"))));
}

/// LangSmith has invalidated the old token: no fallible call may come between the new one and its save.
#[tokio::test]
async fn what_was_just_opened_is_replaced_without_asking_anybody() {
    for kind in [Kind::Kms, Kind::SecretsManager] {
        let world = world();
        let sealed = world.vault(kind).seal(&ada(), &id("one"), &login("a")).await.unwrap();
        let vault = world.vault(kind);
        opens(&vault, "one", &sealed).await.unwrap();
        world.fakes.calls();
        // The refresh may have outlasted the vault's cache.
        for wait in [Duration::ZERO, MINUTE * 6] {
            world.clock.advance(wait);
            let renewed = vault.renew(&ada(), &id("one"), &login("b"), &sealed).await.unwrap();
            assert!(world.fakes.calls().is_empty(), "{kind:?}");
            assert_ne!(renewed, sealed);
            assert_eq!(opens(&world.vault(kind), "one", &renewed).await, Ok(content(&login("b"))));
            assert!(opens(&vault, "other", &renewed).await.is_err(), "{kind:?}");
            world.fakes.calls();
        }
    }
}

#[tokio::test]
async fn a_rotated_token_is_kept_though_the_users_secret_was_just_scheduled_for_deletion() {
    let world = world();
    let sealed = world.eu().seal(&ada(), &id("one"), &login("a")).await.unwrap();
    let vault = world.eu();
    opens(&vault, "one", &sealed).await.unwrap();
    let secrets = world.fakes.secrets_manager();
    secrets.delete_secret().secret_id("eu/users/ada").recovery_window_in_days(7).send().await.unwrap();
    world.clock.advance(MINUTE * 6);
    let renewed = vault.renew(&ada(), &id("one"), &login("b"), &sealed).await.unwrap();
    secrets.restore_secret().secret_id("eu/users/ada").send().await.unwrap();
    assert_eq!(opens(&world.eu(), "one", &renewed).await, Ok(content(&login("b"))));
}

/// An instance that has opened nothing makes the call, and returns its error.
#[tokio::test]
async fn what_was_never_opened_is_replaced_by_asking() {
    for (kind, operation) in [(Kind::Kms, "Decrypt"), (Kind::SecretsManager, "GetSecretValue")] {
        let world = world();
        let sealed = world.vault(kind).seal(&ada(), &id("one"), &login("a")).await.unwrap();
        let vault = world.vault(kind);
        world.fakes.fail_next(operation, "ThrottlingException");
        let refused = vault.renew(&ada(), &id("one"), &login("b"), &sealed).await;
        assert!(matches!(refused, Err(VaultError::Unavailable { .. })), "{kind:?}");
        let renewed = vault.renew(&ada(), &id("one"), &login("b"), &sealed).await.unwrap();
        assert_eq!(opens(&world.vault(kind), "one", &renewed).await, Ok(content(&login("b"))));
    }
}

/// The tag attributes costs, and only we create these secrets.
#[tokio::test]
async fn a_users_secret_has_the_tag_of_its_stack() {
    let world = world();
    world.eu().seal(&ada(), &id("one"), &login("a")).await.unwrap();
    let list = world.fakes.answer("secretsmanager.ListSecrets", &serde_json::json!({})).unwrap();
    assert_eq!(list["SecretList"][0]["Name"], "eu/users/ada");
    assert_eq!(list["SecretList"][0]["Tags"], serde_json::json!([{ "Key": "langsmith-mcp", "Value": "eu" }]));
}
