use http::HeaderValue;
use proptest::prelude::*;

use super::*;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn of(lines: &[(&'static str, &str)], query: &str) -> Result<ToolSelection, SelectionError> {
    ToolSelection::of(&headers(lines), url::form_urlencoded::parse(query.as_bytes()))
}

/// The tools that the selection allows.
fn allowed_tools(lines: &[(&'static str, &str)], query: &str) -> Vec<&'static str> {
    let selection = of(lines, query).unwrap();
    TOOL_SCOPES.map(|(tool, _)| tool).into_iter().filter(|tool| selection.allows(tool)).collect()
}

fn readers() -> Vec<&'static str> {
    TOOL_SCOPES
        .into_iter()
        .filter(|(_, scope)| *scope != Scope::LangsmithWrite)
        .map(|(tool, _)| tool)
        .collect()
}

/// The tools of these toolsets, in the order of the list.
fn of_toolsets(toolsets: &[&str]) -> Vec<&'static str> {
    let is_in = |tool: &&str| toolsets.iter().any(|toolset| tools_of(toolset).unwrap().contains(tool));
    everything().into_iter().filter(is_in).collect()
}

fn everything() -> Vec<&'static str> {
    TOOL_SCOPES.map(|(tool, _)| tool).to_vec()
}

#[test]
fn every_spelling_of_no_is_a_no_and_anything_else_a_yes() {
    for no in ["", " ", "false", "FALSE", "f", "no", "N", "0", "off", "false, false", " , "] {
        assert_eq!(allowed_tools(&[("x-mcp-readonly", no)], ""), everything(), "{no}");
        assert!(of(&[("x-mcp-readonly", no)], "").unwrap().is_everything(), "{no}");
    }
    for yes in ["true", "TRUE", "1", "t", "yes", "on", "enabled", "true, true", "false, true", "=?"] {
        assert_eq!(allowed_tools(&[("x-mcp-readonly", yes)], ""), readers(), "{yes}");
    }
    assert_eq!(allowed_tools(&[("x-mcp-readonly", "false"), ("x-mcp-readonly", "true")], ""), readers());
}

#[test]
fn the_query_has_the_same_words_in_any_spelling() {
    for query in [
        "readonly=true",
        "readonly",
        "readonly=",
        "readOnly=1",
        "read_only=yes",
        "read-only=TRUE",
        "a=b&READONLY",
    ] {
        assert_eq!(allowed_tools(&[], query), readers(), "{query}");
    }
    for query in
        ["", "readonly=false", "readonly=0", "read=only", "writeonly", "toolsets=", "tools=", "tools=,"]
    {
        assert!(of(&[], query).unwrap().is_everything(), "{query}");
    }
    for query in ["toolsets=runs", "toolset=runs", "ToolSets=%20runs%20"] {
        assert_eq!(allowed_tools(&[], query), of_toolsets(&["runs"]), "{query}");
    }
    assert_eq!(
        allowed_tools(&[], "tools=fetch_runs&tool=get_thread_history"),
        ["get_thread_history", "fetch_runs"]
    );
}

#[test]
fn toolsets_and_tools_add_up_and_read_only_comes_last() {
    let both = [("x-mcp-toolsets", "prompts, billing"), ("x-mcp-tools", "fetch_runs,create_dataset")];
    let selected = of_toolsets(&["prompts", "billing"]);
    let is_expected =
        |tool: &&str| selected.contains(tool) || ["fetch_runs", "create_dataset"].contains(tool);
    let expected: Vec<_> = everything().into_iter().filter(is_expected).collect();
    assert!(expected.len() > selected.len());
    assert_eq!(allowed_tools(&both, ""), expected);
    let read_only = [both[0], both[1], ("x-mcp-readonly", "true")];
    let expected: Vec<_> = expected.into_iter().filter(|tool| readers().contains(tool)).collect();
    assert_eq!(allowed_tools(&read_only, ""), expected);
}

#[test]
fn several_lines_are_one_list() {
    let twice = [("x-mcp-toolsets", "runs"), ("x-mcp-toolsets", "runs"), ("x-mcp-toolsets", "billing")];
    assert_eq!(allowed_tools(&twice, ""), of_toolsets(&["runs", "billing"]));
}

#[test]
fn all_and_default_are_everything() {
    for name in EVERYTHING {
        assert_eq!(allowed_tools(&[("x-mcp-toolsets", name)], ""), everything());
        assert_eq!(allowed_tools(&[("x-mcp-toolsets", name), ("x-mcp-readonly", "1")], ""), readers());
    }
}

#[test]
fn what_both_say_is_what_both_leave() {
    assert_eq!(allowed_tools(&[("x-mcp-toolsets", "runs")], "tools=fetch_runs,push_prompt"), ["fetch_runs"]);
    assert_eq!(allowed_tools(&[("x-mcp-toolsets", "runs")], "toolsets=billing"), [""; 0]);
    assert_eq!(allowed_tools(&[("x-mcp-readonly", "false")], "readonly=true"), readers());
    assert_eq!(allowed_tools(&[("x-mcp-readonly", "true")], "readonly=false&toolsets=all"), readers());
}

#[test]
fn the_reason_is_known() {
    let selection = of(&[("x-mcp-readonly", "true")], "toolsets=prompts").unwrap();
    assert_eq!(selection.switched_off("push_prompt"), Some(SwitchedOff::ReadOnly));
    assert_eq!(selection.switched_off("fetch_runs"), Some(SwitchedOff::NotSelected));
    assert_eq!(selection.switched_off("list_prompts"), None);
    assert_eq!(selection.switched_off("unheard_of"), Some(SwitchedOff::ReadOnly));
}

#[test]
fn unknown_names_and_bytes_that_are_no_text_are_refused() {
    let unknown_toolset = Err(SelectionError::UnknownToolset("Runs".into()));
    assert_eq!(of(&[("x-mcp-toolsets", "billing,Runs")], ""), unknown_toolset);
    assert_eq!(of(&[], "toolsets=Runs"), unknown_toolset);
    assert_eq!(of(&[], "tools=fetch_runs,runs"), Err(SelectionError::UnknownTool("runs".into())));
    let bytes = HeaderMap::from_iter([(header(Limit::Tools), HeaderValue::from_bytes(b"\xff").unwrap())]);
    assert_eq!(
        ToolSelection::of(&bytes, std::iter::empty()),
        Err(SelectionError::NotText(header(Limit::Tools)))
    );
}

#[test]
fn lists_are_bounded_together() {
    let list = vec!["fetch_runs"; 200].join(",");
    let (fits, too_long) = (&list[..MAX_LISTS / 11 * 11 - 1], &list[..]);
    assert_eq!(allowed_tools(&[("x-mcp-tools", fits)], &format!("tools={fits}")), ["fetch_runs"]);
    for (lines, query) in [
        (vec![("x-mcp-tools", too_long)], String::new()),
        (vec![("x-mcp-tools", fits), ("x-mcp-toolsets", "runs,runs,runs")], String::new()),
        (vec![], format!("tools={fits}&tools={fits}")),
        (vec![], format!("readonly={}", "x".repeat(MAX_LISTS + 1))),
    ] {
        assert_eq!(of(&lines, &query), Err(SelectionError::TooLong));
    }
    assert!(of(&[], &format!("other={}", "x".repeat(9_000))).unwrap().is_everything());
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::subsequence(vec!["fetch_runs", "push_prompt", "list_projects"], 0..3)
            .prop_map(|tools| format!("tools={}", tools.join(","))),
        prop::sample::subsequence(vec!["runs", "prompts", "billing", "all"], 0..3)
            .prop_map(|toolsets| format!("toolsets={}", toolsets.join(","))),
        prop::sample::select(vec!["readonly=true", "readonly=false", "x=y"]).prop_map(str::to_owned),
    ]
}

proptest! {
    /// No query extends the tools that the headers allow.
    #[test]
    fn one_never_widens_the_other(words in prop::collection::vec(word(), 0..4), read_only: bool, few: bool) {
        let read_only = if read_only { "true" } else { "" };
        let toolsets = if few { "prompts" } else { "" };
        let lines = [("x-mcp-readonly", read_only), ("x-mcp-toolsets", toolsets)];
        let alone = allowed_tools(&lines, "");
        let query = words.join("&");
        let by_query = allowed_tools(&[], &query);
        let both: Vec<_> = alone.into_iter().filter(|tool| by_query.contains(tool)).collect();
        prop_assert_eq!(allowed_tools(&lines, &query), both);
    }

    /// Whatever else the headers and the query say.
    #[test]
    fn no_text_makes_a_reader_write(header in "[ -~]{0,64}", query in "\\PC{0,64}") {
        let lines = [("x-mcp-tools", header.as_str()), ("x-mcp-toolsets", &header), ("x-mcp-readonly", "true")];
        if let Ok(selection) = of(&lines, &query) {
            let writers = TOOL_SCOPES.iter().filter(|(tool, _)| !readers().contains(tool));
            prop_assert!(!writers.into_iter().any(|(tool, _)| selection.allows(tool)));
        }
    }
}
