//! The roles of the template permit everything that the functions do, and no more.

use std::collections::BTreeSet;

use e2e::mcp::{ask, bearer, call, headers, projects};
use e2e::{Browser, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_functions_do_is_denied() {
    for vault in ["secrets-manager", "kms"] {
        let own = "team=https://agents.example.com;auth=own";
        let parameters = vec![("VaultKind", vault), ("AgentServers", own)];
        everything(&FrontDoor::with(Options { parameters, ..Options::default() }).await).await;
    }
}

async fn everything(door: &FrontDoor) {
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::GRACE)] {
        let browser = Browser::new(&door.url);
        let tokens = client.connect(&browser, login).await;
        projects(&door.url, &tokens.access).await;
        // A race, then a replay: both cause further writes.
        let next = client.refresh(&tokens.refresh).await.tokens();
        client.refresh(&tokens.refresh).await.tokens();
        client.revoke(&next.access).await;
        client.refresh("garbage").await;
        client.connect(&browser, login).await;
        for (action, key) in [("/connections/connect", Some("a-key")), ("/connections/disconnect", None)] {
            let page = browser.open(&door.at("/connections")).await.unwrap();
            let ticket = page.field(action, "ticket");
            let fields = [("ticket", ticket.as_str()), ("scheme", "api_key"), ("credential", "a-key")];
            let page = browser.post(&door.at(action), &fields).await.unwrap();
            let is_connected = page.has_form("/connections/disconnect");
            assert_eq!((page.status.as_u16(), is_connected), (200, key.is_some()), "{}", page.html);
            if is_connected {
                let tokens = client.connect(&browser, login).await;
                let listed = ask(&door.url, bearer(&tokens.access), "tools/list", json!({})).await;
                let missing = &listed.body["result"]["_meta"]["langsmith-remote-mcp/missing"];
                assert!(missing.to_string().contains("cannot be reached"), "{}", listed.body);
            }
        }
        for action in ["/connections/end", "/connections/end-all", "/connections/logout"] {
            let page = browser.open(&door.at("/connections")).await.unwrap();
            if action == "/connections/end-all" {
                client.connect(&browser, login).await;
            }
            let ticket =
                page.field(if page.has_form(action) { action } else { "/connections/logout" }, "ticket");
            let page = browser.post(&door.at(action), &[("ticket", &ticket)]).await.unwrap();
            assert_eq!(page.status, 200, "{action}: {}", page.html);
        }
    }
    call(&door.url, headers(&[("x-api-key", data::ADA_KEY)]), "list_projects", json!({})).await;
    call(&door.url, bearer("garbage"), "list_projects", json!({})).await;
    e2e::client::http().get(door.at("/jwks.json")).send().await.unwrap();
    let denied: Vec<_> = door.log.all().into_iter().filter(|line| line.contains("AccessDenied")).collect();
    assert!(denied.is_empty(), "{denied:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_which_secret() {
    let door = FrontDoor::start().await;
    for name in ["metadata", "register", "authorize", "token", "registry", "tool-cache", "authorizer"] {
        door.function(name).start().await.unwrap();
    }
    let calls = door.aws.calls().into_iter();
    let used: BTreeSet<_> = calls
        .filter_map(|call| {
            let operation = call.action.strip_prefix("secretsmanager:")?;
            Some((call.function, operation.to_owned(), call.resource))
        })
        .collect();
    let use_of = |function: &str, operation: &str, variable: &str| {
        let secret = door.function(function).program().variables[variable].as_str();
        (function.to_owned(), operation.to_owned(), door.aws.secret_arn(secret))
    };
    let expected = BTreeSet::from([
        use_of("authorize", "GetSecretValue", "ROOT_KEY_SECRET"),
        use_of("authorize", "GetSecretValue", "LANGSMITH_CLIENT_SECRET_NAME"),
        use_of("token", "GetSecretValue", "ROOT_KEY_SECRET"),
        use_of("token", "GetSecretValue", "SIGNING_KEYS_SECRET"),
        use_of("janitor", "GetSecretValue", "SIGNING_KEYS_SECRET"),
        use_of("janitor", "PutSecretValue", "SIGNING_KEYS_SECRET"),
        // The list of names belongs to no single secret.
        ("janitor".to_owned(), "ListSecrets".to_owned(), String::new()),
    ]);
    assert_eq!(used, expected);
    // `/mcp` reads the key of agents' runs, where there are Agent Servers.
    for (name, own) in [
        ("metadata", None),
        ("register", None),
        ("mcp", Some("AGENT_KEY_SECRET")),
        ("registry", None),
        ("tool-cache", None),
        ("authorizer", None),
    ] {
        let variables = &door.function(name).program().variables;
        let secrets = variables.keys().filter(|variable| variable.ends_with("_SECRET")).map(String::as_str);
        assert_eq!(secrets.collect::<Vec<_>>(), Vec::from_iter(own), "{name}");
    }
}
