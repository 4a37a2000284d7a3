//! `get_prompt_by_name`.

use serde_json::{Value, json};

use crate::support::Server;
use crate::writes::api;

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
        json!({"role": "system", "content": "You judge answers. A score is {not} a variable here.", "fixed": true})
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
    for name in ["nope", "diary-helper", "community/nope", "nobody/rag-answer"] {
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
