//! The served description against the answers, by Schemathesis.

use clients::Program;
use e2e::World;
use langsmith_double::data::ADA_KEY;

/// Left out are checks that take a rule for a fault: an empty `X-Tenant-Id` counts as none, because clients with an empty
/// setting send it; a bearer token without a workspace is told so before it is judged; and members that exclude each other
/// are refused, which the description says in words.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,response_headers_conformance,unsupported_method";

#[tokio::test]
async fn every_answer_is_as_described() {
    let world = World::start().await;
    let output = Program::python("schemathesis", "schemathesis_run.py")
        .args(["run", &world.at("/v1/deepagents/openapi.json"), "--url", world.url()])
        .args(["-H", &format!("X-Api-Key: {ADA_KEY}"), "--checks", CHECKS])
        // These would ask the hosts of generated URLs.
        .args(["--exclude-path-regex", "/mcp/(tools|proxy)$"])
        .args(["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "20", "--seed", "1"])
        .args(["--generation-database", "none", "--no-color"])
        .output()
        .await;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Tested: 9"), "{text}");
}
