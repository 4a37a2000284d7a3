//! One fetch of a document (draft-ietf-oauth-client-id-metadata-document-00 sections 4 and 6). Nothing that the document
//! names is fetched: no logo, no keys, no page.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use oauth::document::{ClientDocument, DocumentUrl};
use outbound::{GuardedClient, GuardedRequest, GuardedUrl, Limits};
use primitives::clock::Timestamp;
use primitives::deadline::Deadline;

use super::fault::DocumentFault;
use super::freshness;

/// The maximum size of a document, in bytes, which the draft recommends.
const MAX_BODY: usize = 5 * 1024;
/// When connecting, the head and the whole body must be done: a person waits, and a body may drip.
const PATIENCE: Duration = Duration::from_secs(10);

/// A usable document, and how long it may be used again.
pub(super) struct Fetched {
    pub(super) document: ClientDocument,
    pub(super) lifetime: Option<Duration>,
}

pub(super) async fn fetch(
    http: &GuardedClient,
    url: &DocumentUrl,
    now: Timestamp,
) -> Result<Fetched, DocumentFault> {
    let target = GuardedUrl::parse(url.id().as_str(), http.policy())
        .map_err(|refused| DocumentFault::Unreachable(outbound::OutboundFailure::Refused(refused)))?;
    let accept = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let request = GuardedRequest::new(Method::GET, &target).headers(accept);
    let limits = Limits { body: MAX_BODY, deadline: Deadline::after(PATIENCE), idle: PATIENCE };
    let answer = http.send(request, limits).await?;
    if answer.status != StatusCode::OK {
        return Err(DocumentFault::Status(answer.status.as_u16()));
    }
    if !is_json(&answer.headers) {
        return Err(DocumentFault::ContentType);
    }
    let lifetime = freshness::lifetime(&answer.headers, now);
    let document = ClientDocument::parse(url, &answer.whole().await?)?;
    Ok(Fetched { document, lifetime })
}

/// `application/json`, or a more specific `application/…+json` (section 4.1).
fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    declared
        .strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.strip_suffix("+json").is_some_and(|kind| !kind.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_many_names() {
        let is = |value: &str| is_json(&HeaderMap::from_iter([(CONTENT_TYPE, value.parse().unwrap())]));
        for json in ["application/json", "Application/JSON; charset=utf-8", "application/cimd+json ; x=y"] {
            assert!(is(json), "{json}");
        }
        for other in
            ["text/html", "text/json", "application/jsonp", "application/+json", "json", "", "a/b+json"]
        {
            assert!(!is(other), "{other}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
