//! DynamoDB, Secrets Manager and KMS under one address, as `AWS_ENDPOINT_URL` names it. DynamoDB is dynoxide; what
//! stands in front of it checks that the caller's role allows the call, counts, and fails where a test wants it to.
//!
//! Every function signs with an access key of its own name, so it is known who calls.

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

/// What may do everything: whoever deploys.
pub(crate) const DEPLOYER: &str = "deployer";
/// What every ARN holds; none of our own.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The services.
pub struct Aws {
    /// The address.
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

    /// The ARN of a secret, as calls have it.
    pub fn secret_arn(&self, name: &str) -> String {
        secret_arn(&self.region, name)
    }

    /// Every call so far, refused ones included.
    pub fn calls(&self) -> Vec<Call> {
        self.calls_since(0)
    }

    /// How many calls there were so far.
    pub fn mark(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// The calls since a mark.
    pub fn calls_since(&self, mark: usize) -> Vec<Call> {
        self.shared.seen.lock().unwrap()[mark..].to_vec()
    }

    /// How many requests `work` sends.
    pub async fn count<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.shared.requests.load(Ordering::SeqCst);
        let outcome = work.await;
        (outcome, self.shared.requests.load(Ordering::SeqCst) - before)
    }

    /// From now on these calls fail.
    pub fn fail(&self, faults: impl Fn(&Call) -> Option<Fault> + Send + Sync + 'static) {
        *self.shared.faults.lock().unwrap() = Some(Arc::new(faults));
    }

    /// From now on everything works.
    pub fn heal(&self) {
        *self.shared.faults.lock().unwrap() = None;
    }
}
