//! In-memory Secrets Manager and KMS, as far as the vault and the janitor use them, behind the HTTP connector of the
//! SDK's own clients. They are independent of the code under test, and the test sets the time.
#![expect(clippy::expect_used, clippy::panic, reason = "a fake that is used wrongly fails the test")]

mod kms;
mod secrets_manager;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use kms::Keys;
use secrets_manager::Secrets;

/// The error code of a service's answer.
pub type Fault = &'static str;
type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Both services of one account and region.
#[derive(Clone)]
pub struct Fakes {
    state: Arc<Mutex<State>>,
    /// Seconds since the Unix epoch.
    clock: Clock,
}

/// A snapshot of all secrets, for [`Fakes::put_back`].
#[derive(Clone)]
pub struct Kept(Secrets);

#[derive(Default)]
struct State {
    secrets: Secrets,
    keys: Keys,
    calls: Vec<String>,
    faults: Vec<(String, Fault)>,
}

impl std::fmt::Debug for Fakes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fakes")
    }
}

impl Fakes {
    /// Empty services with a clock that returns seconds since the Unix epoch.
    pub fn new(clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { state: Arc::default(), clock: Arc::new(clock) }
    }

    /// A client of Secrets Manager. It neither signs nor retries.
    pub fn secrets_manager(&self) -> aws_sdk_secretsmanager::Client {
        use aws_sdk_secretsmanager::config::{BehaviorVersion, Region, retry::RetryConfig};
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .endpoint_url("http://secretsmanager.in-process")
            .allow_no_auth()
            .retry_config(RetryConfig::disabled())
            .http_client(self.http_client());
        aws_sdk_secretsmanager::Client::from_conf(config.build())
    }

    /// A client of KMS.
    pub fn kms(&self) -> aws_sdk_kms::Client {
        use aws_sdk_kms::config::{BehaviorVersion, Region, retry::RetryConfig};
        let config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .endpoint_url("http://kms.in-process")
            .allow_no_auth()
            .retry_config(RetryConfig::disabled())
            .http_client(self.http_client());
        aws_sdk_kms::Client::from_conf(config.build())
    }

    /// Creates a secret without a value, like a template.
    pub fn declare_secret(&self, name: &str) {
        let now = (self.clock)();
        self.state().secrets.declare(name, now);
    }

    /// The current value of a secret, unless it has none or is scheduled for deletion.
    pub fn secret(&self, name: &str) -> Option<String> {
        self.state().secrets.text(name)
    }

    /// The values of all secrets whose names start with `with`.
    pub fn secrets_that_start(&self, with: &str) -> Vec<String> {
        self.state().secrets.texts(with)
    }

    /// A snapshot of all secrets.
    pub fn keep(&self) -> Kept {
        Kept(self.state().secrets.clone())
    }

    /// Restores a snapshot of all secrets.
    pub fn put_back(&self, kept: &Kept) {
        self.state().secrets = kept.0.clone();
    }

    /// The names of the operations called since the last time, oldest first.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// Makes the next call of an operation fail with an error code.
    pub fn fail_next(&self, operation: &str, code: Fault) {
        self.state().faults.push((operation.to_owned(), code));
    }

    /// The answer to a request, given its `X-Amz-Target`, or an error code.
    pub fn answer(&self, target: &str, body: &Value) -> Result<Value, Fault> {
        let now = (self.clock)();
        self.state().answer(target, body, now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }
}

impl State {
    fn answer(&mut self, target: &str, body: &Value, now: u64) -> Result<Value, Fault> {
        let (service, operation) = target.rsplit_once('.').expect("a target names an operation");
        self.calls.push(operation.to_owned());
        if let Some(at) = self.faults.iter().position(|(name, _)| name == operation) {
            return Err(self.faults.remove(at).1);
        }
        match service {
            "secretsmanager" => self.secrets.answer(operation, body, now),
            "TrentService" => self.keys.answer(operation, body),
            other => panic!("there is no service {other}"),
        }
    }
}

impl HttpConnector for Fakes {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").expect("a request has a target").to_owned();
        let body = serde_json::from_slice(request.body().bytes().expect("a request has its body"));
        let answer = self.answer(&target, &body.expect("a request is JSON"));
        let (status, body) = match answer {
            Ok(body) => (200, body),
            Err(code) => (400, json!({ "__type": code, "Message": "a fake's" })),
        };
        let status = StatusCode::try_from(status).expect("a status is one");
        let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body.get(member).and_then(Value::as_str).expect("a member that must be there is text")
}
