//! `get_prompt_by_name` and `push_prompt`. What was written is looked up in LangSmith itself.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use langsmith_double::data::ADA_KEY;
use langsmith_double::{Fault, FaultKind};
use serde_json::{Value, json};
use shared::langsmith::body::{MAX_BODY, read_bounded};
use shared::langsmith::http_client;

use crate::support::Server;

/// What LangSmith answers Ada.
async fn api(server: &Server, path: &str) -> Value {
    let request = http_client(None).unwrap().get(format!("{}{path}", server.double.url()));
    let response = request.header("x-api-key", ADA_KEY).send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    serde_json::from_slice(&read_bounded(response, MAX_BODY).await.unwrap()).unwrap()
}

/// Adds a commit behind the server's back.
async fn commit_elsewhere(server: &Server, name: &str, parent: &Value) -> Value {
    let id = ["langchain", "prompts", "prompt", "PromptTemplate"];
    let manifest = json!({"lc": 1, "type": "constructor", "id": id, "kwargs": {"template": "elsewhere"}});
    let body = json!({"manifest": manifest, "parent_commit": parent}).to_string();
    let request = http_client(None).unwrap().post(format!("{}/commits/-/{name}", server.double.url()));
    let response = request.header("x-api-key", ADA_KEY).body(body).send().await.unwrap();
    let answer: Value = serde_json::from_slice(&read_bounded(response, MAX_BODY).await.unwrap()).unwrap();
    answer["commit"]["commit_hash"].clone()
}

/// How many commits a prompt has.
async fn commits(server: &Server, name: &str) -> u64 {
    api(server, &format!("/commits/-/{name}")).await["total"].as_u64().unwrap()
}

/// The writes so far, oldest first.
fn writes(server: &Server) -> Vec<String> {
    let requests = server.langsmith().requests().into_iter();
    requests
        .filter(|request| request.method != "GET")
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

fn chat(text: &str) -> Value {
    json!([{"role": "system", "content": text}, {"role": "user", "content": "{question}"}])
}

#[tokio::test]
async fn a_chat_prompt_is_read_with_its_messages() {
    let server = Server::start().await;
    let prompt = server.call("get_prompt_by_name", json!({"prompt_name": "support-agent"})).await;
    let roles: Vec<_> =
        prompt["messages"].as_array().unwrap().iter().map(|message| &message["role"]).collect();
    assert_eq!(roles, ["system", "placeholder", "human", "critic"]);
    assert_eq!(
        prompt["messages"][0]["template"],
        "You answer customers of {shop}. Use only this:\n{context}"
    );
    assert_eq!(
        prompt["messages"][1],
        json!({"role": "placeholder", "variable_name": "history", "optional": true})
    );
    assert_eq!(prompt["input_variables"], json!(["context", "question", "shop"]));
    assert_eq!(
        (&prompt["optional_variables"], &prompt["partial_variables"]),
        (&json!(["history"]), &json!({"history": []}))
    );
    let newest = api(&server, "/repos/-/support-agent").await["repo"]["last_commit_hash"].clone();
    let origin = json!({"lc_hub_owner": "-", "lc_hub_repo": "support-agent", "lc_hub_commit_hash": newest});
    assert_eq!(prompt["metadata"], origin);
    let request = server.langsmith().requests().into_iter().next().unwrap();
    assert_eq!(
        (request.path.as_str(), request.query.as_str()),
        ("/api/v1/commits/-/support-agent/latest", "")
    );
}

#[tokio::test]
async fn a_state_is_read_by_tag_and_hash() {
    let server = Server::start().await;
    let listed = api(&server, "/commits/-/support-agent").await;
    let hashes: Vec<&str> = listed["commits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|commit| commit["commit_hash"].as_str().unwrap())
        .collect();
    for (name, expected) in [
        ("support-agent:production".to_owned(), hashes[1]),
        ("-/support-agent:v1".to_owned(), hashes[1]),
        ("sample-team/support-agent:latest".to_owned(), hashes[0]),
        (format!("support-agent:{}", &hashes[1][..8]), hashes[1]),
        (format!(" support-agent:{} ", hashes[0]), hashes[0]),
    ] {
        let prompt = server.call("get_prompt_by_name", json!({ "prompt_name": name })).await;
        assert_eq!(prompt["metadata"]["lc_hub_commit_hash"], expected, "{name}");
    }
}

#[tokio::test]
async fn every_kind_is_readable() {
    let server = Server::start().await;
    let get = async |name: &str| server.call("get_prompt_by_name", json!({ "prompt_name": name })).await;
    let text = get("summarise-report").await;
    assert_eq!(
        (&text["template"], &text["template_format"]),
        (&json!("Shorten to two sentences:\n\n{report}"), &json!("f-string"))
    );
    let structured = get("grade-answer").await;
    assert_eq!(
        structured["messages"][0],
        json!({"role": "system", "content": "You judge answers. A score is {not} a variable here."})
    );
    assert_eq!(
        (&structured["schema_"]["title"], &structured["structured_output_kwargs"]),
        (&json!("Grade"), &json!({"method": "json_schema"}))
    );
    let partial = get("höflich-antworten").await;
    assert_eq!(
        (&partial["input_variables"], &partial["partial_variables"]["sprache"]),
        (&json!(["frage"]), &json!("Deutsch (für Gäste)"))
    );
    assert!(partial["messages"][0]["template"].as_str().unwrap().ends_with('😀'));
    let public = get("community/sql-writer").await;
    assert_eq!(
        (&public["template_format"], &public["metadata"]["lc_hub_owner"]),
        (&json!("mustache"), &json!("community"))
    );
    let unknown = get("few-shot-router").await;
    assert_eq!((&unknown["manifest"]["type"], unknown.get("messages")), (&json!("not_implemented"), None));
    assert!(unknown["metadata"]["lc_hub_commit_hash"].is_string());
    let paths: Vec<_> = server.langsmith().requests().into_iter().map(|request| request.path).collect();
    assert!(paths.contains(&"/api/v1/commits/-/h%C3%B6flich-antworten/latest".to_owned()), "{paths:?}");
    assert_eq!(paths.len(), 5);
}

#[tokio::test]
async fn the_model_comes_on_demand() {
    let server = Server::start().await;
    let plain = server.call("get_prompt_by_name", json!({"prompt_name": "triage-ticket"})).await;
    assert!(plain.get("model").is_none() && plain["messages"][1]["template"] == "{ticket}");
    for flag in [json!(true), json!("true")] {
        let full = server
            .call("get_prompt_by_name", json!({"prompt_name": "triage-ticket", "include_model": flag}))
            .await;
        assert_eq!(
            (&full["model_provider"], &full["model_config"]["model_name"]),
            (&json!("openai"), &json!("gpt-4o-mini"))
        );
        assert_eq!((&full["model"]["name"], &full["messages"]), (&json!("ChatOpenAI"), &plain["messages"]));
    }
    let none = server
        .call("get_prompt_by_name", json!({"prompt_name": "support-agent", "include_model": true}))
        .await;
    assert_eq!((&none["model"], &none["model_config"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn what_is_no_prompt_is_an_error() {
    let server = Server::start().await;
    for name in [
        "a:b:c",
        "a/b/c",
        "/a",
        "a/",
        "a:",
        "",
        "a b",
        "a\u{0}",
        "..",
        "../../workspaces",
        "a?limit=1",
        "%2e%2e",
    ] {
        let error = server.fail("get_prompt_by_name", json!({ "prompt_name": name })).await;
        assert_eq!(error["kind"], "invalid", "{name}");
        assert!(error["error"].as_str().unwrap().contains("prompt_name"), "{error}");
    }
    for arguments in [
        json!({}),
        json!({"prompt_name": null}),
        json!({"prompt_name": 1}),
        json!({"prompt_name": "a".repeat(300)}),
    ] {
        assert_eq!(server.fail("get_prompt_by_name", arguments).await["kind"], "invalid");
    }
    assert!(server.langsmith().requests().is_empty());
    for name in ["nope", "support-agent:nope", "diary-helper", "community/nope", "nobody/rag-answer"] {
        let error = server.fail("get_prompt_by_name", json!({ "prompt_name": name })).await;
        assert_eq!(
            (&error["kind"], &error["error"]),
            (&json!("not_found"), &json!(format!("Prompt {name} not found")))
        );
    }
    let limited =
        server.call_as("limited", "get_prompt_by_name", json!({"prompt_name": "support-agent"})).await;
    assert_eq!(limited.tool_error()["kind"], "forbidden");
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
async fn a_prompt_is_created_then_committed_to() {
    let server = Server::start().await;
    let first = json!({"prompt_name": "fresh", "messages": chat("Hello {name}"), "description": "Greets", "tags": ["a", "b"]});
    let created = server.call("push_prompt", first.clone()).await;
    assert_eq!((&created["status"], &created["prompt_name"]), (&json!("created"), &json!("fresh")));
    let repo = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!(
        (&repo["description"], &repo["tags"], &repo["is_public"]),
        (&json!("Greets"), &json!(["a", "b"]), &json!(false))
    );
    assert_eq!((&repo["num_commits"], &repo["last_commit_hash"]), (&json!(1), &created["commit_hash"]));
    assert_eq!(writes(&server), ["POST /api/v1/repos", "POST /api/v1/commits/-/fresh"]);

    server.langsmith().clear_requests();
    let again = server.call("push_prompt", first).await;
    let expected =
        json!({"status": "unchanged", "prompt_name": "fresh", "commit_hash": created["commit_hash"]});
    assert_eq!((again, writes(&server).is_empty()), (expected, true));

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
    assert_eq!((&repo["description"], &repo["tags"]), (&json!("Greets"), &json!(["a", "b"])));
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
async fn the_model_of_a_prompt_counts_as_a_part_of_it() {
    let server = Server::start().await;
    let manifest =
        api(&server, "/commits/-/triage-ticket/latest?include_model=true").await["manifest"].clone();
    let same =
        server.call("push_prompt", json!({"prompt_name": "triage-ticket", "manifest": manifest})).await;
    assert_eq!(same["status"], "unchanged");
    let prompt = manifest["kwargs"]["first"].clone();
    let bare = server.call("push_prompt", json!({"prompt_name": "triage-ticket", "manifest": prompt})).await;
    assert_eq!(bare["status"], "committed");
}

#[tokio::test]
async fn only_given_details_change() {
    let server = Server::start().await;
    let base = json!({"prompt_name": "fresh", "template": "x {a}"});
    let push = async |more: Value| {
        let mut arguments = base.clone();
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.call("push_prompt", arguments).await
    };
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
        (&repo["is_public"], &repo["description"], &repo["tags"]),
        (&json!(true), &json!("two"), &json!(["t"]))
    );
    assert!(push(json!({})).await.get("updated").is_none());
    assert_eq!(api(&server, "/repos/-/fresh").await["repo"]["is_public"], true);
    assert_eq!(commits(&server, "fresh").await, 1);
}

#[tokio::test]
async fn an_empty_value_clears_a_detail() {
    let server = Server::start().await;
    let push = async |more: Value| {
        let mut arguments = json!({"prompt_name": "fresh", "template": "x"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.call("push_prompt", arguments).await
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
    assert_eq!((&repo["description"], &repo["tags"]), (&json!(""), &json!([])));
}

fn refused(method: Method, path: &str) -> Fault {
    Fault { method: Some(method), path_contains: path.to_owned(), kind: FaultKind::Status(403), times: None }
}

const DENIED: &str = "LangSmith denies access: the credential may not do this, or not in this workspace.";

#[tokio::test]
async fn a_refused_commit_leaves_an_existing_prompt_as_it_was() {
    let server = Server::start().await;
    server
        .call("push_prompt", json!({"prompt_name": "fresh", "template": "old", "description": "OLD"}))
        .await;
    let before = api(&server, "/repos/-/fresh").await;
    server.langsmith().inject(refused(Method::POST, "/commits/"));
    let push = json!({"prompt_name": "fresh", "template": "new", "description": "NEW", "tags": ["t"], "is_public": true});
    let error = server.fail("push_prompt", push.clone()).await;
    assert_eq!((&error["error"], &error["kind"]), (&json!(DENIED), &json!("forbidden")));
    assert_eq!(api(&server, "/repos/-/fresh").await, before);
    server.langsmith().clear_faults();
    let pushed = server.call("push_prompt", push).await;
    assert_eq!(pushed["updated"], json!(["description", "tags", "is_public"]));
}

#[tokio::test]
async fn a_failure_tells_what_was_written_before() {
    let server = Server::start().await;
    server.call("push_prompt", json!({"prompt_name": "fresh", "template": "old", "is_public": true})).await;
    server.langsmith().inject(refused(Method::POST, "/commits/"));
    let error = server
        .fail("push_prompt", json!({"prompt_name": "fresh", "template": "new", "is_public": false}))
        .await;
    assert_eq!(error["error"], format!("{DENIED} Done before that: the prompt was made private."));
    let error =
        server.fail("push_prompt", json!({"prompt_name": "other", "template": "x", "is_public": true})).await;
    assert_eq!(
        error["error"],
        format!("{DENIED} Done before that: the prompt was created, private and empty.")
    );
    assert_eq!(api(&server, "/repos/-/other").await["repo"]["is_public"], false);

    server.langsmith().clear_faults();
    server.langsmith().inject(refused(Method::PATCH, "/repos/"));
    let push = json!({"prompt_name": "other", "template": "x", "description": "d", "is_public": true});
    let error = server.fail("push_prompt", push.clone()).await;
    let newest = api(&server, "/repos/-/other").await["repo"]["last_commit_hash"].clone();
    let done = format!("{DENIED} Done before that: commit {} was added.", newest.as_str().unwrap());
    assert_eq!((&error["error"], &error["kind"]), (&json!(done), &json!("forbidden")));
    server.langsmith().clear_faults();
    let pushed = server.call("push_prompt", push).await;
    assert_eq!(
        (&pushed["status"], &pushed["updated"]),
        (&json!("unchanged"), &json!(["description", "is_public"]))
    );
}

#[tokio::test]
async fn a_new_prompt_is_shown_to_everybody_when_it_is_complete() {
    let server = Server::start().await;
    let push = json!({"prompt_name": "fresh", "template": "x", "description": "d", "is_public": true});
    let pushed = server.call("push_prompt", push).await;
    assert_eq!((&pushed["status"], pushed.get("updated")), (&json!("created"), None));
    let expected = ["POST /api/v1/repos", "POST /api/v1/commits/-/fresh", "PATCH /api/v1/repos/-/fresh"];
    assert_eq!(writes(&server), expected);
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
    assert_eq!(writes(&server), ["PATCH /api/v1/repos/-/fresh", "POST /api/v1/commits/-/fresh"]);
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
    assert!(writes(&server).is_empty());
}

#[tokio::test]
async fn wrong_arguments_cost_nothing() {
    let server = Server::start().await;
    for arguments in [
        json!({"template": "x"}),
        json!({"prompt_name": "a"}),
        json!({"prompt_name": "community/a", "template": "x"}),
        json!({"prompt_name": "a", "template": "{"}),
        json!({"prompt_name": "a", "messages": [{"role": "system", "content": "{\"a\": 1}"}]}),
        json!({"prompt_name": "a", "manifest": {"lc": 1}}),
        json!({"prompt_name": "a", "template": "x", "unknown": 1}),
        json!({"prompt_name": "a", "template": "x", "is_public": "maybe"}),
        json!({"prompt_name": "a", "template": "x\u{0}"}),
        json!({"unknown": 1}),
    ] {
        assert_eq!(server.fail("push_prompt", arguments.clone()).await["kind"], "invalid", "{arguments}");
    }
    assert!(server.langsmith().requests().is_empty());
}

fn lost(method: Method, path: &str, times: u32) -> Fault {
    Fault {
        method: Some(method),
        path_contains: path.to_owned(),
        kind: FaultKind::AnswerLost,
        times: Some(times),
    }
}

/// Every write of a push, and what it needs to be one.
const WRITES: [(Method, &str, bool); 3] =
    [(Method::POST, "/repos", false), (Method::POST, "/commits/", false), (Method::PATCH, "/repos/", true)];

#[tokio::test]
async fn one_lost_answer_is_not_noticed() {
    for (method, path, existing) in WRITES {
        let server = Server::start().await;
        if existing {
            server.call("push_prompt", json!({"prompt_name": "fresh", "template": "old"})).await;
        }
        server.langsmith().inject(lost(method, path, 1));
        let push = json!({"prompt_name": "fresh", "template": "new {a}", "description": "d", "tags": ["t"]});
        let pushed = server.call("push_prompt", push.clone()).await;
        assert_eq!(pushed["status"], if existing { "committed" } else { "created" }, "{path}");
        assert_is_pushed(&server, &pushed["commit_hash"], 1 + u64::from(existing)).await;
        assert_eq!(server.call("push_prompt", push).await["status"], "unchanged");
        assert_eq!(commits(&server, "fresh").await, 1 + u64::from(existing));
    }
}

#[tokio::test]
async fn a_push_whose_answers_are_all_lost_can_be_repeated() {
    for (method, path, existing) in WRITES {
        let server = Server::start().await;
        if existing {
            server.call("push_prompt", json!({"prompt_name": "fresh", "template": "old"})).await;
        }
        server.langsmith().inject(lost(method, path, 3));
        let push = json!({"prompt_name": "fresh", "template": "new {a}", "description": "d", "tags": ["t"]});
        let error = server.fail("push_prompt", push.clone()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)), "{path}");
        let repeated = server.call("push_prompt", push).await;
        // The commit of a prompt that exists is there already; a new prompt has none yet.
        assert_eq!(repeated["status"], if path == "/repos" { "committed" } else { "unchanged" }, "{path}");
        assert_is_pushed(&server, &repeated["commit_hash"], 1 + u64::from(existing)).await;
    }
}

async fn assert_is_pushed(server: &Server, hash: &Value, number: u64) {
    assert_eq!(commits(server, "fresh").await, number);
    let repo = api(server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!(
        (&repo["description"], &repo["tags"], &repo["is_public"]),
        (&json!("d"), &json!(["t"]), &json!(false))
    );
    let newest = api(server, "/commits/-/fresh/latest").await;
    assert_eq!(
        (&newest["commit_hash"], &newest["manifest"]["kwargs"]["template"]),
        (hash, &json!("new {a}"))
    );
}

#[tokio::test]
async fn pushes_at_once_make_one_commit() {
    let server = Arc::new(Server::start().await);
    let push = json!({"prompt_name": "fresh", "messages": chat("Hello")});
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let (server, push) = (Arc::clone(&server), push.clone());
            tokio::spawn(async move { server.call("push_prompt", push).await["commit_hash"].clone() })
        })
        .collect();
    let mut hashes = Vec::new();
    for call in calls {
        hashes.push(call.await.unwrap());
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:?}");
    assert_eq!(commits(&server, "fresh").await, 1);
}

#[tokio::test]
async fn somebody_elses_commit_is_not_overwritten() {
    let server = Arc::new(Server::start().await);
    let first = server
        .call("push_prompt", json!({"prompt_name": "fresh", "template": "one", "is_public": true}))
        .await["commit_hash"]
        .clone();
    server.langsmith().clear_requests();
    server.langsmith().inject(Fault {
        method: Some(Method::POST),
        path_contains: "/commits/".to_owned(),
        kind: FaultKind::Slow(Duration::from_millis(500)),
        times: Some(1),
    });
    let call = {
        let server = Arc::clone(&server);
        let push = json!({"prompt_name": "fresh", "template": "two", "is_public": false, "tags": ["t"]});
        tokio::spawn(async move { server.fail("push_prompt", push).await })
    };
    while writes(&server).len() < 2 {
        tokio::task::yield_now().await;
    }
    let theirs = commit_elsewhere(&server, "fresh", &first).await;
    let error = call.await.unwrap();
    let told = "Somebody else changed the prompt meanwhile. Read it again, then push. Done before that: the prompt was made \
                private.";
    assert_eq!((&error["error"], &error["kind"]), (&json!(told), &json!("invalid")));
    let newest = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!((&newest["last_commit_hash"], &newest["num_commits"]), (&theirs, &json!(2)));
}

#[tokio::test]
async fn a_refusal_without_a_difference_means_unchanged() {
    let server = Server::start().await;
    let first =
        server.call("push_prompt", json!({"prompt_name": "fresh", "template": "one"})).await["commit_hash"]
            .clone();
    let conflict = Fault {
        method: Some(Method::POST),
        path_contains: "/commits/".to_owned(),
        kind: FaultKind::Status(409),
        times: Some(1),
    };
    server.langsmith().inject(conflict);
    let pushed = server.call("push_prompt", json!({"prompt_name": "fresh", "template": "two"})).await;
    assert_eq!((&pushed["status"], &pushed["commit_hash"]), (&json!("unchanged"), &first));
}

#[tokio::test]
async fn failures_have_their_kinds() {
    for (fault, kind) in [
        (FaultKind::Status(401), "auth"),
        (FaultKind::Status(403), "forbidden"),
        (FaultKind::Status(422), "invalid"),
        (FaultKind::Status(500), "upstream"),
        (FaultKind::RateLimited { retry_after_secs: None }, "rate_limited"),
        (FaultKind::Malformed, "upstream"),
        (FaultKind::Html, "upstream"),
        (FaultKind::Oversized(9 * 1024 * 1024), "upstream"),
    ] {
        let server = Server::start().await;
        server.langsmith().inject(Fault {
            method: None,
            path_contains: String::new(),
            kind: fault,
            times: None,
        });
        for (tool, arguments) in [
            ("get_prompt_by_name", json!({"prompt_name": "support-agent"})),
            ("push_prompt", json!({"prompt_name": "support-agent", "template": "x"})),
        ] {
            let error = server.fail(tool, arguments).await;
            assert_eq!(error["kind"], kind, "{tool} {fault:?}");
            let text = error.to_string();
            assert!(
                !text.contains("127.0.0.1") && !text.contains("/api/v1") && !text.contains("lsv2"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_large_prompt_is_answered_shortened() {
    let server = Server::start().await;
    let pushed =
        server.call("push_prompt", json!({"prompt_name": "large", "template": "ü{a}".repeat(60_000)})).await;
    assert_eq!(pushed["status"], "created");
    let read = server.call("get_prompt_by_name", json!({"prompt_name": "large"})).await;
    let template = read["template"].as_str().unwrap();
    assert!(template.ends_with(" chars)") && template.chars().count() < 200_000);
    assert_eq!((&read["_truncated"], &read["input_variables"]), (&json!(true), &json!(["a"])));
    assert_eq!(read["metadata"]["lc_hub_commit_hash"], pushed["commit_hash"]);
}
