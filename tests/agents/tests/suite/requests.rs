//! What our server asks an Agent Server for.

use agents::{AgentServer, Recorder};
use clients::Program;
use e2e::mcp::{bearer, headers};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{token, world};

/// `fixture`, with a recorder before it and these options.
async fn recorded(options: &str) -> (AgentServer, Recorder, e2e::World, String) {
    let agents = AgentServer::start().await;
    let recorder = Recorder::start(agents.url()).await;
    let world = world(vec![format!("fixture={};auth=none{options}", recorder.url())]).await;
    let token = token(&world, data::ADA_KEY).await;
    (agents, recorder, world, token)
}

async fn echo(world: &e2e::World, token: &str, question: &str) {
    let mut caller = bearer(token);
    caller.extend(headers(&[
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("langsmith-trace", "20261202T100000000000Z0af76519-16cd-43dd-8448-eb211c80319c"),
        ("baggage", "user=ada,langsmith-project=other,langsmith-tags=a"),
        ("x-other", "private"),
    ]));
    let answer = e2e::mcp::call(world.url(), caller, "fixture__echo", json!({ "question": question })).await;
    assert_eq!(answer.body["result"]["structuredContent"]["status"], "completed", "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_a_thread_with_a_lifetime_and_a_run() {
    let (_agents, recorder, world, token) = recorded("").await;
    echo(&world, &token, "first, which reads the list and the schema").await;
    recorder.take();
    echo(&world, &token, "why?").await;
    let requests = recorder.take();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    let [thread, run, status] = &requests[..] else { panic!("three requests: {lines:?}") };
    assert_eq!(thread.line, "POST /threads");
    assert_eq!(thread.body["ttl"], json!({"ttl": 1440, "strategy": "delete"}));
    let metadata: Vec<&String> = thread.body["metadata"].as_object().unwrap().keys().collect();
    assert_eq!(metadata, ["langsmith_remote_mcp_call", "langsmith_remote_mcp_sent"]);
    assert!(!thread.body.to_string().contains("why?"));
    let id = thread.body["thread_id"].as_str().unwrap();
    assert_eq!(run.line, format!("POST /threads/{id}/runs/wait"));
    assert!(status.line.starts_with(&format!("GET /threads/{id}/runs/")), "{}", status.line);
    let members: Vec<&String> = run.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["assistant_id", "input", "multitask_strategy", "on_disconnect"]);
    assert_eq!(
        (&run.body["multitask_strategy"], &run.body["on_disconnect"]),
        (&json!("reject"), &json!("continue"))
    );
    assert!(run.headers["traceparent"].to_str().unwrap().starts_with("00-0af7651916cd43dd8448eb211c80319c"));
    assert!(run.headers.contains_key("langsmith-trace") && !run.headers.contains_key("x-other"));
    assert_eq!(run.headers["baggage"], "langsmith-tags=a");
    for request in &requests {
        assert!(!request.headers.contains_key("authorization") && !request.headers.contains_key("x-api-key"));
    }

    // The same call again: the server knows the thread, and nothing is open on it.
    echo(&world, &token, "why?").await;
    let again = recorder.take();
    let lines: Vec<&str> = again.iter().map(|request| request.line.split_once('/').unwrap().1).collect();
    assert_eq!(&lines[..3], ["threads", "threads/search", "threads"], "{lines:?}");
    assert_eq!(
        (&again[1].body["sort_by"], &again[1].body["sort_order"]),
        (&json!("updated_at"), &json!("desc"))
    );
    assert!(
        again
            .iter()
            .filter(|request| request.line == "POST /threads")
            .all(|request| request.body["ttl"]["ttl"] == 1440)
    );
}

/// The SDKs of MCP name the trace in `_meta`, not in a header.
#[tokio::test(flavor = "multi_thread")]
async fn the_trace_of_pythons_client_is_that_of_the_run() {
    let (_agents, recorder, world, _) = recorded("").await;
    let program = Program::python("mcp2", "trace2.py").args([&world.at("/mcp"), "key"]);
    let report: Value = program.report().await;
    assert_eq!(report["called"], "completed", "{report}");
    let run = recorder.take().into_iter().find(|request| request.line.ends_with("/runs/wait")).unwrap();
    let parent = run.headers["traceparent"].to_str().unwrap();
    assert!(parent.starts_with("00-0af7651916cd43dd8448eb211c80319c-"), "{parent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_the_server_are_those_of_each_run() {
    let all = ";recursion_limit=7;project=agents;configurable.tone=dry";
    for (options, expected) in [
        (
            all,
            json!({"config": {"recursion_limit": 7, "configurable": {"tone": "dry"}}, "langsmith_tracer": {"project_name": "agents"}}),
        ),
        (";context.tone=dry", json!({"context": {"tone": "dry"}})),
    ] {
        let (_agents, recorder, world, token) = recorded(options).await;
        echo(&world, &token, "why?").await;
        let run = recorder.take().into_iter().find(|request| request.line.ends_with("/runs/wait")).unwrap();
        for name in ["config", "context", "langsmith_tracer"] {
            assert_eq!(run.body.get(name).unwrap_or(&Value::Null), &expected[name], "{options}");
        }
    }
}
