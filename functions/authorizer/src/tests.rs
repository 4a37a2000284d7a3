//! Events as API Gateway sends them, with public keys from a table that can fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use oauth::access::{AccessClaims, AccessSigner, LIFE};
use oauth::keys::{Jwks, SigningKey};
use oauth::token::ChainId;
use primitives::clock::{SteppedClock, Timestamp};
use primitives::ids::{ClientId, CredentialId, GrantId, UserRef};
use serde_json::{Value, json};
use shared::mcp::agent_servers::AgentServerSettings;
use shared::store::Store;

use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);

/// A table with nothing but the public keys.
#[derive(Debug, Default)]
struct Table {
    jwks: Value,
    reads: AtomicUsize,
    down: AtomicBool,
}

impl HttpConnector for Table {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return HttpConnectorFuture::ready(Err(ConnectorError::user("cut".into())));
        }
        let body = SdkBody::from(self.jwks.to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(200_u16).unwrap(), body)))
    }
}

struct World {
    authorizer: Authorizer,
    signer: AccessSigner,
    clock: Arc<SteppedClock>,
    table: Arc<Table>,
}

fn world(api_keys: bool) -> World {
    let key = SigningKey::generate().unwrap();
    let jwks = Jwks { keys: vec![key.public().unwrap()] };
    let text = |text: &str| json!({ "S": text });
    let jwk = serde_json::to_value(&jwks.keys[0]).unwrap();
    let jwk: serde_json::Map<_, _> = jwk
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), text(value.as_str().unwrap())))
        .collect();
    let item = json!({ "id": text("jwks"), "jwks": { "M": { "keys": { "L": [{ "M": jwk }] } } } });
    let table = Arc::new(Table { jwks: json!({ "Item": item }), ..Table::default() });
    let connector = SharedHttpConnector::new(Shared(table.clone()));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .allow_no_auth()
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    let store = Store::new(&aws_sdk_dynamodb::Client::from_conf(config), "stack");
    let clock = Arc::new(SteppedClock::new(NOW));
    let public: PublicUrl = "https://mcp.example.com".parse().unwrap();
    let keys = PublicKeys::new(store.keys, public.clone(), clock.clone());
    let signer = AccessSigner::new(&key).unwrap();
    let servers = AgentServerSettings::list("team=https://agents.example.com").unwrap();
    let scopes = ToolScopes::new(&servers, false);
    World { authorizer: Authorizer { keys, public, api_keys, scopes }, signer, clock, table }
}

#[derive(Debug)]
struct Shared(Arc<Table>);

impl HttpConnector for Shared {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.0.call(request)
    }
}

impl World {
    fn token(&self, change: impl FnOnce(&mut AccessClaims)) -> String {
        let mut claims = AccessClaims {
            iss: "https://mcp.example.com".into(),
            aud: "https://mcp.example.com/mcp".into(),
            sub: UserRef::new("ada"),
            client_id: ClientId::new("client"),
            scope: "langsmith:read".into(),
            iat: NOW.secs(),
            exp: NOW.plus(LIFE).secs(),
            jti: "id".into(),
            grant: GrantId::new("grant"),
            chain: ChainId::new("chain"),
            generation: 0,
            cred: CredentialId::new("credential"),
            workspace: "*".into(),
        };
        change(&mut claims);
        self.signer.sign(&claims).unwrap()
    }

    async fn ask(&self, headers: &[(&str, &str)]) -> Result<Value, Refused> {
        let event = serde_json::from_value(event(headers)).unwrap();
        Ok(serde_json::to_value(self.authorizer.answer(event).await?).unwrap())
    }

    /// A bearer at another path.
    async fn at(&self, path: &str, token: &str, more: &[(&str, &str)]) -> Result<Value, Refused> {
        let value = format!("Bearer {token}");
        let mut event = event(&[&[("Authorization", value.as_str())], more].concat());
        event["path"] = path.into();
        let event = serde_json::from_value(event).unwrap();
        Ok(serde_json::to_value(self.authorizer.answer(event).await?).unwrap())
    }

    async fn bearer(&self, token: &str, more: &[(&str, &str)]) -> Result<Value, Refused> {
        let value = format!("Bearer {token}");
        self.ask(&[&[("Authorization", value.as_str())], more].concat()).await
    }
}

/// A REQUEST authorizer's event of a REST API, with the members that API Gateway documents.
fn event(headers: &[(&str, &str)]) -> Value {
    let mut single = serde_json::Map::new();
    let mut many = serde_json::Map::new();
    for (name, value) in headers.iter().chain(&[("Host", "mcp.example.com"), ("X-Forwarded-Proto", "https")])
    {
        single.insert((*name).to_owned(), json!(value));
        many.entry(*name).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(value));
    }
    json!({
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/POST/mcp",
        "resource": "/mcp",
        "path": "/mcp",
        "httpMethod": "POST",
        "headers": single,
        "multiValueHeaders": many,
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": {},
        "stageVariables": {},
        "requestContext": {
            "resourceId": "x9y8z7",
            "resourcePath": "/mcp",
            "httpMethod": "POST",
            "extendedRequestId": "abc=",
            "requestTime": "17/Mar/2030:17:46:40 +0000",
            "path": "/mcp",
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "live",
            "domainPrefix": "mcp",
            "requestTimeEpoch": 1_900_000_000_000_u64,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": { "sourceIp": "203.0.113.7", "userAgent": "client/1" },
            "domainName": "mcp.example.com",
            "deploymentId": "d1",
            "apiId": "a1b2c3d4e5",
        },
    })
}

#[tokio::test]
async fn a_good_token_opens_every_method_of_the_stage() {
    let world = world(true);
    let policy = world.bearer(&world.token(|_| {}), &[]).await.unwrap();
    assert_eq!(
        policy,
        json!({
            "principalId": "ada",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/*",
                }],
            },
        })
    );
}

#[tokio::test]
async fn whatever_is_no_token_for_us_is_unauthorized() {
    let world = world(true);
    let foreign = self::world(true).token(|_| {});
    for token in [
        world.token(|claims| claims.aud = "https://mcp.example.com/other".into()),
        world.token(|claims| claims.iss = "https://other.example.com".into()),
        world.token(|claims| claims.exp = NOW.secs()),
        foreign,
        "garbage".to_owned(),
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.".to_owned(),
        String::new(),
        "x".repeat(100_000),
    ] {
        assert_eq!(world.bearer(&token, &[]).await, Err(UNAUTHORIZED), "{token:.40}");
    }
    for value in ["Basic YTpi", "Bearer", "bearer ", "\u{7f}", "Bearer \u{e9}"] {
        assert_eq!(world.ask(&[("Authorization", value)]).await, Err(UNAUTHORIZED), "{value}");
    }
}

#[tokio::test]
async fn a_second_authorization_header_is_not_looked_away_from() {
    let world = world(true);
    let (good, bad) = (format!("Bearer {}", world.token(|_| {})), "Bearer x");
    for pair in [[good.as_str(), bad], [bad, good.as_str()], [good.as_str(), good.as_str()]] {
        let headers = pair.map(|value| ("Authorization", value));
        assert_eq!(world.ask(&headers).await, Err(UNAUTHORIZED));
    }
    assert_eq!(world.ask(&[("Authorization", &good), ("authorization", bad)]).await, Err(UNAUTHORIZED));
}

#[tokio::test]
async fn a_langsmith_key_goes_through_where_keys_are_taken() {
    for name in ["X-Api-Key", "x-api-key", "LANGSMITH-API-KEY"] {
        let headers = [(name, "lsv2_pt_x")];
        assert_eq!(world(true).ask(&headers).await.unwrap()["principalId"], "api-key");
        assert_eq!(world(false).ask(&headers).await, Err(UNAUTHORIZED));
    }
    assert_eq!(world(true).ask(&[]).await, Err(UNAUTHORIZED));
    let both = [("Authorization", "Bearer expired"), ("X-Api-Key", "lsv2_pt_x")];
    assert_eq!(world(true).ask(&both).await, Err(UNAUTHORIZED), "as at the endpoint");
}

#[tokio::test]
async fn what_cannot_be_a_key_stops_here() {
    for junk in [
        "",
        "not a key",
        "${LANGSMITH_API_KEY}",
        "{{langsmith_api_key}}",
        "<your-api-key>",
        "'x'",
        "lsv2_pt_\u{e9}",
    ] {
        for name in ["X-Api-Key", "LANGSMITH-API-KEY"] {
            assert_eq!(world(true).ask(&[(name, junk)]).await, Err(UNAUTHORIZED), "{name}: {junk}");
        }
    }
    let mixed = [("X-Api-Key", "lsv2_pt_x"), ("LANGSMITH-API-KEY", "<your-api-key>")];
    assert_eq!(world(true).ask(&mixed).await, Err(UNAUTHORIZED));
}

#[tokio::test]
async fn an_empty_header_is_no_credential() {
    let (key, token) = (("X-Api-Key", "lsv2_pt_x"), world(true).token(|_| {}));
    for empty in ["", " ", "\t "] {
        for name in ["Authorization", "LANGSMITH-API-KEY", "x-api-key"] {
            let world = world(true);
            let policy = world.ask(&[(name, empty), key]).await.unwrap();
            assert_eq!(policy["principalId"], "api-key", "{name}: {empty:?}");
            let policy = world.bearer(&world.token(|_| {}), &[(name, empty)]).await.unwrap();
            assert_eq!(policy["principalId"], "ada", "{name}: {empty:?}");
            assert_eq!(world.ask(&[(name, empty)]).await, Err(UNAUTHORIZED), "{name}: {empty:?}");
            assert_eq!(
                world.bearer(&token, &[(name, empty)]).await,
                Err(UNAUTHORIZED),
                "another server's token"
            );
        }
    }
}

#[tokio::test]
async fn a_token_opens_the_resource_that_it_is_for_and_no_other() {
    let mut world = world(true);
    let of = |world: &World, path: &str| {
        world.token(|claims| claims.aud = format!("https://mcp.example.com{path}"))
    };
    let (mcp, research) = (of(&world, "/mcp"), of(&world, "/agents/research/mcp"));
    for path in ["/agents/research/mcp", "/agents/research/mcp/"] {
        assert_eq!(world.at(path, &research, &[]).await.unwrap()["principalId"], "ada", "{path}");
        assert_eq!(world.at(path, &mcp, &[]).await, Err(UNAUTHORIZED), "{path}");
    }
    for path in ["/mcp", "/mcp/", "/agents/other/mcp", "/agents/Research/mcp", "/agents/research"] {
        assert_eq!(world.at(path, &research, &[]).await, Err(UNAUTHORIZED), "{path}");
    }
    // An agent may have the name of a tool of LangSmith's, whose scope it does not need.
    let call = [("Mcp-Method", "tools/call"), ("Mcp-Name", "fetch_runs")];
    for (scope, effect) in [("agents:run", "Allow"), ("langsmith:read", "Deny")] {
        let token = world.token(|claims| {
            claims.aud = "https://mcp.example.com/agents/research/mcp".to_owned();
            claims.scope = scope.into();
        });
        let policy = world.at("/agents/research/mcp", &token, &call).await.unwrap();
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], effect, "{scope}");
    }
    world.authorizer.public = world.authorizer.public.clone().without_agents();
    assert_eq!(world.at("/agents/research/mcp", &research, &[]).await, Err(UNAUTHORIZED));
}

#[tokio::test]
async fn a_tool_beyond_the_scopes_is_denied_with_the_challenge() {
    let world = world(true);
    let token = world.token(|claims| claims.scope = "billing:read".into());
    for name in ["fetch_runs", "=?base64?ZmV0Y2hfcnVucw==?="] {
        let call = [("Mcp-Method", "tools/call"), ("Mcp-Name", name)];
        let policy = world.bearer(&token, &call).await.unwrap();
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Deny");
        assert_eq!(
            policy["context"]["challenge"],
            "Bearer error=\"insufficient_scope\", error_description=\"The operation needs more scopes\", \
             resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\", \
             scope=\"langsmith:read billing:read\""
        );
    }
}

#[tokio::test]
async fn a_tool_that_writes_when_it_is_given_something_is_taken_to_write() {
    let world = world(true);
    let call = [("Mcp-Method", "tools/call"), ("Mcp-Name", "push_prompt")];
    let policy = world.bearer(&world.token(|_| {}), &call).await.unwrap();
    assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Deny");
    let challenge = policy["context"]["challenge"].as_str().unwrap();
    assert!(challenge.ends_with("scope=\"langsmith:read langsmith:write\""), "{challenge}");
}

#[tokio::test]
async fn agents_need_a_scope_of_their_own() {
    let world = world(true);
    let token = world.token(|claims| claims.scope = "langsmith:read langsmith:write".into());
    for (name, effect) in [
        ("team__answer", "Deny"),
        ("agent_run_result", "Deny"),
        ("other__answer", "Allow"),
        ("list_projects", "Allow"),
    ] {
        let call = [("Mcp-Method", "tools/call"), ("Mcp-Name", name)];
        let policy = world.bearer(&token, &call).await.unwrap();
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], effect, "{name}");
        let challenge = policy["context"]["challenge"].as_str().unwrap_or_default();
        let asked = challenge.ends_with("scope=\"langsmith:read langsmith:write agents:run\"");
        assert_eq!(asked, effect == "Deny", "{name}: {challenge}");
    }
    let hidden = [("Mcp-Method", "tools/call"), ("Mcp-Name", "agent_run_result"), ("X-MCP-Toolsets", "runs")];
    let policy = world.bearer(&token, &hidden).await.unwrap();
    assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Allow");
    let runs = world.token(|claims| claims.scope = "agents:run".into());
    let all = [("Mcp-Method", "tools/call"), ("Mcp-Name", "team__answer"), ("X-MCP-Toolsets", "all")];
    for (token, effect) in [(&token, "Deny"), (&runs, "Allow")] {
        let policy = world.bearer(token, &all).await.unwrap();
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], effect);
    }
}

#[tokio::test]
async fn nothing_but_a_known_tool_beyond_the_scopes_is_denied() {
    let world = world(true);
    let poor = world.token(|claims| claims.scope = "billing:read".into());
    for headers in [
        &[("Mcp-Method", "tools/list")][..],
        &[("Mcp-Method", "tools/call")],
        &[("Mcp-Name", "fetch_runs")],
        &[("Mcp-Method", "tools/call"), ("Mcp-Name", "unknown")],
        &[("Mcp-Method", "tools/call"), ("Mcp-Name", "=?base64?%%?=")],
        &[("Mcp-Method", "tools/call"), ("Mcp-Name", "fetch_runs"), ("Mcp-Name", "fetch_runs")],
    ] {
        let policy = world.bearer(&poor, headers).await.unwrap();
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Allow", "{headers:?}");
    }
    let call = [("Mcp-Method", "tools/call"), ("Mcp-Name", "fetch_runs")];
    let policy = world.bearer(&world.token(|_| {}), &call).await.unwrap();
    assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Allow");
}

#[tokio::test]
async fn a_tool_that_the_request_switched_off_needs_no_more_scopes() {
    let world = world(true);
    let authorization = format!("Bearer {}", world.token(|_| {}));
    let call = [
        ("Authorization", authorization.as_str()),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "push_prompt"),
    ];
    let none = json!({});
    for (more, query, effect) in [
        (vec![], none.clone(), "Deny"),
        (vec![("X-MCP-Readonly", "true")], none.clone(), "Allow"),
        (vec![("X-MCP-Readonly", "false")], none.clone(), "Deny"),
        (vec![("X-MCP-Toolsets", "runs")], none.clone(), "Allow"),
        (vec![("X-MCP-Toolsets", "runs"), ("X-MCP-Tools", "push_prompt")], none.clone(), "Deny"),
        (vec![("X-MCP-Toolsets", "unheard-of")], none, "Allow"),
        (vec![], json!({ "readonly": ["true"] }), "Allow"),
        (vec![("X-MCP-Readonly", "false")], json!({ "readonly": [""] }), "Allow"),
        (vec![], json!({ "tools": ["fetch_runs", "push_prompt"] }), "Deny"),
        (vec![], Value::Null, "Deny"),
    ] {
        let mut event = event(&[&call[..], more.as_slice()].concat());
        event["multiValueQueryStringParameters"] = query.clone();
        let policy = world.authorizer.answer(serde_json::from_value(event).unwrap()).await.unwrap();
        let policy = serde_json::to_value(policy).unwrap();
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], effect, "{more:?} {query}");
    }
}

#[tokio::test]
async fn where_decisions_may_be_cached_no_good_token_is_denied() {
    let world = world(false);
    let token = world.token(|claims| claims.scope = String::new());
    let call = [("Mcp-Method", "tools/call"), ("Mcp-Name", "fetch_runs")];
    let policy = world.bearer(&token, &call).await.unwrap();
    assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Allow");
    assert_eq!(world.bearer("garbage", &call).await, Err(UNAUTHORIZED));
}

#[tokio::test]
async fn a_failure_of_ours_never_looks_like_a_dead_token() {
    let world = world(true);
    world.table.down.store(true, Ordering::SeqCst);
    assert_eq!(world.bearer(&world.token(|_| {}), &[]).await, Err(UNDECIDED));
    assert_ne!(UNDECIDED.0, "Unauthorized");
    world.table.down.store(false, Ordering::SeqCst);
    assert!(world.bearer(&world.token(|_| {}), &[]).await.is_ok());
}

#[tokio::test]
async fn the_table_is_read_for_the_keys_alone() {
    let world = world(true);
    for value in ["", "garbage", "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."] {
        assert_eq!(world.bearer(value, &[]).await, Err(UNAUTHORIZED));
    }
    assert_eq!(world.table.reads.load(Ordering::SeqCst), 0, "garbage reads nothing");
    for _ in 0..3 {
        world.bearer(&world.token(|claims| claims.jti = "other".into()), &[]).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(world.table.reads.load(Ordering::SeqCst), 1);
}

#[test]
fn an_event_with_odd_headers_is_still_read() {
    let mut odd = event(&[("A b", "x"), ("x-y", "\u{0}"), ("ok", "1")]);
    odd["multiValueHeaders"] = Value::Null;
    let event: Event = serde_json::from_value(odd).unwrap();
    assert_eq!(event.headers().get("ok").unwrap(), "1");
    assert!(!event.headers().contains_key("x-y"));
    let bare: Event = serde_json::from_value(json!({ "methodArn": "" })).unwrap();
    assert_eq!(bare.stage_arn(), "//*");
}
