//! Faults of the documents.

use doctor::Verdict::{Fault, Skipped};
use http::header::CONTENT_TYPE;
use serde_json::json;

use super::{Case, ISSUER, ROOT, case, set, status};
use crate::proxy::put;

pub(super) const CASES: [Case; 8] = [
    case(
        "another issuer",
        |asked, answer| {
            if asked.path.starts_with(ISSUER) {
                put(answer, "/issuer", json!("https://other.example\u{1b}[31m"));
            }
        },
        &[("issuer equality", Fault)],
        "issuer is \"https://other.example?[31m\"",
        "DomainName",
    ),
    case(
        "the issuer ends with a slash in the resource's document",
        |asked, answer| {
            if asked.path == "/.well-known/oauth-protected-resource/mcp" {
                put(answer, "/authorization_servers/0", json!("http://localhost/"));
            }
        },
        &[("issuer equality", Fault), ("resource document", Fault)],
        "the resource names \"http://localhost/\"",
        "DomainName",
    ),
    case(
        "the issuer's document is gone",
        |asked, answer| {
            if asked.path.starts_with(ISSUER) {
                status(answer, 404);
            }
        },
        &[
            ("issuer document", Fault),
            ("issuer document at path", Skipped),
            ("issuer equality", Skipped),
            ("endpoints", Skipped),
            ("OAuth features", Skipped),
        ],
        "status 404 in place of 200",
        "Beside a self-hosted LangSmith",
    ),
    case(
        "another document behind the path",
        |asked, answer| {
            if asked.path == "/.well-known/oauth-authorization-server/mcp" {
                put(answer, "/issuer", json!("https://langsmith.example"));
            }
        },
        &[("issuer document at path", Fault)],
        "another document",
        "something other",
    ),
    case(
        "an endpoint elsewhere",
        |asked, answer| {
            if asked.path.starts_with(ISSUER) {
                put(answer, "/token_endpoint", json!("https://abc.execute-api.example/token"));
            }
        },
        &[("endpoints", Fault)],
        "token_endpoint is \"https://abc.execute-api.example/token\"",
        "DomainName",
    ),
    case(
        "no PKCE and no iss",
        |asked, answer| {
            if asked.path.starts_with(ISSUER) {
                put(answer, "/code_challenge_methods_supported", json!(["plain"]));
                put(answer, "/authorization_response_iss_parameter_supported", json!(false));
            }
        },
        &[("OAuth features", Fault)],
        "S256 in code_challenge_methods_supported, authorization_response_iss_parameter_supported",
        "another release",
    ),
    case(
        "another resource",
        |asked, answer| {
            if asked.path.starts_with(ROOT) {
                put(answer, "/resource", json!("https://eu.mcp.example.com/mcp"));
            }
        },
        &[("resource document", Fault), ("resource document at root", Fault)],
        "resource is https://eu.mcp.example.com/mcp",
        "DomainName",
    ),
    case(
        "a page in place of a document",
        |asked, answer| {
            if asked.path == ROOT {
                set(answer, CONTENT_TYPE, "text/html");
            }
        },
        &[("resource document at root", Fault)],
        "content-type is text/html",
        "DNS record",
    ),
];
