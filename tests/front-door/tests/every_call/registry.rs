//! The registry of MCP servers: whatever fails, a server is there with its name, its URL and its headers, or not at all.

use std::collections::BTreeSet;

use e2e::mcp::headers;
use e2e::servers::{SERVERS, ask, path_of};
use e2e::{Answer, Login};
use langsmith_double::data;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::engine::Failed;
use super::invariants::text;
use super::seen::{Seen, is_temporary};
use super::world::{VAULTS, World};

/// The value of every header here.
pub(super) const HIDDEN: &str = "Bearer tvly-hidden";
/// The sort key of a workspace's data key, with KMS.
const KEY: &str = "vault-key";

/// The answer of the registry, or of the tools cache in either of its forms.
pub(super) fn registry(answer: Answer, success: StatusCode) -> Result<Seen<Answer>, String> {
    if answer.status == success {
        return Ok(Seen::Done(answer));
    }
    // If the program itself cannot start, API Gateway answers.
    let is_shaped = answer.body["code"] == "service_unavailable"
        || answer.body["detail"] == "The service is temporarily unavailable: try again"
        || answer.error() == "temporarily_unavailable";
    if is_temporary(&answer) && is_shaped {
        return Ok(Seen::Temporary);
    }
    Err(format!("{} {:?} {}", answer.status, answer.headers, answer.body))
}

impl World {
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        ask(&self.door.url, headers(&[("x-api-key", data::ADA_KEY)]), (method, path), body).await
    }

    /// A request without faults. Retried, since a busy machine may answer too late.
    pub(super) async fn surely(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        success: StatusCode,
    ) -> Value {
        for _ in 0..3 {
            let answer = self.ask(method.clone(), path, body).await;
            if let Some(answer) = registry(answer, success).unwrap().done() {
                return answer.body;
            }
        }
        panic!("{method} {path} fails without a fault");
    }

    async fn servers(&self) -> Vec<Value> {
        let listed = self.surely(Method::GET, SERVERS, None, StatusCode::OK).await;
        listed.as_array().unwrap().clone()
    }

    async fn registered(&self, name: &str) -> Value {
        self.surely(Method::POST, SERVERS, Some(&server(name)), StatusCode::CREATED).await
    }

    async fn deleted(&self, server: &Value) {
        self.surely(Method::DELETE, &path_of(server), None, StatusCode::NO_CONTENT).await;
    }

    /// Takes the workspace's data key away: nothing is sealed under it any more.
    async fn forget_key(&self) {
        let key =
            json!({ "tenant_id": { "S": data::TEAM_WORKSPACE.to_string() }, "server_id": { "S": KEY } });
        let request = json!({ "TableName": self.door.aws.table("mcp-servers"), "Key": key });
        self.door.aws.dynamodb("DeleteItem", &request).await;
    }

    /// Each server has its name and its URL, and nobody else has either.
    pub(super) async fn check_servers(&self, after: &str) {
        let mut items = self.door.aws.items("mcp-servers").await;
        items.retain(|item| text(item, "server_id") != KEY);
        let (taken, servers): (Vec<_>, Vec<_>) =
            items.iter().partition(|item| item.as_object().unwrap().contains_key("owner"));
        let owners: Vec<_> = taken.iter().map(|item| text(item, "owner")).collect();
        let ids: BTreeSet<_> = servers.iter().map(|item| text(item, "server_id")).collect();
        assert_eq!(owners.iter().copied().collect::<BTreeSet<_>>(), ids, "{after}");
        assert_eq!(owners.len(), 2 * ids.len(), "{after}: {owners:?}");
        let written = items.iter().map(Value::to_string).chain(self.door.log.all());
        for line in written.chain(self.door.aws.secrets_that_start("")) {
            assert!(!line.contains(HIDDEN), "{after}: in clear in {line}");
        }
    }
}

fn server(name: &str) -> Value {
    let headers = json!([{ "key": "Authorization", "value": HIDDEN }]);
    json!({ "name": name, "url": format!("https://{name}.example.com"), "headers": headers })
}

/// On a new instance, in a workspace that has no key yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_registered() {
    for vault in VAULTS {
        let world = World::start(vault).await;
        let kept = world.door.aws.kept_secrets();
        world
            .fail_every_call(
                "a registration",
                async || {
                    world.door.aws.put_back(&kept);
                    world.forget_key().await;
                    world.cool(&["registry"]);
                },
                async |()| {
                    let answer = world.ask(Method::POST, SERVERS, Some(&server("one"))).await;
                    registry(answer, StatusCode::CREATED)
                },
                async |(), done, failed: Option<Failed>| {
                    let listed = world.servers().await;
                    let landed = failed.is_some_and(|failed| failed.has_landed());
                    assert!(listed.len() == usize::from(done.is_some()) || landed, "{listed:?}");
                    match &listed[..] {
                        [] => drop(world.registered("one").await),
                        [one] => assert_eq!(one["headers"][0]["value"], HIDDEN),
                        several => panic!("{several:?}"),
                    }
                    world.check_servers("a registration").await;
                    for one in world.servers().await {
                        world.deleted(&one).await;
                    }
                },
            )
            .await;
    }
}

/// On a new instance, which opens the headers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_are_listed() {
    for vault in VAULTS {
        let world = World::start(vault).await;
        world.registered("one").await;
        let expected = world.servers().await;
        world
            .fail_every_call(
                "a list of servers",
                async || world.cool(&["registry"]),
                async |()| registry(world.ask(Method::GET, SERVERS, None).await, StatusCode::OK),
                async |(), done: Option<Answer>, _| {
                    assert!(done.is_none_or(|done| done.body == json!(expected)));
                    assert_eq!(world.servers().await, expected);
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_moves() {
    let world = World::start("secrets-manager").await;
    let one = world.registered("one").await;
    let urls = ["https://one.example.com", "https://two.example.com"];
    let other = |server: &Value| if server["url"] == urls[0] { urls[1] } else { urls[0] };
    world
        .fail_every_call(
            "a change of the URL",
            async || other(&world.servers().await[0]),
            async |url: &&str| {
                let change = json!({ "url": url });
                let answer = world.ask(Method::PATCH, &path_of(&one), Some(&change)).await;
                registry(answer, StatusCode::OK)
            },
            async |url: &str, done, failed: Option<Failed>| {
                let [now] = &world.servers().await[..] else { panic!("one server") };
                let landed = failed.is_some_and(|failed| failed.has_landed());
                assert!((now["url"] == url) == done.is_some() || landed, "{now}");
                assert_eq!(now["headers"][0]["value"], HIDDEN);
                world.check_servers("a change of the URL").await;
            },
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_deleted() {
    let world = World::start("secrets-manager").await;
    world
        .fail_every_call(
            "a deletion",
            async || world.registered("one").await,
            async |one: &Value| {
                let answer = world.ask(Method::DELETE, &path_of(one), None).await;
                registry(answer, StatusCode::NO_CONTENT)
            },
            async |one: Value, done, failed: Option<Failed>| {
                let landed = failed.is_some_and(|failed| failed.has_landed());
                assert!(world.servers().await.is_empty() == done.is_some() || landed);
                world.check_servers("a deletion").await;
                world.deleted(&one).await;
                world.check_servers("a deletion").await;
            },
        )
        .await;
}

/// Keys and grant are read for an access token of ours; a failure is no refusal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_ours_is_checked() {
    let world = World::start("secrets-manager").await;
    let (browser, _) = world.login(Login::Key(data::ADA_KEY)).await;
    let scopes = Some(["servers:use".to_owned()].into());
    let choice = e2e::Choice { workspace: Some(data::TEAM_WORKSPACE.to_string()), scopes, deny: false };
    let page = browser.open(&world.client.authorize_url()).await.unwrap();
    let redirect = browser.consent(&page, &choice).await.unwrap_err();
    let tokens = world.client.exchange(&world.client.code(&redirect)).await.tokens();
    let list = async || {
        let answer = ask(&world.door.url, e2e::mcp::bearer(&tokens.access), (Method::GET, SERVERS), None);
        registry(answer.await, StatusCode::OK)
    };
    world
        .fail_every_call(
            "a token at the registry",
            async || world.cool(&["registry"]),
            async |()| list().await,
            async |(), _, _| {
                for _ in 0..3 {
                    if list().await.unwrap().done().is_some() {
                        return;
                    }
                }
                panic!("a list fails without a fault");
            },
        )
        .await;
}
