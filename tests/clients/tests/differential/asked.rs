//! Explanations of different requests to LangSmith. Each of these is one line of the table in [`crate::differences`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::calls::Call;
use crate::compare::Found;
use crate::requests::{Request, same_but_for_case};
use crate::speak::Answer;

/// A request that only the standalone server makes.
fn only_theirs(found: &Found, label: &str) -> bool {
    found.path == format!("request {label}") && found.ours.is_none()
}

/// The two values of `member`, if it is the only difference between two requests.
fn member<'f>(found: &'f Found, label: &str, member: &str) -> Option<(Option<&'f Value>, Option<&'f Value>)> {
    (found.path == format!("request {label}.{member}"))
        .then_some((found.theirs.as_ref(), found.ours.as_ref()))
}

/// Their requests for a call that we refuse.
pub(crate) fn refused(found: &Found, ours: &Answer, kind: &str) -> bool {
    let asked = found.path.starts_with("request ") && found.ours.is_none();
    (found.path.is_empty() || asked) && ours.content["kind"] == kind
}

/// The list of existing names, for an error that suggests one.
pub(crate) fn suggestion(_: &Call, found: &Found, _: &Answer, ours: &Answer) -> bool {
    let lists = ["request GET /sessions", "request GET /datasets", "request GET /repos"];
    let names = |request: &Value| request["query"]["limit"] == "100";
    lists.contains(&found.path.as_str())
        && found.theirs.is_none()
        && found.ours.as_ref().is_some_and(names)
        && ours.content["kind"] == "not_found"
}

pub(crate) fn base(_: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let there = found.theirs == Some(json!("")) && found.ours == Some(json!("/api/v1"));
    found.path.starts_with("request ") && found.path.rsplit('.').next() == Some("base") && there
}

pub(crate) fn boolean(_: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let (Some(theirs), Some(ours)) = (&found.theirs, &found.ours) else { return false };
    let is_python = ["True", "False"].iter().any(|word| theirs == word);
    found.path.starts_with("request ")
        && found.path.contains(".query.")
        && is_python
        && same_but_for_case(theirs, ours)
}

pub(crate) fn key(call: &Call, found: &Found, _: &Answer, ours: &Answer) -> bool {
    let first = call.tool == "tools/list" && ours.requests.len() == 1;
    found.path == "request GET /workspaces" && found.theirs.is_none() && first
}

/// Requested in the background, so it may occur during a later call.
pub(crate) fn version(_: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let plain = |request: &Value| request["query"] == json!({}) && request["body"] == "";
    only_theirs(found, "GET /info") && found.theirs.as_ref().is_some_and(plain)
}

/// Their SDK reads it off the first project, once per call, after finding a dataset or an example.
pub(crate) fn any_project(call: &Call, found: &Found, theirs: &Answer, _: &Answer) -> bool {
    let shown = ["list_datasets", "list_examples", "read_dataset", "read_example"].contains(&call.tool);
    let by_name = call.plain.get("reference_dataset_name").is_some();
    let any =
        |request: &&Request| request.path == "/sessions" && request.query.len() == 1 && request.is_lookup();
    only_theirs(found, "GET /sessions")
        && (shown || by_name)
        && found.theirs.as_ref().is_some_and(|request| request["query"] == json!({"limit": "1"}))
        && theirs.requests.iter().filter(any).count() == 1
}

/// We made the same request before, and found something.
pub(crate) fn remembered(_: &Call, found: &Found, theirs: &Answer, ours: &Answer) -> bool {
    let mut lookups =
        theirs.requests.iter().filter(|request| request.is_lookup() && request.query.contains_key("name"));
    let known = |name: &Value| name.as_str().is_some_and(|name| !name.starts_with("no such"));
    (only_theirs(found, "GET /sessions") || only_theirs(found, "GET /datasets"))
        && lookups.any(|request| {
            found.theirs == Some(request.members())
                && ours.before.contains(&request.to_string())
                && known(&request.query["name"])
        })
}

/// They made the same request before.
pub(crate) fn prompt(call: &Call, found: &Found, theirs: &Answer, ours: &Answer) -> bool {
    let again = |request: &Request| theirs.before.contains(&request.to_string());
    call.tool == "get_prompt_by_name"
        && found.path.starts_with("request GET /commits/-/")
        && found.theirs.is_none()
        && ours.requests.len() == 1
        && ours.requests.iter().all(again)
}

pub(crate) fn order(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let is_newest_first = call.plain.get("order_by").is_none_or(|order| order == "-start_time");
    let theirs = call.tool == "fetch_runs"
        && member(found, "POST /runs/query", "body.order_by") == Some((Some(&json!("-start_time")), None));
    let ours = ["fetch_runs", "get_thread_history"].contains(&call.tool)
        && member(found, "POST /runs/query", "body.order") == Some((None, Some(&json!("desc"))));
    is_newest_first && (theirs || ours)
}

/// The columns that messages and their order need.
pub(crate) fn columns_of_messages(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let Some((theirs, ours)) = member(found, "POST /runs/query", "body.select") else { return false };
    let theirs: BTreeSet<&str> =
        theirs.and_then(Value::as_str).into_iter().flat_map(|all| all.split(' ')).collect();
    let ours = ours.and_then(Value::as_str).unwrap_or_default();
    call.tool == "get_thread_history"
        && ours == "id inputs outputs start_time trace_id"
        && ours.split(' ').all(|column| theirs.contains(column))
}

/// The pages after the first one, which differ only in their start.
pub(crate) fn further_page(call: &Call, found: &Found, _: &Answer, ours: &Answer) -> bool {
    let request = |at: usize| {
        let mut body = ours.requests.get(at)?.body.clone();
        let cursor = body.as_object_mut()?.remove("cursor");
        Some((body, cursor))
    };
    let first = (0..ours.requests.len()).filter_map(request).find(|(_, cursor)| cursor.is_none());
    let body = found.ours.as_ref().and_then(|request| {
        let mut body = request["body"].clone();
        body.as_object_mut()?.remove("cursor").map(|_| body)
    });
    call.tool == "get_thread_history"
        && found.path == "request POST /runs/query"
        && found.theirs.is_none()
        && body.is_some()
        && first.map(|(body, _)| body) == body
}

pub(crate) fn quoted_thread(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let quoted = call.plain["thread_id"].as_str().is_some_and(|id| id.contains('"'));
    let filter = member(found, "POST /runs/query", "body.filter");
    let ours = filter.and_then(|(_, ours)| ours?.as_str()).unwrap_or_default();
    let escaped = ours.ends_with(&format!(", eq(metadata_value, {}))", call.plain["thread_id"]));
    call.tool == "get_thread_history" && quoted && (found.path.is_empty() || escaped)
}

pub(crate) fn reference_free(call: &Call, found: &Found, _: &Answer, ours: &Answer) -> bool {
    let expected = if call.tool == "list_experiments" { "False" } else { "True" };
    let by_dataset = |request: &Request| request.query.contains_key("reference_dataset");
    ["list_experiments", "list_projects"].contains(&call.tool)
        && member(found, "GET /sessions", "query.reference_free") == Some((Some(&json!(expected)), None))
        && ours.requests.iter().any(by_dataset)
}

pub(crate) fn one_dataset(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let label = format!("GET /datasets/{}", call.plain["dataset_id"].as_str().unwrap_or_default());
    call.tool == "read_dataset" && member(found, &label, "query.limit") == Some((Some(&json!("1")), None))
}

pub(crate) fn columns_of_examples(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let all = "attachment_urls created_at dataset_id id inputs metadata modified_at outputs source_run_id";
    let columns = (Some(&json!("attachment_urls metadata outputs")), Some(&json!(all)));
    call.plain["include_attachments"] == "true"
        && member(found, "GET /examples", "query.select") == Some(columns)
}

pub(crate) fn download(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    call.tool == "list_examples" && only_theirs(found, "GET /public/download")
}

/// The same time, spelled differently.
pub(crate) fn time(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let utc = |value: Option<&Value>| {
        let text = value?.as_str()?;
        let text = text.strip_suffix('Z').or(text.strip_suffix("+00:00")).unwrap_or(text);
        Some(if text.len() == "2026-01-01".len() { format!("{text}T00:00:00") } else { text.to_owned() })
    };
    let name = found.path.split(".query.").nth(1).unwrap_or_default();
    let given = call.plain.get(name);
    ["starting_on", "ending_before", "as_of"].contains(&name)
        && utc(given).is_some()
        && utc(given) == utc(found.theirs.as_ref())
        && utc(given) == utc(found.ours.as_ref())
}

/// An argument that they accept as text only.
pub(crate) fn in_json(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let Some(name) = found.path.strip_prefix("argument ") else { return false };
    let (plain, sent) = (&call.plain[name], &call.arguments[name]);
    plain.is_string() && !sent.is_string() && !sent.is_null()
}

/// An argument that is absent.
pub(crate) fn null(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let Some(name) = found.path.strip_prefix("argument ") else { return false };
    call.plain.get(name).is_none() && call.arguments.get(name) == Some(&Value::Null)
}

/// A text other than `true` and `false`.
pub(crate) fn odd_flag(call: &Call, found: &Found, _: &Answer, ours: &Answer) -> bool {
    let odd = ["error", "is_root"].iter().any(|name| call.plain[*name] == "maybe");
    call.tool == "fetch_runs" && odd && refused(found, ours, "invalid")
}

/// The tag of a version, where they expect a time.
pub(crate) fn tag(call: &Call, found: &Found, _: &Answer, ours: &Answer) -> bool {
    let is_tag = call.plain["as_of"].as_str().is_some_and(|text| !text.starts_with("20"));
    let asked = found.theirs.is_none()
        && found.path.starts_with("request GET /examples/")
        && ours.requests.iter().any(|request| request.query.get("as_of") == call.plain.get("as_of"));
    call.tool == "read_example" && is_tag && (found.path.is_empty() || asked)
}

/// LangSmith's maximum is 100.
pub(crate) fn limit(call: &Call, found: &Found, _: &Answer, _: &Answer) -> bool {
    let limit = &call.plain["limit"];
    let sent = Some((Some(&json!(limit.to_string())), Some(&json!("100"))));
    call.tool == "list_prompts"
        && limit.as_u64() > Some(100)
        && (found.path.is_empty() && found.theirs.as_ref().is_some_and(|theirs| theirs["error"].is_string())
            || member(found, "GET /repos", "query.limit") == sent)
}
