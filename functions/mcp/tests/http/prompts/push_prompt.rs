//! `push_prompt`. The tests verify its writes in LangSmith itself.

use serde_json::{Value, json};

use crate::common::extended;
use crate::support::{Server, modern};
use crate::writes::{api, given_tags, written};

/// The number of a prompt's commits.
pub(crate) async fn commits(server: &Server, name: &str) -> u64 {
    api(server, &format!("/commits/-/{name}")).await["total"].as_u64().unwrap()
}

pub(crate) fn chat(text: &str) -> Value {
    json!([{"role": "system", "content": text}, {"role": "user", "content": "{question}"}])
}

#[tokio::test]
async fn without_arguments_push_explains_itself() {
    let server = Server::start().await;
    for arguments in [json!({}), json!(null), json!({"prompt_name": null})] {
        let result = server.call_as("ada-reader", "push_prompt", arguments).await.result();
        let guide = result["structuredContent"]["result"].as_str().unwrap();
        assert!(
            guide.starts_with("# Pushing prompts") && (2_000..4_096).contains(&guide.len()),
            "{}",
            guide.len()
        );
        assert_eq!(result["content"][0]["text"], guide);
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn the_example_of_the_guide_works() {
    let server = Server::start().await;
    let guide = server.call("push_prompt", json!({})).await["result"].as_str().unwrap().to_owned();
    let blocks: Vec<Value> = guide
        .split("```json")
        .skip(1)
        .map(|block| serde_json::from_str(block.split("```").next().unwrap()).unwrap())
        .collect();
    assert_eq!(blocks.len(), 2);
    assert_eq!(server.call("push_prompt", blocks[0].clone()).await["status"], "committed");
    let graded = server.call("push_prompt", json!({"prompt_name": "graded", "manifest": blocks[1]})).await;
    assert_eq!(graded["status"], "created");
    let read = server.call("get_prompt_by_name", json!({"prompt_name": "graded"})).await;
    assert_eq!(
        (&read["messages"][0]["content"], &read["schema_"]["title"]),
        (&json!("You grade answers."), &json!("Grade"))
    );
}

#[tokio::test]
async fn pushing_needs_the_scope_and_the_permission() {
    let server = Server::start().await;
    let arguments = json!({"prompt_name": "fresh", "template": "x"});
    let answer = server.call_as("ada-reader", "push_prompt", arguments.clone()).await;
    assert_eq!(answer.error(403), 403);
    assert!(answer.header("www-authenticate").contains("scope=\"langsmith:read langsmith:write\""));
    assert!(server.langsmith().requests().is_empty());
    let refused = server.call_as("grace", "push_prompt", arguments).await.tool_error();
    assert_eq!(refused["kind"], "forbidden");
}

#[tokio::test]
async fn publishing_needs_a_scope_of_its_own_in_both_eras() {
    let server = Server::start().await;
    let push = |is_public: Value| json!({"prompt_name": "fresh", "template": "x", "is_public": is_public});
    let call = |arguments: Value| json!({"name": "push_prompt", "arguments": arguments});
    let writer = ("authorization", "Bearer ada-writer");
    for is_public in [json!(true), json!("true"), json!(" TRUE ")] {
        for answer in [
            server.call_as("ada-writer", "push_prompt", push(is_public.clone())).await,
            server.send(modern("tools/call", call(push(is_public.clone())), &[writer])).await,
        ] {
            assert_eq!(answer.error(403), 403);
            let asked = "langsmith:read langsmith:write langsmith:publish";
            assert_eq!(answer.json()["error"]["data"]["scope"], asked);
            assert!(answer.header("www-authenticate").contains(&format!("scope=\"{asked}\"")));
            assert!(answer.header("www-authenticate").contains("error=\"insufficient_scope\""));
        }
    }
    assert!(server.langsmith().requests().is_empty());
    // The scope for publishing does not include writing.
    let answer = server.call_as("ada-publisher", "push_prompt", push(json!(true))).await;
    assert_eq!(answer.error(403), 403);
    for is_public in [json!(false), json!("false"), Value::Null] {
        server.call_as("ada-writer", "push_prompt", push(is_public)).await.result();
    }
    assert_eq!(api(&server, "/repos/-/fresh").await["repo"]["is_public"], false);
    server.call("push_prompt", push(json!(true))).await;
    assert_eq!(api(&server, "/repos/-/fresh").await["repo"]["is_public"], true);
}

#[tokio::test]
async fn a_prompt_is_created_then_committed_to() {
    let server = Server::start().await;
    let first = json!({"prompt_name": "fresh", "messages": chat("Hello {name}"), "description": "Greets", "tags": ["a", "b"]});
    let created = server.call("push_prompt", first.clone()).await;
    assert_eq!((&created["status"], &created["prompt_name"]), (&json!("created"), &json!("fresh")));
    let repo = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!(
        (&repo["description"], given_tags(&repo), &repo["is_public"]),
        (&json!("Greets"), vec!["a", "b"], &json!(false))
    );
    assert_eq!((&repo["num_commits"], &repo["last_commit_hash"]), (&json!(1), &created["commit_hash"]));
    assert_eq!(written(&server), ["POST /api/v1/repos", "POST /api/v1/commits/-/fresh"]);

    server.langsmith().clear_requests();
    let again = server.call("push_prompt", first).await;
    let expected =
        json!({"status": "unchanged", "prompt_name": "fresh", "commit_hash": created["commit_hash"]});
    assert_eq!((again, written(&server).is_empty()), (expected, true));

    let second =
        server.call("push_prompt", json!({"prompt_name": "fresh", "messages": chat("Hi {name}")})).await;
    assert_eq!(
        (&second["status"], &second["parent_commit_hash"]),
        (&json!("committed"), &created["commit_hash"])
    );
    let newest = api(&server, "/commits/-/fresh?limit=1").await["commits"][0].clone();
    assert_eq!(
        (&newest["commit_hash"], &newest["parent_commit_hash"]),
        (&second["commit_hash"], &created["commit_hash"])
    );
    let read = server.call("get_prompt_by_name", json!({"prompt_name": "fresh"})).await;
    assert_eq!(
        (&read["messages"][0]["template"], &read["input_variables"]),
        (&json!("Hi {name}"), &json!(["name", "question"]))
    );
    let listed = server.call("list_prompts", json!({"query": "greets", "limit": 1})).await;
    assert_eq!((&listed["prompts"][0]["repo_handle"], &listed["total_count"]), (&json!("fresh"), &json!(1)));
    let repo = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!((&repo["description"], given_tags(&repo)), (&json!("Greets"), vec!["a", "b"]));
}

#[tokio::test]
async fn a_library_that_pushes_the_same_prompt_finds_it_unchanged() {
    let server = Server::start().await;
    for (name, arguments) in [
        ("summarise-report", json!({"template": "Shorten to two sentences:\n\n{report}"})),
        ("rag-copy", json!({"messages": [{"role": "human", "content": "{question}\n\n{context}"}]})),
    ] {
        let mut arguments = arguments;
        arguments["prompt_name"] = json!(name);
        let pushed = server.call("push_prompt", arguments).await;
        assert_eq!(pushed["status"], if name == "rag-copy" { "created" } else { "unchanged" });
    }
    let copy = api(&server, "/commits/-/rag-copy/latest").await["manifest"].clone();
    assert_eq!(copy, api(&server, "/commits/community/rag-answer/latest").await["manifest"]);
}

#[tokio::test]
async fn only_given_details_change() {
    let server = Server::start().await;
    let base = json!({"prompt_name": "fresh", "template": "x {a}"});
    let push = async |more: Value| server.call("push_prompt", extended(base.clone(), &more)).await;
    push(json!({"description": "one", "tags": "t"})).await;
    server.langsmith().clear_requests();
    let changed = push(json!({"description": "two", "tags": ["t"]})).await;
    assert_eq!((&changed["status"], &changed["updated"]), (&json!("unchanged"), &json!(["description"])));
    let patch = server.langsmith().requests().into_iter().find(|request| request.method == "PATCH").unwrap();
    assert_eq!(patch.body, r#"{"description":"two"}"#);
    let public = push(json!({"is_public": true})).await;
    assert_eq!(public["updated"], json!(["is_public"]));
    let repo = api(&server, "/repos/sample-team/fresh").await["repo"].clone();
    assert_eq!(
        (&repo["is_public"], &repo["description"], given_tags(&repo)),
        (&json!(true), &json!("two"), vec!["t"])
    );
    assert!(push(json!({})).await.get("updated").is_none());
    assert_eq!(api(&server, "/repos/-/fresh").await["repo"]["is_public"], true);
    assert_eq!(commits(&server, "fresh").await, 1);
}

#[tokio::test]
async fn an_empty_value_clears_a_detail() {
    let server = Server::start().await;
    let push = async |more: Value| {
        server.call("push_prompt", extended(json!({"prompt_name": "fresh", "template": "x"}), &more)).await
    };
    push(json!({"description": "one", "tags": ["t"]})).await;
    for (more, changed) in [
        (json!({"tags": null, "description": null}), json!(null)),
        (json!({"tags": []}), json!(["tags"])),
        (json!({"description": ""}), json!(["description"])),
        (json!({"tags": [], "description": ""}), json!(null)),
    ] {
        assert_eq!(push(more.clone()).await["updated"], changed, "{more}");
    }
    let repo = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!((&repo["description"], given_tags(&repo)), (&json!(""), vec![]));
}

#[tokio::test]
async fn a_new_prompt_is_shown_to_everybody_when_it_is_complete() {
    let server = Server::start().await;
    let push = json!({"prompt_name": "fresh", "template": "x", "description": "d", "is_public": true});
    let pushed = server.call("push_prompt", push).await;
    assert_eq!((&pushed["status"], pushed.get("updated")), (&json!("created"), None));
    let expected = ["POST /api/v1/repos", "POST /api/v1/commits/-/fresh", "PATCH /api/v1/repos/-/fresh"];
    assert_eq!(written(&server), expected);
    assert_eq!(api(&server, "/repos/-/fresh").await["repo"]["is_public"], true);
}

#[tokio::test]
async fn what_becomes_private_is_private_before_it_grows() {
    let server = Server::start().await;
    server.call("push_prompt", json!({"prompt_name": "fresh", "template": "x", "is_public": true})).await;
    server.langsmith().clear_requests();
    let hidden = server
        .call("push_prompt", json!({"prompt_name": "fresh", "template": "secret", "is_public": false}))
        .await;
    assert_eq!((&hidden["status"], &hidden["updated"]), (&json!("committed"), &json!(["is_public"])));
    assert_eq!(written(&server), ["PATCH /api/v1/repos/-/fresh", "POST /api/v1/commits/-/fresh"]);
}

#[tokio::test]
async fn a_parent_guards_against_overwriting() {
    let server = Server::start().await;
    let push = |template: &str, parent: &Value| json!({"prompt_name": "fresh", "template": template, "description": template, "parent_commit": parent});
    let none = server.fail("push_prompt", push("x", &json!("0123456789"))).await;
    assert_eq!(none["kind"], "invalid");
    let first =
        server.call("push_prompt", json!({"prompt_name": "fresh", "template": "one"})).await["commit_hash"]
            .clone();
    let short = json!(first.as_str().unwrap()[..8]);
    let second = server.call("push_prompt", push("two", &short)).await;
    assert_eq!(second["status"], "committed");
    assert_eq!(server.call("push_prompt", push("two", &short)).await["status"], "unchanged");
    server.langsmith().clear_requests();
    let stale = server.fail("push_prompt", push("three", &first)).await;
    assert!(stale["error"].as_str().unwrap().contains(second["commit_hash"].as_str().unwrap()), "{stale}");
    assert!(written(&server).is_empty());
}

#[tokio::test]
async fn wrong_arguments_cost_nothing() {
    let server = Server::start().await;
    for arguments in [
        json!({"template": "x"}),
        json!({"prompt_name": "a"}),
        json!({"prompt_name": "community/a", "template": "x"}),
        json!({"prompt_name": "a", "template": "{", "template_format": "f-string"}),
        json!({"prompt_name": "a", "template": "{{#a}}", "template_format": "mustache"}),
        json!({"prompt_name": "a", "messages": [{"role": "None", "content": "x"}]}),
        json!({"prompt_name": "a", "messages": [{"role": "human", "content": " "}]}),
        json!({"prompt_name": "a", "messages": [{"role": "system", "content": "{\"a\": 1}"}], "template_format": "f-string"}),
        json!({"prompt_name": "a", "messages": [{"role": "system", "content": "{{#a}} {"}]}),
        json!({"prompt_name": "a", "manifest": {"lc": 1}}),
        json!({"prompt_name": "a", "template": "x", "unknown": 1}),
        json!({"prompt_name": "a", "template": "x", "is_public": "maybe"}),
        json!({"prompt_name": "a", "template": "x\u{0}"}),
        json!({"prompt_name": "a", "messages": [{"role": "human", "content": "x\u{0}"}]}),
        json!({"prompt_name": "a", "manifest": {"lc": 1, "type": "constructor", "id": ["a"], "kwargs": {"\u{0}": 1}}}),
        json!({"unknown": 1}),
    ] {
        assert_eq!(server.fail("push_prompt", arguments.clone()).await["kind"], "invalid", "{arguments}");
    }
    assert!(server.langsmith().requests().is_empty());
}

/// `get_prompt_by_name` shows the template beside its language; a caller who copies only the template means the same
/// language.
#[tokio::test]
async fn a_text_keeps_its_language() {
    let server = Server::start().await;
    let push = async |template: &str, more: Value| {
        server
            .call("push_prompt", extended(json!({"prompt_name": "fresh", "template": template}), &more))
            .await
    };
    push("Hi {{name}}", json!({"template_format": "mustache"})).await;
    assert_eq!(push("Hi {{name}}", json!({})).await["status"], "unchanged");
    // It would not be valid as an f-string.
    assert_eq!(push("Hi {{name}} {", json!({})).await["status"], "committed");
    let stored = api(&server, "/commits/-/fresh/latest").await["manifest"]["kwargs"].clone();
    let expected =
        json!({"input_variables": ["name"], "template": "Hi {{name}} {", "template_format": "mustache"});
    assert_eq!(stored, expected);
    push("Hi {{name}}", json!({})).await;
    server.langsmith().clear_requests();
    for template in ["Hi {{name}}", "Hello {{name}}"] {
        let filled = json!({"prompt_name": "fresh", "template": template, "template_format": "f-string"});
        let error = server.fail("push_prompt", filled).await;
        assert!(error["error"].as_str().unwrap().contains("the stored template is mustache"), "{error}");
    }
    assert!(written(&server).is_empty());
    for (template, more) in [
        ("Hi {name}", json!({"template_format": "f-string"})),
        ("Hi {{plain}} {name}", json!({"template_format": "f-string", "replace": true})),
    ] {
        push("Hi {{name}}", json!({"template_format": "mustache"})).await;
        assert_eq!(push(template, more).await["status"], "committed");
        let stored = api(&server, "/commits/-/fresh/latest").await["manifest"]["kwargs"].clone();
        let expected =
            json!({"input_variables": ["name"], "template": template, "template_format": "f-string"});
        assert_eq!(stored, expected);
    }
    assert_eq!(push("Bye {name}", json!({})).await["status"], "committed");
}
