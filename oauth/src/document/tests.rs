use primitives::ids::ClientId;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::redirect::RedirectError;
use crate::redirect::scheme::RefusedScheme;

const URL: &str = "https://claude.ai/oauth/claude-code-client-metadata";

fn document() -> Value {
    json!({
        "client_id": URL,
        "client_name": "Claude Code",
        "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut document = document();
    document[name] = value;
    document
}

fn without(name: &str) -> Value {
    let mut document = document();
    document.as_object_mut().unwrap().remove(name);
    document
}

fn parse(document: &Value) -> Result<ClientDocument, DocumentError> {
    let url = DocumentUrl::parse(&ClientId::new(URL)).unwrap();
    ClientDocument::parse(&url, document.to_string().as_bytes())
}

#[test]
fn a_document_of_the_field_is_read() {
    let read = parse(&document()).unwrap();
    assert_eq!(read.client_name, "Claude Code");
    assert_eq!(read.redirect_uris, ["http://localhost/callback", "http://127.0.0.1/callback"]);
    for optional in ["grant_types", "response_types", "token_endpoint_auth_method"] {
        assert_eq!(parse(&without(optional)), Ok(read.clone()), "{optional}");
    }
}

#[test]
fn it_is_the_document_of_its_own_url_byte_for_byte() {
    for other in [
        "https://claude.ai/oauth/other",
        "https://claude.ai/oauth/claude-code-client-metadata/",
        "https://CLAUDE.ai/oauth/claude-code-client-metadata",
        "https://claude.ai:443/oauth/claude-code-client-metadata",
        "",
    ] {
        assert_eq!(parse(&with("client_id", json!(other))), Err(DocumentError::OtherClient), "{other}");
    }
    assert_eq!(parse(&without("client_id")), Err(DocumentError::OtherClient));
    assert_eq!(parse(&with("client_id", Value::Null)), Err(DocumentError::OtherClient));
}

#[test]
fn it_has_a_name() {
    for blank in [json!(""), json!(" \n"), Value::Null] {
        assert_eq!(parse(&with("client_name", blank)), Err(DocumentError::NoName));
    }
    assert_eq!(parse(&without("client_name")), Err(DocumentError::NoName));
}

#[test]
fn it_has_no_secret() {
    for secret in [json!("hunter2"), json!(0), json!({})] {
        assert_eq!(parse(&with("client_secret", secret.clone())), Err(DocumentError::Secret));
        assert_eq!(parse(&with("client_secret_expires_at", secret)), Err(DocumentError::Secret));
    }
    assert!(parse(&with("client_secret", Value::Null)).is_ok());
}

#[test]
fn a_key_pair_is_no_obstacle_and_a_shared_secret_is() {
    assert!(parse(&with("token_endpoint_auth_method", json!("private_key_jwt"))).is_ok());
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt", "tls_client_auth", ""] {
        assert_eq!(
            parse(&with("token_endpoint_auth_method", json!(method))),
            Err(DocumentError::Method),
            "{method}"
        );
    }
}

#[test]
fn the_rules_of_registration_hold() {
    let mixed = json!(["http://example.com/cb", "https://example.com/cb", "javascript:alert(1)"]);
    assert_eq!(parse(&with("redirect_uris", mixed)).unwrap().redirect_uris, ["https://example.com/cb"]);
    for (name, value, refused) in [
        ("redirect_uris", json!([]), RegistrationError::NoRedirectUri),
        (
            "redirect_uris",
            json!(["javascript:alert(1)"]),
            RegistrationError::UnusableRedirectUris(RedirectError::Scheme(RefusedScheme::Browser)),
        ),
        ("grant_types", json!(["client_credentials"]), RegistrationError::UnsupportedGrantTypes),
        ("response_types", json!(["token"]), RegistrationError::UnsupportedResponseTypes),
        ("logo_uri", json!("file:///etc/passwd"), RegistrationError::NoWebPage("logo_uri")),
    ] {
        assert_eq!(parse(&with(name, value)), Err(DocumentError::Metadata(refused)), "{name}");
    }
    let long = parse(&with("client_name", json!("a".repeat(1000)))).unwrap();
    assert_eq!(long.client_name.len(), 200);
}

#[test]
fn other_json_is_no_document() {
    let url = DocumentUrl::parse(&ClientId::new(URL)).unwrap();
    let twice =
        format!(r#"{{"client_id":"{URL}","client_id":"{URL}","client_name":"a","redirect_uris":[]}}"#);
    for text in ["", "[]", "null", "1", "{", "\"x\"", "<html>", &twice, &"[".repeat(5000)] {
        assert_eq!(ClientDocument::parse(&url, text.as_bytes()), Err(DocumentError::Malformed), "{text}");
    }
    for (name, value) in
        [("client_id", json!(1)), ("redirect_uris", json!("https://a/cb")), ("client_name", json!({}))]
    {
        assert_eq!(parse(&with(name, value)), Err(DocumentError::Malformed), "{name}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let url = DocumentUrl::parse(&ClientId::new(URL)).unwrap();
        prop_assert!(ClientDocument::parse(&url, &bytes).is_err());
    }
}
