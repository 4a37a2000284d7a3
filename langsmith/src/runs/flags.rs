//! The backends that a deployment claims to have: `instance_flags` of `GET /api/v1/info`, as LangChain's own SDK reads
//! them (`langsmith` 0.15.1, `get_query_backend`).
//!
//! Those of LangSmith itself are read when the process opens its connection, before the first call. Otherwise, flags are
//! read when they decide something: after a backend answered that it is missing, concurrently with the request to the
//! other one, and after an empty first page. Flags that cannot be read in half a second count as absent that time.

use std::time::Duration;

use primitives::deadline::Deadline;
use serde::Deserialize;
use serde_json::Value;

use super::Backend;
use crate::WorkspaceClient;

/// The path of a deployment's description.
pub(crate) const INFO_PATH: &str = "/api/v1/info";

/// The timeout for reading the flags.
const PATIENCE: Duration = Duration::from_millis(500);

/// The flag of each backend, if present. Without flags, the SDK assumes the first backend and not the second. Here
/// absence proves nothing: older deployments have no flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    first: Option<bool>,
    second: Option<bool>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    instance_flags: Option<InstanceFlags>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InstanceFlags {
    ch_query_enabled: Value,
    sdb_query_enabled: Value,
}

impl Flags {
    /// Whether the deployment says that it lacks this backend.
    pub(super) fn lacks(self, backend: Backend) -> bool {
        self.of(backend) == Some(false)
    }

    /// Whether the deployment says that it has this backend.
    pub(super) fn has(self, backend: Backend) -> bool {
        self.of(backend) == Some(true)
    }

    fn of(self, backend: Backend) -> Option<bool> {
        match backend {
            Backend::V1 => self.first,
            Backend::V2 => self.second,
        }
    }

    /// The flags in the body of `GET /api/v1/info`.
    pub(crate) fn read(body: &[u8]) -> Self {
        let info = serde_json::from_slice::<Info>(body).ok();
        let flags = info.and_then(|info| info.instance_flags).unwrap_or_default();
        Self { first: flags.ch_query_enabled.as_bool(), second: flags.sdb_query_enabled.as_bool() }
    }
}

impl WorkspaceClient<'_> {
    /// The flags of the deployment that holds the caller's runs: LangSmith, or the workspace's data plane. They are
    /// public, so no credential is sent. `None` if it did not answer in time, or is in trouble.
    pub(super) async fn query_flags(&self) -> Option<Flags> {
        let request = self.http().ok()?.get(self.place().url(INFO_PATH));
        let answer = self.langsmith().attempt(request, Deadline::after(PATIENCE)).await.ok()?;
        match answer.status {
            status if status.is_success() => Some(Flags::read(&answer.body)),
            status if status.is_server_error() => None,
            _ => Some(Flags::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_counts() {
        let said =
            |flags: &str| Flags::read(format!(r#"{{"version":"1","instance_flags":{flags}}}"#).as_bytes());
        for (flags, lacks) in [
            (r#"{"ch_query_enabled":false,"sdb_query_enabled":true}"#, (true, false)),
            (r#"{"ch_query_enabled":true,"sdb_query_enabled":true}"#, (false, false)),
            (r#"{"ch_query_enabled":true,"sdb_query_enabled":false}"#, (false, true)),
            (r#"{"sample_data":true}"#, (false, false)),
            (r#"{"ch_query_enabled":"false","sdb_query_enabled":null}"#, (false, false)),
            ("null", (false, false)),
            ("[]", (false, false)),
            ("7", (false, false)),
        ] {
            let read = said(flags);
            assert_eq!((read.lacks(Backend::V1), read.lacks(Backend::V2)), lacks, "{flags}");
        }
        for odd in ["", "{", "<html>", "[]", r#"{"instance_flags":{"#] {
            assert_eq!(Flags::read(odd.as_bytes()), Flags::default(), "{odd}");
        }
    }
}
