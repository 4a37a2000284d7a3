//! Runs against an in-memory database and an in-memory Secrets Manager.

mod load;
mod replace;
mod users;

use std::sync::Arc;

use aws_fakes::Fakes;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use local::database::{self, Database, PREFIX};
use oauth::grant::Chain;
use oauth::grant::{CAP, EndReason, Grant, GrantState, ServerSnapshot, WorkspaceChoice};
use oauth::keys::{Jwks, SigningKeys};
use oauth::resource::Resource;
use oauth::token::ChainId;
use primitives::clock::{Clock as _, SteppedClock};
use primitives::ids::{ClientId, CredentialId, GrantId, UserId, UserRef};
use serde::de::IgnoredAny;

use super::*;
use crate::ring::{AHEAD, KEPT};

const KEYS: &str = "eu/signing-keys";
const USERS: &str = "eu/users/";
const HOUR: Duration = Duration::from_hours(1);

struct World {
    clock: Arc<SteppedClock>,
    fakes: Fakes,
    client: aws_sdk_dynamodb::Client,
    store: Store,
}

fn world() -> World {
    world_of(Duration::ZERO, Database::memory().unwrap().http_client())
}

/// A world in which each Secrets Manager call takes this long, with this client of the database.
fn world_of(takes: Duration, database: SharedHttpClient) -> World {
    let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(1_900_000_000)));
    let time = clock.clone();
    let fakes = Fakes::new(move || {
        time.advance(takes);
        time.now().secs()
    });
    fakes.declare_secret(KEYS);
    let client = database::client(database);
    World { store: Store::new(&client, PREFIX), clock, fakes, client }
}

impl World {
    fn janitor(&self) -> Janitor {
        self.janitor_of(VaultKind::SecretsManager { prefix: USERS.to_owned() })
    }

    /// The janitor of a stack with another vault.
    fn janitor_of(&self, vault: VaultKind) -> Janitor {
        let (store, secrets) = (self.store.clone(), self.fakes.secrets_manager());
        Janitor::new(store, &secrets, KEYS.to_owned(), vault, self.clock.clone())
    }

    async fn run(&self) -> Result<(), Refused> {
        self.janitor().answer(Event::Any(IgnoredAny)).await.map(|done| assert_eq!(done, None))
    }

    async fn replace(&self) -> Result<(), Refused> {
        let event = serde_json::from_str(r#"{"replace":"signing-keys"}"#).unwrap();
        let done = self.janitor().answer(event).await?;
        assert_eq!(done, Some(Replaced { replaced: Replaceable::SigningKeys }));
        Ok(())
    }

    /// One run per hour for some days: every user's turn comes once a day.
    async fn days(&self, days: u32) {
        for _ in 0..days * 24 {
            self.clock.advance(HOUR);
            self.run().await.unwrap();
        }
    }

    async fn published(&self) -> Jwks {
        self.store.keys.jwks().await.unwrap().unwrap()
    }

    fn private(&self) -> SigningKeys {
        SigningKeys::from_text(&self.fakes.secret(KEYS).unwrap()).unwrap()
    }

    async fn give_secret(&self, user: &UserRef) -> String {
        let name = format!("{USERS}{user}");
        let create = self.fakes.secrets_manager().create_secret().name(&name);
        create.client_request_token("v".repeat(32)).secret_string("{}").send().await.unwrap();
        name
    }

    async fn consent(&self, user: &UserId, id: &str) -> GrantId {
        let now = self.clock.now();
        let grant = Grant {
            user_ref: user.reference(),
            grant_id: GrantId::new(id),
            state: GrantState::Active,
            client_id: ClientId::new("client"),
            client_name: None,
            user_id: user.clone(),
            credential_id: CredentialId::new("credential"),
            workspace: WorkspaceChoice::All { default: None },
            scope: "langsmith:read".to_owned(),
            resource: Resource::MCP,
            servers: ServerSnapshot::default(),
            redirect_uri: "http://localhost/".to_owned(),
            challenge: "challenge".to_owned(),
            code_hash: "hash".to_owned(),
            code_expires_at: now.secs(),
            created_at: now.secs(),
            expires_at: now.plus(CAP).secs(),
            chains: [(ChainId::new("c"), Chain::start("hash".to_owned(), now))].into(),
            forks: 0,
            forks_before: None,
            last_used_at: None,
            ended_for: None,
            ended_at: None,
            purge_at: now.plus(CAP).secs(),
        };
        let item = serde_dynamo::to_item(&grant).unwrap();
        let put = self.client.put_item().table_name(format!("{PREFIX}-grants")).set_item(Some(item));
        put.send().await.unwrap();
        grant.grant_id
    }

    async fn revoke(&self, user: &UserRef, grant: &GrantId) {
        let now = self.clock.now();
        self.store.grants.end(user, grant, None, EndReason::ClientRevoked, now).await.unwrap();
    }
}

#[tokio::test]
async fn the_first_run_makes_the_key_and_tells_it_and_the_next_one_changes_nothing() {
    let world = world();
    world.run().await.unwrap();
    let (published, text) = (world.published().await, world.fakes.secret(KEYS));
    assert_eq!(published, world.private().jwks().unwrap());
    assert_eq!(published.keys.len(), 1);
    world.clock.advance(HOUR);
    world.run().await.unwrap();
    assert_eq!((world.published().await, world.fakes.secret(KEYS)), (published, text));
}

#[tokio::test]
async fn a_key_is_followed_by_one_that_was_published_long_before() {
    let world = world();
    world.run().await.unwrap();
    let first = world.private().current.public().unwrap();
    world.clock.advance(HOUR * 28 * 24);
    world.run().await.unwrap();
    let told = world.published().await;
    assert_eq!(told.keys.len(), 2);
    assert_eq!(world.private().current.public().unwrap(), first);
    world.clock.advance(AHEAD);
    world.run().await.unwrap();
    assert_eq!(world.private().current.public().unwrap(), told.keys[1]);
    assert!(world.published().await.keys.contains(&first), "its last tokens live on");
    world.clock.advance(KEPT);
    world.run().await.unwrap();
    assert!(!world.published().await.keys.contains(&first));
}

#[tokio::test]
async fn two_first_runs_at_once_agree_on_one_key() {
    let world = world();
    let (one, other) = tokio::join!(world.run(), world.run());
    assert_eq!((one, other), (Ok(()), Ok(())));
    assert_eq!(world.published().await, world.private().jwks().unwrap());
    // The loser adopted the keys that the winner had written.
    world.fakes.calls();
    world.fakes.fail_next("GetSecretValue", "ResourceNotFoundException");
    let text = world.fakes.secret(KEYS);
    world.run().await.unwrap();
    assert_eq!(world.fakes.secret(KEYS), text, "a key was replaced by a run that did not see it");
}

#[tokio::test]
async fn a_fault_is_told_and_changes_nothing() {
    for (operation, code) in
        [("GetSecretValue", "InternalServiceError"), ("PutSecretValue", "ThrottlingException")]
    {
        let world = world();
        world.fakes.fail_next(operation, code);
        assert!(world.run().await.is_err(), "{operation}");
        assert_eq!(world.fakes.secret(KEYS), None);
        assert!(world.store.keys.jwks().await.unwrap().is_none());
        world.run().await.unwrap();
    }
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_not_replaced() {
    let world = world();
    let put = world.fakes.secrets_manager().put_secret_value().secret_id(KEYS);
    put.client_request_token("v".repeat(32)).secret_string("nonsense").send().await.unwrap();
    assert!(world.run().await.is_err());
    assert_eq!(world.fakes.secret(KEYS).as_deref(), Some("nonsense"));
}

#[tokio::test]
async fn a_secret_outlives_its_last_grant_by_a_week() {
    let world = world();
    let ada = UserId::new("ada");
    let (name, other) = (world.give_secret(&ada.reference()).await, world.consent(&ada, "one").await);
    world.give_secret(&UserId::new("bob").reference()).await;
    world.consent(&UserId::new("bob"), "bobs").await;
    let last = world.consent(&ada, "two").await;
    world.revoke(&ada.reference(), &other).await;
    world.days(10).await;
    assert!(world.fakes.secret(&name).is_some(), "it has a live grant");
    world.revoke(&ada.reference(), &last).await;
    world.days(7).await;
    assert!(world.fakes.secret(&name).is_some(), "a week has not passed");
    world.days(2).await;
    assert!(world.fakes.secret(&name).is_none());
    let bobs = format!("eu/users/{}", UserId::new("bob").reference());
    assert!(world.fakes.secret(&bobs).is_some());
    // A login that the janitor did not anticipate.
    world.consent(&ada, "three").await;
    world.days(1).await;
    assert!(world.fakes.secret(&name).is_some(), "it was restored");
    world.days(10).await;
    assert!(world.fakes.secret(&name).is_some());
}

#[tokio::test]
async fn a_grant_that_everybody_left_keeps_no_secret() {
    let world = world();
    let ada = UserId::new("ada");
    let name = world.give_secret(&ada.reference()).await;
    world.consent(&ada, "one").await;
    world.days(30).await;
    assert!(world.fakes.secret(&name).is_some());
    world.days(9).await;
    assert!(world.fakes.secret(&name).is_none());
}

#[tokio::test]
async fn one_users_fault_does_not_keep_the_others_nor_the_keys() {
    let world = world();
    let users: Vec<_> = ["ada", "bob", "eve"].map(|user| UserId::new(user).reference()).into();
    let mut names = Vec::new();
    for user in &users {
        names.push(world.give_secret(user).await);
    }
    world.fakes.fail_next("TagResource", "ThrottlingException");
    let mut failures = 0;
    for _ in 0..24 {
        world.clock.advance(HOUR);
        failures += usize::from(world.run().await.is_err());
    }
    assert_eq!(failures, 1);
    world.days(9).await;
    assert!(names.iter().all(|name| world.fakes.secret(name).is_none()));
    assert!(world.fakes.secret(KEYS).is_some());
}
