//! Writes a run straight from the received bytes.

use shared::langsmith::Run;

use super::around::Around;
use super::member::{Form, Member};
use super::selection::Selection;
use crate::tools::pagination::{Item, Limits, Sink, copy};

/// A run to be listed with some of its members.
pub(super) struct RunItem<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) selection: &'a Selection,
    pub(super) around: &'a Around,
}

impl RunItem<'_> {
    /// The members that are written, in their order.
    fn members(&self) -> impl Iterator<Item = (&'static Member, Form<'_>)> {
        let is_dense = self.selection.is_dense;
        let members = self.selection.members.iter();
        let formed = members.map(move |member| (*member, member.form(self.run, self.around)));
        formed.filter(move |(_, form)| !(is_dense && form.is_empty()))
    }
}

impl Item for RunItem<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        sink.ascii("{");
        for (index, (member, form)) in self.members().enumerate() {
            if index > 0 {
                sink.separator(",");
            }
            sink.ascii("\"");
            sink.ascii(member.name);
            sink.ascii("\"");
            sink.separator(":");
            match form {
                Form::Exact(value) => copy(&value, None, sink),
                Form::Free(value) => limits.write_part(&value, sink),
                Form::Listed(value) => Limits { cut: None, ..limits }.write_part(&value, sink),
            }
        }
        sink.ascii("}");
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
