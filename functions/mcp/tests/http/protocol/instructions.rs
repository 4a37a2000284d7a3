//! The `instructions`, followed literally by somebody who knows nothing else about the server.

use langsmith_double::Dataset;
use serde_json::{Value, json};

use crate::support::{Server, modern};

async fn instructions(server: &Server) -> String {
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let result = server.legacy("ada", "initialize", params).await.result();
    result["instructions"].as_str().unwrap().to_owned()
}

/// All `name=value` pairs in a text.
fn settings(text: &str) -> Vec<(&str, &str)> {
    let words = text.split_whitespace().map(|word| word.trim_end_matches([',', '.', ';', ':']));
    words.filter_map(|word| word.split_once('=')).collect()
}

/// Calls a tool repeatedly, continuing according to the text; returns the entries of its lists.
async fn follow(server: &Server, text: &str, tool: &str, arguments: &Value, list: &str) -> Vec<Value> {
    let (mut arguments, mut entries) = (arguments.clone(), Vec::new());
    for _ in 0..2000 {
        let answer = server.call(tool, arguments.clone()).await;
        entries.extend(answer[list].as_array().unwrap().iter().cloned());
        let next = settings(text).into_iter().find_map(|(name, member)| Some((name, answer.get(member)?)));
        let Some((name, value)) = next else { return entries };
        arguments[name] = value.clone();
    }
    panic!("{tool} never ends");
}

#[tokio::test]
async fn who_follows_them_sees_every_run() {
    for data in [Dataset::Demo, Dataset::Large] {
        let server = Server::with_data(data).await;
        let text = instructions(&server).await;
        let given: Vec<_> =
            settings(&text).into_iter().filter(|(_, value)| !value.starts_with("next_")).collect();
        let detail = given.iter().find(|(name, _)| *name == "detail").unwrap().1;
        let limit: u64 = given.iter().find(|(name, _)| *name == "limit").unwrap().1.parse().unwrap();
        for limit in [limit, 7] {
            let projects = follow(&server, &text, "list_projects", &json!({}), "projects").await;
            assert!(projects.len() > 3);
            for project in projects.iter().filter(|project| limit > 7 || project["name"] == "support-bot") {
                let arguments = json!({"project_name": project["name"], "limit": limit, "detail": detail});
                let runs = follow(&server, &text, "fetch_runs", &arguments, "runs").await;
                let mut ids: Vec<&str> = runs.iter().map(|run| run["id"].as_str().unwrap()).collect();
                ids.sort_unstable();
                ids.dedup();
                let stored =
                    server.langsmith().runs(project["project_id"].as_str().unwrap().parse().unwrap()).len();
                assert_eq!((ids.len(), runs.len()), (stored, stored), "{}", project["name"]);
            }
        }
    }
}

/// Whether a tool's answers have pages.
fn has_next_offset(tool: &Value) -> bool {
    tool["outputSchema"]["properties"].get("next_offset").is_some()
}

/// Whether a tool writes, and so returns a guide when called without arguments.
fn explains_itself(tool: &Value) -> bool {
    tool["annotations"]["readOnlyHint"] == false
}

#[tokio::test]
async fn both_eras_are_told_the_same_and_what_there_is() {
    let server = Server::start().await;
    let text = instructions(&server).await;
    let discover = server.send(modern("server/discover", json!({}), &[])).await.result();
    assert_eq!(discover["instructions"], json!(text));
    for word in [
        "reads",
        "writes",
        "datasets",
        "experiments",
        "billing",
        "next_cursor",
        "next_offset",
        "detail=summary",
    ] {
        assert!(text.contains(word), "{word}");
    }
    let tools = server.legacy("ada", "tools/list", json!({})).await.result();
    let arguments: Vec<&String> = tools["tools"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|tool| tool["inputSchema"]["properties"].as_object().unwrap().keys())
        .collect();
    for (name, _) in settings(&text) {
        assert!(arguments.iter().any(|argument| *argument == name), "no tool takes {name}");
    }
    let tool_names: Vec<&str> =
        tools["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    let told = text.split(|c: char| !is_word(c)).filter(|word| {
        ["list_", "get_", "fetch_", "push_", "create_", "update_", "run_experiment", "read_"]
            .iter()
            .any(|start| word.starts_with(start))
    });
    for word in told {
        assert!(tool_names.contains(&word), "there is no tool {word}");
    }
    // A paragraph about a kind of tools names all of them.
    for (start, is_one) in [("Lists (", has_next_offset as fn(&Value) -> bool), ("Writing:", explains_itself)]
    {
        let paragraph = text.split("\n\n").find(|paragraph| paragraph.starts_with(start)).unwrap();
        for tool in tools["tools"].as_array().unwrap().iter().filter(|tool| is_one(tool)) {
            assert!(paragraph.contains(tool["name"].as_str().unwrap()), "{start} lacks {}", tool["name"]);
        }
    }
    // Paging by `total_pages` would lose runs.
    let sentences = text.split('.').filter(|sentence| sentence.contains("fetch_runs"));
    assert!(sentences.into_iter().all(|sentence| !sentence.contains("total_pages")));
}
