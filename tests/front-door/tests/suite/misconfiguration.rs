//! A missing or invalid setting ends a function before its first event, with one line that names the variable.

use front_door::aws::Fault;
use front_door::{FrontDoor, Log, Options, Program, StartFailure};

/// All mandatory variables of the functions, each with an invalid value.
const NEEDED: [(&str, &str, &str); 57] = [
    ("metadata", "STAGE", ""),
    ("metadata", "PUBLIC_URL", "https://mcp.example.com/live"),
    ("metadata", "RESOURCE_PATH", "mcp"),
    ("metadata", "LOG_LEVEL", "loud"),
    ("metadata", "LANGSMITH_ENDPOINT", ""),
    ("metadata", "API_KEY_HEADER", "maybe"),
    ("metadata", "CLIENT_ID_METADATA", "maybe"),
    ("metadata", "AWS_LAMBDA_FUNCTION_NAME", ""),
    ("register", "TABLE_PREFIX", "two words"),
    ("register", "AWS_REGION", ""),
    ("register", "AWS_CALL_TIMEOUT_MS", "soon"),
    ("register", "AWS_ACCESS_KEY_ID", ""),
    ("register", "AWS_SECRET_ACCESS_KEY", ""),
    ("register", "AWS_ENDPOINT_URL", "localhost:8000"),
    ("authorize", "PUBLIC_URL", "http://mcp.example.com"),
    ("authorize", "TABLE_PREFIX", ""),
    ("authorize", "LANGSMITH_ENDPOINT", "ftp://langsmith.example.com"),
    ("authorize", "LANGSMITH_CA_FILE", "/nonexistent.pem"),
    ("authorize", "ROOT_KEY_SECRET", "another"),
    ("authorize", "LANGSMITH_CLIENT_ID", "two words"),
    ("authorize", "LANGSMITH_CLIENT_SECRET_NAME", "another"),
    ("authorize", "LANGSMITH_SELF_REGISTRATION", "maybe"),
    ("authorize", "CLIENT_ID_METADATA", "maybe"),
    ("mcp", "LANGSMITH_SELF_REGISTRATION", "on"),
    ("mcp", "LANGSMITH_SCOPES", "\\"),
    ("mcp", "LANGSMITH_RESOURCE", "nonsense"),
    ("token", "PUBLIC_URL", "mcp.example.com"),
    ("token", "TABLE_PREFIX", ""),
    ("token", "ROOT_KEY_SECRET", "another"),
    ("token", "SIGNING_KEYS_SECRET", "another"),
    ("authorize", "SECRET_PREFIX", "two words"),
    ("mcp", "SECRET_PREFIX", ""),
    ("mcp", "TABLE_PREFIX", ""),
    ("mcp", "LANGSMITH_ENDPOINT", "langsmith.example.com"),
    ("mcp", "ALLOWED_ORIGINS", "https://app.example.com/path"),
    ("mcp", "AGENTS", "yes"),
    ("metadata", "AGENTS", "yes"),
    ("mcp", "AGENT_SERVERS", "https://one.example.com,two.example.com"),
    ("mcp", "AGENT_DISCOVERY", "maybe"),
    ("mcp", "API_KEY_HEADER", "maybe"),
    ("registry", "PUBLIC_URL", "http://mcp.example.com"),
    ("registry", "TABLE_PREFIX", ""),
    ("registry", "LANGSMITH_ENDPOINT", "langsmith.example.com"),
    ("registry", "SECRET_PREFIX", ""),
    ("registry", "VAULT", "file"),
    ("tool-cache", "PUBLIC_URL", "http://mcp.example.com"),
    ("tool-cache", "TABLE_PREFIX", ""),
    ("tool-cache", "LANGSMITH_ENDPOINT", "langsmith.example.com"),
    ("tool-cache", "SECRET_PREFIX", ""),
    ("tool-cache", "VAULT", "file"),
    ("authorizer", "PUBLIC_URL", ""),
    ("authorizer", "TABLE_PREFIX", ""),
    ("authorizer", "API_KEY_HEADER", "maybe"),
    ("janitor", "SIGNING_KEYS_SECRET", ""),
    ("janitor", "SECRET_PREFIX", "two words"),
    ("janitor", "TABLE_PREFIX", ""),
    ("janitor", "VAULT", "file"),
];

/// The function's output, which must be a single line, after its exit.
async fn fails(program: &Program) -> String {
    let log = Log::default();
    let ended = front_door::Instance::start(program, &log).await.unwrap_err();
    let StartFailure::Ended(status) = ended else { panic!("{ended:?}") };
    assert!(!status.success());
    let lines = log.all();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_missing_or_wrong_variable_is_named_in_one_line() {
    let door = FrontDoor::start().await;
    for (function, variable, wrong) in NEEDED {
        let mut program = door.function(function).program().clone();
        program.variables.insert(variable.to_owned(), wrong.to_owned());
        let line = fails(&program).await;
        assert!(line.starts_with(&format!("error: {variable}: ")), "{function}: {line}");
        // An optional variable has its default then; any other is reported.
        program.variables.remove(variable);
        if ![
            "RESOURCE_PATH",
            "LOG_LEVEL",
            "ALLOWED_ORIGINS",
            "AGENTS",
            "AGENT_SERVERS",
            "AGENT_DISCOVERY",
            "API_KEY_HEADER",
            "CLIENT_ID_METADATA",
            "LANGSMITH_CA_FILE",
            "AWS_CALL_TIMEOUT_MS",
            "AWS_ENDPOINT_URL",
            "LANGSMITH_CLIENT_ID",
            "LANGSMITH_CLIENT_SECRET_NAME",
            "LANGSMITH_SELF_REGISTRATION",
            "LANGSMITH_SCOPES",
            "LANGSMITH_RESOURCE",
            "VAULT",
        ]
        .contains(&variable)
        {
            assert_eq!(fails(&program).await, format!("error: {variable}: is missing"), "{function}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_cannot_be_read_is_named_by_its_variable() {
    let door = FrontDoor::with(Options { patient: false, ..Options::default() }).await;
    let token = door.function("token").program();
    for code in ["AccessDeniedException", "ThrottlingException", "InternalServiceError"] {
        door.aws.fail(move |call| {
            (call.action == "secretsmanager:GetSecretValue" && call.resource.contains("signing-keys"))
                .then_some(Fault::Error(code))
        });
        assert_eq!(
            fails(token).await,
            format!("error: SIGNING_KEYS_SECRET: the secret cannot be read: {code}")
        );
    }
    door.aws.fail(|call| call.resource.contains("root-key").then_some(Fault::Silent));
    assert!(fails(token).await.starts_with("error: ROOT_KEY_SECRET: the secret cannot be read: timeout"));
}
