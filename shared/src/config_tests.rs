use super::*;

fn config<const N: usize>(variables: [(&'static str, &'static str); N]) -> Config {
    Config::new(move |name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn error_text<T: fmt::Debug>(outcome: Result<T, Misconfigured>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn what_is_absent_or_empty_is_missing_by_name() {
    assert_eq!(error_text(config([]).public_url()), "PUBLIC_URL: is missing");
    assert_eq!(error_text(config([("PUBLIC_URL", "")]).public_url()), "PUBLIC_URL: is missing");
    assert_eq!(error_text(config([]).table_prefix()), "TABLE_PREFIX: is missing");
    assert_eq!(error_text(config([]).langsmith_endpoint()), "LANGSMITH_ENDPOINT: is missing");
    assert_eq!(error_text(config([]).stage()), "STAGE: is missing");
}

#[test]
fn what_may_be_left_out_has_its_usual_value() {
    let config = config([("PUBLIC_URL", "https://mcp.example.com")]);
    assert_eq!(config.public_url().unwrap().resource(), "https://mcp.example.com/mcp");
    assert_eq!(config.log_level(), Ok(Level::INFO));
    assert_eq!(config.allowed_origins(), Ok(vec![]));
    assert_eq!(config.agent_servers(), Ok(vec![]));
    assert_eq!(config.agent_discovery(), Ok(false));
    assert_eq!(config.api_key_header(), Ok(true));
    assert_eq!(config.langsmith_ca_file(), None);
    let usual = Duration::from_millis(7);
    assert_eq!(config.call_timeout(usual), Ok(usual));
}

#[test]
fn what_is_wrong_is_told_in_one_line() {
    let config = config([
        ("PUBLIC_URL", "https://mcp.example.com/live"),
        ("LOG_LEVEL", "loud"),
        ("TABLE_PREFIX", "two words"),
        ("LANGSMITH_ENDPOINT", "ftp://x"),
        ("ALLOWED_ORIGINS", "https://a.example, https://b.example/path\n"),
        ("AGENT_SERVERS", "https://a.example, b.example\n"),
        ("AGENT_DISCOVERY", "maybe"),
        ("API_KEY_HEADER", "yes"),
        ("CLIENT_ID_METADATA", "yes"),
        ("AWS_CALL_TIMEOUT_MS", "99"),
    ]);
    for (variable, line) in [
        ("PUBLIC_URL", error_text(config.public_url())),
        ("LOG_LEVEL", error_text(config.log_level())),
        ("TABLE_PREFIX", error_text(config.table_prefix())),
        ("LANGSMITH_ENDPOINT", error_text(config.langsmith_endpoint())),
        ("ALLOWED_ORIGINS", error_text(config.allowed_origins())),
        ("AGENT_SERVERS", error_text(config.agent_servers())),
        ("AGENT_DISCOVERY", error_text(config.agent_discovery())),
        ("API_KEY_HEADER", error_text(config.api_key_header())),
        ("CLIENT_ID_METADATA", error_text(config.client_id_metadata())),
        ("AWS_CALL_TIMEOUT_MS", error_text(config.call_timeout(Duration::ZERO))),
    ] {
        assert!(line.starts_with(&format!("{variable}: ")) && !line.contains('\n'), "{line}");
    }
}

#[test]
fn a_moved_resource_is_checked_too() {
    let moved =
        |path| config([("PUBLIC_URL", "https://ls.example.com"), ("RESOURCE_PATH", path)]).public_url();
    assert_eq!(moved("/api/mcp").unwrap().resource(), "https://ls.example.com/api/mcp");
    assert!(error_text(moved("api/mcp")).starts_with("RESOURCE_PATH: "));
}

#[test]
fn agents_can_be_switched_off() {
    let with = |agents| {
        config([
            ("AGENTS", agents),
            ("AGENT_SERVERS", "https://one.example"),
            ("PUBLIC_URL", "https://mcp.example.com"),
        ])
    };
    assert_eq!(with("on").agent_servers().unwrap().len(), 1);
    assert!(with("on").public_url().unwrap().has_agent_endpoints());
    assert_eq!(with("off").agent_servers(), Ok(vec![]));
    assert!(!with("off").public_url().unwrap().has_agent_endpoints());
    assert!(error_text(with("no").agent_servers()).starts_with("AGENTS: "));
    assert!(error_text(with("no").public_url()).starts_with("AGENTS: "));
}

#[test]
fn origins_are_a_list() {
    let config = config([("ALLOWED_ORIGINS", "https://a.example,http://localhost:6274/")]);
    assert_eq!(config.allowed_origins().unwrap(), ["https://a.example", "http://localhost:6274"]);
}

#[test]
fn agent_servers_are_a_list_of_absolute_https_urls() {
    let of = |list| config([("AGENT_SERVERS", list)]).agent_servers();
    let servers = of("https://one.example, b=https://two.example:8443/base/;auth=none,").unwrap();
    let servers: Vec<_> =
        servers.iter().map(|server| (server.name.as_str(), server.address.as_str())).collect();
    assert_eq!(servers, [("one", "https://one.example/"), ("b", "https://two.example:8443/base/")]);
    for (wrong, problem) in [
        ("one.example", "absolute URL"),
        ("https://user:hunter2@one.example", "absolute URL"),
        ("https://one.example https://two.example", "absolute URL"),
        ("http://localhost:2024", "needs https"),
        ("https://one.example,http://two.example", "needs https"),
        ("https://a.one.example,https://a.two.example", "same name"),
    ] {
        let line = error_text(of(wrong));
        assert!(line.starts_with("AGENT_SERVERS: ") && line.contains(problem), "{wrong}: {line}");
        assert!(!line.contains("hunter2"));
    }
}

#[test]
fn the_client_at_langsmith_is_what_the_variables_say() {
    use langsmith::oauth::UpstreamClient;
    let none = config([]).langsmith_client(None).unwrap();
    assert!(matches!(none.client, UpstreamClient::None));
    let own = config([("LANGSMITH_SELF_REGISTRATION", "on")]).langsmith_client(None).unwrap();
    assert!(matches!(own.client, UpstreamClient::SelfRegistration));
    let config = config([("LANGSMITH_CLIENT_ID", "ours"), ("LANGSMITH_SCOPES", "openid")]);
    let registered = config.langsmith_client(Some(Secret::new("s3cret"))).unwrap();
    assert!(registered.is_configured("ours"));
    assert_eq!(registered.scopes(), "openid");
}

#[test]
fn a_client_that_cannot_be_used_is_told_by_its_variable() {
    let client = |variable, value| error_text(config([(variable, value)]).langsmith_client(None));
    for (variable, value) in [
        ("LANGSMITH_CLIENT_ID", "two words"),
        ("LANGSMITH_SCOPES", "\"\""),
        ("LANGSMITH_RESOURCE", "x"),
        ("LANGSMITH_SELF_REGISTRATION", "yes"),
    ] {
        assert!(client(variable, value).starts_with(&format!("{variable}: ")));
    }
    let both = config([("LANGSMITH_CLIENT_ID", "ours"), ("LANGSMITH_SELF_REGISTRATION", "on")]);
    assert!(error_text(both.langsmith_client(None)).starts_with("LANGSMITH_SELF_REGISTRATION: "));
    let alone = error_text(config([]).langsmith_client(Some(Secret::new("s3cret"))));
    assert!(alone.starts_with("LANGSMITH_CLIENT_SECRET_NAME: ") && !alone.contains("s3cret"), "{alone}");
}
