//! A stack whose vault uses a KMS key: no user has a secret, and the same logins work.

use std::collections::BTreeSet;

use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Login, OAuthClient};
use front_door::aws::{Call, Fault};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::json;

async fn start() -> FrontDoor {
    FrontDoor::with(Options { parameters: vec![("VaultKind", "kms")], ..Options::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_lie_under_the_key_and_in_no_secret() {
    let door = start().await;
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::GRACE)] {
        let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
        let tokens = client.connect(&Browser::new(&door.url), login).await;
        assert!(!projects(&door.url, &tokens.access).await.is_empty());
        let tokens = client.refresh(&tokens.refresh).await.tokens();
        assert!(!projects(&door.url, &tokens.access).await.is_empty());
        assert_eq!(client.revoke(&tokens.refresh).await.status, StatusCode::OK);
        assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
    door.finish().await;
    let own = ["authorize", "token", "janitor"].map(|name| &door.function(name).program().variables);
    let names = ["ROOT_KEY_SECRET", "SIGNING_KEYS_SECRET", "LANGSMITH_CLIENT_SECRET_NAME"];
    let own = own.iter().flat_map(|own| names.map(|name| own.get(name)));
    let own: BTreeSet<_> = own.flatten().map(|name| door.aws.secret_arn(name)).collect();
    let calls = door.aws.calls();
    // The janitor looks for the secrets that users had before the stack changed to KMS.
    let looks = |call: &Call| call.function == "janitor" && call.action == "secretsmanager:ListSecrets";
    for call in calls.iter().filter(|call| call.action.starts_with("secretsmanager:") && !looks(call)) {
        assert!(own.contains(&call.resource), "{call:?}");
    }
    let keys: BTreeSet<_> = calls
        .iter()
        .filter(|call| call.action.starts_with("kms:"))
        .map(|call| {
            assert_eq!(call.context["stack"], "langsmith-mcp-eu");
            let owner = call.context.keys().find(|name| *name != "stack").unwrap().as_str();
            (call.function.as_str(), call.action.as_str(), call.resource.as_str(), owner)
        })
        .collect();
    let key = door.function("mcp").program().variables["KMS_KEY"].as_str();
    let expected = [("authorize", "kms:GenerateDataKey"), ("mcp", "kms:Decrypt")];
    assert_eq!(keys, expected.map(|(function, action)| (function, action, key, "user")).into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_refuses_is_a_temporary_fault_and_no_dead_login() {
    let door = start().await;
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let tokens = client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await;
    door.aws.fail(|call| call.action.starts_with("kms:").then_some(Fault::Error("DisabledException")));
    let answer = call(&door.url, bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    door.aws.heal();
    assert!(!projects(&door.url, &tokens.access).await.is_empty());
}
