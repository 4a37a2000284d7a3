//! An authorization request (RFC 6749 section 4.1.1), from raw query parameters to a validated form for consent.

use primitives::ids::ClientId;
use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::known_client::KnownClient;
use crate::pkce::CodeChallenge;
use crate::public_url::PublicUrl;
use crate::redirect::RedirectUri;
use crate::resource::{self, Resource};
use crate::scope::Access;

/// The maximum length of an echoed `state`.
const MAX_STATE: usize = 2048;

/// The raw parameters, with the first value of each.
#[derive(Clone, Debug, Default)]
pub struct RawRequest {
    /// `client_id`.
    pub client_id: Option<ClientId>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    state: Option<String>,
    challenge: Option<String>,
    method: Option<String>,
    scope: Option<String>,
    resources: Vec<String>,
    repeated: bool,
}

/// A validated request that may be shown to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// The requesting client.
    pub client_id: ClientId,
    /// The destination of the response.
    pub redirect_uri: String,
    /// The client's opaque value.
    pub state: Option<String>,
    /// The PKCE challenge.
    pub challenge: String,
    /// The requested scopes, space-separated.
    pub scope: String,
    /// The resource that the access is for; absent in a request from before there was more than one.
    #[serde(default, rename = "agent_server", skip_serializing_if = "Resource::is_mcp")]
    pub resource: Resource,
}

/// An error that is delivered to the client, because its redirect URI is verified.
#[derive(Clone, Debug)]
pub struct RequestFault {
    /// The destination of the error.
    pub redirect_uri: RedirectUri,
    /// The client's opaque value.
    pub state: Option<String>,
    /// The error code.
    pub code: ErrorCode,
    /// The description for the client's developer.
    pub description: &'static str,
}

/// Why a request is refused.
#[derive(Clone, Debug)]
pub enum RequestError {
    /// The redirect URI is not registered for the client: never redirect to it (RFC 6749 section 4.1.2.1).
    RedirectUri,
    /// Any other fault.
    Fault(Box<RequestFault>),
}

impl RawRequest {
    /// Collects the parameters. Empty values count as absent (RFC 6749 section 3.1).
    pub fn read<'a>(
        parameters: impl IntoIterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
    ) -> Self {
        let mut raw = Self::default();
        for (name, value) in parameters {
            if value.is_empty() {
                continue;
            }
            let value = value.into_owned();
            match name.as_ref() {
                "client_id" if raw.client_id.is_none() => raw.client_id = Some(ClientId::new(value)),
                "client_id" => raw.repeated = true,
                "redirect_uri" => raw.repeated |= set(&mut raw.redirect_uri, value),
                "response_type" => raw.repeated |= set(&mut raw.response_type, value),
                "state" => raw.repeated |= set(&mut raw.state, value),
                "code_challenge" => raw.repeated |= set(&mut raw.challenge, value),
                "code_challenge_method" => raw.repeated |= set(&mut raw.method, value),
                "scope" => raw.repeated |= set(&mut raw.scope, value),
                "resource" => raw.resources.push(value),
                _ => {}
            }
        }
        raw
    }

    /// Validates the request against its client. The redirect URI comes first: every later fault is delivered there.
    pub fn check(self, client: &KnownClient, public: &PublicUrl) -> Result<AuthorizeRequest, RequestError> {
        let redirect_uri =
            client.redirect_uri(self.redirect_uri.as_deref()).ok_or(RequestError::RedirectUri)?;
        let state = self.state.clone().filter(|state| state.len() <= MAX_STATE);
        match self.checked(client, public, &redirect_uri) {
            Ok(request) => Ok(request),
            Err((code, description)) => {
                Err(RequestError::Fault(Box::new(RequestFault { redirect_uri, state, code, description })))
            }
        }
    }

    fn checked(
        self,
        client: &KnownClient,
        public: &PublicUrl,
        redirect_uri: &RedirectUri,
    ) -> Result<AuthorizeRequest, (ErrorCode, &'static str)> {
        if self.repeated {
            return Err((ErrorCode::InvalidRequest, "a parameter is repeated"));
        }
        if self.state.as_ref().is_some_and(|state| state.len() > MAX_STATE) {
            return Err((ErrorCode::InvalidRequest, "state is longer than 2048 bytes"));
        }
        match self.response_type.as_deref() {
            Some("code") => {}
            Some(_) => return Err((ErrorCode::UnsupportedResponseType, "response_type must be code")),
            None => return Err((ErrorCode::InvalidRequest, "response_type is missing")),
        }
        let Some(challenge) = self.challenge else {
            return Err((ErrorCode::InvalidRequest, "code_challenge is missing; PKCE with S256 is required"));
        };
        let Ok(challenge) = CodeChallenge::parse(&challenge, self.method.as_deref()) else {
            return Err((
                ErrorCode::InvalidRequest,
                "code_challenge must be an S256 challenge of 43 characters",
            ));
        };
        let Ok(resource) = resource::requested(public, self.resources.iter().map(String::as_str)) else {
            return Err((ErrorCode::InvalidTarget, "resource is not an MCP endpoint of this server"));
        };
        Ok(AuthorizeRequest {
            client_id: client.client_id.clone(),
            redirect_uri: redirect_uri.as_str().to_owned(),
            state: self.state,
            challenge: challenge.as_str().to_owned(),
            scope: Access::requested(self.scope.as_deref()).to_string(),
            resource: resource.unwrap_or_default(),
        })
    }
}

impl AuthorizeRequest {
    /// The request's URL on this server, to restart it.
    pub fn path(&self, public: &PublicUrl) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id.as_str())
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("code_challenge", &self.challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("scope", &self.scope);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        if !self.resource.is_mcp() {
            query.append_pair("resource", &public.at(&self.resource).resource());
        }
        format!("/authorize?{}", query.finish())
    }
}

/// Sets an option once; true if it was already set.
fn set(slot: &mut Option<String>, value: String) -> bool {
    let repeated = slot.is_some();
    slot.get_or_insert(value);
    repeated
}

#[cfg(test)]
mod tests {
    use primitives::clock::Timestamp;
    use primitives::random::Random;

    use super::*;
    use crate::client::{Client, ClientMetadata};
    use crate::scope::ScopeSet;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// A source that gives every client the same id.
    struct Fixed;

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn check(query: &str) -> Result<AuthorizeRequest, RequestError> {
        let metadata =
            ClientMetadata { redirect_uris: vec!["https://c/cb".into()], ..ClientMetadata::default() };
        let client = Client::register(metadata, &Fixed, Timestamp::from_secs(1)).unwrap();
        RawRequest::read(url::form_urlencoded::parse(query.as_bytes()))
            .check(&client.into(), &"https://mcp.example.com".parse().unwrap())
    }

    fn fault(query: &str) -> ErrorCode {
        match check(query) {
            Err(RequestError::Fault(fault)) => fault.code,
            other => panic!("expected a fault, got {other:?}"),
        }
    }

    #[test]
    fn a_request_without_scope_resource_and_redirect_uri_works() {
        let request = check(&format!(
            "response_type=code&client_id=c&scope=&code_challenge={CHALLENGE}&code_challenge_method=S256"
        ))
        .unwrap();
        assert_eq!(request.redirect_uri, "https://c/cb");
        assert_eq!(request.scope, ScopeSet::all().to_string());
    }

    #[test]
    fn a_foreign_redirect_uri_never_redirects() {
        assert!(matches!(check("redirect_uri=https://evil/cb"), Err(RequestError::RedirectUri)));
    }

    #[test]
    fn faults_have_their_codes() {
        let pkce = format!("code_challenge={CHALLENGE}&code_challenge_method=S256");
        assert_eq!(fault(&pkce), ErrorCode::InvalidRequest);
        assert_eq!(fault(&format!("response_type=token&{pkce}")), ErrorCode::UnsupportedResponseType);
        assert_eq!(fault("response_type=code"), ErrorCode::InvalidRequest);
        assert_eq!(
            fault(&format!("response_type=code&code_challenge={CHALLENGE}&code_challenge_method=plain")),
            ErrorCode::InvalidRequest
        );
        assert_eq!(
            fault(&format!("response_type=code&{pkce}&resource=https://evil/mcp")),
            ErrorCode::InvalidTarget
        );
        assert_eq!(fault(&format!("response_type=code&{pkce}&state=a&state=b")), ErrorCode::InvalidRequest);
    }

    #[test]
    fn no_parameter_may_be_repeated_but_the_resource() {
        let request = |more: &str| {
            check(&format!(
                "response_type=code&client_id=c&redirect_uri=https://c/cb&state=s&scope=billing:read\
                 &code_challenge={CHALLENGE}&code_challenge_method=S256{more}"
            ))
        };
        let read = request("").unwrap();
        assert_eq!((read.scope.as_str(), read.state.as_deref()), ("billing:read", Some("s")));
        for repeated in [
            "response_type=code",
            "client_id=c",
            "redirect_uri=https://c/cb",
            "state=s",
            "scope=billing:read",
            &format!("code_challenge={CHALLENGE}"),
            "code_challenge_method=S256",
        ] {
            let Err(RequestError::Fault(fault)) = request(&format!("&{repeated}")) else {
                panic!("{repeated}")
            };
            assert_eq!(
                (fault.code, fault.description),
                (ErrorCode::InvalidRequest, "a parameter is repeated")
            );
            assert_eq!(fault.state.as_deref(), Some("s"), "the first value counts");
        }
        let resource = "&resource=https://mcp.example.com/mcp";
        assert!(request(&format!("{resource}{resource}&unknown=1&unknown=2")).is_ok());
    }

    #[test]
    fn the_client_id_is_the_first_one() {
        let raw = RawRequest::read(url::form_urlencoded::parse(b"client_id=&client_id=one&client_id=two"));
        assert_eq!(raw.client_id, Some(ClientId::new("one")));
    }

    #[test]
    fn a_state_may_be_as_long_as_the_limit_and_a_longer_one_is_not_sent_back() {
        let request = |length: usize| {
            check(&format!(
                "response_type=code&state={}&code_challenge={CHALLENGE}&code_challenge_method=S256",
                "s".repeat(length)
            ))
        };
        assert_eq!(request(MAX_STATE).unwrap().state.unwrap().len(), MAX_STATE);
        let Err(RequestError::Fault(fault)) = request(MAX_STATE + 1) else { panic!("a fault") };
        assert_eq!((fault.code, fault.state), (ErrorCode::InvalidRequest, None));
        let Err(RequestError::Fault(fault)) = check(&format!("state={}", "s".repeat(MAX_STATE))) else {
            panic!("a fault")
        };
        assert_eq!(fault.state.unwrap().len(), MAX_STATE);
    }

    #[test]
    fn a_request_starts_again_from_its_path() {
        let query =
            format!("response_type=code&state=a%26b&code_challenge={CHALLENGE}&code_challenge_method=S256");
        let request = check(&query).unwrap();
        let public: PublicUrl = "https://mcp.example.com".parse().unwrap();
        let path = request.path(&public);
        assert_eq!(check(path.split_once('?').unwrap().1).unwrap(), request);
        let of_agents = check(&format!("{query}&resource=https://mcp.example.com/agents/a/mcp/")).unwrap();
        assert_eq!(of_agents.resource, Resource::of_server_path("/agents/a/mcp").unwrap());
        assert_eq!(check(of_agents.path(&public).split_once('?').unwrap().1).unwrap(), of_agents);
    }
}
