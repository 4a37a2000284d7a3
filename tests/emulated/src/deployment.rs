//! A stack in the emulator, with a LangSmith.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use langsmith_double::{Double, Handle};
use reqwest::Method;
use serde_json::{Value, json};
use shared::aws::Aws;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinHandle;

use crate::domain;
use crate::emulator::{Emulator, run, script};
use crate::package::package;

/// MiniStack is a single Python process: tests take turns.
static TURN: Mutex<()> = Mutex::const_new(());

/// The differences from the default stack.
#[derive(Debug)]
pub struct Options {
    /// The environment of `samconfig.toml`.
    pub environment: &'static str,
    /// Its name, if it matters.
    pub name: Option<&'static str>,
    /// Parameters of the template.
    pub parameters: Vec<(&'static str, &'static str)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { environment: "eu", name: None, parameters: Vec::new() }
    }
}

/// A running stack.
pub struct Deployment {
    /// The stack's name.
    pub name: String,
    /// The public URL.
    pub url: String,
    /// The region.
    pub region: String,
    /// The outputs of the template.
    pub outputs: Value,
    /// The LangSmith that it serves.
    pub langsmith: Handle,
    server: JoinHandle<()>,
    _double: Double,
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Waits until no other test uses the emulator.
pub async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

impl Deployment {
    /// The default stack.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// A stack with these options.
    pub async fn with(options: Options) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = options.name.map_or_else(|| format!("stack-{count}"), ToOwned::to_owned);
        let double = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let domain = format!("stack-{count}.mcp.example.com");
        let langsmith = double.url();
        let mut parameters: BTreeMap<&str, &str> = BTreeMap::from([
            ("DomainName", domain.as_str()),
            ("PublicUrl", &url),
            ("LangSmithEndpoint", &langsmith),
            // The functions' programs run on this machine.
            ("Architecture", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }),
            ("LangSmithClientId", langsmith_double::PUBLIC_CLIENT_ID),
            // The emulator's gateway responses cannot quote the authorizer.
            ("StepUpChallenge", "all-scopes"),
        ]);
        parameters.extend(options.parameters.iter().copied());
        let emulator = Emulator::shared();
        let package = package(emulator, options.environment);
        let outputs = run(script("deploy.py")
            .arg(&emulator.url)
            .arg(&package)
            .arg(&name)
            .arg(json!(parameters).to_string()));
        let settings = std::fs::read(package.join("settings.json")).unwrap();
        let settings: Value = serde_json::from_slice(&settings).unwrap();
        Self {
            server: domain::serve(listener, &emulator.url, &domain),
            region: settings["region"].as_str().unwrap().to_owned(),
            outputs: serde_json::from_slice(&outputs).expect("outputs"),
            langsmith: double.handle(),
            name,
            url,
            _double: double,
        }
    }

    /// The URL of a path on the stack.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// SDK clients for its region.
    pub fn aws(&self) -> Aws {
        Emulator::shared().aws(&self.region)
    }

    /// The names of its users' secrets.
    pub async fn user_secrets(&self) -> Vec<String> {
        let answer = self.aws().secrets_manager().list_secrets().send().await.unwrap();
        let names = answer.secret_list.unwrap_or_default().into_iter().filter_map(|secret| secret.name);
        names.filter(|name| name.starts_with(&format!("{}/users/", self.name))).collect()
    }

    /// Invokes one of its functions with an event: the answer, or the error.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, Value> {
        let answer = self.lambda(Method::POST, function, "invocations", event).await;
        let failed = answer.headers().contains_key("x-amz-function-error");
        let body: Value = answer.json().await.unwrap();
        if failed { Err(body) } else { Ok(body) }
    }

    /// Restarts one of its functions. On AWS any change does that, such as the description's in docs/deploy.md; the
    /// emulator restarts only on changes that the program is started with.
    pub async fn restart(&self, function: &str) {
        let changed = json!({ "MemorySize": 512 });
        let answer = self.lambda(Method::PUT, function, "configuration", &changed).await;
        assert!(answer.status().is_success());
    }

    async fn lambda(&self, method: Method, function: &str, what: &str, body: &Value) -> reqwest::Response {
        let emulator = &Emulator::shared().url;
        let url = format!("{emulator}/2015-03-31/functions/{}-{function}/{what}", self.name);
        let scope = format!("test/20260101/{}/lambda/aws4_request", self.region);
        let request = e2e::client::http().request(method, url);
        let request = request.header("authorization", format!("AWS4-HMAC-SHA256 Credential={scope}"));
        request.body(body.to_string()).send().await.unwrap()
    }
}
