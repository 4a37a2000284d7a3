//! Progress reports of a running tool (MCP, "Progress"). Whether anybody receives them is up to the edge: a tool
//! reports in any case.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;

/// The maximum size of a message, in bytes; the rest is cut.
const MAX_MESSAGE: usize = 1_000;

/// The last report of a call. A slow client misses the earlier ones, and costs no memory.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    progress: f64,
    /// The notification, as a JSON-RPC message.
    pub(crate) message: Bytes,
}

/// The channel for the reports of a request.
pub(crate) type Reports = watch::Sender<Option<Report>>;

/// Receives the reports of one call.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a>(Option<(&'a Reports, &'a RawValue)>);

#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Params<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    progress_token: &'a RawValue,
    progress: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl<'a> Progress<'a> {
    /// The receiver of the reports of the call with the progress token `token`. Reports are dropped without a token or
    /// a channel.
    pub(crate) fn new(reports: Option<&'a Reports>, token: Option<&'a RawValue>) -> Self {
        Self(reports.zip(token))
    }

    /// Whether anybody receives reports, so that computing the progress is worthwhile.
    pub fn is_wanted(self) -> bool {
        self.0.is_some()
    }

    /// Whether a report has been received.
    pub(crate) fn has_begun(self) -> bool {
        self.0.is_some_and(|(reports, _)| reports.borrow().is_some())
    }

    /// Reports the progress, out of `total` if that is known, with a message. A report that does not exceed the last
    /// one is dropped, since progress must increase; a message of more than 1,000 bytes is cut.
    pub fn report(self, progress: f64, total: Option<f64>, message: Option<&str>) {
        let Some((reports, progress_token)) = self.0 else { return };
        let message =
            message.map(|text| text.get(..text.floor_char_boundary(MAX_MESSAGE)).unwrap_or_default());
        reports.send_if_modified(|last| {
            if !progress.is_finite() || last.as_ref().is_some_and(|last| progress <= last.progress) {
                return false;
            }
            let params = Params { progress_token, progress, total, message };
            let notification = Notification { jsonrpc: "2.0", method: "notifications/progress", params };
            let Ok(message) = serde_json::to_vec(&notification) else { return false };
            *last = Some(Report { progress, message: message.into() });
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::*;

    fn last_report(reports: &Reports) -> Value {
        let report = reports.borrow();
        report.as_ref().map_or(Value::Null, |report| serde_json::from_slice(&report.message).unwrap())
    }

    #[test]
    fn reports_increase_and_the_last_one_counts() {
        let (reports, token) = (Reports::new(None), to_raw_value("call-7").unwrap());
        let progress = Progress::new(Some(&reports), Some(&token));
        for (at, kept) in [(1.0, 1.0), (1.0, 1.0), (0.5, 1.0), (f64::NAN, 1.0), (2.5, 2.5)] {
            progress.report(at, Some(4.0), Some("halfway"));
            let params =
                json!({"progressToken": "call-7", "progress": kept, "total": 4.0, "message": "halfway"});
            let expected = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params});
            assert_eq!(last_report(&reports), expected);
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let (reports, token) = (Reports::new(None), to_raw_value(&3).unwrap());
        Progress::new(Some(&reports), Some(&token)).report(1.0, None, Some(&"é".repeat(600)));
        assert_eq!(
            last_report(&reports)["params"],
            json!({"progressToken": 3, "progress": 1.0, "message": "é".repeat(500)})
        );
    }

    #[test]
    fn nobody_listens_without_a_token_or_a_place() {
        let (reports, token) = (Reports::new(None), to_raw_value(&3).unwrap());
        for progress in [Progress::new(Some(&reports), None), Progress::new(None, Some(&token))] {
            assert!(!progress.is_wanted());
            progress.report(1.0, None, None);
        }
        assert_eq!(last_report(&reports), Value::Null);
    }
}
