//! Writes objects member by member.

use serde::Serialize;

use super::copy::copy;
use super::sink::Sink;
use super::to_text;

/// An object that is written to a sink. The names of its members need no escaping.
pub(crate) struct ObjectWriter<'s, S: Sink> {
    sink: &'s mut S,
    is_empty: bool,
}

impl<'s, S: Sink> ObjectWriter<'s, S> {
    pub(crate) fn start(sink: &'s mut S) -> Self {
        sink.ascii("{");
        Self { sink, is_empty: true }
    }

    /// A member, with `write` for its value.
    pub(crate) fn member(&mut self, name: &str, write: impl FnOnce(&mut S)) {
        self.sink.name(name, self.is_empty);
        self.is_empty = false;
        write(self.sink);
    }

    pub(crate) fn finish(self) {
        self.sink.ascii("}");
    }
}

/// The text of an object. Its members may have any names.
pub(crate) struct ObjectText(String);

impl ObjectText {
    pub(crate) fn start() -> Self {
        Self("{".to_owned())
    }

    /// A member whose value is JSON that was checked on receipt.
    pub(crate) fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        copy(json, None, &mut self.0);
        self
    }

    /// Like [`raw`](Self::raw), if there is a value.
    pub(crate) fn maybe(self, name: &str, json: Option<&str>) -> Self {
        match json {
            Some(json) => self.raw(name, json),
            None => self,
        }
    }

    /// Like [`raw`](Self::raw), byte for byte: the whole object is copied later.
    pub(crate) fn verbatim(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.0.push_str(json);
        self
    }

    /// A member with a value of ours.
    pub(crate) fn value(self, name: &str, value: &impl Serialize) -> Self {
        self.raw(name, &to_text(value))
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&to_text(&name));
        self.0.push(':');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_separated() {
        let mut text = String::new();
        let mut object = ObjectWriter::start(&mut text);
        object.member("a", |sink| sink.ascii("1"));
        object.member("b", |sink| sink.ascii("[]"));
        object.finish();
        assert_eq!(text, r#"{"a":1,"b":[]}"#);
        let mut text = String::new();
        ObjectWriter::start(&mut text).finish();
        assert_eq!(text, "{}");
    }

    #[test]
    fn a_text_has_any_names() {
        let object = ObjectText::start().value("a\"b", &"\n").maybe("c", None).maybe("d", Some("[ 1 ]"));
        assert_eq!(object.verbatim("e", "[ 2 ]").finish(), r#"{"a\"b":"\n","d":[1],"e":[ 2 ]}"#);
        assert_eq!(ObjectText::start().finish(), "{}");
    }
}
