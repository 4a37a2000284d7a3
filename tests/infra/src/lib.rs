//! The stack that AWS would deploy: `infra/template.yaml` with its parts, translated by SAM, with the parameters of an
//! environment of `samconfig.toml` and the conditions resolved. No AWS account is needed.
//!
//! `cargo xtask setup` prepares the translator in `target/test-env/python-sam`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test that cannot go on stops there"
)]

mod environment;
mod gateway;
mod resolve;
mod stack;

pub use environment::{Environment, environment, environments};
pub use gateway::{Gateway, Method};
pub use resolve::placeholder;
pub use stack::{Resource, Stack};
