//! The faults, and the expected findings for each.

mod answers;
mod browsers;
mod challenges;
mod clients;
mod documents;

use doctor::Verdict;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::proxy::{Answer, Asked, Change};

/// A fault and its expected findings.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) change: Change,
    /// Whether the examination is given a key.
    pub(crate) key: bool,
    /// All findings but the successes; the words of the first one are checked.
    pub(crate) expected: &'static [(&'static str, Verdict)],
    pub(crate) seen: &'static str,
    pub(crate) fix: &'static str,
}

const ROOT: &str = "/.well-known/oauth-protected-resource";
const ISSUER: &str = "/.well-known/oauth-authorization-server";

/// Every fault.
pub(crate) fn all() -> impl Iterator<Item = Case> {
    let documents = challenges::CASES.into_iter().chain(browsers::CASES).chain(documents::CASES);
    documents.chain(clients::CASES).chain(answers::CASES)
}

const fn case(
    name: &'static str,
    change: Change,
    expected: &'static [(&'static str, Verdict)],
    seen: &'static str,
    fix: &'static str,
) -> Case {
    Case { name, change, key: false, expected, seen, fix }
}

const fn keyed(mut case: Case) -> Case {
    case.key = true;
    case
}

fn is(asked: &Asked, method: &Method, path: &str) -> bool {
    asked.method == method && asked.path == path
}

fn set(answer: &mut Answer, name: HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn status(answer: &mut Answer, status: u16) {
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
}
