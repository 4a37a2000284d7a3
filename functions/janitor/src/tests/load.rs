//! An in-memory database whose calls take a while, so that they overlap if the caller lets them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use local::database::Database;
use tokio::sync::oneshot;

/// Counts concurrent calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    hold: Arc<Mutex<Option<Hold>>>,
}

/// Where a write is held up.
#[derive(Debug)]
struct Hold {
    arrived: oneshot::Sender<()>,
    go_on: oneshot::Receiver<()>,
}

#[derive(Debug)]
struct Slow {
    database: SharedHttpConnector,
    load: Load,
}

impl Load {
    /// A client of a new database.
    pub(super) fn client(&self) -> SharedHttpClient {
        let (client, load) = (Database::memory().unwrap().http_client(), self.clone());
        http_client_fn(move |settings, components| {
            let database = client.http_connector(settings, components);
            SharedHttpConnector::new(Slow { database, load: load.clone() })
        })
    }

    /// Holds up the next write: the receiver reports its arrival, the sender releases it.
    pub(super) fn hold_next_write(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let ((arrived, told), (release, go_on)) = (oneshot::channel(), oneshot::channel());
        *self.hold.lock().unwrap() = Some(Hold { arrived, go_on });
        (told, release)
    }

    /// The maximum so far.
    pub(super) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

impl HttpConnector for Slow {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (database, load) = (self.database.clone(), self.load.clone());
        let is_write =
            request.headers().get("x-amz-target").is_some_and(|target| target.ends_with("PutItem"));
        let hold = if is_write { load.hold.lock().unwrap().take() } else { None };
        HttpConnectorFuture::new(async move {
            if let Some(Hold { arrived, go_on }) = hold {
                arrived.send(()).unwrap();
                go_on.await.unwrap();
            }
            let now = load.now.fetch_add(1, Ordering::SeqCst) + 1;
            load.most.fetch_max(now, Ordering::SeqCst);
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
            let answer = database.call(request).await;
            load.now.fetch_sub(1, Ordering::SeqCst);
            answer
        })
    }
}
