//! The smoke test against doubles: its findings, its report, its clean-up, and what it never writes to disk.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

mod program;
mod recordings;
mod same;
mod strange;

use std::path::Path;

use langsmith_double::Double;
use langsmith_double::data::ADA_KEY;
use primitives::clock::SystemClock;
use primitives::random::SystemRandom;
use primitives::secret::Secret;
use smoke::{Names, Options};

/// The options of a person with Ada's key.
fn options(endpoint: &str, recordings: &Path) -> Options {
    Options {
        endpoint: endpoint.parse().unwrap(),
        key: Secret::new(ADA_KEY),
        workspace: None,
        keeps: false,
        names: Names::new(&SystemClock, &SystemRandom),
        recordings: recordings.to_owned(),
    }
}

/// The recorded requests with this method, as method and path.
fn asked(double: &Double, method: &str) -> Vec<String> {
    let requests = double.handle().requests().into_iter();
    requests.filter(|request| request.method == method).map(|request| request.path).collect()
}

/// Asserts the attempts to delete: both projects, the dataset and the prompt, as far as they exist.
fn assert_clean_up(double: &Double, (projects, datasets): (usize, usize)) {
    let deletes = asked(double, "DELETE");
    let count = |place: &str| deletes.iter().filter(|path| path.starts_with(place)).count();
    let counts = (count("/api/v1/sessions/"), count("/api/v1/datasets/"), count("/api/v1/repos/-/smoke-"));
    assert_eq!(counts, (projects, datasets, 1), "{deletes:?}");
}
