//! Faults that only clients in a browser meet.

use doctor::Verdict::Fault;
use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
};

use super::{Case, ISSUER, case, is, set, status};

pub(super) const CASES: [Case; 5] = [
    case(
        "the challenge cannot be read by a page",
        |asked, answer| {
            if asked.path == "/mcp" && asked.method != Method::OPTIONS {
                answer.headers_mut().remove(ACCESS_CONTROL_EXPOSE_HEADERS);
            }
        },
        &[("challenge in a browser", Fault)],
        "does not name www-authenticate",
        "gateway response UNAUTHORIZED",
    ),
    case(
        "CORS is missing on the challenge",
        |asked, answer| {
            if asked.path == "/mcp" && asked.method != Method::OPTIONS {
                answer.headers_mut().remove(ACCESS_CONTROL_ALLOW_ORIGIN);
            }
        },
        &[("challenge in a browser", Fault)],
        "without access-control-allow-origin",
        "gateway response UNAUTHORIZED",
    ),
    case(
        "CORS is missing on a document",
        |asked, answer| {
            if asked.path == ISSUER {
                answer.headers_mut().remove(ACCESS_CONTROL_ALLOW_ORIGIN);
            }
        },
        &[("documents in a browser", Fault)],
        "without access-control-allow-origin",
        "proxy",
    ),
    case(
        "OPTIONS has an authorizer",
        |asked, answer| {
            if is(asked, &Method::OPTIONS, "/mcp") {
                status(answer, 401);
            }
        },
        &[("preflights", Fault)],
        "/mcp: status 401 for OPTIONS",
        "OPTIONS must have no authorizer",
    ),
    case(
        "a preflight allows no credential",
        |asked, answer| {
            if is(asked, &Method::OPTIONS, "/token") {
                set(answer, ACCESS_CONTROL_ALLOW_HEADERS, "content-type");
            }
        },
        &[("preflights", Fault)],
        "/token: the header authorization is not allowed",
        "DNS record",
    ),
];
