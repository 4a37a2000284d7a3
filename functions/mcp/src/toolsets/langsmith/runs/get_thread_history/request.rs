//! The arguments of `get_thread_history`.

use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::free_form;
use crate::toolset::arguments::period::Period;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::arguments::url_room::fits_alone;
use crate::toolset::paging::{PREVIEW, PageRequest};
use crate::toolset::{ToolError, iso};
use crate::toolsets::langsmith::runs::fetch_runs::cursor;
use crate::toolsets::langsmith::runs::fetch_runs::cursor::Cursor;

/// The longest id or name, in characters.
const MAX_LENGTH: usize = 1000;

/// The thread to read, and the page to show.
#[derive(Debug)]
pub(crate) struct Request {
    pub(super) thread: String,
    pub(super) project: String,
    pub(super) period: Period,
    pub(super) page: PageRequest,
    /// The place to continue in a partly read thread.
    pub(super) cursor: Option<Cursor>,
}

impl Request {
    pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let number = arguments.at_least(1, "page_number")?;
        let preview = arguments.at_least(0, "preview_chars")?.unwrap_or(PREVIEW);
        let mut request = Self {
            thread: name(arguments, "thread_id")?,
            project: name(arguments, "project_name")?,
            page: arguments.page(number.ok_or_else(|| missing("page_number"))?, preview)?,
            period: Period::parse(arguments, ("start_time", "end_time"))?,
            cursor: None,
        };
        fits_alone("project_name", &request.project)?;
        if let Some(text) = arguments.long_value("cursor", cursor::MAX_LENGTH)? {
            let cursor = Cursor::read(&text)?;
            cursor.subject.check_arguments(&request.subject())?;
            request.cursor = Some(cursor);
        }
        Ok(request)
    }

    /// The arguments that select the runs, as one text.
    pub(super) fn subject(&self) -> String {
        let (start, end) = (self.period.start.map(iso::rfc3339), self.period.end.map(iso::rfc3339));
        serde_json::json!(["thread", self.thread, self.project, start, end]).to_string()
    }
}

fn name(arguments: &mut Arguments<'_>, name: &'static str) -> Result<String, ToolError> {
    free_form::text(arguments, name, MAX_LENGTH)?.ok_or_else(|| missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::arguments::errors::wrong_value;

    fn parse(text: &str) -> Result<Request, ToolError> {
        Arguments::read(Some(serde_json::from_str(text).unwrap()), Request::parse)
    }

    #[test]
    fn three_arguments_are_required() {
        for (text, name) in [
            (r#"{"project_name":"p","page_number":1}"#, "thread_id"),
            (r#"{"thread_id":"t","page_number":1}"#, "project_name"),
            (r#"{"thread_id":"t","project_name":"p","page_number":null}"#, "page_number"),
        ] {
            assert_eq!(parse(text).unwrap_err(), missing(name), "{text}");
        }
        for (text, name) in [
            (r#"{"thread_id":" ","project_name":"p","page_number":1}"#, "thread_id"),
            (r#"{"thread_id":"t","project_name":[],"page_number":1}"#, "project_name"),
            (r#"{"thread_id":"t","project_name":"p","page_number":"null"}"#, "page_number"),
        ] {
            let error = ToolError::invalid(format!("{name} is empty, but required."));
            assert_eq!(parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn defaults_are_those_of_the_reference() {
        let request = parse(r#"{"thread_id":"t","project_name":"p","page_number":"2"}"#).unwrap();
        assert_eq!(request.page, PageRequest { number: 2, max_chars: 25_000, preview: 150 });
        assert_eq!(request.period, Period::default());
        let filled = r#"{"thread_id":"t","project_name":"p","page_number":2,"max_chars_per_page":0,"start_time":"","cursor":""}"#;
        assert_eq!(parse(filled).unwrap().page, request.page);
    }

    #[test]
    fn pages_start_at_one() {
        for number in ["0", "-1"] {
            let text = format!(r#"{{"thread_id":"t","project_name":"p","page_number":{number}}}"#);
            assert_eq!(parse(&text).unwrap_err(), wrong_value("page_number", "at least 1"));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let long = format!("\"thread_id\":\"{}\"", "é".repeat(1001));
        for (part, name) in [
            (r#""thread_id":7"#, "thread_id"),
            (long.as_str(), "thread_id"),
            (r#""thread_id":"\ud800""#, "thread_id"),
            (r#""thread_id":"t","start_time":"soon""#, "start_time"),
            (r#""thread_id":"t","start_time":"2026-02-01","end_time":"2026-01-01""#, "start_time"),
            (r#""thread_id":"t","max_chars_per_page":"few""#, "max_chars_per_page"),
            (r#""thread_id":"t","preview_chars":1.5"#, "preview_chars"),
            (r#""thread_id":"t","preview_chars":-1"#, "preview_chars must be at least 0."),
            (r#""thread_id":"t","max_chars_per_page":-1"#, "max_chars_per_page must be at least 1."),
            (r#""thread_id":"t","limit":1"#, "limit"),
        ] {
            let text = format!("{{\"project_name\":\"p\",\"page_number\":1,{part}}}");
            assert!(parse(&text).unwrap_err().message.contains(name), "{text}");
        }
    }
}
