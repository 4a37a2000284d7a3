//! Two stacks of the same name in two regions of one account.

use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Choice, Login, OAuthClient};
use emulated::{Deployment, Options, turn};
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_region_gave_is_nothing_to_the_other() {
    let _turn = turn().await;
    let environment = async |environment| {
        Deployment::with(Options { environment, name: Some("twin"), ..Options::default() }).await
    };
    let stacks = [environment("eu").await, environment("us").await];
    let mut tokens = Vec::new();
    for stack in &stacks {
        let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
        tokens.push(client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await);
    }
    let [eu, us] = &stacks;
    for (stack, other, tokens) in [(eu, us, &tokens[0]), (us, eu, &tokens[1])] {
        assert!(!projects(&stack.url, &tokens.access).await.is_empty());
        let refused = call(&other.url, bearer(&tokens.access), "list_projects", json!({})).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        let here = OAuthClient::register(&other.url, "http://127.0.0.1:7777/callback").await;
        assert_eq!(here.refresh(&tokens.refresh).await.error(), "invalid_grant");
        let there = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
        let browser = Browser::new(&stack.url);
        let redirect = there.authorize(&browser, Login::Key(data::ADA_KEY), &Choice::default()).await;
        assert_eq!(here.exchange(&there.code(&redirect)).await.error(), "invalid_grant");
        assert_eq!(there.exchange(&there.code(&redirect)).await.status, StatusCode::OK);
        let elsewhere = there.authorize_url().replacen(&stack.url, &other.url, 1);
        let page = Browser::new(&other.url).open(&elsewhere).await;
        assert_eq!(page.unwrap().status, StatusCode::BAD_REQUEST, "a client of the other region");
    }
    let secrets = stacks.each_ref().map(|stack| stack.aws().secrets_manager());
    for name in ["root-key", "agent-key", "signing-keys"].map(|name| format!("twin/{name}")) {
        let mut texts = Vec::new();
        for client in &secrets {
            let answer = client.get_secret_value().secret_id(&name).send().await.unwrap();
            texts.push(answer.secret_string.unwrap());
        }
        assert_ne!(texts[0], texts[1], "{name}");
    }
    let user = &eu.user_secrets().await[0];
    secrets[0].delete_secret().secret_id(user).force_delete_without_recovery(true).send().await.unwrap();
    assert!(us.user_secrets().await.contains(user), "of the same user, with the same name");
}
