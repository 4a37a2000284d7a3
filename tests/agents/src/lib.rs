//! A real Agent Server for tests: LangGraph's, with the agents in `server/`.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops there, and drives HTTP clients of its own"
)]

mod recorder;

pub use recorder::{Recorded, Recorder};

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The agents and what the server says of them.
const GRAPHS: [(&str, &str); 4] = [
    ("echo", "Repeats the question."),
    ("steered", "Waits, fails or asks, as it is told."),
    ("chat", "Repeats the last message."),
    ("caller", "Tells who calls it."),
];

const DELEGATE: (&str, &str) = ("delegate", "Calls a tool of LangSmith for its caller.");

/// 32 bytes in base64.
const SEALING_KEY: &str = "c2VhbGluZyBrZXkgb2YgdGhlIHRlc3Qgc2VydmVyLi4=";

/// How often a starting server is asked whether it is ready, and how many times.
const ASKED_EVERY: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 1_200;
/// How often a server is started. A port that was free may be taken before the server listens on it; then the server takes
/// another one, which it does not tell.
const STARTS: u32 = 3;

/// A running server. It ends with this value.
pub struct AgentServer {
    url: String,
    http: reqwest::Client,
    _child: Child,
    _folder: TempDir,
}

/// The differences from the usual server.
#[derive(Default)]
pub struct Options {
    /// Who may use it.
    pub callers: Callers,
    /// Whether its own `/mcp` is disabled.
    pub without_mcp: bool,
    /// Its port, if that must be known before it starts.
    pub port: Option<u16>,
}

/// How a server authenticates its callers.
#[derive(Default)]
pub enum Callers {
    /// Not at all.
    #[default]
    Anybody,
    /// By keys or tokens, as `{key: "name workspace"}`.
    Known(Value),
    /// By asking the LangSmith at this address. The additional agent `delegate` calls the MCP endpoint for its caller.
    Members {
        /// LangSmith's base URL.
        langsmith: String,
        /// The URL of the MCP endpoint.
        mcp: String,
    },
}

impl Callers {
    const fn handler(&self) -> Option<&'static str> {
        match self {
            Self::Anybody => None,
            Self::Known(_) => Some("./people.py:auth"),
            Self::Members { .. } => Some("./members.py:auth"),
        }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Anybody => vec![],
            Self::Known(people) => vec![("PEOPLE", people.to_string())],
            Self::Members { langsmith, mcp } => {
                let key = SEALING_KEY.to_owned();
                vec![("LANGSMITH_URL", langsmith.clone()), ("MCP_URL", mcp.clone()), ("SEALING_KEY", key)]
            }
        }
    }
}

/// A port that nothing listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl AgentServer {
    /// Starts a server.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// Starts a server with these options, and waits until it is ready.
    pub async fn with(options: Options) -> Self {
        for _ in 0..STARTS {
            if let Some(server) = Self::started(&options).await {
                return server;
            }
        }
        panic!("the Agent Server does not answer");
    }

    /// `None` if it does not answer at its port.
    async fn started(options: &Options) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        for entry in std::fs::read_dir(source()).unwrap().flatten() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        std::fs::write(folder.path().join("langgraph.json"), configuration(options).to_string()).unwrap();
        let port = options.port.unwrap_or_else(free_port);
        // One job at a time: the queue of this edition then takes a run at once instead of after a second.
        let child = Command::new(program())
            .args(["dev", "--no-browser", "--no-reload", "--host", "127.0.0.1", "--n-jobs-per-worker", "1"])
            .args(["--port", &port.to_string(), "--config", "langgraph.json"])
            .current_dir(folder.path())
            .envs(options.callers.variables())
            // Nothing of it may reach out, or read this machine's settings.
            .env("HOME", folder.path())
            .env("LANGSMITH_TRACING", "false")
            .env("LANGGRAPH_CLI_NO_ANALYTICS", "1")
            .env("LANGGRAPH_NO_VERSION_CHECK", "true")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env_remove("LANGSMITH_API_KEY")
            .env_remove("LANGSMITH_ENDPOINT")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let server = Self { url: format!("http://127.0.0.1:{port}"), http, _child: child, _folder: folder };
        server.is_ready_in_time().await.then_some(server)
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The answer to a request, as JSON.
    pub async fn ask(&self, method: &str, path: &str, key: Option<&str>, body: Option<&Value>) -> Value {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        let mut request = request.header("accept", "application/json");
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn is_ready_in_time(&self) -> bool {
        for _ in 0..ATTEMPTS {
            let answer = self.http.get(format!("{}/ok", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return true;
            }
            tokio::time::sleep(ASKED_EVERY).await;
        }
        false
    }
}

fn configuration(options: &Options) -> Value {
    let delegate = matches!(options.callers, Callers::Members { .. }).then_some(DELEGATE);
    let graph = |(name, description): (&str, &str)| {
        (name.to_owned(), json!({"path": format!("./{name}.py:graph"), "description": description}))
    };
    let graphs: serde_json::Map<_, _> = GRAPHS.into_iter().chain(delegate).map(graph).collect();
    let mut configuration = json!({"dependencies": ["."], "graphs": graphs, "env": {}});
    if let Some(handler) = options.callers.handler() {
        configuration["auth"] = json!({"path": handler, "disable_studio_auth": true});
    }
    if options.without_mcp {
        configuration["http"] = json!({"disable_mcp": true});
    }
    configuration
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("server")
}

fn program() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let program = root.join("target/test-env/python-agent-server/bin/langgraph");
    assert!(program.exists(), "target/test-env/python-agent-server is missing: run cargo xtask setup");
    program
}
