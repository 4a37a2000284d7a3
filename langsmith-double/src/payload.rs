//! The body of a request of a tracing client: plain, compressed as a whole, or chunked. Description: `gzip` and `zstd`,
//! of `POST /runs/multipart`. Assumed: other requests of tracing clients accept them too. Assumed: other encodings are
//! answered 415, and bodies that decode to more than 64 MiB 413.

use std::io::Read;
use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use bytes::Bytes;
use http_body_util::BodyExt;
use ruzstd::decoding::StreamingDecoder;

use crate::reply::ApiError;
use crate::state::App;

/// The maximum size of a decompressed body.
const MAX_DECODED: u64 = 64 * 1024 * 1024;

/// A decoded body with its headers.
pub(crate) struct Payload {
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl FromRequest<Arc<App>> for Payload {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        // The body was already read and limited, so collecting it cannot fail.
        let body = body.collect().await.map_err(|error| ApiError::BadRequest(error.to_string()))?;
        let bytes = decoded(&parts.headers, body.to_bytes())?;
        Ok(Self { headers: parts.headers, bytes })
    }
}

/// The encodings that the description of `POST /runs/multipart` names.
fn decoded(headers: &HeaderMap, body: Bytes) -> Result<Bytes, ApiError> {
    let encoding = headers.get(CONTENT_ENCODING).map_or("identity", |value| value.to_str().unwrap_or("?"));
    match encoding.to_ascii_lowercase().as_str() {
        "identity" | "" => Ok(body),
        "gzip" => whole(flate2::read::MultiGzDecoder::new(body.as_ref())),
        "zstd" => frames(&body),
        _ => Err(ApiError::Unsupported(format!("unknown content encoding {encoding:?}"))),
    }
}

fn frames(body: &[u8]) -> Result<Bytes, ApiError> {
    let mut rest = body;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let frame = StreamingDecoder::new(&mut rest).map_err(|error| undecodable(&error))?;
        append(&mut out, frame)?;
    }
    Ok(out.into())
}

fn whole(reader: impl Read) -> Result<Bytes, ApiError> {
    let mut out = Vec::new();
    append(&mut out, reader)?;
    Ok(out.into())
}

fn append(out: &mut Vec<u8>, reader: impl Read) -> Result<(), ApiError> {
    let room = MAX_DECODED - u64::try_from(out.len()).unwrap_or(MAX_DECODED);
    let read = reader.take(room + 1).read_to_end(out).map_err(|error| undecodable(&error))?;
    match u64::try_from(read) {
        Ok(read) if read <= room => Ok(()),
        _ => Err(ApiError::TooLarge("the decoded body is too large")),
    }
}

fn undecodable(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::BadRequest(format!("the body cannot be decoded: {error}"))
}
