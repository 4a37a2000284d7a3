//! What every crate is given instead of making it itself: the clock, randomness, typed ids, secrets, deadlines, and a
//! cache that keeps callers apart. It knows neither OAuth nor LangSmith.

pub mod authority;
pub mod clock;
pub mod deadline;
pub mod eight_bytes;
pub mod ids;
pub mod random;
pub mod secret;
pub mod timed;
