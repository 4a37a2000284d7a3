//! `Accept`. The specification makes clients list both JSON and event streams; several list one, or `*/*`. We answer
//! JSON, so only a client that rules out both is turned away.

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether the client can be answered with JSON.
pub(super) fn takes_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(ACCEPT).iter().peekable();
    values.peek().is_none()
        || values.any(|value| value.to_str().is_ok_and(|value| value.split(',').any(fits)))
}

fn fits(range: &str) -> bool {
    let media_type = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(
        media_type.as_str(),
        "" | "*/*" | "application/*" | "application/json" | "text/*" | "text/event-stream"
    )
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_client_that_takes_neither_form_is_refused() {
        let takes = |value| takes_json(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]));
        for value in
            ["application/json, text/event-stream", "*/*", "application/json", "text/event-stream;q=0.5", ""]
        {
            assert!(takes(value), "{value}");
        }
        assert!(!takes("text/html, image/*"));
        assert!(takes_json(&HeaderMap::new()));
    }
}
