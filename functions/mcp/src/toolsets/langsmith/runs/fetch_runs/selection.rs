//! The shown members of a run, and the columns requested from LangSmith: these and no more.

use langsmith::LISTED;

use super::member::{MEMBERS, MORE, Member};
use crate::toolset::ToolError;

/// The members of `detail` = `ids`.
const IDS: [&str; 4] = ["id", "start_time", "session_id", "trace_id"];

/// The members of `detail` = `summary`, in their order.
const SUMMARY: [&str; 11] = [
    "id",
    "name",
    "run_type",
    "status",
    "start_time",
    "latency",
    "error",
    "total_tokens",
    "total_cost",
    "project_name",
    "url",
];

/// The columns of every query: a cursor needs the position of a run.
const ALWAYS: [&str; 2] = ["id", "start_time"];

/// Members in the order of writing, and their source columns.
pub(super) struct Selection {
    pub(super) members: Vec<&'static Member>,
    pub(super) columns: Vec<&'static str>,
    /// Whether a member without a value is left out.
    pub(super) is_dense: bool,
}

impl Selection {
    /// Every member, as far as a listing has it.
    pub(super) fn all() -> Self {
        Self { members: MEMBERS.iter().collect(), columns: LISTED.to_vec(), is_dense: false }
    }

    /// The identifying members only.
    pub(super) fn ids() -> Self {
        Self::of(MEMBERS.iter().filter(|member| IDS.contains(&member.name)).collect())
    }

    /// The distinguishing members, without empty ones.
    pub(super) fn summary() -> Self {
        let members = SUMMARY.iter().filter_map(|name| Member::find(name)).collect();
        Self { is_dense: true, ..Self::of(members) }
    }

    /// The members of these names, and the id.
    pub(super) fn parse(names: &[String]) -> Result<Self, ToolError> {
        let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
        let all = || MEMBERS.iter().chain(&MORE);
        if let Some(unknown) = names.iter().find(|name| Member::find(name).is_none()) {
            let unknown: String = unknown.chars().take(64).collect();
            let known: Vec<&str> = all().map(|member| member.name).collect();
            let known = known.join(", ");
            return Err(ToolError::invalid(format!("select: {unknown} is unknown. Known members: {known}.")));
        }
        let is_shown = |member: &&Member| member.name == "id" || names.contains(&member.name);
        Ok(Self::of(all().filter(is_shown).collect()))
    }

    /// Whether a member is shown.
    pub(super) fn shows(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// The same selection with further columns, needed but not shown.
    pub(super) fn and(mut self, columns: &[&'static str]) -> Self {
        for column in columns {
            if !self.columns.contains(column) {
                self.columns.push(column);
            }
        }
        self
    }

    fn of(members: Vec<&'static Member>) -> Self {
        let columns: Vec<&'static str> = members.iter().flat_map(|member| member.columns).copied().collect();
        Self { members, columns: Vec::new(), is_dense: false }.and(&ALWAYS).and(&columns)
    }
}

impl std::fmt::Debug for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.members.iter().map(|member| member.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(selection: &Selection) -> Vec<&str> {
        selection.members.iter().map(|member| member.name).collect()
    }

    fn parse(names: &[&str]) -> Result<Selection, ToolError> {
        Selection::parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn members_keep_their_order_and_the_id_is_always_there() {
        let selection = parse(&["outputs", " name ", "outputs"]).unwrap();
        assert_eq!(names(&selection), ["id", "name", "outputs"]);
        assert_eq!(selection.columns, ["id", "start_time", "name", "outputs"]);
    }

    #[test]
    fn a_member_brings_the_columns_that_it_is_made_of() {
        let selection = parse(&["dotted_order", "attachments", "child_runs"]).unwrap();
        assert_eq!(selection.columns, ["id", "start_time", "s3_urls", "dotted_order", "parent_run_id"]);
        assert_eq!(
            Selection::ids().and(&["total_cost"]).columns,
            ["id", "start_time", "session_id", "trace_id", "total_cost"]
        );
    }

    #[test]
    fn a_summary_asks_for_what_it_shows() {
        let summary = Selection::summary();
        assert_eq!(names(&summary), SUMMARY);
        assert_eq!(
            summary.columns,
            [
                "id",
                "start_time",
                "name",
                "run_type",
                "status",
                "end_time",
                "error",
                "total_tokens",
                "total_cost",
                "session_id",
                "app_path"
            ]
        );
        assert_eq!(names(&parse(&["url", "latency"]).unwrap()), ["id", "latency", "url"]);
    }

    #[test]
    fn an_unknown_name_is_named() {
        let error = parse(&["name", "colour"]).unwrap_err();
        assert!(
            error.message.contains("colour") && error.message.contains("dotted_order, in_dataset, latency"),
            "{}",
            error.message
        );
    }

    #[test]
    fn the_usual_columns_are_those_of_the_members() {
        let known: Vec<&str> = MEMBERS.iter().flat_map(|member| member.columns).copied().collect();
        assert!(LISTED.iter().all(|column| known.contains(column)));
        assert!(ALWAYS.iter().all(|column| LISTED.contains(column)));
    }
}
