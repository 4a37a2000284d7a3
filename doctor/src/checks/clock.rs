//! Whether both clocks agree: the validity of tokens depends on them.

use std::time::Duration;

use primitives::clock::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::sight::{Sight, Trouble, printable};
use crate::visitor::Answer;

/// The difference from which a short-lived code can be late.
const NOTICEABLE: Duration = Duration::from_secs(30);
/// The difference from which logins fail.
const HARMFUL: Duration = Duration::from_mins(5);

/// Compares the answer's `Date` with its time of arrival.
pub(crate) fn check(answer: &Answer, received: Timestamp) -> Sight {
    let Some(date) = answer.header("date") else {
        return Err(Trouble::warning(
            "no Date header",
            "API Gateway always sends one: check what stands in front",
        ));
    };
    // An HTTP date (RFC 9110 section 5.6.7) is a mail date (RFC 5322) with the obsolete zone name.
    let theirs = OffsetDateTime::parse(date, &Rfc2822).ok();
    let theirs = theirs.and_then(|date| u64::try_from(date.unix_timestamp()).ok()).map(Timestamp::from_secs);
    let Some(theirs) = theirs else {
        let seen = format!("Date is \"{}\"", printable(date));
        return Err(Trouble::warning(seen, "not an HTTP date: check what stands in front"));
    };
    let (ahead, behind) = (theirs.since(received), received.since(theirs));
    let apart = ahead.max(behind);
    let seen = match (apart.as_secs(), ahead > behind) {
        (0 | 1, _) => return Ok("within a second of this machine's".to_owned()),
        (seconds, true) => format!("{seconds} s ahead of this machine's"),
        (seconds, false) => format!("{seconds} s behind this machine's"),
    };
    let fix =
        "AWS synchronizes its own clocks: synchronize that of this machine, or of your own server, with NTP";
    if apart > HARMFUL {
        return Err(Trouble::fault(format!("{seen}: tokens look expired or not yet valid"), fix));
    }
    if apart > NOTICEABLE {
        return Err(Trouble::warning(seen, fix));
    }
    Ok(seen)
}
