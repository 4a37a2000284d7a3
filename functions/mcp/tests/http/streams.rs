//! Calls with progress reports: an event stream if both client and server support it, and JSON in all other cases.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kit::modern_meta;
use mcp::toolset::{
    Context, Descriptor, ListError, Output, SetError, ToolError, ToolPage, Toolset, Toolsets,
};
use mcp::toolsets::langsmith::tools;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{Server, modern_with, post};

/// Tools that work in steps. The test starts each step.
#[derive(Clone)]
struct Steps {
    go: Arc<Semaphore>,
    /// Has a permit for each cancelled call.
    given_up: Arc<Semaphore>,
}

/// Signals the cancellation of a call.
struct Guard(Arc<Semaphore>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl Toolset for Steps {
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        let tool = Descriptor::new("walk", "Goes in steps.", Arc::default());
        Box::pin(async { Ok(ToolPage::new([tool], None, Duration::ZERO)) })
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async move {
            let progress = context.progress();
            let wanted = progress.is_wanted();
            if tool == "jump" {
                return Ok(Output::data(&json!({"wanted": wanted})));
            }
            for (step, words) in [(1.0, "one"), (2.0, "two")] {
                progress.report(step, Some(2.0), Some(words));
                if wanted {
                    self.go.acquire().await.unwrap().forget();
                }
            }
            match tool {
                "walk" => Ok(Output::data(&json!({"wanted": wanted}))),
                "stumble" => Err(ToolError::invalid("a stone").into()),
                "rest" => {
                    let _guard = Guard(self.given_up.clone());
                    progress.report(3.0, None, None);
                    pending().await
                }
                _ => Err(SetError::UnknownTool),
            }
        })
    }
}

async fn server() -> (Server, Steps) {
    let mut server = Server::start().await;
    let steps = Steps { go: Arc::new(Semaphore::new(0)), given_up: Arc::new(Semaphore::new(0)) };
    server.set_tools(toolsets(&steps));
    (server, steps)
}

fn toolsets(steps: &Steps) -> Toolsets {
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

fn progress(token: &Value, step: f64, words: &str) -> Value {
    let params = json!({"progressToken": token, "progress": step, "total": 2.0, "message": words});
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
        assert_eq!(next(&mut stream).await, Some(progress(&token, 1.0, "one")));
        steps.go.add_permits(1);
        assert_eq!(next(&mut stream).await, Some(progress(&token, 2.0, "two")));
        steps.go.add_permits(1);
        let answer = next(&mut stream).await.unwrap();
        assert_eq!((&answer["id"], &answer["result"]["structuredContent"]), (&id, &json!({"wanted": true})));
        assert_eq!(next(&mut stream).await, None);
    }
}

#[tokio::test]
async fn a_failure_after_a_report_is_the_last_event() {
    let (server, steps) = server().await;
    for (tool, pointer) in [("steps__stumble", "/result/isError"), ("steps__fly", "/error/code")] {
        let mut stream = server.open(legacy_call(tool, &json!(5))).await;
        steps.go.add_permits(2);
        let mut events = Vec::new();
        while let Some(event) = next(&mut stream).await {
            events.push(event);
        }
        let last = events.last().unwrap();
        assert!(last["id"] == 7 && last.pointer(pointer).is_some(), "{events:?}");
        assert_eq!(events[0]["params"]["progressToken"], 5);
    }
}

#[tokio::test]
async fn a_closed_stream_ends_the_work() {
    let (server, steps) = server().await;
    let mut stream = server.open(modern_call("steps__rest", &json!(1))).await;
    steps.go.add_permits(2);
    while next(&mut stream).await.unwrap()["params"]["progress"] != 3.0 {}
    assert_eq!(steps.given_up.available_permits(), 0);
    drop(stream);
    assert_eq!(steps.given_up.available_permits(), 1);
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
        assert_eq!(answer.result()["structuredContent"], json!({"wanted": false}), "{why}");
    }
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
    assert_eq!(answer.result()["structuredContent"], json!({"wanted": false}));
}
