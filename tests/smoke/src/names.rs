//! The names of a smoke test's objects: recognisable and unique.

use std::time::Duration;

use primitives::clock::Clock;
use primitives::random::{Random, bytes};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use uuid::{Builder, Uuid};

/// The names and ids of the created objects, and the start time. The same for LangSmith and the double, so that both
/// get the same requests.
#[derive(Clone, Debug)]
pub struct Names {
    /// `smoke-` and ten hexadecimal digits: the dataset and the prompt.
    pub base: String,
    /// The experiment on the dataset.
    pub experiment: String,
    /// The tracing project.
    pub project: String,
    /// The thread in the project.
    pub thread: String,
    /// The runs in the project.
    pub(crate) runs: [Uuid; 3],
    began: OffsetDateTime,
}

impl Names {
    /// Fresh names.
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

    /// The start time minus `ago`, ISO 8601.
    pub(crate) fn before(&self, ago: Duration) -> String {
        (self.began - ago).format(&Rfc3339).unwrap_or_default()
    }

    /// The first segment of a run's `dotted_order`, from the start time, as LangSmith's SDKs write it.
    pub(crate) fn dotted(&self, run: Uuid) -> String {
        let format = format_description!("[year][month][day]T[hour][minute][second][subsecond digits:6]Z");
        format!("{}{run}", self.began.format(format).unwrap_or_default())
    }

    /// The start time as the name of a folder.
    pub fn folder(&self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour][minute][second]Z");
        format!("{}-{}", self.began.format(format).unwrap_or_default(), self.base)
    }
}
