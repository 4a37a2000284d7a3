//! Behaviour of API Gateway alone: challenges, gateway responses, the authorizer's cache, renamed headers.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::client::{Answer, answer, http};
use e2e::mcp::{bearer, call, headers};
use e2e::{Browser, Choice, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use kit::tool_call;
use langsmith_double::data;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::json;

async fn post_mcp(door: &FrontDoor, caller: HeaderMap) -> Answer {
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    answer(http().post(door.at("/mcp")).headers(caller).json(&ping).send().await.unwrap()).await
}

async fn tokens(door: &FrontDoor, choice: &Choice) -> e2e::Tokens {
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let redirect = client.authorize(&Browser::new(&door.url), Login::Key(data::ADA_KEY), choice).await;
    client.exchange(&client.code(&redirect)).await.tokens()
}

fn challenge(answer: &Answer) -> &str {
    let readable = answer.headers["access-control-expose-headers"].to_str().unwrap();
    assert!(readable.contains("www-authenticate"), "{readable}");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    answer.headers["www-authenticate"].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_reaches_its_function_and_no_other_path_does() {
    let door = FrontDoor::start().await;
    let served: BTreeSet<_> = door.paths().into_iter().collect();
    let ours: BTreeSet<_> =
        local::ROUTES.into_iter().flatten().copied().filter(|path| !path.ends_with("/mcp/")).collect();
    assert_eq!(served, ours);
    for path in served.iter().map(|path| path.replace("{server}", "research")) {
        let path = path.as_str();
        let response = http().request(Method::OPTIONS, door.at(path)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
        assert!(response.headers().contains_key("access-control-allow-methods"), "{path}");
        let response = http().request(Method::PUT, door.at(path)).send().await.unwrap();
        let is_resource = ["/mcp", "/agents/research/mcp"].contains(&path);
        let expected = if is_resource { StatusCode::UNAUTHORIZED } else { StatusCode::METHOD_NOT_ALLOWED };
        assert_eq!(response.status(), expected, "{path}");
        assert!(response.headers().contains_key("x-request-id"), "{path}");
    }
    for path in ["/nowhere", "/live/mcp", "/.well-known/openid-configuration"] {
        let gone = answer(http().get(door.at(path)).send().await.unwrap()).await;
        assert_eq!((gone.status, gone.error()), (StatusCode::NOT_FOUND, "invalid_request"), "{path}");
        assert_eq!(gone.headers["access-control-allow-origin"], "*");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_without_a_good_token_is_sent_to_log_in() {
    let door = FrontDoor::start().await;
    let metadata = door.at("/.well-known/oauth-protected-resource/mcp");
    for caller in [
        HeaderMap::new(),
        bearer("garbage"),
        headers(&[("authorization", "Basic YTpi")]),
        headers(&[("authorization", "Bearer")]),
    ] {
        for path in ["/mcp", "/mcp/"] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let request = http().request(method, door.at(path)).headers(caller.clone());
                let refused = answer(request.send().await.unwrap()).await;
                assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{caller:?}");
                assert!(challenge(&refused).contains(&format!("resource_metadata=\"{metadata}\"")));
                assert_eq!(refused.body["jsonrpc"], "2.0");
            }
        }
    }
    assert!(door.function("mcp").idle() == 0, "the function was not even started");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tool_beyond_the_scopes_is_challenged_by_the_gateway_or_refused_by_the_function() {
    let door = FrontDoor::start().await;
    let billing = Choice { scopes: Some(vec!["billing:read".to_owned()]), ..Choice::default() };
    let tokens = tokens(&door, &billing).await;
    let modern = call(&door.url, bearer(&tokens.access), "fetch_runs", json!({})).await;
    assert_eq!(modern.status, StatusCode::FORBIDDEN);
    assert!(challenge(&modern).contains("scope=\"langsmith:read billing:read\""), "{}", challenge(&modern));

    // A legacy client does not name the tool in a header, and API Gateway renames the function's own challenge.
    let request = tool_call("fetch_runs", &json!({}));
    let request = http().post(door.at("/mcp")).bearer_auth(&tokens.access).json(&request);
    let legacy = answer(request.send().await.unwrap()).await;
    assert_eq!(legacy.status, StatusCode::FORBIDDEN);
    assert!(!legacy.headers.contains_key("www-authenticate"));
    let renamed = legacy.headers["x-amzn-remapped-www-authenticate"].to_str().unwrap();
    assert!(renamed.contains("insufficient_scope"), "{renamed}");
    assert_eq!(legacy.body["error"]["data"]["scope"], "langsmith:read billing:read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_selection_of_tools_reaches_the_authorizer_and_the_function() {
    let door = FrontDoor::start().await;
    let read = Choice { scopes: Some(vec!["langsmith:read".to_owned()]), ..Choice::default() };
    let caller = bearer(&tokens(&door, &read).await.access);
    let never = json!({ "dataset_name": "never" });
    let refused = call(&door.url, caller.clone(), "create_dataset", never.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut reading = headers(&[("x-mcp-readonly", "true")]);
    reading.extend(caller.clone());
    let off = call(&door.url, reading, "create_dataset", never).await;
    assert_eq!(off.body["result"]["structuredContent"]["kind"], "forbidden", "{}", off.body);

    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    for query in ["readonly&tools=fetch_runs,push_prompt", "tools=push_prompt&readonly=1&tools=fetch_runs"] {
        let request = http().post(door.at(&format!("/mcp?{query}"))).headers(caller.clone()).json(&list);
        let tools = answer(request.send().await.unwrap()).await.body["result"]["tools"].clone();
        assert_eq!(tools.as_array().map(Vec::len), Some(1), "{tools}");
        assert_eq!(tools[0]["name"], "fetch_runs");
    }
    let metadata = door.at("/.well-known/oauth-protected-resource/mcp?readonly=true");
    let metadata = answer(http().get(metadata).send().await.unwrap()).await.body;
    assert_eq!(metadata["resource"], door.at("/mcp?readonly=true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_step_up_challenge_can_be_chosen() {
    let parameters = vec![("StepUpChallenge", "all-scopes")];
    let door = FrontDoor::with(Options { parameters, ..Options::default() }).await;
    let billing = Choice { scopes: Some(vec!["billing:read".to_owned()]), ..Choice::default() };
    let tokens = tokens(&door, &billing).await;
    let modern = call(&door.url, bearer(&tokens.access), "fetch_runs", json!({})).await;
    assert_eq!(modern.status, StatusCode::FORBIDDEN);
    assert!(challenge(&modern).contains("langsmith:write"), "{}", challenge(&modern));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_langsmith_key_works_in_place_of_a_login_unless_it_is_switched_off() {
    let key = headers(&[("x-api-key", data::ADA_KEY)]);
    let door = FrontDoor::start().await;
    assert_eq!(post_mcp(&door, key.clone()).await.status, StatusCode::OK);
    // The authorizer cannot recognise a dead key; the function does, and its challenge is renamed on the way.
    let dead = post_mcp(&door, headers(&[("x-api-key", "lsv2_pt_dead")])).await;
    assert_eq!(dead.status, StatusCode::UNAUTHORIZED);
    assert!(dead.headers.contains_key("x-amzn-remapped-www-authenticate"));

    let off = Options { parameters: vec![("ApiKeyHeader", "off")], ..Options::default() };
    let door = FrontDoor::with(off).await;
    let refused = post_mcp(&door, key.clone()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(challenge(&refused).starts_with("Bearer "));
    assert_eq!(door.function("authorizer").idle(), 0, "a missing identity source costs no call");
    // With a valid token, the function does not fall back to the key either.
    let tokens = tokens(&door, &Choice::default()).await;
    let mut both = bearer(&tokens.access);
    both.extend(key);
    assert_eq!(post_mcp(&door, both).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cached_decision_lets_every_call_of_a_token_through_and_ends() {
    let parameters = vec![("ApiKeyHeader", "off"), ("AuthorizerCacheSeconds", "60")];
    let door = FrontDoor::with(Options { parameters, ..Options::default() }).await;
    let billing = Choice { scopes: Some(vec!["billing:read".to_owned()]), ..Choice::default() };
    let tokens = tokens(&door, &billing).await;
    let asked = || door.log.of("authorizer").iter().filter(|line| line.contains("decided")).count();
    // The token's scopes do not cover the first call: its refusal must not be cached for the others.
    let refused = call(&door.url, bearer(&tokens.access), "fetch_runs", json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for _ in 0..3 {
        assert_eq!(post_mcp(&door, bearer(&tokens.access)).await.status, StatusCode::OK);
    }
    assert_eq!(asked(), 1);
    door.clock.advance(Duration::from_mins(1));
    assert_eq!(post_mcp(&door, bearer(&tokens.access)).await.status, StatusCode::OK);
    assert_eq!(asked(), 2);
    // A refusal is an error, not a policy, so it is never cached.
    assert_eq!(post_mcp(&door, bearer("garbage")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_function_checks_what_the_authorizer_let_through() {
    let door = FrontDoor::start().await;
    let tokens = tokens(&door, &Choice::default()).await;
    // Two credentials at once: a function sees the last value of a repeated header.
    let mut two = bearer("garbage");
    two.append("authorization", format!("Bearer {}", tokens.access).parse().unwrap());
    let refused = post_mcp(&door, two).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    challenge(&refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_too_large_is_told_so() {
    let door = FrontDoor::start().await;
    let body = vec![b'a'; (10 << 20) + 1];
    let request = http().post(door.at("/register")).header("content-type", "application/json").body(body);
    let refused = answer(request.send().await.unwrap()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(refused.error(), "invalid_request");
}
