//! The embedded database as an HTTP endpoint: `X-Amz-Target` names the operation.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The engine's response to one request.
pub(super) type Answer = Result<HttpResponse, ConnectorError>;

/// The response of the database.
pub(super) fn answer(engine: &Database, request: &HttpRequest) -> Answer {
    let operation = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
    let body = request.body().bytes().unwrap_or_default();
    let outcome = dispatch(engine, operation.unwrap_or_default(), body);
    let (status, body) = match outcome {
        Ok(body) => (200, body),
        Err(error) => (error.status_code(), error.to_json()),
    };
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

/// The operations that the store uses.
fn dispatch(engine: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "GetItem" => call(body, |request| engine.get_item(request)),
        "PutItem" => call(body, |request| engine.put_item(request)),
        "UpdateItem" => call(body, |request| engine.update_item(request)),
        "DeleteItem" => call(body, |request| engine.delete_item(request)),
        "Query" => call(body, |request| engine.query(request)),
        "BatchGetItem" => call(body, |request| engine.batch_get_item(request)),
        "TransactWriteItems" => call(body, |request| engine.transact_write_items(request)),
        other => Err(DynoxideError::ValidationException(format!("operation {other} is not embedded"))),
    }
}

fn call<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body).map_err(|error| {
        DynoxideError::ValidationException(format!("the request does not parse: {error}"))
    })?;
    let response = operation(request)?;
    serde_json::to_string(&response).map_err(|error| {
        DynoxideError::InternalServerError(format!("the answer does not serialise: {error}"))
    })
}
