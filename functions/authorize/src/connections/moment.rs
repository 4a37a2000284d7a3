//! A timestamp in human-readable form. The reader's time zone is unknown, so it is in UTC and says so.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const WORDS: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");

/// A timestamp for the `<time>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The machine-readable form (RFC 3339).
    pub machine: String,
    /// The human-readable form.
    pub words: String,
}

impl Moment {
    /// From seconds since the Unix epoch.
    pub(crate) fn new(secs: u64) -> Self {
        let secs = i64::try_from(secs).unwrap_or(i64::MAX);
        let moment = OffsetDateTime::from_unix_timestamp(secs).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self {
            machine: moment.format(&Rfc3339).unwrap_or_default(),
            words: moment.format(WORDS).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let moment = Moment::new(1_900_000_000);
        assert_eq!(
            (moment.machine.as_str(), moment.words.as_str()),
            ("2030-03-17T17:46:40Z", "17 March 2030, 17:46 UTC")
        );
    }
}
