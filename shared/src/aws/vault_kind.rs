//! The kind of vault that a stack uses.

use crate::config::{Config, Misconfigured};

/// Where the keys of upstream credentials are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultKind {
    /// One secret per user in Secrets Manager.
    SecretsManager {
        /// The prefix of their names, `<SECRET_PREFIX>/users/`.
        prefix: String,
    },
    /// Data keys wrapped by one KMS key, each stored beside the data that it seals.
    Kms {
        /// The name prefix of the users' secrets from before the stack changed its vault, if it did.
        former: String,
    },
}

impl VaultKind {
    /// Reads `VAULT` and `SECRET_PREFIX`.
    pub fn of(config: &Config) -> Result<Self, Misconfigured> {
        let is_kms = match config.get("VAULT").as_deref() {
            Some("kms") => true,
            None | Some("secrets-manager") => false,
            Some(_) => return Err(Misconfigured::new("VAULT", "must be secrets-manager or kms")),
        };
        let stack = config.need("SECRET_PREFIX")?;
        // The characters that Secrets Manager allows in names; user references comply, too.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
        if stack.len() > 400 || !stack.bytes().all(plain) {
            return Err(Misconfigured::new("SECRET_PREFIX", "is not the start of a secret's name"));
        }
        let prefix = format!("{stack}/users/");
        Ok(if is_kms { Self::Kms { former: prefix } } else { Self::SecretsManager { prefix } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(vault: &'static str, stack: &'static str) -> Result<VaultKind, Misconfigured> {
        VaultKind::of(&Config::new(move |name| match name {
            "VAULT" => Some(vault.to_owned()),
            "SECRET_PREFIX" => Some(stack.to_owned()),
            _ => None,
        }))
    }

    #[test]
    fn the_kind_is_one_of_two_and_a_wrong_word_is_named() {
        let secrets = VaultKind::SecretsManager { prefix: "eu/users/".to_owned() };
        assert_eq!(kind("", "eu").unwrap(), secrets);
        assert_eq!(kind("secrets-manager", "eu").unwrap(), secrets);
        assert_eq!(kind("kms", "eu").unwrap(), VaultKind::Kms { former: "eu/users/".to_owned() });
        assert!(kind("file", "eu").unwrap_err().to_string().starts_with("VAULT: "));
        for vault in ["", "kms"] {
            for stack in ["", "a b", "a:b"] {
                assert!(kind(vault, stack).unwrap_err().to_string().starts_with("SECRET_PREFIX: "));
            }
        }
    }
}
