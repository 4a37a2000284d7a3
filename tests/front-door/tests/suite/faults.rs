//! Failing services. Ambiguity is a 503 and never a dead login, and nobody waits a second for a dead service.

use std::sync::Arc;
use std::time::Duration;

use e2e::mcp::{bearer, call, projects};
use e2e::{Answer, Browser, Login, OAuthClient};
use front_door::aws::{Call, Fault};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use primitives::clock::{Clock as _, SystemClock};
use reqwest::StatusCode;
use serde_json::json;

/// The time limit of a request while a service is dead.
const SECOND: Duration = Duration::from_secs(1);

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = SystemClock.now();
    let outcome = work.await;
    (outcome, SystemClock.now().since(start))
}

/// The result of the work, which must take less than a second. Two retries allow for a machine that is busy with other
/// tests.
async fn soon<T>(what: &str, work: impl AsyncFn() -> T) -> T {
    let mut slow = Vec::new();
    for _ in 0..3 {
        let (outcome, took) = timed(work()).await;
        if took < SECOND {
            return outcome;
        }
        slow.push(took);
    }
    panic!("{what} took {slow:?}");
}

/// A stack whose functions have the same timeouts for services as on AWS.
async fn impatient() -> FrontDoor {
    FrontDoor::with(Options { patient: false, ..Options::default() }).await
}

fn is_temporary(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    assert!(!answer.headers.contains_key("www-authenticate"));
}

fn is_table(call: &Call) -> bool {
    call.action.starts_with("dynamodb:")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_answer_is_told_within_a_second() {
    let door = impatient().await;
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let browser = Browser::new(&door.url);
    let warm_up = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    projects(&door.url, &warm_up.access).await;
    // Its grant check is not cached yet.
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    door.aws.fail(|call| is_table(call).then_some(Fault::Silent));

    let answer = soon("/token", async || client.refresh(&tokens.refresh).await).await;
    assert_eq!(answer.error(), "temporarily_unavailable");
    is_temporary(&answer);

    let metadata = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
    let register = || e2e::client::http().post(door.at("/register")).json(&metadata).send();
    let answer = soon("/register", async || register().await.unwrap()).await;
    is_temporary(&e2e::client::answer(answer).await);

    let page = soon("/authorize", async || browser.open(&client.authorize_url()).await.unwrap()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);

    let projects_of = async || call(&door.url, bearer(&tokens.access), "list_projects", json!({})).await;
    is_temporary(&soon("/mcp", projects_of).await);

    door.aws.heal();
    client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(&door.url, &tokens.access).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_start_without_a_database_still_answers() {
    // Nothing listens there.
    let nowhere = Some("http://127.0.0.1:9".to_owned());
    let functions = ["authorize", "authorizer", "mcp", "register", "registry", "token", "tool-cache"];
    let variables = functions.map(|name| (name, "AWS_ENDPOINT_URL_DYNAMODB", nowhere.clone())).into();
    let door = FrontDoor::with(Options { variables, ..Options::default() }).await;
    let http = e2e::client::http();
    let metadata = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
    door.function("register").start().await.unwrap();
    let answer = http.post(door.at("/register")).json(&metadata).send().await.unwrap();
    is_temporary(&e2e::client::answer(answer).await);
    let fields = [("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "x")];
    let answer = http.post(door.at("/token")).form(&fields).send().await.unwrap();
    is_temporary(&e2e::client::answer(answer).await);
    // Whether the token is valid is unknown: its signature needs the public keys.
    let token = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.c2ln";
    let answer = http.post(door.at("/mcp")).bearer_auth(token).send().await.unwrap();
    is_temporary(&e2e::client::answer(answer).await);
    let answer = http.get(door.at("/.well-known/oauth-authorization-server")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_database_at_a_cold_start_is_told_within_a_second_of_it() {
    let door = impatient().await;
    door.aws.fail(|call| is_table(call).then_some(Fault::Silent));
    soon("the start of /register", async || door.function("register").start().await.unwrap()).await;
    let fields = [("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "x")];
    let answer = e2e::client::http().post(door.at("/token")).form(&fields).send().await.unwrap();
    is_temporary(&e2e::client::answer(answer).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_throttled_database_is_asked_again() {
    let door = FrontDoor::start().await;
    let throttled = Arc::new(std::sync::atomic::AtomicUsize::new(2));
    let left = throttled.clone();
    door.aws.fail(move |call| {
        let take = |left: usize| left.checked_sub(1);
        let order = std::sync::atomic::Ordering::SeqCst;
        let hit = call.function == "register" && left.fetch_update(order, order, take).is_ok();
        hit.then_some(Fault::Error("ProvisionedThroughputExceededException"))
    });
    // The warm-up at the start or the registration takes the first answers: both retry.
    OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    assert_eq!(throttled.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_cannot_start_is_a_temporary_fault_to_clients() {
    let door = FrontDoor::start().await;
    door.aws.fail(|call| {
        (call.action == "secretsmanager:GetSecretValue").then_some(Fault::Error("InternalServiceError"))
    });
    let fields = [("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "x")];
    let ask = || e2e::client::http().post(door.at("/token")).form(&fields).send();
    let answer = e2e::client::answer(ask().await.unwrap()).await;
    assert!(answer.status.is_server_error());
    assert_eq!(answer.error(), "temporarily_unavailable");
    door.aws.heal();
    let answer = e2e::client::answer(ask().await.unwrap()).await;
    assert_eq!(answer.error(), "invalid_client", "{}", answer.body);
}
