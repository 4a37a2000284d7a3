//! The link between the AWS SDK and the embedded database: counts round trips and drops answers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use shared::store::Store;

/// The link, with its faults and its counts.
#[derive(Clone, Debug, Default)]
pub struct Way(Arc<State>);

#[derive(Debug, Default)]
struct State {
    down: AtomicBool,
    under_way: AtomicUsize,
    rounds: AtomicUsize,
    writes: AtomicUsize,
    losing: Mutex<Option<Losing>>,
    conflicts: AtomicUsize,
    inner: Mutex<Option<SharedHttpClient>>,
}

#[derive(Debug)]
struct Losing {
    write: usize,
    /// The number of consecutive lost answers: the SDK retries after one, and gives up after three.
    answers: usize,
}

impl Way {
    /// The hook for [`local::Environment::between`].
    pub fn hook(&self) -> local::Between {
        let way = self.clone();
        Box::new(move |inner| way.around(inner))
    }

    fn around(self, inner: SharedHttpClient) -> SharedHttpClient {
        *self.0.inner.lock().unwrap() = Some(inner.clone());
        http_client_fn(move |settings, components| {
            let inner = inner.http_connector(settings, components);
            SharedHttpConnector::new(Watched { way: self.clone(), inner })
        })
    }

    /// Counts the round trips of `work`: concurrent requests count as one.
    pub async fn rounds<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.0.rounds.load(Ordering::SeqCst);
        let outcome = work.await;
        (outcome, self.0.rounds.load(Ordering::SeqCst) - before)
    }

    /// Writes seen so far.
    pub fn writes(&self) -> usize {
        self.0.writes.load(Ordering::SeqCst)
    }

    /// Starting with the `skip`-th write from now, `answers` answers are lost although the writes are carried out.
    pub fn lose_answers(&self, skip: usize, answers: usize) {
        *self.0.losing.lock().unwrap() = Some(Losing { write: self.writes() + skip, answers });
    }

    /// Whether all answers to be lost have been lost.
    pub fn has_lost(&self) -> bool {
        self.0.losing.lock().unwrap().is_none()
    }

    /// The next `count` writes fail with DynamoDB's transaction conflict, and are not carried out.
    pub fn conflict(&self, count: usize) {
        self.0.conflicts.store(count, Ordering::SeqCst);
    }

    /// The database, bypassing this link.
    pub fn database(&self) -> aws_sdk_dynamodb::Client {
        local::database::client(self.0.inner.lock().unwrap().clone().expect("the server is started"))
    }

    /// The tables, bypassing this link.
    pub fn store(&self) -> Store {
        Store::new(&self.database(), local::database::PREFIX)
    }

    /// Ends all faults.
    pub fn heal(&self) {
        *self.0.losing.lock().unwrap() = None;
        self.0.down.store(false, Ordering::SeqCst);
    }

    /// Fails every request until healed.
    pub fn cut(&self) {
        self.0.down.store(true, Ordering::SeqCst);
    }

    /// Whether this write's answer must be lost.
    fn loses(&self) -> bool {
        let index = self.0.writes.fetch_add(1, Ordering::SeqCst);
        let mut losing = self.0.losing.lock().unwrap();
        let Some(plan) = losing.as_mut().filter(|plan| index >= plan.write) else { return false };
        plan.answers -= 1;
        if plan.answers == 0 {
            *losing = None;
        }
        true
    }
}

#[derive(Debug)]
struct Watched {
    way: Way,
    inner: SharedHttpConnector,
}

impl HttpConnector for Watched {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let way = self.way.clone();
        if way.0.down.load(Ordering::SeqCst) {
            return HttpConnectorFuture::ready(Err(lost("the way to the database is cut")));
        }
        let transacts =
            request.headers().get("x-amz-target").is_some_and(|target| target.contains("Transact"));
        let reads = request
            .headers()
            .get("x-amz-target")
            .is_some_and(|target| [".GetItem", ".Query"].iter().any(|read| target.ends_with(read)));
        let take = |left: usize| left.checked_sub(1);
        if !reads && way.0.conflicts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
            return HttpConnectorFuture::ready(Ok(conflict(transacts)));
        }
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            if way.0.under_way.fetch_add(1, Ordering::SeqCst) == 0 {
                way.0.rounds.fetch_add(1, Ordering::SeqCst);
            }
            // Lets concurrently started requests be seen together.
            tokio::task::yield_now().await;
            let answer = inner.call(request).await;
            way.0.under_way.fetch_sub(1, Ordering::SeqCst);
            if !reads && way.loses() { Err(lost("the answer was lost")) } else { answer }
        })
    }
}

/// DynamoDB's answer to a write that conflicts with a transaction on the same item. The embedded database serialises
/// them and never gives it.
fn conflict(transacts: bool) -> HttpResponse {
    let body = if transacts {
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled",
            "CancellationReasons":[{"Code":"None"},{"Code":"None"},{"Code":"TransactionConflict"},{"Code":"None"}]}"#
    } else {
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"ongoing"}"#
    };
    HttpResponse::new(StatusCode::try_from(400_u16).unwrap(), SdkBody::from(body))
}

fn lost(what: &'static str) -> ConnectorError {
    ConnectorError::io(what.into())
}
