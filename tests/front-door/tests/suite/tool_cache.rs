//! The tools cache behind the front door. It reaches public hosts only, and there is none here: a name that cannot
//! resolve shows that everything before the request to it works, with the rights that the template gives.

use e2e::mcp::headers;
use e2e::servers::{SERVERS, ask, path_of};
use e2e::{Answer, client};
use front_door::{FrontDoor, Options};
use langsmith_double::data::ADA_KEY;
use reqwest::Method;
use serde_json::{Value, json};

const TOOLS: &str = "/v1/deepagents/mcp/tools?url=https%3A%2F%2Fnothing.invalid%2Fmcp";
const API_TOOLS: &str = "/api/v1/mcp/tools?url=https%3A%2F%2Fnothing.invalid%2Fmcp";
const HIDDEN: &str = "Bearer tvly-hidden";

async fn ada(door: &FrontDoor, method: Method, path: &str, body: Option<&Value>) -> Answer {
    ask(&door.url, headers(&[("x-api-key", ADA_KEY)]), (method, path), body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tools_are_asked_for_with_the_rights_of_the_template() {
    for vault in ["secrets-manager", "kms"] {
        let door =
            FrontDoor::with(Options { parameters: vec![("VaultKind", vault)], ..Options::default() }).await;
        let unknown = ada(&door, Method::GET, TOOLS, None).await;
        assert_eq!((unknown.status.as_u16(), &unknown.body["code"]), (404, &json!("mcp_server_not_found")));
        let server = json!({ "name": "nothing", "url": "https://nothing.invalid/mcp",
            "headers": [{ "key": "Authorization", "value": HIDDEN }] });
        let made = ada(&door, Method::POST, SERVERS, Some(&server)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        // Its own instance opens what the registry has sealed; the host is all that is missing.
        let asked = ada(&door, Method::GET, TOOLS, None).await;
        assert_eq!((asked.status.as_u16(), &asked.body["code"]), (502, &json!("upstream_failed")), "{vault}");
        let body = json!({ "url": "https://nothing.invalid/mcp", "method": "POST", "body": {} });
        assert_eq!(ada(&door, Method::POST, "/api/v1/mcp/proxy", Some(&body)).await.status, 502);
        assert_eq!(ada(&door, Method::DELETE, API_TOOLS, None).await.status, 200);
        assert_eq!(ada(&door, Method::DELETE, &path_of(&made.body), None).await.status, 204);
        assert_eq!(ada(&door, Method::GET, TOOLS, None).await.status, 404);
        let lines = door.log.all();
        let bad: Vec<_> =
            lines.iter().filter(|line| line.contains("AccessDenied") || line.contains(HIDDEN)).collect();
        assert!(bad.is_empty(), "{bad:?}");
        let anonymous = client::http().get(door.at(API_TOOLS)).send().await.unwrap();
        assert_eq!(anonymous.status(), 401);
    }
}
