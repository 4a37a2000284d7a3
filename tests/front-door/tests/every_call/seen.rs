//! The outcome that a client or a person sees.

use e2e::browser::Page;
use e2e::{Answer, Tokens};
use reqwest::StatusCode;
use serde_json::Value;
use url::Url;

/// One of two permitted outcomes; anything else is a bug.
#[derive(Debug)]
pub(super) enum Seen<T> {
    /// Success.
    Done(T),
    /// A temporary failure, which may be retried.
    Temporary,
}

impl<T> Seen<T> {
    pub(super) fn done(self) -> Option<T> {
        match self {
            Self::Done(outcome) => Some(outcome),
            Self::Temporary => None,
        }
    }
}

/// Nothing in the answer may make a client discard its credentials.
pub(super) fn is_temporary(answer: &Answer) -> bool {
    let told = answer.headers.contains_key("retry-after") && !answer.headers.contains_key("www-authenticate");
    answer.status == StatusCode::SERVICE_UNAVAILABLE && told
}

/// The answer of an OAuth endpoint.
pub(super) fn oauth(answer: Answer) -> Result<Seen<Answer>, String> {
    if answer.status.is_success() {
        return Ok(Seen::Done(answer));
    }
    if is_temporary(&answer) && answer.error() == "temporarily_unavailable" {
        return Ok(Seen::Temporary);
    }
    Err(format!("{} {:?} {}", answer.status, answer.headers, answer.body))
}

/// The tokens of an OAuth endpoint.
pub(super) fn tokens(answer: Answer) -> Result<Seen<Tokens>, String> {
    Ok(match oauth(answer)? {
        Seen::Done(answer) => Seen::Done(answer.tokens()),
        Seen::Temporary => Seen::Temporary,
    })
}

/// The answer to a tool call.
pub(super) fn tool(answer: &Answer) -> Result<Seen<()>, String> {
    let result = &answer.body["result"];
    if answer.status == StatusCode::OK && result["isError"] == false {
        return Ok(Seen::Done(()));
    }
    let text = result["content"][0]["text"].as_str().unwrap_or_default();
    let told: Value = serde_json::from_str(text).unwrap_or_default();
    if answer.status == StatusCode::OK && result["isError"] == true && told["retryable"] == true {
        return Ok(Seen::Temporary);
    }
    // Without a JSON-RPC or OAuth error, a client could not read the answer.
    let shaped = answer.body["error"]["code"] == 503 || answer.error() == "temporarily_unavailable";
    if is_temporary(answer) && shaped {
        return Ok(Seen::Temporary);
    }
    Err(format!("{} {:?} {}", answer.status, answer.headers, answer.body))
}

/// A page with a form, or a redirect.
pub(super) fn page(found: Result<Page, Url>, form: &str) -> Result<Seen<Page>, String> {
    let page = found.map_err(|url| format!("sent to {url}"))?;
    if page.status == StatusCode::OK && page.has_form(form) { Ok(Seen::Done(page)) } else { failed(&page) }
}

/// A redirect to the client.
pub(super) fn redirect(found: Result<Page, Url>) -> Result<Seen<Url>, String> {
    match found {
        Err(url) => Ok(Seen::Done(url)),
        Ok(page) => failed(&page),
    }
}

/// A page that asks to wait.
fn failed<T>(page: &Page) -> Result<Seen<T>, String> {
    let kind = page.headers["content-type"].to_str().unwrap();
    // If the program itself cannot start, API Gateway answers, which has no pages.
    let told = kind.starts_with("text/html") || page.html.contains("temporarily_unavailable");
    if page.status == StatusCode::SERVICE_UNAVAILABLE && told {
        return Ok(Seen::Temporary);
    }
    Err(format!("{} {kind} {}", page.status, page.html))
}
