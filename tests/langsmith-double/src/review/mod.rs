//! How people judge runs: the queues in which they look at them, what the keys of feedback mean, and the links through which somebody
//! without a key leaves feedback.

mod config;
mod queue;
mod token;

pub(crate) use config::{Categories, FeedbackConfig};
pub(crate) use queue::{DETAILS, Queue, QueuedRun};
pub(crate) use token::FeedbackToken;
