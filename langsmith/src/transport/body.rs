//! Reads response bodies of bounded size: a broken LangSmith, or a proxy in its place, must not be able to exhaust our
//! memory.

use bytes::{Bytes, BytesMut};
use serde::Deserialize;

use crate::UpstreamError;
use crate::transport::unreachable::{Host, transport_error};

/// The maximum size of a response body: 8 MiB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// The body of `response`, or [`UpstreamError::TooLarge`] once it is known to exceed `limit` bytes. At most one network
/// chunk beyond the limit is ever held; a declared length above it is refused without reading.
pub async fn read_bounded(mut response: reqwest::Response, limit: usize) -> Result<Bytes, UpstreamError> {
    let declared = response.content_length().unwrap_or(0);
    if usize::try_from(declared).map_or(true, |declared| declared > limit) {
        return Err(UpstreamError::TooLarge);
    }
    let Some(first) = next_chunk(&mut response).await? else { return Ok(Bytes::new()) };
    if first.len() > limit {
        return Err(UpstreamError::TooLarge);
    }
    let Some(second) = next_chunk(&mut response).await? else { return Ok(first) };
    let capacity = usize::try_from(declared).unwrap_or(0).max(first.len() + second.len());
    let mut body = BytesMut::with_capacity(capacity.min(limit));
    body.extend_from_slice(&first);
    append(&mut body, &second, limit)?;
    while let Some(chunk) = next_chunk(&mut response).await? {
        append(&mut body, &chunk, limit)?;
    }
    Ok(body.freeze())
}

async fn next_chunk(response: &mut reqwest::Response) -> Result<Option<Bytes>, UpstreamError> {
    let chunk = response.chunk().await;
    chunk.map_err(|error| transport_error(&Host::of(response.url()), &error))
}

fn append(body: &mut BytesMut, chunk: &[u8], limit: usize) -> Result<(), UpstreamError> {
    if body.len() + chunk.len() > limit {
        return Err(UpstreamError::TooLarge);
    }
    body.extend_from_slice(chunk);
    Ok(())
}

/// Deserializes a body; `T` may borrow from it. Validating the UTF-8 of the whole body at once is faster than value by
/// value. An invalid body is still parsed: only the values that are read have to be UTF-8.
pub(crate) fn borrowed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, UpstreamError> {
    let read = match str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    read.map_err(|_| UpstreamError::Malformed)
}
