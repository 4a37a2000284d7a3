//! The pages.

use askama::Template;
use shared::web::page::Page;

use super::field::Control;
use super::question::AskedQuestion;

/// The page with the questions.
#[derive(Template)]
#[template(path = "answer.html")]
pub(super) struct AnswerPage<'a> {
    /// The address that the form is sent to.
    pub(super) action: &'a str,
    pub(super) ticket: &'a str,
    /// The name of the agent's server.
    pub(super) server: &'a str,
    pub(super) person: Option<String>,
    pub(super) questions: &'a [AskedQuestion],
    /// What the person has to correct.
    pub(super) refusal: Option<&'a str>,
    pub(super) request_id: &'a str,
}

/// The page after an answer.
#[derive(Template)]
#[template(path = "answered.html")]
pub(super) struct AnsweredPage<'a> {
    /// Whether the agent goes on; otherwise its run has ended.
    pub(super) has_answered: bool,
    pub(super) request_id: &'a str,
}

impl AnswerPage<'_> {
    /// Whether the person has nothing to say, only accounts to connect.
    fn only_connects(&self) -> bool {
        self.questions.iter().all(|question| question.accounts.is_some())
    }
}

impl Page for AnswerPage<'_> {
    fn title(&self) -> &'static str {
        "An agent asks you"
    }
}

impl Page for AnsweredPage<'_> {
    fn title(&self) -> &'static str {
        if self.has_answered { "Answered" } else { "Declined" }
    }
}
