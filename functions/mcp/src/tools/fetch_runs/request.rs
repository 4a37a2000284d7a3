//! The arguments of `fetch_runs`.

use super::order::OrderBy;
use crate::tools::ToolError;
use crate::tools::args::{Arguments, missing};
use crate::tools::pagination::PageRequest;

/// What to fetch and which page of it to show.
#[derive(Debug)]
pub(crate) struct Request {
    pub(super) projects: Vec<String>,
    pub(super) limit: u32,
    pub(super) trace_id: Option<String>,
    pub(super) run_type: Option<String>,
    pub(super) error: Option<bool>,
    pub(super) is_root: Option<bool>,
    pub(super) filter: Option<String>,
    pub(super) trace_filter: Option<String>,
    pub(super) tree_filter: Option<String>,
    pub(super) reference_example: Option<Vec<String>>,
    pub(super) start_time: Option<String>,
    pub(super) end_time: Option<String>,
    pub(super) order: OrderBy,
    pub(super) page: PageRequest,
}

impl Request {
    pub(super) fn parse(args: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let request = Self {
            projects: args.list("project_name")?.unwrap_or_default(),
            limit: args.limit()?.unwrap_or_default(),
            trace_id: args.id("trace_id")?,
            run_type: args.text("run_type")?.map(|kind| kind.to_lowercase()),
            error: args.boolean("error")?,
            is_root: args.boolean("is_root")?,
            filter: args.text("filter")?,
            trace_filter: args.text("trace_filter")?,
            tree_filter: args.text("tree_filter")?,
            reference_example: args.id("reference_example_id")?.map(|id| vec![id]),
            start_time: args.text("start_time")?,
            end_time: args.text("end_time")?,
            order: OrderBy::parse(args.text("order_by")?.as_deref())?,
            page: PageRequest {
                number: args.integer("page_number")?.unwrap_or(1),
                max_chars: args.integer("max_chars_per_page")?.unwrap_or(25_000),
                preview: args.integer("preview_chars")?.unwrap_or(150),
            },
        };
        if request.projects.is_empty() {
            return Err(missing("project_name"));
        }
        if request.limit == 0 {
            return Err(missing("limit"));
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, ToolError> {
        let mut arguments = Arguments::parse(Some(serde_json::from_str(text).unwrap()))?;
        let request = Request::parse(&mut arguments)?;
        arguments.finish().map(|()| request)
    }

    #[test]
    fn project_and_limit_are_required() {
        assert_eq!(parse(r#"{"limit":1}"#).unwrap_err(), missing("project_name"));
        assert_eq!(parse(r#"{"project_name":"p"}"#).unwrap_err(), missing("limit"));
        assert_eq!(parse(r#"{"project_name":null,"limit":1}"#).unwrap_err(), missing("project_name"));
    }

    #[test]
    fn defaults_are_those_of_the_reference() {
        let request = parse(r#"{"project_name":"p","limit":"2"}"#).unwrap();
        assert_eq!(request.page, PageRequest { number: 1, max_chars: 25_000, preview: 150 });
        assert_eq!((request.limit, request.error, request.is_root), (2, None, None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, name) in [
            (r#"{"project_name":"p","limit":0}"#, "limit"),
            (r#"{"project_name":"p","limit":1,"trace_id":"x"}"#, "trace_id"),
            (r#"{"project_name":"p","limit":1,"preview_chars":"many"}"#, "preview_chars"),
            (r#"{"project_name":"p","limit":1,"order_by":"colour"}"#, "order_by"),
            (r#"{"project_name":"p","limit":1,"nope":1}"#, "nope"),
            (r#"{"project_name":{},"limit":1}"#, "project_name"),
        ] {
            assert!(parse(text).unwrap_err().message.contains(name), "{text}");
        }
    }
}
