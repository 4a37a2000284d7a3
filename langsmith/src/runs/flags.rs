//! The backends that a deployment claims to have: `instance_flags` of `GET /api/v1/info`, as LangChain's own SDK reads
//! them (`langsmith` 0.15.1, `get_query_backend`).
//!
//! Those of LangSmith itself are read when the process opens its connection, before the first call. Otherwise, flags
//! are read when they decide something: after a backend answered that it is missing, concurrently with the request to
//! the other one, and after an empty first page. Flags that cannot be read, or not in half a second, count as absent
//! that time, and the next call that needs them reads them again.

use std::time::Duration;

use http::StatusCode;
use primitives::deadline::Deadline;
use serde_json::{Map, Value};

use super::Backend;
use crate::WorkspaceClient;
use crate::transport::send::Answer;

/// The path of a deployment's description.
pub(crate) const INFO_PATH: &str = "/api/v1/info";

/// The timeout for reading the flags during a call.
pub(crate) const FLAGS_TIMEOUT: Duration = Duration::from_millis(500);

/// The flag of each backend, if present. Without flags, the SDK assumes the first backend and not the second. Here
/// absence proves nothing: older deployments have no flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    first: Option<bool>,
    second: Option<bool>,
}

impl Flags {
    /// Whether the deployment says that it lacks this backend.
    pub(super) fn lacks(self, backend: Backend) -> bool {
        self.flag(backend) == Some(false)
    }

    /// Whether the deployment says that it has this backend.
    pub(super) fn has(self, backend: Backend) -> bool {
        self.flag(backend) == Some(true)
    }

    fn flag(self, backend: Backend) -> Option<bool> {
        match backend {
            Backend::V1 => self.first,
            Backend::V2 => self.second,
        }
    }

    /// The flags in the answer to `GET /api/v1/info`; `None` for one that does not come from the deployment, or not
    /// now: a proxy may answer with a page of its own. An older deployment has no description, or no flags in it.
    pub(crate) fn of_answer(answer: &Answer) -> Option<Self> {
        match answer.status {
            status if status.is_success() => Self::read(&answer.body),
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::GONE
            | StatusCode::NOT_IMPLEMENTED => Some(Self::default()),
            _ => None,
        }
    }

    fn read(body: &[u8]) -> Option<Self> {
        let info: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let flags = info.get("instance_flags");
        let flag = |name: &str| flags.and_then(|flags| flags.get(name)).and_then(Value::as_bool);
        Some(Self { first: flag("ch_query_enabled"), second: flag("sdb_query_enabled") })
    }
}

impl WorkspaceClient<'_> {
    /// The flags of the deployment that holds the caller's runs: LangSmith, or the workspace's data plane. They are
    /// public, so no credential is sent. `None` if they cannot be read now.
    pub(super) async fn query_flags(&self) -> Option<Flags> {
        let request = self.http().ok()?.get(self.place().url(INFO_PATH));
        let answer =
            self.langsmith().attempt(request, Deadline::after(self.langsmith().flags_timeout)).await.ok()?;
        Flags::of_answer(&answer)
    }
}

#[cfg(test)]
impl Flags {
    /// These flags of the first and the second backend.
    pub(super) const fn of(first: Option<bool>, second: Option<bool>) -> Self {
        Self { first, second }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

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
            let read = said(flags).unwrap();
            assert_eq!((read.lacks(Backend::V1), read.lacks(Backend::V2)), lacks, "{flags}");
        }
    }

    #[test]
    fn only_a_description_is_read_and_only_its_absence_is_remembered() {
        let flags = |status: u16, body: &'static str| {
            let status = StatusCode::from_u16(status).unwrap();
            let body = Bytes::from_static(body.as_bytes());
            Flags::of_answer(&Answer { status, retry_after: None, html: false, total: None, body })
        };
        let none = Some(Flags::default());
        for body in ["{}", r#"{"version":"1"}"#, r#"{"instance_flags":[true]}"#] {
            assert_eq!(flags(200, body), none, "{body}");
        }
        for body in ["", "{", "<html>", "[]", "null", r#"{"version":"1","instance_flags":{"#] {
            assert_eq!(flags(200, body), None, "{body}");
        }
        for status in [404, 405, 410, 501] {
            assert_eq!(flags(status, "<html>"), none, "{status}");
        }
        for status in [302, 400, 401, 403, 408, 429, 500, 502, 503] {
            assert_eq!(flags(status, "{}"), None, "{status}");
        }
    }
}
