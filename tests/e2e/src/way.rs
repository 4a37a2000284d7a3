//! The way between the AWS SDK and the embedded database: counts round trips and loses answers.

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

/// What the way does to requests, and what it has seen.
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
    /// How many answers in a row are lost from there: one is retried by the SDK, three exhaust it.
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

    /// Counts the round trips of `work`: requests that are under way together are one.
    pub async fn rounds<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.0.rounds.load(Ordering::SeqCst);
        let outcome = work.await;
        (outcome, self.0.rounds.load(Ordering::SeqCst) - before)
    }

    /// Writes seen so far.
    pub fn writes(&self) -> usize {
        self.0.writes.load(Ordering::SeqCst)
    }

    /// From the `skip`-th write on from now, `answers` answers are lost although the writes are carried out.
    pub fn lose_answers(&self, skip: usize, answers: usize) {
        *self.0.losing.lock().unwrap() = Some(Losing { write: self.writes() + skip, answers });
    }

    /// Whether all answers that were to be lost are lost.
    pub fn has_lost(&self) -> bool {
        self.0.losing.lock().unwrap().is_none()
    }

    /// The next `count` writes meet another transaction, as DynamoDB tells it; none of them is carried out.
    pub fn conflict(&self, count: usize) {
        self.0.conflicts.store(count, Ordering::SeqCst);
    }

    /// The database, by a way of its own.
    pub fn database(&self) -> aws_sdk_dynamodb::Client {
        local::database::client(self.0.inner.lock().unwrap().clone().expect("the server is started"))
    }

    /// The tables, by a way of their own.
    pub fn store(&self) -> Store {
        Store::new(&self.database(), local::database::PREFIX)
    }

    /// Loses nothing any more.
    pub fn heal(&self) {
        *self.0.losing.lock().unwrap() = None;
        self.0.down.store(false, Ordering::SeqCst);
    }

    /// Carries nothing at all until it is healed.
    pub fn cut(&self) {
        self.0.down.store(true, Ordering::SeqCst);
    }

    /// Whether this write's answer is to be lost.
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
            // Lets requests that were started together be seen together.
            tokio::task::yield_now().await;
            let answer = inner.call(request).await;
            way.0.under_way.fetch_sub(1, Ordering::SeqCst);
            if !reads && way.loses() { Err(lost("the answer was lost")) } else { answer }
        })
    }
}

/// What DynamoDB answers to a write that meets a transaction on the same item. The embedded one serialises them and
/// never does.
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
