//! A server's requests to LangSmith during a call, from the double's log, and the differences between the two servers.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::compare::{Found, walk};
use crate::http::{Ask, Http, Method};

/// Our server's user agent. All other requests are the standalone server's.
const OUR_NAME: &str = "langsmith-remote-mcp/";

/// The base path of LangSmith's API.
const BASE: &str = "/api/v1";

/// A request to LangSmith.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    /// [`BASE`], or empty.
    base: &'static str,
    /// The path after the base.
    pub(crate) path: String,
    /// By name; an array for a repeated name.
    pub(crate) query: Map<String, Value>,
    pub(crate) body: Value,
    workspace: Value,
}

/// The requests of a period, by server.
pub(crate) struct Slice {
    pub(crate) theirs: Vec<Request>,
    pub(crate) ours: Vec<Request>,
}

/// Takes the requests since the last time. A request does not reveal its call, so compared calls are made one after
/// another.
pub(crate) async fn take(http: &Http, langsmith: &str) -> Slice {
    let url = format!("{langsmith}/_double/requests");
    let log = http.json(&url, "", None).await;
    http.ask(Ask { method: Method::Delete, url: &url, headers: &[], body: None }).await;
    let log = log.as_array().unwrap();
    let is_ours =
        |request: &&Value| request["user_agent"].as_str().is_some_and(|name| name.starts_with(OUR_NAME));
    let (ours, theirs): (Vec<&Value>, Vec<&Value>) = log.iter().partition(is_ours);
    let read = |requests: Vec<&Value>| requests.into_iter().map(Request::read).collect();
    Slice { theirs: read(theirs), ours: read(ours) }
}

impl Request {
    fn read(recorded: &Value) -> Self {
        let text = |name: &str| recorded[name].as_str().unwrap();
        let (base, path) = match text("path").strip_prefix(BASE) {
            Some(path) => (BASE, path),
            None => ("", text("path")),
        };
        let mut body: Value = serde_json::from_str(text("body")).unwrap_or_else(|_| json!(text("body")));
        if let Some(columns) = body.get_mut("select") {
            *columns = set(columns);
        }
        Self {
            method: text("method").to_owned(),
            base,
            path: path.to_owned(),
            query: query(text("query")),
            body,
            workspace: recorded["x_tenant_id"].clone(),
        }
    }

    /// The prefix of the differences between two requests.
    fn label(&self) -> String {
        format!("request {} {}", self.method, self.path)
    }

    pub(crate) fn members(&self) -> Value {
        json!({"base": self.base, "query": self.query, "body": self.body, "workspace": self.workspace})
    }

    /// Whether it only looks something up, by name or at all: with another name it is a different request, not the same
    /// one made differently.
    pub(crate) fn is_lookup(&self) -> bool {
        self.query.get("limit").is_some_and(|limit| limit == "1") && !self.query.contains_key("offset")
    }

    /// Whether it names its object, so that its answer may be cached.
    pub(crate) fn is_by_name(&self) -> bool {
        (self.is_lookup() && self.query.contains_key("name")) || self.path.starts_with("/commits/")
    }

    /// The similarity of two requests; `None` if they are for different things.
    fn likeness(&self, other: &Self) -> Option<usize> {
        let alike = |(name, value): (&String, &Value)| {
            other.query.get(name).is_some_and(|value_there| same_but_for_case(value, value_there))
        };
        let common = self.query.iter().filter(|member| alike(*member)).count();
        let all = common == self.query.len() && common == other.query.len();
        let comparable = all
            || (!self.is_lookup() && !other.is_lookup())
            || self.query.is_empty()
            || other.query.is_empty();
        (self.label() == other.label() && comparable).then_some(common)
    }
}

/// The content of the request, regardless of spelling.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = json!(self.query).to_string().to_ascii_lowercase();
        write!(f, "{} {query} {}", self.label(), self.body)
    }
}

/// All differences. Each request is compared with the most similar one, in any order.
pub(crate) fn differences(theirs: &[Request], ours: &[Request], found: &mut Vec<Found>) {
    let mut pairs = Vec::new();
    for (a, request) in theirs.iter().enumerate() {
        let alike = |(b, other): (usize, &Request)| Some((request.likeness(other)?, a, b));
        pairs.extend(ours.iter().enumerate().filter_map(alike));
    }
    pairs.sort_by_key(|(likeness, a, b)| (usize::MAX - likeness, *a, *b));
    let (mut paired, mut paired_with) = (vec![false; theirs.len()], vec![false; ours.len()]);
    for (_, a, b) in pairs {
        if !paired[a] && !paired_with[b] {
            (paired[a], paired_with[b]) = (true, true);
            walk(theirs[a].label(), Some(&theirs[a].members()), Some(&ours[b].members()), found);
        }
    }
    let single = |requests: &[Request], paired: Vec<bool>| {
        let open = requests.iter().zip(paired).filter(|(_, paired)| !paired);
        open.map(|(request, _)| (request.label(), request.members())).collect::<Vec<_>>()
    };
    let theirs = single(theirs, paired);
    found.extend(theirs.into_iter().map(|(path, request)| Found { path, theirs: Some(request), ours: None }));
    let ours = single(ours, paired_with);
    found.extend(ours.into_iter().map(|(path, request)| Found { path, theirs: None, ours: Some(request) }));
}

/// Python writes `True`.
pub(crate) fn same_but_for_case(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => {
            one == other || (one.eq_ignore_ascii_case(other) && ["true", "false"].contains(&other.as_str()))
        }
        _ => one == other,
    }
}

fn query(text: &str) -> Map<String, Value> {
    let mut members: Map<String, Value> = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        // White space in JSON does not matter.
        let value =
            serde_json::from_str(&value).ok().filter(Value::is_object).unwrap_or_else(|| json!(value));
        match members.get_mut(&name) {
            None => _ = members.insert(name, value),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    if let Some(columns) = members.get_mut("select") {
        *columns = set(columns);
    }
    members
}

/// A list without a meaningful order, as one value.
fn set(values: &Value) -> Value {
    let mut values: Vec<&str> =
        values.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    values.sort_unstable();
    json!(values.join(" "))
}

/// A component of a query (WHATWG URL, `application/x-www-form-urlencoded`).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
