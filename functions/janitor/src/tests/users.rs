//! The secrets of users in stacks with many users, or with another vault.

use aws_sdk_secretsmanager::types::SecretListEntry;

use super::load::Load;
use super::*;
use crate::users::Tally;

#[tokio::test]
async fn a_vault_that_became_kms_leaves_no_secret_behind() {
    let world = world();
    let ada = UserId::new("ada");
    let name = world.give_secret(&ada.reference()).await;
    world.consent(&ada, "one").await;
    let janitor = world.janitor_of(VaultKind::Kms { former: USERS.to_owned() });
    let days = async |days: u32| {
        for _ in 0..days * 24 {
            world.clock.advance(HOUR);
            janitor.answer(Event::Any(IgnoredAny)).await.unwrap();
        }
    };
    days(7).await;
    assert!(world.fakes.secret(&name).is_some(), "a week has not passed");
    days(2).await;
    assert!(world.fakes.secret(&name).is_none(), "its grant needs it no more");
    days(10).await;
    assert!(world.fakes.secret(&name).is_none());
    assert!(world.fakes.secret(KEYS).is_some());
    // Logs in again within the week in which a deletion can be undone.
    world.days(1).await;
    assert!(world.fakes.secret(&name).is_some());
}

#[tokio::test]
async fn a_run_that_takes_too_long_stops_and_everybody_has_a_turn_within_three_days() {
    let world = world_of(Duration::from_secs(100), Database::memory().unwrap().http_client());
    // The first characters whose turn is at midnight.
    for user in ["Ada", "Yves", "walt"] {
        world.give_secret(&UserRef::new(user)).await;
    }
    let mut marked = Vec::new();
    for _ in 0..4 {
        let midnight = (world.clock.now().secs() / DAY.as_secs() + 1) * DAY.as_secs();
        world.clock.advance(Timestamp::from_secs(midnight).since(world.clock.now()));
        world.fakes.calls();
        world.run().await.unwrap();
        marked.push(world.fakes.calls().iter().filter(|call| *call == "TagResource").count());
    }
    assert_eq!(marked, [1, 1, 1, 0]);
}

#[tokio::test]
async fn several_users_are_looked_at_at_once_but_not_all() {
    let load = Load::default();
    let world = world_of(Duration::ZERO, load.client());
    let users: Vec<_> = (0..40).map(|user| format!("A{user}")).collect();
    let sweeper =
        UserSecrets::new(world.fakes.secrets_manager(), USERS.to_owned(), Some(world.store.grants.clone()));
    let mut tally = Tally::default();
    // The fake returns one secret per page, AWS a hundred.
    let page: Vec<_> = users
        .iter()
        .map(|user| {
            let entry = SecretListEntry::builder();
            entry.name(format!("{USERS}{user}")).build()
        })
        .collect();
    for user in &users {
        world.give_secret(&UserRef::new(user)).await;
    }
    sweeper.visit(&page, world.clock.now(), &mut tally).await;
    assert_eq!((tally.seen, tally.failed), (40, 0));
    assert_eq!(load.most(), 16);
    let tagged = world.fakes.calls().iter().filter(|call| *call == "TagResource").count();
    assert_eq!(tagged, 40);
}
