//! The common basis of all crates: clock, randomness, typed ids, secrets, deadlines, explanations of other servers, and
//! a cache with separate entries per caller. No I/O and no rules of OAuth or LangSmith, only the identifiers that all
//! crates pass around.

pub mod authority;
pub mod clock;
pub mod deadline;
pub mod eight_bytes;
pub mod explanation;
pub mod ids;
pub mod random;
pub mod secret;
pub mod server_permissions;
pub mod single_flight;
pub mod timed;
