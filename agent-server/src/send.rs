//! One request: sent, bounded in time and size, and read to the end.

use bytes::Bytes;
use http::{HeaderMap, Method};
use langsmith::UpstreamError;
use langsmith::body::{MAX_BODY, read_bounded};
use reqwest::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{AgentError, Session};

impl Session<'_> {
    /// The JSON value that `method` on `path` answers.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, AgentError> {
        let response = self.send(method, path, body).await?;
        let body = self.body(response).await?;
        serde_json::from_slice(&body).map_err(|_| AgentError::Malformed)
    }

    /// The answer to `method` on `path` once its headers are there, if they say that it succeeded.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response, AgentError> {
        self.send_with(method, path, body, None).await
    }

    /// The same, with further headers. The credential takes the place of any header of its names.
    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        headers: Option<&HeaderMap>,
    ) -> Result<Response, AgentError> {
        let mut request = self.server.http.request(method, format!("{}{path}", self.server.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        let (client, request) = request.build_split();
        // Every part of a path is ours or a UUID.
        let mut request = request.map_err(|_| AgentError::Unreachable)?;
        request
            .headers_mut()
            .extend(headers.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        self.credential.apply(request.headers_mut())?;
        let response = self.in_time(client.execute(request)).await?;
        let response = response.map_err(|error| AgentError::of_transport(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.body(response).await.unwrap_or_default();
        Err(AgentError::from_answer(status, &body))
    }

    /// The whole body of an answer.
    pub(crate) async fn body(&self, response: Response) -> Result<Bytes, AgentError> {
        let read = self.in_time(read_bounded(response, MAX_BODY)).await?;
        read.map_err(|error| match error {
            UpstreamError::TooLarge => AgentError::TooLarge,
            UpstreamError::Timeout => AgentError::Timeout,
            _ => AgentError::Unreachable,
        })
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, AgentError> {
        self.deadline.limit(work).await.map_err(|_missed| AgentError::Timeout)
    }
}

/// For requests without a body.
pub(crate) const NO_BODY: Option<&()> = None;
