//! The questions of a run: which are open, how each is asked, and the link to our page for them.

mod answer_link;
mod ask;
mod open;

pub(crate) use answer_link::AnswerLink;
pub(super) use ask::{asked, in_result};
pub(super) use open::OpenQuestions;
