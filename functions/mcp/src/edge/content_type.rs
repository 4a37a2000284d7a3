//! `Content-Type`: messages are JSON.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use shared::web::body;

use shared::web::header_lines::agreed;

const JSON: &str = "application/json";

/// Whether the body is declared as JSON, perhaps repeatedly.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    body::has_type(headers, JSON) || repeats_json(headers)
}

/// Clients that take headers from their users combine these with their own.
fn repeats_json(headers: &HeaderMap) -> bool {
    let said = agreed(headers.get_all(CONTENT_TYPE)).ok().flatten();
    said.and_then(|said| said.split(';').next()).is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn is(value: &'static str) -> bool {
        is_json(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]))
    }

    #[test]
    fn json_may_be_said_twice() {
        for value in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json, application/json",
            "application/json; charset=utf-8, application/json; charset=utf-8",
        ] {
            assert!(is(value), "{value}");
        }
    }

    #[test]
    fn anything_else_is_not_json() {
        for value in [
            "",
            "text/plain",
            "application/json, text/plain",
            "text/plain, application/json",
            "application/jsonx",
        ] {
            assert!(!is(value), "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
