//! A host of clients' documents (client ID metadata documents), on this machine.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::OAuthClient;

/// The redirect URI of the document, without the port that the client will have.
pub const CALLBACK: &str = "http://127.0.0.1/callback";

/// The host. It answers every path alike.
pub struct DocumentHost {
    port: u16,
    state: Arc<Mutex<State>>,
    task: AbortHandle,
}

struct State {
    response: String,
    requests: Vec<String>,
    /// A permit for each response that may be sent; absent where they are sent at once.
    gate: Option<Arc<tokio::sync::Semaphore>>,
}

impl DocumentHost {
    /// A host with a usable document, which may be used again for a minute.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { response: String::new(), requests: Vec::new(), gate: None }));
        let served = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(respond(stream, served.clone()));
            }
        });
        let host = Self { port, state, task: task.abort_handle() };
        host.serve(&host.document());
        host
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The URL of the document, which is the identifier of the client.
    pub fn id(&self) -> String {
        format!("{}/client.json", self.url())
    }

    /// The host with its port, as pages show it.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A usable document.
    pub fn document(&self) -> Value {
        json!({
            "client_id": self.id(),
            "client_name": "Client with a document",
            "redirect_uris": [CALLBACK, "http://localhost/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        })
    }

    /// Serves this document from now on.
    pub fn serve(&self, document: &Value) {
        self.serve_with(
            200,
            &[("content-type", "application/json"), ("cache-control", "max-age=60")],
            document,
        );
    }

    /// Serves this status, these headers and this body from now on.
    pub fn serve_with(&self, status: u16, headers: &[(&str, &str)], body: &Value) {
        let body = body.to_string();
        let lines: String =
            headers.iter().map(|(name, value)| [*name, ": ", *value, "\r\n"].concat()).collect();
        let head =
            format!("HTTP/1.1 {status} \r\n{lines}content-length: {}\r\nconnection: close", body.len());
        self.serve_bytes(format!("{head}\r\n\r\n{body}"));
    }

    /// Serves this whole response from now on.
    pub fn serve_bytes(&self, response: String) {
        self.state.lock().unwrap().response = response;
    }

    /// Keeps every response back until one is let through for each.
    pub fn hold(&self) -> Arc<tokio::sync::Semaphore> {
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        self.state.lock().unwrap().gate = Some(gate.clone());
        gate
    }

    /// The heads of the requests until now.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    /// How often the document was fetched.
    pub fn fetches(&self) -> usize {
        self.state.lock().unwrap().requests.len()
    }

    /// Accepts no connection any more.
    pub fn stop(&self) {
        self.task.abort();
    }

    /// The client of the document, at a server.
    pub fn client(&self, origin: &str) -> OAuthClient {
        OAuthClient::known(origin, &self.id(), "http://127.0.0.1:7777/callback")
    }
}

impl Drop for DocumentHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn respond(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let (response, gate) = {
        let mut state = state.lock().unwrap();
        state.requests.push(String::from_utf8(head).unwrap());
        (state.response.clone(), state.gate.clone())
    };
    if let Some(gate) = gate {
        gate.acquire().await.unwrap().forget();
    }
    // The server may have refused the head already.
    let _ = stream.write_all(response.as_bytes()).await;
}
