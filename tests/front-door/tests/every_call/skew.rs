//! Clock skew: between us and the machine that signed a token, and between us and AWS.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::Browser;
use e2e::client::{answer, http};
use front_door::aws::Fault;
use oauth::access::{AccessClaims, AccessSigner};
use oauth::keys::SigningKeys;
use reqwest::StatusCode;
use serde_json::json;

use super::pages::LOGIN;
use super::seen::{oauth, page, tokens, tool};
use super::world::World;

/// The claims of an access token.
pub(super) fn claims(token: &str) -> AccessClaims {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_a_machine_whose_clock_is_ahead_is_good() {
    let world = World::start("secrets-manager").await;
    let name = &world.door.function("token").program().variables["SIGNING_KEYS_SECRET"];
    let keys = SigningKeys::from_text(&world.door.aws.secret(name).unwrap()).unwrap();
    let signer = AccessSigner::new(&keys.current).unwrap();
    let claims = claims(&world.tokens().await.access);
    let ahead = AccessClaims { iat: claims.iat + 60, exp: claims.exp + 60, ..claims.clone() };
    assert!(tool(&world.call(&signer.sign(&ahead).unwrap()).await).unwrap().done().is_some());
    // The client is told its expiry in seconds, so there is no tolerance.
    let over = AccessClaims { exp: claims.iat, ..claims };
    let refused = world.call(&signer.sign(&over).unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.headers.contains_key("www-authenticate"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_aws_does_not_believe_is_our_fault_and_nobody_elses() {
    let world = World::start("secrets-manager").await;
    let held = world.tokens().await;
    let metadata = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
    for code in ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"] {
        world.cool(&["mcp"]);
        world.door.aws.fail(move |_| Some(Fault::Error(code)));
        assert!(tool(&world.call(&held.access).await).unwrap().done().is_none(), "{code}");
        assert!(tokens(world.client.refresh(&held.refresh).await).unwrap().done().is_none(), "{code}");
        assert!(oauth(world.client.revoke(&held.refresh).await).unwrap().done().is_none(), "{code}");
        let sent = http().post(world.door.at("/register")).json(&metadata).send().await.unwrap();
        assert!(oauth(answer(sent).await).unwrap().done().is_none(), "{code}");
        let opened = Browser::new(&world.door.url).open(&world.client.authorize_url()).await;
        assert!(page(opened, LOGIN).unwrap().done().is_none(), "{code}");
        world.door.aws.heal();
        assert!(tool(&world.call(&held.access).await).unwrap().done().is_some(), "{code}");
    }
    world.client.refresh(&held.refresh).await.tokens();
}
