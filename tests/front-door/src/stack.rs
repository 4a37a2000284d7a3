//! A stack of the template, deployed on this machine.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::middleware::from_fn_with_state;
use http::Request;
use langsmith_double::{Double, Handle};
use primitives::clock::{SteppedClock, Timestamp};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::access::{Access, note};
use crate::aws::Aws;
use crate::deployment::{Deployment, arns, secrets};
use crate::event;
use crate::function::Function;
use crate::gateway::{RestApi, handle};
use crate::log::Log;

/// The host in the template, replaced everywhere by the front door's own address.
const HOST: &str = "front-door.example.com";
/// The LangSmith in the template, replaced by the double's address.
const LANGSMITH: &str = "https://langsmith.example.com";

/// The id of requests that do not come through the API.
const ID: &str = "33333333-0000-4000-8000-000000000001";

/// How often Lambda attempts an asynchronous event.
const TRIES: usize = 3;

/// The differences from the default stack.
pub struct Options {
    /// The environment of `samconfig.toml`.
    pub environment: &'static str,
    /// Parameters of the template.
    pub parameters: Vec<(&'static str, &'static str)>,
    /// Variables of functions: the function, the variable, and its value or `None` to remove it.
    pub variables: Vec<(&'static str, &'static str, Option<String>)>,
    /// The LangSmith that it serves.
    pub langsmith: langsmith_double::Options,
    /// Whether functions give services more time than on AWS: here all share a machine, and one may answer late.
    /// Disabled in tests of unresponsive services.
    pub patient: bool,
    /// Whether to withhold the event of the completed deployment ([`FrontDoor::finish`]).
    pub unfinished: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            environment: "eu",
            parameters: Vec::new(),
            variables: Vec::new(),
            langsmith: langsmith_double::Options::default(),
            patient: true,
            unfinished: false,
        }
    }
}

/// A running stack. Dropping it ends it.
pub struct FrontDoor {
    /// Its URL.
    pub url: String,
    /// The services that its functions use.
    pub aws: Aws,
    /// The log lines of its functions.
    pub log: Log,
    /// The LangSmith that it serves.
    pub langsmith: Handle,
    /// The clock of the authorizer's cache.
    pub clock: Arc<SteppedClock>,
    api: Arc<RestApi>,
    access: Access,
    deployed: Value,
    server: JoinHandle<()>,
    _double: Double,
}

impl Drop for FrontDoor {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl FrontDoor {
    /// The default stack.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// A stack with these options.
    pub async fn with(options: Options) -> Self {
        let double = langsmith_double::start(options.langsmith).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let environment = infra::environment(options.environment);
        let ours = [
            ("DomainName", HOST),
            ("LangSmithEndpoint", LANGSMITH),
            ("LangSmithClientId", langsmith_double::CLIENT_ID),
            ("LangSmithClientSecret", "stored"),
        ];
        let stack = environment.stack_with(&[&ours, &options.parameters[..]].concat());
        let (region, name) = (environment.global("region"), environment.global("stack_name"));
        let arns = arns(&stack, region, name);
        let mut secrets = secrets(&stack);
        // Like an operator, before the stack is created.
        let client_secret = format!("{}\n", langsmith_double::CLIENT_SECRET);
        secrets.insert(format!("{name}/langsmith-client-secret"), Some(client_secret));
        let mut replace = arns;
        replace.extend([(format!("https://{HOST}"), url.clone()), (LANGSMITH.to_owned(), double.url())]);
        let mut deployment = Deployment {
            stack: &stack,
            replace,
            common: Vec::new(),
            changed: &options.variables,
            log: Log::default(),
        };
        let aws = Aws::start((name, region), deployment.roles(), secrets).await;
        deployment.common = vec![
            ("AWS_REGION", region),
            ("AWS_ENDPOINT_URL", &aws.url),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "session"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ];
        if options.patient {
            deployment.common.push(("AWS_CALL_TIMEOUT_MS", "10000"));
        }
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(1_900_000_000)));
        let (api, access) = (Arc::new(deployment.api(clock.clone())), Access::default());
        let router = Router::new().fallback(handle).with_state(api.clone());
        let router = router.layer(from_fn_with_state(access.clone(), note));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let (langsmith, deployed, log) = (double.handle(), deployment.deployed(), deployment.log.clone());
        let door = Self { url, aws, log, langsmith, clock, api, access, deployed, server, _double: double };
        if !options.unfinished {
            door.finish().await;
        }
        door
    }

    /// Ends the deployment: `CloudFormation`'s event starts the janitor, which creates what is missing.
    pub async fn finish(&self) {
        for _ in 1..TRIES {
            if self.function("janitor").invoke(&self.deployed).await.is_ok() {
                return;
            }
        }
        self.function("janitor").invoke(&self.deployed).await.expect("the janitor finishes");
    }

    /// The URL of a path on the stack.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// All requests so far, such as `POST /token`.
    pub fn requests(&self) -> Vec<String> {
        self.access.all()
    }

    /// A function, the authorizer included.
    pub fn function(&self, name: &str) -> &Function {
        let guard = self.api.guard.function();
        self.api.functions.get(name).unwrap_or_else(|| {
            assert_eq!(guard.program().function, name);
            guard
        })
    }

    /// The event for the function behind a request's route.
    pub async fn event(&self, request: &Request<Bytes>) -> Value {
        let (parts, body) = request.clone().into_parts();
        let route = self.api.route(&parts).expect("a route");
        self.api.event(&parts, route, &body, ID).await.expect("a request that the authorizer lets pass")
    }

    /// The authorizer's event for a request.
    pub fn authorizer_event(&self, request: &Request<Bytes>) -> Value {
        let (parts, _) = request.clone().into_parts();
        let (resource, _) = self.api.route(&parts).expect("a route");
        event::authorizer(&parts, resource, ID)
    }

    /// Ends all idle instances: the next request to each function starts one.
    pub fn retire(&self) {
        self.api.functions.values().for_each(Function::retire);
        self.api.guard.retire();
    }

    /// All of its paths.
    pub fn paths(&self) -> Vec<&str> {
        self.api.routes.keys().map(String::as_str).collect()
    }
}
