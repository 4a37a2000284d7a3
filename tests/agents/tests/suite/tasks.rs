//! Long runs as tasks, for clients that declare the extension with their requests.

use agents::Options;
use e2e::client::Answer;
use e2e::mcp::{ask_as, bearer, headers};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{Stage, token};

/// More often than any run here needs to be asked for.
const ATTEMPTS: u32 = 20_000;

fn capabilities() -> Value {
    json!({"elicitation": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}})
}

async fn ask(stage: &Stage, token: &str, method: &str, params: Value) -> Answer {
    ask_as(&capabilities(), stage.world.url(), bearer(token), method, params).await
}

/// The id of the task that a call becomes.
async fn begun(stage: &Stage, token: &str, orders: &Value) -> String {
    let params = json!({"name": "fixture__steered", "arguments": orders});
    let task = ask(stage, token, "tools/call", params).await.body["result"].clone();
    assert_eq!((&task["resultType"], &task["status"]), (&json!("task"), &json!("working")), "{task}");
    assert_eq!(task["ttlMs"], 86_400_000);
    let id = task["taskId"].as_str().unwrap();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    assert!(id.len() <= 512 && id.bytes().all(is_plain), "{id}");
    id.to_owned()
}

async fn get(stage: &Stage, token: &str, id: &str) -> Value {
    let answer = ask(stage, token, "tasks/get", json!({ "taskId": id })).await;
    let task = answer.body["result"].clone();
    assert_eq!((&task["resultType"], &task["taskId"]), (&json!("complete"), &json!(id)), "{}", answer.body);
    task
}

/// The task when it is not at work any more.
async fn settled(stage: &Stage, token: &str, id: &str) -> Value {
    for _ in 0..ATTEMPTS {
        let task = get(stage, token, id).await;
        if task["status"] != "working" {
            return task;
        }
    }
    panic!("the run does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_is_a_task_that_ends_with_the_result_of_its_call() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    let discovered = ask(&stage, &token, "server/discover", json!({})).await;
    let extensions = &discovered.body["result"]["capabilities"]["extensions"];
    assert_eq!(extensions, &json!({"io.modelcontextprotocol/tasks": {}}));

    let id = begun(&stage, &token, &json!({"size": 3})).await;
    let done = settled(&stage, &token, &id).await;
    assert_eq!(done["status"], "completed", "{done}");
    let content = &done["result"]["structuredContent"];
    assert_eq!((&content["status"], &content["output"]["data"]), (&json!("completed"), &json!("xxx")));
    let text = done["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), content);

    // The failure of an agent is a result, too.
    let id = begun(&stage, &token, &json!({"fail": "no luck"})).await;
    let done = settled(&stage, &token, &id).await;
    assert_eq!((&done["status"], &done["result"]["isError"]), (&json!("completed"), &json!(true)), "{done}");
    assert!(done["result"]["content"][0]["text"].as_str().unwrap().contains("no luck"), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_cancelled_at_work_and_at_its_question() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    for orders in [json!({"wait": 600}), json!({"ask": {"value": "go on?"}})] {
        let id = begun(&stage, &token, &orders).await;
        if orders["ask"].is_object() {
            assert_eq!(settled(&stage, &token, &id).await["status"], "input_required");
        }
        for _ in 0..2 {
            let done = ask(&stage, &token, "tasks/cancel", json!({ "taskId": id })).await;
            let result = done.body["result"].as_object().unwrap().clone();
            assert!(result["resultType"] == "complete" && !result.contains_key("taskId"), "{result:?}");
        }
        assert_eq!(settled(&stage, &token, &id).await["status"], "cancelled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_asks_and_goes_on_with_the_answers() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "go on?", "schema": {"type": "boolean"}}});
    let id = begun(&stage, &token, &orders).await;
    let asking = settled(&stage, &token, &id).await;
    let requests = asking["inputRequests"].as_object().unwrap();
    let (key, request) = requests.iter().next().unwrap();
    assert_eq!(request["params"]["message"], "go on?", "{asking}");
    assert!(asking.get("requestState").is_none());

    let update = async |responses: Value| {
        let params = json!({"taskId": id, "inputResponses": responses});
        ask(&stage, &token, "tasks/update", params).await.body
    };
    // Responses to no question of the task change nothing.
    for ignored in [json!({}), json!({"another": {"no": "response"}})] {
        let done = update(ignored).await;
        assert_eq!(done["result"]["resultType"], "complete", "{done}");
    }
    assert_eq!(settled(&stage, &token, &id).await["status"], "input_required");
    let refused = update(json!({key.as_str(): {"action": "accept", "content": {}}})).await;
    assert!(refused["error"]["code"] == -32602, "{refused}");
    let wrong = update(json!({key.as_str(): {"action": "accept", "content": {"answer": "yes"}}})).await;
    assert!(wrong["error"]["message"].as_str().unwrap().contains("is not of type"), "{wrong}");
    let done = update(json!({key.as_str(): {"action": "accept", "content": {"answer": true}}})).await;
    assert_eq!(done["result"]["resultType"], "complete", "{done}");
    let done = settled(&stage, &token, &id).await;
    assert_eq!(done["result"]["structuredContent"]["output"]["answer"], true, "{done}");
    assert_eq!(done["createdAt"], asking["createdAt"]);
    assert_eq!(stage.threads().await[0].1.len(), 2, "one question, one answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_declares_tasks_gets_them_and_only_their_own() {
    let stage = Stage::impatient().await;
    let token = stage.ada().await;
    let plain = stage.call(&token, "steered", json!({"wait": 600})).await;
    assert_eq!(plain["structuredContent"]["status"], "running", "{plain}");
    let handle = plain["structuredContent"]["handle"].as_str().unwrap();
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let params = json!({ "taskId": handle });
        let undeclared =
            ask_as(&json!({}), stage.world.url(), bearer(&token), method, params.clone()).await.body;
        assert_eq!(undeclared["error"]["code"], -32021, "{undeclared}");
        let required = &undeclared["error"]["data"]["requiredCapabilities"]["extensions"];
        assert_eq!(required, &json!({"io.modelcontextprotocol/tasks": {}}));
        let grace = crate::support::token(&stage.world, data::GRACE_KEY).await;
        let foreign = ask(&stage, &grace, method, params).await.body;
        assert_eq!(foreign["error"]["code"], -32602, "{foreign}");
        let unknown = ask(&stage, &token, method, json!({"taskId": "unknown"})).await.body;
        assert_eq!(unknown["error"]["message"], "Unknown taskId");
        let without = ask(&stage, &token, method, json!({})).await.body;
        assert_eq!(without["error"]["code"], -32602, "{without}");
    }
    // A handle is a task, and the other way round.
    assert_eq!(get(&stage, &token, handle).await["status"], "working");
    let cancelled = stage.run_tool(&token, "agent_run_cancel", json!({"handle": handle})).await;
    assert_eq!(cancelled["structuredContent"]["status"], "cancelled");
    assert_eq!(get(&stage, &token, handle).await["status"], "cancelled");

    // To cancel a task is no reading, and there are none without agents.
    for (name, value) in [("x-mcp-readonly", "true"), ("x-mcp-toolsets", "runs")] {
        let mut caller = bearer(&token);
        caller.extend(headers(&[(name, value)]));
        for method in ["tasks/get", "tasks/cancel"] {
            let params = json!({ "taskId": handle });
            let hidden = ask_as(&capabilities(), stage.world.url(), caller.clone(), method, params).await;
            assert_eq!((hidden.status.as_u16(), &hidden.body["error"]["code"]), (404, &json!(-32601)));
        }
        let discovered =
            ask_as(&capabilities(), stage.world.url(), caller, "server/discover", json!({})).await.body;
        assert_eq!(discovered["result"]["capabilities"], json!({"tools": {}}), "{discovered}");
    }

    // Another server knows no tasks.
    let world = e2e::World::start().await;
    let token = self::token(&world, data::ADA_KEY).await;
    let params = json!({ "taskId": handle });
    let none = ask_as(&capabilities(), world.url(), bearer(&token), "tasks/get", params).await;
    assert_eq!((none.status.as_u16(), &none.body["error"]["code"]), (404, &json!(-32601)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_over_soon_is_no_task() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let params = json!({"name": "fixture__echo", "arguments": {"question": "why?"}});
    let result = ask(&stage, &token, "tools/call", params).await.body["result"].clone();
    assert_eq!((&result["resultType"], &result["isError"]), (&json!("complete"), &json!(false)), "{result}");
}
