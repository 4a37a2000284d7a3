//! Agents in the Rust SDK, `rmcp`. It has no handler for questions, so they are in the result. Its token is one of a
//! login by our own client: the SDK's OAuth needs second versions of several crates, which the policy of dependencies
//! refuses.

use agents::Options;
use langsmith_double::data;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, ClientCapabilities, ClientConfig,
    GetTaskParams, Implementation, ProtocolVersion, TaskPayload, TaskStatus,
};
use rmcp::service::RunningService;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt, RoleClient};
use serde_json::{Value, json};

use crate::support::{Stage, token};

struct Client<H: ClientHandler = ()>(RunningService<RoleClient, H>);

/// A client that declares tasks.
struct WithTasks;

impl ClientHandler for WithTasks {
    fn get_info(&self) -> ClientConfig {
        let capabilities = ClientCapabilities::builder().enable_tasks().build();
        ClientConfig::new(capabilities, Implementation::new("tests", "1"))
    }
}

fn modern() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
}

impl<H: ClientHandler> Client<H> {
    async fn connect(world: &e2e::World, lifecycle: ClientLifecycleMode, handler: H) -> Self {
        let token = token(world, data::ADA_KEY).await;
        let config = StreamableHttpClientTransportConfig::with_uri(world.at("/mcp")).auth_header(token);
        let http = langsmith::http_client(None).unwrap();
        let transport = StreamableHttpClientTransport::with_client(http, config);
        Self(handler.serve_with_lifecycle(transport, lifecycle).await.unwrap())
    }

    /// Whether the call failed, and its structured content.
    async fn call(&self, tool: &'static str, arguments: Value) -> (bool, Value) {
        let arguments = arguments.as_object().unwrap().clone();
        let call = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = self.0.call_tool(call).await.unwrap();
        (result.is_error == Some(true), result.structured_content.unwrap())
    }
}

async fn use_agents(lifecycle: ClientLifecycleMode, revision: ProtocolVersion) {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let client = Client::connect(&stage.world, lifecycle.clone(), ()).await;
    assert_eq!(client.0.peer_info().unwrap().protocol_version, revision);
    let tools = client.0.list_all_tools().await.unwrap();
    let names = tools.iter().map(|tool| tool.name.as_ref()).filter(|name| name.starts_with("fixture__"));
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    assert_eq!(names, ["fixture__caller", "fixture__chat", "fixture__echo", "fixture__steered"]);

    let answered = client.call("fixture__echo", json!({"question": "why?"})).await;
    let output = json!({"answer": "You asked: why?"});
    assert_eq!(answered, (false, json!({"status": "completed", "output": output})));
    let (failed, failure) = client.call("fixture__steered", json!({"fail": "no luck"})).await;
    assert_eq!((failed, &failure["error"]), (true, &json!("ValueError: no luck")));

    let ask = json!({"value": "go on?", "schema": {"type": "boolean"}});
    let (_, asked) = client.call("fixture__steered", json!({ "ask": ask })).await;
    assert_eq!(
        (&asked["status"], &asked["questions"][0]["message"]),
        (&json!("input_required"), &json!("go on?"))
    );
    let id = asked["questions"][0]["id"].as_str().unwrap();
    let answers = json!({ id: false });
    let (_, resumed) =
        client.call("agent_resume", json!({"handle": asked["handle"], "answers": answers})).await;
    assert_eq!((&resumed["status"], &resumed["output"]["answer"]), (&json!("completed"), &json!(false)));
    let (_, late) = client.call("agent_run_result", json!({"handle": asked["handle"]})).await;
    assert_eq!(late, resumed);
    assert_eq!(stage.threads().await.len(), 3, "an answer, a failure and a question");
    client.0.cancel().await.unwrap();

    // Here, no call waits for its run unless the client reads progress, which the SDK always does.
    let world = stage.impatient_world().await;
    let client = Client::connect(&world, lifecycle, ()).await;
    let (_, awaited) = client.call("fixture__steered", json!({"wait": 0.2})).await;
    assert_eq!(
        (&awaited["status"], &awaited["output"]["steps"]),
        (&json!("completed"), &json!(4)),
        "{awaited}"
    );
    client.0.cancel().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rmcp_3() {
    use_agents(modern(), ProtocolVersion::V_2026_07_28).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rmcp_3_legacy() {
    use_agents(ClientLifecycleMode::Initialize, ProtocolVersion::V_2025_11_25).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rmcp_3_with_tasks() {
    let stage = Stage::impatient().await;
    let client = Client::connect(&stage.world, modern(), WithTasks).await;
    let begin = async |orders: Value| {
        let call = CallToolRequestParams::new("fixture__steered")
            .with_arguments(orders.as_object().unwrap().clone());
        match client.0.call_tool_once(call).await.unwrap() {
            CallToolResponse::Task(created) => created.task.task_id,
            other => panic!("no task: {other:?}"),
        }
    };
    let settled = async |id: &str| loop {
        let task = client.0.get_task(GetTaskParams::new(id)).await.unwrap().task;
        if task.status() != TaskStatus::Working {
            return task.payload;
        }
    };
    let id = begin(json!({"wait": 0.2})).await;
    let TaskPayload::Completed { result } = settled(&id).await else { panic!("not completed") };
    assert_eq!(result["structuredContent"]["output"]["steps"], 4, "{result:?}");

    let id = begin(json!({"wait": 600})).await;
    client.0.cancel_task(CancelTaskParams::new(id.clone())).await.unwrap();
    assert_eq!(settled(&id).await, TaskPayload::Cancelled);
    client.0.cancel().await.unwrap();
}
