//! Agents in the SDKs that most clients are built on. Those of 2026-07-28 ask a person by forms of their own; for older
//! ones, the questions are in the result.

use agents::Options;
use clients::Program;
use serde_json::{Value, json};

use crate::support::Stage;

/// `elicits` says whether the client asks by its own forms.
async fn use_agents(program: impl FnOnce(&str) -> Program, elicits: bool) {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let report: Value = program(&format!("{}/mcp", stage.world.url())).report().await;
    let form =
        |field: Value| json!({"type": "object", "properties": {"answer": field}, "required": ["answer"]});
    let asked = json!([
        {"message": "go on?", "schema": form(json!({"type": "boolean"}))},
        {"message": "wipe?", "schema": form(json!({"type": "string"}))},
    ]);
    let expected = json!({
        "agents": ["fixture__caller", "fixture__chat", "fixture__echo", "fixture__steered"],
        "answered": {"status": "completed", "output": {"answer": "You asked: why?"}},
        "messages": ["The agent has started."],
        "failed": [true, "ValueError: no luck"],
        "done": false,
        "asked": if elicits { asked } else { json!([]) },
        "declined": if elicits { json!({"status": "declined"}) } else { Value::Null },
    });
    assert_eq!(report, expected);
    // An answer, a failure and a question; the thread of a declined one is gone.
    assert_eq!(stage.threads().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2() {
    use_agents(|url| Program::python("mcp2", "agents2.py").args([url, "2026-07-28", "key"]), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2_legacy() {
    use_agents(|url| Program::python("mcp2", "agents2.py").args([url, "legacy", "key"]), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2() {
    use_agents(|url| Program::node("agents2.mjs").args([url, "key"]), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2_modern() {
    use_agents(|url| Program::node("agents2.mjs").args([url, "key", "2026-07-28"]), true).await;
}

/// A question without a flat schema: the client sends the person to our page, and the call goes on afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn python_2_opens_the_page_of_a_question() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let program = Program::python("mcp2", "pages2.py").args([&stage.world.at("/mcp"), "key"]);
    let report: Value = program.report().await;
    assert_eq!(report["done"]["status"], "completed", "{report}");
    assert_eq!(report["done"]["output"]["answer"], json!({"size": {"cm": 7}}), "{report}");
    assert_eq!(report["declined"], json!({"status": "declined"}), "{report}");
    let asked = report["asked"].as_array().unwrap();
    let messages: Vec<_> = asked.iter().map(|asked| (&asked["mode"], &asked["message"])).collect();
    assert_eq!(
        messages,
        [(&json!("url"), &json!("how large?")), (&json!("url"), &json!("not now"))],
        "{report}"
    );
    let pages = stage.world.at("/agents/answer/");
    assert!(asked.iter().all(|asked| asked["url"].as_str().unwrap().starts_with(&pages)), "{report}");
    // One run asked and one answered; the thread of the declined run is gone.
    let threads = stage.threads().await;
    assert_eq!(threads.iter().map(|(_, runs)| runs.len()).collect::<Vec<_>>(), [2], "{threads:?}");
}
