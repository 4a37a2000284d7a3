//! The cursor of a walk, for clients: base64url of a small JSON object with the position and a hash of the walk's
//! arguments. It discloses nothing to its bearer and grants nothing beyond the bearer's credential, so it need not be
//! sealed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use langsmith::{Backend, RunCursor, WorkspaceClient};
use primitives::secret::sha256;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::resume_point::{DeliveredRun, MAX_SAME_START, ResumePoint};
use crate::toolset::{CallError, ToolError};

/// The maximum size of a cursor, in bytes. LangSmith's own part has at most 4 kB; as JSON that may be six times as
/// much, and base64 makes four bytes of three.
pub(crate) const MAX_LENGTH: usize = 40_000;

/// The position of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) place: ResumePoint,
    /// The end of the window, if the walk has one of its own.
    pub(crate) end: Option<OffsetDateTime>,
    /// The arguments and projects of the walk.
    pub(crate) subject: Subject,
}

/// A short hash of the arguments that select the runs, and one of their projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject(String, String);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    b: Backend,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    u: Option<String>,
    i: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<(String, Option<i64>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    a: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<i64>,
    q: Subject,
}

impl Cursor {
    /// The cursor as a text.
    pub(crate) fn write(&self) -> String {
        let wire = Wire {
            b: self.place.at.backend,
            u: self.place.at.after.clone(),
            i: self.place.index,
            s: self.place.seen.as_ref().map(|seen| (seen.id.clone(), seen.start)),
            a: self.place.seen.as_ref().map(|seen| seen.same_start.clone()).unwrap_or_default(),
            e: self.end.and_then(|end| i64::try_from(end.unix_timestamp_nanos() / 1000).ok()),
            q: self.subject.clone(),
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_string(&wire).unwrap_or_default())
    }

    /// Reads a text of [`write`](Self::write).
    pub(crate) fn read(text: &str) -> Result<Self, ToolError> {
        Self::decode(text.trim()).ok_or_else(|| {
            ToolError::invalid(
                "cursor must be the next_cursor of an earlier answer, unchanged. Leave it out to start again.",
            )
        })
    }

    /// The projects of the walk: those of the call, `found`; or the current ones of its names, if the cached ids are
    /// outdated.
    pub(crate) async fn projects(
        &self,
        caller: &WorkspaceClient<'_>,
        found: Vec<String>,
    ) -> Result<Vec<String>, CallError> {
        let Err(other) = self.subject.check_projects(&found) else { return Ok(found) };
        match caller.renewed_projects(&found).await? {
            Some(now) if self.subject.check_projects(&now).is_ok() => Ok(now),
            _ => Err(other.into()),
        }
    }

    fn decode(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let wire: Wire = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        if wire.a.len() > MAX_SAME_START {
            return None;
        }
        let end = match wire.e {
            Some(micros) => Some(time_from_micros(micros)?),
            None => None,
        };
        Some(Self {
            place: ResumePoint {
                at: RunCursor { backend: wire.b, after: wire.u },
                index: wire.i,
                seen: wire.s.map(|(id, start)| DeliveredRun { id, start, same_start: wire.a }),
            },
            end,
            subject: wire.q,
        })
    }
}

fn time_from_micros(micros: i64) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()?;
    (1..=9999).contains(&moment.year()).then_some(moment)
}

impl Subject {
    /// The subject of a call with these arguments on these projects.
    pub(crate) fn new(arguments: &str, projects: &[String]) -> Self {
        Self(short(arguments), short(&projects.join(",")))
    }

    /// Refuses a cursor for other arguments than those of the call. The projects are not known yet.
    pub(crate) fn check_arguments(&self, arguments: &str) -> Result<(), ToolError> {
        if self.0 == short(arguments) { Ok(()) } else { Err(other()) }
    }

    /// Refuses a cursor for other projects: those of another workspace, or new ones with an old name.
    fn check_projects(&self, projects: &[String]) -> Result<(), ToolError> {
        if self.1 == short(&projects.join(",")) { Ok(()) } else { Err(other()) }
    }
}

fn other() -> ToolError {
    ToolError::invalid(
        "cursor belongs to a call with other arguments. Repeat the arguments of that call, or leave cursor \
         out to start again.",
    )
}

fn short(text: &str) -> String {
    let mut hash = sha256(text.as_bytes());
    hash.truncate(11);
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_cursor() -> impl Strategy<Value = Cursor> {
        let same_start = prop::collection::vec("[0-9a-f-]{0,36}", 0..4);
        let seen = ("[0-9a-f-]{0,36}", prop::option::of(any::<i64>()), same_start)
            .prop_map(|(id, start, same_start)| DeliveredRun { id, start, same_start });
        let parts = (
            any::<bool>(),
            prop::option::of("\\PC{0,200}"),
            any::<usize>(),
            prop::option::of(seen),
            prop::option::of(-62_000_000_000_000_000_i64..253_000_000_000_000_000),
        );
        parts.prop_map(|(first, after, index, seen, end)| Cursor {
            place: ResumePoint {
                at: RunCursor { backend: if first { Backend::V1 } else { Backend::V2 }, after },
                index,
                seen,
            },
            end: end
                .map(|micros| OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap()),
            subject: Subject::new("a", &["p".to_owned()]),
        })
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(cursor in any_cursor()) {
            prop_assert_eq!(Cursor::read(&cursor.write()).unwrap(), cursor);
        }

        #[test]
        fn garbage_is_refused(text in "\\PC{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(Cursor::read(&text).is_err());
            prop_assert!(Cursor::read(&URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }
    }

    #[test]
    fn no_cursor_is_read_beyond_its_bound() {
        let deep = URL_SAFE_NO_PAD.encode("[".repeat(100_000));
        let huge = URL_SAFE_NO_PAD.encode(r#"{"b":"1","i":99999999999999999999999,"q":["",""]}"#);
        let late = URL_SAFE_NO_PAD.encode(r#"{"b":"1","i":0,"e":9223372036854775807,"q":["",""]}"#);
        let more = URL_SAFE_NO_PAD.encode(r#"{"b":"1","i":0,"q":["",""],"x":1}"#);
        for text in [deep, huge, late, more] {
            assert!(Cursor::read(&text).unwrap_err().message.starts_with("cursor must be"));
        }
    }

    /// [`RunPage::split`](langsmith::RunPage::split) refuses any longer one.
    #[test]
    fn the_longest_cursor_of_langsmiths_can_be_read_back() {
        let same_start = vec!["00000000-0000-4000-8000-000000000000".to_owned(); 16];
        let place = ResumePoint {
            at: RunCursor { backend: Backend::V1, after: Some("\u{1}".repeat(4096)) },
            index: 100,
            seen: Some(DeliveredRun { id: same_start[0].clone(), start: Some(i64::MAX), same_start }),
        };
        let cursor = Cursor { place, end: None, subject: Subject::new("a", &[]) };
        let text = cursor.write();
        assert!(text.len() > 30_000 && text.len() <= MAX_LENGTH, "{}", text.len());
        assert_eq!(Cursor::read(&text), Ok(cursor));
    }

    #[test]
    fn a_cursor_stays_with_its_arguments() {
        let subject = Subject::new("a", &["p".to_owned(), "q".to_owned()]);
        assert_eq!(subject.check_arguments("a"), Ok(()));
        assert!(subject.check_arguments("b").unwrap_err().message.starts_with("cursor belongs"));
        assert_eq!(subject.check_projects(&["p".to_owned(), "q".to_owned()]), Ok(()));
        assert!(subject.check_projects(&["p".to_owned()]).is_err());
    }
}
