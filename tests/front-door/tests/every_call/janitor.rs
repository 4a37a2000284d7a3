//! The janitor rotates the keys: the next run repairs a failed one, and every signing key is published.

use std::collections::BTreeSet;

use oauth::keys::SigningKey;
use primitives::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::seen::Seen;
use super::world::World;

const DAY: u64 = 86_400;

impl World {
    /// A run of the janitor.
    pub(super) async fn tidy(&self) -> Result<Seen<()>, String> {
        self.run(&json!({})).await
    }

    async fn run(&self, event: &Value) -> Result<Seen<()>, String> {
        match self.door.function("janitor").invoke(event).await {
            Ok(_) => Ok(Seen::Done(())),
            // Lambda retries it, or else the next hour's run does.
            Err(front_door::Failure::Error(told)) if told["errorType"] == "Refused" => Ok(Seen::Temporary),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    /// The ids of the published keys.
    async fn published(&self) -> BTreeSet<String> {
        let keys = self.door.aws.items("keys").await;
        let jwks = keys.iter().find(|item| item["id"]["S"] == "jwks").unwrap();
        let keys = jwks["jwks"]["M"]["keys"]["L"].as_array().unwrap().iter();
        keys.map(|key| key["M"]["kid"]["S"].as_str().unwrap().to_owned()).collect()
    }

    fn signing_secret(&self) -> &str {
        &self.door.function("token").program().variables["SIGNING_KEYS_SECRET"]
    }

    /// The ids of the keys in the secret; the first one signs.
    fn kept_keys(&self) -> Vec<String> {
        let text = self.door.aws.secret(self.signing_secret()).unwrap();
        text.lines()
            .map(|line| kid(&SigningKey::from_text(line.split(' ').next().unwrap()).unwrap()))
            .collect()
    }

    /// Sets up keys that have had their roles for some days, all of them published.
    async fn set_keys(&self, ring: &[(&str, u64)]) -> Vec<String> {
        let aws = &self.door.aws;
        let keys: Vec<_> = ring.iter().map(|_| SigningKey::generate().unwrap()).collect();
        let now = SystemClock.now().secs();
        let lines = keys.iter().zip(ring);
        let lines =
            lines.map(|(key, (stage, age))| format!("{} {stage} {}\n", key.to_text(), now - age * DAY));
        aws.put_secret(self.signing_secret(), &lines.collect::<String>());
        let members = |key: &SigningKey| {
            let jwk = serde_json::to_value(key.public().unwrap()).unwrap();
            let members = jwk.as_object().unwrap().iter();
            let members: serde_json::Map<_, _> =
                members.map(|(name, value)| (name.clone(), json!({ "S": value }))).collect();
            json!({ "M": members })
        };
        let jwks: Vec<Value> = keys.iter().map(members).collect();
        let item = json!({ "id": { "S": "jwks" }, "jwks": { "M": { "keys": { "L": jwks } } } });
        aws.dynamodb("PutItem", &json!({ "TableName": aws.table("keys"), "Item": item })).await;
        keys.iter().map(kid).collect()
    }
}

fn kid(key: &SigningKey) -> String {
    key.public().unwrap().kid
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turning_the_keys() {
    let world = World::start("kms").await;
    // A successor is due; and then it has to sign.
    for (name, ring) in
        [("a successor", &[("signing", 29)][..]), ("the successor signs", &[("signing", 31), ("next", 3)])]
    {
        world
            .fail_every_call(
                name,
                async || world.set_keys(ring).await,
                async |_| world.tidy().await,
                async |before: Vec<String>, _, _| {
                    let published = world.published().await;
                    assert!(published.contains(&world.kept_keys()[0]), "{name}: signs unpublished");
                    assert!(published.contains(&before[0]), "{name}: lost what has signed");
                    world.tidy().await.unwrap().done().unwrap();
                    let kept = world.kept_keys();
                    assert_eq!(world.published().await, kept.iter().cloned().collect());
                    assert_eq!(kept.len(), 2, "{name}");
                    assert!(kept.contains(&before[0]), "{name}: lost what has signed");
                    assert_eq!(kept[0], *before.last().unwrap(), "{name}: the wrong one signs");
                },
            )
            .await;
    }
}

/// After a leak: whatever fails, a repeated request helps, and until then no unpublished key signs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacing_the_keys() {
    let (world, event) = (World::start("kms").await, json!({ "replace": "signing-keys" }));
    world
        .fail_every_call(
            "replaced keys",
            async || world.set_keys(&[("signing", 29), ("next", 1), ("retired", 1)]).await,
            async |_| world.run(&event).await,
            async |before: Vec<String>, _, _| {
                assert!(world.published().await.contains(&world.kept_keys()[0]), "signs unpublished");
                world.run(&event).await.unwrap().done().unwrap();
                let (published, kept) = (world.published().await, world.kept_keys());
                assert_eq!(published, kept.iter().cloned().collect());
                assert_eq!(kept.len(), 1);
                assert!(!before.contains(&kept[0]), "a leaked key signs");
            },
        )
        .await;
}
