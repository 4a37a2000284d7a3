//! Replacement of leaked keys.

use std::collections::BTreeSet;

use super::load::Load;
use super::*;

fn ids(jwks: &Jwks) -> BTreeSet<String> {
    jwks.keys.iter().map(|key| key.kid.clone()).collect()
}

/// A stack whose next key is published, and one whose previous key still verifies.
async fn in_the_middle() -> [World; 2] {
    let worlds = [world(), world()];
    for (world, days) in worlds.iter().zip([&[0, 28][..], &[0, 28, 2]]) {
        for days in days {
            world.clock.advance(DAY * *days);
            world.run().await.unwrap();
        }
        assert_eq!(world.published().await.keys.len(), 2);
    }
    worlds
}

#[tokio::test]
async fn one_new_key_takes_the_place_of_all() {
    for world in in_the_middle().await {
        let old = ids(&world.published().await);
        world.replace().await.unwrap();
        let (published, text) = (world.published().await, world.fakes.secret(KEYS));
        assert_eq!(published, world.private().jwks().unwrap());
        assert_eq!(published.keys.len(), 1);
        assert!(ids(&published).is_disjoint(&old));
        // No old key comes back, and the calendar starts over.
        for _ in 0..27 {
            world.clock.advance(DAY);
            world.run().await.unwrap();
        }
        assert_eq!((world.published().await, world.fakes.secret(KEYS)), (published, text));
        world.clock.advance(DAY);
        world.run().await.unwrap();
        assert_eq!(world.published().await.keys.len(), 2);
    }
}

#[tokio::test]
async fn a_replacement_that_fails_takes_nothing_away_and_the_next_run_cleans_up() {
    for operation in ["GetSecretValue", "PutSecretValue"] {
        for world in in_the_middle().await {
            let (old, text) = (ids(&world.published().await), world.fakes.secret(KEYS));
            world.fakes.fail_next(operation, "InternalServiceError");
            assert!(world.replace().await.is_err(), "{operation}");
            assert_eq!(world.fakes.secret(KEYS), text, "{operation}");
            assert!(ids(&world.published().await).is_superset(&old), "{operation}");
            world.run().await.unwrap();
            assert_eq!(ids(&world.published().await), old, "{operation}");
            world.replace().await.unwrap();
            assert!(ids(&world.published().await).is_disjoint(&old), "{operation}");
        }
    }
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_replaced_by_whoever_asks_for_it() {
    let world = world();
    world.replace().await.unwrap();
    let put = world.fakes.secrets_manager().put_secret_value().secret_id(KEYS);
    put.client_request_token("v".repeat(32)).secret_string("nonsense").send().await.unwrap();
    assert!(world.run().await.is_err());
    world.replace().await.unwrap();
    assert_eq!(world.published().await, world.private().jwks().unwrap());
    world.run().await.unwrap();
}

/// The other run has a successor to publish, and its publication arrives last.
#[tokio::test]
async fn a_run_at_the_same_time_brings_no_old_key_back() {
    let load = Load::default();
    let world = world_of(Duration::ZERO, load.client());
    world.run().await.unwrap();
    let old = ids(&world.published().await);
    world.clock.advance(DAY * 28);
    let (arrived, release) = load.hold_next_write();
    let replacement = async {
        arrived.await.unwrap();
        world.replace().await.unwrap();
        release.send(()).unwrap();
    };
    let (ordinary, ()) = tokio::join!(world.run(), replacement);
    assert_eq!(ordinary, Ok(()));
    let published = world.published().await;
    assert_eq!(published, world.private().jwks().unwrap());
    assert!(ids(&published).is_disjoint(&old));
}

/// The same for two concurrent requests to replace.
#[tokio::test]
async fn of_two_replacements_the_later_one_is_published() {
    let load = Load::default();
    let world = world_of(Duration::ZERO, load.client());
    world.run().await.unwrap();
    let old = ids(&world.published().await);
    let (arrived, release) = load.hold_next_write();
    let other = async {
        arrived.await.unwrap();
        world.replace().await.unwrap();
        release.send(()).unwrap();
    };
    let (one, ()) = tokio::join!(world.replace(), other);
    assert_eq!(one, Ok(()));
    let published = world.published().await;
    assert_eq!(published, world.private().jwks().unwrap());
    assert!(published.keys.len() == 1 && ids(&published).is_disjoint(&old));
}

#[tokio::test]
async fn what_cannot_be_replaced_is_refused_and_nothing_is_done() {
    let world = world();
    let event = serde_json::from_str(r#"{"replace":"signing-key"}"#).unwrap();
    assert!(world.janitor().answer(event).await.is_err());
    assert!(world.fakes.calls().is_empty());
}
