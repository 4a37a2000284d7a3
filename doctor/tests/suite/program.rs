//! The program: its table, its exit codes, and the secrets that it does not print.

use std::process::{Command, Output};

use e2e::World;
use langsmith_double::data;
use shared::mcp::scopes::TOOL_SCOPES;

fn doctor(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_doctor"));
    program.args(arguments).env("DOCTOR_KEY", data::ADA_KEY).env("DOCTOR_EMPTY", " ").output().unwrap()
}

async fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    // The examined server runs on this thread.
    let output = tokio::task::spawn_blocking(move || {
        doctor(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_server_is_a_table_and_exit_code_0() {
    let world = World::start().await;
    let (code, table, complaint) = run(&[world.url(), "--api-key-env", "DOCTOR_KEY"]).await;
    assert_eq!((code, complaint.as_str()), (Some(0), ""), "{table}");
    let (origin, tools) = (world.url(), TOOL_SCOPES.len());
    let expected = format!(
        "\
{origin}

ok       address                    127.0.0.1
ok       connection                 plain http, on this machine
ok       clock                      within a second of this machine's
ok       resource document          resource {origin}/mcp
ok       resource document at root  resource {origin}/mcp
ok       issuer document            {origin}/.well-known/oauth-authorization-server
ok       issuer document at path    the same document
ok       issuer equality            {origin}, in both documents
ok       endpoints                  5 endpoints, all under the issuer
ok       OAuth features             S256, public clients, code and refresh_token, iss (RFC 9207)
ok       documents in a browser     any origin may read the documents
ok       challenge                  401: Bearer
                                    resource_metadata=\"{origin}/.well-known/oauth-protected-resource/mcp\",
                                    scope=\"langsmith:read langsmith:write langsmith:publish billing:read
                                    agents:run servers:use servers:manage\"
ok       challenge of a GET         401 with the challenge
ok       challenge of a bad token   401 with invalid_token
ok       challenge in a browser     any origin may read the challenge
ok       preflights                 /mcp, /register and /token, without a credential
ok       signing keys               1 of ES256, public members only
ok       registration               201; the client expires by itself, 90 days unused
ok       login page                 HTML with its security headers
ok       unknown clients            refused with a page, without a redirect
ok       token endpoint             401 invalid_client, no-store
ok       revocation                 200 for a token that nobody has
ok       legacy era                 initialize agreed on 2025-11-25; {tools} tools
ok       modern era                 server/discover names 2026-07-28; {tools} tools
skipped  step-up challenge          not checked: it takes a login without one of the permissions; give its
                                    access token with --token-env
ok       unknown path               404, with a credential and without

26 checks: 25 ok, 0 warnings, 0 faults, 1 skipped
"
    );
    // The machine may have either loopback address, or both.
    let address = table.lines().nth(2).unwrap();
    assert!(address.starts_with("ok       address "), "{address}");
    assert_eq!(table.replace(address, expected.lines().nth(2).unwrap()), expected);
    assert!(!table.contains(data::ADA_KEY));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_exit_code_1() {
    let world = World::start().await;
    // Not the URL of its clients.
    let (code, table, _) = run(&[&world.url().replace("localhost", "127.0.0.1")]).await;
    assert_eq!(code, Some(1), "{table}");
    assert!(table.contains("FAULT    issuer equality "), "{table}");
    assert!(
        table.contains("\n                                    -> examine the URL that people type;"),
        "{table}"
    );
    let (code, table, _) = run(&["http://mcp.example.com"]).await;
    assert_eq!(code, Some(1));
    assert!(table.contains("FAULT    connection                 plain http to a public host"), "{table}");
}

#[tokio::test]
async fn arguments_that_cannot_be_used_are_exit_code_2() {
    for (arguments, words) in [
        (&[][..], "Usage: cargo xtask doctor"),
        (&["mcp.example.com"], "such as https://mcp.example.com/mcp"),
        (&["https://mcp.example.com/mcp?a=b"], "without query"),
        (
            &["http://localhost", "--api-key-env", "lsv2_pt_mistaken"],
            "--api-key-env: there is no environment variable",
        ),
        (
            &["http://localhost", "--token-env", "DOCTOR_EMPTY"],
            "--token-env: the environment variable holds no",
        ),
        (&["http://localhost", "--ca-file", "/nonexistent.pem"], "--ca-file: the CA file cannot be read"),
        (&["http://localhost", "--unknown"], "--unknown"),
    ] {
        let (code, table, complaint) = run(arguments).await;
        assert_eq!((code, table.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(complaint.contains(words), "{complaint}");
        assert!(!complaint.contains("lsv2_pt_mistaken"), "{complaint}");
    }
}
