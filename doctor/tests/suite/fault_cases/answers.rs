//! Faults of the other endpoints.

use doctor::Verdict::{Fault, Warning};
use http::header::{CACHE_CONTROL, DATE, LOCATION};
use http::{Method, StatusCode};
use serde_json::json;

use super::{Case, case, keyed, set, status};
use crate::proxy::put;

pub(super) const CASES: [Case; 10] = [
    case(
        "no keys",
        |asked, answer| {
            if asked.path == "/jwks.json" {
                put(answer, "/keys", json!([]));
            }
        },
        &[("signing keys", Fault)],
        "no key",
        "STACK-janitor",
    ),
    case(
        "a private key",
        |asked, answer| {
            if asked.path == "/jwks.json" {
                put(answer, "/keys", json!([{ "kty": "EC", "crv": "P-256", "d": "leaked" }]));
            }
        },
        &[("signing keys", Fault)],
        "private member \"d\"",
        "signing-keys",
    ),
    case(
        "a key of another kind",
        |asked, answer| {
            if asked.path == "/jwks.json" {
                put(answer, "/keys/0/alg", json!("RS256"));
            }
        },
        &[("signing keys", Fault)],
        "not one of ES256",
        "table keys",
    ),
    case(
        "tokens may be kept",
        |asked, answer| {
            if asked.path == "/token" && asked.method == Method::POST {
                set(answer, CACHE_CONTROL, "public, max-age=60");
            }
        },
        &[("token endpoint", Fault)],
        "without cache-control: no-store",
        "content delivery network",
    ),
    case(
        "the token function does not start",
        |asked, answer| {
            if asked.path == "/token" && asked.method == Method::POST {
                status(answer, 502);
            }
        },
        &[("token endpoint", Fault)],
        "status 502 in place of 400 or 401",
        "function token",
    ),
    case(
        "revocation is gone",
        |asked, answer| {
            if asked.path == "/revoke" {
                status(answer, 301);
                set(answer, LOCATION, "/login");
            }
        },
        &[("revocation", Fault)],
        "to /login",
        "DNS record",
    ),
    case(
        "unknown paths are forbidden",
        |asked, answer| {
            if answer.status() == StatusCode::NOT_FOUND && asked.path != "/mcp" {
                status(answer, 403);
            }
        },
        &[("unknown path", Fault)],
        "403",
        "MISSING_AUTHENTICATION_TOKEN",
    ),
    case(
        "no date",
        |_, answer| set(answer, DATE, "yesterday"),
        &[("clock", Warning)],
        "Date is \"yesterday\"",
        "in front",
    ),
    keyed(case(
        "keys are switched off",
        |asked, answer| {
            if asked.headers.contains_key("x-api-key") {
                status(answer, 401);
            }
        },
        &[("legacy era", Fault), ("modern era", Fault)],
        "initialize: the key is not accepted",
        "ApiKeyHeader=off",
    )),
    keyed(case(
        "the modern era is unknown",
        |asked, answer| {
            if asked.headers.get("mcp-method").is_some_and(|method| method == "server/discover") {
                *answer.body_mut() = r#"{"error":{"code":-32601,"message":"lsv2_pt_demo"}}"#.into();
            }
        },
        &[("modern era", Fault)],
        "server/discover: error -32601",
        "another release",
    )),
];
