//! Ids that are the same on every start, so that a test can name a thing without asking for it first.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

/// The id of the thing with this name, for example `project:support-bot`, `dataset:support-questions`,
/// `prompt:support-agent` or `run:support-bot:0:2` (project, trace, position in the trace).
pub fn sample_id(name: &str) -> Uuid {
    let hash = digest(&SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    for (byte, source) in bytes.iter_mut().zip(hash.as_ref()) {
        *byte = *source;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}
