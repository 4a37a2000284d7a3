//! The trace that a request belongs to. A set whose backend traces its work passes it on, so that the work hangs under
//! the caller's.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;

/// The headers of a trace: W3C Trace Context, and LangSmith's own, which its SDKs send.
const NAMES: [HeaderName; 3] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("langsmith-trace"),
];

const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// The members of W3C Baggage that describe the trace. Others are for the services that the caller chose, and LangSmith's
/// own may name another project or address to trace to.
const MEMBERS: [&str; 2] = ["langsmith-metadata", "langsmith-tags"];

/// The longest value that is passed on, in bytes (W3C Baggage, section 3.3.2, asks for no more).
const MAX: usize = 8_192;

/// The members of a request's `_meta` that name its trace: the SDKs of MCP write them there, because not every transport
/// has headers (SEP-414). They come from the client and may be anything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TraceMembers<'a> {
    pub(crate) traceparent: Option<&'a RawValue>,
    pub(crate) tracestate: Option<&'a RawValue>,
    pub(crate) baggage: Option<&'a RawValue>,
}

impl TraceMembers<'_> {
    fn get(self, name: &HeaderName) -> Option<HeaderValue> {
        let member = match name.as_str() {
            "traceparent" => self.traceparent,
            "tracestate" => self.tracestate,
            "baggage" => self.baggage,
            _ => None,
        };
        let text: String = serde_json::from_str(member?.get()).ok()?;
        HeaderValue::try_from(text).ok()
    }
}

/// The headers that name the trace of a request: its own, or else those in its `_meta`.
pub(crate) fn of(request: &HeaderMap, members: TraceMembers<'_>) -> HeaderMap {
    let given = |name: &HeaderName| {
        let value = request.get(name).cloned().or_else(|| members.get(name));
        value.filter(|value| value.len() <= MAX)
    };
    let named = NAMES.into_iter().filter_map(|name| Some((name.clone(), given(&name)?)));
    let baggage = given(&BAGGAGE).and_then(|value| of_trace(&value)).map(|value| (BAGGAGE, value));
    named.chain(baggage).collect()
}

/// The members of baggage that describe the trace, if there are any.
fn of_trace(baggage: &HeaderValue) -> Option<HeaderValue> {
    let is_of_trace =
        |member: &&str| member.split_once('=').is_some_and(|(name, _)| MEMBERS.contains(&name.trim()));
    let members: Vec<&str> = baggage.to_str().ok()?.split(',').map(str::trim).filter(is_of_trace).collect();
    let members = Some(members.join(",")).filter(|members| !members.is_empty())?;
    HeaderValue::try_from(members).ok()
}

#[cfg(test)]
mod tests {
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
        let taken = of(&request, TraceMembers::default());
        let mut names: Vec<&str> = taken.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["langsmith-trace", "traceparent"]);
        assert_eq!(taken["traceparent"], "00-1-2-01");
    }

    #[test]
    fn members_count_where_there_is_no_header() {
        let raw = |text: &str| serde_json::from_str::<Box<RawValue>>(text).unwrap();
        let (parent, state, baggage) =
            (raw(r#""00-3-4-01""#), raw(r#"{"a":1}"#), raw(r#""user=ada,langsmith-tags=a""#));
        let members =
            TraceMembers { traceparent: Some(&parent), tracestate: Some(&state), baggage: Some(&baggage) };
        let taken = of(&HeaderMap::new(), members);
        assert_eq!(
            (&taken["traceparent"], &taken["baggage"]),
            (&"00-3-4-01".parse().unwrap(), &"langsmith-tags=a".parse().unwrap())
        );
        assert_eq!(taken.len(), 2);
        let request = HeaderMap::from_iter([(NAMES[0].clone(), HeaderValue::from_static("00-1-2-01"))]);
        assert_eq!(of(&request, members)["traceparent"], "00-1-2-01");
    }

    #[test]
    fn only_metadata_and_tags_are_taken_of_baggage() {
        for (given, expected) in [
            (
                "user=ada, langsmith-metadata=%7B%7D ,langsmith-project=other,langsmith-tags=a%2Cb;p=1",
                Some("langsmith-metadata=%7B%7D,langsmith-tags=a%2Cb;p=1"),
            ),
            ("langsmith-replicas=%5B%5D,langsmith-address=x,langsmith-tags", None),
            ("", None),
        ] {
            let request = HeaderMap::from_iter([(BAGGAGE, HeaderValue::from_static(given))]);
            let taken = of(&request, TraceMembers::default());
            assert_eq!(taken.get(BAGGAGE).map(|value| value.to_str().unwrap()), expected, "{given}");
        }
    }
}
