//! The resource's metadata document (RFC 9728): the first one that a client reads.

use http::StatusCode;
use oauth::public_url::RESOURCE_PATH;
use serde_json::{Value, json};

use crate::mend;
use crate::sight::{Sight, Trouble, printable};
use crate::target::Target;
use crate::visitor::{Answer, Visitor};

/// The document's path for a resource at the origin itself. Older clients look only there.
pub(crate) const ROOT: &str = "/.well-known/oauth-protected-resource";

/// The path of the endpoint: as given, or according to the document at the root.
pub(crate) fn path(target: &Target, root: &Answer) -> String {
    let told = root.json().and_then(|document| {
        let resource = document.get("resource")?.as_str()?;
        resource.strip_prefix(target.origin()).filter(|path| path.starts_with('/')).map(ToOwned::to_owned)
    });
    let typed = target.path().map(ToOwned::to_owned);
    typed.or(told).unwrap_or_else(|| RESOURCE_PATH.to_owned())
}

/// The path of the document for the resource at `path` (RFC 9728 section 3.1).
pub(crate) fn document_path(path: &str) -> String {
    format!("{ROOT}{path}")
}

/// Whether the answer is the document of the resource at `path`.
pub(crate) fn judge(visitor: &Visitor, answer: &Answer, path: &str) -> Sight {
    let document = document(answer, "metadata")?;
    let expected = visitor.url(path);
    let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
    if resource != expected {
        let seen = format!("resource is {}, not {expected}: clients end the login", printable(resource));
        let moved = resource.starts_with(&visitor.url("/"));
        let fix = if moved {
            "the endpoint is where ResourcePath says: examine that URL, or change the parameter and deploy again"
        } else {
            mend::PUBLIC_URL
        };
        return Err(Trouble::fault(seen, fix));
    }
    let servers = document.get("authorization_servers");
    if servers != Some(&json!([visitor.url("")])) {
        let servers = servers.map_or_else(|| "missing".to_owned(), |found| printable(&found.to_string()));
        return Err(Trouble::fault(format!("authorization_servers is {servers}"), mend::PUBLIC_URL));
    }
    Ok(format!("resource {resource}"))
}

/// One of our documents: JSON with the right type.
pub(crate) fn document(answer: &Answer, function: &str) -> Result<Value, Trouble> {
    mend::expect(answer, &[StatusCode::OK.as_u16()], function)?;
    if !answer.is("application/json") {
        let found = printable(answer.header("content-type").unwrap_or("missing"));
        return Err(Trouble::fault(format!("content-type is {found}, not JSON"), mend::IN_BETWEEN));
    }
    answer.json().ok_or_else(|| Trouble::fault("the answer is not a JSON object", mend::IN_BETWEEN))
}
