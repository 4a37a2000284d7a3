//! DynamoDB, Secrets Manager and KMS under one URL, for `AWS_ENDPOINT_URL`. DynamoDB is dynoxide; a layer in front of
//! it checks the caller's role, counts, and injects the test's faults.
//!
//! Every function signs with an access key of its own name, which identifies the caller.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::role::Role;
use crate::services::{Services, answer, secret_arn};

pub use crate::deployer::Secrets;
pub use crate::fault::{Fault, Faults};
pub use crate::role::Call;

/// The caller with all permissions: the deployer.
pub(crate) const DEPLOYER: &str = "deployer";
/// The account in all ARNs; not a real one of ours.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The AWS services of a stack.
pub struct Aws {
    /// Their URL.
    pub url: String,
    pub(crate) shared: Arc<Services>,
    pub(crate) prefix: String,
    region: String,
    servers: [JoinHandle<()>; 2],
}

impl Drop for Aws {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

impl Aws {
    /// Services with empty tables, whose names start with `prefix`, and these secrets, some of which have a value.
    pub(crate) async fn start(
        (prefix, region): (&str, &str),
        roles: BTreeMap<String, Role>,
        secrets: BTreeMap<String, Option<String>>,
    ) -> Self {
        let database = Database::memory().unwrap();
        local::database::tables::create(&database, prefix).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dynamodb = format!("http://{}", listener.local_addr().unwrap());
        let engine = tokio::spawn(dynoxide::server::serve_on(listener, database));
        let shared = Arc::new(Services::new(dynamodb, roles));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let front = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let (prefix, region) = (prefix.to_owned(), region.to_owned());
        let aws = Self { url, shared, prefix, region, servers: [engine, front] };
        for (name, text) in secrets {
            aws.shared.fakes.declare_secret(&name);
            if let Some(text) = text {
                aws.put_secret(&name, &text);
            }
        }
        aws
    }

    /// The ARN of a secret, as used in calls.
    pub fn secret_arn(&self, name: &str) -> String {
        secret_arn(&self.region, name)
    }

    /// All calls so far, refused ones included, and each once however often the SDK sent it.
    pub fn calls(&self) -> Vec<Call> {
        self.calls_since(0)
    }

    /// The number of calls so far.
    pub fn mark(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// The calls since a mark.
    pub fn calls_since(&self, mark: usize) -> Vec<Call> {
        self.shared.seen.lock().unwrap()[mark..].to_vec()
    }

    /// The number of requests that `work` sends.
    pub async fn count<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.shared.requests.load(Ordering::SeqCst);
        let outcome = work.await;
        (outcome, self.shared.requests.load(Ordering::SeqCst) - before)
    }

    /// Replaces the rule for failing calls.
    pub fn fail(&self, faults: impl Fn(&Call) -> Option<Fault> + Send + Sync + 'static) {
        *self.shared.faults.lock().unwrap() = Some(Arc::new(faults));
    }

    /// Ends all faults.
    pub fn heal(&self) {
        *self.shared.faults.lock().unwrap() = None;
    }
}
