//! The pages about agents in headless Chromium, by keyboard, in every size and in both colour schemes. Pictures are kept in
//! `target/screenshots`.

use agents::{Callers, Options};
use clients::{Program, chromium, screenshots};
use e2e::World;
use serde_json::{Value, json};

use crate::support::Stage;

async fn walk(world: &World, scenario: &str, urls: &[String]) {
    let program =
        Program::node("browser.mjs").args([world.url(), scenario]).args([screenshots(), chromium()]);
    program.args(urls.iter().map(String::as_str)).succeed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_ones_own_is_connected_and_deleted() {
    let people = json!({"team-key-of-ada": "ada "});
    let stage =
        Stage::with(Options { callers: Callers::Known(people), ..Options::default() }, ";auth=own").await;
    walk(&stage.world, "own-key", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_and_declined() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let mut urls = Vec::new();
    let action = json!({"name": "send_mail", "args": {"to": "x@example.com", "text": "Hello!"}});
    for ask in [
        json!({"value": "Delete the project?", "schema": {"type": "boolean", "description": "No way back."}}),
        json!({"value": {"action_requests": [action]}}),
    ] {
        let result = stage.call(&token, "steered", json!({ "ask": ask })).await;
        let url = &result["structuredContent"]["questions"][0]["url"];
        urls.push(url.as_str().unwrap_or_else(|| panic!("{result}")).to_owned());
    }
    walk(&stage.world, "questions", &urls).await;
    let threads = stage.threads().await;
    let runs: Vec<&Value> = threads.iter().flat_map(|(_, runs)| runs).map(|run| &run["status"]).collect();
    assert_eq!(
        runs,
        ["success", "success"],
        "the answered question's two runs; a declined run's thread is gone"
    );
}
