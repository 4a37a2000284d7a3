//! Questions to clients that ask by forms of their own: the state between the two requests is ours, and only for the
//! same call of the same person.

use std::time::Duration;

use agents::Options;
use e2e::mcp::{ask_as, bearer};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::Stage;

/// The result of a call of the agent that asks.
async fn call(stage: &Stage, token: &str, orders: &Value, input: &Value) -> Value {
    let answer = ask(stage, token, orders, input).await;
    assert!(answer["result"].is_object(), "{answer}");
    answer["result"].clone()
}

/// The answer to a call of the agent that asks, by a client with forms; `input` are further parameters.
async fn ask(stage: &Stage, token: &str, orders: &Value, input: &Value) -> Value {
    let mut params = json!({"name": "fixture__steered", "arguments": orders});
    for (name, value) in input.as_object().unwrap() {
        params[name] = value.clone();
    }
    let capabilities = json!({"elicitation": {}});
    ask_as(&capabilities, stage.world.url(), bearer(token), "tools/call", params).await.body
}

/// The id of the only question, and the state of the request.
fn required(result: &Value) -> (String, Value) {
    assert_eq!(result["resultType"], "input_required", "{result}");
    let requests = result["inputRequests"].as_object().unwrap();
    (requests.keys().next().unwrap().clone(), result["requestState"].clone())
}

fn input(state: &Value, id: &str, response: &Value) -> Value {
    let responses = Value::Object(std::iter::once((id.to_owned(), response.clone())).collect());
    json!({"requestState": state, "inputResponses": responses})
}

fn accept(answer: &Value) -> Value {
    json!({"action": "accept", "content": {"answer": answer}})
}

/// Asserts that the state is refused, by an error of the protocol.
async fn assert_foreign_state(stage: &Stage, token: &str, orders: &Value, input: &Value) {
    let answer = ask(stage, token, orders, input).await;
    let error = &answer["error"];
    assert_eq!(error["code"], -32602, "{answer}");
    assert!(error["message"].as_str().unwrap().starts_with("requestState does not belong"), "{answer}");
}

fn error(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    result["structuredContent"]["error"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_in_once_by_its_person_for_its_call() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "go on?", "schema": {"type": "boolean"}}});
    let (id, sealed) = required(&call(&stage, &token, &orders, &json!({})).await);
    let yes = input(&sealed, &id, &accept(&json!(true)));

    // Another person, another call, a changed state.
    let grace = crate::support::token(&stage.world, data::GRACE_KEY).await;
    let other = json!({"ask": {"value": "go on!", "schema": {"type": "boolean"}}});
    let forged = input(&json!("forged"), &id, &accept(&json!(true)));
    for (token, orders, input) in
        [(&grace, &orders, &yes), (&token, &other, &yes), (&token, &orders, &forged)]
    {
        assert_foreign_state(&stage, token, orders, input).await;
    }
    // Answers outside of the schema, of no elicitation, and none at all.
    let wrong = call(&stage, &token, &orders, &input(&sealed, &id, &accept(&json!("yes")))).await;
    assert!(error(&wrong).contains(r#""yes" is not of type "boolean""#), "{wrong}");
    let wrong = call(&stage, &token, &orders, &input(&sealed, &id, &json!({"role": "user"}))).await;
    assert!(error(&wrong).starts_with("inputResponses must hold"), "{wrong}");
    let again = call(&stage, &token, &orders, &json!({"requestState": sealed})).await;
    assert_eq!(required(&again).0, id);

    let done = call(&stage, &token, &orders, &yes).await;
    assert_eq!(done["structuredContent"]["output"]["answer"], true, "{done}");
    let late = call(&stage, &token, &orders, &yes).await;
    assert!(error(&late).starts_with("This run has no open question"), "{late}");
    assert_eq!(stage.threads().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_never_meets_the_next_question() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "delete the copy?"}, "then": {"value": "delete the original?"}});
    let (first, sealed) = required(&call(&stage, &token, &orders, &json!({})).await);
    let answer = input(&sealed, &first, &accept(&json!("yes")));
    let next = call(&stage, &token, &orders, &answer).await;
    let (second, later) = required(&next);
    assert_eq!(next["inputRequests"][&second]["params"]["message"], "delete the original?");
    assert_ne!(first, second);
    // The first answer once more, as a client sends it that has lost the result.
    let again = call(&stage, &token, &orders, &answer).await;
    assert_eq!(required(&again).0, second);
    // A client that begins anew has the first answer at hand, so it gets no form for it.
    let anew = call(&stage, &token, &orders, &json!({})).await;
    let content = &anew["structuredContent"];
    assert_eq!((&anew["resultType"], &content["questions"][0]["id"]), (&json!("complete"), &json!(second)));
    let answers = json!({first.as_str(): "yes"});
    let resume = json!({"handle": content["handle"], "answers": answers});
    let refused = stage.run_tool(&token, "agent_resume", resume).await;
    assert!(error(&refused).starts_with("answers names a question that is not open."), "{refused}");

    let done = call(&stage, &token, &orders, &input(&later, &second, &accept(&json!("no")))).await;
    assert_eq!(done["structuredContent"]["output"]["answer"], json!(["yes", "no"]), "{done}");
    assert_eq!(stage.threads().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_an_answer_is_shown_again() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "go on?"}});
    let (id, sealed) = required(&call(&stage, &token, &orders, &json!({})).await);
    for content in [Value::Null, json!({}), json!({"other": 1})] {
        let empty = input(&sealed, &id, &json!({"action": "accept", "content": content}));
        assert_eq!(required(&call(&stage, &token, &orders, &empty).await).0, id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_does_not_answer_ends_the_run() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "go on?"}});
    for (action, status) in [("decline", "declined"), ("cancel", "cancelled")] {
        let (id, sealed) = required(&call(&stage, &token, &orders, &json!({})).await);
        let ended = call(&stage, &token, &orders, &input(&sealed, &id, &json!({ "action": action }))).await;
        assert_eq!(
            (&ended["structuredContent"], &ended["isError"]),
            (&json!({ "status": status }), &json!(false))
        );
        assert!(stage.threads().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_old_after_an_hour_and_a_nested_question_is_no_form() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let orders = json!({"ask": {"value": "go on?"}});
    let (id, sealed) = required(&call(&stage, &token, &orders, &json!({})).await);
    stage.world.pass(Duration::from_hours(1));
    let token = stage.ada().await;
    assert_foreign_state(&stage, &token, &orders, &input(&sealed, &id, &accept(&json!("yes")))).await;

    let nested = json!({"type": "object", "properties": {"to": {"type": "object"}}});
    let orders = json!({"ask": {"value": "whom?", "schema": nested}});
    let asked = call(&stage, &token, &orders, &json!({})).await;
    assert_eq!(asked["structuredContent"]["questions"][0]["schema"], nested, "{asked}");
    assert_eq!(asked["resultType"], "complete");
}
