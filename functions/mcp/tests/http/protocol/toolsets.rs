//! Named sets of tools beside LangSmith's: one with hundreds of tools in pages, one that depends on the caller, one
//! that never answers and one that is down.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use kit::{Down, Hanging, LargeSet, MANY, PAGE};
use mcp::auth::CredentialHandle;
use mcp::toolset::{
    CallResult, Context, Descriptor, ListError, Output, Prefix, SetError, Tool, ToolPage, Toolset, Toolsets,
};
use mcp::toolsets::langsmith::tools;
use oauth::scope::{Scope, ScopeSet};
use primitives::deadline::Deadline;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;

use crate::support::{Server, modern};

/// The number of fixed tools.
const FIXED: usize = TOOL_SCOPES.len();

/// A set with one tool, named after the caller.
struct Personal;

impl Toolset for Personal {
    fn list<'a>(
        &'a self,
        context: &'a Context<'a>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        Box::pin(async move { Ok(ToolPage::new([tool(&of_caller(context))], None, Duration::ZERO)) })
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async move {
            if tool == of_caller(context) { Ok(Output::data(&json!({}))) } else { Err(SetError::UnknownTool) }
        })
    }
}

fn of_caller(context: &Context<'_>) -> String {
    let CredentialHandle::Header { fingerprint } = &context.identity().handle else { panic!("no key") };
    fingerprint.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}

/// A set of one tool, whose further pages are up to a function of the cursor.
struct Paged<F>(F);

impl<F> Toolset for Paged<F>
where
    F: Fn(Option<&str>) -> Result<Option<&'static str>, ListError> + Send + Sync + 'static,
{
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        cursor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        let next = (self.0)(cursor);
        Box::pin(async { Ok(ToolPage::new([tool("x")], next?.map(str::to_owned), Duration::ZERO)) })
    }

    fn call<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async { Err(SetError::UnknownTool) })
    }
}

/// A set that answers late. Its tools require no more than reading.
#[derive(Clone, Copy)]
struct Late(Duration);

impl Toolset for Late {
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        Box::pin(async {
            tokio::time::sleep(self.0).await;
            Ok(ToolPage::new([tool("x")], None, Duration::ZERO))
        })
    }

    fn scope(&self, _: &str) -> Scope {
        Scope::LangsmithRead
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        _: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(async {
            Ok(Output::data(&json!({"seconds": context.deadline().remaining().as_secs_f64().round()})))
        })
    }
}

/// A fixed tool of this name.
struct Named(&'static str);

impl Tool for Named {
    fn descriptor(&self) -> Descriptor {
        tool(self.0)
    }

    fn scopes(&self, _: Option<&RawValue>) -> ScopeSet {
        Scope::LangsmithRead.into()
    }

    fn call<'a>(&'a self, _: &'a Context<'a>, _: Option<&'a RawValue>) -> BoxFuture<'a, CallResult> {
        Box::pin(async { Ok(Output::data(&json!({}))) })
    }
}

fn tool(name: &str) -> Descriptor {
    Descriptor::new(name.to_owned(), "A tool.", Arc::default())
}

fn prefix(name: &str) -> Prefix {
    name.parse().unwrap()
}

/// A server whose list waits only briefly for its sets.
async fn server(sets: Toolsets) -> Server {
    let mut server = Server::start().await;
    server.set_tools(sets.with_patience(Duration::from_millis(200)));
    server
}

fn all() -> Toolsets {
    let sets = Toolsets::from(tools()).with(prefix("slow"), Hanging).unwrap();
    sets.with(prefix("large"), LargeSet).unwrap().with(prefix("down"), Down).unwrap()
}

async fn list(server: &Server, is_modern: bool, cursor: Option<&Value>) -> Value {
    let params = cursor.map_or_else(|| json!({}), |cursor| json!({"cursor": cursor}));
    if is_modern {
        return server.send(modern("tools/list", params, &[])).await.result();
    }
    server.legacy("ada", "tools/list", params).await.result()
}

/// All pages, in order.
async fn pages(server: &Server, is_modern: bool) -> Vec<Value> {
    let mut pages = vec![list(server, is_modern, None).await];
    while let Some(cursor) = pages.last().unwrap().get("nextCursor").cloned() {
        assert!(pages.len() < 20, "the list never ends");
        pages.push(list(server, is_modern, Some(&cursor)).await);
    }
    pages
}

fn names(pages: &[Value]) -> Vec<&str> {
    let tools = pages.iter().flat_map(|page| page["tools"].as_array().unwrap());
    tools.map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_tool_is_listed_once_in_both_eras() {
    let server = server(all()).await;
    let alone = Server::start().await;
    for is_modern in [true, false] {
        let pages = pages(&server, is_modern).await;
        let names = names(&pages);
        assert_eq!(names.len(), FIXED + MANY);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        let fixed = list(&alone, is_modern, None).await["tools"].clone();
        assert_eq!(
            pages[0]["tools"].as_array().unwrap()[..FIXED],
            *fixed.as_array().unwrap(),
            "they come first"
        );
        let large: Vec<String> = (0..MANY).map(|number| format!("large__tool-{number}")).collect();
        assert_eq!(names[FIXED..], large, "in their own order");
    }
}

#[tokio::test]
async fn a_set_that_fails_costs_its_own_tools_and_is_named() {
    let server = server(all()).await;
    for is_modern in [true, false] {
        let pages = pages(&server, is_modern).await;
        let missing = |page: &Value| page["_meta"]["langsmith-remote-mcp/missing"].clone();
        let slow = json!([{"server": "slow", "reason": "It did not answer in time.", "url": null}]);
        assert_eq!(missing(&pages[0]), slow);
        let down = json!([{"server": "down", "reason": "It is being repaired.", "url": "https://example.com/status"}]);
        assert_eq!(missing(pages.last().unwrap()), down);
        if is_modern {
            assert!(pages[0]["_meta"]["io.modelcontextprotocol/serverInfo"].is_object());
            let kept: Vec<_> = pages.iter().map(|page| page["ttlMs"].as_u64().unwrap()).collect();
            assert_eq!((kept[0], kept[1], kept.last()), (10_000, 60_000, Some(&10_000)), "{kept:?}");
            assert!(pages.iter().all(|page| page["cacheScope"] == "private"));
        }
    }
}

#[tokio::test]
async fn a_call_goes_to_the_set_that_owns_the_name() {
    let server = server(all()).await;
    let done = server.call("large__tool-7", json!({"a": 1})).await;
    assert_eq!(done, json!({"called": "tool-7", "arguments": {"a": 1}}));
    let refused = server.fail("large__tool-1", json!({})).await;
    assert_eq!((&refused["error"], &refused["kind"]), (&json!("no"), &json!("invalid")));
    for unknown in
        ["large__tool-250", "large__", "large__../x", "large_tool-7", "down__x", "nobody__tool-7", "tool-7"]
    {
        let answer = server.call_as("ada", unknown, json!({})).await;
        assert_eq!(answer.error(200), -32602, "{unknown}");
    }
    assert_eq!(
        server.call("list_projects", json!({"limit": 1})).await["projects"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_refused_credential_of_a_set_leaves_the_login_alone() {
    let server = server(all()).await;
    let error = server.fail("large__tool-0", json!({})).await;
    assert_eq!(error["kind"], "auth");
    let text = error["error"].as_str().unwrap();
    assert!(
        text.starts_with("large does not accept") && text.contains("https://example.com/connections"),
        "{text}"
    );
    let times = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    assert_eq!((times(&server.authenticator.accepted), times(&server.authenticator.refused)), (0, 0));
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn tools_of_sets_need_the_scope_of_sets() {
    let server = server(all()).await;
    let refused = server.call_as("ada-reader", "large__tool-7", json!({})).await;
    assert_eq!(refused.status, 403);
    assert!(refused.header("www-authenticate").contains("langsmith:write"), "{refused:?}");
    assert_eq!(server.call_as("ada-writer", "large__tool-7", json!({})).await.result()["isError"], false);
}

#[tokio::test]
async fn cursors_that_nobody_gave_are_refused() {
    let server = server(all()).await;
    // Two of them decode to `large x`, an inner cursor that the set did not give, and to `nobody`, an unknown set.
    for cursor in ["x", "bGFyZ2UgeA", "bm9ib2R5", "7"] {
        for params in [json!({"cursor": cursor}), json!({"cursor": [cursor]})] {
            let answer = server.legacy("ada", "tools/list", params.clone()).await;
            assert_eq!(answer.error(200), -32602, "{params}");
        }
    }
}

#[tokio::test]
async fn an_empty_cursor_is_the_first_page() {
    let server = server(all()).await;
    let first = server.legacy("ada", "tools/list", json!({})).await.result();
    assert_eq!(server.legacy("ada", "tools/list", json!({"cursor": ""})).await.result(), first);
}

#[tokio::test]
async fn a_selection_leaves_sets_out_as_it_says() {
    let server = server(Toolsets::from(tools()).with(prefix("large"), LargeSet).unwrap()).await;
    for (header, value) in
        [("x-mcp-readonly", "true"), ("x-mcp-toolsets", "runs"), ("x-mcp-tools", "list_projects")]
    {
        let answer = server.send(modern("tools/list", json!({}), &[(header, value)])).await.result();
        let names = names(std::slice::from_ref(&answer)).into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert!(!names.is_empty() && names.iter().all(|name| !name.contains("__")), "{header}: {names:?}");
        assert_eq!(answer.get("nextCursor"), None, "{header}");
    }
}

#[tokio::test]
async fn two_sets_never_have_one_name() {
    let sets = Toolsets::from(tools()).with(prefix("large"), LargeSet).unwrap();
    assert!(sets.with(prefix("large"), Down).is_err());
    let fixed = tools().with(Named("large__x"));
    assert!(Toolsets::from(fixed).with(prefix("large"), LargeSet).is_err());
}

#[test]
fn two_tools_never_have_one_plain_name() {
    let late = Late(Duration::ZERO);
    let sets = Toolsets::from(tools()).with_plain(prefix("plain"), &["x"], late).unwrap();
    for (name, tools) in [
        ("other", &["x"] as &[_]),
        ("other", &["list_projects"]),
        ("other", &["plain__x"]),
        ("plain", &["y"]),
    ] {
        assert!(sets.clone().with_plain(prefix(name), tools, late).is_err(), "{name}: {tools:?}");
    }
    assert!(sets.clone().with(prefix("plain"), LargeSet).is_err());
    assert!(sets.with_plain(prefix("other"), &["y"], late).is_ok());
}

#[tokio::test]
async fn a_plain_name_that_was_not_registered_is_not_listed() {
    let late = Late(Duration::ZERO);
    let sets = [&["y"] as &[_], &[]];
    for names_of_set in sets {
        let sets = Toolsets::from(tools()).with_plain(prefix("plain"), names_of_set, late).unwrap();
        let answer = list(&server(sets).await, true, None).await;
        assert!(!names(std::slice::from_ref(&answer)).iter().any(|name| name.ends_with('x')), "{answer}");
        let missing = &answer["_meta"]["langsmith-remote-mcp/missing"];
        assert_eq!(missing[0]["reason"], "1 of its tools cannot be listed.");
    }
}

#[tokio::test]
async fn a_list_whose_next_page_cannot_be_asked_for_says_so() {
    let cursor: &'static str = "x".repeat(1_025).leak();
    let paged = Paged(move |_: Option<&str>| Ok(Some(cursor)));
    let server = server(Toolsets::from(tools()).with(prefix("long"), paged).unwrap()).await;
    let answer = list(&server, true, None).await;
    let missing = &answer["_meta"]["langsmith-remote-mcp/missing"];
    assert_eq!(missing[0]["reason"], "Its list has a next page that cannot be asked for.");
    assert_eq!(answer.get("nextCursor"), None);
}

#[tokio::test]
async fn a_tool_with_a_plain_name_is_called_by_this_name_alone() {
    let late = Late(Duration::ZERO);
    let server = server(Toolsets::from(tools()).with_plain(prefix("plain"), &["x"], late).unwrap()).await;
    let answer = list(&server, true, None).await;
    assert!(names(std::slice::from_ref(&answer)).contains(&"x"), "{answer}");
    assert!(server.call("x", json!({})).await["seconds"].is_number());
    let unknown = server.call_as("ada", "plain__x", json!({})).await.json();
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
}

#[tokio::test]
async fn a_batch_may_ask_for_the_list() {
    let server = server(all()).await;
    let body = json!([{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, {"jsonrpc": "2.0", "id": 2, "method": "ping"}]);
    let answers = server.post(body.to_string()).await.json();
    assert_eq!(answers[0]["result"]["tools"].as_array().unwrap().len(), FIXED + PAGE);
    assert_eq!(answers[1]["id"], 2);
}

#[tokio::test]
async fn each_caller_has_the_tools_of_their_own() {
    let server = server(Toolsets::from(tools()).with(prefix("personal"), Personal).unwrap()).await;
    let last = async |bearer: &str| {
        let list = server.legacy(bearer, "tools/list", json!({})).await.result();
        list["tools"][FIXED]["name"].as_str().unwrap().to_owned()
    };
    let (ada, grace) = (last("ada").await, last("grace").await);
    assert_ne!(ada, grace);
    assert_eq!(server.call_as("ada", &ada, json!({})).await.result()["isError"], false);
    assert_eq!(server.call_as("grace", &ada, json!({})).await.error(200), -32602);
}

/// A set is left behind where it fails, also after its first page, and the next one continues.
#[tokio::test]
async fn a_set_that_fails_on_a_later_page_is_left_behind() {
    for (set, reason) in [
        (|_: Option<&str>| Ok(Some("again")), "Its list does not end."),
        (|cursor: Option<&str>| cursor.map_or(Ok(Some("2")), |_| Err(down())), "It is down."),
    ] as [(fn(Option<&str>) -> Result<Option<&'static str>, ListError>, &str); 2]
    {
        let sets = Toolsets::from(tools()).with(prefix("paged"), Paged(set)).unwrap();
        let server = server(sets.with(prefix("large"), LargeSet).unwrap()).await;
        let pages = pages(&server, false).await;
        assert_eq!(names(&pages).len(), FIXED + 1 + MANY, "{reason}");
        assert_eq!(pages[1]["_meta"]["langsmith-remote-mcp/missing"][0]["reason"], reason);
    }
    let refuses_all = |_: Option<&str>| Err(ListError::Cursor);
    let server = server(Toolsets::from(tools()).with(prefix("paged"), Paged(refuses_all)).unwrap()).await;
    let page = list(&server, false, None).await;
    assert_eq!(page["_meta"]["langsmith-remote-mcp/missing"][0]["reason"], "It could not be listed.");
}

fn down() -> ListError {
    ListError::Missing { reason: "It is down.".to_owned(), url: None }
}

#[tokio::test]
async fn cursors_that_lead_in_a_circle_end() {
    let circle = |cursor: Option<&str>| Ok(Some(if cursor == Some("a") { "b" } else { "a" }));
    let server = server(Toolsets::from(tools()).with(prefix("circle"), Paged(circle)).unwrap()).await;
    let (mut count, mut page) = (1, list(&server, false, None).await);
    while let Some(cursor) = page.get("nextCursor").cloned() {
        assert!(count < 2_000, "the list never ends");
        (count, page) = (count + 1, list(&server, false, Some(&cursor)).await);
    }
    assert_eq!(page["_meta"]["langsmith-remote-mcp/missing"][0]["reason"], "Its list does not end.");
}

/// Sets are asked concurrently: two hanging ones cost a page one time limit in all, and a late one is still listed.
#[tokio::test(start_paused = true)]
async fn slow_sets_cost_the_time_of_one() {
    const PATIENCE: Duration = Duration::from_secs(3);
    let sets = Toolsets::from(tools()).with_patience(PATIENCE);
    let sets = sets.with(prefix("slow"), Hanging).unwrap().with(prefix("stuck"), Hanging).unwrap();
    let mut server = Server::start().await;
    server.set_tools(sets.with(prefix("late"), Late(PATIENCE / 2)).unwrap());
    let patience = Deadline::after(2 * PATIENCE);
    let page = list(&server, true, None).await;
    assert_eq!(patience.remaining(), PATIENCE);
    assert_eq!(names(std::slice::from_ref(&page))[FIXED..], ["late__x"]);
    let missing = page["_meta"]["langsmith-remote-mcp/missing"].as_array().unwrap();
    assert_eq!(missing.iter().map(|one| &one["server"]).collect::<Vec<_>>(), ["slow", "stuck"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_ends_in_time() {
    let server = server(all()).await;
    let limit = Deadline::after(Duration::from_mins(1));
    let error = server.fail("slow__x", json!({})).await;
    assert_eq!(limit.remaining(), Duration::from_secs(35));
    // A client that would read progress does not wait longer for a tool that reports none.
    let limit = Deadline::after(Duration::from_mins(1));
    let params = json!({"name": "slow__x", "arguments": {}, "_meta": {"progressToken": 1}});
    let answer = server.legacy("ada", "tools/call", params).await;
    assert_eq!(
        (answer.header("content-type"), &answer.result()["isError"]),
        ("application/json", &json!(true))
    );
    assert_eq!(limit.remaining(), Duration::from_secs(35));
    assert_eq!(
        (&error["error"], &error["kind"]),
        (&json!("slow did not answer in time."), &json!("upstream"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_set_knows_its_time_and_names_its_scope() {
    let server = server(Toolsets::from(tools()).with(prefix("late"), Late(Duration::ZERO)).unwrap()).await;
    let called = server.call_as("ada-reader", "late__x", json!({})).await.result();
    assert_eq!(called["structuredContent"], json!({"seconds": 24.0}));
    let refused = server.call_as("ada-billing", "late__x", json!({})).await;
    assert_eq!(refused.status, 403);
    assert!(refused.header("www-authenticate").contains("langsmith:read"), "{refused:?}");
}

#[tokio::test]
async fn every_toolset_means_named_sets_too() {
    let server = server(Toolsets::from(tools()).with(prefix("large"), LargeSet).unwrap()).await;
    let answer = server.send(modern("tools/list", json!({}), &[("x-mcp-toolsets", "all")])).await.result();
    assert_eq!(answer["tools"].as_array().unwrap().len(), FIXED + PAGE);
}
