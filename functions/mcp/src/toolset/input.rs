//! Input that a client gives to a call that required it (MCP 2026-07-28, "Multi Round-Trip Requests"): the client sends
//! the same call again, with its responses and the state of the request, which is ours and sealed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::ToolError;

/// The input in a call.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The state that the result with the requests had. It comes from the client.
    pub state: &'a str,
    /// The responses to its requests.
    pub responses: Responses<'a>,
}

/// Responses to requests for input, as the client sends them.
#[derive(Clone, Copy, Debug)]
pub struct Responses<'a>(Option<&'a RawValue>);

/// The response to one request for input.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// The person has filled in the form, or agreed to open the page.
    Accepted(Map<String, Value>),
    /// The person does not want to answer.
    Declined,
    /// The person has closed the form without a choice.
    Cancelled,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Elicited {
    Accept {
        #[serde(default)]
        content: Option<Map<String, Value>>,
    },
    Decline,
    Cancel,
}

impl<'a> Responses<'a> {
    pub(crate) const fn new(given: Option<&'a RawValue>) -> Self {
        Self(given)
    }

    /// The responses by the keys of their requests. All of them are for elicitations: nothing else is requested.
    pub fn read(self) -> Result<BTreeMap<String, Response>, ToolError> {
        self.of(|_| true)
    }

    /// The responses to the requests with these keys. Others are ignored, whatever they hold.
    pub fn of(self, is_open: impl Fn(&str) -> bool) -> Result<BTreeMap<String, Response>, ToolError> {
        let given = self.0.map_or("{}", RawValue::get);
        let mut elicited: Map<String, Value> = serde_json::from_str(given).map_err(|_| wrong())?;
        elicited.retain(|key, _| is_open(key));
        let read = |(key, value): (String, Value)| {
            let response = match Elicited::deserialize(value).map_err(|_| wrong())? {
                Elicited::Accept { content } => Response::Accepted(content.unwrap_or_default()),
                Elicited::Decline => Response::Declined,
                Elicited::Cancel => Response::Cancelled,
            };
            Ok((key, response))
        };
        elicited.into_iter().map(read).collect()
    }
}

fn wrong() -> ToolError {
    ToolError::invalid("inputResponses must hold an elicitation's result for each key.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn responses(given: &str) -> Option<BTreeMap<String, Response>> {
        Responses::new(Some(serde_json::from_str(given).unwrap())).read().ok()
    }

    #[test]
    fn responses_to_nothing_are_ignored() {
        let given: Box<RawValue> =
            serde_json::from_str(r#"{"a":{"action":"decline"},"b":{"no":"response"}}"#).unwrap();
        let read = |key: &'static str| Responses::new(Some(&given)).of(|open| open == key);
        assert_eq!(read("a"), Ok([("a".to_owned(), Response::Declined)].into()));
        assert!(read("b").is_err());
        assert_eq!(read("c"), Ok(BTreeMap::new()));
    }

    #[test]
    fn responses_are_read_by_their_actions() {
        let Value::Object(content) = json!({"answer": false}) else { panic!("an object") };
        let given = r#"{"a":{"action":"accept","content":{"answer":false},"_meta":{}},"b":{"action":"decline"},"c":{"action":"cancel"},"d":{"action":"accept"},"e":{"action":"accept","content":null}}"#;
        let expected = [
            ("a".to_owned(), Response::Accepted(content)),
            ("b".to_owned(), Response::Declined),
            ("c".to_owned(), Response::Cancelled),
            ("d".to_owned(), Response::Accepted(Map::new())),
            ("e".to_owned(), Response::Accepted(Map::new())),
        ];
        assert_eq!(responses(given).unwrap(), expected.into());
        assert_eq!(Responses::new(None).read().unwrap(), BTreeMap::new());
    }

    #[test]
    fn other_responses_are_refused() {
        for given in [
            "[]",
            "null",
            r#"{"a":{}}"#,
            r#"{"a":{"action":"other"}}"#,
            r#"{"a":{"action":"accept","content":[]}}"#,
        ] {
            assert_eq!(responses(given), None, "{given}");
        }
    }
}
