//! The signing keys, created and rotated by the janitor in a running stack.

use e2e::client::{answer, http};
use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Login, OAuthClient, Tokens};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use primitives::clock::{Clock as _, SystemClock};
use reqwest::StatusCode;
use serde_json::{Value, json};

const DAY: u64 = 86_400;

async fn log_in(door: &FrontDoor) -> (OAuthClient, Tokens) {
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let tokens = client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await;
    (client, tokens)
}

/// The ids of the published keys, the signing one first.
async fn published(door: &FrontDoor) -> Vec<String> {
    door.retire();
    let jwks = answer(http().get(door.at("/jwks.json")).send().await.unwrap()).await;
    assert_eq!(jwks.status, StatusCode::OK);
    let keys = jwks.body["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The id of the key that signed a token.
fn signer(token: &str) -> String {
    use base64::Engine as _;
    let header = token.split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

fn secret(door: &FrontDoor) -> &str {
    &door.function("janitor").program().variables["SIGNING_KEYS_SECRET"]
}

/// Runs the janitor after every key has had its role for this many days.
async fn janitor_after(door: &FrontDoor, days: u64) {
    let text = door.aws.secret(secret(door)).unwrap();
    let since = SystemClock.now().secs() - days * DAY;
    let lines = text.lines().map(|line| format!("{} {since}\n", line.rsplit_once(' ').unwrap().0));
    door.aws.put_secret(secret(door), &lines.collect::<String>());
    door.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_stack_has_its_keys_after_the_first_run() {
    let door = FrontDoor::with(Options { unfinished: true, ..Options::default() }).await;
    assert_eq!(door.aws.secret(secret(&door)), None);
    let fields = [("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "x")];
    let ask = || async { answer(http().post(door.at("/token")).form(&fields).send().await.unwrap()).await };
    let early = ask().await;
    assert!(early.status.is_server_error());
    assert_eq!(early.error(), "temporarily_unavailable");
    let token = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.c2ln";
    let early = call(&door.url, bearer(token), "list_projects", json!({})).await;
    assert_eq!(early.status, StatusCode::UNAUTHORIZED);

    door.finish().await;
    assert_eq!(ask().await.error(), "invalid_client");
    let keys = published(&door).await;
    assert_eq!(keys.len(), 1);
    let (_, tokens) = log_in(&door).await;
    assert_eq!(signer(&tokens.access), keys[0]);
    assert!(!projects(&door.url, &tokens.access).await.is_empty());

    // The event comes twice, or the hourly run follows at once: nothing is due.
    let (before, known) = (door.aws.secret(secret(&door)), door.aws.calls().len());
    door.finish().await;
    assert_eq!(door.aws.secret(secret(&door)), before);
    let written = door.aws.calls().split_off(known).into_iter().filter(|call| call.action.contains("Put"));
    assert_eq!(written.collect::<Vec<_>>(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_of_the_keys_ends_no_login() {
    let door = FrontDoor::start().await;
    let (client, old) = log_in(&door).await;
    let first = signer(&old.access);

    janitor_after(&door, 28).await;
    let announced = published(&door).await;
    assert_eq!((announced.len(), &announced[0]), (2, &first));
    let (_, tokens) = log_in(&door).await;
    assert_eq!(signer(&tokens.access), first, "the next key is known before it signs");

    janitor_after(&door, 30).await;
    assert_eq!(published(&door).await, [announced[1].clone(), first.clone()]);
    assert!(!projects(&door.url, &old.access).await.is_empty(), "what the last key signed");
    let new = client.refresh(&old.refresh).await.tokens();
    assert_eq!(signer(&new.access), announced[1]);
    assert!(!projects(&door.url, &new.access).await.is_empty());

    // All tokens signed by the first key have expired by now, so it is removed.
    janitor_after(&door, 3).await;
    assert_eq!(published(&door).await, [announced[1].clone()]);
    let answer = call(&door.url, bearer(&old.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!projects(&door.url, &new.access).await.is_empty());
    client.refresh(&new.refresh).await.tokens();
}

/// The steps of docs/deploy.md for leaked signing keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_leaked_keys_have_signed_ends_at_once_and_no_login_does() {
    let door = FrontDoor::start().await;
    let (client, old) = log_in(&door).await;
    janitor_after(&door, 28).await;
    let leaked = published(&door).await;
    assert_eq!(leaked.len(), 2);

    let janitor = door.function("janitor");
    assert!(janitor.invoke(&json!({ "replace": "signing-key" })).await.is_err(), "a slip must not look done");
    assert_eq!(published(&door).await, leaked);
    let done = janitor.invoke(&json!({ "replace": "signing-keys" })).await.unwrap();
    assert_eq!(done, json!({ "replaced": "signing-keys" }));
    let keys = published(&door).await;
    assert!(keys.len() == 1 && !leaked.contains(&keys[0]), "{keys:?}");

    let answer = call(&door.url, bearer(&old.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let new = client.refresh(&old.refresh).await.tokens();
    assert_eq!(signer(&new.access), keys[0]);
    assert!(!projects(&door.url, &new.access).await.is_empty());
    door.finish().await;
    assert_eq!(published(&door).await, keys, "the next run brings nothing back");
}

/// The steps of docs/deploy.md for a lost secret: it is recreated under its name, with another ARN.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_secret_is_made_again_under_its_name() {
    let door = FrontDoor::start().await;
    let (client, old) = log_in(&door).await;
    let lose = |name: &str| {
        let request = json!({ "SecretId": name, "ForceDeleteWithoutRecovery": true });
        door.aws.secrets_manager("DeleteSecret", &request);
        door.retire();
    };

    lose(secret(&door));
    assert!(client.refresh(&old.refresh).await.status.is_server_error(), "no login dies of it");
    door.aws.secrets_manager("CreateSecret", &json!({ "Name": secret(&door) }));
    door.finish().await;
    let tokens = client.refresh(&old.refresh).await.tokens();
    assert_eq!(published(&door).await[0], signer(&tokens.access));
    assert!(!projects(&door.url, &tokens.access).await.is_empty());

    let root = &door.function("token").program().variables["ROOT_KEY_SECRET"];
    lose(root);
    let without = client.refresh(&tokens.refresh).await;
    assert!(without.status.is_server_error());
    let text = "letters and digits".replace(' ', "0").repeat(4);
    let version = "a".repeat(32);
    let request = json!({ "Name": root, "SecretString": text, "ClientRequestToken": version });
    door.aws.secrets_manager("CreateSecret", &request);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant", "everybody logs in again");
    let (_, tokens) = log_in(&door).await;
    assert!(!projects(&door.url, &tokens.access).await.is_empty());
}
