//! Human review of runs: annotation queues, the meanings of feedback keys, and links through which people without a key
//! leave feedback.

mod config;
mod queue;
mod token;

pub(crate) use config::{Categories, FeedbackConfig};
pub(crate) use queue::{DETAILS, Queue, QueuedRun};
pub(crate) use token::FeedbackToken;
