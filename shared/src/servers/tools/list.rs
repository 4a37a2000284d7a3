//! A list of tools with their digests, and its packed form in the table.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use primitives::clock::Timestamp;
use primitives::secret::sha256;

use crate::web::time::to_microseconds;

/// The maximum size of a packed list, in bytes: an item of DynamoDB ends at 400 KB.
const MAX_PACKED: usize = 350 * 1024;
/// The maximum size of a list as it is served, in bytes: an answer of Lambda ends at 6 MB.
const MAX_SERVED: usize = 5_000_000;
/// The maximum size of an unpacked list, in bytes: more than any list that was packed.
const MAX_UNPACKED: u64 = 16 * 1024 * 1024;

/// A tool as its server describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedTool {
    /// Its name.
    pub name: String,
    /// The JSON object that callers get: the members that the server sent, without such of our names, and our `digest` and
    /// `changed_since`.
    pub json: Box<RawValue>,
    /// SHA-256 of its name, description and schemas: another order of members is the same tool.
    pub digest: String,
    /// When its digest was last found changed, in milliseconds since the Unix epoch; `None` for a tool that is as it was
    /// first seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<u64>,
}

/// The origin of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListSource {
    /// A document that the server publishes, which may be out of date.
    Manifest,
    /// The server itself.
    Handshake,
}

/// The tools of a server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToolList {
    /// The tools in the server's order.
    pub tools: Vec<ListedTool>,
    /// The origin.
    pub source: ListSource,
}

/// Why a list is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpackable {
    /// It does not fit into an item.
    #[error("the list of tools has {0} bytes compressed; 358400 can be stored")]
    TooLarge(usize),
    /// It does not fit into an answer.
    #[error("the list of tools has {0} bytes; 5000000 can be served")]
    TooLong(usize),
    /// It cannot be written.
    #[error("the list of tools cannot be written")]
    Malformed,
}

impl ToolList {
    /// A new list, compared with the one before it, if there is one.
    pub fn new(
        tools: Vec<(String, Box<RawValue>)>,
        source: ListSource,
        (before, now): (Option<&Self>, u64),
    ) -> Self {
        let before: BTreeMap<_, _> =
            before.iter().flat_map(|list| &list.tools).map(|tool| (tool.name.as_str(), tool)).collect();
        let tools = tools.into_iter().map(|(name, json)| {
            let digest = digest(&name, &json);
            let changed_at = before
                .get(name.as_str())
                .and_then(|former| if former.digest == digest { former.changed_at } else { Some(now) });
            ListedTool { name, json: with_our_members(json, &digest, changed_at), digest, changed_at }
        });
        Self { tools: tools.collect(), source }
    }

    /// The packed form: JSON, compressed.
    pub fn pack(&self) -> Result<Vec<u8>, Unpackable> {
        let json = serde_json::to_vec(self).map_err(|_| Unpackable::Malformed)?;
        if json.len() > MAX_SERVED {
            return Err(Unpackable::TooLong(json.len()));
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&json).map_err(|_| Unpackable::Malformed)?;
        let packed = encoder.finish().map_err(|_| Unpackable::Malformed)?;
        if packed.len() > MAX_PACKED { Err(Unpackable::TooLarge(packed.len())) } else { Ok(packed) }
    }

    /// The list of a packed form; `None` if it is none, for example one of a later version.
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        let mut json = Vec::new();
        ZlibDecoder::new(packed).take(MAX_UNPACKED).read_to_end(&mut json).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

/// The members of a tool and ours, once for all requests that will want them.
fn with_our_members(json: Box<RawValue>, digest: &str, changed_at: Option<u64>) -> Box<RawValue> {
    let Ok(mut members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json.get()) else {
        return json;
    };
    let since = changed_at.map(|at| to_microseconds(Timestamp::from_millis(at)));
    let (Ok(digest), Ok(since)) = (to_raw_value(digest), since.map(|text| to_raw_value(&text)).transpose())
    else {
        return json;
    };
    members.insert("digest".to_owned(), &digest);
    members.remove("changed_since");
    if let Some(since) = &since {
        members.insert("changed_since".to_owned(), since);
    }
    to_raw_value(&members).unwrap_or_else(|_| json.clone())
}

/// The digest of a tool. JSON objects are read into sorted maps, so the order of members does not count.
fn digest(name: &str, json: &RawValue) -> String {
    let tool: Value = serde_json::from_str(json.get()).unwrap_or_default();
    let part = |member: &str| tool.get(member).unwrap_or(&Value::Null);
    let parts = [&Value::from(name), part("description"), part("inputSchema"), part("outputSchema")];
    sha256(serde_json::to_string(&parts).unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str, json: &str) -> (String, Box<RawValue>) {
        (name.to_owned(), RawValue::from_string(json.to_owned()).unwrap())
    }

    fn list(tools: Vec<(String, Box<RawValue>)>, before: Option<&ToolList>, now: u64) -> ToolList {
        ToolList::new(tools, ListSource::Handshake, (before, now))
    }

    fn changes(list: &ToolList) -> Vec<Option<u64>> {
        list.tools.iter().map(|tool| tool.changed_at).collect()
    }

    #[test]
    fn a_changed_description_or_schema_is_noticed_and_stays_visible() {
        let first =
            list(vec![tool("a", r#"{"description":"d","inputSchema":{"type":"object","x":1}}"#)], None, 1);
        assert_eq!(changes(&first), [None]);
        let same = r#"{"inputSchema":{"x":1,"type":"object"},"description":"d","title":"t"}"#;
        let second = list(vec![tool("a", same), tool("b", "{}")], Some(&first), 2);
        assert_eq!(changes(&second), [None, None]);
        let third = list(vec![tool("a", r#"{"description":"e"}"#), tool("b", "{}")], Some(&second), 3);
        assert_eq!(changes(&third), [Some(3), None]);
        let fourth = list(vec![tool("a", r#"{"description":"e"}"#)], Some(&third), 4);
        assert_eq!(changes(&fourth), [Some(3)]);
        assert_eq!(first.tools[0].digest.len(), 43);
    }

    #[test]
    fn what_is_packed_is_unpacked_as_it_was() {
        let listed = list(vec![tool("a", r#"{"name":"a","n":1.10,"x":{"z":1,"a":2}}"#)], None, 1);
        let packed = listed.pack().unwrap();
        let unpacked = ToolList::unpack(&packed).unwrap();
        assert_eq!(unpacked.tools[0].json.get(), listed.tools[0].json.get());
        assert!(unpacked.tools[0].json.get().contains(r#""n":1.10,"name":"a","x":{"z":1,"a":2}"#));
        for garbage in [&b""[..], b"x", &packed[..packed.len() / 2]] {
            assert!(ToolList::unpack(garbage).is_none());
        }
    }

    #[test]
    fn members_of_our_names_are_ours() {
        let theirs = r#"{"name":"a","digest":"x","changed_since":"x","\u0064igest":"y","a\"b":1,"a\"b":2}"#;
        let first = list(vec![tool("a", theirs)], None, 1);
        let read = |list: &ToolList| serde_json::from_str::<Value>(list.tools[0].json.get()).unwrap();
        let digest = first.tools[0].digest.clone();
        assert_eq!(read(&first), serde_json::json!({"name": "a", "digest": digest, "a\"b": 2}));
        let changed = list(vec![tool("a", r#"{"name":"a","description":"d"}"#)], Some(&first), 2);
        assert_eq!(read(&changed)["changed_since"], "1970-01-01T00:00:00.002000+00:00");
        assert_eq!(changed.tools[0].json.get().matches("digest").count(), 1);
    }

    /// Fifteen hundred tools of the usual size fit.
    #[test]
    fn a_list_has_a_limit() {
        let noise = |seed: usize, length: usize| -> String {
            (0..length).map(|at| sha256(format!("{seed}/{at}").as_bytes())).collect()
        };
        let text = |seed, length| format!("{{\"description\":\"{}\"}}", noise(seed, length));
        let many = |count: usize| (0..count).map(|seed| tool(&seed.to_string(), &text(seed, 3))).collect();
        assert!(list(many(1500), None, 1).pack().is_ok());
        let refused = list(vec![tool("a", &text(0, 20_000))], None, 1).pack();
        assert!(matches!(refused, Err(Unpackable::TooLarge(size)) if size > MAX_PACKED));
        let long = format!("{{\"description\":\"{}\"}}", "x".repeat(MAX_SERVED));
        let refused = list(vec![tool("a", &long)], None, 1).pack();
        assert!(matches!(refused, Err(Unpackable::TooLong(size)) if size > MAX_SERVED));
    }
}
