//! An answer under construction: members in their order, shortened or always whole.

use std::borrow::Cow;

use crate::json::copy::copy;
use crate::json::object::ObjectWriter;
use crate::json::sink::Sink;
use crate::toolset::paging::members::write_free;
use crate::toolset::paging::{Item, Limits};

/// The maximum size of parts that are never shortened, in bytes.
const SMALL: usize = 200;

/// The members of an answer.
#[derive(Default)]
pub(super) struct View<'m>(Vec<(&'static str, MemberValue<'m>)>);

/// The value of a member, as JSON.
pub(super) enum MemberValue<'m> {
    /// Never shortened.
    Exact(String),
    /// Shortened if the answer is too long.
    Free(Cow<'m, str>),
    /// A list of values, shortened one by one.
    List(Vec<String>),
    /// An object made of two: `free` may be shortened, `exact` may not.
    Merged { free: String, exact: String },
}

impl<'m> MemberValue<'m> {
    /// A value, or null when it is absent.
    pub(super) fn free(json: Option<&'m str>) -> Self {
        Self::Free(json.unwrap_or("null").into())
    }
}

impl<'m> View<'m> {
    pub(super) fn add(&mut self, name: &'static str, part: MemberValue<'m>) {
        self.0.push((name, part));
    }
}

impl Item for View<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        let mut object = ObjectWriter::start(sink);
        for (name, part) in &self.0 {
            object.member(name, |sink| part.write(limits, sink));
        }
        object.finish();
    }
}

impl MemberValue<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        match self {
            Self::Exact(json) => copy(json, None, sink),
            Self::Free(json) => write_free(json, limits, sink),
            Self::List(items) => {
                sink.ascii("[");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        sink.separator(",");
                    }
                    write_free(item, limits, sink);
                }
                sink.ascii("]");
            }
            Self::Merged { free, exact } if limits.part.is_some() && free.len() > SMALL => {
                // Only a whole value can become a preview, so it stands beside the exact members here.
                sink.ascii("{\"_truncated_preview\"");
                sink.separator(":");
                write_free(free, limits, sink);
                sink.separator(",");
                copy(exact.strip_prefix('{').unwrap_or_default(), None, sink);
            }
            Self::Merged { free, exact } => {
                let members = free.strip_suffix('}').unwrap_or_default();
                copy(members, limits.cut, sink);
                if members.len() > 1 {
                    sink.separator(",");
                }
                copy(exact.strip_prefix('{').unwrap_or_default(), None, sink);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::toolset::paging::alone;

    fn view(template: &str, metadata: &Value) -> View<'static> {
        let mut view = View::default();
        view.add("template", MemberValue::Free(json!(template).to_string().into()));
        view.add(
            "messages",
            MemberValue::List(vec![json!({"role": "human", "template": template}).to_string()]),
        );
        let exact = json!({"hash": "0123456789".repeat(6)}).to_string();
        view.add("metadata", MemberValue::Merged { free: metadata.to_string(), exact });
        view
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let text = alone(&view("a\"é", &json!({"own": 1})));
        let hash = "0123456789".repeat(6);
        let expected = json!({
            "template": "a\"é",
            "messages": [{"role": "human", "template": "a\"é"}],
            "metadata": {"own": 1, "hash": hash},
        });
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
        let bare: Value = serde_json::from_str(&alone(&view("", &json!({})))).unwrap();
        assert_eq!(bare["metadata"], json!({"hash": hash}));
    }

    #[test]
    fn what_does_not_fit_is_shortened_but_for_what_is_exact() {
        let many: serde_json::Map<String, Value> =
            (0..50_000).map(|number| (number.to_string(), json!("x"))).collect();
        for view in [view(&"é".repeat(300_000), &json!({})), view("", &many.into())] {
            let text = alone(&view);
            assert!(text.chars().count() < 200_500, "{}", text.len());
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                (&value["_truncated"], value["metadata"]["hash"].as_str().map(str::len)),
                (&json!(true), Some(60))
            );
        }
    }
}
