//! The trace that a request belongs to. A set whose backend traces its work passes it on, so that the work hangs under
//! the caller's.

use http::{HeaderMap, HeaderName};

/// The headers of a trace: W3C Trace Context, W3C Baggage, and LangSmith's own, which its SDKs send.
const NAMES: [HeaderName; 4] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
    HeaderName::from_static("langsmith-trace"),
];

/// The longest value that is passed on, in bytes (W3C Baggage, section 3.3.2, asks for no more).
const MAX: usize = 8_192;

/// The headers of `request` that name its trace.
pub(crate) fn of(request: &HeaderMap) -> HeaderMap {
    let named = NAMES.into_iter().filter_map(|name| {
        let value = request.get(&name).filter(|value| value.len() <= MAX)?.clone();
        Some((name, value))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_trace_is_taken_and_nothing_else() {
        let mut request = HeaderMap::new();
        for (name, value) in [
            ("traceparent", "00-1-2-01".to_owned()),
            ("langsmith-trace", "20261202T100000Z".to_owned()),
            ("baggage", "x".repeat(MAX + 1)),
            ("authorization", "Bearer x".to_owned()),
        ] {
            request.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
        }
        let taken = of(&request);
        let mut names: Vec<&str> = taken.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["langsmith-trace", "traceparent"]);
        assert_eq!(taken["traceparent"], "00-1-2-01");
    }
}
