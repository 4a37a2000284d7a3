//! Faults of the start of a login.

use doctor::Verdict::{self, Fault, Warning};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderName, Method};

use super::{Case, case, is, set, status};
use crate::proxy::Answer;

const REMAPPED: HeaderName = HeaderName::from_static("x-amzn-remapped-www-authenticate");

/// Without a challenge, the four checks that need it fail alike.
const NO_CHALLENGE: &[(&str, Verdict)] = &[
    ("challenge", Fault),
    ("challenge of a GET", Fault),
    ("challenge of a bad token", Fault),
    ("legacy era", Fault),
    ("modern era", Fault),
];

/// API Gateway's renaming of a function's own challenge.
fn rename(answer: &mut Answer) {
    if let Some(value) = answer.headers_mut().remove(WWW_AUTHENTICATE) {
        answer.headers_mut().insert(REMAPPED, value);
    }
}

pub(super) const CASES: [Case; 8] = [
    case(
        "the challenge is lost",
        |_, answer| drop(answer.headers_mut().remove(WWW_AUTHENTICATE)),
        NO_CHALLENGE,
        "401 without WWW-Authenticate",
        "gateway response UNAUTHORIZED",
    ),
    case(
        "the function's challenge is renamed",
        |_, answer| rename(answer),
        NO_CHALLENGE,
        "x-amzn-remapped-www-authenticate",
        "gateway response UNAUTHORIZED",
    ),
    case(
        "both headers are there",
        |asked, answer| {
            if is(asked, &Method::GET, "/mcp") {
                set(answer, REMAPPED, "Bearer");
            }
        },
        &[("challenge of a GET", Warning)],
        "a second one",
        "gateway response UNAUTHORIZED",
    ),
    case(
        "a challenge of another kind",
        |asked, answer| {
            if is(asked, &Method::GET, "/mcp") {
                set(answer, WWW_AUTHENTICATE, "Basic realm=\"x\"");
            }
        },
        &[("challenge of a GET", Fault)],
        "WWW-Authenticate is Basic",
        "UNAUTHORIZED",
    ),
    case(
        "the challenge names another document",
        |asked, answer| {
            if is(asked, &Method::GET, "/mcp") {
                set(answer, WWW_AUTHENTICATE, "Bearer resource_metadata=\"https://other.example/x\"");
            }
        },
        &[("challenge of a GET", Fault)],
        "resource_metadata is https://other.example/x",
        "DomainName",
    ),
    case(
        "the challenge leaves the search for metadata to clients",
        |asked, answer| {
            if is(asked, &Method::GET, "/mcp") {
                set(answer, WWW_AUTHENTICATE, "Bearer scope=\"langsmith:read\"");
            }
        },
        &[("challenge of a GET", Warning)],
        "without resource_metadata",
        "MetadataInChallenge",
    ),
    case(
        "a bad token is a broken authorizer",
        |asked, answer| {
            if asked.path == "/mcp" && asked.headers.contains_key("authorization") {
                status(answer, 503);
            }
        },
        &[("challenge of a bad token", Fault)],
        "status 503 in place of 401",
        "function authorizer",
    ),
    case(
        "the endpoint is open",
        |asked, answer| {
            if is(asked, &Method::GET, "/mcp") {
                status(answer, 200);
            }
        },
        &[("challenge of a GET", Fault)],
        "answers without a credential",
        "something other",
    ),
];
