//! The outer layers of every router.

use std::panic::AssertUnwindSafe;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler as _;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use futures_util::FutureExt as _;
use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderValue, StatusCode};
use oauth::error::ErrorCode;
use oauth::public_url::PublicUrl;
use primitives::random::SharedRandom;

use super::headers::wants_page;
use super::page::{self, ErrorPage, Link};
use super::request_id::RequestId;
use super::{cors, reply, request_id};

/// For a year, browsers contact this host over TLS only (RFC 6797). Other hosts of the domain are not ours to decide
/// about.
pub const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds a 404 in JSON, a request id on every response, and a 500 where a handler panicked. Over TLS, responses carry
/// HSTS.
pub fn outer_layers(router: Router, random: SharedRandom, public: &PublicUrl) -> Router {
    wear(router.fallback(nothing_here.layer(from_fn(cors::any_origin))), random, public)
}

/// The layers for a server that people visit directly: a browser gets the 404 as a page. On AWS the gateway handles
/// unknown paths.
pub fn layers_of_pages(router: Router, random: SharedRandom, public: &PublicUrl) -> Router {
    wear(router.fallback(no_page_here.layer(from_fn(cors::any_origin))), random, public)
}

fn wear(router: Router, random: SharedRandom, public: &PublicUrl) -> Router {
    let router = router.layer(from_fn(catch_panic)).layer(from_fn_with_state(random, request_id::assign));
    if public.issuer().starts_with("https://") { router.layer(map_response(stay_on_tls)) } else { router }
}

async fn stay_on_tls(mut response: Response) -> Response {
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
    response
}

/// Browser-based clients look for documents that we do not have; without CORS they would not even see the 404.
async fn nothing_here() -> Response {
    reply::oauth_error(StatusCode::NOT_FOUND, ErrorCode::InvalidRequest, "there is no endpoint at this path")
}

async fn no_page_here(request: Request) -> Response {
    let id = request.extensions().get::<RequestId>();
    match id.filter(|_| wants_page(request.method(), request.headers())) {
        Some(id) => page::html(
            StatusCode::NOT_FOUND,
            &ErrorPage {
                title: "There is no page at this address",
                what: "The address may be mistyped, or a part of it is missing.",
                todo: "Start from the home page. It shows the address for your app and how to connect it.",
                request_id: id.as_str(),
                link: Some(Link { label: "Home page", url: "/" }),
            },
        ),
        None => nothing_here().await,
    }
}

/// A panic is our fault in one request: it is answered, and the process continues. The response reveals nothing; the
/// location of the panic is in the log.
async fn catch_panic(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_panic) => {
            tracing::error!("a handler panicked");
            let mut response = reply::oauth_error(
                StatusCode::INTERNAL_SERVER_ERROR,
                ErrorCode::ServerError,
                "the server could not answer this request; try again",
            );
            cors::expose(response.headers_mut());
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use primitives::random::SystemRandom;
    use tower::ServiceExt as _;

    use super::*;

    type Dress = fn(Router, SharedRandom, &PublicUrl) -> Router;

    async fn response(public: &str, path: &str) -> Response {
        response_for(public, path, "*/*", outer_layers).await
    }

    async fn response_for(public: &str, path: &str, accept: &str, outer_layers: Dress) -> Response {
        async fn panics() {
            panic!("with a secret in its message");
        }
        let router = Router::new().route("/panics", get(panics)).route("/", get(async || "page"));
        let router = outer_layers(router, Arc::new(SystemRandom), &public.parse().unwrap());
        let request = Request::get(path).header(http::header::ACCEPT, accept).body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap()
    }

    async fn ask(path: &str) -> (StatusCode, String) {
        read(response("https://mcp.example.com", path).await).await
    }

    async fn read(response: Response) -> (StatusCode, String) {
        assert!(response.headers().contains_key(request_id::HEADER));
        let (status, body) = (response.status(), response.into_body().collect().await.unwrap());
        (status, String::from_utf8(body.to_bytes().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_500_that_tells_nothing() {
        let (status, body) = ask("/panics").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("server_error") && !body.contains("secret"), "{body}");
    }

    #[tokio::test]
    async fn an_unknown_path_is_told_in_json() {
        let (status, body) = ask("/nowhere").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(body.starts_with('{'), "{body}");
    }

    /// With HSTS for `localhost`, a browser would no longer reach any other server there.
    #[tokio::test]
    async fn every_answer_over_tls_keeps_browsers_there_and_no_other_one_does() {
        for path in ["/", "/nowhere", "/panics"] {
            let secure = response("https://mcp.example.com", path).await;
            assert_eq!(secure.headers()[STRICT_TRANSPORT_SECURITY], "max-age=31536000", "{path}");
            let plain = response("http://localhost:8484", path).await;
            assert!(!plain.headers().contains_key(STRICT_TRANSPORT_SECURITY), "{path}");
        }
    }

    #[tokio::test]
    async fn a_browser_is_told_on_a_page_where_people_come_by_themselves() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        for (accept, outer_layers, is_page) in [
            (browser, layers_of_pages as Dress, true),
            ("text/HTML;q=0.5", layers_of_pages, true),
            ("*/*", layers_of_pages, false),
            ("application/json, text/event-stream", layers_of_pages, false),
            (browser, outer_layers, false),
        ] {
            let response = response_for("http://localhost:8484", "/nowhere", accept, outer_layers).await;
            let (status, body) = read(response).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert_eq!(body.starts_with("<!doctype html>"), is_page, "{accept}: {body}");
        }
    }
}
