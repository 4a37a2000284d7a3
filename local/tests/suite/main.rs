//! Tests of the real binary, one file per behaviour, in one test binary, because linking the whole system takes the
//! time.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed step is a failed test, and these tests drive HTTP clients of their own"
)]

mod clients;
mod data_dir;
mod kill;
mod kill_ending;
mod logs;
mod process;
mod security_doc;
mod settings;
mod settings_doc;
mod start;
mod unreachable;
