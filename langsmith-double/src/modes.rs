//! Differences between deployments in logins. Public report: each member names its own, or else the standard behind it.

/// The behaviour of logins. The hosted platform's behaviour in each case is known from the reports of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "deployments differ in each of them on its own")]
pub struct Modes {
    /// The resources that dynamically registered clients can access. `langchain-ai/open-swe`, `langsmith_oauth.py`:
    /// they get the platform's MCP resource and not its API.
    pub self_registered: SelfRegistered,
    /// Whether every request must name its `resource`. `langchain-ai/langsmith-cli` issue 111: since May 2026 the
    /// platform answers `invalid_target`, "resource is required".
    pub resource_required: bool,
    /// Whether a refresh token requires the scope `offline_access` (OIDC Core 1.0 section 11); `open-swe` asks for it.
    pub offline_access_required: bool,
    /// Whether `GET /me/ls_user_id` answers personal API keys with 403: LangChain's own template for exporting a fleet
    /// says so, and the platform's description has only bearer tokens there.
    pub personal_keys_unnamed: bool,
    /// Whether `sub` of `GET /userinfo` is a string of 255 characters that is no UUID, which OIDC Core 1.0 section 2
    /// allows.
    pub odd_subjects: bool,
}

/// The access of dynamically registered clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfRegistered {
    /// The API.
    Api,
    /// The platform's MCP resource and nothing else.
    McpOnly,
    /// Nothing: there is no registration endpoint.
    Closed,
}

impl Modes {
    /// Allows everything that the standards leave open.
    pub const LENIENT: Self = Self {
        self_registered: SelfRegistered::Api,
        resource_required: false,
        offline_access_required: false,
        personal_keys_unnamed: false,
        odd_subjects: false,
    };

    /// The known behaviour of the hosted platform.
    pub const REALISTIC: Self = Self {
        self_registered: SelfRegistered::McpOnly,
        resource_required: true,
        offline_access_required: true,
        personal_keys_unnamed: true,
        odd_subjects: false,
    };

    /// The lifetime of access tokens on the hosted platform, in seconds: the `expires_in` of its answers in the tests
    /// of LangChain's command line and Go client.
    pub const REALISTIC_TTL_SECS: u64 = 300;
}
