//! Tool calls: an instance's first one, one of a login new to the instance, one whose grant check is repeated, and one
//! that LangSmith refuses until its token is refreshed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use e2e::{Login, Tokens};
use langsmith_double::data;
use primitives::clock::{Clock as _, SystemClock};
use serde_json::json;

use super::cell::{Place, Span};
use super::engine::Failed;
use super::seen::tool;
use super::skew::claims;
use super::world::{VAULTS, World};

/// How long an instance caches a login's grant check.
const BELIEVED: Duration = Duration::from_secs(5);

impl World {
    /// A tool call without faults. Retried, since a busy machine may answer too late.
    pub(super) async fn works(&self, tokens: &Tokens) {
        for _ in 0..3 {
            if tool(&self.call(&tokens.access).await).unwrap().done().is_some() {
                return;
            }
        }
        panic!("a tool call fails without a fault");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_call_of_an_instance() {
    for vault in VAULTS {
        let world = World::start(vault).await;
        let tokens = world.tokens().await;
        world
            .fail_every_call(
                "the first call of an instance",
                async || world.cool(&["mcp", "authorizer"]),
                async |()| tool(&world.call(&tokens.access).await),
                async |(), _, _| world.works(&tokens).await,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_call_of_a_login() {
    for vault in VAULTS {
        let world = World::start(vault).await;
        // From here on, instances are warm.
        world.works(&world.tokens().await).await;
        world
            .fail_every_call(
                "the first call of a login",
                async || world.login(Login::Key(data::ADA_KEY)).await.1,
                async |tokens: &Tokens| tool(&world.call(&tokens.access).await),
                async |tokens: Tokens, _, _| world.works(&tokens).await,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_standing_is_asked_for_again() {
    let world = World::start("secrets-manager").await;
    // All faults together: they wait for the same five seconds.
    let call = front_door::aws::Call {
        function: "mcp".to_owned(),
        action: "dynamodb:GetItem".to_owned(),
        resource: format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{}", world.door.aws.table("grants")),
        leading_key: None,
        context: BTreeMap::new(),
        forced: None,
        recovery_days: None,
        part: None,
    };
    let place = Place { call, nth: 0 };
    let mut holders = Vec::new();
    for _ in place.faults() {
        let tokens = world.tokens().await;
        world.works(&tokens).await;
        holders.push(tokens);
    }
    let met = SystemClock.now();
    while SystemClock.now().since(met) <= BELIEVED {
        // New logins keep the instance busy while the others' cached grant checks expire.
        let tokens = world.tokens().await;
        world.works(&tokens).await;
    }
    let holders = RefCell::new(holders);
    for (fault, span) in place.faults() {
        world
            .fail_once(
                "a grant check",
                Failed { place: place.clone(), fault, span },
                async || holders.borrow_mut().pop().unwrap(),
                async |tokens: &Tokens| tool(&world.call(&tokens.access).await),
                async |tokens: Tokens, _, _| world.works(&tokens).await,
            )
            .await;
    }
    world.check("a grant check").await;
}

/// Expires the lease of a credential, and the pause after a failed refresh.
pub(super) async fn let_lease_pass(world: &World, tokens: &Tokens) {
    let (aws, claims) = (&world.door.aws, claims(&tokens.access));
    let key = json!({ "user_ref": { "S": claims.sub }, "credential_id": { "S": claims.cred } });
    let update = "REMOVE lease_id, lease_until, retry_at";
    let request = json!({ "TableName": aws.table("vault"), "Key": key, "UpdateExpression": update });
    aws.dynamodb("UpdateItem", &request).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_needs_a_renewed_token() {
    for vault in VAULTS {
        let world = World::start(vault).await;
        let login = async || world.login(Login::LangSmith(data::ADA)).await.1;
        let held = RefCell::new(login().await);
        world
            .fail_every_call(
                "a renewed token",
                async || {
                    let tokens = held.borrow().clone();
                    world.works(&tokens).await;
                    world.door.langsmith.expire_access_tokens();
                    tokens
                },
                async |tokens: &Tokens| tool(&world.call(&tokens.access).await),
                async |tokens: Tokens, _, failed: Option<Failed>| {
                    let_lease_pass(&world, &tokens).await;
                    // LangSmith has rotated the token, and for two seconds the new one could not be saved.
                    let unsaved =
                        failed.is_some_and(|failed| is_save(&failed.place) && failed.span == Span::On);
                    if unsaved && world.call(&tokens.access).await.status == 401 {
                        *held.borrow_mut() = login().await;
                    } else {
                        world.works(&tokens).await;
                    }
                },
            )
            .await;
    }
}

/// The write after the lease.
fn is_save(place: &Place) -> bool {
    (place.call.action.as_str(), place.nth) == ("dynamodb:UpdateItem", 1)
        && place.call.resource.ends_with("-vault")
}
