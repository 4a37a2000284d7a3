//! Examines a deployment from outside, like an MCP client: only by its URL, over HTTP, without access to AWS.
//!
//! It covers the causes of failed logins that no template test can find: DNS, the certificate, API Gateway's changes to
//! headers, a proxy in front, a clock. Every fault is reported with its fix, in the terms of `infra/template.yaml` and
//! `docs/deploy.md`.
//!
//! An examination leaves one registered client behind, which expires by itself. Nothing else is written.

mod challenge;
mod checks;
mod examine;
mod mend;
mod options;
mod report;
mod sight;
mod speaker;
mod table;
mod target;
mod verdict;
mod visitor;
mod walk;

pub use examine::examine;
pub use options::Options;
pub use report::{Finding, Report};
pub use target::{Target, TargetError};
pub use verdict::Verdict;
