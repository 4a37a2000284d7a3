//! Faults of registration and of the pages.

use doctor::Verdict::{Fault, Skipped, Warning};
use http::header::{CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};
use http::{Method, StatusCode};
use serde_json::json;

use super::{Case, case, set, status};
use crate::proxy::put;

pub(super) const CASES: [Case; 5] = [
    case(
        "registration is throttled",
        |asked, answer| {
            if asked.path == "/register" && asked.method == Method::POST {
                status(answer, 429);
            }
        },
        &[("registration", Warning), ("login page", Skipped), ("unknown clients", Skipped)],
        "status 429",
        "EntryRate",
    ),
    case(
        "a secret comes back",
        |asked, answer| {
            if asked.path == "/register" && asked.method == Method::POST {
                put(answer, "/client_id", json!("doctor-sends-no-secrets"));
            }
        },
        &[("registration", Fault), ("login page", Skipped), ("unknown clients", Skipped)],
        "holds a secret",
        "something other",
    ),
    case(
        "a page may be framed",
        |asked, answer| {
            if asked.path == "/authorize" {
                set(answer, CONTENT_SECURITY_POLICY, "default-src 'none'");
            }
        },
        &[("login page", Fault), ("unknown clients", Fault)],
        "frame-ancestors",
        "content delivery network",
    ),
    case(
        "a cookie that scripts may read",
        |asked, answer| {
            if asked.path == "/authorize" {
                set(answer, SET_COOKIE, "a=1; Path=/");
            }
        },
        &[("login page", Fault)],
        "without HttpOnly",
        "DomainName",
    ),
    case(
        "strangers are redirected",
        |asked, answer| {
            if asked.path == "/authorize" && answer.status() == StatusCode::BAD_REQUEST {
                status(answer, 302);
                set(answer, LOCATION, "https://stranger.example/callback");
            }
        },
        &[("unknown clients", Fault)],
        "redirected to https://stranger.example/callback",
        "never redirects",
    ),
];
