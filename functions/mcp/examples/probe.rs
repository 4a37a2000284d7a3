#![allow(warnings, clippy::all)]
use std::sync::{Arc, Mutex};
use axum::{Router, body::Body, extract::Request, response::{IntoResponse, Response}};
use futures_util::future::{BoxFuture, ready};
use mcp::auth::*; use mcp::tools::*; use mcp::{Deps, router};
use shared::langsmith::*; use shared::oauth::scope::*; use shared::random::SystemRandom; use shared::secret::Secret; use shared::ids::*;
use serde_json::{Value, json}; use tower::ServiceExt; use http_body_util::BodyExt;
struct Any;
impl Authenticator for Any {
  fn authenticate<'a>(&'a self, h: &'a http::HeaderMap) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>> {
    let ws = h.get("x-tenant-id").map(|v| WorkspaceId::new(v.to_str().unwrap()));
    let key = h.get("x-api-key").map(|v| v.to_str().unwrap().to_owned()).unwrap_or("lsv2_pt_demo".into());
    Box::pin(ready(Ok(CallerIdentity{credential: Credential::ApiKey(Secret::new(key)), workspace: WorkspaceAccess::KeyDefault{header: ws}, scopes: ScopeSet::all(), handle: CredentialHandle::Header{fingerprint: "x".into()}})))
  }
  fn upstream_unauthorized<'a>(&'a self, _: &'a CallerIdentity) -> BoxFuture<'a, UnauthorizedOutcome> { Box::pin(ready(UnauthorizedOutcome::Refused)) }
}
fn deps(endpoint: &str, port: u16) -> Deps {
  Deps { public_url: format!("http://localhost:{port}").parse().unwrap(), allowed_origins: vec![], langsmith: LangSmith::new(endpoint.parse().unwrap(), http_client(None).unwrap(), Arc::new(SystemRandom)), authenticator: Arc::new(Any), toolset: Toolset::langsmith(), random: Arc::new(SystemRandom) }
}
#[tokio::main]
async fn main() {
  let mode = std::env::args().nth(1).unwrap();
  if mode == "golden" { return golden().await; }
  let d = langsmith_double::start(langsmith_double::Options{ data: langsmith_double::Dataset::Bench, ..Default::default() }).await.unwrap();
  let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
  let port = listener.local_addr().unwrap().port();
  println!("{port} {}", d.url());
  axum::serve(listener, router(deps(&d.url(), port))).await.unwrap();
}
async fn golden() {
  let text = std::fs::read_to_string(std::env::args().nth(2).unwrap()).unwrap();
  let all: Value = serde_json::from_str(&text).unwrap();
  let cases = all["cases"].as_array().unwrap().clone();
  for (i, c) in cases.iter().enumerate() {
    let tool = c["tool"].as_str().unwrap();
    if !["list_projects","fetch_runs","list_prompts"].contains(&tool) { continue; }
    let ups: Vec<Value> = c["upstream"].as_array().unwrap().iter().map(|u| { let mut u=u.clone(); if let Some(s)=u["response"].as_str() { if let Some(n)=s.strip_prefix("same as case ") { let n:usize=n.parse().unwrap(); u["response"]=cases[n]["upstream"].as_array().unwrap().last().unwrap()["response"].clone(); } } u }).collect();
    let ups = Arc::new(ups);
    let app = Router::new().fallback(move |r: Request| { let ups=ups.clone(); async move {
      let path = r.uri().path().trim_start_matches("/api/v1").to_owned();
      let q = r.uri().query().unwrap_or("").to_owned();
      let m = ups.iter().find(|u| u["path"]==path.as_str() && (path != "/sessions" || u["query"].as_str().unwrap().contains("name=") == q.contains("&name=") ) && !(path=="/sessions" && u["query"]=="limit=1"));
      match m { Some(u) => (http::StatusCode::from_u16(u["status"].as_u64().unwrap() as u16).unwrap(), [("content-type","application/json")], u["response"].to_string()).into_response(), None => (http::StatusCode::IM_A_TEAPOT, format!("no {path}?{q}")).into_response() }
    }});
    let l = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", l.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(l, app).await.unwrap() });
    let body = json!({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":tool,"arguments":c["arguments"]}}).to_string();
    let mut rq = http::Request::post("/mcp").header("content-type","application/json");
    if let Some(w) = c["workspace_header"].as_str() { rq = rq.header("x-tenant-id", w); }
    let resp = router(deps(&url, 1)).oneshot(rq.body(Body::from(body)).unwrap()).await.unwrap();
    let bytes = resp.into_body().collect().await.unwrap().to_bytes();
    let v: Value = serde_json::from_slice(&bytes).unwrap();
    let ours = &v["result"]["structuredContent"];
    let same = ours == &c["structured"];
    println!("{i} {tool} {} -> {}", c["arguments"], if same {"SAME"} else {"DIFF"});
    if !same { println!("   ours  {}", ours.to_string().chars().take(400).collect::<String>()); println!("   theirs {} {}", c["structured"].to_string().chars().take(400).collect::<String>(), c["text"]);
      if let (Some(a), Some(b)) = (ours.as_object(), c["structured"].as_object()) { for k in a.keys().chain(b.keys()) { if a.get(k)!=b.get(k) { println!("     key {k}"); if k=="runs" { if let (Some(x),Some(y))=(a[k].as_array(), b[k].as_array()) { println!("     {} vs {}", x.len(), y.len()); if let (Some(x),Some(y))=(x.first(),y.first()) { let (x,y)=(x.as_object().unwrap(),y.as_object().unwrap()); for f in x.keys().chain(y.keys()) { if x.get(f)!=y.get(f) { println!("       {f}: {:?} {:?}", x.get(f), y.get(f)); } } } } } } } }
    }
    // key order
    if same && !ours.is_null() { let t: &str = v["result"]["content"][0]["text"].as_str().unwrap(); let _ = t; }
  }
}
