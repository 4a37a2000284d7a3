//! One kept-alive HTTP/1.1 connection, the equivalent of one worker of the load client.

use std::net::SocketAddr;

use bytes::{Buf as _, Bytes};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::response;
use hyper::{HeaderMap, Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

use crate::Outcome;

/// A request that is sent many times.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    parts: Parts,
    body: Bytes,
}

impl Prepared {
    /// A request to a path and query, with these headers.
    pub(crate) fn new(
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Outcome<Self> {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = method;
        parts.uri = target.parse::<Uri>()?;
        for (name, value) in headers {
            parts.headers.insert(name.parse::<HeaderName>()?, HeaderValue::from_str(value)?);
        }
        Ok(Self { parts, body: body.into() })
    }

    /// The request, without a host.
    pub(crate) fn request(&self) -> Request<Bytes> {
        Request::from_parts(self.parts.clone(), self.body.clone())
    }

    /// The same request with another body.
    pub(crate) fn with_body(&self, body: impl Into<Bytes>) -> Self {
        Self { parts: self.parts.clone(), body: body.into() }
    }

    /// The same request with one more header.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Outcome<Self> {
        self.parts.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
        Ok(self)
    }
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header's text, if present.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection to one server.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    /// Connects to the host and port of a URL.
    pub(crate) async fn open(url: &Url) -> Outcome<Self> {
        let address: Vec<SocketAddr> = url.socket_addrs(|| None)?;
        let stream = TcpStream::connect(address.as_slice()).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender, or when the server closes; in the latter case the next request fails.
        tokio::spawn(connection);
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            _ => return Err(format!("{url} has no port").into()),
        };
        Ok(Self { sender, host: HeaderValue::from_str(&host)? })
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) async fn send(&mut self, prepared: &Prepared) -> Outcome<Answer> {
        let (parts, body) = self.exchange(prepared).await?;
        Ok(Answer { headers: parts.headers, body: body.collect().await?.to_bytes() })
    }

    /// Sends a request, reads the answer to its end, and keeps only its length.
    pub(crate) async fn measure(&mut self, prepared: &Prepared) -> Outcome<(StatusCode, usize)> {
        let (parts, body) = self.exchange(prepared).await?;
        Ok((parts.status, body.collect().await?.aggregate().remaining()))
    }

    async fn exchange(&mut self, prepared: &Prepared) -> Outcome<(response::Parts, Incoming)> {
        let mut request = prepared.request().map(Full::new);
        request.headers_mut().insert(HOST, self.host.clone());
        if request.method() != Method::GET {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(prepared.body.len()));
        }
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?.into_parts())
    }
}
