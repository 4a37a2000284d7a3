//! One instance of a function: its program, and the Runtime API from which the program takes events.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::StatusCode;
use primitives::clock::{Clock as _, SystemClock};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::function::Failure;
use crate::log::Log;

/// Longer than Lambda's own limit for the init phase.
const INIT: Duration = Duration::from_secs(10);

/// The definition of an instance: a program with its variables.
#[derive(Clone, Debug)]
pub struct Program {
    /// The function's name.
    pub function: String,
    /// The `bootstrap`.
    pub path: PathBuf,
    /// Its arguments: none for a `bootstrap`.
    pub arguments: Vec<String>,
    /// All of its environment variables.
    pub variables: BTreeMap<String, String>,
}

/// The failure of a program that never requested an event.
#[derive(Debug)]
pub enum StartFailure {
    /// It exited.
    Ended(ExitStatus),
    /// It kept running without requesting one.
    TooSlow,
}

/// A running program that waits for events.
#[derive(Debug)]
pub struct Instance {
    program: Child,
    events: mpsc::Sender<Invocation>,
    api: JoinHandle<()>,
    init: Duration,
}

#[derive(Debug)]
struct Invocation {
    id: String,
    deadline: u64,
    event: Bytes,
    answer: oneshot::Sender<Result<Bytes, Bytes>>,
}

struct Api {
    events: Mutex<mpsc::Receiver<Invocation>>,
    under_way: Mutex<BTreeMap<String, oneshot::Sender<Result<Bytes, Bytes>>>>,
    asked: Notify,
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.api.abort();
    }
}

impl Instance {
    /// Starts a program and waits until it requests its first event.
    pub async fn start(program: &Program, log: &Log) -> Result<Self, StartFailure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, received) = mpsc::channel(1);
        let api =
            Arc::new(Api { events: Mutex::new(received), under_way: Mutex::default(), asked: Notify::new() });
        let server = tokio::spawn({
            let router = router(api.clone());
            async move { axum::serve(listener, router).await.unwrap() }
        });
        let began = now();
        let (output, errors) = log.of_new(&program.function);
        let child = Command::new(&program.path)
            .args(&program.arguments)
            .env_clear()
            .envs(&program.variables)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.path.display()));
        let mut instance = Self { program: child, events, api: server, init: Duration::ZERO };
        tokio::select! {
            () = api.asked.notified() => {
                instance.init = began.elapsed();
                Ok(instance)
            }
            status = instance.program.wait() => {
                Err(StartFailure::Ended(status.unwrap()))
            }
            () = tokio::time::sleep(INIT) => Err(StartFailure::TooSlow),
        }
    }

    /// Sends the program one event, and waits for the answer.
    pub async fn invoke(&mut self, event: Bytes, limit: Duration) -> Result<Bytes, Failure> {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let id = format!("00000000-0000-4000-8000-{:012}", COUNT.fetch_add(1, Ordering::SeqCst));
        let (answer, answered) = oneshot::channel();
        let deadline = SystemClock.now().plus(limit).millis();
        self.events.send(Invocation { id, deadline, event, answer }).await.expect("the Runtime API runs");
        tokio::select! {
            outcome = answered => match outcome.expect("an answer") {
                Ok(answer) => Ok(answer),
                Err(error) => Err(Failure::Error(serde_json::from_slice(&error).expect("JSON"))),
            },
            _ = self.program.wait() => Err(Failure::Ended),
            () = tokio::time::sleep(limit) => Err(Failure::TimedOut),
        }
    }

    /// The time from its start to its first request for an event.
    pub const fn init(&self) -> Duration {
        self.init
    }

    /// The program's process id.
    pub fn process(&self) -> u32 {
        self.program.id().expect("it runs")
    }

    /// Waits for the program's exit.
    pub async fn ended(mut self) -> ExitStatus {
        timeout(INIT, self.program.wait()).await.expect("it ends").unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a program takes to start is a result, not an input")]
fn now() -> Instant {
    Instant::now()
}

fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2020-01-01/extension/register", post(register))
        .route("/2020-01-01/extension/event/next", get(std::future::pending::<()>))
        .with_state(api)
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    api.asked.notify_one();
    let mut events = api.events.lock().await;
    let Some(invocation) = events.recv().await else { return StatusCode::GONE.into_response() };
    api.under_way.lock().await.insert(invocation.id.clone(), invocation.answer);
    let headers = [
        ("lambda-runtime-aws-request-id", invocation.id),
        ("lambda-runtime-deadline-ms", invocation.deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:111122223333:function:f".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, invocation.event).into_response()
}

async fn response(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    finish(&api, &id, Ok(body)).await
}

async fn error(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    finish(&api, &id, Err(body)).await
}

async fn finish(api: &Api, id: &str, outcome: Result<Bytes, Bytes>) -> StatusCode {
    let answer = api.under_way.lock().await.remove(id).expect("an event that was asked for");
    // Nobody waits for it after the time limit.
    let _late = answer.send(outcome);
    StatusCode::ACCEPTED
}

async fn register() -> Response {
    let headers = [("lambda-extension-identifier", "11111111-2222-4333-8444-555555555555")];
    let body = r#"{"functionName":"f","functionVersion":"$LATEST","handler":"bootstrap","accountId":"111122223333"}"#;
    (headers, body).into_response()
}
