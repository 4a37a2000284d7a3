//! The event of the authorizer: the request's headers, path and query, and the ARN to allow.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

/// The event that API Gateway sends to a REQUEST authorizer of a REST API, reduced to the members that matter here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    method_arn: String,
    /// The path in the client's spelling.
    #[serde(default)]
    path: Option<String>,
    /// The last value of each header.
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    /// Every value of each header.
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    /// Every value of each query parameter.
    #[serde(default)]
    multi_value_query_string_parameters: Option<BTreeMap<String, Vec<String>>>,
}

impl Event {
    /// The request's headers. One that is not valid in a request is dropped, and so counts as missing.
    pub(crate) fn headers(&self) -> HeaderMap {
        let many = self.multi_value_headers.iter().flatten();
        let mut headers: HeaderMap = many
            .flat_map(|(name, values)| values.iter().filter_map(move |value| pair(name, value)))
            .fold(HeaderMap::new(), |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            });
        for (name, value) in self.headers.iter().flatten().filter_map(|(name, value)| pair(name, value)) {
            headers.entry(name).or_insert(value);
        }
        headers
    }

    /// The query parameters.
    pub(crate) fn query(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let all = self.multi_value_query_string_parameters.iter().flatten();
        all.flat_map(|(name, values)| {
            values.iter().map(|value| (Cow::Borrowed(name.as_str()), Cow::Borrowed(value.as_str())))
        })
    }

    /// The requested path.
    pub(crate) fn path(&self) -> &str {
        self.path.as_deref().unwrap_or_default()
    }

    /// The ARN of every method and path of the requested stage. A decision may be cached, and then applies to any
    /// request with the same token.
    pub(crate) fn stage_arn(&self) -> String {
        let mut parts = self.method_arn.splitn(3, '/');
        let (api, stage) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        format!("{api}/{stage}/*")
    }
}

fn pair(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}
