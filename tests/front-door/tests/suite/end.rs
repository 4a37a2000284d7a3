//! The shutdown of an instance, and the format of its log lines.

use std::process::Command;

use front_door::FrontDoor;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_is_told_to_end_does_so_in_order() {
    let door = FrontDoor::start().await;
    for name in [
        "metadata",
        "register",
        "token",
        "authorize",
        "mcp",
        "registry",
        "tool-cache",
        "authorizer",
        "janitor",
    ] {
        let instance = door.function(name).start().await.unwrap();
        let told = Command::new("kill").args(["-TERM", &instance.process().to_string()]).status().unwrap();
        assert!(told.success());
        assert!(instance.ended().await.success(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_json_and_tells_the_invocation() {
    let door = FrontDoor::start().await;
    let answer = e2e::client::http().get(door.at("/health")).send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let lines: Vec<Value> =
        door.log.of("metadata").iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["message"], "ready");
    assert_eq!(lines[0]["stage"], "production");
    let answered = lines.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!(answered["status"], 200);
    let spans = answered["spans"].as_array().unwrap();
    assert!(spans.iter().any(|span| span["id"] == id.as_str()), "{spans:?}");
    let invocation = spans.iter().find(|span| span["name"] == "invocation").unwrap();
    assert!(invocation["id"].as_str().unwrap().starts_with("00000000-0000-4000-8000-"), "{invocation}");
}
