//! Which vault a stack has.

use crate::config::{Config, Misconfigured};

/// Where the keys of upstream credentials are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultKind {
    /// A secret a user in Secrets Manager, under names that start with this.
    SecretsManager {
        /// `<SECRET_PREFIX>/users/`.
        prefix: String,
    },
    /// Wrapped by one key of KMS, each beside what it seals.
    Kms {
        /// What the names of the secrets start with that users had before, if the stack has changed its vault.
        former: String,
    },
}

impl VaultKind {
    /// `VAULT` and `SECRET_PREFIX`.
    pub fn of(config: &Config) -> Result<Self, Misconfigured> {
        let is_kms = match config.get("VAULT").as_deref() {
            Some("kms") => true,
            None | Some("secrets-manager") => false,
            Some(_) => return Err(Misconfigured::new("VAULT", "must be secrets-manager or kms")),
        };
        let stack = config.need("SECRET_PREFIX")?;
        // Secrets Manager's rule for names, which a user's reference keeps to as well.
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
