//! The tools of registered servers: whatever fails, a caller gets what the table or the server says, or is told to wait,
//! and a list in the table stays as it is until somebody forgets it.
//!
//! The server is a name that cannot be resolved: a request that gets as far as that ends in 502, with everything before
//! it done.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::Answer;
use e2e::servers::SERVERS;
use primitives::clock::{Clock as _, SystemClock, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::servers::{ListSource, ToolList};
use shared::store::ToolListKey;

use super::cell::Span;
use super::engine::Failed;
use super::invariants::text;
use super::registry::{HIDDEN, registry};
use super::seen::Seen;
use super::world::{VAULTS, World};

const URL: &str = "https://nothing.invalid/mcp";
const TOOLS: &str = "/v1/deepagents/mcp/tools?url=https%3A%2F%2Fnothing.invalid%2Fmcp";
const API_TOOLS: &str = "/api/v1/mcp/tools?url=https%3A%2F%2Fnothing.invalid%2Fmcp";
const PROXY: &str = "/api/v1/mcp/proxy";

const FRESH: Duration = Duration::from_hours(2);
/// The age of a list that is served only when its server fails.
const OLD: Duration = Duration::from_hours(24);

/// A stack in which the server is registered.
struct Lists {
    world: World,
    /// The item that its list has, without anything else.
    key: Value,
    revision: String,
}

impl Lists {
    async fn start(vault: &'static str) -> Self {
        let world = World::start(vault).await;
        let headers = json!([{ "key": "Authorization", "value": HIDDEN }]);
        let server = json!({ "name": "nothing", "url": URL, "headers": headers });
        world.surely(Method::POST, SERVERS, Some(&server), StatusCode::CREATED).await;
        let items = world.door.aws.items("mcp-servers").await;
        let server = items.iter().find(|item| item["canonical_url"].is_object()).unwrap();
        let (workspace, url) = (text(server, "tenant_id"), text(server, "canonical_url"));
        let hash = ToolListKey { workspace, url, provider: None, person: None }.hash();
        let revision = text(server, "revision").to_owned();
        Self { world, key: json!({ "cache_key": { "S": hash } }), revision }
    }

    async fn write(&self, operation: &str, rest: Value) {
        let mut request = json!({ "TableName": self.world.door.aws.table("tool-cache") });
        request.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        self.world.door.aws.dynamodb(operation, &request).await;
    }

    /// Nobody has asked for the tools yet.
    async fn remove(&self) {
        self.write("DeleteItem", json!({ "Key": self.key })).await;
    }

    /// The item of a list of one tool that was fetched this long ago.
    async fn store(&self, age: Duration) -> Value {
        let now = SystemClock.now().millis() - u64::try_from(age.as_millis()).unwrap();
        let fetched = Timestamp::from_millis(now);
        let tool = RawValue::from_string(r#"{"name":"a","inputSchema":{}}"#.to_owned()).unwrap();
        let list = ToolList::new(vec![("a".to_owned(), tool)], ListSource::Handshake, (None, now));
        let mut item = self.key.clone();
        for (name, value) in [
            ("revision", json!({ "S": self.revision })),
            ("list", json!({ "B": STANDARD.encode(list.pack().unwrap()) })),
            ("fetched_at", json!({ "N": now.to_string() })),
            ("fresh_until", json!({ "N": fetched.plus(FRESH).millis().to_string() })),
            ("purge_at", json!({ "N": fetched.plus(7 * OLD).secs().to_string() })),
        ] {
            item[name] = value;
        }
        self.write("PutItem", json!({ "Item": item })).await;
        item
    }

    /// The item, which may be a lease without a list.
    async fn stored(&self) -> Option<Value> {
        let mut items = self.world.door.aws.items("tool-cache").await;
        assert!(items.len() <= 1, "{items:?}");
        items.pop()
    }

    /// Ends a lease that a fault left behind. By itself it ends after twelve seconds.
    async fn let_lease_pass(&self) {
        let update = "REMOVE lease_id, lease_until";
        self.write("UpdateItem", json!({ "Key": self.key, "UpdateExpression": update })).await;
    }

    async fn get(&self, success: StatusCode) -> Result<Seen<Answer>, String> {
        registry(self.world.ask(Method::GET, TOOLS, None).await, success)
    }

    /// A request without faults.
    async fn surely(&self, success: StatusCode) -> Value {
        self.world.surely(Method::GET, TOOLS, None, success).await
    }

    /// The list in the table is this one, and the lease for a new one has ended unless that was what failed.
    async fn check(&self, list: Option<&Value>, after: (&str, bool, Option<Failed>)) {
        let (name, is_done, failed) = after;
        let mut stored = self.stored().await.unwrap_or_else(|| self.key.clone());
        let members = stored.as_object_mut().unwrap();
        let is_leased = members.remove("lease_until").is_some();
        assert_eq!(members.remove("lease_id").is_some(), is_leased, "{name}: half a lease");
        let may_be_leased = failed.is_some_and(|failed| failed.span == Span::On || !is_done);
        assert!(!is_leased || may_be_leased, "{name}: a lease is left");
        match list {
            Some(list) => assert_eq!(stored, *list, "{name}"),
            None => assert!(stored["list"].is_null() && stored["revision"].is_null(), "{name}: {stored}"),
        }
        self.world.check_servers(name).await;
    }
}

/// On a new instance, which opens the headers for the request that fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_asked_for_its_tools() {
    for vault in VAULTS {
        let lists = Lists::start(vault).await;
        lists
            .world
            .fail_every_call(
                "a list that nobody has",
                async || {
                    lists.remove().await;
                    lists.world.cool(&["tool-cache"]);
                },
                async |()| lists.get(StatusCode::BAD_GATEWAY).await,
                async |(), done: Option<Answer>, failed| {
                    let is_done = done.is_some();
                    assert!(done.is_none_or(|done| done.body["code"] == "upstream_failed"));
                    lists.check(None, ("a list that nobody has", is_done, failed)).await;
                    lists.let_lease_pass().await;
                    lists.surely(StatusCode::BAD_GATEWAY).await;
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_list_is_served() {
    let lists = Lists::start("secrets-manager").await;
    let item = lists.store(Duration::ZERO).await;
    let expected = lists.surely(StatusCode::OK).await;
    assert_eq!((&expected["tools"][0]["name"], &expected["cached"]), (&json!("a"), &json!(true)));
    lists
        .world
        .fail_every_call(
            "a fresh list",
            async || lists.world.cool(&["tool-cache"]),
            async |()| lists.get(StatusCode::OK).await,
            async |(), done: Option<Answer>, _| {
                assert!(done.is_none_or(|done| done.body == expected));
                assert_eq!(lists.surely(StatusCode::OK).await, expected);
                assert_eq!(lists.stored().await.as_ref(), Some(&item));
            },
        )
        .await;
}

/// The last good list, when its server fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_list_is_served() {
    let lists = Lists::start("secrets-manager").await;
    lists
        .world
        .fail_every_call(
            "an old list",
            async || {
                lists.world.cool(&["tool-cache"]);
                lists.store(OLD).await
            },
            async |_: &Value| lists.get(StatusCode::OK).await,
            async |item: Value, done: Option<Answer>, failed| {
                let is_old = |body: &Value| body["tools"][0]["name"] == "a" && body["stale"] == true;
                let is_done = done.is_some();
                assert!(done.is_none_or(|done| is_old(&done.body)));
                lists.check(Some(&item), ("an old list", is_done, failed)).await;
                lists.let_lease_pass().await;
                assert!(is_old(&lists.surely(StatusCode::OK).await));
            },
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_forgotten() {
    let lists = Lists::start("secrets-manager").await;
    lists
        .world
        .fail_every_call(
            "a list to be forgotten",
            async || {
                lists.world.cool(&["tool-cache"]);
                lists.store(Duration::ZERO).await
            },
            async |_: &Value| {
                registry(lists.world.ask(Method::DELETE, API_TOOLS, None).await, StatusCode::OK)
            },
            async |item: Value, done: Option<Answer>, failed: Option<Failed>| {
                let stored = lists.stored().await;
                assert!(stored.as_ref().is_none_or(|stored| *stored == item), "{stored:?}");
                let landed = failed.is_some_and(|failed| failed.has_landed());
                assert!(stored.is_none() == done.is_some() || landed);
                lists.world.surely(Method::DELETE, API_TOOLS, None, StatusCode::OK).await;
                assert_eq!(lists.stored().await, None);
                lists.surely(StatusCode::BAD_GATEWAY).await;
            },
        )
        .await;
}

/// On a new instance. Nothing is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_passed_on() {
    let body = json!({ "url": URL, "method": "POST", "body": { "secret": HIDDEN } });
    for vault in VAULTS {
        let lists = Lists::start(vault).await;
        lists
            .world
            .fail_every_call(
                "the proxy",
                async || lists.world.cool(&["tool-cache"]),
                async |()| {
                    let answer = lists.world.ask(Method::POST, PROXY, Some(&body)).await;
                    assert!(!answer.body.to_string().contains(HIDDEN), "{}", answer.body);
                    registry(answer, StatusCode::BAD_GATEWAY)
                },
                async |(), _, _| {
                    lists.world.surely(Method::POST, PROXY, Some(&body), StatusCode::BAD_GATEWAY).await;
                    assert_eq!(lists.stored().await, None);
                    lists.world.check_servers("the proxy").await;
                },
            )
            .await;
    }
}
