//! A REST API: routes, authorizer, and gateway responses.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::event;
use crate::function::Function;
use crate::guard::{Guard, Verdict};
use crate::reply;

/// The maximum size of a request.
const MAX_BODY: usize = 10 << 20;
/// The time limit of an integration, whatever the function's own.
const PATIENCE: Duration = Duration::from_secs(29);

/// A REST API with its functions.
pub(crate) struct RestApi {
    pub(crate) routes: BTreeMap<String, BTreeMap<String, infra::Method>>,
    pub(crate) functions: BTreeMap<String, Function>,
    pub(crate) guard: Guard,
    /// The gateway responses by type.
    pub(crate) responses: Map<String, Value>,
}

/// The type of a gateway response, and the values that it may quote.
#[derive(Debug)]
pub(crate) struct Stopped {
    kind: &'static str,
    context: Value,
}

impl Stopped {
    const fn new(kind: &'static str) -> Self {
        Self { kind, context: Value::Null }
    }
}

/// Answers a request.
pub(crate) async fn handle(State(api): State<Arc<RestApi>>, request: Request) -> Response {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let id = format!("22222222-0000-4000-8000-{:012}", COUNT.fetch_add(1, Ordering::SeqCst));
    let (parts, body) = request.into_parts();
    let mut response = match api.answer(&parts, body, &id).await {
        Ok(response) => response,
        Err(stopped) => api.respond(&stopped, &id),
    };
    response.headers_mut().insert("x-amzn-requestid", HeaderValue::from_str(&id).unwrap());
    response
}

impl RestApi {
    async fn answer(&self, parts: &Parts, body: Body, id: &str) -> Result<Response, Stopped> {
        let route = self.route(parts).ok_or(Stopped::new("MISSING_AUTHENTICATION_TOKEN"))?;
        let body = Limited::new(body, MAX_BODY).collect().await;
        let body = body.map_err(|_| Stopped::new("REQUEST_TOO_LARGE"))?.to_bytes();
        let event = self.event(parts, route, &body, id).await?;
        let function = &self.functions[&route.1.function];
        match timeout(PATIENCE, function.invoke(&event)).await {
            Ok(answer) => {
                // A failed function has no answer that API Gateway understands.
                let answer = answer.unwrap_or_default();
                let mut response = reply::from_proxy(&answer).ok_or(Stopped::new("DEFAULT_5XX"))?;
                if parts.method == Method::HEAD {
                    *response.body_mut() = Body::empty();
                }
                Ok(response)
            }
            Err(_) => Err(Stopped::new("INTEGRATION_TIMEOUT")),
        }
    }

    /// The event for the function behind a route, if the authorizer permits the request.
    pub(crate) async fn event(
        &self,
        parts: &Parts,
        (resource, method): (&str, &infra::Method),
        body: &[u8],
        id: &str,
    ) -> Result<Value, Stopped> {
        let context = if method.authorized {
            match self.guard.judge(parts, resource, id).await {
                Verdict::Pass(context) => Some(context),
                Verdict::Stop(kind, context) => return Err(Stopped { kind, context }),
            }
        } else {
            None
        };
        Ok(event::proxy(parts, resource, id, context, body))
    }

    /// The path and method of a request. A final slash is dropped.
    pub(crate) fn route(&self, parts: &Parts) -> Option<(&str, &infra::Method)> {
        let path = parts.uri.path();
        let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
        let of_pattern = || self.routes.iter().find(|(pattern, _)| matches(pattern, path));
        let (resource, methods) = self.routes.get_key_value(path).or_else(of_pattern)?;
        let method = methods.get(parts.method.as_str()).or_else(|| methods.get("ANY"))?;
        Some((resource, method))
    }

    /// A gateway response. A type without settings uses those of its class.
    fn respond(&self, stopped: &Stopped, id: &str) -> Response {
        let usual = usual_status(stopped.kind);
        let class = if usual < 500 { "DEFAULT_4XX" } else { "DEFAULT_5XX" };
        let settings = self.responses.get(stopped.kind).or_else(|| self.responses.get(class));
        let settings = settings.expect("the template sets the classes");
        let status =
            settings["statusCode"].as_str().map_or(usual, |status| status.parse().expect("a status"));
        let body = settings["responseTemplates"]["application/json"].as_str().expect("a JSON body");
        assert!(!body.contains('$'), "{body}");
        let mut response = Response::builder().status(status).header("content-type", "application/json");
        for (parameter, value) in settings["responseParameters"].as_object().into_iter().flatten() {
            let name = parameter.strip_prefix("gatewayresponse.header.").expect("a header");
            if let Some(value) = mapped(value.as_str().expect("an expression"), &stopped.context, id) {
                let name: HeaderName = name.parse().expect("a header's name");
                response = response.header(name, value);
            }
        }
        response.body(Body::from(body.to_owned())).expect("a response")
    }
}

/// Whether a path has the form of a route, in which a part in braces stands for any one part.
fn matches(pattern: &str, path: &str) -> bool {
    let is_any = |part: &str| part.starts_with('{') && part.ends_with('}');
    let (parts, found) = (pattern.split('/'), path.split('/'));
    pattern.split('/').count() == path.split('/').count()
        && parts.zip(found).all(|(part, found)| part == found || is_any(part) && !found.is_empty())
}

/// The value of a mapping expression.
fn mapped(expression: &str, context: &Value, id: &str) -> Option<String> {
    if let Some(text) = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(text.to_owned());
    }
    match expression.strip_prefix("context.").expect("a source that is known here") {
        "requestId" => Some(id.to_owned()),
        other => {
            let name = other.strip_prefix("authorizer.").expect("a member of the context that is known here");
            context[name].as_str().map(ToOwned::to_owned)
        }
    }
}

/// AWS's default status of a type without settings.
fn usual_status(kind: &str) -> u16 {
    match kind {
        "UNAUTHORIZED" => 401,
        "ACCESS_DENIED" | "MISSING_AUTHENTICATION_TOKEN" => 403,
        "REQUEST_TOO_LARGE" => 413,
        "INTEGRATION_TIMEOUT" => 504,
        "AUTHORIZER_FAILURE" | "AUTHORIZER_CONFIGURATION_ERROR" => 500,
        "DEFAULT_5XX" => 502,
        other => panic!("{other} is not emulated"),
    }
}
