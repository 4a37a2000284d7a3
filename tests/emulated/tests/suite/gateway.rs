//! The template in the emulator's API Gateway: routes, the authorizer, gateway responses, throttles.

use std::collections::BTreeSet;

use e2e::client::{answer, http};
use e2e::mcp::{bearer, call};
use e2e::{Browser, Choice, Login, OAuthClient};
use emulated::{Deployment, Options, turn};
use kit::tool_call;
use langsmith_double::data;
use reqwest::{Method, StatusCode};
use serde_json::json;

/// MiniStack's own path, on any host.
const NOT_OURS: &str = "/health";

async fn billing_token(stack: &Deployment) -> String {
    let choice = Choice { scopes: Some(vec!["billing:read".to_owned()]), ..Choice::default() };
    let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
    let redirect = client.authorize(&Browser::new(&stack.url), Login::Key(data::ADA_KEY), &choice).await;
    client.exchange(&client.code(&redirect)).await.tokens().access
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_reaches_its_function_and_no_other_path_does() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let ours: BTreeSet<_> = local::ROUTES.into_iter().flatten().copied().collect();
    for path in ours.into_iter().filter(|path| *path != NOT_OURS && !path.ends_with("/mcp/")) {
        let path = path.replace("{server}", "research");
        let path = path.as_str();
        let response = http().request(Method::PUT, stack.at(path)).send().await.unwrap();
        let is_resource = ["/mcp", "/agents/research/mcp"].contains(&path);
        let expected = if is_resource { StatusCode::UNAUTHORIZED } else { StatusCode::METHOD_NOT_ALLOWED };
        assert_eq!(response.status(), expected, "{path}");
        assert!(response.headers().contains_key("x-request-id"), "{path}");
        let response = http().request(Method::OPTIONS, stack.at(path)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
    }
    for path in ["/nowhere", "/live/mcp"] {
        let gone = answer(http().get(stack.at(path)).send().await.unwrap()).await;
        assert_eq!((gone.status, gone.error()), (StatusCode::NOT_FOUND, "invalid_request"), "{path}");
    }
    let health = answer(http().get(stack.at(NOT_OURS)).send().await.unwrap()).await;
    assert!(health.body["services"].is_object(), "MiniStack leaves us our path: {}", health.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_comes_from_the_gateway_with_its_challenge() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let metadata = stack.at("/.well-known/oauth-protected-resource/mcp");
    for request in [http().post(stack.at("/mcp")), http().post(stack.at("/mcp")).bearer_auth("garbage")] {
        let refused = answer(request.send().await.unwrap()).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    }
    let token = billing_token(&stack).await;
    let refused = call(&stack.url, bearer(&token), "fetch_runs", json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("langsmith:write"), "{challenge}");
    // AWS would rename the header of a function's own refusal, which a legacy client gets.
    let request = tool_call("fetch_runs", &json!({}));
    let legacy = http().post(stack.at("/mcp")).bearer_auth(&token).json(&request);
    let legacy = answer(legacy.send().await.unwrap()).await;
    assert_eq!(legacy.status, StatusCode::FORBIDDEN);
    assert!(legacy.headers.contains_key("www-authenticate"), "MiniStack renames it as AWS does");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_from_the_authorizer_is_lost() {
    let _turn = turn().await;
    let parameters = vec![("StepUpChallenge", "exact")];
    let stack = Deployment::with(Options { parameters, ..Options::default() }).await;
    let token = billing_token(&stack).await;
    let refused = call(&stack.url, bearer(&token), "fetch_runs", json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        !refused.headers.contains_key("www-authenticate"),
        "MiniStack quotes the authorizer: use `exact`"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_throttled() {
    let _turn = turn().await;
    let parameters = vec![("Rate", "1"), ("Burst", "1")];
    let stack = Deployment::with(Options { parameters, ..Options::default() }).await;
    // The first request may take longer than the throttle's interval, because it starts the function. The registration
    // has its own limit, but the emulator ignores the settings of single methods.
    for (method, path) in [(Method::GET, "/jwks.json"), (Method::POST, "/register")] {
        let mut last = None;
        for _ in 0..4 {
            let request = http().request(method.clone(), stack.at(path)).json(&json!({}));
            last = Some(request.send().await.unwrap());
        }
        let last = last.unwrap();
        assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(last.headers().contains_key("retry-after"));
    }
}
