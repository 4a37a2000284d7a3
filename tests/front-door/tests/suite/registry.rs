//! The registry of MCP servers, with either kind of vault: one secret or data key a workspace, and no header in the clear
//! anywhere.

use std::collections::BTreeSet;

use e2e::mcp::{bearer, headers};
use e2e::servers::{SERVERS, ask, path_of};
use e2e::{Answer, Browser, Choice, Login, OAuthClient};
use front_door::aws::{Call, Fault};
use front_door::{FrontDoor, Options};
use langsmith_double::data::{ADA_KEY, GRACE_KEY, TEAM_WORKSPACE};
use langsmith_double::{AuthKind, Recorded};
use reqwest::Method;
use serde_json::{Value, json};

/// The values of headers.
const HIDDEN: [&str; 3] = ["Bearer tvly-first", "Bearer tvly-second", "the-other-key"];

async fn start(vault: &'static str) -> FrontDoor {
    FrontDoor::with(Options { parameters: vec![("VaultKind", vault)], ..Options::default() }).await
}

/// A request with Ada's key, an ADMIN of the team's workspace.
async fn ada(door: &FrontDoor, method: Method, path: &str, body: Option<&Value>) -> Answer {
    ask(&door.url, headers(&[("x-api-key", ADA_KEY)]), (method, path), body).await
}

fn with_header(name: &str, value: &str) -> Value {
    let headers = json!([{ "key": "Authorization", "value": value }]);
    json!({ "name": name, "url": format!("https://{name}.example.com/mcp"), "headers": headers })
}

async fn register(door: &FrontDoor, body: &Value) -> Value {
    let made = ada(door, Method::POST, SERVERS, Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

/// The registry's calls to these actions.
fn calls(door: &FrontDoor, service: &str) -> Vec<Call> {
    let calls = door.aws.calls().into_iter();
    calls.filter(|call| call.function == "registry" && call.action.starts_with(service)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_are_registered_listed_changed_and_deleted() {
    for vault in ["secrets-manager", "kms"] {
        let door = start(vault).await;
        let first = register(&door, &with_header("one", HIDDEN[0])).await;
        let other = register(&door, &with_header("other", HIDDEN[2])).await;
        assert_eq!(ada(&door, Method::GET, &path_of(&first), None).await.body, first);
        let listed = ada(&door, Method::GET, SERVERS, None).await;
        let listed: BTreeSet<_> = listed.body.as_array().unwrap().iter().map(Value::to_string).collect();
        assert_eq!(listed, [&first, &other].map(Value::to_string).into());

        let headers = json!({ "headers": [{ "key": "Authorization", "value": HIDDEN[1] }] });
        let changed = ada(&door, Method::PATCH, &path_of(&first), Some(&headers)).await;
        assert_eq!(
            (changed.status.as_u16(), &changed.body["headers"]),
            (200, &headers["headers"]),
            "{vault}"
        );
        // An instance that has sealed nothing itself.
        door.retire();
        let before = vault_calls(&door).len();
        let listed = ada(&door, Method::GET, SERVERS, None).await;
        assert_eq!(listed.body.as_array().unwrap().len(), 2);
        assert_eq!(vault_calls(&door).len(), before + 1, "{vault}: one call for the headers of all servers");
        let read = ada(&door, Method::GET, &path_of(&first), None).await;
        assert_eq!(read.body, changed.body);
        assert_eq!(vault_calls(&door).len(), before + 1, "{vault}");
        assert_nothing_is_in_the_clear(&door, vault).await;

        for _ in 0..2 {
            assert_eq!(ada(&door, Method::DELETE, &path_of(&first), None).await.status, 204);
        }
        let gone = ada(&door, Method::GET, &path_of(&first), None).await;
        assert_eq!((gone.status.as_u16(), &gone.body["code"]), (404, &json!("mcp_server_not_found")));
        // The name and the URL are free again.
        register(&door, &with_header("one", HIDDEN[0])).await;
        assert_keys(&door, vault);
        let denied: Vec<_> =
            door.log.all().into_iter().filter(|line| line.contains("AccessDenied")).collect();
        assert!(denied.is_empty(), "{denied:?}");
    }
}

/// The registry's calls to unlock what it has sealed. At its start it reads no secret.
fn vault_calls(door: &FrontDoor) -> Vec<Call> {
    ["secretsmanager:GetSecretValue", "kms:Decrypt"].iter().flat_map(|action| calls(door, action)).collect()
}

async fn assert_nothing_is_in_the_clear(door: &FrontDoor, vault: &str) {
    let mut items = door.aws.items("mcp-servers").await;
    let keys = items.iter().filter(|item| item["server_id"]["S"] == "vault-key").count();
    assert_eq!(keys, usize::from(vault == "kms"), "one data key for all servers of a workspace");
    assert_eq!(items.len() - keys, 6, "two servers, their names and their URLs");
    items.extend(door.aws.items("tool-cache").await);
    let written = items.iter().map(Value::to_string).chain(door.log.all());
    for text in written.chain(door.aws.secrets_that_start("")) {
        let found: Vec<_> = HIDDEN.into_iter().filter(|hidden| text.contains(hidden)).collect();
        assert!(found.is_empty(), "{found:?} in {text}");
    }
}

/// What the headers are sealed under.
fn assert_keys(door: &FrontDoor, vault: &str) {
    let stack = door.function("registry").program().variables["SECRET_PREFIX"].as_str();
    let secrets = door.aws.secrets_that_start(&format!("{stack}/servers/"));
    if vault == "kms" {
        assert!(secrets.is_empty() && calls(door, "secretsmanager:").is_empty());
        let asked = calls(door, "kms:");
        assert_eq!(
            calls(door, "kms:GenerateDataKey").len(),
            1,
            "one data key for all servers of a workspace"
        );
        for call in asked {
            let owner = ("workspace".to_owned(), TEAM_WORKSPACE.to_string());
            assert_eq!(call.context, [owner, ("stack".to_owned(), stack.to_owned())].into());
        }
    } else {
        assert_eq!(secrets.len(), 1, "one secret for all servers of a workspace");
        assert_eq!(calls(door, "secretsmanager:CreateSecret").len(), 1);
        let name = door.aws.secret_arn(&format!("{stack}/servers/{TEAM_WORKSPACE}"));
        assert!(calls(door, "secretsmanager:").iter().all(|call| call.resource == name));
        assert!(calls(door, "kms:").is_empty());
    }
}

/// An access token of ours: what the person might do is in the grant, so that nobody's credential is opened for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_ours_is_judged_without_anybodys_credential() {
    let door = start("secrets-manager").await;
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let scopes = Some(["servers:use", "servers:manage"].map(str::to_owned).into());
    let choice = Choice { workspace: Some(TEAM_WORKSPACE.to_string()), scopes, deny: false };
    let redirect = client.authorize(&Browser::new(&door.url), Login::Key(ADA_KEY), &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    door.langsmith.clear_requests();
    let body = with_header("one", HIDDEN[0]);
    let made = ask(&door.url, bearer(&tokens.access), (Method::POST, SERVERS), Some(&body)).await;
    assert_eq!((made.status.as_u16(), &made.body["headers"]), (201, &body["headers"]), "{}", made.body);
    // An instance reads the public description at its start, without a credential.
    let is_asked = |request: &Recorded| request.authorization != AuthKind::None || request.x_api_key;
    assert!(!door.langsmith.requests().iter().any(is_asked));
    client.revoke(&tokens.refresh).await;
    door.retire();
    let ended = ask(&door.url, bearer(&tokens.access), (Method::GET, SERVERS), None).await;
    assert_eq!((ended.status.as_u16(), &ended.body), (401, &json!({ "error": "Unauthorized" })));

    let tables = calls(&door, "dynamodb:").into_iter().map(|call| {
        let table = call.resource.rsplit_once("/langsmith-mcp-eu-").unwrap().1.to_owned();
        (table, call.leading_key)
    });
    let expected = [("mcp-servers", None), ("grants", None), ("keys", Some("jwks"))];
    let expected = expected.map(|(table, key)| (table.to_owned(), key.map(str::to_owned)));
    assert_eq!(tables.collect::<BTreeSet<_>>(), expected.into());
}

/// There is no authorizer in front of it, so its own answers arrive. API Gateway renames the challenge.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_own_answers_arrive() {
    let door = start("secrets-manager").await;
    let ask = async |credentials: &[(&str, &str)], method: Method, path: &str, body: Option<&Value>| {
        ask(&door.url, headers(credentials), (method, path), body).await
    };
    let none = ask(&[], Method::GET, SERVERS, None).await;
    assert_eq!((none.status.as_u16(), &none.body), (401, &json!({ "error": "Unauthorized" })));
    assert_eq!(none.headers["x-amzn-remapped-www-authenticate"], "Bearer");
    assert_eq!(none.headers["access-control-allow-origin"], "*");
    let bad = ask(&[("x-api-key", "lsv2_pt_unknown")], Method::GET, SERVERS, None).await;
    assert_eq!((bad.status.as_u16(), &bad.body), (403, &json!({ "error": "Forbidden" })));
    let viewer = [("x-api-key", GRACE_KEY)];
    let refused = ask(&viewer, Method::POST, SERVERS, Some(&with_header("one", HIDDEN[0]))).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    let method = ask(&viewer, Method::PUT, SERVERS, None).await;
    assert_eq!((method.status.as_u16(), method.headers["allow"].to_str().unwrap()), (405, "GET, HEAD, POST"));
    let description = ask(&[], Method::GET, "/v1/deepagents/openapi.json", None).await;
    assert_eq!(description.status, 200);
    assert!(description.body["paths"][SERVERS].is_object());
    let provider = "/v1/deepagents/mcp-servers/5a3e0000-0000-4000-8000-00000000dead/oauth-provider";
    assert_eq!(ask(&viewer, Method::POST, provider, None).await.status, 404);
}

/// What users have is out of reach of the registry, even of one that is led astray.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_led_astray_opens_nothing_of_users() {
    let variables = vec![("registry", "SECRET_PREFIX", Some("langsmith-mcp-eu/users".to_owned()))];
    let door = FrontDoor::with(Options { variables, ..Options::default() }).await;
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    client.connect(&Browser::new(&door.url), Login::Key(ADA_KEY)).await;
    let users = door.aws.secrets_that_start("langsmith-mcp-eu/users/");
    let refused = ada(&door, Method::POST, SERVERS, Some(&with_header("one", HIDDEN[0]))).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(door.aws.items("mcp-servers").await, [] as [Value; 0]);
    assert_eq!(door.aws.secrets_that_start("langsmith-mcp-eu/users/"), users);
    let log = door.log.of("registry");
    assert!(log.iter().any(|line| line.contains("AccessDenied")), "{log:?}");
}

/// With an unavailable vault, servers without headers are there all the same, and nothing is half registered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unavailable_vault_fails_what_needs_it() {
    for (vault, service) in [("secrets-manager", "secretsmanager:"), ("kms", "kms:")] {
        let door = start(vault).await;
        let plain = json!({ "name": "plain", "url": "https://plain.example.com" });
        let plain = register(&door, &plain).await;
        door.aws.fail(move |call| {
            let is_vault = call.function == "registry" && call.action.starts_with(service);
            is_vault.then_some(Fault::Error("AccessDeniedException"))
        });
        let refused = ada(&door, Method::POST, SERVERS, Some(&with_header("one", HIDDEN[0]))).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (503, &json!("service_unavailable")));
        assert!(refused.headers.contains_key("retry-after"));
        let listed = ada(&door, Method::GET, SERVERS, None).await;
        assert_eq!((listed.status.as_u16(), &listed.body), (200, &json!([plain])));
        door.aws.heal();
        register(&door, &with_header("one", HIDDEN[0])).await;
    }
}
