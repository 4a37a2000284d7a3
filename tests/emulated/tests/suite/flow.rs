//! Whole logins and tool calls through the emulator's API Gateway.

use e2e::mcp::projects;
use e2e::{Browser, Login, OAuthClient};
use emulated::{Deployment, Options, turn};
use langsmith_double::data;
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ways_to_log_in_end_in_a_tool_call() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::ADA)] {
        let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
        let tokens = client.connect(&Browser::new(&stack.url), login).await;
        assert!(!projects(&stack.url, &tokens.access).await.is_empty());
        let tokens = client.refresh(&tokens.refresh).await.tokens();
        assert!(!projects(&stack.url, &tokens.access).await.is_empty());
        assert_eq!(client.revoke(&tokens.refresh).await.status, StatusCode::OK);
        assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_key_of_kms_no_secret_is_made() {
    let _turn = turn().await;
    let parameters = vec![("VaultKind", "kms")];
    let stack = Deployment::with(Options { parameters, ..Options::default() }).await;
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::ADA)] {
        let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
        let tokens = client.connect(&Browser::new(&stack.url), login).await;
        assert!(!projects(&stack.url, &tokens.access).await.is_empty());
    }
    assert!(stack.user_secrets().await.is_empty());
}
