//! Two instances of the tools cache, each a process, over the emulator's DynamoDB.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use emulated::{Deployment, Emulator, turn};
use futures_util::future::join_all;
use langsmith_double::data::ADA_KEY;
use langsmith_double::{Double, Options};
use registry_tests::Answer;
use registry_tests::upstream::{Era, Upstream};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{MutexGuard, Semaphore};
use tokio::task::JoinHandle;

/// Longer than any wait here, so that a failed test ends.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a lease holds.
const LEASE: u64 = 12;

/// The way of all instances to DynamoDB, which counts the calls that have been answered.
struct Way {
    emulator: &'static str,
    http: Client,
    /// Lists that were read for a request.
    reads: Semaphore,
    /// Leases that were taken or refused.
    leases: Semaphore,
    /// Looks for the list of another instance.
    looks: Semaphore,
}

/// The instances' surroundings.
struct Stage {
    upstream: Upstream,
    way: Arc<Way>,
    variables: BTreeMap<String, String>,
    http: Client,
    server: JoinHandle<()>,
    _double: Double,
    _stack: Deployment,
    _turn: MutexGuard<'static, ()>,
}

struct Instance<'s> {
    stage: &'s Stage,
    url: String,
    process: Child,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        let _unless_ended = self.process.kill();
        let _status = self.process.wait();
    }
}

async fn pass(State(way): State<Arc<Way>>, headers: HeaderMap, body: Bytes) -> (StatusCode, Bytes) {
    let mut request = way.http.post(way.emulator).body(body);
    for name in ["authorization", "content-type", "x-amz-date", "x-amz-target"] {
        request = request.header(name, headers.get(name).unwrap());
    }
    let answer = request.send().await.unwrap();
    let (status, body) = (answer.status(), answer.bytes().await.unwrap());
    match headers.get("x-amz-target").unwrap().to_str().unwrap() {
        "DynamoDB_20120810.BatchGetItem" => way.reads.add_permits(1),
        "DynamoDB_20120810.UpdateItem" => way.leases.add_permits(1),
        "DynamoDB_20120810.GetItem" => way.looks.add_permits(1),
        _ => {}
    }
    (status, body)
}

/// Waits for this many more calls of a kind.
async fn more(calls: &Semaphore, count: u32) {
    tokio::time::timeout(PATIENCE, calls.acquire_many(count)).await.unwrap().unwrap().forget();
}

impl Stage {
    async fn start() -> Self {
        let turn = turn().await;
        let (emulator, stack) = (Emulator::shared(), Deployment::start().await);
        let double = langsmith_double::start(Options::default()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dynamodb = format!("http://{}", listener.local_addr().unwrap());
        let counted = || Semaphore::new(0);
        let http = e2e::client::http();
        let way = Way {
            emulator: &emulator.url,
            http: http.clone(),
            reads: counted(),
            leases: counted(),
            looks: counted(),
        };
        let way = Arc::new(way);
        let router = Router::new().fallback(pass).with_state(way.clone());
        let variables = [
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.as_str()),
            ("LANGSMITH_ENDPOINT", &double.url()),
            ("PUBLIC_URL", &stack.url),
            ("SECRET_PREFIX", &stack.name),
            ("TABLE_PREFIX", &stack.name),
        ];
        Self {
            upstream: Upstream::start(Era::Modern).await,
            way,
            variables: emulator.variables(&stack.region, &variables),
            http,
            server: tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }),
            _double: double,
            _stack: stack,
            _turn: turn,
        }
    }

    fn instance(&self) -> Instance<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tools-instance"));
        command.env_clear().envs(&self.variables).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Instance { stage: self, url: line.trim_end().to_owned(), process }
    }
}

impl Instance<'_> {
    /// A request for the tools of the server, which is not registered.
    fn request(&self, method: Method) -> reqwest::RequestBuilder {
        let request = self.stage.http.request(method, format!("{}/api/v1/mcp/tools", self.url));
        request.query(&[("url", self.stage.upstream.url())]).header("x-api-key", ADA_KEY)
    }

    async fn tools(&self) -> Answer {
        registry_tests::answer(self.request(Method::GET)).await
    }

    /// Moves its clock.
    fn pass(&mut self, seconds: u64) {
        writeln!(self.process.stdin.as_ref().unwrap(), "{seconds}").unwrap();
    }
}

fn has_tools(answer: &Answer) -> bool {
    let listed = answer.json();
    let tools = listed.get("tools").and_then(Value::as_array);
    answer.status == StatusCode::OK && tools.is_some_and(|tools| tools.len() == 2)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_requests_to_two_processes_are_one_fetch() {
    let stage = Stage::start().await;
    let instances = [stage.instance(), stage.instance()];
    // The caller is known before.
    for instance in &instances {
        assert_eq!(registry_tests::answer(instance.request(Method::DELETE)).await.status, StatusCode::OK);
    }
    let gate = stage.upstream.hold().await;
    let asked = instances.iter().flat_map(|instance| (0..50).map(move |_| instance.tools()));
    let (answers, ()) = tokio::join!(join_all(asked), async {
        // No request found a list.
        more(&stage.way.reads, 100).await;
        drop(gate);
    });
    for answer in &answers {
        assert!(has_tools(answer), "{answer:?}");
    }
    let mut seen: Vec<_> = stage.upstream.requests();
    let all = seen.len();
    seen.sort_by_key(|(name, _, message)| (name.clone(), message["method"].to_string()));
    seen.dedup_by_key(|(name, _, message)| (name.clone(), message["method"].to_string()));
    assert_eq!(seen.len(), all, "a fetch has each request once");
    assert!(seen.iter().any(|(_, _, message)| message["method"] == "tools/list"));
}

/// A process that is killed leaves its lease behind. Nobody fetches until it ends, and then the other process does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_is_succeeded_by_the_other_one() {
    let stage = Stage::start().await;
    let (mut killed, mut other) = (stage.instance(), stage.instance());
    let gate = stage.upstream.hold().await;
    let hung_up = tokio::spawn(killed.request(Method::GET).send());
    more(&stage.way.leases, 1).await;
    let waiting = tokio::spawn(other.request(Method::GET).send());
    more(&stage.way.looks, 1).await;
    killed.process.kill().unwrap();
    killed.process.wait().unwrap();
    assert!(hung_up.await.unwrap().is_err());
    // The lease of the other one was refused, and it keeps looking.
    more(&stage.way.leases, 1).await;
    more(&stage.way.looks, 2).await;
    assert_eq!(stage.way.leases.available_permits(), 0);
    drop(gate);
    assert_eq!(stage.upstream.lists(), 0);
    other.pass(LEASE);
    let answer = tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(has_tools(&other.tools().await));
    assert_eq!(stage.upstream.lists(), 1);
}
