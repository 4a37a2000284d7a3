//! Writes a run straight from the received bytes.

use langsmith::Run;

use super::around::Around;
use super::json::Json;
use super::member::Form;
use super::selection::Selection;
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
        sink.ascii("{");
        let mut is_first = true;
        for member in &self.selection.members {
            let form = member.form(self.run, self.around);
            if self.selection.is_dense && form.is_empty() {
                continue;
            }
            sink.name(member.name, is_first);
            is_first = false;
            match form {
                Form::Exact(value) => put(&value, Limits::NONE, sink),
                Form::Free(value) => put(&value, limits, sink),
                Form::Listed(value) => put(&value, Limits { cut: None, ..limits }, sink),
            }
        }
        sink.ascii("}");
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
