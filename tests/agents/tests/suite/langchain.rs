//! Agents in the clients of LangChain, and in FastMCP, on which they are built. LangChain's own agent runs in the client,
//! with a chat model that follows a script; the inner one is ours.

use agents::Options;
use clients::Program;
use serde_json::{Value, json};

use crate::support::Stage;

pub(crate) const AGENTS: [&str; 4] =
    ["fixture__caller", "fixture__chat", "fixture__echo", "fixture__steered"];

/// For each thread, its runs: "input" for a call, "answers" for what goes on after a question.
async fn runs(stage: &Stage) -> Vec<Vec<&'static str>> {
    let kind = |run: &Value| if run["kwargs"]["command"].is_null() { "input" } else { "answers" };
    let threads = stage.threads().await;
    // The newest run comes first.
    let mut runs: Vec<Vec<_>> =
        threads.iter().map(|(_, runs)| runs.iter().rev().map(kind).collect()).collect();
    runs.sort();
    runs
}

/// A tool's message in the outer agent. `content` is the result's, or its text where the call failed.
fn message(status: &str, content: &Value) -> Value {
    let structured = if status == "error" { &Value::Null } else { content };
    json!({"status": status, "text": content.to_string(), "content": structured})
}

/// The texts of messages as values, so that the order of members is none of the test.
fn parsed(mut message: Value) -> Value {
    let text: Value = serde_json::from_str(message["text"].as_str().unwrap()).unwrap();
    message["text"] = Value::String(text.to_string());
    message
}

fn completed(output: &Value) -> Value {
    json!({"status": "completed", "output": output})
}

fn answered(question: &str) -> Value {
    completed(&json!({"answer": format!("You asked: {question}")}))
}

/// The outcome of the agent that was told to ask.
fn done(answer: &Value) -> Value {
    completed(&json!({"steps": 0, "answer": answer, "data": ""}))
}

fn failure() -> Value {
    json!({"error": "ValueError: no luck", "kind": "upstream", "retryable": false})
}

/// The question as it is in a result, for clients without forms.
fn check_question(question: &Value) {
    assert_eq!(question["status"], "input_required", "{question}");
    let asked = &question["questions"][0];
    assert!(asked["url"].as_str().unwrap().contains("/agents/answer/"), "{asked}");
    let expected = json!({
        "id": asked["id"], "message": "go on?", "value": "go on?", "schema": {"type": "boolean"}, "url": asked["url"],
    });
    assert_eq!(asked, &expected);
}

/// The outer agent is interrupted by the question, and sends the call of the inner one again when it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn an_inner_agent_that_asks_interrupts_the_outer_one_and_runs_once() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let program = Program::python("langchain", "langchain_mcp.py").args([&stage.world.at("/mcp"), "key"]);
    let report = program.report().await;
    assert_eq!((&report["protocol"], &report["agents"]), (&json!("2026-07-28"), &json!(AGENTS)));
    assert_eq!(parsed(report["answered"].clone()), message("success", &answered("why?")));
    assert_eq!(parsed(report["failed"].clone()), message("error", &failure()));
    let [asked] = &report["asked"]["asked"].as_array().unwrap()[..] else {
        panic!("one interrupt: {report}")
    };
    assert_eq!(
        (&asked["type"], &asked["tool_name"]),
        (&json!("mcp_elicitation"), &json!("fixture__steered"))
    );
    let form =
        json!({"type": "object", "properties": {"answer": {"type": "boolean"}}, "required": ["answer"]});
    let request = &asked["requests"][0];
    assert_eq!((&request["message"], &request["requested_schema"]), (&json!("go on?"), &form));
    assert_eq!(parsed(report["done"].clone()), message("success", &done(&json!(false))));
    assert_eq!(parsed(report["declined"].clone()), message("success", &json!({"status": "declined"})));
    // An answer, a failure and a question; the thread of the refused one is gone.
    assert_eq!(runs(&stage).await, [vec!["input"], vec!["input"], vec!["input", "answers"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapters_get_questions_and_late_results_from_tools() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let late = stage.impatient_world().await;
    let program = Program::python("dcode", "langchain_adapters.py");
    let report = program.args([&stage.world.at("/mcp"), &late.at("/mcp"), "key"]).report().await;
    assert_eq!(report["agents"], json!(AGENTS));
    assert_eq!(parsed(report["answered"].clone()), message("success", &answered("why?")));
    assert_eq!(parsed(report["failed"].clone()), message("error", &failure()));
    check_question(&report["question"]);
    assert_eq!(report["resumed"], done(&json!(false)));
    assert_eq!((&report["started"], &report["result"]), (&json!("running"), &answered("when?")));
    // Each call is a session of its own; all of them share a login.
    assert_eq!(report["logins"], json!([1, 1]));
    assert_eq!(runs(&stage).await.len(), 4, "an answer, a failure, a question, and the late answer");
}

async fn use_fastmcp(mode: &str, protocol: &str) {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let late = stage.impatient_world().await;
    let program = Program::python("langchain", "fastmcp_agents.py");
    let report = program.args([&stage.world.at("/mcp"), &late.at("/mcp"), mode, "key"]).report().await;
    assert_eq!((&report["protocol"], &report["agents"]), (&json!(protocol), &json!(AGENTS)));
    assert_eq!(report["answered"], answered("why?"));
    let failed: Value = serde_json::from_str(report["failed"].as_str().unwrap()).unwrap();
    assert_eq!(failed, failure());
    check_question(&report["question"]);
    assert_eq!((&report["resumed"], &report["result"]), (&done(&json!(false)), &done(&json!(false))));
    let waited = completed(&json!({"steps": 4, "answer": null, "data": ""}));
    assert_eq!(report["awaited"], waited);
    // Tasks are an extension of the modern era.
    let (tasks, runs_of_tasks) =
        if mode == "legacy" { (Value::Null, 0) } else { (json!(["cancelled", waited]), 2) };
    assert_eq!(report["task"], tasks);
    assert_eq!(report["logins"], 1);
    let counted = runs(&stage).await.len();
    assert_eq!(counted, 4 + runs_of_tasks, "an answer, a failure, a question, the awaited run, and tasks");
}

#[tokio::test(flavor = "multi_thread")]
async fn fastmcp_4() {
    use_fastmcp("2026-07-28", "2026-07-28").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fastmcp_4_legacy() {
    use_fastmcp("legacy", "2025-11-25").await;
}
