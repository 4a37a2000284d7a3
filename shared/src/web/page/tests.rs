//! Tests of every page, rendered by `html`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::BodyExt;

use super::*;

const PAGE: ErrorPage<'_> = ErrorPage {
    title: "Expired <b>",
    what: "\"><script>alert(1)</script>",
    todo: "Start again.",
    request_id: "req-1",
    link: Some(Link { label: "Return to <i>", url: "/authorize?client_id=a&state=\"b" }),
};

async fn body(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[test]
fn every_header_is_set() {
    let response = html(StatusCode::BAD_REQUEST, &PAGE);
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    for (name, value) in HEADERS {
        assert_eq!(response.headers()[&name], value, "{name}");
    }
}

#[tokio::test]
async fn the_policy_names_the_hash_of_the_inlined_style() {
    let response = html(StatusCode::OK, &PAGE);
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let page = body(response).await;
    let (_, rest) = page.split_once("<style>").unwrap();
    let (style, rest) = rest.split_once("</style>").unwrap();
    let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
    assert!(!rest.contains("style="), "an inline style would be refused");
}

#[tokio::test]
async fn text_is_escaped_and_the_document_is_whole() {
    let page = body(html(StatusCode::OK, &PAGE)).await;
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&#60;script&#62;"), "{page}");
    assert!(page.contains("<title>Expired &#60;b&#62; · "), "{page}");
    assert!(
        page.contains("href=\"/authorize?client_id=a&#38;state=&#34;b\">Return to &#60;i&#62;</a>"),
        "{page}"
    );
    for part in
        ["<!doctype html>", "<html lang=\"en\">", "name=\"viewport\"", "noindex", "<main", "req-1", "</html>"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn without_a_way_back_there_is_no_link() {
    let page = body(html(StatusCode::OK, &ErrorPage { link: None, ..PAGE })).await;
    assert!(!page.contains("<a "), "{page}");
}

mod contrast {
    //! WCAG 2.2 AA, computed from the style sheet itself, for both colour schemes.

    use super::STYLE;

    /// Pairs of (text, background, minimum contrast ratio): 4.5 for text (1.4.3), 3 for edges of controls and the focus
    /// ring (1.4.11).
    const PAIRS: [(&str, &str, f64); 14] = [
        ("--text", "--ground", 4.5),
        ("--text", "--card", 4.5),
        ("--text", "--well", 4.5),
        ("--muted", "--ground", 4.5),
        ("--muted", "--card", 4.5),
        ("--muted", "--well", 4.5),
        ("--accent-text", "--accent", 4.5),
        ("--accent-text", "--accent-hover", 4.5),
        ("--link", "--card", 4.5),
        ("--link", "--ground", 4.5),
        ("--warn-text", "--warn", 4.5),
        ("--edge", "--card", 3.0),
        ("--accent", "--card", 3.0),
        ("--focus", "--card", 3.0),
    ];

    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    fn colour<'a>(palette: &'a str, name: &str) -> &'a str {
        let (_, rest) = palette.split_once(&format!("{name}: #")).unwrap_or_else(|| panic!("{name}"));
        &rest[..6]
    }

    #[test]
    fn both_schemes_are_readable() {
        let (light, dark) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for palette in [light, dark] {
            for (front, back, least) in PAIRS {
                let (a, b) = (luminance(colour(palette, front)), luminance(colour(palette, back)));
                let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
            }
        }
    }
}
