//! Which members of a run are shown, and which columns LangSmith is asked for: these and no more.

use shared::langsmith::LISTED;

use super::member::{MEMBERS, Member};
use crate::tools::ToolError;

/// The members of `detail` = `ids`.
const IDS: [&str; 4] = ["id", "start_time", "session_id", "trace_id"];

/// What every query asks for: a cursor needs to know where a run stands.
const ALWAYS: [&str; 2] = ["id", "start_time"];

/// Members in the order in which they are written, and the columns that they are made of.
pub(super) struct Selection {
    pub(super) members: Vec<&'static Member>,
    pub(super) columns: Vec<&'static str>,
}

impl Selection {
    /// Every member, as far as a listing has it.
    pub(super) fn all() -> Self {
        Self { members: MEMBERS.iter().collect(), columns: LISTED.to_vec() }
    }

    /// What identifies a run, and no more.
    pub(super) fn ids() -> Self {
        Self::of(|name| IDS.contains(&name))
    }

    /// The members of these names, and the id.
    pub(super) fn parse(names: &[String]) -> Result<Self, ToolError> {
        let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
        if let Some(unknown) = names.iter().find(|name| MEMBERS.iter().all(|member| member.name != **name)) {
            let unknown: String = unknown.chars().take(64).collect();
            let known: Vec<&str> = MEMBERS.iter().map(|member| member.name).collect();
            let known = known.join(", ");
            return Err(ToolError::invalid(format!("select: {unknown} is unknown. Known are {known}.")));
        }
        Ok(Self::of(|name| name == "id" || names.contains(&name)))
    }

    /// The same with further columns, for what is not shown but needed.
    pub(super) fn and(mut self, columns: &[&'static str]) -> Self {
        for column in columns {
            if !self.columns.contains(column) {
                self.columns.push(column);
            }
        }
        self
    }

    fn of(shown: impl Fn(&str) -> bool) -> Self {
        let members: Vec<&'static Member> = MEMBERS.iter().filter(|member| shown(member.name)).collect();
        let columns: Vec<&'static str> = members.iter().flat_map(|member| member.columns).copied().collect();
        Self { members, columns: Vec::new() }.and(&ALWAYS).and(&columns)
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
    fn an_unknown_name_is_named() {
        let error = parse(&["name", "colour"]).unwrap_err();
        assert!(
            error.message.contains("colour") && error.message.contains("dotted_order"),
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
