//! The hidden field of the form: it binds the form to the browser, to the link and to the questions that were shown, so
//! that neither another site nor an old page answers anything.

use std::time::Duration;

use primitives::secret::sha256;
use serde::{Deserialize, Serialize};

use super::AnswerDeps;
use super::error::Problem;
use super::visitor::Visitor;

/// How long a form is valid. Forms are long, and people think.
const LIFE: Duration = Duration::from_hours(1);

/// The sealing context.
const CONTEXT: &str = "answer form";

#[derive(Serialize, Deserialize)]
struct Ticket {
    browser: String,
    link: String,
    questions: Vec<String>,
    until: u64,
}

/// The ticket for a form with these questions.
pub(super) fn seal(deps: &AnswerDeps, visitor: &Visitor, questions: Vec<String>) -> Result<String, Problem> {
    let (browser, link) = (visitor.browser.hash(), sha256(visitor.sealed.as_bytes()));
    let until = deps.servers.clock.now().plus(LIFE).secs();
    let ticket = Ticket { browser, link, questions, until };
    deps.servers.keys.seal_form(CONTEXT, &ticket).map_err(|_| Problem::Unavailable)
}

/// The ids of the questions that the form has shown.
pub(super) fn open(deps: &AnswerDeps, visitor: &Visitor, given: &str) -> Result<Vec<String>, Problem> {
    let ticket: Ticket = deps.servers.keys.open_form(CONTEXT, given).ok_or(Problem::Form)?;
    let is_theirs =
        ticket.browser == visitor.browser.hash() && ticket.link == sha256(visitor.sealed.as_bytes());
    let is_recent = deps.servers.clock.now().secs() < ticket.until;
    if is_theirs && is_recent { Ok(ticket.questions) } else { Err(Problem::Form) }
}
