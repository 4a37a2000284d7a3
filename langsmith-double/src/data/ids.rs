//! Ids that are the same on every start, so that a test can name a resource without asking for its id.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

/// The id of the resource with this name, e.g. `project:support-bot`, `dataset:support-questions`,
/// `prompt:support-agent` or `run:support-bot:0:2` (project, trace, position in the trace).
pub fn sample_id(name: &str) -> Uuid {
    let hash = digest(&SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    for (byte, source) in bytes.iter_mut().zip(hash.as_ref()) {
        *byte = *source;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}
