//! Writes a run straight from the received bytes.

use shared::langsmith::Run;

use super::member::{Form, Member};
use crate::tools::pagination::{Item, Limits, Sink, copy};

/// A run to be listed with some of its members.
pub(super) struct RunItem<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) members: &'a [&'static Member],
}

impl Item for RunItem<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        sink.ascii("{");
        for (index, member) in self.members.iter().enumerate() {
            if index > 0 {
                sink.separator(",");
            }
            sink.ascii("\"");
            sink.ascii(member.name);
            sink.ascii("\"");
            sink.separator(":");
            match (member.form)(self.run) {
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
