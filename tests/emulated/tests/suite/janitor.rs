//! The janitor in the emulator: as the deployed function, and as a library where days have to pass.

use std::sync::Arc;
use std::time::Duration;

use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Login, OAuthClient};
use emulated::{Deployment, Emulator, turn};
use janitor::{Event, Janitor};
use langsmith_double::data;
use primitives::clock::{Clock as _, SteppedClock, SystemClock};
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::aws::VaultKind;
use shared::lambda::Handler as _;

const DAY: Duration = Duration::from_hours(24);

/// The deployed stack's janitor, with a stepped clock.
struct Days {
    janitor: Janitor,
    clock: Arc<SteppedClock>,
}

impl Days {
    fn of(stack: &Deployment) -> Self {
        let clock = Arc::new(SteppedClock::new(SystemClock.now()));
        let config = Emulator::shared().config(&stack.region, &[("TABLE_PREFIX", &stack.name)]);
        let (aws, name) = (stack.aws(), &stack.name);
        let vault = VaultKind::SecretsManager { prefix: format!("{name}/users/") };
        let keys = format!("{name}/signing-keys");
        let store = aws.store(&config).unwrap();
        Self { janitor: Janitor::new(store, &aws.secrets_manager(), keys, vault, clock.clone()), clock }
    }

    /// Lets days pass, and then a day that covers every hour's share of users.
    async fn pass(&self, days: u32) {
        self.clock.advance(DAY * days);
        for _ in 0..24 {
            self.clock.advance(Duration::from_hours(1));
            self.janitor.answer(Event::Any(serde::de::IgnoredAny)).await.unwrap();
        }
    }
}

async fn scheduled(stack: &Deployment, name: &str) -> bool {
    let answer = stack.aws().secrets_manager().describe_secret().secret_id(name).send().await.unwrap();
    answer.deleted_date.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_first_run_made_the_keys_and_the_next_one_keeps_them() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let keys = async || -> Value {
        e2e::client::http().get(stack.at("/jwks.json")).send().await.unwrap().json().await.unwrap()
    };
    let first = keys().await;
    assert_eq!(first["keys"].as_array().unwrap().len(), 1);
    assert_eq!(stack.invoke("janitor", &json!({ "source": "aws.events" })).await, Ok(Value::Null));
    assert_eq!(keys().await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_made_at_a_login_and_ends_after_the_last_one() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    assert!(stack.user_secrets().await.is_empty());
    let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
    let ada = client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    let adas = stack.user_secrets().await.remove(0);
    let grace = client.connect(&Browser::new(&stack.url), Login::LangSmith(data::GRACE)).await;
    let others = stack.user_secrets().await.into_iter().find(|name| *name != adas).unwrap();
    assert_eq!(stack.user_secrets().await.len(), 2);

    let days = Days::of(&stack);
    assert_eq!(client.revoke(&ada.refresh).await.status, StatusCode::OK);
    days.pass(0).await;
    assert!(!scheduled(&stack, &adas).await, "a week has not passed");
    days.pass(7).await;
    assert!(scheduled(&stack, &adas).await);
    assert!(!scheduled(&stack, &others).await, "it has a live grant");

    // The deployed function restores it at the next login, in an instance without any memory of the week before.
    stack.restart("authorize").await;
    let again = client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    assert!(!scheduled(&stack, &adas).await);
    assert!(!projects(&stack.url, &again.access).await.is_empty());

    // Somebody deletes a secret in use.
    let secrets = stack.aws().secrets_manager();
    secrets.delete_secret().secret_id(&others).recovery_window_in_days(7).send().await.unwrap();
    days.pass(0).await;
    assert!(!scheduled(&stack, &others).await);
    let answer = call(&stack.url, bearer(&grace.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
}
