//! How requests to a registered server are authenticated: `auth_type`, `oauth_mode` and `oauth_provider_id`, of which
//! only some combinations mean something.

use uuid::Uuid;

/// The authentication of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerAuth {
    /// `""`: none was named. Stored headers are sent all the same, so it works like [`Headers`](Self::Headers).
    Unset,
    /// `headers`: the stored headers, one credential for the whole workspace.
    Headers,
    /// `oauth`: an access token.
    OAuth(OAuthMode),
}

/// Whose access token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthMode {
    /// `""`: not decided yet, so the server cannot be used.
    Unset,
    /// `legacy_shared_provider`: one that the provider issues, once it is configured.
    SharedProvider(Option<Uuid>),
    /// `per_user_dynamic_client`: one for each user, by a client that is registered for them (RFC 7591).
    PerUser,
}

/// Why three values are no authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthRefused {
    /// An unknown `auth_type`.
    #[error("auth_type must be headers or oauth")]
    UnknownType,
    /// An unknown `oauth_mode`.
    #[error("oauth_mode must be legacy_shared_provider or per_user_dynamic_client")]
    UnknownMode,
    /// A mode or a provider for a server without OAuth.
    #[error("oauth_mode and oauth_provider_id need auth_type oauth")]
    NotOAuth,
    /// A shared provider where each user has their own.
    #[error("oauth_provider_id is only for oauth_mode legacy_shared_provider")]
    ProviderPerUser,
}

impl ServerAuth {
    /// The authentication in the wire format. A provider without a mode means the mode that takes one.
    pub fn of(auth_type: &str, oauth_mode: &str, provider: Option<Uuid>) -> Result<Self, AuthRefused> {
        match auth_type {
            "" | "headers" if !oauth_mode.is_empty() || provider.is_some() => Err(AuthRefused::NotOAuth),
            "" => Ok(Self::Unset),
            "headers" => Ok(Self::Headers),
            "oauth" => match (oauth_mode, provider) {
                ("", None) => Ok(Self::OAuth(OAuthMode::Unset)),
                ("legacy_shared_provider", provider) | ("", provider @ Some(_)) => {
                    Ok(Self::OAuth(OAuthMode::SharedProvider(provider)))
                }
                ("per_user_dynamic_client", None) => Ok(Self::OAuth(OAuthMode::PerUser)),
                ("per_user_dynamic_client", Some(_)) => Err(AuthRefused::ProviderPerUser),
                _ => Err(AuthRefused::UnknownMode),
            },
            _ => Err(AuthRefused::UnknownType),
        }
    }

    /// `auth_type` in the wire format.
    pub const fn auth_type(self) -> &'static str {
        match self {
            Self::Unset => "",
            Self::Headers => "headers",
            Self::OAuth(_) => "oauth",
        }
    }

    /// `oauth_mode` in the wire format.
    pub const fn oauth_mode(self) -> &'static str {
        match self {
            Self::Unset | Self::Headers | Self::OAuth(OAuthMode::Unset) => "",
            Self::OAuth(OAuthMode::SharedProvider(_)) => "legacy_shared_provider",
            Self::OAuth(OAuthMode::PerUser) => "per_user_dynamic_client",
        }
    }

    /// The shared provider, if there is one.
    pub const fn shared_provider(self) -> Option<Uuid> {
        match self {
            Self::OAuth(OAuthMode::SharedProvider(provider)) => provider,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROVIDER: Uuid = Uuid::from_u128(7);

    #[test]
    fn only_what_belongs_together_is_accepted() {
        for (values, expected) in [
            (("headers", "per_user_dynamic_client", None), AuthRefused::NotOAuth),
            (("", "", Some(PROVIDER)), AuthRefused::NotOAuth),
            (("oauth", "per_user_dynamic_client", Some(PROVIDER)), AuthRefused::ProviderPerUser),
            (("oauth", "shared", None), AuthRefused::UnknownMode),
            (("OAuth", "", None), AuthRefused::UnknownType),
        ] {
            let (auth_type, mode, provider) = values;
            assert_eq!(ServerAuth::of(auth_type, mode, provider), Err(expected), "{values:?}");
        }
        let shared = ServerAuth::OAuth(OAuthMode::SharedProvider(Some(PROVIDER)));
        assert_eq!(ServerAuth::of("oauth", "", Some(PROVIDER)), Ok(shared));
    }

    proptest! {
        #[test]
        fn the_wire_format_means_the_same_again(
            auth_type in "(|headers|oauth)",
            mode in "(|legacy_shared_provider|per_user_dynamic_client)",
            provider in proptest::option::of(Just(PROVIDER)),
        ) {
            if let Ok(auth) = ServerAuth::of(&auth_type, &mode, provider) {
                let again = ServerAuth::of(auth.auth_type(), auth.oauth_mode(), auth.shared_provider());
                prop_assert_eq!(again, Ok(auth));
                prop_assert_eq!(auth.auth_type(), auth_type.as_str());
            }
        }
    }
}
