//! `Accept`. The specification requires clients to list both JSON and event streams; some list only one, or `*/*`.
//! Nearly all answers are JSON, so only a client that excludes both is refused, and only one that lists event streams
//! gets a stream.

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether the client accepts JSON.
pub(super) fn takes_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(ACCEPT).iter().peekable();
    values.peek().is_none()
        || values.any(|value| value.to_str().is_ok_and(|value| value.split(',').any(fits)))
}

/// Whether the client accepts event streams.
pub(super) fn takes_events(headers: &HeaderMap) -> bool {
    let lists = |value: &str| value.split(',').any(|range| media_type(range) == "text/event-stream");
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(lists))
}

fn media_type(range: &str) -> String {
    range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn fits(range: &str) -> bool {
    matches!(
        media_type(range).as_str(),
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

    #[test]
    fn only_a_client_that_lists_streams_gets_one() {
        let takes = |value| takes_events(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]));
        for (value, expected) in [
            ("application/json, text/event-stream", true),
            ("Text/Event-Stream;q=0.5", true),
            ("*/*", false),
            ("application/json", false),
        ] {
            assert_eq!(takes(value), expected, "{value}");
        }
        assert!(!takes_events(&HeaderMap::new()));
    }
}
