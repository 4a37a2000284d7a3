//! The two discovery documents. Clients compare their URLs byte for byte, so all of them are built from the public URL.

use std::borrow::Cow;

use oauth::public_url::{PublicUrl, Spelling};
use oauth::resource::Resource;
use oauth::scope::{OFFLINE_ACCESS, Scope, ScopeSet};
use serde::Serialize;

/// Authorization server metadata (RFC 8414 section 2).
#[derive(Debug, Serialize)]
pub(crate) struct AuthorizationServer {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    registration_endpoint: String,
    revocation_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
    /// Clients refuse to continue without it (MCP authorization).
    code_challenge_methods_supported: [&'static str; 1],
    /// RFC 9207 section 3.
    authorization_response_iss_parameter_supported: bool,
    /// draft-ietf-oauth-client-id-metadata-document-00 section 5. Left out where it is not so.
    #[serde(skip_serializing_if = "is_false")]
    client_id_metadata_document_supported: bool,
    /// RFC 9728 section 4.
    protected_resources: [String; 2],
}

/// Protected resource metadata (RFC 9728 section 2).
#[derive(Debug, Serialize)]
pub(crate) struct ProtectedResource {
    resource: String,
    resource_name: Cow<'static, str>,
    authorization_servers: [String; 1],
    scopes_supported: Vec<&'static str>,
    bearer_methods_supported: [&'static str; 1],
}

fn names(scopes: ScopeSet) -> impl Iterator<Item = &'static str> {
    Scope::ALL.into_iter().filter(move |scope| scopes.contains(*scope)).map(Scope::as_str)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

pub(crate) fn authorization_server(public: &PublicUrl, client_documents: bool) -> AuthorizationServer {
    AuthorizationServer {
        issuer: public.issuer().to_owned(),
        authorization_endpoint: public.join("/authorize"),
        token_endpoint: public.join("/token"),
        registration_endpoint: public.join("/register"),
        revocation_endpoint: public.join("/revoke"),
        jwks_uri: public.join("/jwks.json"),
        scopes_supported: names(ScopeSet::all()).chain([OFFLINE_ACCESS]).collect(),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: client_documents,
        protected_resources: Spelling::ALL.map(|spelling| public.resource_as(spelling)),
    }
}

pub(crate) fn protected_resource(public: &PublicUrl, spelling: Spelling<'_>) -> ProtectedResource {
    ProtectedResource {
        resource: public.resource_as(spelling),
        resource_name: "LangSmith Remote MCP".into(),
        authorization_servers: [public.issuer().to_owned()],
        scopes_supported: names(public.scopes()).collect(),
        bearer_methods_supported: ["header"],
    }
}

/// The document of the endpoint of one Agent Server.
pub(crate) fn resource_of_agents(
    public: &PublicUrl,
    resource: &Resource,
    spelling: Spelling<'_>,
) -> ProtectedResource {
    let server =
        resource.server().map_or_else(String::new, |server| format!(", agents of {}", server.as_str()));
    let resource_name = format!("LangSmith Remote MCP{server}").into();
    ProtectedResource { resource_name, ..protected_resource(&public.at(resource), spelling) }
}
