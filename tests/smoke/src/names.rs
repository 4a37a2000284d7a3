//! What the things of one smoke are called: recognisable, and nobody else's.

use std::time::Duration;

use shared::clock::Clock;
use shared::random::{Random, bytes};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use uuid::{Builder, Uuid};

/// The names and ids of the things that are made, and when. The same for LangSmith and the double, so that what both were
/// sent is the same.
#[derive(Clone, Debug)]
pub struct Names {
    /// `smoke-` and ten hexadecimal digits: the dataset and the prompt.
    pub base: String,
    /// The experiment on the dataset.
    pub experiment: String,
    /// The tracing project.
    pub project: String,
    /// The thread in it.
    pub thread: String,
    /// The runs in it.
    pub(crate) runs: [Uuid; 3],
    began: OffsetDateTime,
}

impl Names {
    /// Fresh ones.
    pub fn new(clock: &dyn Clock, random: &dyn Random) -> Self {
        let base = format!("smoke-{:010x}", u64::from_be_bytes(bytes(random)) >> 24);
        let millis = clock.now().millis();
        let run = || Builder::from_unix_timestamp_millis(millis, &bytes(random)).into_uuid();
        let began = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000);
        Self {
            experiment: format!("{base}-experiment"),
            project: format!("{base}-traces"),
            thread: format!("{base}-thread"),
            base,
            runs: [run(), run(), run()],
            began: began.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        }
    }

    /// The beginning less this, ISO 8601.
    pub(crate) fn before(&self, ago: Duration) -> String {
        (self.began - ago).format(&Rfc3339).unwrap_or_default()
    }

    /// The beginning as the first part of a run's place in its trace, as LangSmith's SDKs write it.
    pub(crate) fn dotted(&self, run: Uuid) -> String {
        let format = format_description!("[year][month][day]T[hour][minute][second][subsecond digits:6]Z");
        format!("{}{run}", self.began.format(format).unwrap_or_default())
    }

    /// The beginning as the name of a folder.
    pub fn folder(&self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour][minute][second]Z");
        format!("{}-{}", self.began.format(format).unwrap_or_default(), self.base)
    }
}
