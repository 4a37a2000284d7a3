//! The needs of clients in a browser: preflights without a credential, and headers that a page may read.

use http::Method;

use crate::mend;
use crate::sight::{Sight, Trouble};
use crate::visitor::{Answer, Visitor};

/// The origin of such a client.
const ORIGIN: &str = "https://client.example";
/// The headers that it sends.
const SENT: [&str; 5] = ["authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name"];

/// Preflights of all paths to which such a client posts.
pub(crate) async fn preflights(visitor: &Visitor, endpoint: &str) -> Sight {
    for path in [endpoint, "/register", "/token"] {
        let request = visitor
            .request(Method::OPTIONS, path)
            .header("origin", ORIGIN)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", SENT.join(","));
        let answer = visitor.ask(request).await?;
        preflight(&answer)
            .map_err(|trouble| Trouble { seen: format!("{path}: {}", trouble.seen), ..trouble })?;
    }
    Ok(format!("{endpoint}, /register and /token, without a credential"))
}

fn preflight(answer: &Answer) -> Result<(), Trouble> {
    if matches!(answer.status.as_u16(), 401 | 403) {
        return Err(Trouble::fault(
            format!("status {} for OPTIONS", answer.status.as_u16()),
            "a preflight carries no credential: OPTIONS must have no authorizer (infra/routes.yaml); deploy again",
        ));
    }
    mend::expect(answer, &[200, 204], "behind this path")?;
    readable(answer, "the function behind this path answers preflights itself")?;
    let refused = SENT.into_iter().find(|name| !answer.lists("access-control-allow-headers", name));
    if let Some(name) = refused {
        return Err(Trouble::fault(format!("the header {name} is not allowed"), mend::IN_BETWEEN));
    }
    if !answer.lists("access-control-allow-methods", "POST") {
        return Err(Trouble::fault("POST is not allowed", mend::IN_BETWEEN));
    }
    Ok(())
}

/// A page must be able to read the challenge.
pub(crate) fn on_the_challenge(answer: &Answer) -> Sight {
    let source = "the gateway response UNAUTHORIZED (infra/gateway-responses.yaml) sets it: deploy again";
    readable(answer, source)?;
    if !answer.lists("access-control-expose-headers", "www-authenticate") {
        let seen =
            "access-control-expose-headers does not name www-authenticate: a page cannot see the challenge";
        return Err(Trouble::fault(seen, source));
    }
    Ok("any origin may read the challenge".to_owned())
}

/// A page must be able to read the documents.
pub(crate) fn on_documents(documents: &[&Answer]) -> Sight {
    for document in documents {
        readable(document, "the functions set it themselves: check what a proxy in front does to headers")?;
    }
    Ok("any origin may read the documents".to_owned())
}

fn readable(answer: &Answer, fix: &str) -> Result<(), Trouble> {
    if answer.lists("access-control-allow-origin", "*") || answer.lists("access-control-allow-origin", ORIGIN)
    {
        return Ok(());
    }
    Err(Trouble::fault("without access-control-allow-origin: no client in a browser can read it", fix))
}
