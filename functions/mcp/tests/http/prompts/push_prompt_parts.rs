//! Messages with several parts, and names of commits.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Server;
use crate::writes::api;

async fn read(server: &Server, name: &str) -> Value {
    server.call("get_prompt_by_name", json!({ "prompt_name": name })).await
}

fn variables(prompt: &Value) -> BTreeSet<&str> {
    prompt["input_variables"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[tokio::test]
async fn texts_and_images_come_back_as_they_were_pushed() {
    let server = Server::start().await;
    for (number, (url, needed)) in
        [("{img}", vec!["img", "x", "y"]), ("https://example.com/a.png", vec!["x", "y"])]
            .into_iter()
            .enumerate()
    {
        let name = format!("parts-{number}");
        let messages = json!([
            {"role": "system", "content": "plain {y}"},
            {"role": "user", "content": [
                {"type": "text", "text": "look at {x}"},
                {"type": "image_url", "image_url": {"url": url}},
            ]},
        ]);
        let pushed = server.call("push_prompt", json!({"prompt_name": name, "messages": messages})).await;
        assert_eq!(pushed["status"], "created");
        let prompt = read(&server, &name).await;
        let parts = &prompt["messages"][1]["template"];
        assert_eq!((&parts[0]["type"], &parts[0]["template"]), (&json!("text"), &json!("look at {x}")));
        assert_eq!((&parts[1]["type"], &parts[1]["template"]["url"]), (&json!("image_url"), &json!(url)));
        assert_eq!(variables(&prompt), needed.into_iter().collect());
        // The messages read back equal the pushed ones.
        let again = json!({"prompt_name": name, "messages": prompt["messages"]});
        assert_eq!(server.call("push_prompt", again).await["status"], "unchanged");
    }
}

#[tokio::test]
async fn parts_that_would_be_lost_are_refused() {
    let server = Server::start().await;
    for (content, place) in [
        (
            json!([{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]),
            "messages[0].content[0]",
        ),
        (json!(["x", {"type": "file", "file": {"file_id": "f"}}]), "messages[0].content[1]"),
        (json!([]), "messages[0].content"),
        (json!({"type": "text", "text": "x"}), "messages[0].content"),
    ] {
        let messages = json!([{"role": "user", "content": content}]);
        let error = server.fail("push_prompt", json!({"prompt_name": "p", "messages": messages})).await;
        assert!(error["error"].as_str().unwrap().starts_with(place), "{error}");
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn a_tag_finds_the_commit_that_was_pushed_with_it_last() {
    let server = Server::start().await;
    let push = async |template: &str, tags: Value| {
        let arguments =
            json!({"prompt_name": "tagged", "template": template, "tags": ["label"], "commit_tags": tags});
        server.call("push_prompt", arguments).await
    };
    let pushed = push("one {x}", json!(["production"])).await;
    assert_eq!((&pushed["status"], &pushed["commit_tags"]), (&json!("created"), &json!(["production"])));
    assert_eq!(read(&server, "tagged:production").await["template"], "one {x}");
    assert_eq!(
        server.fail("get_prompt_by_name", json!({"prompt_name": "tagged:label"})).await["kind"],
        "not_found"
    );
    push("two {x}", json!("production")).await;
    assert_eq!(read(&server, "tagged:production").await["template"], "two {x}");
    let again = push("two {x}", json!(["again", "production"])).await;
    assert_eq!(again["status"], "unchanged");
    for tag in ["again", "production"] {
        assert_eq!(read(&server, &format!("tagged:{tag}")).await["template"], "two {x}");
    }
    let repo = api(&server, "/repos/-/tagged").await["repo"].clone();
    assert!(repo["tags"].as_array().unwrap().contains(&json!("label")), "{repo}");
    let error = server
        .fail("push_prompt", json!({"prompt_name": "tagged", "template": "x", "commit_tags": ["latest"]}))
        .await;
    assert!(error["error"].as_str().unwrap().starts_with("commit_tags must be"), "{error}");
}
