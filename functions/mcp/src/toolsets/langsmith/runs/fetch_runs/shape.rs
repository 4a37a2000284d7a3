//! Writes a run straight from the received bytes.

use langsmith::Run;

use super::around::Around;
use super::member::RunMemberForm;
use super::member_json::Json;
use super::selection::Selection;
use crate::json::object::ObjectWriter;
use crate::json::sink::Sink;
use crate::toolset::paging::{Item, Limits};

/// A run to be listed with some of its members.
pub(super) struct RunItem<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) selection: &'a Selection,
    pub(super) around: &'a Around,
}

impl Item for RunItem<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        let mut object = ObjectWriter::start(sink);
        for member in &self.selection.members {
            let form = member.form(self.run, self.around);
            if self.selection.is_dense && form.is_empty() {
                continue;
            }
            object.member(member.name, |sink| match form {
                RunMemberForm::Exact(value) => put(&value, Limits::NONE, sink),
                RunMemberForm::Free(value) => put(&value, limits, sink),
                RunMemberForm::Listed(value) => put(&value, Limits { cut: None, ..limits }, sink),
            });
        }
        object.finish();
    }
}

fn put(value: &Json<'_>, limits: Limits, sink: &mut impl Sink) {
    match value {
        Json::Received(value) => limits.write_received(*value, sink),
        Json::Written(json) => limits.write_part(json, sink),
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
