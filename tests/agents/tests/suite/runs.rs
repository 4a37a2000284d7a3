//! Runs that a caller returns to: questions, late results, cancellation.

use std::time::Duration;

use agents::Options;
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{Stage, token};

/// A call of the agent that asks, and its handle and question.
async fn asked(stage: &Stage, token: &str, ask: Value) -> (String, Value) {
    let result = stage.call(token, "steered", json!({ "ask": ask })).await;
    let content = &result["structuredContent"];
    assert_eq!(
        (&content["status"], &result["isError"]),
        (&json!("input_required"), &json!(false)),
        "{result}"
    );
    (content["handle"].as_str().unwrap().to_owned(), without_page(&content["questions"][0]))
}

/// The question without the link to its page, which is sealed anew in each result.
fn without_page(question: &Value) -> Value {
    let mut question = question.clone();
    assert!(question.as_object_mut().unwrap().remove("url").is_some(), "{question}");
    question
}

fn answers(question: &Value, answer: Value) -> Value {
    Value::Object([(question["id"].as_str().unwrap().to_owned(), answer)].into_iter().collect())
}

fn error(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    result["structuredContent"]["error"].as_str().unwrap()
}

fn status(result: &Value) -> &str {
    let status = &result["structuredContent"]["status"];
    assert!(status.is_string(), "{result}");
    status.as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_once_and_by_its_schema() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let schema = json!({"type": "boolean"});
    let ask = json!({"value": {"question": "go on?"}, "schema": schema});
    let (handle, question) = asked(&stage, &token, ask).await;
    assert_eq!((&question["message"], &question["schema"]), (&json!("go on?"), &schema));
    assert_eq!(question["value"], json!({"question": "go on?"}));
    // Whoever asks for the result gets the question, too.
    let again = stage.run_tool(&token, "agent_run_result", json!({"handle": handle})).await;
    assert_eq!(without_page(&again["structuredContent"]["questions"][0]), question, "{again}");

    let resume = async |answers: Value| {
        stage.run_tool(&token, "agent_resume", json!({"handle": handle, "answers": answers})).await
    };
    let refused = resume(answers(&question, json!("yes"))).await;
    assert!(error(&refused).contains(r#""yes" is not of type "boolean""#), "{refused}");
    let refused = resume(json!({"other": true})).await;
    assert!(error(&refused).starts_with("answers names a question that is not open."), "{refused}");
    // The text of an object serves, too. A false answer is one.
    let done = resume(answers(&question, json!(false)).to_string().into()).await;
    assert_eq!((status(&done), &done["structuredContent"]["output"]["answer"]), ("completed", &json!(false)));

    let refused = resume(answers(&question, json!(true))).await;
    assert!(error(&refused).starts_with("This run has no open question"), "{refused}");
    let late = stage.run_tool(&token, "agent_run_result", json!({"handle": handle})).await;
    assert_eq!(late["structuredContent"], done["structuredContent"], "the handle is that of the whole call");
    let threads = stage.threads().await;
    assert_eq!((threads.len(), threads[0].1.len()), (1, 2), "one question, one answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_sent_again_gets_its_open_question_and_no_second_run() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let ask = json!({"value": "go on?"});
    let (_, question) = asked(&stage, &token, ask.clone()).await;
    let (handle, same) = asked(&stage, &token, ask.clone()).await;
    assert_eq!(question, same);
    assert_eq!(stage.threads().await.len(), 1);
    // Another person's equal call is another call, and so is one with other arguments.
    let grace = crate::support::token(&stage.world, data::GRACE_KEY).await;
    let (_, of_grace) = asked(&stage, &grace, ask.clone()).await;
    let (_, other) = asked(&stage, &token, json!({"value": "go on!"})).await;
    assert!(of_grace["id"] != question["id"] && other["id"] != question["id"]);
    assert_eq!(stage.threads().await.len(), 3);

    let done = stage
        .run_tool(&token, "agent_resume", json!({"handle": handle, "answers": answers(&same, json!(1))}))
        .await;
    assert_eq!(status(&done), "completed", "{done}");
    // Once answered, the same call is a new one; and its own question is asked again as well.
    let (_, second) = asked(&stage, &token, ask.clone()).await;
    assert_ne!(second["id"], question["id"]);
    let (_, same) = asked(&stage, &token, ask.clone()).await;
    assert_eq!(second, same);
    assert_eq!(stage.threads().await.len(), 4);
    stage.world.pass(Duration::from_mins(11));
    let token = token_of_ada(&stage).await;
    let (_, third) = asked(&stage, &token, ask).await;
    assert_ne!(third["id"], second["id"]);
}

async fn token_of_ada(stage: &Stage) -> String {
    token(&stage.world, data::ADA_KEY).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_returns_its_handle_and_is_found_by_it() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    let started = stage.call(&token, "echo", json!({"question": "why?"})).await;
    assert_eq!((status(&started), &started["isError"]), ("running", &json!(false)), "{started}");
    let handle = started["structuredContent"]["handle"].as_str().unwrap();
    assert!(
        handle.len() <= 512
            && handle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    );
    // Another login of the same person, an hour later.
    stage.world.pass(Duration::from_hours(1));
    let later = token_of_ada(&stage).await;
    let done = stage.run_tool(&later, "agent_run_result", json!({"handle": handle})).await;
    assert_eq!(
        done["structuredContent"],
        json!({"status": "completed", "output": {"answer": "You asked: why?"}})
    );
    // Nobody else's.
    let grace = crate::support::token(&stage.world, data::GRACE_KEY).await;
    for (token, handle) in [(&grace, handle), (&later, "forged"), (&later, &handle[1..])] {
        for (tool, more) in
            [("agent_run_result", None), ("agent_run_cancel", None), ("agent_resume", Some(json!({"a": 1})))]
        {
            let mut arguments = json!({"handle": handle});
            if let Some(answers) = more {
                arguments["answers"] = answers;
            }
            let refused = stage.run_tool(token, tool, arguments).await;
            assert!(error(&refused).starts_with("handle is not valid for your login"), "{refused}");
        }
    }
    let (thread, _) = &stage.threads().await[0];
    let path = format!("/threads/{}", thread["thread_id"].as_str().unwrap());
    stage.agents.ask("DELETE", &path, None, None).await;
    let gone = stage.run_tool(&later, "agent_run_result", json!({"handle": handle})).await;
    assert!(error(&gone).starts_with("The Agent Server does not have this run"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled_at_work_and_at_its_question() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    for orders in [json!({"wait": 600}), json!({"ask": {"value": "go on?"}})] {
        let started = stage.call(&token, "steered", orders.clone()).await;
        let handle = started["structuredContent"]["handle"].as_str().unwrap();
        if orders["ask"].is_object() {
            let asked = stage.run_tool(&token, "agent_run_result", json!({"handle": handle})).await;
            assert_eq!(status(&asked), "input_required");
        } else {
            let running = stage
                .run_tool(&token, "agent_run_result", json!({"handle": handle, "wait_seconds": 0}))
                .await;
            assert_eq!(status(&running), "running", "{running}");
        }
        for _ in 0..2 {
            let cancelled = stage.run_tool(&token, "agent_run_cancel", json!({"handle": handle})).await;
            assert_eq!(
                (status(&cancelled), &cancelled["isError"]),
                ("cancelled", &json!(false)),
                "{cancelled}"
            );
        }
        let late = stage.run_tool(&token, "agent_run_result", json!({"handle": handle})).await;
        assert_eq!((status(&late), &late["isError"]), ("cancelled", &json!(false)), "{late}");
    }
    let threads = stage.threads().await;
    let [(_, runs)] = &threads[..] else { panic!("the thread of the question is gone: {threads:?}") };
    assert_eq!(runs[0]["status"], "interrupted", "{runs:?}");
}

/// The path of the only run, once it has this status.
async fn run_that_is(stage: &Stage, status: &str) -> String {
    for _ in 0..10_000 {
        if let [(_, runs)] = &stage.threads().await[..]
            && let Some(run) = runs.iter().find(|run| run["status"] == status)
        {
            let id = |name: &str| run[name].as_str().unwrap().to_owned();
            return format!("/threads/{}/runs/{}", id("thread_id"), id("run_id"));
        }
    }
    panic!("no run is {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_before_it_has_a_handle_cancels_its_run() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    {
        let call = std::pin::pin!(stage.call(&token, "steered", json!({"wait": 600})));
        let running = std::pin::pin!(run_that_is(&stage, "running"));
        let first = futures_util::future::select(call, running).await;
        assert!(matches!(first, futures_util::future::Either::Right(_)), "the call waits for its run");
    }
    run_that_is(&stage, "interrupted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_goes_on_without_the_client_that_has_its_handle() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "go on?"}, "last": 600});
    let asked = stage.call(&token, "steered", orders).await["structuredContent"].clone();
    let resume = json!({"handle": asked["handle"], "answers": answers(&asked["questions"][0], json!("yes"))});
    {
        let call = std::pin::pin!(stage.run_tool(&token, "agent_resume", resume));
        let running = std::pin::pin!(run_that_is(&stage, "running"));
        let first = futures_util::future::select(call, running).await;
        assert!(matches!(first, futures_util::future::Either::Right(_)), "the call waits for its run");
    }
    let wait = json!({"handle": asked["handle"], "wait_seconds": 0});
    let running = stage.run_tool(&token, "agent_run_result", wait).await;
    assert_eq!(status(&running), "running", "{running}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_run_is_cancelled_by_others_is_not_complete() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let cancel = async || {
        let path = format!("{}/cancel", run_that_is(&stage, "running").await);
        stage.agents.ask("POST", &path, None, None).await;
    };
    let (result, ()) = tokio::join!(stage.call(&token, "steered", json!({"wait": 600})), cancel());
    assert_eq!(result["structuredContent"], json!({"status": "cancelled"}), "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_result_outlives_its_agent() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    let new = json!({"graph_id": "echo", "name": "Brief"});
    let made = stage.agents.ask("POST", "/assistants", None, Some(&new)).await;
    let started = stage.call(&token, "Brief", json!({"question": "why?"})).await;
    assert_eq!(status(&started), "running", "{started}");
    run_that_is(&stage, "success").await;
    let path = format!("/assistants/{}", made["assistant_id"].as_str().unwrap());
    stage.agents.ask("DELETE", &path, None, None).await;
    // In another process, nothing is cached.
    stage.world.pass(Duration::from_hours(2));
    let token = token_of_ada(&stage).await;
    let handle = &started["structuredContent"]["handle"];
    let late = stage.run_tool(&token, "agent_run_result", json!({ "handle": handle })).await;
    assert_eq!(late["structuredContent"]["output"]["answer"], "You asked: why?", "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_are_checked_before_a_run() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    for (arguments, problem) in [
        (json!({}), r#""question" is a required property"#),
        (json!({"question": 5}), r#"/question: 5 is not of type "string""#),
    ] {
        let refused = stage.call(&token, "echo", arguments).await;
        assert!(error(&refused).ends_with(problem), "{refused}");
    }
    assert!(stage.threads().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_of_runs_are_listed_where_there_are_agents() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let names = async |url: &str, token: &str| {
        let answer = e2e::mcp::ask(url, e2e::mcp::bearer(token), "tools/list", json!({})).await;
        let tools = answer.body["result"]["tools"].as_array().unwrap().clone();
        let own = |tool: &Value| {
            tool["name"].as_str().filter(|name| name.starts_with("agent_")).map(ToOwned::to_owned)
        };
        tools.iter().filter_map(own).collect::<Vec<_>>()
    };
    let expected = ["agent_run_result", "agent_run_cancel", "agent_resume"];
    assert_eq!(names(stage.world.url(), &token).await, expected);
    let without = e2e::World::start().await;
    let token = crate::support::token(&without, data::ADA_KEY).await;
    assert!(names(without.url(), &token).await.is_empty());
}
