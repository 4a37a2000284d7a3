//! The arguments of `fetch_runs`.

use langsmith::Order;
use langsmith::filter::is_one_expression;

use super::cursor::{self, Cursor};
use super::member::{MEMBERS, MORE};
use super::order::OrderBy;
use super::selection::Selection;
use super::window;
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::{missing, wrong_value};
use crate::toolset::arguments::period::Period;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::arguments::url_room::fits_alone;
use crate::toolset::paging::{PREVIEW, PageRequest};
use crate::toolsets::langsmith::runs::filter_example::OF_RUNS;

/// The levels of detail of a run.
pub(super) const DETAILS: [&str; 4] = ["ids", "summary", "preview", "full"];

/// The types of a run.
pub(super) const RUN_TYPES: [&str; 7] =
    ["llm", "chain", "tool", "retriever", "embedding", "prompt", "parser"];

/// The maximum number of runs in one call: LangSmith returns no more.
const MAX_IDS: usize = 100;

/// The runs to fetch, and the page to show.
#[derive(Debug)]
pub(crate) struct Request {
    /// Projects by name.
    pub(super) projects: Vec<String>,
    /// Projects by id.
    pub(super) project_ids: Vec<String>,
    pub(super) limit: u32,
    pub(super) ids: Option<Vec<String>>,
    pub(super) trace_id: Option<String>,
    pub(super) run_type: Option<&'static str>,
    pub(super) error: Option<bool>,
    pub(super) is_root: Option<bool>,
    pub(super) filter: Option<String>,
    pub(super) trace_filter: Option<String>,
    pub(super) tree_filter: Option<String>,
    pub(super) reference_example: Option<Vec<String>>,
    pub(super) window: Period,
    pub(super) order: OrderBy,
    pub(super) selection: Selection,
    pub(super) page: PageRequest,
    pub(super) cursor: Option<Cursor>,
}

impl Request {
    pub(super) fn parse(args: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let order = OrderBy::parse(args.value("order_by")?.as_deref())?;
        let number = args.page_number()?.unwrap_or(1);
        let (selection, preview) = parse_selection(args)?;
        let mut request = Self {
            projects: args.list("project_name")?.unwrap_or_default(),
            project_ids: uuids(args, "project_id")?,
            limit: args.required_limit()?,
            ids: Some(uuids(args, "run_ids")?).filter(|ids| !ids.is_empty()),
            trace_id: args.id("trace_id")?,
            run_type: args.choice("run_type", &RUN_TYPES)?,
            error: args.boolean("error")?,
            is_root: args.boolean("is_root")?,
            filter: expression(args)?,
            trace_filter: args.value("trace_filter")?,
            tree_filter: args.value("tree_filter")?,
            reference_example: args.id("reference_example_id")?.map(|id| vec![id]),
            window: window::parse(args)?,
            order,
            selection: selection.and(order.columns()),
            page: args.page(number, preview)?,
            cursor: None,
        };
        if request.projects.is_empty() && request.project_ids.is_empty() {
            return Err(missing("project_name or project_id"));
        }
        request.projects.iter().try_for_each(|name| fits_alone("project_name", name))?;
        request.cursor = request.cursor(args)?;
        Ok(request)
    }

    /// The arguments that select and order the runs, as one text.
    pub(super) fn subject(&self) -> String {
        let (start, end) = window::texts(self.window);
        serde_json::json!([
            self.projects,
            self.project_ids,
            self.ids,
            self.trace_id,
            self.run_type,
            self.error,
            self.is_root,
            self.filter,
            self.trace_filter,
            self.tree_filter,
            self.reference_example,
            start,
            end,
            self.order.upstream() == Order::Asc,
        ])
        .to_string()
    }

    /// Whether the call filters by an expression.
    pub(super) fn has_filter(&self) -> bool {
        [&self.filter, &self.trace_filter, &self.tree_filter].into_iter().any(Option::is_some)
    }

    fn cursor(&self, args: &mut Arguments<'_>) -> Result<Option<Cursor>, ToolError> {
        let Some(text) = args.long_value("cursor", cursor::MAX_LENGTH)? else { return Ok(None) };
        if !self.order.is_upstream() {
            let message =
                "With cursor, order_by must be start_time or -start_time: LangSmith has no other order.";
            return Err(ToolError::invalid(message));
        }
        if self.page.number != 1 {
            let message = "page_number and cursor are two ways to go on: leave page_number out.";
            return Err(ToolError::invalid(message));
        }
        let cursor = Cursor::read(&text)?;
        cursor.subject.check_arguments(&self.subject())?;
        Ok(Some(cursor))
    }
}

/// UUIDs for a request body: there may be many.
fn uuids(args: &mut Arguments<'_>, name: &'static str) -> Result<Vec<String>, ToolError> {
    Ok(args.id_list(name, MAX_IDS)?.iter().map(ToString::to_string).collect())
}

/// A filter of a single expression. It is combined with the end of the window, and several expressions would then
/// become a valid one, though LangSmith refuses them alone.
fn expression(args: &mut Arguments<'_>) -> Result<Option<String>, ToolError> {
    let filter = args.value("filter")?;
    match &filter {
        Some(text) if !is_one_expression(text) => {
            Err(wrong_value("filter", &format!("one expression, such as {OF_RUNS}")))
        }
        _ => Ok(filter),
    }
}

/// The members to show, and the length of their texts.
fn parse_selection(args: &mut Arguments<'_>) -> Result<(Selection, i64), ToolError> {
    let detail = args.choice("detail", &DETAILS)?;
    let select = args.list_of("select", MEMBERS.len() + MORE.len())?;
    let preview = args.at_least(0, "preview_chars")?;
    let selection = match (detail, select) {
        (Some(detail @ ("ids" | "summary")), Some(_)) => {
            let message = format!("select and detail={detail} both say what is shown: leave one out.");
            return Err(ToolError::invalid(message));
        }
        (Some("ids"), None) => Selection::ids(),
        (Some("summary"), None) => Selection::summary(),
        (_, Some(names)) => Selection::parse(&names)?,
        (_, None) => Selection::all(),
    };
    match (detail, preview) {
        // Clients that fill in arguments write the default, too.
        (Some("full"), Some(1..)) if preview != Some(PREVIEW) => {
            Err(ToolError::invalid("detail=full cuts no text: leave preview_chars out, or detail."))
        }
        (Some("full"), _) => Ok((selection, 0)),
        (_, preview) => Ok((selection, preview.unwrap_or(PREVIEW))),
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
