//! Examines a deployment from outside, as an MCP client meets it: only by its URL, over HTTP, without access to AWS.
//!
//! It exists because the parts that break a login are the ones that no template test can see: DNS, the certificate, what
//! API Gateway makes of a header, a proxy in front, a clock. Every finding of a fault says how to mend it, in the terms of
//! `infra/template.yaml` and `docs/deploy.md`.
//!
//! An examination leaves one registered client behind, which expires by itself. Nothing else is written.

mod challenge;
mod checks;
mod examine;
mod mend;
mod report;
mod sight;
mod speaker;
mod table;
mod target;
mod visitor;
mod walk;

pub use examine::{Options, examine};
pub use report::{Finding, Report, Verdict};
pub use target::{Target, TargetError};
