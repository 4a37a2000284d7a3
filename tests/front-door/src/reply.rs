//! A function's answer as HTTP.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde_json::Value;

/// The headers that API Gateway renames in a function's answer.
///
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>
const REMAPPED: [&str; 11] = [
    "connection",
    "content-md5",
    "date",
    "expect",
    "host",
    "server",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "www-authenticate",
];

/// The HTTP answer, or `None` if API Gateway would not understand the function's.
pub(crate) fn from_proxy(answer: &Value) -> Option<Response<Body>> {
    let status = u16::try_from(answer["statusCode"].as_u64()?).ok()?;
    let mut response = Response::builder().status(status).body(body(answer)?).ok()?;
    *response.headers_mut() = headers(answer)?;
    Some(response)
}

fn headers(answer: &Value) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    let many = answer["multiValueHeaders"].as_object().into_iter().flatten();
    let many = many
        .flat_map(|(name, values)| values.as_array().into_iter().flatten().map(move |value| (name, value)));
    for (name, value) in answer["headers"].as_object().into_iter().flatten().chain(many) {
        let name = name.to_ascii_lowercase();
        let name = if REMAPPED.contains(&name.as_str()) { format!("x-amzn-remapped-{name}") } else { name };
        headers.append(name.parse::<HeaderName>().ok()?, value.as_str()?.parse::<HeaderValue>().ok()?);
    }
    Some(headers)
}

/// Without binary media types, the client sees the encoded form of a body that a function encoded.
fn body(answer: &Value) -> Option<Body> {
    let text = answer["body"].as_str().unwrap_or_default();
    let encoded = answer["isBase64Encoded"].as_bool().unwrap_or_default();
    if encoded && STANDARD.decode(text).is_err() {
        return None;
    }
    Some(Body::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_functions_challenge_is_renamed() {
        let answer = json!({
            "statusCode": 401,
            "headers": { "WWW-Authenticate": "Bearer" },
            "multiValueHeaders": { "set-cookie": ["a=1", "b=2"] },
            "body": "{}",
        });
        let response = from_proxy(&answer).unwrap();
        assert!(!response.headers().contains_key("www-authenticate"));
        assert_eq!(response.headers()["x-amzn-remapped-www-authenticate"], "Bearer");
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for answer in [
            json!("ok"),
            json!({ "statusCode": "x" }),
            json!({ "statusCode": 200, "headers": { "a b": "c" } }),
        ] {
            assert!(from_proxy(&answer).is_none(), "{answer}");
        }
    }
}
