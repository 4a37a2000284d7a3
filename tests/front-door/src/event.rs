//! HTTP requests as the events of a REST API's proxy integration, and of its REQUEST authorizer.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use http::request::Parts;
use primitives::clock::{Clock as _, SystemClock};
use serde_json::{Map, Value, json};

/// The stage, which does not occur in URLs.
pub(crate) const STAGE: &str = "live";
/// The prefix of every method's ARN.
const API: &str = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5";

/// The ARN of a method, for policies.
pub(crate) fn method_arn(parts: &Parts, resource: &str) -> String {
    format!("{API}/{STAGE}/{}{resource}", parts.method)
}

/// The event for the function behind a route. `authorizer` is the context from its authorizer.
pub(crate) fn proxy(
    parts: &Parts,
    resource: &str,
    id: &str,
    authorizer: Option<Value>,
    body: &[u8],
) -> Value {
    let mut event = common(parts, resource, id);
    event["requestContext"]["authorizer"] = authorizer.unwrap_or(Value::Null);
    // Without binary media types, every body is text.
    event["body"] = if body.is_empty() { Value::Null } else { json!(String::from_utf8_lossy(body)) };
    event["isBase64Encoded"] = json!(false);
    event
}

/// The event for the authorizer.
pub(crate) fn authorizer(parts: &Parts, resource: &str, id: &str) -> Value {
    let mut event = common(parts, resource, id);
    event["type"] = json!("REQUEST");
    event["methodArn"] = json!(method_arn(parts, resource));
    event
}

fn common(parts: &Parts, resource: &str, id: &str) -> Value {
    let path = parts.uri.path();
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let (query, queries) = last_and_all(query.map(|(name, value)| (name.into_owned(), value.into_owned())));
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (titled(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let forwarded =
        [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Port", "443")];
    let forwarded = forwarded.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (header, headers) = last_and_all(headers.chain(forwarded));
    json!({
        "resource": resource,
        "path": path,
        "httpMethod": parts.method.as_str(),
        "headers": header,
        "multiValueHeaders": headers,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": queries,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "resourceId": "r1",
            "resourcePath": resource,
            "httpMethod": parts.method.as_str(),
            "path": path,
            "protocol": "HTTP/1.1",
            "stage": STAGE,
            "apiId": "a1b2c3d4e5",
            "accountId": "111122223333",
            "requestId": id,
            "requestTimeEpoch": SystemClock.now().millis(),
            "domainName": "mcp.example.com",
            "domainPrefix": "mcp",
            "identity": { "sourceIp": "203.0.113.7", "userAgent": null },
        },
    })
}

/// Two views of one list: the last value of each name, and all values. Both are null for an empty list.
fn last_and_all(pairs: impl Iterator<Item = (String, String)>) -> (Value, Value) {
    let (mut last, mut all) = (Map::new(), Map::new());
    for (name, value) in pairs {
        all.entry(&name).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(value));
        last.insert(name, json!(value));
    }
    if last.is_empty() { (Value::Null, Value::Null) } else { (Value::Object(last), Value::Object(all)) }
}

/// A header's name in the usual capitalisation: the functions must not rely on lower case.
fn titled(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}
