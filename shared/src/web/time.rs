//! Times in the two forms in which LangSmith's API writes them (RFC 3339).

use primitives::clock::Timestamp;
use time::OffsetDateTime;
use time::macros::format_description;

/// `2026-05-20T20:50:32.708000+00:00`: six digits and a numeric offset.
pub fn to_microseconds(at: Timestamp) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00");
    moment(at).format(format).unwrap_or_default()
}

/// `2026-06-01T20:50:32Z`.
pub fn to_seconds(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    moment(at).format(format).unwrap_or_default()
}

fn moment(at: Timestamp) -> OffsetDateTime {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000);
    moment.unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_langsmith_writes_them() {
        let at = Timestamp::from_millis(1_779_310_232_708);
        assert_eq!(to_microseconds(at), "2026-05-20T20:50:32.708000+00:00");
        assert_eq!(to_seconds(at), "2026-05-20T20:50:32Z");
        assert_eq!(to_microseconds(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(to_seconds(Timestamp::from_millis(u64::MAX)), "1970-01-01T00:00:00Z");
    }
}
