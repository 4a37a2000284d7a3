//! Calls with progress reports: an event stream if both client and server support it, and JSON in all other cases.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kit::{STEPS, StepSet, modern_meta};
use mcp::toolset::{CallResult, Context, Descriptor, Output, Tool, Toolsets};
use mcp::toolsets::langsmith::tools;
use oauth::scope::{Scope, ScopeSet};
use primitives::deadline::Deadline;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::support::{Server, modern_with, post};

/// A fixed tool that reports once.
struct Once;

impl Tool for Once {
    fn descriptor(&self) -> Descriptor {
        Descriptor::new("once", "Reports once.", Arc::default())
    }

    fn scopes(&self, _: Option<&RawValue>) -> ScopeSet {
        Scope::LangsmithRead.into()
    }

    fn call<'a>(&'a self, context: &'a Context<'a>, _: Option<&'a RawValue>) -> BoxFuture<'a, CallResult> {
        Box::pin(async move {
            context.progress().report(1.0, None, None);
            tokio::task::yield_now().await;
            Ok(Output::data(&json!({})))
        })
    }
}

async fn server() -> (Server, StepSet) {
    let mut server = Server::start().await;
    let steps = StepSet::default();
    server.set_tools(toolsets(&steps));
    (server, steps)
}

fn toolsets(steps: &StepSet) -> Toolsets {
    Toolsets::from(tools()).with("steps".parse().unwrap(), steps.clone()).unwrap()
}

fn legacy_call(tool: &str, token: &Value) -> Request<Body> {
    let params = json!({"name": tool, "arguments": {}, "_meta": {"progressToken": token}});
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    post("ada").body(body.to_string().into()).unwrap()
}

fn modern_call(tool: &str, token: &Value) -> Request<Body> {
    let mut params = json!({"name": tool, "arguments": {}, "_meta": modern_meta()});
    params["_meta"]["progressToken"] = token.clone();
    modern_with("tools/call", &params, tool, &[])
}

/// The next event's message, if there is one.
async fn next(stream: &mut Response) -> Option<Value> {
    let frame = stream.body_mut().frame().await?.unwrap().into_data().unwrap();
    let event = std::str::from_utf8(&frame).unwrap();
    let data = event.strip_prefix("event: message\ndata: ").and_then(|rest| rest.strip_suffix("\n\n"));
    Some(serde_json::from_str(data.unwrap()).unwrap())
}

fn progress(token: &Value, step: u8) -> Value {
    let params = json!({
        "progressToken": token, "progress": f64::from(step), "total": f64::from(STEPS), "message": format!("step {step}"),
    });
    json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})
}

fn content_type(response: &Response) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

#[tokio::test]
async fn reports_come_while_the_tool_works_and_then_its_answer() {
    let (server, steps) = server().await;
    let token = json!("call-1");
    for (request, id) in
        [(legacy_call("steps__walk", &token), json!(7)), (modern_call("steps__walk", &token), json!("m"))]
    {
        let mut stream = server.open(request).await;
        assert_eq!((stream.status(), content_type(&stream)), (StatusCode::OK, "text/event-stream"));
        assert_eq!(stream.headers()["cache-control"], "no-store");
        for step in 1..=STEPS {
            assert_eq!(next(&mut stream).await, Some(progress(&token, step)));
            steps.go(1);
        }
        let answer = next(&mut stream).await.unwrap();
        assert_eq!((&answer["id"], &answer["result"]["structuredContent"]), (&id, &json!({"steps": STEPS})));
        assert_eq!(next(&mut stream).await, None);
    }
}

#[tokio::test]
async fn a_failure_after_a_report_is_the_last_event() {
    let (server, steps) = server().await;
    let mut stream = server.open(legacy_call("steps__stumble", &json!(5))).await;
    steps.go(1);
    assert_eq!(next(&mut stream).await, Some(progress(&json!(5), 1)));
    let last = next(&mut stream).await.unwrap();
    assert_eq!((&last["id"], &last["result"]["isError"]), (&json!(7), &json!(true)));
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test]
async fn a_fixed_tool_reports_too() {
    let mut server = Server::start().await;
    server.set_tools(tools().with(Once).into());
    let mut stream = server.open(legacy_call("once", &json!("t"))).await;
    assert_eq!(content_type(&stream), "text/event-stream");
    assert_eq!(next(&mut stream).await.unwrap()["params"]["progress"], 1.0);
    assert_eq!(next(&mut stream).await.unwrap()["result"]["isError"], false);
}

#[tokio::test]
async fn a_closed_stream_ends_the_work() {
    let (server, steps) = server().await;
    for (index, request) in [modern_call, legacy_call].into_iter().enumerate() {
        let mut stream = server.open(request("steps__rest", &json!(1))).await;
        assert_eq!(next(&mut stream).await.unwrap()["params"]["progress"], 1.0);
        assert_eq!(steps.given_up(), index);
        drop(stream);
        assert_eq!(steps.given_up(), index + 1);
    }
}

/// A client that reads progress sees that the work goes on. One that does not would wait for nothing.
#[tokio::test(start_paused = true)]
async fn a_streamed_call_may_take_a_quarter_of_an_hour() {
    const DAY: Duration = Duration::from_hours(24);
    let spent = |day: Deadline| DAY.saturating_sub(day.remaining());
    let (server, steps) = server().await;
    let (day, answer) = (Deadline::after(DAY), server.send(legacy_call("steps__rest", &Value::Null)).await);
    assert_eq!((answer.result()["isError"].clone(), spent(day)), (json!(true), Duration::from_secs(25)));
    let (day, mut stream) = (Deadline::after(DAY), server.open(legacy_call("steps__rest", &json!(1))).await);
    let (mut comments, mut last) = (0, Value::Null);
    while let Some(frame) = stream.body_mut().frame().await {
        let event = frame.unwrap().into_data().unwrap();
        match event.strip_prefix(b"event: message\ndata: ") {
            Some(json) => last = serde_json::from_slice(json).unwrap(),
            None => comments += 1,
        }
    }
    let spent = spent(day);
    assert!(spent > Duration::from_mins(15) && spent < Duration::from_mins(16), "{spent:?}");
    assert_eq!(comments, 60);
    assert!(
        last["result"]["content"][0]["text"].as_str().unwrap().contains("steps did not answer in time"),
        "{last}"
    );
    assert_eq!(steps.given_up(), 2);
}

/// Clients of an older server expect JSON, and a function on AWS can send only that.
#[tokio::test]
async fn every_other_call_is_answered_with_json() {
    let (mut server, steps) = server().await;
    let only_json = |mut request: Request<Body>| {
        request.headers_mut().insert("accept", "application/json".parse().unwrap());
        request
    };
    let token = json!("t");
    for (request, why) in [
        (legacy_call("steps__walk", &Value::Null), "no token"),
        (legacy_call("steps__walk", &json!({"a": 1})), "no usable token"),
        (only_json(legacy_call("steps__walk", &token)), "a client that reads no streams"),
    ] {
        let answer = server.send(request).await;
        assert_eq!(answer.header("content-type"), "application/json", "{why}");
        assert_eq!(answer.result()["structuredContent"], json!({"steps": STEPS}), "{why}");
    }
    let answer = server.send(legacy_call("steps__jump", &Value::Null)).await;
    assert_eq!(answer.result()["structuredContent"], json!({"wanted": false}));
    let answer = server.send(legacy_call("steps__jump", &token)).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.result()["structuredContent"], json!({"wanted": true}));
    let answer = server.send(legacy_call("list_projects", &token)).await;
    assert_eq!(
        (answer.header("content-type"), &answer.result()["isError"]),
        ("application/json", &json!(false))
    );
    server.set_tools_without_streams(toolsets(&steps));
    let answer = server.send(legacy_call("steps__walk", &token)).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.result()["structuredContent"], json!({"steps": STEPS}));
}
