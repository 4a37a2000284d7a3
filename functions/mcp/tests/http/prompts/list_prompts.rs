//! `list_prompts`.

use langsmith_double::data::TEAM_WORKSPACE;
use serde_json::json;

use crate::common::names;
use crate::support::Server;

#[tokio::test]
async fn prompts_are_private_or_public() {
    let server = Server::start().await;
    let private = server.call("list_prompts", json!({})).await;
    assert_eq!(private["prompts"].as_array().unwrap().len(), 20);
    assert!(private["total_count"].as_u64().unwrap() > 20);
    let keys: Vec<_> = private["prompts"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 12, "{keys:?}");
    for public in [json!(true), json!("true")] {
        let listing = server.call("list_prompts", json!({"is_public": public, "limit": 5})).await;
        assert!(names(&listing, "repo_handle").contains(&"rag-answer".to_owned()));
        assert!(listing["prompts"].as_array().unwrap().iter().all(|prompt| prompt["is_public"] == true));
    }
    let all = server.call("list_prompts", json!({"limit": 1000})).await;
    assert_eq!(all["prompts"].as_array().unwrap().len() as u64, all["total_count"].as_u64().unwrap());
}

#[tokio::test]
async fn prompts_can_be_searched_and_paged() {
    let server = Server::start().await;
    let found = server.call("list_prompts", json!({"query": "reference"})).await;
    assert_eq!(names(&found, "repo_handle"), ["grade-answer"]);
    let first = server.call("list_prompts", json!({"limit": 3})).await;
    let second = server.call("list_prompts", json!({"limit": 2, "offset": "1"})).await;
    assert_eq!(names(&second, "repo_handle"), names(&first, "repo_handle")[1..]);
    assert_eq!(server.fail("list_prompts", json!({"offset": -1})).await["kind"], "invalid");
}

#[tokio::test]
async fn a_prompt_says_where_its_page_is() {
    let server = Server::self_hosted().await;
    let pushed =
        server.call("push_prompt", json!({"prompt_name": "with-a-page", "template": "Say {word}."})).await;
    let commit = &pushed["commit_hash"].as_str().unwrap()[..8];
    let page = |path: &str| format!("{}/prompts/{path}?organizationId={TEAM_WORKSPACE}", server.pages());
    assert_eq!(pushed["url"], page(&format!("with-a-page/{commit}")), "{pushed}");
    let listed = server.call("list_prompts", json!({"limit": 100})).await;
    assert!(names(&listed, "repo_handle").contains(&"with-a-page".to_owned()));
    for prompt in listed["prompts"].as_array().unwrap() {
        assert_eq!(prompt["url"], page(prompt["repo_handle"].as_str().unwrap()), "{prompt}");
    }
}
