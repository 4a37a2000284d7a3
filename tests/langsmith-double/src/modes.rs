//! In what deployments differ about logins. Public report: each member names its own; where none stands, that of a standard.

/// How the double treats logins. What the hosted platform does in each case is told by what others saw of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "deployments differ in each of them on its own")]
pub struct Modes {
    /// What clients that registered themselves reach. `langchain-ai/open-swe`, `langsmith_oauth.py`: such clients reach
    /// the platform's MCP resource and not its API.
    pub self_registered: SelfRegistered,
    /// Whether every request must say which `resource` it is for. `langchain-ai/langsmith-cli` issue 111: since May 2026 the
    /// platform answers `invalid_target`, "resource is required".
    pub resource_required: bool,
    /// Whether only a login that asked for `offline_access` gets a refresh token (OIDC Core 1.0 section 11);
    /// `open-swe` asks for it.
    pub offline_access_required: bool,
    /// Whether `GET /me/ls_user_id` answers personal API keys with 403: so says LangChain's own template for exporting a
    /// fleet, and the platform's description knows only bearer tokens there.
    pub personal_keys_unnamed: bool,
    /// Whether `sub` of `GET /userinfo` is a text that is no UUID, of the 255 characters that OIDC Core 1.0
    /// section 2 allows.
    pub odd_subjects: bool,
}

/// What clients reach that registered themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfRegistered {
    /// The API.
    Api,
    /// The platform's MCP resource and nothing else.
    McpOnly,
    /// Nothing: there is no registration.
    Closed,
}

impl Modes {
    /// Everything that the standards leave open is allowed.
    pub const LENIENT: Self = Self {
        self_registered: SelfRegistered::Api,
        resource_required: false,
        offline_access_required: false,
        personal_keys_unnamed: false,
        odd_subjects: false,
    };

    /// What is known of the hosted platform.
    pub const REALISTIC: Self = Self {
        self_registered: SelfRegistered::McpOnly,
        resource_required: true,
        offline_access_required: true,
        personal_keys_unnamed: true,
        odd_subjects: false,
    };

    /// The life of access tokens on the hosted platform, in seconds: the `expires_in` of its answers in the tests of
    /// LangChain's command line and Go client.
    pub const REALISTIC_TTL_SECS: u64 = 300;
}
