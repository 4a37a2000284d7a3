//! The page on which a person answers an agent's questions, for clients without forms.

use agents::Options;
use e2e::browser::Page;
use e2e::{Browser, Login};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::Stage;

/// The result of a call that asks: its handle, and the address of the page.
async fn asked(stage: &Stage, token: &str, ask: Value) -> (String, String) {
    let content = stage.call(token, "steered", json!({ "ask": ask })).await["structuredContent"].clone();
    assert_eq!(content["status"], "input_required", "{content}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&content["handle"]), text(&content["questions"][0]["url"]))
}

async fn open(browser: &Browser, url: &str) -> Page {
    browser.open(url).await.unwrap()
}

/// Submits the page's form with these fields besides the ticket.
async fn submit(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let ticket = page.field(page.url.path(), "ticket");
    let fields: Vec<_> = [("ticket", ticket.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(page.url.as_str(), &fields).await.unwrap()
}

async fn outcome(stage: &Stage, token: &str, handle: &str) -> Value {
    let result = stage.run_tool(token, "agent_run_result", json!({ "handle": handle })).await;
    result["structuredContent"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_answers_in_the_browser_and_the_client_gets_the_result() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let schema = json!({"type": "boolean", "description": "No way back."});
    let (handle, url) = asked(&stage, &token, json!({"value": "go <b>on</b>?", "schema": schema})).await;
    assert!(!url.contains("ada") && url.len() < 1_200, "{url}");

    // A browser without a login gets the login page, and then the question.
    let browser = stage.world.browser();
    let login = open(&browser, &url).await;
    assert!(login.html.contains("Sign in to answer an agent"), "{}", login.html);
    let page = browser.use_key(&login, data::ADA_KEY).await.unwrap();
    assert_eq!((page.url.as_str(), page.status.as_u16()), (url.as_str(), 200), "{}", page.html);
    assert!(page.html.contains("go &#60;b&#62;on&#60;/b&#62;?"), "{}", page.html);
    assert!(page.html.contains("No way back."), "{}", page.html);

    // Nothing chosen, and a value that the schema refuses, are corrected on the page.
    let again = submit(&browser, &page, &[("decision", "answer")]).await;
    assert!(again.status == 400 && again.html.contains("Answer this: go"), "{}", again.html);
    let again = submit(&browser, &again, &[("decision", "answer"), ("0.answer", "perhaps")]).await;
    assert!(
        again.status == 400
            && again.html.contains("does not conform to its schema")
            && again.html.contains("answer to “go "),
        "{}",
        again.html
    );
    assert_eq!(outcome(&stage, &token, &handle).await["status"], "input_required");

    let done = submit(&browser, &again, &[("decision", "answer"), ("0.answer", "false")]).await;
    assert!(done.status == 200 && done.html.contains("is with the agent"), "{}", done.html);
    let result = outcome(&stage, &token, &handle).await;
    assert_eq!((&result["status"], &result["output"]["answer"]), (&json!("completed"), &json!(false)));

    // Once only, by the old form as by the link.
    let late = submit(&browser, &again, &[("decision", "answer"), ("0.answer", "true")]).await;
    assert!(late.status == 409 && late.html.contains("nothing to answer"), "{}", late.html);
    assert_eq!(open(&browser, &url).await.status, 409);
    assert_eq!(stage.threads().await[0].1.len(), 2, "one question, one answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_or_answers_a_question() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let client = stage.world.client().await;
    let tokens = client.connect(&stage.world.browser(), Login::Key(data::ADA_KEY)).await;
    let (handle, url) = asked(&stage, &tokens.access, json!({"value": "the secret plan?"})).await;

    let grace = stage.world.browser();
    let login = open(&grace, &url).await;
    let page = grace.use_key(&login, data::GRACE_KEY).await.unwrap();
    assert!(page.status == 403 && page.html.contains("for somebody else"), "{}", page.html);
    assert!(!page.html.contains("secret plan"));

    // Ada's form serves in no other browser, not even one of hers, and neither does another link's.
    let ada = stage.world.browser();
    let page = ada.use_key(&open(&ada, &url).await, data::ADA_KEY).await.unwrap();
    let ticket = page.field(page.url.path(), "ticket");
    let fields = [("ticket", ticket.as_str()), ("decision", "answer"), ("0.answer", "yes")];
    assert_eq!(grace.post(&url, &fields).await.unwrap().status, 403);
    let other = stage.world.browser();
    other.use_key(&open(&other, &url).await, data::ADA_KEY).await.unwrap();
    assert_eq!(other.post(&url, &fields).await.unwrap().status, 400);
    let (_, second) = asked(&stage, &tokens.access, json!({"value": "another?"})).await;
    assert_eq!(ada.post(&second, &fields).await.unwrap().status, 400);
    let mut forged = url.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    assert_eq!(open(&ada, &forged).await.status, 404);

    // The access of the app ends with its grant, and so does that of its questions.
    client.revoke(&tokens.refresh).await;
    assert_eq!(open(&ada, &url).await.status, 403);
    assert_eq!(ada.post(&url, &fields).await.unwrap().status, 403);
    let token = stage.ada().await;
    assert_eq!(outcome(&stage, &token, &handle).await["status"], "input_required");
    assert_eq!(stage.threads().await.iter().map(|(_, runs)| runs.len()).max(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_decided_and_a_person_may_decline() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let action = json!({"name": "send_mail", "args": {"to": "x@example.com"}});
    let (handle, url) = asked(&stage, &token, json!({"value": {"action_requests": [action]}})).await;
    let browser = stage.world.browser();
    let page = browser.use_key(&open(&browser, &url).await, data::ADA_KEY).await.unwrap();
    for part in ["send_mail", "approve", "edit", "reject", "x@example.com"] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    let args = r#"{"to": "y@example.com"}"#;
    let fields = [("decision", "answer"), ("0.0.type", "edit"), ("0.0.args", args)];
    assert_eq!(submit(&browser, &page, &fields).await.status, 200);
    let result = outcome(&stage, &token, &handle).await;
    let edited = json!({"name": "send_mail", "args": {"to": "y@example.com"}});
    let expected = json!({"decisions": [{"type": "edit", "edited_action": edited}]});
    assert_eq!(result["output"]["answer"], expected, "{result}");

    let (handle, url) = asked(&stage, &token, json!({"value": "go on?"})).await;
    let page = open(&browser, &url).await;
    let undecided = submit(&browser, &page, &[("0.answer", "yes")]).await;
    assert!(undecided.status == 400 && undecided.html.contains("one of the two buttons"));
    let declined = submit(&browser, &undecided, &[("decision", "decline")]).await;
    assert!(declined.status == 200 && declined.html.contains("You declined"), "{}", declined.html);
    assert_eq!(outcome(&stage, &token, &handle).await, json!({"status": "declined"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_connected_from_the_page() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let account = |name: &str| json!({"slug": name, "connect_url": format!("https://smith.example/{name}")});
    let credentials = json!([account("mail"), {"slug": "nowhere"}, account("files")]);
    let value = json!({"type": "credential_authorization_required", "message": "Connect.", "credentials": credentials});
    let (handle, url) = asked(&stage, &token, json!({ "value": value })).await;
    assert!(url.contains("/agents/answer/"), "{url}");
    let waiting = outcome(&stage, &token, &handle).await;
    assert_eq!(waiting["questions"][0]["value"], value, "{waiting}");
    assert!(waiting["next_step"].as_str().unwrap().starts_with("The agent needs an account"), "{waiting}");

    let browser = stage.world.browser();
    let page = browser.use_key(&open(&browser, &url).await, data::ADA_KEY).await.unwrap();
    for part in [r#"href="https://smith.example/mail""#, r#"href="https://smith.example/files""#, "Continue"]
    {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    assert_eq!(submit(&browser, &page, &[("decision", "answer")]).await.status, 200);
    let result = outcome(&stage, &token, &handle).await;
    assert_eq!(result["output"]["answer"], true, "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_decision_is_refused() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let value = json!({
        "action_requests": [{"name": "ask", "args": {}}],
        "review_configs": [{"action_name": "ask", "allowed_decisions": ["approve", "respond"]}],
    });
    let content =
        stage.call(&token, "steered", json!({"ask": {"value": value}})).await["structuredContent"].clone();
    let id = content["questions"][0]["id"].as_str().unwrap();
    let resume = async |decision: Value| {
        let answers = json!({id: {"decisions": [decision]}});
        stage.run_tool(&token, "agent_resume", json!({"handle": content["handle"], "answers": answers})).await
    };
    let refused = resume(json!({"type": "respond"})).await;
    assert_eq!(refused["isError"], true, "{refused}");
    let respond = json!({"type": "respond", "message": "Blue"});
    let done = resume(respond.clone()).await;
    assert_eq!(done["structuredContent"]["output"]["answer"], json!({"decisions": [respond]}), "{done}");
}
