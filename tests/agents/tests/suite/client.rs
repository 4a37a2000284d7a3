//! The client of Agent Servers against a real one, without the tools: questions, cancellation, late outcomes.

use std::sync::LazyLock;
use std::time::Duration;

use agent_server::{
    AgentError, AgentServer, Credential, Input, NewThread, Outcome, Run, RunOptions, RunRequest, RunStatus,
    Session, StartedRun, Ttl,
};
use primitives::deadline::Deadline;
use reqwest::header::HeaderMap;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

const TTL: Ttl = Ttl::minutes(5);

async fn client() -> (agents::AgentServer, AgentServer) {
    let server = agents::AgentServer::start().await;
    let client = AgentServer::new(langsmith::http_client(None).unwrap(), &Url::parse(server.url()).unwrap());
    (server, client)
}

fn session(client: &AgentServer) -> Session<'_> {
    client.session(&Credential::None, Deadline::after(Duration::from_mins(2)))
}

async fn assistant(session: Session<'_>, graph: &str) -> Uuid {
    let page = session.assistants(0, &std::collections::BTreeMap::new()).await.unwrap();
    assert_eq!(page.next, None);
    page.assistants.iter().find(|assistant| assistant.graph_id == graph).unwrap().assistant_id
}

fn order(assistant: Uuid, input: Input<'_>) -> RunRequest<'_> {
    static OPTIONS: RunOptions = RunOptions { recursion_limit: None, project: None, configuration: None };
    static TRACE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
    RunRequest { assistant, input, options: &OPTIONS, trace: &TRACE }
}

/// Starts a run of the agent `steered` on a new thread.
async fn steered(session: Session<'_>, orders: Value) -> (Uuid, StartedRun) {
    let thread =
        session.create_thread(NewThread { id: None, metadata: &Map::new(), ttl: TTL }).await.unwrap();
    let input = to_raw_value(&orders).unwrap();
    let request = order(assistant(session, "steered").await, Input::Values(&input));
    (thread, session.start_run(thread, &request).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_on_its_thread_once() {
    let (_server, client) = client().await;
    let session = session(&client);
    let schema = json!({"type": "boolean"});
    let orders = json!({"ask": {"value": {"text": "go on?"}, "schema": schema}});
    let (thread, started) = steered(session, orders).await;
    let asked = session.outcome(started).await.unwrap();
    let Outcome::Interrupted(questions) = asked else { panic!("{asked:?}") };
    assert_eq!(
        (&questions[0].value, questions[0].response_schema.as_ref()),
        (&json!({"text": "go on?"}), Some(&schema))
    );
    let open = session.thread_state(thread).await.unwrap().questions();
    assert_eq!(open.iter().map(|open| &open.id).collect::<Vec<_>>(), [&questions[0].id]);

    // A bare `false` would not be seen as an answer.
    let answers: Map<String, Value> = [(questions[0].id.clone(), json!(false))].into_iter().collect();
    let assistant = assistant(session, "steered").await;
    let request = order(assistant, Input::Answers(&answers));
    let done = session.outcome(session.start_run(thread, &request).await.unwrap()).await.unwrap();
    let Outcome::Values(values) = done else { panic!("{done:?}") };
    let values: Value = serde_json::from_str(values.get()).unwrap();
    assert_eq!(values["answer"], false);
    assert!(session.thread_state(thread).await.unwrap().questions().is_empty());

    session.delete_thread(thread).await.unwrap();
    assert_eq!(session.thread_state(thread).await.err(), Some(AgentError::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_without_us_and_can_be_cancelled() {
    let (_server, client) = client().await;
    let session = session(&client);
    let (thread, started) = steered(session, json!({"wait": 600})).await;
    let run = started.run;
    drop(started);
    let input = to_raw_value(&json!({})).unwrap();
    let assistant = assistant(session, "steered").await;
    let request = order(assistant, Input::Values(&input));
    assert_eq!(session.start_run(thread, &request).await.err(), Some(AgentError::Conflict));
    assert!(!session.run(thread, run).await.unwrap().status.is_over());
    session.cancel(thread, run).await.unwrap();
    assert_eq!(session.latest_run(thread).await.unwrap(), Run { id: run, status: RunStatus::Interrupted });
    assert!(session.thread_state(thread).await.unwrap().questions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outcome_of_a_failed_run_can_be_asked_for_later() {
    let (_server, client) = client().await;
    let session = session(&client);
    let (thread, started) = steered(session, json!({"fail": "no luck"})).await;
    let run = started.run;
    for _ in 0..2 {
        let Outcome::Failed(failure) = session.join(thread, run).await.unwrap() else { panic!("failed") };
        assert_eq!((failure.class.as_str(), failure.message.as_str()), ("ValueError", "no luck"));
    }
    // A join answers for runs that it does not know, too; the status tells.
    assert_eq!(session.run(thread, Uuid::nil()).await.err(), Some(AgentError::NotFound));
}
