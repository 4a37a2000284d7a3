//! Feedback and its settings.

pub(super) mod configs;
pub(super) mod scores;
pub(super) mod tokens;
