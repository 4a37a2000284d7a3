//! The janitor's sweep of users' secrets: whatever fails, no secret that a login needs is deleted, and the next run
//! completes the work.

use std::time::Duration;

use primitives::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::world::World;

const TAG: &str = "idle-since";
/// Longer than the period for which a secret is left alone.
const LONG_AGO: Duration = Duration::from_hours(9 * 24);
/// First characters of users' references, one for each hour's share.
const FIRST: &[u8; 24] = b"ABCDEFGHIJKLMNOPQRSTUVWX";

/// The users: whether they have a login, a secret marked as idle, and a secret scheduled for deletion.
const USERS: [(&str, bool, bool, bool); 4] = [
    ("never-seen-idle", false, false, false),
    ("gone", false, true, false),
    ("back-in-time", true, true, false),
    ("back", true, true, true),
];

fn hour() -> usize {
    usize::try_from(SystemClock.now().secs() / 3600 % 24).unwrap()
}

/// The reference of a user in an hour's share.
fn reference(hour: usize, user: &str) -> String {
    format!("{}-{user}", char::from(FIRST[hour]))
}

impl World {
    /// Creates users of this hour and, since it may end, of the next one, and returns both.
    async fn populate(&self) -> [usize; 2] {
        let aws = &self.door.aws;
        let since = (SystemClock.now().secs() - LONG_AGO.as_secs()).to_string();
        let (grant, item) = (&aws.items("grants").await[0], &aws.items("vault").await[0]);
        aws.set_back_secrets_clock(LONG_AGO);
        let this = hour();
        let hours = [this, (this + 1) % 24];
        for hour in hours {
            for (user, has_login, is_marked, is_scheduled) in USERS {
                let user = reference(hour, user);
                let name = self.user_secret(&user);
                let text =
                    json!({ "version": 1, "data_key": format!("the data key of {user}"), "api_keys": [] });
                let create = json!({ "Name": name, "SecretString": text.to_string(), "ClientRequestToken": "0".repeat(32) });
                aws.secrets_manager("CreateSecret", &create);
                if is_marked {
                    let tags = json!([{ "Key": TAG, "Value": since }]);
                    aws.secrets_manager("TagResource", &json!({ "SecretId": name, "Tags": tags }));
                }
                if is_scheduled {
                    aws.secrets_manager("DeleteSecret", &json!({ "SecretId": name }));
                }
                for (table, of) in [("grants", grant), ("vault", item)].into_iter().filter(|_| has_login) {
                    let mut item = of.clone();
                    item["user_ref"] = json!({ "S": user });
                    aws.dynamodb("PutItem", &json!({ "TableName": aws.table(table), "Item": item })).await;
                }
            }
        }
        aws.set_back_secrets_clock(Duration::ZERO);
        hours
    }

    /// Undoes the deletions that the janitor leaves until their hour comes.
    fn undelete(&self, hours: [usize; 2]) {
        for hour in hours.into_iter().filter(|hour| self.state(*hour, "back").1) {
            let name = self.user_secret(&reference(hour, "back"));
            self.door.aws.secrets_manager("RestoreSecret", &json!({ "SecretId": name }));
        }
    }

    /// Whether a user's secret is marked, and whether it is scheduled for deletion.
    fn state(&self, hour: usize, user: &str) -> (bool, bool) {
        let name = self.user_secret(&reference(hour, user));
        let filters = json!([{ "Key": "name", "Values": [name] }]);
        let list = json!({ "Filters": filters, "IncludePlannedDeletion": true });
        // The name is also a prefix of another secret's.
        let found = self.door.aws.secrets_manager("ListSecrets", &list);
        let secret: &Value = &found["SecretList"][0];
        assert_eq!(secret["Name"], name);
        (!secret["Tags"].as_array().unwrap().is_empty(), !secret["DeletedDate"].is_null())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_after_the_secrets() {
    let world = World::start("secrets-manager").await;
    let hours = world.populate().await;
    let kept = world.door.aws.kept_secrets();
    world
        .fail_every_call(
            "the janitor's round",
            async || world.door.aws.put_back(&kept),
            async |()| world.tidy().await,
            async |(), _, _| {
                let hour_before = hour();
                let scheduled = |user| world.state(hour_before, user).1;
                assert!(!scheduled("never-seen-idle") && !scheduled("back-in-time"));
                world.tidy().await.unwrap().done().unwrap();
                let states = USERS.map(|(user, ..)| world.state(hour_before, user));
                if hour() == hour_before {
                    assert_eq!(states, [(true, false), (true, true), (false, false), (false, false)]);
                }
                world.undelete(hours);
            },
        )
        .await;
}
