//! The HTTP connector between the AWS SDK and the embedded database.

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use dynoxide::Database;

use super::engine::answer;
use super::worker::Worker;

/// Where requests are processed.
#[derive(Clone)]
pub(super) enum Embedded {
    /// On the calling thread: nothing waits for a disk.
    Here(Database),
    /// On a dedicated thread.
    There(Worker),
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedded")
    }
}

pub(super) fn http_client(embedded: Embedded) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(embedded);
    http_client_fn(move |_, _| connector.clone())
}

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self {
            Self::Here(engine) => HttpConnectorFuture::ready(answer(engine, &request)),
            Self::There(worker) => {
                let answer = worker.clone().ask(request);
                HttpConnectorFuture::new(async move {
                    answer.await.unwrap_or_else(|| {
                        Err(ConnectorError::other("the database gave no answer".into(), None))
                    })
                })
            }
        }
    }
}
