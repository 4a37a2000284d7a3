//! List items of our own serialisation, for answers of bounded size.

use langsmith::{RawObject, UpstreamError};
use serde::Serialize;
use serde_json::value::RawValue;

use super::members::{self, MemberForm};
use crate::json::sink::Sink;
use crate::toolset::paging::{Item, Limits};

/// The maximum size of a member that is always shown whole, in bytes of JSON: ids, times, numbers.
const SHORT: usize = 64;

/// The members of an object, in their order.
pub(crate) struct Serialized(RawObject);

impl Serialized {
    /// `object` must serialise to an object. It is made from LangSmith's answer, so anything else means that the answer
    /// was malformed.
    pub(crate) fn of(object: &impl Serialize) -> Result<Self, UpstreamError> {
        let json = serde_json::to_vec(object).map_err(|_| UpstreamError::Malformed)?;
        serde_json::from_slice(&json).map(Self).map_err(|_| UpstreamError::Malformed)
    }

    /// Like [`of`](Self::of), for several objects.
    pub(crate) fn all<T: Serialize>(
        objects: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Self>, UpstreamError> {
        objects.into_iter().map(|object| Self::of(&object)).collect()
    }
}

impl Item for Serialized {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        let form = |value| {
            if is_short(value) { MemberForm::Exact(Some(value)) } else { MemberForm::Free(Some(value)) }
        };
        let members: Vec<(&str, MemberForm<'_>)> =
            self.0.iter().map(|(name, value)| (name, form(value))).collect();
        members::write(&members, limits, sink);
    }
}

fn is_short(value: &RawValue) -> bool {
    value.get().len() <= SHORT
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::toolset::paging;

    #[derive(Serialize)]
    struct Sample {
        z: &'static str,
        text: String,
        a: Option<f64>,
        data: Box<RawValue>,
    }

    fn sample(text: usize, data: usize) -> Serialized {
        let data = RawValue::from_string(json!({"n": vec![1; data]}).to_string()).unwrap();
        Serialized::of(&Sample { z: "id", text: "é".repeat(text), a: None, data }).unwrap()
    }

    #[test]
    fn what_is_no_object_is_malformed() {
        for json in ["[]", "1", r#"{"a":1,"\ud800":2}"#] {
            let value: Box<RawValue> = serde_json::from_str(json).unwrap();
            assert_eq!(Serialized::of(&value).map(drop), Err(UpstreamError::Malformed), "{json}");
        }
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(
            paging::object("x", &sample(1, 1)),
            r#"{"x":{"z":"id","text":"é","a":null,"data":{"n":[1]}}}"#
        );
    }

    #[test]
    fn each_object_is_an_item() {
        let all = Serialized::all([json!({"a": 1}), json!({"b": 2})]).unwrap();
        let texts: Vec<_> = all.iter().map(paging::alone).collect();
        assert_eq!(texts, [r#"{"a":1}"#, r#"{"b":2}"#]);
        assert!(Serialized::all([json!({}), json!(1)]).is_err());
    }

    #[test]
    fn short_members_survive_when_nothing_else_has_room() {
        let long = (0..20_000).map(|n| (format!("k{n}"), json!("v".repeat(80))));
        let object: serde_json::Map<_, _> = long.chain([("n".to_owned(), json!("short"))]).collect();
        let answer: Value = serde_json::from_str(&paging::alone(&Serialized::of(&object).unwrap())).unwrap();
        assert_eq!((&answer["n"], &answer["_truncated"]), (&json!("short"), &json!(true)));
        assert_ne!(answer["k7"], object["k7"]);
    }

    #[test]
    fn short_members_survive_every_shortening() {
        for (text, data) in [(900_000, 1), (1, 900_000), (900_000, 900_000)] {
            let answer = paging::object("x", &sample(text, data));
            assert!(answer.chars().count() < 201_000);
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!((&answer["x"]["z"], &answer["_truncated"]), (&json!("id"), &json!(true)));
            assert!(answer["x"]["text"].is_string() && answer["x"]["data"].is_object());
        }
    }
}
